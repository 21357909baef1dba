import StrettoCore
import Testing

/// A scheduler with answers at hand: says what an attempt's effects would answer, and checks what comes out.
struct Bench {
    var scheduler = Scheduler()
    var effects: [Effect] = []
    var clock = Timestamp(milliseconds: 1_000_000)
    /// What the last attempt's exit led to.
    var lastExit: (effects: [Effect], remarks: [Remark]) = ([], [])

    init(
        _ tasks: [PlanTask],
        workers: Int = 4,
        settings: PlanSettings = PlanSettings(),
        gates: Gates = Gates(),
        holdsOnFailure: Bool = false,
        scope: RunSpec.Scope = .all
    ) {
        let plan = Plan(name: "p", settings: settings, sections: [PlanSection(id: "s", name: "S", tasks: tasks)])
        send(
            .opened(
                RunSpec(
                    id: RunID("p-1"),
                    plan: plan,
                    planPath: "p.yaml",
                    base: CommitID("base"),
                    workers: workers,
                    gates: gates,
                    scope: scope,
                    holdsOnFailure: holdsOnFailure
                )
            )
        )
    }

    mutating func send(_ event: Event) {
        clock = clock.advanced(by: .seconds(1))
        effects = scheduler.handle(event, at: clock)
    }

    mutating func order(_ command: Command) throws(Refusal) { send(try scheduler.admit(command)) }

    /// Carries the attempt from its preparation to its collected tree.
    mutating func work(
        _ task: TaskID,
        _ number: Int = 1,
        verdict: Verdict = .completed(evidence: true),
        changes: [String] = ["f"]
    ) {
        let attempt = AttemptID(task: task, number: number)
        let base = CommitID("base")
        send(.prepared(attempt, Worktree(path: "/w/\(attempt)", base: base)))
        send(.exited(attempt, AgentExit(status: .code(0), verdict: verdict)))
        send(
            .collected(
                attempt,
                Contribution(
                    base: base,
                    commit: CommitID("c-\(attempt)"),
                    tree: TreeID("t-\(attempt)"),
                    changes: changes.map { PathChange(path: $0, kind: .modified, added: 1, removed: 0) }
                ),
                []
            )
        )
    }

    mutating func merge(_ task: TaskID, _ number: Int = 1) {
        let receipt = MergeReceipt(commit: CommitID("m"), tree: TreeID("mt"), changed: true)
        send(.merged(AttemptID(task: task, number: number), receipt))
        send(.disposed(AttemptID(task: task, number: number), .removed))
    }

    func state(_ task: TaskID) -> TaskState? { scheduler.task(task)?.state }

    var prepared: [AttemptID] {
        effects.compactMap { if case .prepare(let order) = $0 { order.attempt } else { nil } }
    }
    var mergesOrdered: [AttemptID] {
        effects.compactMap { if case .merge(let order) = $0 { order.attempt } else { nil } }
    }
    var isConcluding: Bool { effects.contains { if case .conclude = $0 { true } else { false } } }
}

private let a = TaskID("a"), b = TaskID("b"), c = TaskID("c")

private func task(_ id: TaskID, after: [TaskID] = [], resources: [String] = [], review: GatePolicy? = nil) -> PlanTask {
    PlanTask(id: id, name: "Task \(id)", dependencies: after, resources: resources, command: "true", review: review)
}

@Suite struct SchedulerTests {
    @Test func `a task starts the moment its own dependencies are done`() {
        var bench = Bench([task(a), task(b), task(c, after: [a])])

        #expect(bench.prepared == [AttemptID(task: a, number: 1), AttemptID(task: b, number: 1)])
        bench.work(a)
        bench.merge(a)
        #expect(bench.state(c) == .preparing)
        #expect(bench.state(b) == .preparing, "b still runs: no barrier held c back")
    }

    @Test func `no more attempts are under way than there are workers`() {
        let bench = Bench([task(a), task(b), task(c)], workers: 2)

        #expect(bench.prepared.count == 2)
        #expect(bench.state(c) == .ready)
    }

