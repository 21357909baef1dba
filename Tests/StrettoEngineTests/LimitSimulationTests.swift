import StrettoCore
import StrettoEngine
import StrettoSimulation
import Synchronization
import TestSupport
import Testing

/// Agents that tell what they used only when they are over, and cost what their seed says.
final class LateAgents: AgentRunning {
    static let costMax = 1_000_000

    private let clock: World.VirtualClock
    private let state: Mutex<(random: SplitMix64, ended: Set<AttemptID>, spent: Int)>

    init(clock: World.VirtualClock, seed: UInt64) {
        self.clock = clock
        state = Mutex((SplitMix64(seed: seed), [], 0))
    }

    /// Millionths of a dollar that were really spent.
    var spent: Int { state.withLock { $0.spent } }

    func run(_ order: LaunchOrder, progress: @escaping @Sendable (AgentProgress) -> Void) async -> AgentExit {
        let (minutes, cost) = state.withLock { state in
            (Int.random(in: 1...60, using: &state.random), Int.random(in: 1...Self.costMax, using: &state.random))
        }
        try? await clock.sleep(for: .seconds(60 * minutes))
        let wasEnded = state.withLock { state in
            state.spent += cost
            return state.ended.contains(order.attempt)
        }
        return AgentExit(
            status: .code(0),
            verdict: wasEnded ? .interrupted("terminated") : .completed(evidence: true),
            usage: Usage(inputTokens: cost, outputTokens: 0, microdollars: cost)
        )
    }

    /// It stops when it is done with its one long turn, as an agent does that cannot be interrupted in it.
    func terminate(_ attempt: AttemptID) async { state.withLock { _ = $0.ended.insert(attempt) } }
}

/// What is known at the last start of a run: from there on nothing new can be spent.
private struct LastStart {
    var limit: Int
    /// Spent and expected, the newcomer included.
    var committed = 0
    var expectations: [AttemptID: Int] = [:]
}

/// Limits of budgets and providers, over hours of invented time.
@Suite(.timeLimit(.minutes(5))) struct LimitSimulationTests {
    private static let workers = 8

    private func spec(limit: Int, overrun: Overrun) -> RunSpec {
        let tasks = (0..<40).map { PlanTask(id: TaskID("\($0)"), name: "task \($0)", builder: .claude) }
        let plan = Plan(name: "late", sections: [PlanSection(id: "s", name: "S", tasks: tasks)])
        return RunSpec(
            id: RunID("late-1"),
            plan: plan,
            planPath: "plan.yaml",
            base: CommitID("c0"),
            workers: Self.workers,
            gates: Gates(),
            budget: Budget(microdollars: limit, overrun: overrun)
        )
    }

    /// Goes through the journal again and remembers how things stood when the last attempt began.
    private func lastStart(in entries: [JournalEntry], limit: Int) -> LastStart {
        var scheduler = Scheduler()
        var last = LastStart(limit: limit)
        for entry in entries {
            let effects = scheduler.handle(entry.event, at: entry.time)
            guard effects.contains(where: { if case .prepare = $0 { true } else { false } }) else { continue }
            guard let account = scheduler.accounts.first else { continue }
            let kind = Ledger.Kind(role: nil, builder: .claude, model: nil)
            let working = scheduler.taskOrder.compactMap { scheduler.task($0) }.filter {
                $0.worker != nil && $0.attempts.last?.exit == nil
            }
            let isAlone = account.busyCount == 1
            last.committed = isAlone ? limit : account.spent + account.reserved
            last.expectations = [:]
            for task in working {
                let attempt = AttemptID(task: task.id, number: task.attempts.count)
                last.expectations[attempt] = isAlone ? limit - account.spent : account.expectation(of: kind)
            }
        }
        return last
    }

    @Test(arguments: (0..<60).map { UInt64($0) }, [Overrun.stop, .drain])
    func `eight agents that report late overshoot by no more than the formula says`(
        seed: UInt64,
        overrun: Overrun
    ) async throws {
        let limit = 3_000_000 + Int(seed) * 100_000
        let spec = spec(limit: limit, overrun: overrun)
        let world = World(seed: seed)
        let violations = Violations()
        let journal = LawfulJournal(violations: violations)
        let repository = SimulatedRepository(
            clock: world.clock,
            seed: seed,
            pathCount: 1000,
            troublePercent: 0,
            violations: violations
        )
        let agents = LateAgents(clock: world.clock, seed: seed)
        let outcome = await world.run {
            let engine = RunEngine(
                journal: journal,
                worktrees: repository,
                agents: agents,
                checks: SimulatedChecks(seed: seed, failurePercent: 0),
                clock: world.clock,
                now: { Timestamp(milliseconds: world.clock.now.offset.milliseconds) }
            )
            return await engine.run(then: [.opened(spec)])
        }

        #expect(violations.all == [])
        #expect(outcome?.exitCode == .budget)
        #expect(journal.replica.usage.microdollars == agents.spent, "the ledger is what was really spent")
        let last = lastStart(in: journal.entries, limit: limit)
        let excess = last.expectations.reduce(0) { sum, expected in
            let record = journal.replica.task(expected.key.task)?.attempts[expected.key.number - 1]
            return sum + max(0, (record?.usage.microdollars ?? 0) - expected.value)
        }
        #expect(last.committed <= limit)
        #expect(agents.spent <= limit + excess, "the sum of what each cost beyond its reservation")
        #expect(agents.spent < limit + Self.workers * LateAgents.costMax, "the simple bound")
    }

    @Test(arguments: (0..<300).map { UInt64($0) })
    func `closed providers admit nothing, probes are single, and everything goes on in the end`(
        seed: UInt64
    ) async throws {
        let result = try await Simulation(
            seed: seed,
            options: .init(hasTimeouts: false),
            faults: .init(failure: Int(seed % 3) * 10, limit: 5 + Int(seed % 4) * 10),
            interferenceCount: seed % 5 == 0 ? 4 : 0
        ).run()

        #expect(result.violations == [])
        #expect(result.livingAgentCount == 0)
        if seed % 5 != 0 {
            let lost = result.states.values.filter { $0 == .failed || $0 == .blocked }
            #expect(result.outcomes.last == .finished || !lost.isEmpty, "\(result.outcomes)")
        }
    }

    @Test(arguments: (0..<10).map { UInt64($0) })
    func `a crash while a provider is closed forgets nothing`(seed: UInt64) async throws {
        let faults = SimulatedAgents.Faults(failure: 10, limit: 30)
        let writes = try await Simulation(seed: seed, faults: faults).run().entries.count
        for count in stride(from: 1, through: writes, by: max(1, writes / 8)) {
            let result = try await Simulation(seed: seed, crash: .after(count), faults: faults).run()

            #expect(result.violations == [], "crash at write \(count)")
            #expect(result.livingAgentCount == 0)
        }
    }
}
