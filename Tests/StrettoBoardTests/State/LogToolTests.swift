import StrettoCore
import Testing

@testable import StrettoBoard

/// What can be done with output beside reading it: times, marks, saving, copying, marking with the mouse.
@Suite struct LogToolTests {
    /// A board of 120x40 whose main pane shows numbered lines and has the focus, and where its text lies.
    private static func scene(_ lines: Int = 200) throws -> (board: BoardState, source: LogSource, rect: Rect) {
        var board = Fixture.board(120, 40)
        board.select("refund-endpoint")
        let source = try #require(board.wantedLogs.first)
        _ = board.handle(.outputBegan(source), at: board.now)
        board.hear((0..<lines).map { "line number \($0)\n" }.joined(), of: source)
        board.press(.tab)
        let piece = try #require(board.layout.pieces.first { $0.part == .output(0) })
        return (board, source, try #require(board.outputBody(of: source, in: piece)?.rect))
    }

    private static func text(of board: BoardState) -> String { board.frame().lines.joined(separator: "\n") }

    private func place(of number: Int) -> Int { (0..<number).reduce(0) { $0 + "line number \($1)\n".utf8.count } }

    // MARK: Times

    @Test func `T shows when lines came, where that was noted`() throws {
        var (board, source, _) = try Self.scene()
        board.zone = .seconds(3600)
        #expect(!board.showsTimes)
        board.press("T")
        #expect(board.showsTimes)
        let noon = Timestamp(milliseconds: 12 * 3_600_000)
        _ = board.handle(.times(source, [.init(offset: place(of: 190), time: noon)]), at: board.now)

        let lines = board.frame().lines
        #expect(lines.contains { $0.contains("13:00:00 line number 190") })
        #expect(lines.contains { $0.contains("13:00:00 line number 199") })
        #expect(lines.contains { $0.contains("         line number 189") })
        board.press("T")
        #expect(!Self.text(of: board).contains("13:00:00"))
    }

    @Test func `a place has the time of the last note before it`() {
        var times = LogTimes()
        func at(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1000) }
        #expect(times.time(at: 0) == nil)
        times.append([.init(offset: 10, time: at(1)), .init(offset: 10, time: at(2)), .init(offset: 50, time: at(3))])
        times.append([.init(offset: 10, time: at(1)), .init(offset: 50, time: at(3))])

        #expect(times.time(at: 9) == nil)
        #expect(times.time(at: 10) == at(2), "nothing came in between")
        #expect(times.time(at: 49) == at(2))
        #expect(times.time(at: 5_000) == at(3))
    }

    @Test func `times of a long life are thinned, the newest least`() {
        var times = LogTimes()
        let count = LogTimes.notesMax * 3
        for number in 0..<count {
            times.append([.init(offset: number * 10, time: Timestamp(milliseconds: Int64(number)))])
        }
        #expect(times.time(at: (count - 1) * 10) == Timestamp(milliseconds: Int64(count - 1)))
        let early = times.time(at: 1_000)?.milliseconds ?? -1
        #expect(early >= 0 && early <= 100)
    }

    // MARK: Marks

    @Test func `marks are set, gone to around the end, and taken away`() throws {
        var (board, source, _) = try Self.scene()
        board.press(" ")
        #expect(board.frame().lines.contains { $0.contains("▸line number 199") })
        board.press("g")
        board.press(" ")
        #expect(board.logs[source]?.marks == [0, place(of: 199)])

        board.press("'")
        #expect(Self.text(of: board).contains("▸line number 199"))
        board.press("'")
        #expect(Self.text(of: board).contains("▸line number 0"))
        board.press("\"")
        #expect(Self.text(of: board).contains("▸line number 199"))
        board.press("'")
        board.press(" ")
        #expect(board.logs[source]?.marks == [place(of: 199)])
    }