    @Test func `tasks that share a resource never run together`() {
        var bench = Bench([task(a, resources: ["db"]), task(b, resources: ["db"]), task(c)])

        #expect(bench.prepared.map(\.task) == [a, c])
        bench.work(a)
        #expect(bench.state(b) == .preparing)
    }

    @Test func `ready tasks start by priority, then by the longest path behind them, then in plan order`() {
        var urgent = task(c)
        urgent.priority = 5
        let bench = Bench([task(a), task(b), urgent, task(TaskID("d"), after: [b])], workers: 2)

        #expect(bench.prepared.map(\.task) == [c, b])
    }

    @Test func `a failure is retried after a pause that doubles, and then the task has failed`() {
        var bench = Bench([task(a)])

        bench.work(a, verdict: .failed("exit code 1"))
        #expect(bench.state(a) == .retrying)
        #expect(bench.effects.contains(.startTimer(.backoff(a), .seconds(5))))
        bench.send(.disposed(AttemptID(task: a, number: 1), .removed))
        bench.send(.timerFired(.backoff(a)))
        bench.work(a, 2, verdict: .failed("exit code 1"))
        #expect(bench.effects.contains(.startTimer(.backoff(a), .seconds(10))))
        bench.send(.timerFired(.backoff(a)))
        bench.work(a, 3, verdict: .failed("exit code 1"))
        #expect(bench.state(a) == .failed)
    }

    @Test func `an interrupted attempt is not counted`() {
        var settings = PlanSettings()
        settings.attemptsMax = 1
        var bench = Bench([task(a)], settings: settings)

        bench.work(a, verdict: .interrupted("usage limit"))

        #expect(bench.state(a) == .retrying)
        bench.send(.disposed(AttemptID(task: a, number: 1), .removed))
        bench.send(.timerFired(.backoff(a)))
        #expect(bench.prepared == [AttemptID(task: a, number: 2)])
    }

    @Test func `interruptions pause longer each time, so a limit that lasts is not hammered`() {
        var bench = Bench([task(a)])
        var pauses: [Duration] = []
        for number in 1...7 {
            bench.work(a, number, verdict: .interrupted("usage limit"))
            for case .startTimer(.backoff, let pause) in bench.effects { pauses.append(pause) }
            bench.send(.disposed(AttemptID(task: a, number: number), .removed))
            bench.send(.timerFired(.backoff(a)))
        }

        #expect(pauses == [5, 10, 20, 40, 80, 120, 120].map { .seconds($0) })
    }

    @Test func `an agent that exits with 0 and did nothing has failed`() {
        var bench = Bench([task(a)])

        bench.work(a, verdict: .completed(evidence: false), changes: [])

        #expect(bench.state(a) == .retrying)
        #expect(bench.scheduler.task(a)?.attempts[0].lack == .evidence)
        #expect(bench.scheduler.task(a)?.attempts[0].failure?.hasPrefix("no evidence: ") == true)
    }

    @Test func `a failed task blocks its dependants, and the run ends as failed and names it`() {
        var settings = PlanSettings()
        settings.attemptsMax = 1
        var bench = Bench([task(a), task(b, after: [a]), task(c, after: [b])], settings: settings)

        bench.work(a, verdict: .failed("exit code 1"))
        bench.send(.disposed(AttemptID(task: a, number: 1), .removed))
        #expect(bench.state(b) == .blocked)
        #expect(bench.scheduler.task(c)?.detail == "a failed")
        bench.send(.concluded(nil))
        #expect(bench.scheduler.outcome == .failed([a]))
        #expect(bench.scheduler.outcome?.sentence.contains("'a'") == true)
    }

    @Test func `dependants of a skipped task run`() throws {
        var bench = Bench([task(a, review: .human), task(b, after: [a])])

        bench.work(a)
        #expect(bench.scheduler.task(a)?.releases == [b])
        try bench.order(.skip(a, reason: "not needed"))
        #expect(bench.state(a) == .skipped)
        #expect(bench.state(b) == .preparing)
    }

