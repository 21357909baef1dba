import StrettoCore
import Testing

private let a = TaskID("a"), b = TaskID("b"), c = TaskID("c")

/// What a plan's statuses say to a run, and a run to them.
@Suite struct PlanStatusTests {
    private func task(_ id: TaskID, _ status: PlanStatus = .pending, review: GatePolicy? = nil) -> PlanTask {
        PlanTask(id: id, name: "Task \(id)", status: status, command: "true", review: review)
    }

    private func plan(_ tasks: PlanTask...) -> Plan {
        Plan(name: "p", sections: [PlanSection(id: "s", name: "S", tasks: tasks)])
    }

    private func statuses(_ bench: Bench) -> [PlanStatus?] {
        bench.scheduler.taskOrder.compactMap { bench.scheduler.task($0)?.state.planStatus }
    }

    @Test func `every state has a word in the plan file, except where the run is not for the task`() {
        let words = TaskState.allCases.map { $0.planStatus?.rawValue ?? "-" }

        #expect(
            words == [
                "pending", "pending", "in_progress", "in_progress", "in_progress", "suspended", "in_progress",
                "in_progress", "pending", "completed", "failed", "skipped", "suspended", "-",
            ]
        )
        for state in TaskState.allCases where state.planStatus?.isOver == true {
            #expect(state == .done || state == .skipped, "only these release what waits for them")
        }
    }

    @Test func `a task's word follows it through review, merge and skip`() throws {
        var bench = Bench([task(a, review: .human), task(b)], workers: 1)
        #expect(statuses(bench) == [.inProgress, .pending])
        bench.work(a)
        #expect(statuses(bench) == [.suspended, .inProgress])
        try bench.order(.approve(a, tree: nil))
        bench.merge(a)
        #expect(statuses(bench) == [.completed, .inProgress])
        try bench.order(.stopTask(b))
        bench.work(b, verdict: .interrupted("ended"))
        #expect(statuses(bench) == [.completed, .suspended])
        try bench.order(.skip(b, reason: "by hand"))
        #expect(statuses(bench) == [.completed, .skipped])
    }

    @Test func `words that a run wrote itself are no change of its plan`() {
        var bench = Bench([task(a), task(b), task(c)], workers: 1)
        bench.work(a)
        bench.merge(a)
        let old = plan(task(a), task(b), task(c))
        let tasks = bench.scheduler.snapshot(logPath: "")?.tasks ?? []

        // As it stands, as it stood before a crash, and as another program may have left it.
        for word in [PlanStatus.completed, .inProgress, .failed, .suspended, .pending] {
            let edited = plan(task(a, word), task(b, .inProgress), task(c, .failed))
            #expect(edited.settingAsideStatuses(of: tasks, since: old) == old)
        }
    }

    @Test func `a person's word that a task is over counts, and so does every other edit`() {
        let bench = Bench([task(a), task(b)], workers: 1)
        let old = plan(task(a), task(b))
        let tasks = bench.scheduler.snapshot(logPath: "")?.tasks ?? []
        var edited = plan(task(a, .inProgress), task(b, .skipped), task(c))
        edited.sections[0].tasks[0].command = "false"
        var expected = edited
        expected.sections[0].tasks[0].status = .pending

        #expect(edited.settingAsideStatuses(of: tasks, since: old) == expected)
        #expect(plan(task(a, .completed), task(b)).settingAsideStatuses(of: tasks, since: old) != old)
    }

    @Test func `what a run does again is not over by the word that its plan file has had all along`() {
        let bench = Bench([task(a), task(b)], workers: 1)
        let old = plan(task(a), task(b))
        let tasks = bench.scheduler.snapshot(logPath: "")?.tasks ?? []
        let file = plan(task(a, .completed), task(b, .completed))

        #expect(file.settingAsideStatuses(of: tasks, since: old, doing: [a, b]) == old)
        #expect(
            file.settingAsideStatuses(of: tasks, since: old, doing: [b]) == plan(task(a, .completed), task(b))
        )
        #expect(file.openTasks == [])
        #expect(old.openTasks == [a, b])
    }

    @Test func `a plan is over where each task or its section is`() {
        #expect(plan(task(a, .completed), task(b, .skipped), task(c, .verified)).isOver)
        #expect(!plan(task(a, .completed), task(b, .failed)).isOver)
        var whole = plan(task(a))
        whole.sections[0].status = .completed
        #expect(whole.isOver)
    }

    @Test func `the deeds of a run are what it merged, performed and skipped`() {
        let spec = RunSpec(
            id: RunID("p-1"),
            plan: plan(task(a), task(b), task(c)),
            planPath: "p.yaml",
            base: CommitID("base"),
            workers: 1,
            gates: Gates()
        )
        func attempt(_ task: TaskID, changes: [PathChange]) -> [Event] {
            let id = AttemptID(task: task, number: 1)
            let contribution = Contribution(
                base: spec.base,
                commit: CommitID("c-\(task)"),
                tree: TreeID("t-\(task)"),
                changes: changes
            )
            return [
                .prepared(id, Worktree(path: "/w", base: spec.base)),
                .exited(id, AgentExit(status: .code(0), verdict: .completed(evidence: true))),
                .collected(id, contribution, []),
            ]
        }
        let receipt = MergeReceipt(commit: CommitID("m"), tree: TreeID("t"), changed: true)
        let events =
            [.opened(spec)] + attempt(a, changes: [PathChange(path: "f", kind: .added, added: 1, removed: 0)])
            + [.merged(AttemptID(task: a, number: 1), receipt), .skipped(c, reason: "")] + attempt(b, changes: [])
        let entries = events.enumerated().map { offset, event in
            JournalEntry(sequence: offset + 1, time: Timestamp(milliseconds: Int64(offset)), event: event)
        }

        #expect(TaskDeed.all(in: entries) == [a: .merged(CommitID("m")), b: .performed, c: .skipped])
        #expect(TaskDeed.all(in: Array(entries.prefix(4))) == [:])
    }
}
