import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// A file that grows during a test.
private struct GrowingFile: ~Copyable {
    let descriptor: Descriptor

    init(_ path: String) throws { descriptor = try Descriptor.open(path, O_WRONLY | O_CREAT | O_APPEND) }

    func write(_ text: String) throws { try descriptor.writeAll(Array(text.utf8)) }
}

@Suite(.timeLimit(.minutes(5))) struct FileTailTests {
    private let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    private func readAll(_ tail: FileTail) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let chunk = try await tail.next() {
            #expect(!chunk.isEmpty && chunk.count <= FileTail.chunkBytesMax)
            bytes += chunk
        }
        return bytes
    }

    @Test func `a finished file is read to its end`() async throws {
        let file = try GrowingFile(place.appending("log"))
        let text = String(repeating: "0123456789\n", count: 20_000)
        try file.write(text)
        let tail = FileTail(path: place.appending("log"))
        tail.finish()

        let bytes = try await readAll(tail)
        #expect(bytes == Array(text.utf8))
        #expect(tail.offset == text.utf8.count)
    }

    @Test func `a file that does not exist yet is read as it grows`() async throws {
        let path = place.appending("log")
        let tail = FileTail(path: path)
        async let first = tail.next()
        let file = try GrowingFile(path)
        try file.write("one")
        let one = try await first
        #expect(one == Array("one".utf8))

        async let second = tail.next()
        try file.write("two")
        let two = try await second
        #expect(two == Array("two".utf8))

        async let end = tail.next()
        tail.finish()
        let nothing = try await end
        #expect(nothing == nil)
    }

    @Test func `what a program writes arrives without loss and in order`() async throws {
        let path = place.appending("log")
        let tail = FileTail(path: path)
        async let read = readAll(tail)
        let command = ProcessCommand(
            arguments: ["sh", "-c", "seq 1 50000 > log; sleep 0.05; seq 50001 100000 >> log"],
            directory: place.path,
            environment: ["PATH": "/usr/bin:/bin"]
        )
        let output = try await ChildProcess.run(command)
        #expect(output.status == .code(0))
        tail.finish()

        let expected = (1...100_000).map { "\($0)\n" }.joined()
        let bytes = try await read
        #expect(bytes == Array(expected.utf8))
    }

    @Test func `a later reader goes on where the earlier one was`() async throws {
        let file = try GrowingFile(place.appending("log"))
        try file.write("onetwo")
        let tail = FileTail(path: place.appending("log"), offset: 3)

        let chunk = try await tail.next()
        #expect(chunk == Array("two".utf8))
    }

    @Test func `cancelling the task ends the waiting`() async throws {
        let tail = FileTail(path: place.appending("never"))
        let chunk = try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            group.addTask { try await tail.next() }
            group.cancelAll()
            return try await group.next() ?? [1]
        }

        #expect(chunk == nil)
    }

    @Test func `a missing directory is an error`() async {
        await #expect(throws: SystemError(ENOENT)) { try await FileTail(path: "/no/such/place/log").next() }
    }

    @Test func `many tails share the system's few descriptors`() async throws {
        let places = try (0..<300).map { _ in try TemporaryDirectory() }
        let tails = places.map { FileTail(path: $0.appending("log")) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for tail in tails {
                group.addTask {
                    let chunk = try await tail.next()
                    #expect(chunk == Array("x".utf8))
                }
            }
            for place in places { try GrowingFile(place.appending("log")).write("x") }
            try await group.waitForAll()
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct LogFollowerTests {
    private let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    /// Waits as the board's loop does.
    private func waitForChanges(_ follower: LogFollower) -> [String] {
        while true {
            var descriptor = pollfd(fd: follower.descriptor, events: Int16(POLLIN), revents: 0)
            poll(&descriptor, 1, -1)
            let changes = follower.takeChanges()
            if !changes.isEmpty { return changes }
        }
    }

    private func isReadable(_ follower: LogFollower) -> Bool {
        var descriptor = pollfd(fd: follower.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 1
    }

    @Test func `what is written is announced and read once`() throws {
        let path = place.appending("log")
        let follower = try LogFollower()
        try follower.follow(path, tailBytesMax: 1000)
        #expect(follower.readNew(path, bytesMax: 100).isEmpty)

        let file = try GrowingFile(path)
        try file.write("hello")
        #expect(waitForChanges(follower) == [path])
        #expect(follower.readNew(path, bytesMax: 3) == Array("hel".utf8))
        #expect(follower.readNew(path, bytesMax: 3) == Array("lo".utf8))
        #expect(follower.readNew(path, bytesMax: 3).isEmpty)

        try file.write("!")
        #expect(waitForChanges(follower) == [path])
        #expect(follower.readNew(path, bytesMax: 3) == Array("!".utf8))
        #expect(!isReadable(follower))
    }

    @Test(
        arguments: zip(
            [0, 1, 4, 5, 6, 11, 12, 99],
            ["", "", "", "7890\n", "7890\n", "7890\n", "123456\n7890\n", "123456\n7890\n"]
        )
    )
    func `a beginning lies after a newline`(tailBytesMax: Int, expected: String) throws {
        let path = place.appending("log")
        let file = try GrowingFile(path)
        try file.write("123456\n7890\n")
        let follower = try LogFollower()
        try follower.follow(path, tailBytesMax: tailBytesMax)

        #expect(follower.readNew(path, bytesMax: 100) == Array(expected.utf8))
    }

    @Test func `a beginning in the middle of one long line is taken as it is`() throws {
        let path = place.appending("log")
        let file = try GrowingFile(path)
        try file.write("12345678")
        let follower = try LogFollower()
        try follower.follow(path, tailBytesMax: 3)

        #expect(follower.readNew(path, bytesMax: 100) == Array("678".utf8))
    }

    @Test func `files of one directory are told apart, others and forgotten ones are not named`() throws {
        let follower = try LogFollower()
        for name in ["a", "b"] { try follower.follow(place.appending(name), tailBytesMax: 10) }
        try GrowingFile(place.appending("other")).write("x")
        try GrowingFile(place.appending("b")).write("x")
        #expect(waitForChanges(follower) == [place.appending("b")])

        follower.unfollow(place.appending("b"))
        try GrowingFile(place.appending("b")).write("x")
        try GrowingFile(place.appending("a")).write("x")
        #expect(waitForChanges(follower) == [place.appending("a")])
        #expect(follower.readNew(place.appending("b"), bytesMax: 10).isEmpty)
    }

    @Test func `a missing directory is an error`() throws {
        let follower = try LogFollower()
        #expect(throws: SystemError(ENOENT)) { try follower.follow("/no/such/place/log", tailBytesMax: 1) }
    }
}
