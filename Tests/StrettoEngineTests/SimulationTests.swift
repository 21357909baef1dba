import StrettoCore
import StrettoEngine
import StrettoSimulation
import TestSupport
import Testing

/// One simulated run with everything drawn from its seed.
struct Simulation {
    let seed: UInt64
    var crash: LawfulJournal.Crash = .never
    var options = PlanGenerator.Options()
    var faults = SimulatedAgents.Faults()
    var pathCount = 50
    /// How many times a person interferes.
    var interferenceCount = 0
    var unattended = GatePolicy.auto

    struct Result: Sendable {
        var outcomes: [Outcome]
        var entries: [JournalEntry]
        var violations: [String]
        var mergedTasks: [TaskID]
        var states: [TaskID: TaskState]
        var livingAgentCount: Int
        var elapsed: Duration
    }

    /// Where a run stands that no longer moves, for the failure's message.
    private static func story(_ journal: LawfulJournal) -> String {
        let snapshot = journal.replica.snapshot(logPath: "")
        let tasks = (snapshot?.tasks ?? []).map { "\($0.id) \($0.state) \($0.detail)" }
        let events = journal.entries.suffix(8).map { "\($0.event.name)" }
        return "\(snapshot.map { "\($0.header.phase)" } ?? "unopened"); \(tasks); \(events)"
    }

    func run() async throws -> Result {
        var random = SplitMix64(seed: seed)
        let plan = PlanGenerator.plan(size: 3 + Int(seed % 50) / 3, options: options, using: &random)
        let spec = RunSpec(
            id: RunID("generated-1"),
            plan: plan,
            planPath: "plan.yaml",
            base: CommitID("c0"),
            workers: Int.random(in: 1...4, using: &random),
            gates: Gates(unattended: unattended)
        )
        let world = World(seed: seed)
        let violations = Violations()
        let journal = LawfulJournal(crash: crash, violations: violations)
        let repository = SimulatedRepository(
            clock: world.clock,
            seed: seed,
            pathCount: pathCount,
            troublePercent: 2,
            violations: violations
        )
        let agents = SimulatedAgents(clock: world.clock, seed: seed, faults: faults, violations: violations)
        let checks = SimulatedChecks(seed: seed, failurePercent: 15)
        let person = Person(seed: seed, actionCount: interferenceCount, clock: world.clock)
        let outcomes = try #require(
            await world.run {
                var outcomes: [Outcome] = []
                // A crash, and what follows it; then a person who resumes a run that did not finish.
                for start in 0..<6 {
                    let engine = RunEngine(
                        journal: journal,
                        worktrees: repository,
                        agents: agents,
                        checks: checks,
                        clock: world.clock,
                        now: { Timestamp(milliseconds: world.clock.now.offset.milliseconds) }
                    )
                    let events: [Event] = journal.entries.isEmpty ? [.opened(spec)] : [.recovered]
                    let entries = journal.entries
                    async let interference: Void = person.interfere(with: engine, plan: plan, isFirst: start == 0)
                    let outcome = await engine.run(after: Replay(of: entries), then: events)
                    await interference
                    outcomes.append(outcome)
                    guard case .broken = outcome else { break }
                    journal.repair()
                }
                return outcomes
            },
            "seed \(seed): the run got stuck for ever: \(Self.story(journal))"
        )
        let snapshot = journal.replica.snapshot(logPath: "")
        return Result(
            outcomes: outcomes,
            entries: journal.entries,
            violations: violations.all,
            mergedTasks: repository.mergedTasks,
            states: Dictionary(uniqueKeysWithValues: (snapshot?.tasks ?? []).map { ($0.id, $0.state) }),
            livingAgentCount: agents.livingCount,
            elapsed: world.clock.now.offset
        )
    }
}

/// Somebody who presses keys at random, then leaves.
struct Person: Sendable {
    let seed: UInt64
    let actionCount: Int
    let clock: World.VirtualClock

