import StrettoCore
import StrettoMarkdown
import Testing

@testable import StrettoBoard

/// HANDOFF.md while it changes under its reader.
@Suite struct HandoffTests {
    private let now = Fixture.now

    /// A long document of sections with entries.
    private func text(_ sections: [(String, Int)]) -> String {
        sections.map { name, count in
            "## \(name)\n\n" + (0..<count).map { "- \(name) entry \($0)\n" }.joined() + "\n"
        }
        .joined()
    }

    private func board(_ text: String, columns: Int = 200, rows: Int = 50) -> BoardState {
        Fixture.board(columns, rows, snapshot: Fixture.snapshot(handoff: text))
    }

    private func change(_ board: inout BoardState, to text: String, at now: Timestamp) {
        let header = Fixture.snapshot().header
        _ = board.handle(.update(RunUpdate(header: header, handoff: text)), at: now)
    }

    /// The lines of the document in sight, each with whether a bar stands before it.
    private func lines(_ board: BoardState) -> [(isMarked: Bool, text: String)] {
        guard let rect = board.layout.rect(of: .handoff) else { return [] }
        let frame = board.frame()
        let body = BoardState.handoffBody(of: rect)
        return (body.row..<body.endRow).map { row in
            let text = (body.column..<body.endColumn).map { frame[$0, row].text }.joined()
            return (frame[body.column - 1, row].text == "▌", String(text.trimmingSuffix(" ")))
        }
    }

    @Test func `what is new in the document has a bar for thirty seconds, and nothing else has`() {
        var board = board(text([("Decisions", 2), ("Debt", 1)]))
        #expect(lines(board).allSatisfy { !$0.isMarked })

        change(&board, to: text([("Decisions", 3), ("Debt", 1)]), at: now)
        #expect(lines(board).filter(\.isMarked).map(\.text) == ["• Decisions entry 2"])
        #expect(board.frame().lines.contains { $0.contains("HANDOFF.md") && $0.contains("1 new") })

        // A later change keeps the marks of the earlier one, each for its own time.
        change(&board, to: text([("Decisions", 3), ("Debt", 2)]), at: now.advanced(by: .seconds(10)))
        #expect(lines(board).filter(\.isMarked).map(\.text) == ["• Decisions entry 2", "• Debt entry 1"])
        _ = board.handle(.tick, at: now.advanced(by: .seconds(30)))
        #expect(lines(board).filter(\.isMarked).map(\.text) == ["• Debt entry 1"])
        _ = board.handle(.tick, at: now.advanced(by: .seconds(40)))
        #expect(lines(board).allSatisfy { !$0.isMarked })
    }

    @Test func `a long document is read after the first frame, at once, and is no news`() {
        let count = BoardState.handoffBytesAtOnce / 10
        var board = BoardState(
            snapshot: Fixture.snapshot(handoff: text([("Decisions", count)])),
            glyphs: .unicode,
            size: Size(columns: 200, rows: 50),
            now: now,
            themes: Fixture.themes,
            reading: MarkdownReader.read
        )
        #expect(lines(board)[0].text == "Reading it…")
        #expect(board.nextDeadline == now)

        _ = board.handle(.tick, at: now)
        #expect(lines(board).prefix(2).map(\.text) == ["Decisions", "─────────"])
        #expect(lines(board).allSatisfy { !$0.isMarked })
        #expect(board.nextDeadline != now)

        // Keys wait for it, so what changes in the next second is read together.
        for number in 1...3 {
            change(&board, to: text([("New", number), ("Decisions", count)]), at: now)
            #expect(lines(board).allSatisfy { !$0.isMarked })
        }
        let due = now.advanced(by: BoardState.handoffInterval)
        #expect(board.nextDeadline == due)
        _ = board.handle(.tick, at: due)
        #expect(lines(board).filter(\.isMarked).map(\.text).suffix(3) == (0..<3).map { "• New entry \($0)" })
    }

    @Test func `a board whose run is over sleeps until the last mark goes, and then for ever`() {
        let over = Fixture.snapshot(phase: .over(.finished), tasks: Fixture.finished, handoff: text([("A", 1)]))
        var board = Fixture.board(200, 50, snapshot: over)
        _ = board.handle(.tick, at: now.advanced(by: Dialog.keyGuard))
        #expect(board.nextDeadline == nil)

        let now = now.advanced(by: .seconds(60))
        _ = board.handle(.update(RunUpdate(header: over.header, handoff: text([("A", 2)]))), at: now)
        #expect(board.nextDeadline == now.advanced(by: HandoffView.markTime))
        _ = board.handle(.tick, at: now.advanced(by: HandoffView.markTime))
        #expect(board.nextDeadline == nil)
    }

