import FoundationEssentials
import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@testable import StrettoConnection

@Suite(.timeLimit(.minutes(5))) struct ConnectionTests {
    let engine: Engine
    let patience = Duration.seconds(30)

    init() throws { engine = try Engine() }

    @Test func `a client gets the greeting, the snapshot and then every change, some of them together`() throws {
        let client = try EngineClient(connectingTo: engine.path)
        #expect(client.enginePID == getpid())
        #expect(try client.next(timeout: patience) == .snapshot(Samples.snapshot(taskCount: 2)))

        var expected = Samples.snapshot(taskCount: 2)
        var words: [String] = []
        for number in 0..<100 {
            var update = Samples.update(1 + number % 2, detail: "\(number)")
            update.notices = [Samples.notice("\(number)")]
            engine.server.publish(update)
            expected.apply(update)
        }
        var state = Samples.snapshot(taskCount: 2)
        while words.count < 100, case .update(let update)? = try client.next(timeout: patience) {
            state.apply(update)
            words += update.notices.map(\.word)
        }
        #expect(words == (0..<100).map { "\($0)" })
        #expect(state == expected)
    }

    @Test func `what was said before the first client came is told to it, and to no other`() throws {
        let notices = ["one", "two"].map { Samples.notice($0) }
        for notice in notices { engine.server.publish(RunUpdate(header: Samples.header, notices: [notice])) }

        let first = try EngineClient(connectingTo: engine.path)
        #expect(try first.next(timeout: patience) == .snapshot(Samples.snapshot(taskCount: 2)))
        let update = RunUpdate(header: Samples.header, notices: notices)
        #expect(try first.next(timeout: patience) == .update(update))
        let second = try EngineClient(connectingTo: engine.path)
        #expect(try second.next(timeout: patience) == .snapshot(Samples.snapshot(taskCount: 2)))
        engine.server.publish(Samples.update(1, detail: "x"))
        #expect(try second.next(timeout: patience) == .update(Samples.update(1, detail: "x")))
    }

    @Test func `two clients see the same, and a late one starts from the state reached`() throws {
        let clients = try (0..<2).map { _ in try EngineClient(connectingTo: engine.path) }
        for client in clients { _ = try client.next(timeout: patience) }
        let update = Samples.update(2, detail: "checks")
        engine.server.publish(update)
        for client in clients { #expect(try client.next(timeout: patience) == .update(update)) }

        var reached = Samples.snapshot(taskCount: 2)
        reached.apply(update)
        let late = try EngineClient(connectingTo: engine.path)
        #expect(try late.next(timeout: patience) == .snapshot(reached))
        #expect(engine.server.clientCount == 3)
    }

    @Test func `snapshot and updates fit together however clients come in between`() throws {
        var expected = Samples.snapshot(taskCount: 2)
        for number in 0..<200 {
            engine.server.publish(Samples.update(1, detail: "\(number)"))
            expected.apply(Samples.update(1, detail: "\(number)"))
            guard number % 20 == 0 else { continue }
            let client = try EngineClient(connectingTo: engine.path)
            var state: RunSnapshot?
            while state != expected {
                switch try #require(try client.next(timeout: patience)) {
                case .snapshot(let snapshot): state = snapshot
                case .update(let update): state?.apply(update)
                default: Issue.record("neither snapshot nor update")
                }
            }
        }
    }

    @Test func `a command reaches the engine once and its reply the one who asked`() throws {
        let asking = try EngineClient(connectingTo: engine.path)
        let other = try EngineClient(connectingTo: engine.path)
        for client in [asking, other] { _ = try client.next(timeout: patience) }

        try asking.send(.command(id: 7, .retry(TaskID("1"), note: "again")))
        #expect(try asking.next(timeout: patience) == .reply(id: 7, refusal: nil))
        try asking.send(.command(id: 8, .skip(TaskID("1"), reason: "")))
        #expect(try asking.next(timeout: patience) == .reply(id: 8, refusal: Engine.refusal))
        try asking.send(.diff(id: 9, TaskID("1")))
        #expect(try asking.next(timeout: patience) == .diff(id: 9, text: "diff of 1"))

        #expect(try other.receive().isEmpty)
        #expect(engine.commands == [.retry(TaskID("1"), note: "again"), .skip(TaskID("1"), reason: "")])
    }

    @Test func `more requests than may be pending are all answered, in order`() throws {
        let client = try RawClient(engine.path)
        client.send(#"{"hello":{"version":1}}"# + "\n")
        let requests = (1...300).map { #"{"diff":{"_1":"\#($0)","id":\#($0)}}"# + "\n" }
        client.send(requests.joined())
        _ = try client.next()
        _ = try client.next()

        for number in 1...300 { #expect(try client.next() == .diff(id: number, text: "diff of \(number)")) }
    }

    @Test func `a client that has ended its half gets its answers and is let go`() throws {
        let client = try RawClient(engine.path)
        client.send(#"{"hello":{"version":1}}"# + "\n" + #"{"diff":{"_1":"1","id":4}}"# + "\n")
        #expect(shutdown(client.socket.number, Int32(SHUT_WR)) == 0)

        let expected: [ServerMessage] = [
            .hello(version: 1, pid: getpid()), .snapshot(Samples.snapshot(taskCount: 2)),
            .diff(id: 4, text: "diff of 1"),
        ]
        #expect(try client.rest() == expected)
    }

    @Test func `receive never waits, and tells the end once everything was returned`() async throws {
        let client = try EngineClient(connectingTo: engine.path)
        _ = try client.next(timeout: patience)
        #expect(try client.receive().isEmpty)
        #expect(try client.next(timeout: .milliseconds(1)) == nil)

        engine.server.publish(Samples.update(1, detail: "last"))
        await engine.server.close(.finished)

        #expect(try client.receive() == [.update(Samples.update(1, detail: "last")), .goodbye(.finished)])
        #expect(throws: ConnectionError.closed) { try client.receive() }
        #expect(throws: ConnectionError.closed) { try client.next(timeout: nil) }
    }

    @Test func `a large state comes alone, and what came after it with the next call`() throws {
        let large = Samples.snapshot(taskCount: 5_000)
        let engine = try Engine(large)
        let client = try EngineClient(connectingTo: engine.path)
        engine.server.publish(Samples.update(1, detail: "first"))

        func receive() throws -> [ServerMessage] {
            while true {
                let messages = try client.receive()
                if !messages.isEmpty { return messages }
                try #require(!client.mayHaveMore)
                var watched = pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0)
                _ = poll(&watched, 1, -1)
            }
        }
        #expect(try receive() == [.snapshot(large)])
        #expect(client.mayHaveMore)
        #expect(try receive() == [.update(Samples.update(1, detail: "first"))])
        #expect(!client.mayHaveMore)
    }

    @Test func `goodbye reaches every client, the socket is gone, and closing again does nothing`() async throws {
        let clients = try (0..<3).map { _ in try EngineClient(connectingTo: engine.path) }
        for client in clients { _ = try client.next(timeout: patience) }

        await engine.server.close(.failed([TaskID("1")]))
        await engine.server.close(.stopped)

        for client in clients { #expect(try client.next(timeout: patience) == .goodbye(.failed([TaskID("1")]))) }
        #expect(access(engine.path, F_OK) != 0)
        #expect(engine.server.clientCount == 0)
        #expect(throws: ConnectionError.noEngine(path: engine.path)) { try EngineClient(connectingTo: engine.path) }
    }

    @Test func `a client that reads nothing does not hold up the end`() async throws {
        let client = try RawClient(engine.path)
        client.send(#"{"hello":{"version":1}}"# + "\n")
        _ = try client.next()
        let large = String(repeating: "x", count: 1 << 20)
        for _ in 0..<4 { engine.server.publish(Samples.update(1, detail: "", description: large)) }

        // Whether it returns is the question; the time limit answers it.
        await engine.server.close(.finished)
        #expect(engine.server.clientCount == 0)
    }

    @Test func `clients that connect before the start are greeted at the start`() throws {
        let path = engine.directory.appending("early.sock")
        let handlers = ConnectionHandlers(
            command: { _, reply in reply(nil) },
            diff: { _, reply in reply("") },
            plan: { $0(nil) }
        )
        let server = try ConnectionServer(path: path, handlers: handlers)
        let client = try RawClient(path)
        client.send(#"{"hello":{"version":1}}"# + "\n")
        server.publish(Samples.update(1, detail: "too early"))
        server.start(Samples.snapshot(taskCount: 1))

        #expect(try client.next() == .hello(version: 1, pid: getpid()))
        #expect(try client.next() == .snapshot(Samples.snapshot(taskCount: 1)))
    }

    @Test func `a server that is dropped without goodbye takes its clients and its socket along`() throws {
        let path = engine.directory.appending("dropped.sock")
        let handlers = ConnectionHandlers(
            command: { _, reply in reply(nil) },
            diff: { _, reply in reply("") },
            plan: { $0(nil) }
        )
        var server: ConnectionServer? = try ConnectionServer(path: path, handlers: handlers)
        server?.start(Samples.snapshot(taskCount: 1))
        let client = try EngineClient(connectingTo: path)
        _ = try client.next(timeout: patience)
        server = nil

        #expect(throws: ConnectionError.closed) { try client.next(timeout: patience) }
    }
}

@Suite(.timeLimit(.minutes(5))) struct SlowReaderTests {
    @Test func `a reader that is too slow loses its backlog, and gets one snapshot that makes up for it`() throws {
        let engine = try Engine()
        let client = try EngineClient(connectingTo: engine.path)
        let fast = try EngineClient(connectingTo: engine.path)
        for client in [client, fast] { _ = try client.next(timeout: .seconds(30)) }
        var expected = Samples.snapshot(taskCount: 2)
        let large = String(repeating: "x", count: 1 << 20)
        for number in 0..<14 {
            let update = Samples.update(1, detail: "\(number)", description: large)
            engine.server.publish(update)
            expected.apply(update)
            #expect(try fast.next(timeout: .seconds(30)) == .update(update))
        }

        var state = Samples.snapshot(taskCount: 2)
        var updateCount = 0
        var snapshotCount = 0
        while state != expected {
            switch try #require(try client.next(timeout: .seconds(30))) {
            case .snapshot(let snapshot):
                state = snapshot
                snapshotCount += 1
            case .update(let update):
                state.apply(update)
                updateCount += 1
            default: Issue.record("neither snapshot nor update")
            }
        }
        #expect(snapshotCount == 1)
        #expect(updateCount < 14)
    }

    @Test func `only updates are dropped, a line that is partly sent is finished, and a snapshot makes up`() {
        var outbox = Outbox()
        let mebibyte = [UInt8](repeating: 1, count: 1 << 20)
        for _ in 0..<8 { outbox.append(update: mebibyte) }
        outbox.advance(by: 10)
        outbox.append(answer: [7])
        #expect(!outbox.isBehind)

        outbox.append(update: mebibyte)
        #expect(outbox.isBehind)
        #expect(outbox.byteCount == (1 << 20) - 10 + 1)
        outbox.append(update: [9])
        outbox.advance(by: (1 << 20) - 10)
        #expect(outbox.next == [7])
        #expect(!outbox.needsFreshStart)
        outbox.advance(by: 1)
        #expect(outbox.needsFreshStart)
        outbox.append(snapshot: [8])
        #expect(!outbox.needsFreshStart)
        #expect(outbox.next == [8])
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `what is sent is what was added, however it is cut`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var outbox = Outbox()
        var added: [UInt8] = []
        var sent: [UInt8] = []
        for _ in 0..<500 {
            let line = (0..<Int.random(in: 1...9, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
            }
            added += line
            outbox.append(update: line)
            while !outbox.isEmpty, Bool.random(using: &random) {
                let part = outbox.next.prefix(Int.random(in: 1...9, using: &random))
                sent += part
                outbox.advance(by: part.count)
            }
            #expect(outbox.byteCount == added.count - sent.count)
        }
        while !outbox.isEmpty {
            sent += outbox.next
            outbox.advance(by: outbox.next.count)
        }

        #expect(sent == added)
        #expect(outbox.byteCount == 0)
    }
}
