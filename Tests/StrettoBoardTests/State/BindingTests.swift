import StrettoCore
import Testing

@testable import StrettoBoard

@Suite struct BindingTests {
    /// Boards in which, taken together, every key has something to do.
    static let situations: [BoardState] = {
        var boards: [BoardState] = []
        for task in ["refund-endpoint", "webhooks", "docs"] {
            for setUp in ["", "H", "@", "f", "gg"] {
                var board = Fixture.board(120, 40)
                board.select(task)
                if let source = board.wantedLogs.first {
                    let lines = String(repeating: "a line\n", count: 200)
                    board.hear(lines, of: source)
                }
                board.press(setUp)
                _ = board.handle(.resize(Size(columns: 80, rows: 20)), at: board.now)
                boards.append(board)
                board.press(.control("u"))
                boards.append(board)
            }
        }
        boards.append(Fixture.board(snapshot: Fixture.snapshot(phase: .planReview, tasks: Fixture.untouched)))
        boards.append(contentsOf: GateTests.situations)
        boards.append(Fixture.board(snapshot: Fixture.snapshot(phase: .draining)))
        boards.append(contentsOf: reviews())
        var spending = Fixture.spending(80, 20)
        spending.press("b")
        boards.append(spending)
        spending.press("jj")
        boards.append(spending)
        var themes = Fixture.board()
        themes.press("tj")
        boards.append(themes)
        var marked = SearchTests.searching("line", in: 200)
        marked.press(" g ")
        boards.append(marked)
        var approved = StoryTests.reviewing()
        approved.press("a")
        boards.append(approved)
        var crowd = Fixture.tasks
        for index in crowd.indices { crowd[index].state = .running }
        var large = Fixture.board(220, 70, snapshot: Fixture.snapshot(tasks: crowd))
        large.press("H")
        boards.append(large)
        large.press(.tab)
        boards.append(large)
        for question in ["q", "s", "sj", "q"] {
            var board = Fixture.board()
            board.select("webhooks")
            board.press(question)
            _ = board.handle(.tick, at: board.now.advanced(by: .seconds(1)))
            boards.append(board)
        }
        var over = Fixture.board()
        _ = over.handle(.snapshot(Fixture.snapshot(phase: .over(.finished), tasks: Fixture.finished)), at: Fixture.now)
        boards.append(over)
        return boards
    }()

    private static func reviews() -> [BoardState] {
        var board = Fixture.board(80, 20)
        board.select("webhooks")
        board.press("r")
        _ = board.handle(.diff(TaskID("webhooks"), Fixture.diff), at: board.now)
        var middle = board
        middle.press(.pageDown)
        middle.press(.tab)
        var end = board
        end.press("G")
        var stale = board
        var task = Fixture.review
        task.attempts[0].contribution?.tree = TreeID("ffff")
        _ = stale.handle(.update(RunUpdate(header: Fixture.snapshot().header, tasks: [task])), at: stale.now)
        var wide = board
        _ = wide.handle(.resize(Size(columns: 200, rows: 50)), at: wide.now)
        var split = wide
        split.press("d")
        split.press(.enter)
        split.press("j")
        split.press("j")
        var old = split
        old.press("h")
        var found = board
        found.press("/clock")
        found.press(.enter)
        return [board, middle, end, stale, wide, split, old, found]
    }

    struct Line: CustomTestStringConvertible, Sendable {
        var binding: Binding
        var key: Key
        var testDescription: String { "\(binding.scope) \(key.label(.unicode)): \(binding.title)" }
    }

    static let lines = Binding.table.flatMap { binding in binding.keys.map { Line(binding: binding, key: $0) } }

    @Test(arguments: lines)
    func `every key of the table does something somewhere`(_ line: Line) {
        let works = Self.situations.contains { situation in
            guard situation.scopes.contains(line.binding.scope), situation.availability(of: line.binding.act).isReady
            else { return false }
            var board = situation
            let before = board.frame()
            let actions = board.press(line.key)
            return !actions.isEmpty || board.frame() != before
        }

        #expect(works)
    }

    @Test func `the help lists every key that works where it was opened`() {
        for scope in Self.scopes {
            let board = Fixture.board(200, 50)
            let lines = board.helpLines(for: HelpView(scope: scope), columns: 40).map(\.text)
            for binding in Keymap.standard.lines(of: scope.family) {
                let isListed = lines.contains {
                    $0.hasPrefix(" " + binding.label(.unicode) + " ") && $0.contains(binding.title.prefix(20))
                }
                #expect(isListed, "\(scope) \(binding)")
            }
        }
    }

    static let scopes: [Binding.Scope] = [.board, .gate, .review, .planEdit, .question, .theme, .summary]

    @Test(arguments: scopes)
    func `the help has a line for each key that works, a heading for each group, and nothing else`(
        scope: Binding.Scope
    ) {
        let board = Fixture.board(200, 50)
        let lines = board.helpLines(for: HelpView(scope: scope), columns: 59).filter { $0.text.hasPrefix(" ") }
        let bindings = Keymap.standard.lines(of: scope.family)
        let digits = bindings.count { if case .pane = $0.act { true } else { false } }

        #expect(lines.count == bindings.count - max(0, digits - 1))
    }

    @Test func `typing filters the help`() {
        var board = Fixture.board()
        board.press("?")
        board.press("retry")

        let text = board.frame().lines.joined(separator: "\n")
        #expect(text.contains("retry (asks)"))
        #expect(!text.contains("zoom the pane"))
        board.press("?")
        #expect(board.dialogs.isEmpty)
    }

    @Test func `no key means two things at once`() {
        for board in Self.situations {
            var seen: [Key: Binding] = [:]
            for binding in board.keymap.lines(of: board.scopes) where board.availability(of: binding.act).isReady {
                for key in binding.keys {
                    #expect(seen[key] == nil, "\(key): \(binding.title), \(seen[key]?.title ?? "")")
                    seen[key] = binding
                }
            }
        }
    }

    @Test func `keys that take turns are those two`() {
        let shared = Self.scopes.flatMap { scope in
            let lines = Keymap.standard.lines(of: scope.family)
            return Set(lines.flatMap(\.keys)).filter { key in lines.count { $0.keys.contains(key) } > 1 }.map(\.name)
        }
        #expect(Set(shared) == ["n", "Space"])
    }

    @Test func `the footer never names a key that does nothing here`() {
        for board in Self.situations where board.dialogs.isEmpty {
            let footer = board.fittingKeys(of: [.board], columns: 1000, gap: 2).text
            for binding in Binding.table where binding.scope == .board {
                guard let short = binding.short, let key = binding.keys.first,
                    !board.availability(of: binding.act).isReady
                else { continue }
                #expect(!("  " + footer + "  ").contains("  \(key.label(.unicode)) \(short)  "))
            }
        }
    }
}
