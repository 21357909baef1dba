import StrettoCore
import Testing

@testable import StrettoBoard

/// The theme on the board: tried with `t`, kept or dropped, and chosen by the terminal where nobody did.
@Suite struct ThemeChoiceTests {
    private func text(_ board: BoardState) -> String { board.frame().lines.joined(separator: "\n") }

    private func theme(_ id: String) -> BoardAction { .useTheme(.builtIn(id)) }

    @Test func `t tries each theme as it is marked, and Esc brings the old one back`() {
        var board = Fixture.board(120, 40)
        #expect(board.press("t").isEmpty)
        #expect(text(board).contains("Slate Harbor") && text(board).contains("Night Kiln"))

        #expect(board.press("j") == [theme("paper-lantern")])
        #expect(board.press(.down) == [theme("night-kiln")])
        #expect(board.press("k") == [theme("paper-lantern")])
        #expect(board.press(.escape) == [theme("slate-harbor")])
        #expect(board.dialogs.isEmpty)
    }

    @Test func `Enter keeps the theme for this board, and the dialog tells how to keep it for good`() {
        var board = Fixture.board(120, 40)
        board.press("tj")
        #expect(text(board).contains("theme: paper-lantern in ~/.config/stretto/stretto.yaml"))

        #expect(board.press(.enter).isEmpty)
        #expect(board.dialogs.isEmpty && text(board).contains("Paper Lantern until you leave"))
        board.press("t")
        #expect(board.press(.escape).isEmpty, "it is the old one now")
    }

    @Test func `the board behind the choice keeps its colours, for it is the preview`() {
        var board = Fixture.board(120, 40)
        let before = board.frame()
        board.press("t")

        #expect(board.frame()[1, 0] == before[1, 0])
        board.press(.escape)
        board.press("?")
        #expect(board.frame()[1, 0].style.role == .backdrop)
    }

    @Test func `a light terminal gets the light theme, unless somebody chose`() {
        let (white, black) = (RGB(250, 250, 240), RGB(10, 10, 10))
        var board = Fixture.board()
        #expect(board.handle(.background(black), at: Fixture.now).isEmpty)
        #expect(board.handle(.background(white), at: Fixture.now) == [theme("paper-lantern")])
        #expect(board.handle(.background(black), at: Fixture.now) == [theme("slate-harbor")])

        board.press("tj")
        board.press(.enter)
        #expect(board.handle(.background(black), at: Fixture.now).isEmpty)
    }

    @Test(arguments: [
        ("15;0", false), ("0;15", true), ("0;default;15", true), ("12;7", true), ("7;8", false), ("15;default", nil),
        ("", nil), (nil, nil), ("1;99", nil),
    ])
    func `COLORFGBG tells light from dark, or nothing`(value: String?, isLight: Bool?) {
        #expect(ThemeChoices.isLight(colorFgBg: value) == isLight)
    }

    @Test(arguments: [(20, 6), (40, 12), (60, 15), (8, 3), (1, 1)])
    func `the choice can be used on any screen`(columns: Int, rows: Int) {
        var board = Fixture.board(columns, rows)
        board.press("t")
        #expect(board.press("G") == [theme("graphite")])
        if columns >= 20 { #expect(text(board).contains("Graphite"), "\(text(board))") }
    }
}
