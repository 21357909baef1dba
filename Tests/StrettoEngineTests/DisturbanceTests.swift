import StrettoCore
import StrettoEngine
import StrettoSimulation
import Synchronization
import TestSupport
import Testing

/// One plan with everything in it that recovery can get wrong, run under disturbances until it is finished.
///
/// Three tasks side by side on files of their own, two on one path, one that fails once, one in review, one that is skipped while it
/// runs, and one that waits for all of them.
private struct DisturbedRun {
    let seed: UInt64
    var points: [Disturbance.Point] = []
    var loss = 0

    struct Result: Sendable {
        var outcomes: [Outcome]
        var reachedCount: Int
        /// Commits and calls of the last life of the engine.
        var counts: (journal: Int, world: Int)
        var entries: [JournalEntry]
        var violations: [String]
        var begun: [AttemptID]
        var unkept: [AttemptID]
        var worktrees: [AttemptID]
        var livingAgentCount: Int
        var contents: [String: [TaskID]]
        var states: [String]
    }

    private static let livesMax = 6

    private static func task(_ id: String, after: [String] = [], checks: [Check] = []) -> PlanTask {
        PlanTask(
            id: TaskID(id),
            name: id,
            dependencies: after.map { TaskID($0) },
            builder: .claude,
            checks: checks,
            review: id == "g" ? .human : nil
        )
    }

    private var spec: RunSpec {
        let check = Check(name: "test", command: "make test")
        let first =
            ["s", "d", "e", "f", "g"].map { Self.task($0) } + ["a", "b"].map { Self.task($0, checks: [check]) }
        let last = Self.task("z", after: first.map(\.id.text), checks: [check])
        var settings = PlanSettings()
        // One more than the plan needs, because a disturbed call may cost an attempt.
        settings.attemptsMax = 4
        let section = PlanSection(id: "s", name: "S", tasks: first + [last])
        return RunSpec(
            id: RunID("disturbed-1"),
            plan: Plan(name: "disturbed", settings: settings, sections: [section]),
            planPath: "plan.yaml",
            base: CommitID("c0"),
            workers: 2 + Int(seed % 3),
            gates: Gates()
        )
    }

    /// What each attempt does: one fails once, and one would go on for days.
    @Sendable private static func part(of attempt: AttemptID) -> SimulatedAgents.Part {
        switch (attempt.task.text, attempt.number) {
        case ("f", 1): SimulatedAgents.Part(.failed("exit code 1"))
        case ("s", _): SimulatedAgents.Part(.completed(evidence: true), duration: .seconds(400_000))
        default: SimulatedAgents.Part(.completed(evidence: true))
        }
    }

    func run() async throws -> Result {
        let world = World(seed: seed)
        let violations = Violations()
        let log = LawfulJournal(violations: violations)
        let repository = SimulatedRepository(
            clock: world.clock,
            seed: seed,
            pathCount: 1,
            faults: .init(),
            path: { ["d", "e"].contains($0.text) ? "list" : $0.text + ".txt" },
            violations: violations
        )
        let agents = SimulatedAgents(
            clock: world.clock,
            seed: seed,
            faults: .init(loss: loss),
            script: Self.part,
            violations: violations
        )
        let checks = SimulatedChecks(seed: seed, failurePercent: 0)
        let disturbance = Disturbance(points, clock: world.clock)
        let outcomes = await world.run { [spec, seed] in
            var outcomes: [Outcome] = []
            for _ in 0..<Self.livesMax {
                let person = Onlooker(patience: Int(seed % 4))
                let engine = RunEngine(
                    journal: DisturbedJournal(log, disturbance),
                    worktrees: DisturbedWorktrees(repository, disturbance),
                    agents: DisturbedAgents(agents, disturbance),
                    checks: DisturbedChecks(checks, disturbance),
                    clock: world.clock,
                    now: { Timestamp(milliseconds: world.clock.now.offset.milliseconds) },
                    publish: { person.see($0) }
                )
                person.watch { command in engine.submit(command) { _ in } }
                outcomes.append(await Self.live(engine, spec, log, disturbance))
                guard case .broken = outcomes.last else { break }
                disturbance.revive()
            }
            return outcomes
        }
        let snapshot = log.replica.snapshot(logPath: "")
        let states = (snapshot?.tasks ?? []).map { "\($0.id) \($0.state) \($0.detail)" }
        return Result(
            outcomes: try #require(outcomes, "hangs: \(states) after \(log.entries.suffix(6).map(\.event.name))"),
            reachedCount: disturbance.reachedCount,
            counts: disturbance.counts,
            entries: log.entries,
            violations: violations.all,
            begun: agents.begun,
            unkept: agents.begun.filter { !repository.isKept($0) },
            worktrees: repository.worktrees,
            livingAgentCount: agents.livingCount,
            contents: repository.contents,
            states: states
        )
    }