    @Test func `without a mark the keys say so`() throws {
        var (board, _, _) = try Self.scene()
        board.press("'")
        #expect(board.toast?.text == "no line is marked: Space in a pane marks one")
    }

    @Test func `marks remain when a file begins anew`() throws {
        var (board, source, _) = try Self.scene()
        board.press(" ")
        _ = board.handle(.outputBegan(source), at: board.now)
        #expect(board.logs[source]?.marks.count == 1)
    }

    // MARK: Saving

    @Test func `S proposes a file outside of every checkout, and saves where the person says`() throws {
        var (board, source, _) = try Self.scene()
        board.saveFolder = "~/.local/state/stretto/saved"
        #expect(board.press("S").isEmpty)
        #expect(Self.text(of: board).contains("save to "))
        let actions = board.press(.enter)
        guard case .readLog(source, .save(let path, isProposal: true)) = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(path.hasPrefix("~/.local/state/stretto/saved/"))
        #expect(path.hasSuffix("refund-endpoint.1.log"))
        _ = board.handle(.logAnswer(source, .saved(path: path, byteCount: 12_345)), at: board.now)
        #expect(board.toast?.text == "saved 12.3 KB to \(path)")

        board.press("S")
        board.press(.control("u"))
        board.press("/tmp/x")
        #expect(board.press(.enter) == [.readLog(source, .save(path: "/tmp/x", isProposal: false))])
        board.press("S")
        #expect(board.press(.escape).isEmpty)
        #expect(!Self.text(of: board).contains("save to "))
    }

    // MARK: Copying

    @Test func `y copies what the pane shows, and tells by which ways`() throws {
        var (board, _, rect) = try Self.scene()
        let first = 200 - rect.rows
        let expected = (first..<200).map { "line number \($0)" }.joined(separator: "\n")
        #expect(board.press("y") == [.copy(expected)])
        let report = CopyReport(lineCount: 24, isCut: false, ways: ["terminal (OSC 52)", "tmux"])
        _ = board.handle(.copied(report), at: board.now)
        #expect(board.toast?.text == "copied 24 lines: terminal (OSC 52), tmux")
    }

    @Test func `y copies the lines in sight and no other, whole where they are wrapped`() throws {
        var (board, source, rect) = try Self.scene(1)
        let long = String(repeating: "0123456789", count: rect.columns / 5)
        let lines = (0..<100).map { $0 % 3 == 0 ? "\(long) \($0)" : "row \($0)" }
        board.hear(lines.map { $0 + "\n" }.joined(), of: source)
        for keys in ["", "w", "g", "w", "GTw"] {
            board.press(keys)
            let frame = Self.text(of: board)
            guard case .copy(let text)? = board.press("y").first else {
                Issue.record("nothing is copied")
                return
            }
            let copied = text.split(separator: "\n").map(String.init)
            #expect(copied.allSatisfy { lines.contains($0) || $0 == "line number 0" })
            let seen = lines.indices.filter { index in
                index % 3 != 0 && frame.contains("row \(index) ") || frame.contains("row \(index)\n")
            }
            #expect(!seen.isEmpty)
            #expect(copied.filter { $0.hasPrefix("row") } == seen.map { "row \($0)" }, "after '\(keys)'")
        }
    }

    @Test func `what the mouse marks is copied when the button comes up`() throws {
        var (board, _, rect) = try Self.scene()
        let first = 200 - rect.rows
        board.press(.mouse(MouseEvent(.press(.left), column: rect.column + 5, row: rect.row)))
        board.press(.mouse(MouseEvent(.drag(.left), column: rect.column + 3, row: rect.row + 2)))
        let row = board.frame().cells(inRow: rect.row)
        #expect(!row[row.startIndex + rect.column + 4].style.emphasis.contains(.reverse))
        #expect(row[row.startIndex + rect.column + 5].style.emphasis.contains(.reverse))
        let actions = board.press(.mouse(MouseEvent(.release(.left), column: rect.column + 3, row: rect.row + 2)))

        #expect(actions == [.copy("number \(first)\nline number \(first + 1)\nline")])
        #expect(board.press("y") == actions, "it stays marked, also for the key")
        board.press(.escape)
        #expect(board.selected == nil)
    }

