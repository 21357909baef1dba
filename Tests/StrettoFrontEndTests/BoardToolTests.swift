import FoundationEssentials
import StrettoBoard
import StrettoCommand
import StrettoCore
import StrettoTerminal
import TestSupport
import Testing

@testable import StrettoFrontEnd

/// What stands beside the board: scripts, frame logs, events as lines, saved logs.
@Suite(.timeLimit(.minutes(5))) struct BoardToolTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    // MARK: Scripts

    @Test func `a script is keys by their names and what is to be waited for`() throws {
        let text = """
            # comment
            j k ^d Enter S-Tab
              @idle
            @wait needs you
            @type a b
            @size 80x24
            @dump one
            @dump /two
            @
            """
        #expect(
            try BoardScript.parse(text, folder: "/folder/") == [
                .key(.character("j")), .key(.character("k")), .key(.control("d")), .key(.enter), .key(.backTab), .idle,
                .wait("needs you"), .key(.character("a")), .key(.character(" ")), .key(.character("b")),
                .size(Size(columns: 80, rows: 24)), .dump(path: "/folder/one"), .dump(path: "/two"),
                .key(.character("@")),
            ]
        )
    }

    @Test(arguments: ["@idl", "@size 80", "@dump", "Ente"]) func `what no script says is refused with its line`(
        line: String
    ) {
        let error = #expect(throws: Refusal.self) { try BoardScript.parse("j\n\(line)\n", folder: "") }
        #expect("\(error.map { "\($0)" } ?? "")".hasPrefix("line 2: "))
    }

    // MARK: Frames

    @Test func `a frame's line has its time, cause, rows, bytes and cost`() throws {
        let path = directory.appending("frames")
        guard var log = try FrameLog(environment: ["STRETTO_FRAME_LOG": path]) else {
            Issue.record("no log")
            return
        }
        log.note(.key(.enter))
        log.note(.tick)
        log.write(rows: 3, bytes: 120, begin: .now)
        log.write(rows: 0, bytes: 0, begin: .now)

        let lines = try String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].split(separator: " ").dropFirst().prefix(3) == ["key", "3", "120"])
        #expect(lines[1].contains(" start 0 0 "))
        #expect(lines.allSatisfy { $0.split(separator: " ").count == 5 })
    }

    // MARK: Lines

    @Test func `every event is told once as a line`() {
        var stream = PlainStream(zone: .zero, style: .bare)
        let notice = { (text: String) in
            Notice(time: Timestamp(milliseconds: 0), level: .info, task: TaskID("a"), word: "started", text: text)
        }
        stream.take([notice("one"), notice("two")])
        #expect(stream.takeLines() == ["00:00:00 started   a: one", "00:00:00 started   a: two"])
        #expect(stream.takeLines().isEmpty)
        stream.take((0..<2_005).map { notice("\($0)") })
        let lines = stream.takeLines()
        #expect(lines.first == "5 earlier events are in the log")
        #expect(lines.count == 2_001)
    }

    // MARK: Saving

    private func save(_ source: LogSource, to path: String, isProposal: Bool) throws -> BoardInput {
        let mail = try BoardMail()
        let environment = ["HOME": directory.path, "SERVICE_TOKEN": "canary-7f3a19"]
        let secrets = KnownSecrets(environment: environment)
        let place = BoardSession.Place(zone: .zero, lines: .bare, environment: environment, secrets: secrets)
        LogSaver.save(source, to: path, isProposal: isProposal, in: place, mail)
        #expect(!Poller().wait(for: [Poller.Interest(mail.descriptor)], timeout: .seconds(240)).isEmpty)
        return try #require(mail.take().first)
    }

    private func bytes(_ path: String) -> [UInt8] { Array((try? Data(contentsOf: URL(filePath: path))) ?? Data()) }

    @Test func `a saved log has stars where the output has secrets, and else every byte`() throws {
        let key = "sk-ant-" + "api03-Zx9aBcdEFgh"
        try Data("say canary-7f3a19 and \(key)\n\u{1B}[1mbye\n".utf8).write(
            to: URL(filePath: directory.appending("log"))
        )
        let source = LogSource(path: directory.appending("log"), builder: .command, form: .raw)
        let target = directory.appending("saved.log")

        _ = try save(source, to: target, isProposal: false)

        let stars = String(repeating: "*", count: key.utf8.count - 7)
        #expect(
            String(decoding: bytes(target), as: UTF8.self) == "say ************* and sk-ant-\(stars)\n\u{1B}[1mbye\n"
        )
    }

    @Test func `output is saved byte for byte, and never over another file`() throws {
        let lines = (0..<80_000).map { "\u{1B}[31mline \($0)\u{1B}[0m\n" }.joined()
        let text: [UInt8] = Array(lines.utf8) + [0xFF, 0x00]
        try Data(text).write(to: URL(filePath: directory.appending("log")))
        let source = LogSource(path: directory.appending("log"), builder: .command, form: .raw)

        for name in ["x", "x-2", "x-3"] {
            guard
                case .logAnswer(_, .saved(let path, let count)) = try save(
                    source,
                    to: "~/saved/x.log",
                    isProposal: true
                )
            else {
                Issue.record("not saved")
                return
            }
            #expect(path == "~/saved/\(name).log")
            #expect(count == text.count)
            #expect(bytes(directory.path + path.dropFirst()) == text)
        }
        guard case .refused(let reason) = try save(source, to: directory.appending("log"), isProposal: false) else {
            Issue.record("another file was overwritten")
            return
        }
        #expect(reason.hasSuffix("is there already: choose another name"))
        #expect(bytes(directory.appending("log")) == text)
    }

    @Test func `a transcript is saved as it is read, without colours`() throws {
        let path = directory.appending("stream")
        let event = #"{"type":"assistant","message":{"content":[{"type":"text","text":"Hello\nthere"}]}}"# + "\n"
        try Data(event.utf8).write(to: URL(filePath: path))
        let source = LogSource(path: path, builder: .claude, form: .transcript)
        _ = try save(source, to: directory.appending("out"), isProposal: false)
        #expect(bytes(directory.appending("out")) == Array("Hello\nthere\n".utf8))
    }
}