    /// One life of an engine; `.broken` where it ended before its run did.
    private static func live(
        _ engine: RunEngine<World.VirtualClock>,
        _ spec: RunSpec,
        _ log: LawfulJournal,
        _ disturbance: Disturbance
    ) async -> Outcome {
        let entries = log.entries
        // The run may have ended without anybody being told.
        let goingOn: Event = log.replica.outcome == nil ? .recovered : .runResumed
        let events: [Event] =
            entries.isEmpty ? [.opened(spec)] : [.restarted, .attendanceBegan(holdsOnFailure: false), goingOn]
        return await withTaskGroup(of: Outcome?.self) { group in
            group.addTask { await engine.run(after: Replay(of: entries), then: events) }
            group.addTask {
                await disturbance.untilDeath()
                return nil
            }
            let first = await group.next()
            group.cancelAll()
            for await _ in group {}
            return (first ?? nil) ?? .broken("killed")
        }
    }
}

/// A person at the board: approves what is in review, has what was held tried again, and skips the task that never ends.
private final class Onlooker: Sendable {
    private struct State {
        var snapshot: RunSnapshot?
        var order: (@Sendable (Command) -> Void)?
    }

    private let state = Mutex(State())
    /// How many tasks must be done before the endless one is skipped.
    private let patience: Int

    init(patience: Int) { self.patience = patience }

    func watch(_ order: @escaping @Sendable (Command) -> Void) { state.withLock { $0.order = order } }

    func see(_ update: RunUpdate) {
        let (snapshot, order) = state.withLock { state in
            if state.snapshot == nil {
                state.snapshot = RunSnapshot(header: update.header, tasks: update.tasks, handoff: "")
            } else {
                state.snapshot?.apply(update)
            }
            return (state.snapshot, state.order)
        }
        guard let snapshot, let order else { return }
        for task in update.tasks where task.state == .review {
            order(task.detail == "conflict" ? .retry(task.id, note: "again") : .approve(task.id, tree: nil))
        }
        let doneCount = snapshot.tasks.count { $0.state == .done }
        if doneCount >= patience, snapshot.tasks.contains(where: { $0.id.text == "s" && $0.state == .running }) {
            order(.skip(TaskID("s"), reason: "it never ends"))
        }
    }
}

/// How far these tests go: with `STRETTO_TORTURE` both sides of every step for ten seeds; with every `make test` three seeds that share
/// all steps among them, one side of each, in turn.
private enum Extent {
    static let seeds = (0..<UInt64(Torture.isThorough ? 10 : 3)).map { $0 }
    static let stride = Torture.isThorough ? 1 : 3
    /// What the points of one seed stand for, of all that the seeds reach together.
    static let share = Torture.isThorough ? 1 : stride * Disturbance.Moment.allCases.count

    /// The steps at whose one side a seed is disturbed, without end; `isSparse` takes each third of them.
    static func steps(
        of seed: UInt64,
        _ moment: Disturbance.Moment,
        isSparse: Bool
    ) -> some Sequence<Int> {
        let moments = Disturbance.Moment.allCases
        let turn = Torture.isThorough ? 0 : moments.firstIndex(of: moment) ?? 0
        let step = share * (isSparse && !Torture.isThorough ? 3 : 1)
        return Swift.stride(from: 1 + Int(seed) % stride + turn * stride, to: Int.max, by: step)
    }
}

