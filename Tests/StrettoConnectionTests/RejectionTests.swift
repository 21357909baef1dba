import FoundationEssentials
import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@testable import StrettoConnection

@Suite(.timeLimit(.minutes(5))) struct RejectionTests {
    let engine: Engine

    init() throws { engine = try Engine() }

    @Test func `another version is answered with both versions and a way out`() throws {
        let client = try RawClient(engine.path)
        client.send(#"{"hello":{"version":2}}"# + "\n")

        let messages = try client.rest()
        #expect(messages.first == .hello(version: 1, pid: getpid()))
        #expect(
            reason(messages.last) == "the engine speaks version 1 of the protocol and this client version 2: "
                + "use the program that started the engine"
        )
    }

    @Test func `a client says what to do when the engine speaks another version`() throws {
        let path = engine.directory.appending("newer.sock")
        let listener = try UnixSocket.listen(path)
        let thread = try EngineStandIn(listener: listener, answer: #"{"hello":{"pid":1,"version":9}}"# + "\n")
        defer { thread.join() }

        #expect(throws: ConnectionError.otherVersion(theirs: 9, ours: 1)) { try EngineClient(connectingTo: path) }
    }

    @Test(arguments: ["rubbish\n", "{}\n", "\n", "\u{0}\n", #"{"hello":{"version":"1"}}"# + "\n", "[[[[[[[[\n"])
    func `what is no message ends that connection and no other`(text: String) throws {
        let other = try EngineClient(connectingTo: engine.path)
        _ = try other.next(timeout: .seconds(30))
        let client = try RawClient(engine.path)
        client.send(text)

        #expect(try client.rest().map(reason) == [ConnectionError.garbage.description])
        try other.send(.diff(id: 1, TaskID("1")))
        #expect(try other.next(timeout: .seconds(30)) == .diff(id: 1, text: "diff of 1"))
    }

    @Test func `random bytes never bring the server down`() throws {
        for seed in 0..<50 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            let client = try RawClient(engine.path)
            let text = String(
                decoding: (0..<1000).map { _ in UInt8.random(in: 0...255, using: &random) },
                as: UTF8.self
            )
            client.send(text + "\n")
            #expect(try client.rest().count == 1, "seed \(seed)")
        }
        #expect(try EngineClient(connectingTo: engine.path).enginePID == getpid())
    }

    @Test func `a message of more than sixteen mebibytes is refused before its end`() throws {
        let client = try RawClient(engine.path)
        client.send(#"{"hello":{"version":1}}"# + "\n")
        _ = try client.next()
        _ = try client.next()
        client.send(String(repeating: "x", count: MessageCodec.clientBytesMax + 70_000))

        #expect(try client.rest().map(reason) == ["a message has more than 16777216 bytes: say it in fewer"])
        #expect(throws: ConnectionError.tooLong(bytesMax: MessageCodec.clientBytesMax)) {
            let comment = String(repeating: "x", count: MessageCodec.clientBytesMax)
            try EngineClient(connectingTo: engine.path).send(
                .command(id: 1, .requestChanges(TaskID("1"), comment: comment))
            )
        }
    }

    @Test(arguments: [
        #"{"command":{"_1":{"approvePlan":{}},"id":1}}"#, #"{"diff":{"_1":"1","id":1}}"#,
    ])
    func `nothing is done for a client that has not said hello`(text: String) throws {
        let client = try RawClient(engine.path)
        client.send(text + "\n")

        #expect(try client.rest().map(reason) == ["the first message is `hello`"])
        #expect(engine.commands.isEmpty)
    }

    @Test func `the socket is its owner's alone`() throws {
        var status = stat()
        #expect(stat(engine.path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(status.st_mode & S_IFMT == S_IFSOCK)
    }

    @Test func `a dead engine's socket is replaced, anything else is left alone`() throws {
        let path = engine.directory.appending("stale.sock")
        _ = try UnixSocket.listen(path)
        #expect(throws: ConnectionError.noEngine(path: path)) { try EngineClient(connectingTo: path) }
        _ = try UnixSocket.listen(path)

        let file = engine.directory.appending("precious")
        try Data("text".utf8).write(to: URL(filePath: file))
        #expect(throws: ConnectionError.self) { _ = try UnixSocket.listen(file) }
        #expect(try String(contentsOf: URL(filePath: file), encoding: .utf8) == "text")
    }

    @Test func `no engine is told from a broken place`() {
        let path = engine.directory.appending("none.sock")
        #expect(throws: ConnectionError.noEngine(path: path)) { try EngineClient(connectingTo: path) }
        let long = "/" + String(repeating: "x", count: 107)
        #expect(throws: ConnectionError.pathTooLong(path: long)) { try EngineClient(connectingTo: long) }
    }

    private func reason(_ message: ServerMessage?) -> String? {
        guard case .reply(0, let refusal) = message else { return nil }
        return refusal?.reason
    }
}

/// Answers one connection with a fixed text, on a thread of its own.
private final class EngineStandIn: Sendable {
    private let thread: pthread_t

    private final class Order {
        let listener: Descriptor
        let answer: String

        init(listener: consuming Descriptor, answer: String) {
            self.listener = listener
            self.answer = answer
        }
    }

    init(listener: consuming Descriptor, answer: String) throws {
        var thread = pthread_t()
        let order = Order(listener: listener, answer: answer)
        let code = pthread_create(
            &thread,
            nil,
            { @Sendable context in
                guard let context else { return nil }
                let order = Unmanaged<Order>.fromOpaque(context).takeRetainedValue()
                var watched = [pollfd(fd: order.listener.number, events: Int16(POLLIN), revents: 0)]
                guard poll(&watched, 1, 30_000) > 0, let socket = UnixSocket.accept(order.listener) else { return nil }
                _ = try? UnixSocket.send(Array(order.answer.utf8)[...], to: socket)
                return nil
            },
            Unmanaged.passRetained(order).toOpaque()
        )
        try #require(code == 0)
        self.thread = thread
    }

    func join() { pthread_join(thread, nil) }
}