    @Test func `nobody wakes for marks that are out of sight`() {
        let over = Fixture.snapshot(phase: .over(.finished), tasks: Fixture.finished, handoff: text([("A", 1)]))
        var board = Fixture.board(80, 24, snapshot: over)

        let later = now.advanced(by: .seconds(60))
        _ = board.handle(.update(RunUpdate(header: over.header, handoff: text([("A", 2)]))), at: later)
        #expect(board.nextDeadline == nil)
    }

    @Test func `the reader stays at what they read while the document grows above, and at its heading when it goes`() {
        var board = board(text([("A", 40), ("B", 40), ("C", 40)]))
        board.focus = .side(.handoff)
        for _ in 0..<60 { board.press("j") }
        let first = lines(board)[0].text
        #expect(first.hasPrefix("• B entry"))

        change(&board, to: text([("A", 50), ("B", 40), ("C", 40)]), at: now)
        #expect(lines(board)[0].text == first)
        change(&board, to: text([("New", 3), ("A", 50), ("B", 0), ("C", 60)]), at: now)
        #expect(lines(board)[0].text == "B")
        change(&board, to: text([("New", 3)]), at: now)
        #expect(lines(board)[0].text == "New", "nothing of it is left")
    }

    @Test func `the reader stays at what they read when the pane gets another width`() {
        let words = (0..<200).map { "Entry \($0) with enough words to need more than one row in a narrow pane." }
        var board = board("# All\n\n" + words.map { "- \($0)\n" }.joined())
        board.sideChoice = .shown(.handoff)
        board.focus = .side(.handoff)
        for _ in 0..<80 { board.press("j") }
        let word = lines(board).first { $0.text.hasPrefix("• ") }?.text.split(separator: " ")[2]

        _ = board.handle(.resize(Size(columns: 100, rows: 30)), at: now)
        #expect(lines(board).prefix(3).contains { $0.text.hasPrefix("• Entry \(word ?? "") ") }, "\(lines(board))")
    }
    // MARK: Searching

    /// A board that reads a document, with a text searched for in it.
    private func searching(_ needle: String, columns: Int = 80) -> BoardState {
        var board = board(text([("Decisions", 30), ("Debt", 12)]), columns: columns, rows: 24)
        board.press("H/" + needle)
        board.press(.enter)
        return board
    }

    private func shows(_ board: BoardState, _ text: String) -> Bool {
        board.frame().lines.contains { $0.contains(text) }
    }

    @Test func `a search finds from the top on, counts, and n and N go around`() {
        var board = searching("debt entry")
        #expect(shows(board, "/debt entry 1 of 12"))
        #expect(lines(board).contains { $0.text.hasSuffix("Debt entry 0") })

        board.press("n")
        #expect(shows(board, "2 of 12"))
        board.press("NN")
        #expect(shows(board, "12 of 12"))
        #expect(shows(board, "from the bottom again"))
        #expect(lines(board).contains { $0.text.hasSuffix("Debt entry 11") })
        #expect(shows(searching("nowhere"), "no 'nowhere' here"))
    }

    @Test func `words that a narrow pane breaks into two rows are found`() {
        var board = board("- Refunds use the ledger, not the table of balances\n", columns: 40, rows: 12)
        board.press("H/ledger, not the table of")
        board.press(.enter)

        #expect(shows(board, "1 of 1"))
    }

    @Test func `a search goes on while the document changes`() {
        var board = searching("debt entry")
        change(&board, to: text([("Decisions", 31), ("Debt", 13)]), at: now)

        #expect(shows(board, "1 of 13"))
    }

    @Test func `Esc ends the search, then closes the pane that a key has opened`() {
        var board = searching("debt entry")
        board.press(.escape)
        #expect(!shows(board, "of 12"))
        #expect(board.focus == .side(.handoff))

        board.press(.escape)
        #expect(board.layout.rect(of: .handoff) == nil)
        #expect(board.focus == .tasks)
    }
}

extension String {
    fileprivate func trimmingSuffix(_ mark: Character) -> Substring {
        var text = self[...]
        while text.last == mark { text.removeLast() }
        return text
    }
}
