import StrettoCore
import Testing

@testable import StrettoBoard

/// Commands by name.
@Suite struct PaletteTests {
    @Test func `a command is found by words of its name and run with Enter`() {
        var board = Fixture.board(120, 40)
        board.press(":stop run")
        #expect(board.frame().lines.contains { $0.contains("stop the run (asks)") })

        board.press(.enter)

        #expect(board.dialogs.map(\.content) == [.question(Question(.stopRun))])
    }

    @Test func `a command that cannot be done stays listed with its reason`() {
        var board = Fixture.board(120, 40)
        board.select("docs")
        board.press(":shell")
        let line = "shell in its worktree  · docs has no worktree yet: it has not begun"
        #expect(board.frame().lines.contains { $0.contains(line) })

        #expect(board.press(.enter).isEmpty)
        #expect(board.toast?.text == "docs has no worktree yet: it has not begun")
        #expect(board.dialogs.isEmpty)
    }

    @Test(arguments: [80, 120])
    func `the palette says how many commands match, and beside each what it would act on`(columns: Int) {
        var board = Fixture.board(columns, 40)
        board.select("refund-endpoint")
        board.press(":")
        let count = board.paletteBindings(for: PaletteView(scope: .board)).count
        #expect(board.frame().lines.contains { $0.contains(" \(count) of \(count) ") })

        board.press("stop")

        let lines = board.frame().lines
        let matches = board.paletteBindings(for: PaletteView(filter: Self.typed("stop"), scope: .board))
        #expect(matches.count < count)
        #expect(lines.contains { $0.contains(" \(matches.count) of \(count) ") })
        #expect(lines.contains { $0.contains("stop (asks)   ") && $0.contains(" refund-endpoint ") })
        #expect(!lines.contains { $0.contains("stop the run (asks)") && $0.contains("  refund-endpoint") })
    }

    @Test(arguments: [
        ("ed", Act.editor), ("sk", .skip), ("th", .theme), ("un", .takeBack), ("zo", .zoom), ("sto", .stopTask),
        ("hand", .handoff),
    ])
    func `what begins with the word that was typed comes first`(word: String, act: Act) {
        var board = Fixture.board(120, 40)
        board.select("refund-endpoint")
        let palette = PaletteView(filter: Self.typed(word), scope: .board)
        #expect(board.paletteBindings(for: palette).first?.act == act)
    }

    @Test func `keys about a task act on that of the pane with the focus`() {
        var board = Fixture.board(200, 50)
        board.select("refund-endpoint")
        board.press("3")
        let focused = board.focusedTask
        #expect(focused != nil && focused?.name != "refund-endpoint")

        #expect(board.commandTask?.id == focused?.id)
        #expect(board.target(of: .retry) == focused?.name)
        board.press("1")
        #expect(board.commandTask?.name == "refund-endpoint")
    }

    @Test func `Tab writes the marked command out`() {
        var board = Fixture.board(120, 40)
        board.press(":zoom")
        board.press(.tab)
        guard case .palette(let palette) = board.dialogs.last?.content else {
            Issue.record("no palette")
            return
        }
        #expect(palette.filter.text == "zoom the pane")
        #expect(palette.marked == 0)
    }

    @Test func `arrows mark, Esc closes, and nothing is done`() {
        var board = Fixture.board(80, 24)
        board.press(":")
        for _ in 0..<100 { board.press(.down) }
        guard case .palette(let palette) = board.dialogs.last?.content else {
            Issue.record("no palette")
            return
        }
        #expect(palette.marked == board.paletteBindings(for: palette).count - 1)

        #expect(board.press(.escape).isEmpty)
        #expect(board.dialogs.isEmpty)
    }

    @Test(arguments: [
        ("layout", Act.arrange), ("search", .find), ("find", .find), ("approve", .goAhead), ("approve", .review),
        ("undo", .takeBack), ("take back", .takeBack), ("take_back", .takeBack), ("cost", .spending),
        ("stop_run", .stopRun), ("log", .eventLog),
    ])
    func `a command is found by its name in a keys file and by the words people use`(word: String, act: Act) {
        let board = Fixture.board()
        let palette = PaletteView(filter: Self.typed(word), scope: .board)
        #expect(board.paletteBindings(for: palette).contains { $0.act == act })
        let help = HelpView(filter: Self.typed(word), scope: .board)
        let title = Binding.table.first { $0.act == act && $0.scope == .board }?.title ?? "?"
        let lines = board.helpLines(for: help, columns: 200)
        #expect(lines.contains { $0.text.contains(title) })
    }

    @Test func `a word that nothing has says so`() {
        var board = Fixture.board(80, 24)
        board.press(":xyzzy")
        #expect(board.frame().lines.contains { $0.contains("No command is called that.") })

        #expect(board.press(.enter).isEmpty)
    }

    @Test func `every command of the table can be called by its name`() {
        let board = Fixture.board()
        for binding in Binding.table where binding.isCommand && [.board, .anywhere].contains(binding.scope) {
            var palette = PaletteView(scope: .board)
            palette.filter.insert(binding.title)
            #expect(board.paletteBindings(for: palette).contains(binding), "\(binding.title)")
        }
    }

    @Test func `Enter in a filtered help runs the first command`() {
        var board = Fixture.board(120, 40)
        board.press("?")
        board.press("zoom the")
        board.press(.enter)

        #expect(board.dialogs.isEmpty)
        #expect(board.isZoomed)
    }

    /// What stands in a dialog's box, as running text.
    private static func text(of board: BoardState) -> String {
        var words: [Substring] = []
        for line in board.frame().lines {
            guard let first = line.firstIndex(of: "│"), let last = line.lastIndex(of: "│") else { continue }
            words += line[first...last].split { " │▌".contains($0) }
        }
        return words.joined(separator: " ")
    }

    @Test(arguments: [30, 40, 60, 63, 80, 120])
    func `the reason of the marked command is shown whole, however narrow the screen`(columns: Int) {
        var board = Fixture.board(columns, 24)
        board.select("docs")
        board.press(":shell")

        #expect(Self.text(of: board).contains("shell in its worktree · docs has no worktree yet: it has not begun"))
    }

    @Test(arguments: [40, 63, 80, 120])
    func `a help with a filter says the whole reason why a key does nothing`(columns: Int) {
        var board = Fixture.board(columns, 24)
        board.select("docs")
        board.press("?shell")

        let reason = board.helpLines(for: HelpView(filter: Self.typed("shell"), scope: .board), columns: columns)
            .flatMap { $0.text.split(separator: " ") }.joined(separator: " ")
        #expect(reason.contains("docs has no worktree yet: it has not begun"))
    }

    private static func typed(_ text: String) -> TextField {
        var field = TextField()
        field.insert(text)
        return field
    }

    @Test func `all that failed is retried with one answer, which names the tasks`() {
        var tasks = Fixture.tasks
        for index in [4, 7] { tasks[index].state = .failed }
        var board = Fixture.board(80, 24, snapshot: Fixture.snapshot(tasks: tasks))
        board.press(":all that failed")
        board.press(.enter)
        #expect(Self.text(of: board).contains("Failed: refund-endpoint, export-cmd."))

        let sent = ["refund-endpoint", "export-cmd"].map { BoardAction.send(.retry(TaskID($0), note: "")) }
        #expect(board.press("R") == sent)

        var healthy = Fixture.board(80, 24)
        healthy.press(":all that failed")
        #expect(Self.text(of: healthy).contains("retry all that failed (asks) · no task has failed"))
    }
}
