import StrettoCore
import Testing

@testable import StrettoBoard

extension Fixture {
    /// The same run with what every attempt used: two models of claude, and codex, whose tokens have no price.
    static var spenders: RunSnapshot {
        var snapshot = snapshot()
        for index in snapshot.tasks.indices where snapshot.tasks[index].usage.tokens > 0 {
            var task = snapshot.tasks[index]
            let isCodex = task.name == "export-cmd"
            var usage = task.usage
            usage.cachedTokens = usage.inputTokens / 2
            usage.apiMilliseconds = 30_000
            if isCodex {
                usage.microdollars = nil
                usage.unpricedMicrodollars = 410_000
            }
            usage.models = [
                ModelUsage(
                    model: isCodex ? "gpt-5.5" : index % 2 == 0 ? "claude-opus-5-5" : "claude-haiku-5-5",
                    inputTokens: usage.inputTokens,
                    outputTokens: usage.outputTokens,
                    cachedTokens: usage.cachedTokens,
                    microdollars: usage.microdollars,
                    unpricedMicrodollars: usage.unpricedMicrodollars
                )
            ]
            task.role = index % 2 == 0 ? "coder" : nil
            task.builder = isCodex ? .codex : .claude
            task.model = nil
            task.usage = usage
            if task.attempts.isEmpty { task.attempts = [AttemptSnapshot(number: 1)] }
            task.attempts[0].builder = task.builder
            task.attempts[0].usage = usage
            task.attempts[0].launched = start
            task.attempts[0].exited = task.state == .running ? nil : start.advanced(by: .seconds(240))
            if task.name == "refund-endpoint" { task.budget = Budget(microdollars: 2_000_000, tokens: 100_000) }
            snapshot.tasks[index] = task
        }
        let used = snapshot.tasks.reduce(Usage.zero) { $0 + $1.usage }
        snapshot.header.usage = used
        snapshot.header.countedMicrodollars = used.chargedMicrodollars
        snapshot.header.budget = Budget(microdollars: 3_000_000, tokens: 1_000_000)
        return snapshot
    }

    static func spending(_ columns: Int, _ rows: Int, _ change: (inout RunSnapshot) -> Void = { _ in }) -> BoardState {
        var snapshot = spenders
        change(&snapshot)
        var board = board(columns, rows, snapshot: snapshot)
        board.select("refund-endpoint")
        return board
    }
}

/// Money on the board: what is spent, what counts, how fast it goes and what is to come.
@Suite struct SpendingTests {
    private func text(_ board: BoardState) -> String { board.frame().lines.joined(separator: "\n") }

    private func style(of text: String, in board: BoardState) -> Style? {
        let frame = board.frame()
        for (row, line) in frame.lines.enumerated() {
            guard let range = line.firstRange(of: text) else { continue }
            return frame[Width.of(String(line[..<range.lowerBound])), row].style
        }
        return nil
    }

    @Test(arguments: [(120, 40), (200, 50)])
    func `rate and forecast stand on the board`(columns: Int, rows: Int) {
        let screen = text(Fixture.spending(columns, rows))

        #expect(screen.contains("a minute"), "\(screen)")
        #expect(screen.contains("more for 9 tasks"))
    }

    @Test func `before three tasks are done the board says when there will be a forecast`() {
        let board = Fixture.spending(200, 50) { snapshot in
            for index in snapshot.tasks.indices where snapshot.tasks[index].state == .done {
                snapshot.tasks[index].usage = .zero
            }
        }
        #expect(text(board).contains("rest") && text(board).contains("known once agents have done 3 tasks"))
    }

    @Test func `a plan of commands alone gives no room to rate and forecast`() {
        let board = Fixture.spending(200, 50) { snapshot in
            for index in snapshot.tasks.indices { snapshot.tasks[index].builder = .command }
        }
        #expect(!text(board).contains("burn"))
        #expect(board.layout.rect(of: .gauges)?.rows == 5)
    }

