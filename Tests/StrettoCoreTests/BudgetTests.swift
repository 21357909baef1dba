import StrettoCore
import Testing

private let a = TaskID("a"), b = TaskID("b"), c = TaskID("c")

private func task(_ id: TaskID, builder: BuilderName = .claude) -> PlanTask {
    PlanTask(id: id, name: "Task \(id)", builder: builder)
}

private func settings(microdollars: Int) -> PlanSettings {
    PlanSettings(budget: Budget(microdollars: microdollars))
}

extension Bench {
    /// Carries an attempt to its end with what it used.
    fileprivate mutating func spend(_ usage: Usage, on task: TaskID) {
        let attempt = AttemptID(task: task, number: 1)
        let base = CommitID("base")
        send(.prepared(attempt, Worktree(path: "/w/\(attempt)", base: base)))
        send(.exited(attempt, AgentExit(status: .code(0), verdict: .completed(evidence: true), usage: usage)))
        send(.collected(attempt, Contribution(base: base, commit: base, tree: TreeID("t"), changes: []), []))
        send(.disposed(attempt, .removed))
    }

    fileprivate func allowance(of task: TaskID) -> Int? {
        var copy = self
        copy.prepare(task)
        for case .run(let order) in copy.effects { return order.allowanceMicrodollars }
        return nil
    }
}

/// P5: spending stops at the budget, and the overshoot is known.
@Suite struct BudgetTests {
    @Test func `every worker may begin while nothing is known about costs`() {
        let bench = Bench([task(a), task(b), task(c)], workers: 3, settings: settings(microdollars: 900_000))

        #expect(bench.prepared.count == 3)
    }

    @Test func `an attempt under way reserves what attempts usually cost`() {
        let tasks = [task(a), task(b), task(c), task(TaskID("d"))]
        var bench = Bench(tasks, workers: 1, settings: settings(microdollars: 1_000_000))
        bench.send(.adjusted(workers: 3, gates: nil, budget: nil))
        #expect(bench.prepared == [AttemptID(task: b, number: 1), AttemptID(task: c, number: 1)])

        bench.spend(Usage(inputTokens: 9, outputTokens: 1, microdollars: 500_000), on: a)

        #expect(bench.state(TaskID("d")) == .ready, "half is spent and more than the other half is reserved")
    }

    @Test func `an attempt whose worktree is made while the budget is spent does not begin`() {
        var bench = Bench([task(a), task(b)], workers: 2, settings: settings(microdollars: 100_000))
        bench.spend(Usage(inputTokens: 9, outputTokens: 1, microdollars: 100_000), on: a)
        bench.prepare(b)

        #expect(bench.effects == [.dispose(AttemptID(task: b, number: 1))])
        #expect(bench.state(b) == .ready)
    }

    @Test func `a price that nobody told counts at the highest one`() {
        var bench = Bench([task(a), task(b)], workers: 1, settings: settings(microdollars: 1_000_000))
        let tokens = 1_000_000 / Ledger.microdollarsPerTokenMax + 1

        bench.spend(Usage(inputTokens: tokens, outputTokens: 0, microdollars: nil), on: a)
        bench.send(.concluded(nil))

        #expect(bench.scheduler.outcome?.exitCode == .budget)
    }

    @Test func `what a builder reckons for tokens without a price counts, and is not shown`() {
        var bench = Bench([task(a), task(b)], workers: 1, settings: settings(microdollars: 1_000_000))

        bench.spend(Usage(inputTokens: 5, outputTokens: 5, unpricedMicrodollars: 1_000_000), on: a)
        bench.send(.concluded(nil))

        #expect(bench.scheduler.outcome?.exitCode == .budget)
        #expect(bench.scheduler.usage.microdollars == nil)
    }

    @Test func `what is reserved depends on role and model`() {
        let kind = Ledger.Kind(role: "coder", builder: .claude, model: "opus")
        let other = Ledger.Kind(role: "coder", builder: .claude, model: "haiku")
        let costs = (1...10).map { Usage(inputTokens: 1, outputTokens: 0, microdollars: $0 * 1000) }
        let ledger = Ledger(costs.map { Ledger.Line(kind: kind, usage: $0, isAtWork: false) })
        let account = ledger.account(.microdollars, limit: 1_000_000, workers: 4)

        #expect(account.expectation(of: kind) == 9000)
        #expect(account.expectation(of: other) == 250_000, "nothing is known of it: a worker's share")
        #expect(account.spent == 55_000)
    }

    @Test
    func `an attempt is told what it may cost: what is neither spent nor reserved, and never more than its task has`() {
        var cheap = task(b)
        cheap.budgetMicrodollars = 100_000
        let bench = Bench([task(a), cheap, task(c)], workers: 3, settings: settings(microdollars: 900_000))

        #expect(bench.allowance(of: a) == 900_000)
        #expect(bench.allowance(of: b) == 100_000)
        #expect(bench.allowance(of: c) == 300_000)
    }

