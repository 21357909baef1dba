import StrettoCore
import StrettoEngine
import StrettoSimulation
import Synchronization
import TestSupport
import Testing

/// What an engine promises while a disk takes nothing more.
@Suite(.timeLimit(.minutes(5))) struct PauseTests {
    /// One run in a world of its own, with everything that its front ends were told.
    private final class Stage: Sendable {
        let world: World
        let violations = Violations()
        let journal: LawfulJournal
        let agents: SimulatedAgents
        let repository: SimulatedRepository
        let spec: RunSpec
        private let seed: UInt64
        private let told = Mutex<[RunUpdate]>([])

        init(seed: UInt64, _ refusal: LawfulJournal.Refusal, repositoryRefusal: Int = 0, size: Int = 8) {
            self.seed = seed
            world = World(seed: seed)
            journal = LawfulJournal(refusal: refusal, seed: seed, violations: violations)
            agents = SimulatedAgents(clock: world.clock, seed: seed, faults: .init(), violations: violations)
            repository = SimulatedRepository(
                clock: world.clock,
                seed: seed,
                pathCount: 50,
                faults: .init(refusal: repositoryRefusal),
                violations: violations
            )
            var random = SplitMix64(seed: seed)
            spec = RunSpec(
                id: RunID("paused-1"),
                plan: PlanGenerator.plan(size: size, options: .init(hasTimeouts: false), using: &random),
                planPath: "plan.yaml",
                base: CommitID("c0"),
                workers: 3,
                gates: Gates(unattended: .auto)
            )
        }

        /// An engine on this stage; `onUpdate` hears what front ends hear, at the same moment.
        func engine(_ onUpdate: @escaping @Sendable (RunUpdate) -> Void = { _ in }) -> RunEngine<World.VirtualClock> {
            RunEngine(
                journal: journal,
                worktrees: repository,
                agents: agents,
                checks: SimulatedChecks(seed: seed, failurePercent: 0),
                clock: world.clock,
                now: { [world] in Timestamp(milliseconds: world.clock.now.offset.milliseconds) },
                publish: { [weak self] update in
                    self?.note(update)
                    onUpdate(update)
                }
            )
        }

        /// Front ends never hear of anything that is not in the journal.
        private func note(_ update: RunUpdate) {
            told.withLock { $0.append(update) }
            for task in update.tasks {
                violations.require(
                    journal.replica.task(task.id) == task,
                    "\(task.id) was told of before it was in the journal"
                )
            }
        }

        var updates: [RunUpdate] { told.withLock { $0 } }

        func noticeCount(_ word: String) -> Int {
            updates.flatMap(\.notices).count { $0.word == word && $0.task == nil }
        }
    }

    @Test(arguments: (0..<60).map { UInt64($0) })
    func `a disk that takes nothing now and then only delays a run`(seed: UInt64) async throws {
        let stage = Stage(seed: seed, .random(percent: 30), repositoryRefusal: 15)
        let engine = stage.engine()
        engine.submit(.endAttendance) { _ in }

        let outcome = await stage.world.run { await engine.run(then: [.opened(stage.spec)]) }

        #expect(stage.violations.all == [])
        #expect(outcome == stage.journal.replica.outcome, "the outcome is in the journal, or it hangs")
        #expect(outcome.map { if case .broken = $0 { false } else { true } } == true)
        #expect(stage.agents.livingCount == 0)
        #expect(Set(stage.repository.mergedTasks).count == stage.repository.mergedTasks.count)
        #expect(stage.updates.last?.header.fault == nil)
        #expect(stage.noticeCount("paused") == stage.noticeCount("resumed"))
        let prepareFailures = stage.journal.entries.count { if case .prepareFailed = $0.event { true } else { false } }
        #expect(prepareFailures == 0, "a full disk is not a task's trouble")
    }

    @Test func `a run is paused once, says so with the ways out, and says when it goes on`() async throws {
        let stage = Stage(seed: 1, .after(4))
        let engine = stage.engine()
        // A person clears up after ten minutes.
        let outcome = await stage.world.run {
            async let outcome = engine.run(then: [.opened(stage.spec)])
            try? await stage.world.clock.sleep(for: .seconds(600))
            stage.journal.makeRoom()
            return await outcome
        }

        #expect(stage.violations.all == [])
        #expect(outcome == .finished)
        #expect(stage.noticeCount("paused") == 1)
        #expect(stage.noticeCount("resumed") == 1)
        let pause = try #require(stage.updates.first { $0.header.fault != nil })
        #expect(pause.header.fault?.contains("the disk is full; agents that run go on") == true)
        #expect(pause.tasks.isEmpty)
        #expect(stage.updates.last?.header.fault == nil)
    }

    @Test func `resume tries at once, and its answer tells whether there was room`() async throws {
        let stage = Stage(seed: 2, .after(4))
        let answers = Mutex<[Refusal?]>([])
        let waited = Mutex<Duration>(.zero)
        let isFirst = Mutex(true)
        let box = Mutex<RunEngine<World.VirtualClock>?>(nil)
        let engine = stage.engine { update in
            guard update.header.fault != nil, isFirst.withLock({ $0 }) else { return }
            isFirst.withLock { $0 = false }
            let engine = box.withLock { $0 }
            let start = stage.world.clock.now.offset
            engine?.submit(.resumeRun) { first in
                answers.withLock { $0.append(first) }
                stage.journal.makeRoom()
                engine?.submit(.resumeRun) { second in
                    answers.withLock { $0.append(second) }
                    waited.withLock { $0 = stage.world.clock.now.offset - start }
                }
            }
        }
        box.withLock { $0 = engine }

        let outcome = await stage.world.run { await engine.run(then: [.opened(stage.spec)]) }
        box.withLock { $0 = nil }

        #expect(outcome == .finished)
        #expect(answers.withLock { $0.map { $0 == nil } } == [false, true])
        #expect(answers.withLock { $0[0]?.reason.contains("still no room") } == true)
        #expect(waited.withLock { $0 } < .seconds(2))
        #expect(stage.violations.all == [])
    }

    @Test func `what cannot be noted is refused with the reason, and attendance waits`() async throws {
        let stage = Stage(seed: 3, .after(4))
        let refusals = Mutex<[String]>([])
        let attendance = Mutex<[Int]>([])
        let isFirst = Mutex(true)
        let box = Mutex<RunEngine<World.VirtualClock>?>(nil)
        let engine = stage.engine { update in
            guard update.header.fault != nil, isFirst.withLock({ $0 }) else { return }
            isFirst.withLock { $0 = false }
            let engine = box.withLock { $0 }
            let task = stage.spec.plan.tasks[0].id
            engine?.submit(.skip(task, reason: "")) { refusal in
                refusals.withLock { $0.append(refusal?.reason ?? "taken") }
                stage.journal.makeRoom()
            }
            engine?.submit(.beginAttendance) { _ in
                let isThere = stage.journal.entries.contains { $0.event == .attendanceBegan(holdsOnFailure: true) }
                attendance.withLock { $0.append(isThere ? 1 : 0) }
                engine?.submit(.endAttendance) { _ in }
            }
        }
        box.withLock { $0 = engine }

        let outcome = await stage.world.run { await engine.run(then: [.opened(stage.spec)]) }
        box.withLock { $0 = nil }

        #expect(outcome == .finished)
        #expect(refusals.withLock { $0.map { $0.hasPrefix("nothing can be noted now: the disk is full") } } == [true])
        #expect(attendance.withLock { $0 } == [1])
    }

    @Test(arguments: (0..<40).map { UInt64($0) })
    func `stop --now ends a paused engine and its agents, and the next one goes on`(seed: UInt64) async throws {
        let stage = Stage(seed: seed, .after(3 + Int(seed % 20)), repositoryRefusal: seed % 2 == 0 ? 30 : 0)
        let box = Mutex<RunEngine<World.VirtualClock>?>(nil)
        let engine = stage.engine { update in
            if update.header.fault != nil { box.withLock { $0 }?.submit(.stopRun(.now)) { _ in } }
        }
        box.withLock { $0 = engine }
        let first = await stage.world.run { await engine.run(then: [.opened(stage.spec)]) }
        box.withLock { $0 = nil }

        #expect(stage.agents.livingCount == 0)
        if case .broken(let sentence) = first {
            #expect(sentence.contains("`stretto resume` goes on when there is room"))
        } else {
            // The run may have been over before the disk was full.
            #expect(first == stage.journal.replica.outcome)
        }

        stage.journal.makeRoom()
        let entries = stage.journal.entries
        let second = stage.engine()
        let outcome = await stage.world.run { await second.run(after: Replay(of: entries), then: [.recovered]) }
        #expect(stage.violations.all == [])
        #expect(outcome == stage.journal.replica.outcome)
        #expect(stage.agents.livingCount == 0)
    }

    @Test func `a disk that is full from the beginning ends the engine with the reason`() async throws {
        let stage = Stage(seed: 4, .after(0))
        let engine = stage.engine()

        let outcome = await stage.world.run { await engine.run(then: [.opened(stage.spec)]) }

        #expect(outcome == .broken("the journal cannot be written, so the run ends here: the disk is full"))
        #expect(stage.updates.isEmpty)
    }

    @Test func `all letters that are there make one commit, and are answered after it`() async throws {
        let stage = Stage(seed: 5, .never)
        let engine = stage.engine()
        let early = Mutex(0)
        for count in 1...10 {
            engine.submit(.beginAttendance) { _ in
                let noted = stage.journal.entries.count { $0.event == .attendanceBegan(holdsOnFailure: true) }
                if noted < count { early.withLock { $0 += 1 } }
            }
        }

        let outcome = await stage.world.run { await engine.run(then: [.opened(stage.spec)]) }

        #expect(outcome == .finished)
        #expect(stage.journal.batchSizes.first == 11)
        #expect(early.withLock { $0 } == 0)
        #expect(stage.journal.batchSizes.reduce(0, +) == stage.journal.entries.count)
    }
}