    @Test func `what counts against the limit is told wherever it is more than what has a price`() {
        let wide = text(Fixture.spending(200, 50))
        #expect(wide.contains("~$2.59+ of ~$3.00, counted as ~$3.00"), "\(wide)")
        #expect(text(Fixture.spending(80, 24)).contains("counted ~$3.00 of ~$3.00"))

        let priced = text(Fixture.spending(80, 24) { $0.header.countedMicrodollars = 2_590_000 })
        #expect(priced.contains("~$2.59+ of ~$3.00"))
    }

    @Test(arguments: [
        (Budget(microdollars: 3_000_001), false), (Budget(microdollars: 3_000_000), true),
        (Budget(tokens: 10_000_000), false), (Budget(tokens: 1000), true),
    ])
    func `the board calls a limit reached when the scheduler does, in tokens too`(budget: Budget, isReached: Bool) {
        let board = Fixture.spending(80, 24) { $0.header.budget = budget }
        let cost = budget.microdollars == nil ? "~$2.59+" : "counted ~$3.00"
        #expect((style(of: cost, in: board)?.role == .bad) == isReached)
    }

    @Test func `a pane's last line tells the task's own limits`() {
        #expect(text(Fixture.spending(120, 40)).contains("48.2k of 100.0k tok"))
        #expect(text(Fixture.spending(120, 40)).contains("~$0.61 of ~$2.00   12 turns"))
        let over = Fixture.spending(120, 40) { snapshot in
            for index in snapshot.tasks.indices where snapshot.tasks[index].budget != nil {
                snapshot.tasks[index].budget = Budget(microdollars: 600_000)
            }
        }
        #expect(style(of: "~$0.61 of ~$0.60", in: over)?.role == .bad)
    }

    @Test func `a pane names the model that the agent told where nobody ordered one`() {
        let screen = text(Fixture.spending(120, 40))
        #expect(screen.contains("claude opus-5-5 · w2"), "\(screen)")
    }

    @Test func `every cost in the tree is an estimate, and says so`() {
        let screen = text(Fixture.spending(120, 40) { $0.tasks[0].usage.isEstimate = true })
        #expect(screen.contains("3m12  ~$0.31+"))
        #expect(screen.contains("1m04   ~$0.17"))
        #expect(screen.contains("0m48       $?"))
    }

    @Test func `b opens what was spent by section, role, builder, model and task`() {
        var board = Fixture.spending(120, 60)
        board.press("b")
        let screen = text(board)
        for words in [
            "By section", "By role", "By builder", "By model", "Dearest tasks", "claude-opus-5-5", "gpt-5.5",
            "of it cached", "of API time", "~$0.61 of ~$2.00", Figures.disclaimer, "at the highest price known",
        ] {
            #expect(screen.contains(words), "\(words) is missing in\n\(screen)")
        }
        board.press("b")
        #expect(board.dialogs.isEmpty)
    }

    @Test func `what does not fit on the screen can be scrolled to`() {
        var board = Fixture.spending(80, 20)
        board.press("b")
        #expect(!text(board).contains("at the highest price known"))
        board.press("G")
        #expect(text(board).contains("at the highest price known"))
        board.press("g")
        #expect(text(board).contains("Cost"))
    }

    @Test func `the summary tells how fast the run spent, and what its figures are`() {
        var board = Fixture.spending(80, 24)
        var over = Fixture.spenders
        over.header.phase = .over(.overBudget("the budget of ~$3.00 is spent"))
        over.header.ended = Fixture.now
        _ = board.handle(.snapshot(over), at: Fixture.now)

        let screen = text(board)
        #expect(screen.contains("~$2.59+ of ~$3.00, counted as ~$3.00"), "\(screen)")
        #expect(screen.contains("a minute on average"))
        #expect(screen.contains(Figures.disclaimer))
    }
}
