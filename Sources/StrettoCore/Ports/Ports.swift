/// Worktrees, kept trees and merges of one run, in one repository.
///
/// Each call may come a second time with the same order after a crash; it then finds what it did and answers the same.
package protocol WorktreeProviding: Sendable {
    /// Makes the attempt's worktree; calls are serialised inside.
    func prepare(_ order: PrepareOrder) async throws(Trouble) -> Worktree

    /// Commits leftovers, keeps the tree under the attempt's ref and tells what changed. Runs no check.
    func collect(_ order: CollectOrder) async throws(Trouble) -> Contribution

    /// Remembers what the order's checks left behind in the worktree, so that it never counts as the attempt's work.
    func noteLeftovers(of order: CollectOrder) async

    /// Merges by `merge-tree`, `commit-tree` and `update-ref`.
    ///
    /// `verify` runs the order's checks in the given directory, which holds the merged tree; it is called only where the
    /// branch has moved since the attempt's base.
    func merge(
        _ order: MergeOrder,
        verify: @Sendable (_ directory: String) async -> [CheckResult]
    ) async -> MergeResult

    /// Removes the attempt's worktree once everything in it is proved to be kept.
    func dispose(_ attempt: AttemptID) async -> Disposal

    /// Writes the last HANDOFF.md and removes the run's own worktrees.
    func conclude(_ order: ConcludeOrder) async -> Trouble?

    /// The attempt's diff against its base, as unified text of at most `bytesMax` bytes.
    func diff(_ contribution: Contribution, bytesMax: Int) async -> String
}

/// How a merge went.
package enum MergeResult: Hashable, Sendable {
    case merged(MergeReceipt)
    case conflicted(MergeConflict)
    case held(String)
    /// The disk took nothing more; the branch is where it was.
    case refused(Trouble)
}

/// Agents as processes: one call, one life.
package protocol AgentRunning: Sendable {
    /// Starts the attempt's agent under a keeper, or adopts the one that still lives, and returns when its process tree is over.
    ///
    /// `progress` is called when the process is known, and whenever the attempt's usage grew. Cancelling the surrounding
    /// task makes the call return early and sends the agent nothing: it lives on under its keeper.
    func run(_ order: LaunchOrder, progress: @escaping @Sendable (AgentProgress) -> Void) async -> AgentExit

    /// Ends the attempt's process tree: SIGINT, SIGTERM, SIGKILL with grace periods. Returns at once; the end comes from ``run(_:progress:)``.
    func terminate(_ attempt: AttemptID) async
}

/// News of an attempt under way.
package enum AgentProgress: Hashable, Sendable {
    case started(AgentProcess)
    case used(Usage)
    /// Something stands between the agent and its model, or soon will; the agent may still get over it by itself.
    case troubled(ProviderTrouble)
}

/// Checks as processes.
package protocol CheckRunning: Sendable {
    /// Runs the checks one after the other in `directory`, each to its end or its timeout.
    func run(
        _ checks: [Check],
        attempt: AttemptID,
        directory: String,
        environment: TaskEnvironment
    ) async -> [CheckResult]
}

/// The durable log of one run.
package protocol RunJournaling: Sendable {
    /// Appends in one commit; when it returns, the entries are on the disk.
    ///
    /// `state` is the scheduler after the last of them, for a snapshot that shortens a replay.
    /// - Throws: trouble; then nothing was written, and after a disk's refusal the same call may be tried again.
    func append(_ entries: [JournalEntry], leadingTo state: Scheduler) async throws(Trouble)
}