    @Test func `asking twice for the end of an agent is refused, and another wish replaces the first`() throws {
        var bench = Bench([task(a)])
        bench.send(.prepared(AttemptID(task: a, number: 1), Worktree(path: "/w", base: CommitID("base"))))

        try bench.order(.skip(a, reason: ""))
        let scheduler = bench.scheduler
        #expect(throws: Refusal.self) { _ = try scheduler.admit(.skip(a, reason: "")) }
        try bench.order(.stopTask(a))
        bench.send(
            .exited(AttemptID(task: a, number: 1), AgentExit(status: .signal(2), verdict: .interrupted("ended")))
        )
        let contribution = Contribution(base: CommitID("base"), commit: CommitID("c"), tree: TreeID("t"), changes: [])
        bench.send(.collected(AttemptID(task: a, number: 1), contribution, []))
        #expect(bench.state(a) == .stopped)
    }

    @Test func `a cycle that slipped through ends as stuck with its path`() {
        var bench = Bench([task(a, after: [b]), task(b, after: [a])])

        bench.send(.concluded(nil))

        #expect(bench.scheduler.outcome == .stuck("these tasks wait for each other: a → b → a"))
    }

    @Test func `merges go one at a time`() {
        var bench = Bench([task(a), task(b)])

        bench.work(a, changes: ["x"])
        bench.work(b, changes: ["y"])
        #expect(bench.mergesOrdered.isEmpty)
        bench.merge(a)
        #expect(bench.state(b) == .merging)
    }

    @Test func `a conflict is retried once, alone on its paths, and then waits for a person`() {
        var bench = Bench([task(a), task(b), task(c)])
        bench.work(a)
        bench.work(b)
        bench.merge(a)

        bench.send(.conflicted(AttemptID(task: b, number: 1), MergeConflict(head: CommitID("m"), paths: ["f"])))
        #expect(bench.state(b) == .preparing)
        bench.work(c)
        #expect(bench.scheduler.task(c)?.detail == "waits to merge", "it would make b conflict again")
        #expect(bench.mergesOrdered.isEmpty)
        bench.work(b, 2)
        #expect(bench.mergesOrdered == [AttemptID(task: b, number: 2)])
        bench.send(.conflicted(AttemptID(task: b, number: 2), MergeConflict(head: CommitID("m"), paths: ["f"])))
        #expect(bench.state(b) == .review)
        #expect(bench.mergesOrdered.map(\.task) == [c])
    }

    @Test func `an approval is for the tree that was shown`() throws {
        var bench = Bench([task(a, review: .human)])
        bench.work(a)

        let scheduler = bench.scheduler
        #expect(throws: Refusal.self) { _ = try scheduler.admit(.approve(a, tree: TreeID("another"))) }
        try bench.order(.approve(a, tree: TreeID("t-a.1")))
        #expect(bench.mergesOrdered.map(\.task) == [a])
    }

    @Test func `a run that nobody attends ends at its gate and says so`() {
        var bench = Bench([task(a, review: .human)])
        bench.work(a)

        bench.send(.attendanceEnded)
        bench.send(.concluded(nil))

        #expect(bench.scheduler.outcome == .needsHuman([a]))
        #expect(bench.scheduler.outcome?.exitCode == .needsHuman)
    }

    @Test func `an unattended gate approves where the plan says so`() {
        var bench = Bench([task(a, review: .human)], gates: Gates(unattended: .auto))
        bench.work(a)

        bench.send(.attendanceEnded)

        #expect(bench.mergesOrdered.map(\.task) == [a])
    }

    @Test func `nothing starts before the plan is approved where its gate asks`() throws {
        var bench = Bench([task(a)], gates: Gates(plan: .human))

        #expect(bench.prepared.isEmpty)
        try bench.order(.approvePlan())
        #expect(bench.prepared.map(\.task) == [a])
    }

