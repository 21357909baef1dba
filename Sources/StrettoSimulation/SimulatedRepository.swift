package import StrettoCore
import Synchronization
import TestSupport

/// A repository in memory: paths with the number of the commit that last changed them, strict about the order of calls.
package final class SimulatedRepository: WorktreeProviding {
    /// How often what goes wrong, in percent.
    package struct Faults: Sendable {
        /// A worktree cannot be made.
        package var trouble: Int
        /// A tree cannot be kept.
        package var collection: Int
        /// A worktree cannot be proved to be kept, and stays.
        package var setAside: Int
        /// The run's branch cannot be moved.
        package var held: Int
        /// The disk takes nothing more.
        package var refusal: Int

        package init(
            trouble: Int = 0,
            collection: Int = 0,
            setAside: Int = 0,
            held: Int = 0,
            refusal: Int = 0
        ) {
            self.trouble = trouble
            self.collection = collection
            self.setAside = setAside
            self.held = held
            self.refusal = refusal
        }
    }

    private struct State {
        var random: SplitMix64
        var head = 0
        var lastChange: [String: Int] = [:]
        var worktrees: [AttemptID: Int] = [:]
        var collected: [AttemptID: Contribution] = [:]
        var merged: [AttemptID: MergeReceipt] = [:]
        var mergingNow: AttemptID?
        var setAside: Set<AttemptID> = []
    }

    private let clock: World.VirtualClock
    private let violations: Violations
    private let pathCount: Int
    private let faults: Faults
    private let state: Mutex<State>

    /// A repository at its first commit.
    ///
    /// Few paths (`pathCount`) mean many conflicts; `troublePercent` is how often a worktree cannot be made.
    package convenience init(
        clock: World.VirtualClock,
        seed: UInt64,
        pathCount: Int,
        troublePercent: Int,
        violations: Violations
    ) {
        let faults = Faults(trouble: troublePercent)
        self.init(clock: clock, seed: seed, pathCount: pathCount, faults: faults, violations: violations)
    }

    /// A repository at its first commit, with every sort of fault.
    package init(
        clock: World.VirtualClock,
        seed: UInt64,
        pathCount: Int,
        faults: Faults,
        violations: Violations
    ) {
        self.clock = clock
        self.pathCount = pathCount
        self.faults = faults
        self.violations = violations
        state = Mutex(State(random: SplitMix64(seed: seed ^ 0x6174)))
    }

    /// Tasks whose work is in the run's branch, each as often as it was merged.
    package var mergedTasks: [TaskID] { state.withLock { $0.merged.keys.map(\.task).sorted() } }

    /// Attempts whose worktrees are there.
    package var worktrees: [AttemptID] { state.withLock { $0.worktrees.keys.sorted() } }

    private func pause() async { try? await clock.sleep(for: .milliseconds(50)) }

    /// Nothing is drawn for what cannot happen, so that seeds keep their stories.
    private func demandRoom() throws(Trouble) {
        let isRefused = state.withLock { Self.happens(faults.refusal, &$0) }
        if isRefused { throw Trouble(diskRefusal: "No space left on device") }
    }

    package func prepare(_ order: PrepareOrder) async throws(Trouble) -> Worktree {
        await pause()
        try demandRoom()
        let base: Int? = state.withLock { state in
            if let base = state.worktrees[order.attempt] { return base }
            if Self.happens(faults.trouble, &state) { return nil }
            state.worktrees[order.attempt] = state.head
            return state.head
        }
        guard let base else { throw Trouble("the lock is held", isPassing: true) }
        return Worktree(path: "/w/\(order.attempt)", base: CommitID("c\(base)"))
    }

    package func collect(_ order: CollectOrder) async throws(Trouble) -> Contribution {
        await pause()
        try demandRoom()
        let contribution: Contribution? = state.withLock { state in
            violations.require(
                state.worktrees[order.attempt] != nil,
                "\(order.attempt) is collected without a worktree"
            )
            if let known = state.collected[order.attempt] { return known }
            if Self.happens(faults.collection, &state) { return nil }
            let path = "f\(Int.random(in: 0..<max(1, pathCount), using: &state.random))"
            let contribution = Contribution(
                base: order.worktree.base,
                commit: CommitID("a-\(order.attempt)"),
                tree: TreeID("t-\(order.attempt)"),
                changes: [PathChange(path: path, kind: .modified, added: 1, removed: 0)]
            )
            state.collected[order.attempt] = contribution
            return contribution
        }
        guard let contribution else { throw Trouble("the disk is full", isPassing: true) }
        return contribution
    }

    private static func happens(_ percent: Int, _ state: inout State) -> Bool {
        percent > 0 && Int.random(in: 0..<100, using: &state.random) < percent
    }

    package func noteLeftovers(of order: CollectOrder) async {}

    package func merge(
        _ order: MergeOrder,
        verify: @Sendable (String) async -> [CheckResult]
    ) async -> MergeResult {
        let attempt = order.attempt
        state.withLock { state in
            violations.require(state.mergingNow == nil, "\(attempt) is merged while another merge goes on")
            violations.require(
                state.collected[attempt] == order.contribution,
                "\(attempt) merges what was not collected"
            )
            state.mergingNow = attempt
        }
        await pause()
        let results = await verify("/w/merge")
        return state.withLock { state in
            state.mergingNow = nil
            if Self.happens(faults.refusal, &state) { return .refused(Trouble(diskRefusal: "No space left on device")) }
            if let receipt = state.merged[attempt] { return .merged(receipt) }
            if Self.happens(faults.held, &state) { return .held("the branch is checked out") }
            let base = Int(order.contribution.base.text.dropFirst()) ?? 0
            let clashes = order.contribution.changes.map(\.path).filter { (state.lastChange[$0] ?? 0) > base }
            if !clashes.isEmpty {
                return .conflicted(MergeConflict(head: CommitID("c\(state.head)"), paths: clashes))
            }
            if base != state.head, results.contains(where: { !$0.passed }) {
                return .conflicted(MergeConflict(head: CommitID("c\(state.head)"), paths: [], failedChecks: results))
            }
            state.head += 1
            for change in order.contribution.changes { state.lastChange[change.path] = state.head }
            let receipt = MergeReceipt(
                commit: CommitID("c\(state.head)"),
                tree: TreeID("m\(state.head)"),
                changed: true
            )
            state.merged[attempt] = receipt
            return .merged(receipt)
        }
    }

    package func dispose(_ attempt: AttemptID) async -> Disposal {
        await pause()
        return state.withLock { state in
            let stays = state.setAside.contains(attempt) || Self.happens(faults.setAside, &state)
            if stays, state.worktrees[attempt] != nil {
                state.setAside.insert(attempt)
                return .setAside(path: "/w/\(attempt)", reason: "a nested repository")
            }
            state.worktrees[attempt] = nil
            return .removed
        }
    }

    package func conclude(_ order: ConcludeOrder) async -> Trouble? {
        await pause()
        do throws(Trouble) {
            try demandRoom()
            return nil
        } catch {
            return error
        }
    }

    package func diff(_ contribution: Contribution, bytesMax: Int) async -> String { "" }
}