/// Promise P1 in the simulation: whatever dies or fails, at whichever step, the run is finished, and everything is there once.
// All cases begin together, so each one may take as long as all of them.
@Suite(.timeLimit(.minutes(Torture.isThorough ? 60 : 10))) struct DisturbanceTests {
    private static let ownFiles = ["a", "b", "f", "g", "z"]

    /// Runs with a disturbance at the n-th step, for every n until none is reached; answers how many were.
    private func enumerate(
        _ deed: Disturbance.Deed,
        _ seam: Disturbance.Seam,
        seed: UInt64,
        isSparse: Bool = false,
        then second: (Int) -> [Disturbance.Point] = { _ in [] },
        expect: (DisturbedRun.Result, String) -> Void
    ) async throws -> Int {
        var reachedCount = 0
        for moment in Disturbance.Moment.allCases {
            for number in Extent.steps(of: seed, moment, isSparse: isSparse) {
                let points = [Disturbance.Point(deed, seam, number, moment)] + second(number)
                let result = try await DisturbedRun(seed: seed, points: points).run()
                guard result.reachedCount > 0 else { break }
                reachedCount += 1
                expect(result, "\(points)")
            }
        }
        return reachedCount
    }

    /// What holds after every disturbed run.
    private func expectWholeness(_ result: DisturbedRun.Result, _ story: String) {
        #expect(result.violations == [], "\(story)")
        #expect(result.outcomes.last == .finished, "\(story): \(result.outcomes) \(result.states)")
        #expect(result.livingAgentCount == 0, "\(story)")
        #expect(result.unkept == [], "trees that cannot be got back, \(story)")
        for task in Self.ownFiles {
            #expect(result.contents[task + ".txt"] == [TaskID(task)], "\(story)")
        }
        #expect(result.contents["list"]?.sorted() == [TaskID("d"), TaskID("e")], "\(story)")
        #expect(result.contents.count == Self.ownFiles.count + 1, "\(story): \(result.contents.keys.sorted())")
        let told = result.entries.compactMap { entry in
            if case .disposed(let attempt, .setAside) = entry.event { attempt } else { nil }
        }
        #expect(result.worktrees.filter { !told.contains($0) } == [], "worktrees that nobody was told of, \(story)")
    }

    /// What holds besides where engines only died: nothing is left behind, and no work was done again.
    private func expectNoLoss(_ result: DisturbedRun.Result, _ story: String) {
        expectWholeness(result, story)
        #expect(result.worktrees == [], "\(story)")
        let counts = Dictionary(grouping: result.begun, by: \.task.text).mapValues(\.count)
        for task in ["a", "b", "g", "s", "z"] { #expect(counts[task] == 1, "\(task), \(story)") }
        #expect(counts["f"] == 2, "\(story)")
        #expect((counts["d"] ?? 0) + (counts["e"] ?? 0) <= 3, "\(story)")
    }

    @Test(arguments: Extent.seeds)
    func `a run that nothing disturbs has each contribution once`(seed: UInt64) async throws {
        let result = try await DisturbedRun(seed: seed).run()

        expectNoLoss(result, "undisturbed")
        #expect(result.outcomes == [.finished])
    }

    @Test(arguments: Extent.seeds)
    func `an engine that dies at any commit of its journal costs nothing`(seed: UInt64) async throws {
        let count = try await enumerate(.die, .journal, seed: seed, expect: expectNoLoss)

        Torture.tell("die:journal seed \(seed): \(count) points")
        #expect(count * Extent.share > 60)
    }

    @Test(arguments: Extent.seeds)
    func `an engine that dies around any of its commands costs nothing`(seed: UInt64) async throws {
        let count = try await enumerate(.die, .world, seed: seed, expect: expectNoLoss)

        Torture.tell("die:world seed \(seed): \(count) points")
        #expect(count * Extent.share > 80)
    }

    @Test(arguments: Extent.seeds)
    func `an engine that dies again while it recovers costs nothing`(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        for seam in [Disturbance.Seam.journal, .world] {
            let count = try await enumerate(
                .die,
                seam,
                seed: seed,
                isSparse: true,
                then: { _ in
                    let moment = Disturbance.Moment.allCases.randomElement(using: &random) ?? .before
                    return [
                        Disturbance.Point(.die, .world, Int.random(in: 1...6, using: &random), moment),
                        Disturbance.Point(.die, .journal, Int.random(in: 1...4, using: &random), moment),
                    ]
                },
                expect: expectNoLoss
            )
            #expect(count * Extent.share * 3 > 60)
        }
    }

    @Test(arguments: Extent.seeds)
    func `a commit that fails, even after it succeeded, ends the engine and costs nothing`(seed: UInt64) async throws {
        let count = try await enumerate(.fail, .journal, seed: seed, expect: expectNoLoss)

        Torture.tell("fail:journal seed \(seed): \(count) points")
        #expect(count * Extent.share > 60)
    }

    @Test(arguments: Extent.seeds)
    func `a command that fails, even after it succeeded, costs an attempt at most`(seed: UInt64) async throws {
        let count = try await enumerate(.fail, .world, seed: seed, expect: expectWholeness)

        Torture.tell("fail:world seed \(seed): \(count) points")
        #expect(count * Extent.share > 80)
    }

    @Test(arguments: Extent.seeds)
    func `an attempt whose keeper dies with the engine is interrupted, kept and made again`(seed: UInt64) async throws {
        for number in stride(from: 3, through: 40, by: Torture.isThorough ? 3 : 9) {
            let point = Disturbance.Point(.die, .journal, number, .after)
            let result = try await DisturbedRun(seed: seed, points: [point], loss: 100).run()
            expectWholeness(result, "\(point)")
        }
    }
}
