import FoundationEssentials
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@testable import StrettoConnection

@Suite struct ProtocolTests {
    static let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/protocol.md")
        .standardized

    /// Run with `STRETTO_RECORD=1` to write the examples anew.
    @Test func `the examples in the protocol's description are what is really said`() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let expected = try Examples.filledIn(text)
        if Environment.current()["STRETTO_RECORD"] == "1" {
            try expected.text.write(to: Self.page, atomically: true, encoding: .utf8)
        }

        #expect(text == expected.text)
        #expect(expected.names == Examples.all.map(\.name))
    }

    @Test func `every example reads back as the message that it is`() throws {
        for example in Examples.all {
            switch example.message {
            case .client(let message):
                #expect(try MessageCodec.clientMessage(MessageCodec.line(message).dropLast()) == message)
            case .server(let message):
                #expect(try MessageCodec.serverMessage(MessageCodec.line(message).dropLast()) == message)
            case .line: break
            }
        }
    }

    @Test func `a snapshot that is written down piece by piece is the message that it is, whatever has changed since`()
        throws
    {
        var task = Examples.snapshot.tasks[0]
        task.description = "curl -H 'Authorization: Bearer abcdefghijklmnopqrstuvwxyz0123456789'"
        var other = task
        other.id = TaskID("other")
        let third = TaskSnapshot(id: TaskID("third"), name: "Third", section: "", state: .ready, changed: task.changed)
        let header = Examples.snapshot.header
        var line = SnapshotLine(RunSnapshot(header: header, tasks: [task, other], handoff: "## Done\n"))

        var merging = other
        merging.state = .merging
        for update in [
            RunUpdate(header: header), RunUpdate(header: header, tasks: [merging], handoff: "## Merged\n"),
            RunUpdate(header: header, tasks: [third], taskOrder: [third.id, other.id]),
            RunUpdate(header: header, tasks: [other]),
        ] {
            line.apply(update)
            #expect(try line.bytes() == MessageCodec.line(ServerMessage.snapshot(line.snapshot)))
            #expect(!String(decoding: try line.bytes(), as: UTF8.self).contains("abcdefghijklmnop"))
        }
        #expect(line.snapshot.tasks.map(\.id) == [third.id, other.id])
    }

    @Test func `the description's table has every command, by its real name and fields`() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        for command in Examples.commands {
            let object = try JSONDecoder().decode(
                [String: [String: AnyValue]].self,
                from: JSONEncoder().encode(command)
            )
            let (name, fields) = try #require(object.first)
            let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("| `\(name)` |") }, "\(name)")
            for field in fields.keys { #expect(row.contains("`\(field)`"), "\(name): \(field)") }
        }
        let rowCount = text.split(separator: "\n").count { $0.hasPrefix("| `") }
        #expect(rowCount == Examples.commands.count)
    }
}

/// A value whose form does not matter.
private struct AnyValue: Decodable {
    init(from decoder: any Decoder) {}
}

private enum Examples {
    enum Message {
        case client(ClientMessage)
        case server(ServerMessage)
        case line(String)
    }

    static let task = TaskID("1.10")
    static let tree = TreeID("4b825dc642cb6eb9a060e54bf8d69288fbee4904")

    static let snapshot = RunSnapshot(
        header: Samples.header,
        tasks: [
            TaskSnapshot(
                id: task,
                name: "Export command",
                section: "CLI",
                state: .review,
                detail: "3 files",
                builder: .claude,
                changed: Timestamp(milliseconds: 1_700_000_060_000),
                worked: .seconds(60)
            )
        ],
        handoff: ""
    )

    static let update = RunUpdate(
        header: Samples.header,
        notices: [
            Notice(
                time: Timestamp(milliseconds: 1_700_000_060_000),
                level: .attention,
                task: task,
                word: "review",
                text: "1.10 waits for review"
            )
        ]
    )

    static let all: [(name: String, message: Message)] = [
        (
            "lock",
            .line(
                #"{"command":"stretto run plan.yaml","pid":4711,"run":"demo-1","#
                    + #""socket":"/run/user/1000/stretto/85944171f73967e8.sock","started":1700000000000}"#
            )
        ),
        ("client hello", .client(.hello(version: 1))),
        ("server hello", .server(.hello(version: 1, pid: 4711))),
        ("snapshot", .server(.snapshot(snapshot))),
        ("update", .server(.update(update))),
        ("approve", .client(.command(id: 1, .approve(task, tree: tree)))),
        ("taken", .server(.reply(id: 1, refusal: nil))),
        ("request changes", .client(.command(id: 2, .requestChanges(task, comment: "name the flag --out")))),
        ("refused", .server(.reply(id: 2, refusal: Refusal("`1.10` is not in review: it is merging")))),
        ("diff request", .client(.diff(id: 3, task))),
        ("diff", .server(.diff(id: 3, text: "diff --git a/x b/x\n"))),
        ("reorder", .client(.command(id: 4, .reorder(task, before: TaskID("1.2"))))),
        ("plan request", .client(.plan(id: 5))),
        ("plan", .server(.plan(id: 5, Samples.spec))),
        ("goodbye", .server(.goodbye(.needsHuman([task])))),
        (
            "turned away",
            .server(
                .reply(
                    id: 0,
                    refusal: Refusal(ConnectionError.tooLong(bytesMax: MessageCodec.clientBytesMax).description)
                )
            )
        ),
    ]

    static let commands: [Command] = [
        .approvePlan(), .revisePlan(Samples.spec.plan), .reorder(task, before: nil), .approve(task, tree: tree),
        .requestChanges(task, comment: ""), .recheck(task),
        .skip(task, reason: ""), .retry(task, note: ""), .stopTask(task), .message(task, text: ""),
        .addTask(TaskDraft("")), .stopRun(.drain), .resumeRun,
        .beginAttendance,
        .endAttendance,
    ]

    /// The page with the line of each example in its block, and the examples' names in the order found.
    static func filledIn(_ text: String) throws -> (text: String, names: [String]) {
        let opening = "<!-- example: "
        var names: [String] = []
        var lines: [Substring] = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(opening) { names.append(String(line.dropFirst(opening.count).dropLast(" -->".count))) }
            if line == "```" { isInside = false }
            if !isInside { lines.append(line) }
            guard line == "```json" else { continue }
            isInside = true
            let name = try #require(names.last)
            let example = try #require(all.first { $0.name == name }, "no example '\(name)'")
            lines.append(Substring(try self.line(example.message)))
        }
        return (lines.joined(separator: "\n"), names)
    }

    private static func line(_ message: Message) throws -> String {
        switch message {
        case .client(let message): String(decoding: try MessageCodec.line(message).dropLast(), as: UTF8.self)
        case .server(let message): String(decoding: try MessageCodec.line(message).dropLast(), as: UTF8.self)
        case .line(let text): text
        }
    }
}