    func interfere(with engine: RunEngine<World.VirtualClock>, plan: Plan, isFirst: Bool) async {
        var random = SplitMix64(seed: seed ^ 0xFEED)
        // Once nothing else can run, the engine has taken its first letters.
        try? await clock.sleep(for: .milliseconds(1))
        if isFirst {
            for _ in 0..<actionCount {
                try? await clock.sleep(for: .seconds(Int64.random(in: 1...1800, using: &random)))
                guard let task = plan.tasks.randomElement(using: &random)?.id else { break }
                let commands: [Command] = [
                    .approve(task, tree: nil), .approve(task, tree: nil), .skip(task, reason: "not needed"),
                    .retry(task, note: "again"), .stopTask(task), .requestChanges(task, comment: "smaller"),
                    .recheck(task), .stopRun(.drain), .stopRun(.now), .resumeRun, .resumeRun,
                ]
                guard let command = commands.randomElement(using: &random) else { break }
                engine.submit(command) { _ in }
            }
        }
        engine.submit(.endAttendance) { _ in }
    }
}

@Suite(.timeLimit(.minutes(5))) struct SimulationTests {
    @Test(arguments: (0..<100).map { UInt64($0) })
    func `work that validators judge is merged with the word of each of them alone`(seed: UInt64) async throws {
        var simulation = Simulation(seed: seed, crash: seed % 2 == 0 ? .after(Int(seed) * 3 + 5) : .never)
        simulation.options = .init(reviewPercent: seed % 3 == 0 ? 30 : 0, validators: ["validator", "qa-auditor"])
        simulation.faults = .init(failure: 10, interruption: 10, emptyHanded: 5, loss: 10, limit: 5)
        simulation.pathCount = seed % 4 == 0 ? 4 : 50
        simulation.interferenceCount = Int(seed % 7)

        let result = try await simulation.run()

        #expect(result.violations == [], "seed \(seed)")
        #expect(result.livingAgentCount == 0)
    }

    @Test(arguments: (0..<500).map { UInt64($0) })
    func `random plans with random failures and keys keep every law`(seed: UInt64) async throws {
        let result = try await Simulation(
            seed: seed,
            options: .init(allowsCycles: seed % 7 == 0, reviewPercent: seed % 3 == 0 ? 30 : 0),
            faults: .init(failure: Int(seed % 5) * 8, interruption: seed % 4 == 0 ? 10 : 0),
            pathCount: seed % 2 == 0 ? 2 : 30,
            interferenceCount: Int(seed % 6),
            unattended: seed % 2 == 0 ? .auto : .human
        ).run()

        #expect(result.violations == [])
        #expect(result.livingAgentCount == 0)
        #expect(Set(result.mergedTasks).count == result.mergedTasks.count, "a task was merged twice")
        if result.outcomes.last == .finished {
            for (task, state) in result.states {
                #expect(state == .done || state == .skipped || state == .excluded, "\(task) is \(state)")
            }
        }
    }

    @Test(arguments: (0..<30).map { UInt64($0) })
    func `a crash at any journal write loses nothing and repeats nothing`(seed: UInt64) async throws {
        let undisturbed = try await Simulation(seed: seed, faults: .init(failure: 10)).run()
        let writes = undisturbed.entries.count
        for count in stride(from: 1, through: writes, by: max(1, writes / 10)) {
            for crash in [LawfulJournal.Crash.before(count), .after(count)] {
                let result = try await Simulation(seed: seed, crash: crash, faults: .init(failure: 10)).run()

                #expect(result.violations == [], "crash at write \(count)")
                #expect(result.livingAgentCount == 0)
                #expect(Set(result.mergedTasks).count == result.mergedTasks.count)
                if result.outcomes.last == .finished {
                    #expect(result.states.values.allSatisfy { $0 == .done || $0 == .excluded })
                }
            }
        }
    }

    @Test(arguments: (0..<50).map { UInt64($0) })
    func `the same seed gives the same history`(seed: UInt64) async throws {
        let simulation = Simulation(seed: seed, faults: .init(failure: 20), pathCount: 3, interferenceCount: 3)
        let first = try await simulation.run()
        let second = try await simulation.run()

        #expect(first.entries == second.entries)
        #expect(first.elapsed == second.elapsed)
    }

    @Test(arguments: (0..<100).map { UInt64($0) })
    func `tasks that all change the same path are all merged`(seed: UInt64) async throws {
        let result = try await Simulation(seed: seed, options: .init(hasTimeouts: false), pathCount: 1).run()

        #expect(result.violations == [])
        let unmerged = result.states.filter { $0.value != .done }.keys.sorted()
        let failedChecks = result.entries.contains { entry in
            if case .collected(_, _, let checks) = entry.event { checks.contains { !$0.passed } } else { false }
        }
        if !failedChecks { #expect(unmerged == [], "outcome \(result.outcomes)") }
    }
}