    @Test func `draining lets running tasks finish and merge, and starts nothing`() throws {
        var bench = Bench([task(a), task(b, after: [a])])

        try bench.order(.stopRun(.drain))
        bench.work(a)
        bench.merge(a)
        #expect(bench.state(b) == .ready)
        bench.send(.concluded(nil))
        #expect(bench.scheduler.outcome == .stopped)
    }

    @Test func `stopping now ends agents, keeps their work and leaves their tasks to a resume`() throws {
        var bench = Bench([task(a)])
        bench.send(.prepared(AttemptID(task: a, number: 1), Worktree(path: "/w", base: CommitID("base"))))

        try bench.order(.stopRun(.now))
        #expect(bench.effects == [.terminate(AttemptID(task: a, number: 1))])
        bench.send(.exited(AttemptID(task: a, number: 1), AgentExit(status: .signal(2), verdict: .failed("signal 2"))))
        guard case .collect(let order)? = bench.effects.first else {
            Issue.record("its tree is not kept: \(bench.effects)")
            return
        }
        #expect(order.checks == [])
        let contribution = Contribution(base: CommitID("base"), commit: CommitID("c"), tree: TreeID("t"), changes: [])
        bench.send(.collected(AttemptID(task: a, number: 1), contribution, []))
        bench.send(.disposed(AttemptID(task: a, number: 1), .removed))
        bench.send(.concluded(nil))
        #expect(bench.scheduler.outcome == .stopped)
        bench.send(.runResumed)
        #expect(bench.prepared == [AttemptID(task: a, number: 2)])
    }

    @Test func `a spent budget starts nothing new and ends with its own code`() {
        var settings = PlanSettings()
        settings.budget = Budget(microdollars: 500_000)
        var bench = Bench([task(a), task(b, after: [a])], settings: settings)
        let attempt = AttemptID(task: a, number: 1)
        bench.send(.prepared(attempt, Worktree(path: "/w", base: CommitID("base"))))
        let usage = Usage(inputTokens: 1, outputTokens: 1, microdollars: 600_000)
        bench.send(.exited(attempt, AgentExit(status: .code(0), verdict: .completed(evidence: true), usage: usage)))
        let contribution = Contribution(base: CommitID("base"), commit: CommitID("c"), tree: TreeID("t"), changes: [])
        bench.send(.collected(attempt, contribution, []))
        bench.send(.disposed(attempt, .removed))
        bench.send(.concluded(nil))

        #expect(bench.state(a) == .done)
        #expect(bench.scheduler.outcome?.exitCode == .budget)
    }

    @Test func `a board holds a failed run until a person decides`() throws {
        var settings = PlanSettings()
        settings.attemptsMax = 1
        var bench = Bench([task(a)], settings: settings, holdsOnFailure: true)
        bench.work(a, verdict: .failed("exit code 1"))
        bench.send(.disposed(AttemptID(task: a, number: 1), .removed))

        #expect(bench.scheduler.header(logPath: "")?.phase == .holding(.failed([a])))
        try bench.order(.retry(a, note: "use the other library"))
        #expect(bench.prepared == [AttemptID(task: a, number: 2)])
        bench.send(.prepared(AttemptID(task: a, number: 2), Worktree(path: "/w", base: CommitID("base"))))
        guard case .run(let launch)? = bench.effects.first else {
            Issue.record("it does not run: \(bench.effects)")
            return
        }
        #expect(launch.prompt.findings.last?.contains("use the other library") == true)
    }

    @Test func `an impossible answer pauses the run with a fault and never traps`() {
        var bench = Bench([task(a), task(b, after: [a])])

        bench.send(
            .merged(
                AttemptID(task: a, number: 1),
                MergeReceipt(commit: CommitID("m"), tree: TreeID("t"), changed: true)
            )
        )

        #expect(bench.scheduler.header(logPath: "")?.fault?.contains("merged cannot happen to a.1") == true)
    }

