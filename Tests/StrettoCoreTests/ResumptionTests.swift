import StrettoCore
import Testing

private let a = TaskID("a"), b = TaskID("b"), c = TaskID("c")

private func task(_ id: TaskID, after: [TaskID] = [], resources: [String] = [], review: GatePolicy? = nil) -> PlanTask {
    PlanTask(id: id, name: "Task \(id)", dependencies: after, resources: resources, command: "true", review: review)
}

private func plan(_ tasks: [PlanTask]) -> Plan {
    Plan(name: "p", sections: [PlanSection(id: "s", name: "S", tasks: tasks)])
}

extension Bench {
    fileprivate var phase: RunHeader.Phase? { scheduler.header(logPath: "")?.phase }
    fileprivate var isOver: Bool { scheduler.outcome != nil }

    fileprivate mutating func dispose(_ task: TaskID, _ number: Int = 1) {
        send(.disposed(AttemptID(task: task, number: number), .removed))
    }
}

/// What a run that ended, or an engine that died, leaves to the next start.
@Suite struct ResumptionTests {
    @Test func `a run that was stopped during a pause gets its timer back when it goes on`() throws {
        var bench = Bench([task(a)])
        bench.work(a, verdict: .failed("exit code 1"))
        bench.dispose(a)
        try bench.order(.stopRun(.drain))
        bench.send(.concluded(nil))
        #expect(bench.scheduler.outcome == .stopped)

        bench.send(.runResumed)

        #expect(bench.effects.contains { if case .startTimer(.backoff(a), _) = $0 { true } else { false } })
        bench.send(.timerFired(.backoff(a)))
        #expect(bench.prepared == [AttemptID(task: a, number: 2)])
    }

    @Test func `a removal that the end of a run cut off is asked for again`() throws {
        var bench = Bench([task(a, review: .human)])
        bench.work(a)
        try bench.order(.stopRun(.drain))
        #expect(bench.phase == .concluding)
        try bench.order(.skip(a, reason: "too late to be seen"))
        bench.send(.concluded(nil))

        bench.send(.runResumed)

        #expect(bench.effects.contains(.dispose(AttemptID(task: a, number: 1))))
        bench.dispose(a)
        bench.send(.concluded(nil))
        #expect(bench.scheduler.outcome == .finished)
    }

    @Test(arguments: [StopMode.drain, .now])
    func `a run that goes on asks for its plan where nobody has approved it`(mode: StopMode) throws {
        var bench = Bench([task(a)], gates: Gates(plan: .human))
        let scheduler = bench.scheduler
        #expect(throws: Refusal.self) { _ = try scheduler.admit(.resumeRun) }
        try bench.order(.stopRun(mode))
        bench.send(.concluded(nil))

        bench.send(.runResumed)

        #expect(bench.phase == .planReview)
        #expect(bench.prepared.isEmpty)
        try bench.order(.approvePlan())
        #expect(bench.prepared.map(\.task) == [a])
    }

    @Test func `a plan gate that ended a run unattended asks again after a crash and after a resume`() {
        var bench = Bench([task(a)], gates: Gates(plan: .human))
        bench.send(.attendanceEnded)
        #expect(bench.isConcluding)
        bench.send(.recovered)
        #expect(bench.phase == .planReview)
        #expect(bench.prepared.isEmpty)

        bench.send(.attendanceEnded)
        bench.send(.concluded(nil))
        #expect(bench.scheduler.outcome == .needsHuman([]))
        bench.send(.runResumed)
        #expect(bench.phase == .planReview)
        #expect(bench.prepared.isEmpty)
    }

    @Test func `an approved plan stays approved`() throws {
        var bench = Bench([task(a)], gates: Gates(plan: .human))
        try bench.order(.approvePlan())
        bench.send(.prepareFailed(AttemptID(task: a, number: 1), Trouble("no such branch")))
        bench.dispose(a)
        bench.send(.concluded(nil))

        bench.send(.runResumed)

        #expect(bench.prepared == [AttemptID(task: a, number: 2)])
    }

