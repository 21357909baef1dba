import StrettoCore
import StrettoEngine
import StrettoSimulation
import TestSupport
import Testing

/// A run with everything against it: every fault, keys at random, a crash, and starts after each end.
private struct RoughRun {
    let seed: UInt64

    struct Result: Sendable {
        var outcomes: [Outcome] = []
        var entries: [JournalEntry]
        var violations: [String]
        var mergedTasks: [TaskID]
        var worktrees: [AttemptID]
        var livingAgentCount: Int
    }

    /// How often a run that did not finish is taken up again.
    private static let resumptionCount = 3

    func run() async throws -> Result {
        var random = SplitMix64(seed: seed ^ 0x5EED)
        let options = PlanGenerator.Options(reviewPercent: seed % 2 == 0 ? 30 : 0)
        let plan = PlanGenerator.plan(size: 3 + Int(seed % 9), options: options, using: &random)
        let edited = PlanGenerator.plan(size: 3 + Int(seed % 9), options: options, using: &random)
        let spec = spec(for: plan, using: &random)
        let crash = Int.random(in: 1...60, using: &random)

        let world = World(seed: seed)
        let violations = Violations()
        let journal = LawfulJournal(crash: seed % 2 == 0 ? .before(crash) : .after(crash), violations: violations)
        let repository = SimulatedRepository(
            clock: world.clock,
            seed: seed,
            pathCount: 4,
            faults: .init(trouble: 5, collection: 5, setAside: 10, held: 10),
            violations: violations
        )
        let faults = SimulatedAgents.Faults(failure: 15, interruption: 15, loss: 20)
        let agents = SimulatedAgents(clock: world.clock, seed: seed, faults: faults, violations: violations)
        let checks = SimulatedChecks(seed: seed, failurePercent: 15)
        let person = Person(seed: seed, actionCount: 6, clock: world.clock)
        let outcomes = await world.run {
            var outcomes: [Outcome] = []
            var resumptions = 0
            while resumptions <= Self.resumptionCount {
                let engine = RunEngine(
                    journal: journal,
                    worktrees: repository,
                    agents: agents,
                    checks: checks,
                    clock: world.clock,
                    now: { Timestamp(milliseconds: world.clock.now.offset.milliseconds) }
                )
                let beginning: [Event]
                if journal.entries.isEmpty {
                    beginning = [.opened(spec)]
                } else if journal.replica.outcome == nil {
                    let revision = seed % 3 == 0 ? [Event.planRevised(Self.grown(plan))] : []
                    beginning = [.restarted] + revision + [.attendanceBegan(holdsOnFailure: seed % 5 == 0), .recovered]
                } else {
                    let revision = resumptions == 2 ? [Event.planRevised(edited)] : []
                    beginning =
                        [.restarted] + revision + [.attendanceBegan(holdsOnFailure: seed % 5 == 0), .runResumed]
                }
                let entries = journal.entries
                async let interference: Void = person.interfere(with: engine, plan: plan, isFirst: resumptions < 2)
                let outcome = await engine.run(after: Replay(of: entries), then: beginning)
                await interference
                outcomes.append(outcome)
                if outcome == .finished { break }
                journal.repair()
                resumptions += 1
            }
            return outcomes
        }
        return Result(
            outcomes: try #require(outcomes, "seed \(seed) hangs after \(journal.entries.suffix(6).map(\.event.name))"),
            entries: journal.entries,
            violations: violations.all,
            mergedTasks: repository.mergedTasks,
            worktrees: repository.worktrees,
            livingAgentCount: agents.livingCount
        )
    }

    /// The plan with one task more; another order of what is under way would be a person's own breach of the laws.
    private static func grown(_ plan: Plan) -> Plan {
        var plan = plan
        let task = PlanTask(id: TaskID("new.1"), name: "new", builder: .claude)
        plan.sections.append(PlanSection(id: "new", name: "New", tasks: [task]))
        return plan
    }

    private func spec(for plan: Plan, using random: inout SplitMix64) -> RunSpec {
        let tasks = plan.tasks.map(\.id)
        let scope: RunSpec.Scope =
            switch seed % 6 {
            case 0: .only(tasks.filter { _ in Bool.random(using: &random) })
            case 1: .single
            case 2: tasks.randomElement(using: &random).map { .from($0) } ?? .all
            default: .all
            }
        return RunSpec(
            id: RunID("rough-1"),
            plan: plan,
            planPath: "plan.yaml",
            base: CommitID("c0"),
            workers: Int.random(in: 1...4, using: &random),
            gates: Gates(plan: seed % 7 == 0 ? .human : .auto, unattended: seed % 3 == 0 ? .auto : .human),
            budget: seed % 4 == 0 ? Budget(tokens: Int.random(in: 100...2000, using: &random)) : nil,
            scope: scope,
            holdsOnFailure: seed % 5 == 0
        )
    }
}

@Suite(.timeLimit(.minutes(5))) struct RoughSimulationTests {
    @Test(arguments: (0..<200).map { UInt64($0) })
    func `no fault, crash, key or new start breaks a law or leaves anything behind`(seed: UInt64) async throws {
        let result = try await RoughRun(seed: seed).run()

        #expect(result.violations == [])
        #expect(result.livingAgentCount == 0)
        #expect(Set(result.mergedTasks).count == result.mergedTasks.count, "a task was merged twice")
        guard result.outcomes.last == .finished else { return }
        let kept = result.entries.compactMap { entry in
            switch entry.event {
            case .disposed(let attempt, .setAside): attempt
            default: nil
            }
        }
        let forgotten = result.worktrees.filter { !kept.contains($0) }
        #expect(forgotten == [], "worktrees that nobody was told of")
    }
}
