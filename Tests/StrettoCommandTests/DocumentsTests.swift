import FoundationEssentials
import StrettoCommand
import StrettoCore
import Testing

/// The readme against the table that it retells.
@Suite struct DocumentsTests {
    private let readme: String

    init() throws {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        readme = try String(contentsOfFile: root + "/README.md", encoding: .utf8)
    }

    @Test func `the readme lists every command`() {
        let table = readme.split(separator: "\n").filter { $0.hasPrefix("| `stretto") }.joined()

        for name in CommandTable.visible.compactMap(\.name) {
            #expect(table.contains("stretto \(name.rawValue)"), "README.md says nothing of \(name.rawValue)")
        }
    }

    @Test func `the readme names no command that does not exist`() {
        let words = readme.split(separator: "\n").flatMap { line -> [Substring] in
            line.split(separator: "stretto ").dropFirst().map { $0.prefix { $0.isLetter } }
        }
        let commands = Set(CommandTable.visible.compactMap { $0.name?.rawValue })

        for word in words where !word.isEmpty && word.allSatisfy(\.isLowercase) {
            // What the text says about the program itself.
            #expect(commands.contains(String(word)) || word == "is", "README.md names 'stretto \(word)'")
        }
    }

    @Test(arguments: ExitCode.allCases)
    func `the readme explains every exit code as help does`(code: ExitCode) {
        #expect(readme.contains("| \(code.rawValue) | \(code.meaning) |"))
    }

    @Test func `the readme's line commands are those of plain mode`() throws {
        for line in [
            "review TASK", "approve TASK", "reject TASK COMMENT", "message TASK WORDS", "retry TASK", "skip TASK",
            "add WORDS", "plan", "order TASK before TASK", "stop", "resume", "status", "help",
        ] {
            #expect(readme.contains("`\(line)`"))
            #expect(throws: Never.self) { try LineCommand.parse(line, tasks: [TaskID("TASK")]) }
        }
    }
}
