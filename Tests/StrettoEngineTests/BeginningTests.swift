import StrettoCore
import StrettoEngine
import StrettoSimulation
import Synchronization
import Testing

/// What clients see and may do at the beginning of an engine.
@Suite(.timeLimit(.minutes(5))) struct BeginningTests {
    private let world = World(seed: 1)
    private let violations = Violations()
    private let updates = Updates()

    private final class Updates: Sendable {
        private let list = Mutex<[RunUpdate]>([])

        func append(_ update: RunUpdate) { list.withLock { $0.append(update) } }

        /// The first update, and forgets all.
        func takeFirst() -> RunUpdate? {
            list.withLock { list in
                defer { list = [] }
                return list.first
            }
        }
    }

    private func engine(_ journal: any RunJournaling) -> RunEngine<World.VirtualClock> {
        RunEngine(
            journal: journal,
            worktrees: SimulatedRepository(
                clock: world.clock,
                seed: 1,
                pathCount: 9,
                troublePercent: 0,
                violations: violations
            ),
            agents: SimulatedAgents(clock: world.clock, seed: 1, faults: .init(), violations: violations),
            checks: SimulatedChecks(seed: 1, failurePercent: 0),
            clock: world.clock,
            now: { [world] in Timestamp(milliseconds: world.clock.now.offset.milliseconds) },
            publish: { [updates] in updates.append($0) }
        )
    }

    private let spec = RunSpec(
        id: RunID("p-1"),
        plan: Plan(
            name: "p",
            sections: [
                PlanSection(
                    id: "s",
                    name: "S",
                    tasks: [
                        PlanTask(id: TaskID("a"), name: "A", builder: .claude, review: .human),
                        PlanTask(id: TaskID("b"), name: "B", dependencies: [TaskID("a")], builder: .claude),
                    ]
                )
            ]
        ),
        planPath: "p.yaml",
        base: CommitID("c0"),
        workers: 1,
        gates: Gates()
    )

    @Test func `a command that comes before the first event is taken after it`() async {
        let journal = LawfulJournal(violations: violations)
        let engine = engine(journal)
        engine.submit(.stopRun(.drain)) { _ in }

        let outcome = await world.run { [spec] in await engine.run(then: [.opened(spec)]) }

        #expect(outcome == .stopped)
        #expect(journal.entries.map(\.event.name).prefix(2) == ["opened", "runStopped"])
    }

    @Test func `the first update of an engine tells of every task, whatever it begins with`() async {
        let journal = LawfulJournal(violations: violations)
        let first = engine(journal)
        first.submit(.endAttendance) { _ in }
        let outcome = await world.run { [spec] in await first.run(then: [.opened(spec)]) }
        #expect(outcome == .needsHuman([TaskID("a")]))
        #expect(updates.takeFirst()?.tasks.count == 2)

        let second = engine(journal)
        let entries = journal.entries
        second.submit(.stopRun(.drain)) { _ in }
        _ = await world.run {
            await second.run(after: Replay(of: entries), then: [.attendanceBegan(holdsOnFailure: true), .runResumed])
        }

        let update = updates.takeFirst()
        #expect(update?.tasks.map(\.id.text) == ["a", "b"])
        #expect(update?.tasks.first?.state == .review)
        #expect(update?.handoff?.isEmpty == false)
    }
}
