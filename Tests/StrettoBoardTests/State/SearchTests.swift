import StrettoCore
import Testing

@testable import StrettoBoard

/// Finding text in a pane's output, and other ways of looking at it.
@Suite struct SearchTests {
    /// A board whose main pane shows numbered lines, some of them searched for already.
    static func searching(_ text: String, in count: Int) -> BoardState {
        var board = Fixture.board(120, 40)
        board.select("refund-endpoint")
        if let source = board.wantedLogs.first {
            let lines = (0..<count).map { "a line, number \($0)\n" }.joined()
            _ = board.handle(.outputBegan(source, isWhole: true), at: board.now)
            _ = board.handle(.output(source, Array(lines.utf8)), at: board.now)
        }
        board.press(.tab)
        board.press("/" + text)
        board.press(.enter)
        return board
    }

    private static func text(of board: BoardState) -> String { board.frame().lines.joined(separator: "\n") }

    @Test func `a search goes to the newest match, and n and N go on`() {
        var board = Self.searching("number 1", in: 200)
        #expect(Self.text(of: board).contains("/number 1 111 of 111"))
        #expect(Self.text(of: board).contains("number 199"))

        board.press("N")
        #expect(Self.text(of: board).contains("110 of 111"))
        board.press("nn")
        #expect(Self.text(of: board).contains("1 of 111"))
        #expect(Self.text(of: board).contains("from the top again"))
        #expect(board.frame().lines.contains { ($0 + " ").contains("a line, number 1 ") })
    }

    @Test func `a search counts what comes later, and Esc ends it`() throws {
        var board = Self.searching("number 7", in: 10)
        let source = try #require(board.outputView?.source)
        _ = board.handle(.output(source, Array("a line, number 77\nnumber 7 unfinished".utf8)), at: board.now)
        #expect(Self.text(of: board).contains("1 of 2"))

        board.press(.escape)
        #expect(!Self.text(of: board).contains("of 2"))
        #expect(board.focus == .output(0))
        #expect(board.press("n").isEmpty)
        #expect(board.toast?.text == "nothing is looked for: / in a pane finds text")
    }

    @Test func `small letters find capital ones, capital letters find themselves`() {
        #expect(Self.text(of: Self.searching("a LINE", in: 5)).contains("not found"))
        var board = Self.searching("nothing", in: 5)
        #expect(board.toast?.text == "no 'nothing' here")
        board.press("/A line")
        board.press(.enter)
        #expect(board.toast?.text == "no 'A line' here")
    }

    @Test func `matches are marked within their styles`() {
        var line = StyledLine("one Tw", Style(.ok))
        line.append("o and two", Style(.bad))

        let marked = LogSearch("two").marking(line)

        #expect(marked.text == line.text)
        let reversed = marked.runs.filter { $0.style.emphasis.contains(.reverse) }
        #expect(reversed.map(\.text) == ["Tw", "o", "two"])
        #expect(reversed.map(\.style.role) == [.ok, .bad, .bad])
    }

    @Test func `lines that have left the window are no matches`() {
        var view = LogView()
        view.append(Array("match\n".utf8))
        view.find("match", rows: 10)
        #expect(view.searchCount == "1 of 1")

        view.append(Array(String(repeating: "other\n", count: LogWindow.linesMax + 1).utf8))

        #expect(view.searchCount == "not found")
    }

    @Test func `in the tree the same key filters the tasks`() {
        var board = Fixture.board(120, 40)
        board.press("/webh")

        #expect(board.rows.contains { $0.identity == .task(TaskID("webhooks")) })
        #expect(!board.rows.contains { $0.identity == .task(TaskID("docs")) })
    }

    @Test func `w shows the whole of long lines`() throws {
        var board = Fixture.board(80, 24)
        board.select("refund-endpoint")
        let source = try #require(board.wantedLogs.first)
        let line = "start " + String(repeating: "x", count: 100) + " end\n"
        _ = board.handle(.outputBegan(source, isWhole: true), at: board.now)
        _ = board.handle(.output(source, Array(line.utf8)), at: board.now)
        #expect(!Self.text(of: board).contains(" end"))

        board.press("w")

        #expect(Self.text(of: board).contains(" end"))
    }

    @Test func `backslash limits how many panes stand beside each other`() {
        var board = Fixture.board(200, 50)
        let all = board.layout.outputCount
        #expect(all > 1)

        board.press("\\")
        #expect(board.layout.outputCount == 1)
        board.press("\\")
        #expect(board.layout.outputCount == 2)
        board.press("\\\\\\")
        #expect(board.layout.outputCount == all)
    }

    @Test func `M gives the mouse to the terminal and takes it back`() {
        var board = Fixture.board()

        #expect(board.press("M") == [.setMouse(false)])
        #expect(board.press("M") == [.setMouse(true)])
    }
}
