package import StrettoCore
import Synchronization
import TestSupport

/// A repository in memory: paths with the number of the commit that last changed them, strict about the order of calls.
package final class SimulatedRepository: WorktreeProviding {
    private struct State {
        var random: SplitMix64
        var head = 0
        var lastChange: [String: Int] = [:]
        var worktrees: [AttemptID: Int] = [:]
        var collected: [AttemptID: Contribution] = [:]
        var merged: [AttemptID: MergeReceipt] = [:]
        var mergingNow: AttemptID?
        var isConcluded = false
    }

    private let clock: World.VirtualClock
    private let violations: Violations
    private let pathCount: Int
    private let troublePercent: Int
    private let state: Mutex<State>

    /// A repository at its first commit.
    ///
    /// Few paths (`pathCount`) mean many conflicts; `troublePercent` is how often a worktree cannot be made.
    package init(
        clock: World.VirtualClock,
        seed: UInt64,
        pathCount: Int,
        troublePercent: Int,
        violations: Violations
    ) {
        self.clock = clock
        self.pathCount = pathCount
        self.troublePercent = troublePercent
        self.violations = violations
        state = Mutex(State(random: SplitMix64(seed: seed ^ 0x6174)))
    }

    /// Tasks whose work is in the run's branch, each as often as it was merged.
    package var mergedTasks: [TaskID] { state.withLock { $0.merged.keys.map(\.task).sorted() } }

    package var worktreeCount: Int { state.withLock { $0.worktrees.count } }

    private func pause() async { try? await clock.sleep(for: .milliseconds(50)) }

    package func prepare(_ order: PrepareOrder) async throws(Trouble) -> Worktree {
        await pause()
        let base: Int? = state.withLock { state in
            if let base = state.worktrees[order.attempt] { return base }
            if Int.random(in: 0..<100, using: &state.random) < troublePercent { return nil }
            state.worktrees[order.attempt] = state.head
            return state.head
        }
        guard let base else { throw Trouble("the lock is held", isPassing: true) }
        return Worktree(path: "/w/\(order.attempt)", base: CommitID("c\(base)"))
    }

    package func collect(_ order: CollectOrder) async throws(Trouble) -> Contribution {
        await pause()
        return state.withLock { state in
            violations.require(
                state.worktrees[order.attempt] != nil,
                "\(order.attempt) is collected without a worktree"
            )
            if let known = state.collected[order.attempt] { return known }
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
    }

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
            if let receipt = state.merged[attempt] { return .merged(receipt) }
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
        state.withLock { state in _ = state.worktrees.removeValue(forKey: attempt) }
        return .removed
    }

    package func conclude(_ order: ConcludeOrder) async -> Trouble? {
        await pause()
        return nil
    }

    package func diff(_ contribution: Contribution, bytesMax: Int) async -> String { "" }
}
