package import StrettoCore
import Synchronization
import TestSupport

/// A repository in memory: paths with the number of the commit that last changed them, strict about the order of calls.
///
/// A call that comes again does what ``Recovery/deed(in:finding:)`` says about the traces that it finds. A call that is cut off because its
/// engine died may have gone on, as git commands do, or left half of its work.
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
        var worktrees: [AttemptID: Checkout] = [:]
        /// Trees that were kept when their worktree was removed.
        var keptLate: Set<AttemptID> = []
        /// Which tasks changed a path, in the order of their merges.
        var contents: [String: [TaskID]] = [:]
        var collected: [AttemptID: Contribution] = [:]
        var merged: [AttemptID: MergeReceipt] = [:]
        var mergingNow: AttemptID?
        var setAside: Set<AttemptID> = []
    }

    private struct Checkout {
        var base: Int
        var isReady = false
    }

    private let clock: World.VirtualClock
    private let violations: Violations
    private let pathCount: Int
    private let path: (@Sendable (TaskID) -> String)?
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

    /// A repository at its first commit, with every sort of fault; `path` says which path a task changes, else it is drawn.
    package init(
        clock: World.VirtualClock,
        seed: UInt64,
        pathCount: Int,
        faults: Faults,
        path: (@Sendable (TaskID) -> String)? = nil,
        violations: Violations
    ) {
        self.clock = clock
        self.path = path
        self.pathCount = pathCount
        self.faults = faults
        self.violations = violations
        state = Mutex(State(random: SplitMix64(seed: seed ^ 0x6174)))
    }

    /// Tasks whose work is in the run's branch, each as often as it was merged.
    package var mergedTasks: [TaskID] { state.withLock { $0.merged.keys.map(\.task).sorted() } }

    /// Attempts whose worktrees are there.
    package var worktrees: [AttemptID] { state.withLock { $0.worktrees.keys.sorted() } }

    /// Paths with the tasks that changed them, in the order of their merges.
    package var contents: [String: [TaskID]] { state.withLock { $0.contents } }

    /// Whether the attempt's tree can be got back.
    package func isKept(_ attempt: AttemptID) -> Bool {
        state.withLock { $0.collected[attempt] != nil || $0.keptLate.contains(attempt) || $0.worktrees[attempt] != nil }
    }

    /// Lets time pass; false where the engine died meanwhile and what was under way went no further.
    private func pause() async -> Bool {
        if (try? await clock.sleep(for: .milliseconds(50))) != nil { return true }
        return state.withLock { Bool.random(using: &$0.random) }
    }

    private static let cutOff = Trouble("the engine died meanwhile", isPassing: true)

    /// Nothing is drawn for what cannot happen, so that seeds keep their stories.
    private func demandRoom() throws(Trouble) {
        let isRefused = state.withLock { Self.happens(faults.refusal, &$0) }
        if isRefused { throw Trouble(diskRefusal: "No space left on device") }
    }

    package func prepare(_ order: PrepareOrder) async throws(Trouble) -> Worktree {
        try demandRoom()
        let attempt = order.attempt
        let deed: Recovery.Deed? = state.withLock { state in
            let checkout = state.worktrees[attempt]
            let trace: Recovery.Trace = checkout.map { $0.isReady ? .whole : .half } ?? .nothing
            if trace != .whole, Self.happens(faults.trouble, &state) { return nil }
            let deed = Recovery.deed(in: .preparing, finding: trace)
            if deed == .begin { state.worktrees[attempt] = Checkout(base: state.head) }
            return deed
        }
        guard let deed else { throw Trouble("the lock is held", isPassing: true) }
        guard await pause() || deed == .answer else { throw Self.cutOff }
        let base = state.withLock { state in
            state.worktrees[attempt]?.isReady = true
            return state.worktrees[attempt]?.base
        }
        guard let base else { throw Trouble("the worktree of \(attempt) was removed under its preparation") }
        return Worktree(path: "/w/\(attempt)", base: CommitID("c\(base)"))
    }

    package func collect(_ order: CollectOrder) async throws(Trouble) -> Contribution {
        guard await pause() else { throw Self.cutOff }
        try demandRoom()
        let contribution: Contribution? = state.withLock { state in
            violations.require(
                state.worktrees[order.attempt] != nil,
                "\(order.attempt) is collected without a worktree"
            )
            let known = state.collected[order.attempt]
            switch Recovery.deed(in: .collecting, finding: known == nil ? .nothing : .whole) {
            case .answer: return known
            default: break
            }
            if Self.happens(faults.collection, &state) { return nil }
            let path =
                self.path?(order.attempt.task)
                ?? "f\(Int.random(in: 0..<max(1, pathCount), using: &state.random))"
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
        let goesOn = await pause()
        let results = goesOn ? await verify("/w/merge") : []
        return state.withLock { state in
            state.mergingNow = nil
            guard goesOn else { return .held(Self.cutOff.message) }
            if Self.happens(faults.refusal, &state) { return .refused(Trouble(diskRefusal: "No space left on device")) }
            let former = state.merged[attempt]
            if Recovery.deed(in: .merging, finding: former == nil ? .nothing : .whole) == .answer, let former {
                return .merged(former)
            }
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
            for change in order.contribution.changes {
                state.lastChange[change.path] = state.head
                state.contents[change.path, default: []].append(attempt.task)
            }
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
        guard await pause() else { return .setAside(path: "/w/\(attempt)", reason: Self.cutOff.message) }
        return state.withLock { state in
            let stays = state.setAside.contains(attempt) || Self.happens(faults.setAside, &state)
            if stays, state.worktrees[attempt] != nil {
                state.setAside.insert(attempt)
                return .setAside(path: "/w/\(attempt)", reason: "a nested repository")
            }
            // What nobody has kept yet is kept now.
            if state.collected[attempt] == nil, state.worktrees[attempt] != nil { state.keptLate.insert(attempt) }
            state.worktrees[attempt] = nil
            return .removed
        }
    }

    package func conclude(_ order: ConcludeOrder) async -> Trouble? {
        _ = await pause()
        do throws(Trouble) {
            try demandRoom()
            return nil
        } catch {
            return error
        }
    }

    package func diff(_ contribution: Contribution, bytesMax: Int) async -> String { "" }
}
