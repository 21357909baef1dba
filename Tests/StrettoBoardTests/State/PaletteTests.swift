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
        #expect(board.frame().lines.contains { $0.contains("shell in its worktree  · docs has no worktree now") })

        #expect(board.press(.enter).isEmpty)
        #expect(board.toast?.text == "docs has no worktree now")
        #expect(board.dialogs.isEmpty)
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
}
