import StrettoCore
import Testing

@testable import StrettoBoard

/// Reading a review: its facts, its keys, the patch, and finding text in the diff.
@Suite struct ReviewTests {
    private static func reading(_ columns: Int = 120, _ rows: Int = 40) -> BoardState {
        var board = Fixture.board(columns, rows)
        board.select("webhooks")
        board.press("r")
        _ = board.handle(.diff(StoryTests.webhooks, Fixture.diff), at: board.now.advanced(by: .seconds(1)))
        return board
    }

    private static func text(of board: BoardState) -> String { board.frame().lines.joined(separator: "\n") }

    @Test(arguments: [(40, 12), (60, 15), (63, 15), (80, 15), (80, 17), (80, 20), (80, 24), (200, 16)])
    func `who, checks and cost stand above a review of every size`(columns: Int, rows: Int) {
        let lines = Self.reading(columns, rows).frame().lines
        for fact in ["Task  ", "Checks  ", "Cost  "] {
            #expect(lines.contains { $0.contains("│ \(fact)") }, "\(fact) at \(columns)x\(rows)")
        }
    }

    @Test(arguments: [80, 120, 200])
    func `the keys of a review name those of its hunks`(columns: Int) {
        let lines = Self.reading(columns).frame().lines
        #expect(lines.contains { $0.contains("n p hunks") })
        #expect(columns < 120 || lines.contains { $0.contains("/ find  y copy patch") })
    }

    @Test func `y copies the patch as it came`() {
        var board = Self.reading()
        board.press("n")
        #expect(board.press("y") == [.copy(Fixture.diff)])

        var early = StoryTests.reviewing()
        #expect(early.press("y").isEmpty)
        #expect(early.toast?.text == "the diff is on its way")
    }

    @Test func `the outputs of checks come and go without the reader's place being lost`() {
        var board = Self.reading(80, 20)
        board.press("nn")
        let place = board.frame().lines.dropFirst()
        board.press("o")
        #expect(Self.text(of: board).contains("swift build   exit code 0"))
        board.press("o")
        #expect(board.frame().lines.dropFirst() == place)

        // Whoever has gone on from the outputs to the diff stays there.
        board.press("g")
        board.press("o")
        board.press("n")
        let hunk = board.frame().lines.first { $0.contains("@@") || $0.contains("struct Webhook") }
        board.press("o")
        #expect(hunk != nil && board.frame().lines.contains { $0 == hunk })
        #expect(board.reviewView?.top ?? 0 > 0)
    }

    // MARK: Finding text

    @Test func `text is found in the diff, with a count, next, previous and around the end`() throws {
        var board = Self.reading(80, 20)
        board.press("/")
        #expect(Self.text(of: board).contains("/▏  ↵ find  Esc leave"))
        board.press("clock")
        board.press(.enter)
        #expect(Self.text(of: board).contains("/clock 1 of 3"))
        #expect(Self.text(of: board).contains("guard clock.now - req.timestamp"))
        board.press("n")
        #expect(Self.text(of: board).contains("/clock 2 of 3"))
        #expect(Self.text(of: board).contains("Sources/API/Clock.swift"))
        board.press("nn")
        #expect(Self.text(of: board).contains("/clock 1 of 3"))
        #expect(board.toast?.text == "from the top again")
        board.press("N")
        #expect(Self.text(of: board).contains("/clock 3 of 3"))
        let row = try #require(board.frame().lines.firstIndex { $0.contains("struct Clock") })
        #expect(board.frame().cells(inRow: row).contains { $0.style.emphasis.contains(.reverse) })
    }

    @Test func `a search in a review ends with Esc, and n goes through hunks again`() {
        var board = Self.reading(80, 20)
        board.press("/clock")
        board.press(.enter)
        #expect(board.press("p").isEmpty)
        #expect(board.toast?.text == "text is looked for: Esc ends that")
        board.press(.escape)
        #expect(board.reviewView != nil)
        #expect(!Self.text(of: board).contains("/clock"))
        #expect(Self.text(of: board).contains("n p hunks"))
        board.press(.escape)
        #expect(board.dialogs.isEmpty)
    }

    @Test func `what is not in the diff is said, and a marked line goes along to what is`() {
        var board = Self.reading()
        board.press("/nowhere")
        board.press(.enter)
        #expect(board.toast?.text == "no 'nowhere' in the diff")
        #expect(Self.text(of: board).contains("/nowhere not found"))
        board.press(.escape)

        board.press(.enter)
        board.press("/hmac(")
        board.press(.enter)
        let cursor = board.reviewView.flatMap { view in view.cursor.flatMap { view.diff?.place(of: $0) } }
        #expect(cursor?.text.contains("hmac(body) == sig") == true)
    }

    @Test func `Enter marks the line that was found`() {
        var board = Self.reading(80, 20)
        board.press("/gone)")
        board.press(.enter)
        board.press(.enter)
        let cursor = board.reviewView.flatMap { view in view.cursor.flatMap { view.diff?.place(of: $0) } }
        #expect(cursor?.text.contains("return .init(status: .gone)") == true)
    }

    @Test func `text that only the numbers and marks beside the diff have is not found`() {
        var board = Self.reading()
        board.press("/29")
        board.press(.enter)
        #expect(board.hasFoundNothing)
    }
}