    @Test func `a run that holds for a person ends when nobody is left`() {
        var settings = PlanSettings()
        settings.attemptsMax = 1
        var bench = Bench([task(a)], settings: settings, holdsOnFailure: true)
        bench.work(a, verdict: .failed("exit code 1"))
        bench.dispose(a)
        #expect(bench.phase == .holding(.failed([a])))

        bench.send(.attendanceEnded)
        bench.send(.concluded(nil))

        #expect(bench.scheduler.outcome == .failed([a]))
    }

    @Test func `a clock that was set back stretches no pause beyond its length`() {
        var bench = Bench([task(a)])
        bench.work(a, verdict: .failed("exit code 1"))
        bench.dispose(a)

        bench.clock = Timestamp(milliseconds: -1_000_000_000)
        bench.send(.recovered)

        #expect(bench.effects.contains(.startTimer(.backoff(a), .seconds(120))))
    }

    @Test func `a resume is refused while the run is being ended`() throws {
        var bench = Bench([task(a)])
        bench.send(.prepared(AttemptID(task: a, number: 1), Worktree(path: "/w", base: CommitID("base"))))
        try bench.order(.stopRun(.now))

        let scheduler = bench.scheduler
        #expect(throws: Refusal.self) { _ = try scheduler.admit(.resumeRun) }
    }

    @Test func `a worktree that could not be made ready is removed`() {
        var bench = Bench([task(a)])

        bench.send(.prepareFailed(AttemptID(task: a, number: 1), Trouble("the setup command failed")))

        #expect(bench.effects.contains(.dispose(AttemptID(task: a, number: 1))))
    }
}

/// A plan that was edited between two starts.
@Suite struct RevisionTests {
    @Test func `a failed task that the edited plan dropped holds nothing up any more`() {
        var settings = PlanSettings()
        settings.attemptsMax = 1
        var bench = Bench([task(a), task(b)], settings: settings)
        bench.work(a)
        bench.merge(a)
        bench.work(b, verdict: .failed("exit code 1"))
        bench.dispose(b)
        bench.send(.concluded(nil))
        #expect(bench.scheduler.outcome == .failed([b]))

        bench.send(.planRevised(plan([task(a)])))
        bench.send(.runResumed)
        bench.send(.concluded(nil))

        #expect(bench.scheduler.outcome == .finished)
        #expect(bench.state(b) == .excluded)
    }

    @Test func `a task that runs while the edited plan drops it is skipped with its tree kept`() {
        var bench = Bench([task(a), task(b)], workers: 1)
        let attempt = AttemptID(task: a, number: 1)
        let base = CommitID("base")
        bench.send(.prepared(attempt, Worktree(path: "/w", base: base)))
        bench.send(.recovered)
        bench.send(.planRevised(plan([task(b)])))

        bench.send(.exited(attempt, AgentExit(status: .code(0), verdict: .completed(evidence: true))))
        guard case .collect(let order)? = bench.effects.first else {
            Issue.record("its tree is not kept: \(bench.effects)")
            return
        }
        #expect(order.checks == [])
        let changes = [PathChange(path: "f", kind: .added, added: 1, removed: 0)]
        let work = Contribution(base: base, commit: CommitID("c"), tree: TreeID("t"), changes: changes)
        bench.send(.collected(attempt, work, []))

        #expect(bench.state(a) == .skipped)
        #expect(bench.mergesOrdered.isEmpty)
        #expect(bench.prepared.map(\.task) == [b])
    }

    @Test func `a waiting task that the edited plan calls skipped is left out`() {
        var bench = Bench([task(a), task(b, after: [a])], workers: 1)
        var over = task(b, after: [a])
        over.status = .skipped

        bench.send(.planRevised(plan([task(a), over])))

        #expect(bench.state(b) == .excluded)
    }

