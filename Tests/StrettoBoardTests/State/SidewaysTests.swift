import StrettoCore
import Testing

@testable import StrettoBoard

/// Lines that are longer than the pane, read without wrapping them.
@Suite struct SidewaysTests {
    /// `c0000 c0001 ...`: each word tells its column divided by six.
    private static let long = (0..<700).map { "c" + String("000\($0)".suffix(4)) + " " }.joined()

    /// A board whose main pane shows a long line between two short ones and has the focus.
    private static func scene(columns: Int = 120) -> (board: BoardState, log: PaperLog) {
        var board = Fixture.board(columns, 40)
        board.select("refund-endpoint")
        let log = PaperLog("short\n" + long + "\nthe end\n")
        if let source = board.wantedLogs.first {
            _ = board.handle(.outputBegan(source), at: board.now)
            board.hear(String(decoding: log.bytes, as: UTF8.self), of: source)
        }
        board.press(.tab)
        return (board, log)
    }

    private static func text(of board: BoardState) -> String { board.frame().lines.joined(separator: "\n") }

    @Test func `arrows move lines that are cut, and an ellipsis stands where they go on`() {
        var (board, _) = Self.scene()
        #expect(Self.text(of: board).contains("c0000 c0001"))
        #expect(!Self.text(of: board).contains("c0020"))

        board.press(.right)

        #expect(!Self.text(of: board).contains("c0000"))
        #expect(Self.text(of: board).contains("c0012"))
        #expect(board.frame().lines.filter { $0.contains("│ …") }.count == 3)
        board.press("h")
        #expect(Self.text(of: board).contains("c0000 c0001"))
    }

    @Test func `the end of the longest line is as far as it goes`() {
        var (board, _) = Self.scene()
        for _ in 0..<200 { board.press("l") }
        #expect(board.toast?.text == "no line in sight is longer")
        #expect(Self.text(of: board).contains("c0699"))
        #expect(Self.text(of: board).contains("c0690"))

        for _ in 0..<200 { board.press(.left) }
        #expect(Self.text(of: board).contains("c0000"))
        #expect(board.toast?.text == "this is where lines begin")
    }

    @Test(arguments: [80, 120, 200])
    func `a match beyond the edge of its pane is brought into sight`(columns: Int) {
        var (board, log) = Self.scene(columns: columns)
        board.press("/c0555")
        board.look(into: log, for: board.press(.enter))
        #expect(Self.text(of: board).contains("c0555"))

        board.press("/short")
        board.look(into: log, for: board.press(.enter))
        #expect(board.frame().lines.contains { $0.contains("│ short") })
    }

    @Test func `wrapped lines have no sides`() {
        var (board, _) = Self.scene()
        board.press("w")
        board.press(.right)
        #expect(board.toast?.text == "long lines are wrapped: w cuts them")
        let source = board.wantedLogs.first
        #expect(source.flatMap { board.logs[$0]?.scrollX } == 0)
    }

    @Test func `the mouse marks what is seen`() throws {
        var (board, _) = Self.scene()
        board.press(.right)
        let source = try #require(board.wantedLogs.first)
        let piece = try #require(board.layout.pieces.first { $0.part == .output(0) })
        let body = try #require(board.outputBody(of: source, in: piece))
        let row = body.rect.row + 1
        func mouse(_ kind: MouseEvent.Kind, _ column: Int) -> [BoardAction] {
            board.press(.mouse(MouseEvent(kind, column: body.rect.column + column, row: row)))
        }
        let first = (6 - body.scrollX % 6) % 6

        _ = mouse(.press(.left), first)
        _ = mouse(.drag(.left), first + 4)

        let word = "c" + String("000\((body.scrollX + first) / 6)".suffix(4))
        #expect(mouse(.release(.left), first + 4) == [.copy(word)])
    }
}
