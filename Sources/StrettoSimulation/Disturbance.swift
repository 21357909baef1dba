package import StrettoCore
import Synchronization

/// Kills the engine or fails a call at chosen moments: the n-th commit of the journal or the n-th call into the world.
///
/// Each point belongs to one life of the engine, the first point to the first one; numbers are counted anew in each.
package final class Disturbance: Sendable {
    package enum Deed: Sendable {
        /// The engine is gone at this moment: nothing that it has under way hears of anything any more.
        case die
        /// The call fails, and the engine hears of it.
        case fail
    }

    package enum Seam: Sendable { case journal, world }

    package enum Moment: Sendable, CaseIterable {
        /// Nothing has happened yet.
        case before
        /// All has happened, and nobody has noted it.
        case after
    }

    package struct Point: Sendable, CustomStringConvertible {
        package var deed: Deed
        package var seam: Seam
        package var number: Int
        package var moment: Moment

        package init(_ deed: Deed, _ seam: Seam, _ number: Int, _ moment: Moment) {
            (self.deed, self.seam, self.number, self.moment) = (deed, seam, number, moment)
        }

        package var description: String { "\(deed):\(seam):\(number):\(moment)" }
    }

    /// What a disturbed call says.
    package static let trouble = Trouble("this call was disturbed", isPassing: true)

    private struct State {
        var points: [Point]
        var journalCount = 0
        var worldCount = 0
        var isDead = false
        var reachedCount = 0
        /// Rings in the present life.
        var bell: AsyncStream<Void>.Continuation?
    }

    private let state: Mutex<State>
    private let clock: World.VirtualClock

    package init(_ points: [Point], clock: World.VirtualClock) {
        state = Mutex(State(points: points))
        self.clock = clock
    }

    /// How many points were reached so far.
    package var reachedCount: Int { state.withLock { $0.reachedCount } }

    /// How many commits and calls the present life has seen.
    package var counts: (journal: Int, world: Int) { state.withLock { ($0.journalCount, $0.worldCount) } }

    /// Returns when the engine dies, or when the surrounding task is cancelled.
    package func untilDeath() async {
        // Each life has a stream of its own, because cancelling its reader ends a stream for good.
        let (deaths, bell) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let isDead = state.withLock { state in
            state.bell = bell
            return state.isDead
        }
        if isDead { return }
        for await _ in deaths { return }
    }

    private func ring() { state.withLock { $0.bell }?.yield() }

    /// The next life begins.
    package func revive() {
        state.withLock { state in
            state.isDead = false
            state.journalCount = 0
            state.worldCount = 0
            if !state.points.isEmpty { state.points.removeFirst() }
        }
    }

    // MARK: The seams

    /// Begins a call into the world; its number is for ``leave(_:)``.
    func enter() async throws(Trouble) -> Int {
        let number = state.withLock { state in
            state.worldCount += 1
            return state.worldCount
        }
        try await pass(number, .before)
        return number
    }

    /// Ends a call that has done its work.
    func leave(_ number: Int) async throws(Trouble) { try await pass(number, .after) }

    private func pass(_ number: Int, _ moment: Moment) async throws(Trouble) {
        switch meet(.world, number, moment) {
        case nil: break
        case .fail: throw Self.trouble
        case .die:
            ring()
            // Whatever a dead engine had under way never comes back to it.
            while !Task.isCancelled { try? await clock.sleep(for: .seconds(1 << 40)) }
            throw Self.trouble
        }
    }

    /// A commit's number.
    func enterCommit() throws(Trouble) -> Int {
        let number = state.withLock { state in
            state.journalCount += 1
            return state.journalCount
        }
        try passCommit(number, .before)
        return number
    }

    func passCommit(_ number: Int, _ moment: Moment) throws(Trouble) {
        guard let deed = meet(.journal, number, moment) else { return }
        if deed == .die { ring() }
        throw Self.trouble
    }

    /// What is to be done at this moment; a dead engine stays dead.
    private func meet(_ seam: Seam, _ number: Int, _ moment: Moment) -> Deed? {
        state.withLock { state in
            if state.isDead { return .die }
            guard let point = state.points.first, point.seam == seam, point.number == number, point.moment == moment
            else { return nil }
            state.reachedCount += 1
            if point.deed == .die { state.isDead = true }
            return point.deed
        }
    }
}

