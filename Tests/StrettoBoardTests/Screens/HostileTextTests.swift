import StrettoCore
import StrettoMarkdown
import Testing

@testable import StrettoBoard

/// Whatever agents write, it stays in its pane: no cell of the frame around it moves.
@Suite struct HostileTextTests {
    struct Text: CustomTestStringConvertible, Sendable {
        var name: String
        var text: String
        var testDescription: String { name }
    }

    static let texts: [Text] = [
        Text(name: "CJK", text: String(repeating: "漢字かな交じり文한국어", count: 20)),
        Text(name: "emoji", text: "👩‍👩‍👧‍👦🏳️‍🌈👍🏽🇩🇪🇫🇷❤️⬇️☑️⚠️🫨 " + String(repeating: "🚀", count: 100)),
        Text(name: "marks", text: "e\u{301}\u{302}\u{303}\u{304}" + String(repeating: "\u{301}", count: 500) + "Z̸͎͝a̵l̶g̷o"),
        Text(name: "right to left", text: "שלום עולם مرحبا بالعالم \u{202E}evil\u{202C} \u{2066}x\u{2069} \u{200F}y"),
        Text(name: "4,000 columns", text: String(repeating: "0123456789", count: 400)),
        Text(name: "invisible", text: "a\u{200B}\u{200D}\u{FEFF}\u{AD}\u{2060}\u{E0041}b\u{3164}c\u{115F}"),
        Text(
            name: "escapes",
            text:
                "\u{1B}[2J\u{1B}[1;1Hhome\u{1B}]0;title\u{7}\u{1B}]52;c;eA==\u{1B}\\\u{1B}P1$r\u{1B}\\\u{9B}31m\u{8D}\u{1B}c\u{1B}(0"
        ),
        Text(
            name: "controls",
            text: String(String.UnicodeScalarView((0...0x1F).map { Unicode.Scalar(UInt8($0)) })) + "\u{7F}"
        ),
        Text(name: "tabs and returns", text: "\t\ta\tb\r\rc\u{8}\u{8}\u{8}d\u{B}\u{C}e\u{85}\u{2028}f"),
        Text(
            name: "binary",
            text: String(decoding: (0..<2_000).map { UInt8(truncatingIfNeeded: $0 &* 167) }, as: UTF8.self)
        ),
        Text(name: "marks without base", text: "\u{301}\u{20DD}\u{FE0F}\n\u{200D}\n"),
        Text(name: "private and unassigned", text: "\u{E000}\u{F8FF}\u{10FFFD}\u{FFFE}\u{378}\u{1FAFF}"),
    ]
    static let sizes = [(200, 50), (120, 40), (80, 24), (60, 15), (40, 12), (20, 6), (1, 1)]

    /// The board with a text in everything that an agent writes: output, report, HANDOFF.md, notices.
    private func board(_ text: String, _ columns: Int, _ rows: Int) -> BoardState {
        var tasks = Fixture.tasks
        for index in tasks.indices {
            tasks[index].description = text
            guard let last = tasks[index].attempts.indices.last else { continue }
            let report = Report(status: .completed, message: text, questions: [text])
            tasks[index].attempts[last].exit?.report = report
        }
        var board = Fixture.board(columns, rows, snapshot: Fixture.snapshot(tasks: tasks, handoff: text))
        for source in board.wantedLogs { board.hear("\n" + text + "\n" + text, of: source) }
        board.select("refund-endpoint")
        return board
    }

    /// What stands where no agent's text may be: everything but the panes' own cells.
    private func surroundings(_ board: BoardState) -> [[Cell]] {
        let frame = board.frame()
        let owned = board.layout.pieces.filter { piece in
            switch piece.part {
            case .output, .handoff, .log, .events, .notice: true
            default: false
            }
        }
        return (0..<frame.size.rows).map { row in
            (0..<frame.size.columns).filter { column in
                !owned.contains { $0.rect.contains(column: column, row: row) }
            }
            .map { frame[$0, row] }
        }
    }

    @Test(arguments: texts, sizes)
    func `no text of an agent reaches a cell outside of its pane`(_ text: Text, size: (Int, Int)) {
        let tame = board("tame", size.0, size.1)

        #expect(surroundings(board(text.text, size.0, size.1)) == surroundings(tame))
    }

    @Test(arguments: texts, sizes)
    func `every row is as wide as the screen, and holds nothing that a terminal obeys`(_ text: Text, size: (Int, Int)) {
        var boards = [board(text.text, size.0, size.1)]
        boards.append(boards[0])
        boards[1].select("webhooks")
        boards[1].press("r")
        _ = boards[1].handle(.diff(TaskID("webhooks"), "@@ -1 +1 @@\n-\(text.text)\n+\(text.text)"), at: Fixture.now)
        boards.append(boards[0])
        boards[2].press("w")
        boards.append(boards[0])
        boards[3].press("H")

        for board in boards {
            let frame = board.frame()
            for row in 0..<frame.size.rows {
                let cells = frame.cells(inRow: row)
                #expect(cells.reduce(0) { $0 + Int($1.width) } == frame.size.columns)
                for cell in cells {
                    for scalar in cell.glyph.scalars {
                        let isObeyed = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                        let isHidden = [0x200B, 0x200D, 0x202E, 0x2066, 0x2028, 0xFEFF].contains(scalar.value)
                        #expect(!isObeyed && !isHidden, "U+\(String(scalar.value, radix: 16)) in row \(row)")
                    }
                }
            }
        }
    }
}