    @Test func `a click marks and copies nothing`() throws {
        var (board, _, rect) = try Self.scene()
        board.press(.mouse(MouseEvent(.press(.left), column: rect.column, row: rect.row)))
        #expect(board.press(.mouse(MouseEvent(.release(.left), column: rect.column, row: rect.row))).isEmpty)
        #expect(board.selected == nil)
    }

    @Test func `rows of one wrapped line are copied as one line`() throws {
        var (board, source, rect) = try Self.scene(1)
        let line = String(repeating: "0123456789", count: 30)
        board.hear("before\n\(line)\nafter\n", of: source)
        board.press("w")
        board.press(.mouse(MouseEvent(.press(.left), column: rect.column + 2, row: rect.row + 2)))
        let actions = board.press(.mouse(MouseEvent(.drag(.left), column: rect.column + 4, row: rect.row + 3)))
        #expect(actions.isEmpty)
        let copied = board.press(.mouse(MouseEvent(.release(.left), column: rect.column + 4, row: rect.row + 3)))

        let expected = String(line.dropFirst(2).prefix(rect.columns - 2 + 5))
        #expect(copied == [.copy(expected)])
    }

    @Test func `a drag beyond the edge draws the output along`() throws {
        var (board, source, rect) = try Self.scene()
        board.press(.mouse(MouseEvent(.press(.left), column: rect.column, row: rect.row)))
        for _ in 0..<5 { board.press(.mouse(MouseEvent(.drag(.left), column: rect.column, row: rect.row - 1))) }

        #expect(board.logs[source]?.isFollowing == false)
        #expect(board.selected?.first.start == place(of: 200 - rect.rows - 5))
        #expect(board.selected?.last.start == place(of: 200 - rect.rows))
    }

    @Test func `what is marked stays where it is while lines arrive`() throws {
        var (board, source, rect) = try Self.scene()
        board.press(.mouse(MouseEvent(.press(.left), column: rect.column, row: rect.row)))
        board.press(.mouse(MouseEvent(.drag(.left), column: rect.column + 3, row: rect.row)))
        board.hear("more\nand more\n", of: source)
        let copied = board.press(.mouse(MouseEvent(.release(.left), column: rect.column + 3, row: rect.row)))
        #expect(copied == [.copy("line")])
        #expect(board.selected?.first.start == place(of: 200 - rect.rows))
    }

    @Test(arguments: [(20, 6), (40, 12), (19, 5), (14, 1)])
    func `a board of any size says that the engine is gone`(columns: Int, rows: Int) {
        var board = Fixture.board(columns, rows)
        _ = board.handle(.connectionLost("the engine has ended without a word"), at: board.now)
        #expect(Self.text(of: board).contains("✗ no engine: q"))
    }

    @Test func `the board is left for lines with a key`() {
        var board = Fixture.board()
        #expect(board.press("~") == [.showLines])
    }

    @Test func `the stream of the focused pane alone is switched`() {
        var board = Fixture.board(200, 50)
        board.select("refund-endpoint")
        let second = board.paneTasks[1].id
        board.press("2o")
        #expect(board.focus == .output(0))
        #expect(board.streams == [TaskID("refund-endpoint"): .raw])

        board.press("3o")
        #expect(board.streams == [TaskID("refund-endpoint"): .raw, second: .raw])
    }

    @Test(arguments: 20...200)
    func `a title says that it is error output, however wide the pane`(columns: Int) {
        var board = Fixture.board(columns, 24)
        board.select("refund-endpoint")
        board.press("oo")
        board.press(.tab)

        let titles = board.frame().lines[1...2].joined()
        #expect(titles.contains("error output") || titles.contains("errors"), "\(titles)")
    }
}
