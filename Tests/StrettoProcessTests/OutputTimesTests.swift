import FoundationEssentials
import StrettoCore
import Testing

@testable import StrettoProcess

/// What a keeper notes of the times of output, and how it is read.
@Suite(.timeLimit(.minutes(5))) struct OutputTimesTests {
    private static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    private func entries(of attempt: Attempt, _ stream: String = "stdout") throws -> [OutputTimes.Entry] {
        var reader = try #require(OutputTimes(of: attempt.directory + "/" + stream))
        return reader.read(Array((try? Data(contentsOf: URL(filePath: attempt.directory + "/times"))) ?? Data()))
    }

    @Test func `output that comes later has a later time, at its own place`() async throws {
        let attempt = try Attempt()
        let begin = Self.now()
        let exit = try await attempt.run(
            "echo one; sleep 1.5; echo two; until grep -q ' 4 0$' '\(attempt.directory)/times'; do sleep 0.05; done"
        )
        let end = Self.now()

        #expect(exit.status == .code(0))
        let found = try entries(of: attempt)
        #expect(found.first?.offset == 0)
        #expect(found.allSatisfy { (begin - 1...end + 1).contains($0.milliseconds) })
        let first = try #require(found.first)
        let second = try #require(found.first { $0.offset == 4 })
        #expect(second.milliseconds - first.milliseconds >= 1_000)
        #expect(try entries(of: attempt, "stderr").allSatisfy { $0.offset == 0 })
    }

    @Test func `only an attempt's output has times`() {
        #expect(OutputTimes.path(of: "/a/b/stdout") == "/a/b/times")
        #expect(OutputTimes.path(of: "/a/b/stderr") == "/a/b/times")
        #expect(OutputTimes.path(of: "/a/b/events.log") == nil)
    }

    @Test func `lines that are cut or none of ours are no times`() throws {
        var reader = try #require(OutputTimes(of: "/a/stderr"))
        #expect(reader.read(Array("1000 5 7\nrubbish\n2000 9".utf8)) == [.init(offset: 7, milliseconds: 1000)])
        #expect(reader.read(Array(" 30\n".utf8)) == [.init(offset: 30, milliseconds: 2000)])
    }
}
