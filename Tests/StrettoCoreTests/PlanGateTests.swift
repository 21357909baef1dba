import StrettoCore
import Testing

/// What a person may do while the plan waits for approval, and that nothing else happens meanwhile.
@Suite struct PlanGateTests {
    private let a = TaskID("a")
    private let b = TaskID("b")
    private let c = TaskID("c")
    private let d = TaskID("d")

    private func task(_ id: TaskID, after dependencies: [TaskID] = [], priority: Int = 0) -> PlanTask {
        PlanTask(id: id, name: id.text, dependencies: dependencies, priority: priority)
    }

    private func gated(_ tasks: [PlanTask], workers: Int = 1) -> Bench {
        Bench(tasks, workers: workers, gates: Gates(plan: .human))
    }

    private func order(_ bench: Bench) -> [TaskID]? { bench.scheduler.header(logPath: "")?.startOrder }

    private func plan(_ tasks: [PlanTask]) -> Plan {
        Plan(name: "p", sections: [PlanSection(id: "s", name: "S", tasks: tasks)])
    }

    /// The order in which one worker starts the tasks once the plan is approved.
    private func starts(_ bench: Bench) throws -> [TaskID] {
        var bench = bench
        try bench.order(.approvePlan())
        var started: [TaskID] = []
        var next = bench.prepared.first
        while let attempt = next {
            started.append(attempt.task)
            bench.work(attempt.task, changes: [])
            next = bench.prepared.first
            bench.send(.disposed(attempt, .removed))
        }
        return started
    }

    @Test func `the order that is shown is the order in which one worker starts`() throws {
        let bench = gated([task(a), task(b, after: [d]), task(c, priority: 1), task(d)])

        #expect(order(bench) == [c, d, a, b])
        #expect(try starts(bench) == [c, d, a, b])
    }

    @Test func `a moved task starts where it was put, whatever priorities say`() throws {
        var bench = gated([task(a), task(b), task(c, priority: 9), task(d)])
        try bench.order(.reorder(d, before: c))
        #expect(order(bench) == [d, c, a, b])
        try bench.order(.reorder(c, before: nil))

        #expect(order(bench) == [d, a, b, c])
        #expect(try starts(bench) == [d, a, b, c])
    }

    @Test func `no order goes against what tasks wait for`() {
        let bench = gated([task(a), task(b, after: [a]), task(c, after: [b])])
        let wrong: [(Command, String)] = [
            (.reorder(b, before: a), "'b' needs 'a', so it cannot start before that"),
            (.reorder(a, before: nil), "'b' waits for 'a', so it cannot start before that"),
            (.reorder(c, before: a), "'c' needs 'b', so it cannot start before that"),
            (.reorder(a, before: a), "'a' cannot start before itself"),
            (.reorder(d, before: a), "there is no task 'd' in this run"),
        ]
        for (command, reason) in wrong {
            #expect(throws: Refusal(reason)) { _ = try bench.scheduler.admit(command) }
        }
    }

    @Test func `a task that is left out has no turn, and comes back to one`() throws {
        var bench = gated([task(a), task(b, after: [a]), task(c)])
        try bench.order(.skip(a, reason: "left out"))
        #expect(order(bench) == [b, c])
        #expect(bench.scheduler.admits(.reorder(a, before: b)) == false)
        try bench.order(.retry(a, note: ""))

        #expect(order(bench) == [a, b, c])
        #expect(try starts(bench) == [a, b, c])
    }

    @Test func `an edited plan takes the place of the old one, and the order that was set stays`() throws {
        var bench = gated([task(a), task(b), task(c)])
        try bench.order(.reorder(c, before: a))
        try bench.order(.revisePlan(plan([task(a), task(c), task(d, after: [a])])))

        #expect(bench.phase == .planReview)
        #expect(order(bench) == [c, a, d])
        #expect(try starts(bench) == [c, a, d])
    }

    @Test func `a plan that cannot be one is refused, and so is any once the gate is open`() throws {
        var bench = gated([task(a), task(b)])
        #expect(!bench.scheduler.admits(.revisePlan(plan([]))))
        #expect(!bench.scheduler.admits(.revisePlan(plan([task(a), task(a)]))))
        try bench.order(.approvePlan())

        #expect(!bench.scheduler.admits(.revisePlan(plan([task(a)]))))
        #expect(!bench.scheduler.admits(.reorder(b, before: a)))
        #expect(order(bench) == nil)
    }

    @Test func `nothing runs before the approval, whatever happens at the gate`() throws {
        var bench = gated([task(a), task(b), task(c)], workers: 4)
        let commands: [Command] = [
            .reorder(b, before: a), .skip(a, reason: ""), .revisePlan(plan([task(b), task(c), task(d)])),
            .retry(c, note: ""), .beginAttendance,
        ]
        for command in commands {
            if let event = try? bench.scheduler.admit(command) { bench.send(event) }
            #expect(bench.effects.isEmpty, "\(command)")
        }

        try bench.order(.approvePlan())
        #expect(bench.prepared.count == 3)
    }

    @Test func `a crash at the gate comes back to the gate with all that was done there`() throws {
        var bench = gated([task(a), task(b), task(c)])
        try bench.order(.reorder(c, before: a))
        try bench.order(.skip(b, reason: "left out"))
        let before = order(bench)

        for event in [Event.restarted, .attendanceBegan(holdsOnFailure: true), .recovered] { bench.send(event) }

        #expect(bench.phase == .planReview)
        #expect(bench.prepared.isEmpty)
        #expect(order(bench) == before)
        #expect(before == [c, a])
    }

    @Test func `whoever takes a run up again can ask for the gate`() throws {
        var bench = Bench([task(a)])
        let attempt = AttemptID(task: a, number: 1)
        bench.send(.prepared(attempt, Worktree(path: "/w", base: CommitID("base"))))
        let asking = Event.adjusted(workers: nil, gates: Gates(plan: .human), budget: nil)
        for event in [Event.restarted, asking, .attendanceBegan(holdsOnFailure: true), .recovered] { bench.send(event) }
        #expect(bench.phase == .planReview)

        bench.send(.attendanceEnded)
        #expect(!bench.isConcluding, "what is at work is waited for")
        try bench.order(.approvePlan())
        #expect(bench.phase == .running)
    }
}

extension Bench {
    fileprivate var phase: RunHeader.Phase? { scheduler.header(logPath: "")?.phase }
}

extension Scheduler {
    func admits(_ command: Command) -> Bool { (try? admit(command)) != nil }
}
