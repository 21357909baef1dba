import StrettoCore
import Testing

@testable import StrettoBoard

/// Keys that a person changed.
@Suite struct KeymapTests {
    private func wish(_ name: String, _ keys: String...) -> KeyWish {
        let parts = name.split(separator: ".").map(String.init)
        return KeyWish(place: parts[0], action: parts[1], keys: keys)
    }

    private func problems(_ wishes: KeyWish...) -> [String] {
        Keymap.fulfilling(wishes).problems.map { "\($0.wish) \($0.part): \($0.message): \($0.fix)" }
    }

    @Test func `every action has a name of its own in its place, and each key a name that finds it`() {
        for scope in Binding.Scope.allCases {
            let names = Binding.table.filter { $0.scope == scope }.map(\.act.name)
            #expect(Set(names).count == names.count, "\(scope): \(names)")
            #expect(names.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "_" || $0.isNumber } }, "\(names)")
        }
        for key in Binding.table.flatMap(\.keys) { #expect(Key(named: key.name) == key, "\(key)") }
        for name in ["F5", "F24", "Alt-x", "Ins", "^A"] { #expect(Key(named: name) != nil, "\(name)") }
        for name in ["F0", "F25", "Alt-", "PageUp", "", " "] { #expect(Key(named: name) == nil, "\(name)") }
    }

    @Test func `a file says only what differs, and the rest stays`() {
        let (keymap, problems) = Keymap.fulfilling([wish("board.retry", "F5"), wish("board.zoom")])

        #expect(problems.isEmpty)
        #expect(keymap.keys(of: .retry, in: .board) == [.function(5)])
        #expect(keymap.keys(of: .zoom, in: .board).isEmpty)
        #expect(keymap.keys(of: .retry, in: .review) == [.character("R")])
        #expect(keymap.keys(of: .skip, in: .board) == [.character("s")])
    }

    @Test func `two actions may change places`() {
        let (keymap, problems) = Keymap.fulfilling([wish("board.retry", "s"), wish("board.skip", "R")])

        #expect(problems.isEmpty)
        #expect(keymap.keys(of: .retry, in: .board) == [.character("s")])
        #expect(keymap.keys(of: .skip, in: .board) == [.character("R")])
    }

    @Test func `a clash is told with both sides, and everything else counts`() {
        let wishes = [wish("board.retry", "s"), wish("board.zoom", "F2"), wish("board.copy", "F2")]
        let (keymap, problems) = Keymap.fulfilling(wishes)

        #expect(
            problems == [
                KeyProblem(
                    wish: 0,
                    part: .key(0),
                    message: "'s' is the key of 'board.skip' (skip (asks)) as well",
                    fix: "give one of them another key"
                ),
                KeyProblem(
                    wish: 2,
                    part: .key(0),
                    message: "'F2' is the key of 'board.zoom' (zoom the pane) as well",
                    fix: "give one of them another key"
                ),
            ]
        )
        #expect(keymap.keys(of: .retry, in: .board) == [.character("R")])
        #expect(keymap.keys(of: .zoom, in: .board) == [.function(2)])
        #expect(keymap.keys(of: .copy, in: .board) == [.character("y")])
    }

    @Test func `a key that counts anywhere is taken in every place`() {
        #expect(
            problems(wish("review.approve", "?"))
                == ["0 key(0): '?' is the key of 'anywhere.help' (this help) as well: give one of them another key"]
        )
        #expect(
            problems(wish("anywhere.help", "j"))
                == ["0 key(0): 'j' is the key of 'board.down' (down) as well: give one of them another key"]
        )
        // The gate's keys stand before those of the board, as they always do.
        #expect(problems(wish("gate.earlier", "j"), wish("board.retry", "K")).isEmpty)
    }

    @Test func `two that take turns at a key may do so at another one`() {
        #expect(problems(wish("board.new_task", "F3"), wish("board.find_next", "F3")).isEmpty)
    }

    @Test func `what there is not is answered with the nearest name`() {
        #expect(
            problems(
                wish("bord.retry", "x"),
                wish("board.retri", "F5"),
                wish("board.approve", "F6"),
                wish("board.retry", "PgUpp", "F7"),
                wish("board.redo", "F8"),
                wish("board.copy", "^c")
            ) == [
                "0 place: there are no keys of 'bord': did you mean 'board'?",
                "1 action: 'board' has no action 'retri': did you mean 'retry'?",
                "2 action: 'board' has no action 'approve': it is one of 'review'",
                "3 key(0): no key is called 'PgUpp': did you mean 'PgUp'?",
                "4 action: 'board' has no action 'redo': `stretto keys` prints all actions",
                "5 key(0): ^c always asks how to leave: choose another key",
            ]
        )
    }

    @Test func `of a wish with one bad key the others count`() {
        let (keymap, problems) = Keymap.fulfilling([wish("board.retry", "PgUpp", "F7")])

        #expect(problems.count == 1)
        #expect(keymap.keys(of: .retry, in: .board) == [.function(7)])
    }

    @Test func `no place can be left without a way out`() {
        #expect(
            problems(wish("review.leave"), wish("question.leave", "d")) == [
                "0 action: without a key for 'leave' nothing would lead out of there: name at least one key",
                "1 key(0): 'd' is the letter of an answer: choose another key",
            ]
        )
    }

    // MARK: On the board

    private func board(_ wishes: KeyWish...) -> BoardState {
        var board = Fixture.board(120, 40)
        board.keymap = Keymap.fulfilling(wishes).keymap
        board.select("refund-endpoint")
        return board
    }

    @Test func `the new key acts, and the old one does not any more`() {
        var board = board(wish("board.stop", "F9"))
        board.press("x")
        #expect(board.dialogs.isEmpty)
        board.press(.function(9))
        #expect(board.frame().lines.contains { $0.contains("Its agent is ended") })
    }

    @Test func `footer, hints, help and commands show the new keys`() {
        var board = board(wish("board.retry", "v"), wish("board.attention", "F4"), wish("anywhere.help", "F1"))
        var text = board.frame().lines.joined(separator: "\n")
        #expect(text.contains("v retry"))
        #expect(text.contains("F4 go there"))
        #expect(text.contains("F1 help"))
        board.press(.function(1))
        text = board.frame().lines.joined(separator: "\n")
        #expect(text.contains("F1 or Esc closes"))
        #expect(text.contains("F4"))
        board.press(.function(1))
        #expect(board.dialogs.isEmpty, "the help's key closes it, too")
        board.press(":next that")
        #expect(board.frame().lines.contains { $0.contains("F4") && $0.contains("next that needs you") })
    }

    @Test func `an action without a key is still among the commands`() {
        var board = board(wish("board.zoom"))
        board.press(":zoom the")
        board.press(.enter)
        #expect(board.isZoomed)
    }

    @Test func `the way back from the plain lines is the key that led there`() {
        let board = board(wish("board.plain_lines", "F6"))
        #expect(board.returnsFromLines(.function(6)))
        #expect(!board.returnsFromLines(.character("~")))
        #expect(board.returnsFromLines(.enter))
    }

    @Test func `what is wrong with the file stays on the screen until Esc`() {
        var board = board()
        board.complain("keys.yaml:3:5: no key is called 'x1'")
        _ = board.handle(.tick, at: board.now.advanced(by: .seconds(60)))
        #expect(board.frame().lines.contains { $0.contains("keys.yaml:3:5") })
        board.press(.escape)
        #expect(!board.frame().lines.contains { $0.contains("keys.yaml:3:5") })
    }
}
