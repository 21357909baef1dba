internal import StrettoCore

/// The names of one run in git and on disk.
struct RunNames: Hashable, Sendable {
    var run: RunID
    /// The folder of the run's worktrees, absolute.
    var folder: String

    /// The only branch.
    var branchRef: String { "refs/heads/" + run.branch }

    /// Below this lie the kept trees.
    var keptPrefix: String { Self.keptPrefix(of: run) }

    /// Where a commit lives for the moment of its making; `%s` is no encoded task.
    var scratchRef: String { keptPrefix + "%scratch" }

    /// The checkout in which merges happen; `%m` is no encoded task.
    var mergePath: String { folder + "/%merge" }

    /// The folder of all runs' worktrees, absolute.
    var root: String { String(folder.dropLast(run.text.count + 1)) }

    /// Where checkouts wait for another attempt; `%s` is no encoded task.
    var sparesFolder: String { folder + "/%spares" }

    /// Where the branch of a discarded run pointed; `%d` is no encoded task.
    static func discardedRef(_ run: RunID) -> String { keptPrefix(of: run) + "%discarded" }

    static func keptPrefix(of run: RunID) -> String { "refs/stretto/\(run)/" }

    /// `refs/stretto/RUN/TASK/N`, or with a remark behind the number.
    func keptRef(_ attempt: AttemptID, remark: KeptRef.Remark = .none) -> String {
        keptFolder(attempt.task) + "\(attempt.number)" + remark.suffix
    }

    /// Below this lie a task's kept trees; ends with a slash.
    func keptFolder(_ task: TaskID) -> String { keptPrefix + PercentEncoding.component(task.text) + "/" }

    /// Below this lies what is kept of a repository inside the attempt's worktree; ends with a slash.
    func nestedPrefix(_ attempt: AttemptID, number: Int, path: String) -> String {
        let again = number == 1 ? "" : "-\(number)"
        return keptRef(attempt) + "-nested\(again)/" + PercentEncoding.component(path) + "/"
    }

    func worktreePath(_ attempt: AttemptID) -> String {
        "\(folder)/\(PercentEncoding.component(attempt.task.text)).\(attempt.number)"
    }
}
