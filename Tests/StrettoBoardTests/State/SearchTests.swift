import StrettoCore
import Testing

@testable import StrettoBoard

/// Finding text in a pane's output, and other ways of looking at it.
@Suite struct SearchTests {
    /// A board whose main pane shows numbered lines, some of them searched for already.
    static func searching(_ text: String, in count: Int) -> BoardState { scene(text, in: count).board }

    private static func scene(_ text: String, in count: Int) -> (board: BoardState, log: PaperLog) {
        var board = Fixture.board(120, 40)
        board.select("refund-endpoint")
        let log = PaperLog((0..<count).map { "a line, number \($0)\n" }.joined())
        if let source = board.wantedLogs.first {
            _ = board.handle(.outputBegan(source), at: board.now)
            board.hear(String(decoding: log.bytes, as: UTF8.self), of: source)
        }
        board.press(.tab)
        board.press("/" + text)
        board.look(into: log, for: board.press(.enter))
        return (board, log)
    }

    private static func text(of board: BoardState) -> String { board.frame().lines.joined(separator: "\n") }

    @Test func `a search goes to the newest match, and n and N go on`() {
        var (board, log) = Self.scene("number 1", in: 200)
        #expect(Self.text(of: board).contains("/number 1 111 of 111"))
        #expect(Self.text(of: board).contains("number 199"))

        board.look(into: log, for: board.press("N"))
        #expect(Self.text(of: board).contains("110 of 111"))
        board.look(into: log, for: board.press("n"))
        board.look(into: log, for: board.press("n"))
        #expect(Self.text(of: board).contains("1 of 111"))
        #expect(Self.text(of: board).contains("from the top again"))
        #expect(board.frame().lines.contains { ($0 + " ").contains("a line, number 1 ") })
    }

    @Test(arguments: 100...240)
    func `how many there are stands in the title of a pane, however wide that is`(columns: Int) {
        var board = Self.scene("number 1", in: 200).board

        _ = board.handle(.resize(Size(columns: columns, rows: 50)), at: board.now)

        #expect(Self.text(of: board).contains("/number 1 111 of 111"))
    }

    @Test func `a match that the window has left behind is gone to in the file`() {
        var (board, log) = Self.scene("number 7 unlike any", in: 100)
        guard let source = board.outputView?.source else {
            Issue.record("no output")
            return
        }
        let more = "number 7 unlike any other\n" + String(repeating: "x\n", count: LogWindow.linesMax + 5_000)
        log.append(more)
        board.hear(more, of: source)
        board.press("/number 7 unlike")
        let asked = board.press(.enter)
        #expect(!Self.text(of: board).contains("7 unlike any other"))

        board.look(into: log, for: asked)

        #expect(Self.text(of: board).contains("number 7 unlike any other"))
        #expect(Self.text(of: board).contains("a line, number 99"))
        #expect(Self.text(of: board).contains("1 of 1"))
    }

    @Test func `while a search is under way it tells how far it has come`() throws {
        var board = Self.searching("number 7", in: 10)
        let source = try #require(board.outputView?.source)
        let needle = try #require(board.logs[source]?.search?.needle)
        var tally = LogTally()
        tally.count = 17
        tally.percent = 40
        _ = board.handle(.logAnswer(source, .counted(tally, needle)), at: board.now)
        #expect(Self.text(of: board).contains("/number 7 17 lines, 40%"))

        let other = try #require(LogNeedle("other"))
        tally.isComplete = true
        _ = board.handle(.logAnswer(source, .counted(tally, other)), at: board.now)
        #expect(Self.text(of: board).contains("40%"), "an answer to an older search says nothing")
    }

    @Test func `Esc ends a search, in the file as well`() throws {
        var board = Self.searching("number 7", in: 10)
        let source = try #require(board.outputView?.source)
        #expect(Self.text(of: board).contains("1 of 1"))

        #expect(board.press(.escape) == [.readLog(source, .endSearch)])
        #expect(!Self.text(of: board).contains("1 of 1"))
        #expect(board.focus == .output(0))
        #expect(board.press("N").isEmpty)
        #expect(board.toast?.text == "nothing is looked for: / in a pane finds text")
    }

    @Test func `small letters find capital ones, capital letters find themselves`() {
        #expect(Self.text(of: Self.searching("a LINE", in: 5)).contains("not found"))
        var (board, log) = Self.scene("nothing", in: 5)
        #expect(board.toast?.text == "no 'nothing' here")
        board.press("/A line")
        board.look(into: log, for: board.press(.enter))
        #expect(board.toast?.text == "no 'A line' here")
    }

    @Test func `matches are marked within their styles`() throws {
        var line = StyledLine("one Tw", Style(.ok))
        line.append("o and two", Style(.bad))

        let marked = try #require(LogNeedle("two")).marking(line)

        #expect(marked.text == line.text)
        let reversed = marked.runs.filter { $0.style.emphasis.contains(.reverse) }
        #expect(reversed.map(\.text) == ["Tw", "o", "two"])
        #expect(reversed.map(\.style.role) == [.ok, .bad, .bad])
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
        _ = board.handle(.outputBegan(source), at: board.now)
        board.hear(line, of: source)
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

    @Test func `a filter counts its matches, says when there are none, and gives the cursor back`() {
        var board = Fixture.board(80, 24)
        board.select("refund-endpoint")
        board.press("/refund")
        #expect(Self.text(of: board).contains("2 of 13"))
        #expect(board.selection == .task(TaskID("refund-endpoint")))

        board.press("s")
        #expect(Self.text(of: board).contains("0 of 13"))
        #expect(Self.text(of: board).contains("No task matches."))
        board.press(.enter)
        board.press(.escape)
        #expect(board.selection == .task(TaskID("refund-endpoint")))
    }

    @Test(arguments: [(80, 24), (60, 15), (40, 12), (40, 9), (20, 6)])
    func `what is typed into a filter can be read on every screen with a tree`(columns: Int, rows: Int) {
        var board = Fixture.board(columns, rows)
        board.press("/refund-e")

        #expect(Self.text(of: board).contains("/refund-e▏"))
    }

    @Test func `among matches the first task is selected, and stays so for whoever keeps the filter`() {
        var board = Fixture.board(80, 24)
        board.select("refund-endpoint")
        var left = board
        board.press("/webh")
        #expect(board.selection == .task(TaskID("webhooks")))
        board.press(.enter)
        board.press(.escape)
        #expect(board.selection == .task(TaskID("webhooks")))

        left.press("/webh")
        left.press(.escape)
        #expect(left.selection == .task(TaskID("refund-endpoint")))
    }
}
