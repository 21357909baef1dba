import StrettoMarkdown
import TestSupport
import Testing

@testable import StrettoBoard

@Suite struct MarkdownTextTests {
    private func texts(_ text: String, columns: Int = 30) -> [String] {
        MarkdownText.lines(MarkdownReader.read(text), columns: columns).map(\.text)
    }

    @Test func `a handoff reads as people write`() {
        let text = """
            <!-- stretto:begin -->
            # HANDOFF

            ## Decisions
            - Refunds use the **ledger**, not the
              balance table
            - `409` on a [double refund](https://example.com)
              1. nested

            Open questions
            - [ ] Replay window?
            - [x] Keep the flag

            > quoted
            ***
            ```swift
            let key = 1
            ```
            <!-- stretto:end -->
            """

        #expect(
            texts(text) == [
                "HANDOFF", "═══════", "", "Decisions", "─────────", "• Refunds use the ledger, not ",
                "  the balance table", "• 409 on a double refund[1]", "  1. nested", "", "Open questions", "",
                "[ ] Replay window?", "[x] Keep the flag", "", "│ quoted", "", String(repeating: "─", count: 30), "",
                "┃ let key = 1", "", "[1] https://example.com",
            ]
        )
    }

    @Test
    func `a table has columns where there is room, wrapped cells where there is little, entries where there is none`() {
        let table = """
            | task | what it left |
            | --: | :-- |
            | refund | the ledger is the only source of balances |
            | x | |
            """

        #expect(
            texts(table, columns: 60) == [
                "  task │ what it left                             ",
                String(repeating: "─", count: 50),
                "refund │ the ledger is the only source of balances",
                "     x │                                          ",
            ]
        )
        #expect(
            texts(table, columns: 30).map { $0.trimmingBlanks } == [
                "  task │ what it left", String(repeating: "─", count: 30), "refund │ the ledger is the",
                "       │ only source of", "       │ balances", "     x │",
            ]
        )
        #expect(
            texts(table, columns: 12).map { $0.trimmingBlanks } == [
                "task: refund", "what it", "left: the", "ledger is", "the only", "source of", "balances", "", "task: x",
            ]
        )
    }

    @Test(arguments: (0..<50).map { UInt64($0) })
    func `no row of prose is wider than its columns, whatever is written`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces = [
            "# ", "- ", "* ", "> ", "\n", "\n\n", "**", "_", "`", "[a](b)", "[", "](", "word ", "漢字", "1. ", "<!--",
            "-->", "\u{1B}[2J", "\n| a | b |\n|-|-|\n| ", " | ", "~~", "- [x] ", "&#27;", "&#10;",
        ]
        let text = (0..<60).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()

        for columns in [1, 2, 7, 30] {
            for row in texts(text, columns: columns) where !row.contains("┃") { #expect(Width.of(row) <= columns) }
        }
    }

    @Test func `what is beyond the limits is told`() {
        let long = String(repeating: "word ", count: MarkdownReader.bytesMax / 5 + 10)

        #expect(texts(long, columns: 60).last?.hasSuffix("more bytes") == true)
    }

    @Test func `pieces are blocks and the items of lists`() {
        let pieces = MarkdownReader.read("# A\n\n- b\n- c\n  - d\n\ne\n").pieces

        #expect(pieces.count == 4)
        #expect(pieces.map(\.continuesList) == [false, false, true, false])
    }
}

extension String {
    fileprivate var trimmingBlanks: String { String(reversed().drop { $0 == " " }.reversed()) }
}
