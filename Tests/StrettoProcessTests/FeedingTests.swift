import FoundationEssentials
import TestSupport
import Testing

@testable import StrettoProcess

@Suite(.timeLimit(.minutes(5))) struct FeedingTests {
    /// Where it may block, and where a broken pipe is no signal.
    private func feed(_ bytes: [UInt8], to arguments: [String]) async -> Bool {
        await withCheckedContinuation { continuation in
            OwnThread.start { continuation.resume(returning: Feeding.feed(bytes, to: arguments)) }
        }
    }

    @Test func `a program gets the whole text`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.appending("taken")
        let bytes = [UInt8](repeating: 0x61, count: 1 << 20)

        #expect(await feed(bytes, to: ["sh", "-c", "cat > \"$0\"", path]))
        #expect(try Data(contentsOf: URL(filePath: path)).count == 1 << 20)
    }

    @Test(arguments: [["sh", "-c", "exit 3"], ["no such program here"], ["true"]])
    func `who fails, is not there or reads nothing of much has not taken it`(arguments: [String]) async {
        #expect(await !feed([UInt8](repeating: 0x61, count: 1 << 20), to: arguments))
    }
}