    @Test func `agents at work are ended when a limit is crossed, commands are not, and nobody is blamed`() {
        var bench = Bench(
            [task(a), task(b), task(c, builder: .command)],
            settings: PlanSettings(attemptsMax: 1, budget: Budget(microdollars: 1_000_000))
        )
        for id in [a, b, c] { bench.prepare(id) }

        let usage = Usage(inputTokens: 1, outputTokens: 1, microdollars: 1_000_001)
        bench.send(.usageReported(AttemptID(task: a, number: 1), usage))

        #expect(
            bench.effects == [.terminate(AttemptID(task: a, number: 1)), .terminate(AttemptID(task: b, number: 1))]
        )
        #expect(bench.scheduler.remarks == [.budgetCrossed("the budget of ~$1.00 is spent", .stop)])
        bench.end(a, .failed("signal 2"))
        bench.end(b, .interrupted("signal 2"))
        #expect(bench.state(a) == .ready)
        #expect(bench.state(b) == .ready)
    }

    @Test func `front ends hear of every task that waits for the budget from the moment on that it is crossed`() {
        var bench = Bench([PlanTask(id: TaskID("x"), name: "X"), PlanTask(id: TaskID("y"), name: "Y")], workers: 1)
        bench.send(.adjusted(workers: nil, gates: nil, budget: Budget(tokens: 10)))
        let attempt = AttemptID(task: TaskID("x"), number: 1)
        bench.send(.prepared(attempt, Worktree(path: "/w", base: CommitID("base"))))

        bench.send(.usageReported(attempt, Usage(inputTokens: 20, outputTokens: 0)))

        #expect(bench.scheduler.task(TaskID("y"))?.detail == "budget")
        #expect(bench.scheduler.touched.contains(1))
    }

    @Test func `with the policy drain agents at work finish`() {
        var bench = Bench(
            [task(a), task(b), task(c)],
            workers: 2,
            settings: PlanSettings(budget: Budget(tokens: 1000, overrun: .drain))
        )
        for id in [a, b] { bench.prepare(id) }

        bench.send(.usageReported(AttemptID(task: a, number: 1), Usage(inputTokens: 1001, outputTokens: 0)))
        #expect(bench.effects == [])
        bench.end(a, .completed(evidence: true), changes: 1)
        #expect(bench.state(a) == .merging)
        #expect(bench.state(c) == .ready)
    }

    @Test func `a run that stopped at its budget goes on with a larger one`() {
        var bench = Bench([task(a), task(b)], workers: 1, settings: settings(microdollars: 500_000))
        bench.spend(Usage(inputTokens: 9, outputTokens: 1, microdollars: 600_000), on: a)
        bench.send(.concluded(nil))
        #expect(bench.scheduler.outcome?.exitCode == .budget)

        bench.send(.adjusted(workers: nil, gates: nil, budget: Budget(microdollars: 2_000_000)))
        bench.send(.runResumed)
        #expect(bench.prepared == [AttemptID(task: b, number: 1)])
    }

    @Test func `a task that has spent its own budget has failed, and the others go on`() {
        var cheap = task(a)
        cheap.budgetTokens = 100
        var bench = Bench([cheap, task(b)])
        bench.prepare(a)

        bench.send(.usageReported(AttemptID(task: a, number: 1), Usage(inputTokens: 100, outputTokens: 0)))
        #expect(bench.effects == [.terminate(AttemptID(task: a, number: 1))])
        bench.end(a, .interrupted("signal 2"), usage: Usage(inputTokens: 120, outputTokens: 0))

        #expect(bench.state(a) == .failed)
        #expect(bench.scheduler.task(a)?.detail == "its budget of 100 tokens is spent")
        #expect(bench.state(b) == .preparing)
        #expect(
            throws: Refusal(
                "a cannot run again: its budget of 100 tokens is spent; skip it, or add a task in its place"
            )
        ) {
            try bench.order(.retry(a, note: ""))
        }
    }

    @Test func `an agent that stopped at the money it was given has not failed`() {
        var bench = Bench([task(a)], settings: PlanSettings(attemptsMax: 1, budget: Budget(microdollars: 1_000_000)))
        bench.prepare(a)
        let usage = Usage(inputTokens: 9, outputTokens: 1, microdollars: 1_100_000)
        bench.end(
            a,
            .failed("maximum budget"),
            usage: usage,
            trouble: ProviderTrouble(.attemptBudget, provider: BuilderName.claude.provider)
        )
        bench.send(.disposed(AttemptID(task: a, number: 1), .removed))
        bench.send(.concluded(nil))

        #expect(bench.scheduler.outcome?.exitCode == .budget)
    }

    @Test func `commands cost nothing and reserve nothing`() {
        let tasks = [task(a, builder: .command), task(b, builder: .command), task(c, builder: .command)]
        var bench = Bench(tasks, workers: 2, settings: settings(microdollars: 10))

        #expect(bench.prepared.count == 2)
        bench.spend(.zero, on: a)
        #expect(bench.state(c) == .preparing)
    }
}
