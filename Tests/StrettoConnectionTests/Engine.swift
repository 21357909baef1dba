import FoundationEssentials
import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@testable import StrettoConnection

/// A server with an engine behind it that remembers what it was asked and refuses to skip.
final class Engine: Sendable {
    let directory: TemporaryDirectory
    let path: String
    let server: ConnectionServer
    private let asked: Asked

    static let refusal = Refusal("`1` is running: stop it first")

    final class Asked: Sendable {
        let commands = Lock<[Command]>([])
    }

    init(_ snapshot: RunSnapshot = Samples.snapshot(taskCount: 2)) throws {
        directory = try TemporaryDirectory()
        path = directory.appending("engine.sock")
        let asked = Asked()
        self.asked = asked
        server = try ConnectionServer(
            path: path,
            handlers: ConnectionHandlers(
                command: { command, reply in
                    asked.commands.withLock { $0.append(command) }
                    if case .skip = command { reply(Engine.refusal) } else { reply(nil) }
                },
                diff: { task, reply in reply("diff of \(task)") },
                plan: { reply in reply(Samples.spec) }
            )
        )
        server.start(snapshot)
    }

    var commands: [Command] { asked.commands.withLock { $0 } }
}

enum Samples {
    static func task(_ number: Int, detail: String = "", description: String = "") -> TaskSnapshot {
        TaskSnapshot(
            id: TaskID("\(number)"),
            name: "task \(number)",
            section: "1",
            description: description,
            state: .running,
            detail: detail,
            changed: Timestamp(milliseconds: 1_700_000_000_000)
        )
    }

    static let spec = RunSpec(
        id: RunID("demo-1"),
        plan: Plan(
            name: "demo",
            sections: [PlanSection(id: "1", name: "One", tasks: [PlanTask(id: TaskID("1"), name: "task 1")])]
        ),
        planPath: "plan.yaml",
        base: CommitID("41c9e02a7b1d3f5e6a8c9b0d1e2f3a4b5c6d7e8f"),
        workers: 3,
        gates: Gates(plan: .human)
    )

    static let header = RunHeader(
        run: RunID("demo-1"),
        planName: "demo",
        planPath: "plan.yaml",
        branch: "stretto/demo-1",
        phase: .running,
        started: Timestamp(milliseconds: 1_700_000_000_000),
        workers: 3,
        usage: Usage(inputTokens: 1200, outputTokens: 80, microdollars: 4500),
        budget: Budget(microdollars: 2_000_000)
    )

    static func snapshot(taskCount: Int, description: String = "") -> RunSnapshot {
        RunSnapshot(header: header, tasks: (1...taskCount).map { task($0, description: description) }, handoff: "")
    }

    static func notice(_ word: String) -> Notice {
        Notice(time: Timestamp(milliseconds: 1), level: .info, word: word, text: "")
    }

    static func update(_ number: Int, detail: String, description: String = "") -> RunUpdate {
        RunUpdate(header: header, tasks: [task(number, detail: detail, description: description)])
    }
}

/// A client that speaks bytes, for what ``EngineClient`` would never say.
final class RawClient {
    let socket: Descriptor
    private var input = LineBuffer(lineBytesMax: MessageCodec.serverBytesMax)

    init(_ path: String) throws { socket = try UnixSocket.connect(path) }

    /// Sends until everything is taken or the other end has closed.
    func send(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            do {
                if let count = try UnixSocket.send(rest, to: socket) {
                    rest = rest.dropFirst(count)
                } else if !wait(POLLOUT) {
                    return
                }
            } catch {
                return
            }
        }
    }

    /// The next message; nil once the connection has ended.
    func next() throws -> ServerMessage? {
        while true {
            if let line = try input.next() { return try MessageCodec.serverMessage(line) }
            guard wait(POLLIN), let bytes = try? socket.read(1 << 20), !bytes.isEmpty else { return nil }
            input.append(bytes)
        }
    }

    /// All messages until the connection ends.
    func rest() throws -> [ServerMessage] {
        var messages: [ServerMessage] = []
        while let message = try next() { messages.append(message) }
        return messages
    }

    private func wait(_ events: Int32) -> Bool {
        var watched = [pollfd(fd: socket.number, events: Int16(events), revents: 0)]
        return poll(&watched, 1, 30_000) > 0
    }
}