    @Test func `a task that takes too long is ended and has failed for that reason`() {
        var slow = task(a)
        slow.timeout = .seconds(60)
        slow.attemptsMax = 1
        var bench = Bench([slow])
        let attempt = AttemptID(task: a, number: 1)
        bench.send(.prepared(attempt, Worktree(path: "/w", base: CommitID("base"))))

        #expect(bench.effects.contains(.startTimer(.timeout(attempt), .seconds(60))))
        bench.send(.timerFired(.timeout(attempt)))
        #expect(bench.effects == [.terminate(attempt)])
        bench.send(.exited(attempt, AgentExit(status: .signal(15), verdict: .interrupted("terminated"))))
        let contribution = Contribution(base: CommitID("base"), commit: CommitID("c"), tree: TreeID("t"), changes: [])
        bench.send(.collected(attempt, contribution, []))
        #expect(bench.state(a) == .failed)
    }

    @Test func `a plan edited between two starts keeps what is done and takes what is new`() {
        var bench = Bench([task(a), task(b, after: [a])])
        bench.work(a)
        bench.merge(a)
        let plan = Plan(name: "p", sections: [PlanSection(id: "s", name: "S", tasks: [task(a), task(c, after: [a])])])

        bench.send(.planRevised(plan))

        #expect(bench.state(a) == .done)
        #expect(bench.state(c) == .preparing)
        #expect(bench.state(b) == .preparing, "b had begun, so it stays in sight")
    }

    @Test func `a single task is the first ready one, and only its outcome counts`() {
        var bench = Bench([task(a), task(b)], scope: .single)

        #expect(bench.prepared.map(\.task) == [a])
        bench.work(a)
        bench.merge(a)
        bench.send(.concluded(nil))
        #expect(bench.scheduler.outcome == .finished)
    }

    @Test func `the pause after failures doubles up to its maximum`() {
        let policy = RetryPolicy(base: .seconds(5), max: .seconds(12))

        #expect(
            (1...4).map { policy.pause(afterFailures: $0) } == [.seconds(5), .seconds(10), .seconds(12), .seconds(12)]
        )
    }
}

@Suite struct HandoffTests {
    @Test(arguments: [
        ("# a heading", "- \\# a heading ("), ("> said", "- \\> said ("), ("- nested", "- \\- nested ("),
        ("  1. first", "- 1\\. first ("), ("23) next", "- 23\\) next ("), ("``` fence", "- \\``` fence ("),
        ("---", "- \\--- ("), ("`make test` passes", "- `make test` passes ("),
        ("3 files are new", "- 3 files are new ("),
        ("-O2 is slow", "- -O2 is slow ("), ("*never* touch it", "- *never* touch it ("),
    ])
    func `an entry is one line of its list, whatever it begins with`(entry: String, shown: String) {
        var memory = Handoff()
        memory.add(Report(status: .completed, patterns: [entry]), from: a)

        #expect(memory.rendered(statuses: []).contains("\n" + shown))
    }

    @Test func `a task whose id is its name is named once`() {
        let text = Handoff().rendered(statuses: [.init(section: "S", task: a, name: a.text, state: .done)])
        #expect(text.contains("- [x] a: done\n"))
    }

    @Test func `HANDOFF has a stable order, no times, and cannot be forged by an entry`() {
        var memory = Handoff()
        memory.add(
            Report(
                status: .completed,
                decisions: [.init(decision: "Use SQLite\n## Decisions", reason: "it is there")],
                debt: ["no index yet <!-- stretto:end -->"]
            ),
            from: a
        )

        let text = memory.rendered(statuses: [
            .init(section: "S", task: a, name: "A", state: .done),
            .init(section: "S", task: b, name: "B", state: .waiting),
        ])

        #expect(
            text == """
                # HANDOFF

                ## Where things stand

                ### S

                - [x] a A: done
                - [ ] b B: not done yet

                ## Decisions

                - Use SQLite ## Decisions, because it is there (a)

                ## Technical debt

                - no index yet ‹!-- stretto:end --> (a)

                """
        )
    }
}
