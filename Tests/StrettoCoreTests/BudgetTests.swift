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

    @Test func `a price that nobody told is not free`() {
        var bench = Bench([task(a), task(b)], workers: 1, settings: settings(microdollars: 1_000_000))

        bench.spend(Usage(inputTokens: 9, outputTokens: 1, microdollars: nil), on: a)
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