/// A journal whose commits can be disturbed.
package struct DisturbedJournal: RunJournaling {
    private let journal: any RunJournaling
    private let disturbance: Disturbance

    package init(_ journal: any RunJournaling, _ disturbance: Disturbance) {
        (self.journal, self.disturbance) = (journal, disturbance)
    }

    package func append(_ entries: [JournalEntry], leadingTo state: Scheduler) async throws(Trouble) {
        let number = try disturbance.enterCommit()
        try await journal.append(entries, leadingTo: state)
        try disturbance.passCommit(number, .after)
    }
}

/// A repository whose every call can be disturbed.
package struct DisturbedWorktrees: WorktreeProviding {
    private let worktrees: any WorktreeProviding
    private let disturbance: Disturbance

    package init(_ worktrees: any WorktreeProviding, _ disturbance: Disturbance) {
        (self.worktrees, self.disturbance) = (worktrees, disturbance)
    }

    package func prepare(_ order: PrepareOrder) async throws(Trouble) -> Worktree {
        let number = try await disturbance.enter()
        let worktree = try await worktrees.prepare(order)
        try await disturbance.leave(number)
        return worktree
    }

    package func collect(_ order: CollectOrder) async throws(Trouble) -> Contribution {
        let number = try await disturbance.enter()
        let contribution = try await worktrees.collect(order)
        try await disturbance.leave(number)
        return contribution
    }

    package func noteLeftovers(of order: CollectOrder) async { await worktrees.noteLeftovers(of: order) }

    package func merge(
        _ order: MergeOrder,
        verify: @Sendable (_ directory: String) async -> [CheckResult]
    ) async -> MergeResult {
        do throws(Trouble) {
            let number = try await disturbance.enter()
            let result = await worktrees.merge(order, verify: verify)
            try await disturbance.leave(number)
            return result
        } catch {
            return .held(error.message)
        }
    }

    package func dispose(_ attempt: AttemptID) async -> Disposal {
        do throws(Trouble) {
            let number = try await disturbance.enter()
            let disposal = await worktrees.dispose(attempt)
            try await disturbance.leave(number)
            return disposal
        } catch {
            return .setAside(path: "/w/\(attempt)", reason: error.message)
        }
    }

    package func conclude(_ order: ConcludeOrder) async -> Trouble? {
        do throws(Trouble) {
            let number = try await disturbance.enter()
            let trouble = await worktrees.conclude(order)
            try await disturbance.leave(number)
            return trouble
        } catch {
            return error
        }
    }

    package func diff(_ contribution: Contribution, bytesMax: Int) async -> String {
        await worktrees.diff(contribution, bytesMax: bytesMax)
    }
}

/// Agents whose lives and ends can be disturbed; a request that fails is lost.
package struct DisturbedAgents: AgentRunning {
    private let agents: any AgentRunning
    private let disturbance: Disturbance

    package init(_ agents: any AgentRunning, _ disturbance: Disturbance) {
        (self.agents, self.disturbance) = (agents, disturbance)
    }

    package func run(
        _ order: LaunchOrder,
        progress: @escaping @Sendable (AgentProgress) -> Void
    ) async -> AgentExit {
        do throws(Trouble) {
            let number = try await disturbance.enter()
            let exit = await agents.run(order, progress: progress)
            try await disturbance.leave(number)
            return exit
        } catch {
            return AgentExit(status: .unknown, verdict: .interrupted(error.message))
        }
    }

    package func terminate(_ attempt: AttemptID) async {
        guard let number = try? await disturbance.enter() else { return }
        await agents.terminate(attempt)
        try? await disturbance.leave(number)
    }
}

/// Checks whose rounds can be disturbed: none of them then passes.
package struct DisturbedChecks: CheckRunning {
    private let checks: any CheckRunning
    private let disturbance: Disturbance

    package init(_ checks: any CheckRunning, _ disturbance: Disturbance) {
        (self.checks, self.disturbance) = (checks, disturbance)
    }

    package func run(
        _ checks: [Check],
        attempt: AttemptID,
        directory: String,
        environment: TaskEnvironment
    ) async -> [CheckResult] {
        guard !checks.isEmpty else { return [] }
        do throws(Trouble) {
            let number = try await disturbance.enter()
            let results = await self.checks.run(
                checks,
                attempt: attempt,
                directory: directory,
                environment: environment
            )
            try await disturbance.leave(number)
            return results
        } catch {
            return checks.map {
                CheckResult(name: $0.name, status: .unknown, duration: .zero, output: error.message)
            }
        }
    }
}