    @Test func `what an edit calls over and a later one does not waits again`() {
        var over = task(b)
        over.status = .completed
        var bench = Bench([task(a), over])
        #expect(bench.state(b) == .excluded)

        bench.send(.planRevised(plan([task(a), task(b)])))

        #expect(bench.prepared.map(\.task) == [b])
    }

    @Test func `a failed task that an edit dropped and a later one brings back is tried anew`() {
        var settings = PlanSettings()
        settings.attemptsMax = 1
        var bench = Bench([task(a), task(b, review: .human)], settings: settings)
        bench.work(a, verdict: .failed("exit code 1"))
        bench.send(.planRevised(plan([task(b, review: .human)])))
        #expect(bench.state(a) == .excluded)

        bench.send(.planRevised(plan([task(a), task(b, review: .human)])))

        #expect(bench.prepared.last == AttemptID(task: a, number: 2))
    }

    @Test func `a named task of a section that is over runs, and an edit elsewhere does not take it out`() {
        var whole = plan([task(a), task(b)])
        whole.sections[0].status = .completed
        var bench = Bench([])
        bench.scheduler = Scheduler()
        bench.send(
            .opened(
                RunSpec(
                    id: RunID("p-1"),
                    plan: whole,
                    planPath: "p.yaml",
                    base: CommitID("base"),
                    workers: 1,
                    gates: Gates(),
                    scope: .only([a])
                )
            )
        )
        #expect(bench.prepared.map(\.task) == [a])
        bench.work(a, verdict: .failed("exit code 1"))

        whole.name = "q"
        bench.send(.planRevised(whole))

        #expect(bench.state(a) == .retrying)
        #expect(bench.state(b) == .excluded)
    }

    @Test
    func `gates and workers of an edited plan count, and what it leaves as it was stays as the command line set it`() {
        var bench = Bench([task(a), task(b)], workers: 1)
        bench.work(a)
        bench.merge(a)
        var edited = plan([task(a), task(b)])
        edited.name = "edited"
        bench.send(.planRevised(edited))
        #expect(bench.scheduler.spec?.workers == 1)

        edited.settings.workers = 3
        edited.settings.gates.task = .human
        bench.send(.planRevised(edited))
        bench.work(b)

        #expect(bench.scheduler.spec?.workers == 3)
        #expect(bench.state(b) == .review)
    }

    @Test func `a run for one task stays a run for one task when its plan grows`() {
        var bench = Bench([task(a), task(b)], scope: .only([a]))

        bench.send(.planRevised(plan([task(a), task(b), task(c)])))

        #expect(bench.prepared.isEmpty)
        #expect(bench.state(c) == .excluded)
        #expect(bench.state(a) == .preparing)
    }
}

/// What a person may ask for, and what is refused instead of being swallowed.
@Suite struct ReviewTests {
    @Test func `a recheck needs no worker, and waits for no agent`() throws {
        var bench = Bench([task(a, review: .human), task(b)], workers: 1)
        bench.work(a)
        #expect(bench.state(b) == .preparing)

        try bench.order(.recheck(a))

        #expect(bench.state(a) == .checking)
        #expect(bench.scheduler.task(a)?.worker == nil)
        #expect(bench.scheduler.task(b)?.worker == 1)
    }

    @Test func `a recheck is refused while its resource is in use`() throws {
        var bench = Bench([task(a, resources: ["db"], review: .human), task(b, resources: ["db"])])
        bench.work(a)
        #expect(bench.state(b) == .preparing)

        let scheduler = bench.scheduler
        #expect(throws: Refusal.self) { _ = try scheduler.admit(.recheck(a)) }
    }

    @Test func `a retry of what is not part of the run is refused`() {
        let scheduler = Bench([task(a), task(b)], scope: .only([a])).scheduler

        #expect(throws: Refusal.self) { _ = try scheduler.admit(.retry(b, note: "")) }
    }
}
