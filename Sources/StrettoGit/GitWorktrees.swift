package import StrettoCore

/// The worktrees, kept trees and merges of one run in one repository.
///
/// Attempts work on detached heads below `worktreesRoot/RUN`; the only branch is `stretto/RUN`. Submodules are not initialised by
/// themselves: a setup command can do it.
package actor GitWorktrees: WorktreeProviding {
    let repository: Repository
    let names: RunNames
    let base: CommitID
    /// Paths that agents must not change, relative to the root.
    let enginePaths: [String]
    /// Files that the engine writes in the user's checkouts, absolute: no finding tells of them.
    let writtenByEngine: [String]

    let adding = Turnstile()
    let merging = Turnstile()

    /// Checkouts that wait for another attempt, and how those at work were made.
    var spares: Spares

    /// What ``collect(_:)`` kept in this process, to spare ``dispose(_:)`` a question.
    var keptCommits: [AttemptID: CommitID] = [:]
    /// The HANDOFF.md of the newest merge; nil text: there is none.
    var newestHandoff: (head: CommitID, text: [UInt8]?)?
    /// The first parts of the names in the file of packed refs, as long as that has this stamp.
    var packedSpaces: (stamp: String, names: Set<String>)?
    /// The commit whose files the merge worktree holds; nil: not known in this process.
    var mergeWorktreeCommit: CommitID?

    /// HANDOFF.md of the root is rendered by the engine.
    package static let handoffPath = "HANDOFF.md"
    /// Where an agent and the engine exchange files; it ignores itself.
    package static let mailboxName = ".stretto-attempt"

    /// Looks at nothing yet: ``open()`` does.
    ///
    /// `worktreesRoot` is absolute and outside the repository; a folder for the run is made in it. `enginePaths` are relative to the
    /// repository's root, such as `HANDOFF.md` and the plan. `writtenByEngine`
    /// are absolute paths, such as the plan file that shows statuses: no finding tells that they, or what they link to, changed.
    /// `spares` tells how many checkouts of attempts that are over may be reused.
    package init(
        repository: Repository,
        run: RunID,
        base: CommitID,
        worktreesRoot: String,
        enginePaths: [String],
        writtenByEngine: [String] = [],
        spares: SparePolicy = .never
    ) {
        self.repository = repository
        self.base = base
        self.enginePaths = enginePaths
        self.writtenByEngine = writtenByEngine
        self.spares = Spares(policy: spares)
        names = RunNames(run: run, folder: worktreesRoot + "/" + run.text)
    }

    var git: Git { repository.git }

    /// Makes the run's branch at the base, if it is not there yet, and removes the spare checkouts of an engine that died.
    package func open() async throws(Trouble) {
        removeStaleRefLocks()
        PackedRefs.removeStaleLock(in: repository.commonDirectory)
        try await forgetMoved()
        if let branch = try await branch() {
            guard try await repository.contains(base, in: branch.head) else {
                throw Trouble(
                    "\(names.run.branch) exists and does not come from \(base.short): "
                        + "rename it with 'git branch -m \(names.run.branch) OTHER'"
                )
            }
            return
        }
        // The empty old value demands that nobody was faster.
        _ = try await git.run(
            .init("update-ref", "-m", "stretto: begin", names.branchRef, base.text, "", in: repository.topLevel)
        )
    }

    /// The run's branch at one moment.
    struct Branch: Hashable, Sendable {
        var head: CommitID
        var tree: TreeID
        /// The worktree that has it checked out.
        var checkout: String?
    }

    /// Nil where the branch does not exist.
    func branch() async throws(Trouble) -> Branch? {
        var request = Git.Request(
            "for-each-ref",
            "--format=%(objectname)%00%(tree)%00%(worktreepath)%00",
            names.branchRef,
            in: repository.topLevel
        )
        request.answers = [0, 128]
        var answer = try await git.run(request)
        if answer.code != 0 {
            // The question makes git read all worktrees.
            request.answers = [0]
            answer = try await runWhileNoneIsAdded(request)
        }
        var fields = NulSeparated(answer.output)
        guard let head = fields.next(), let tree = fields.next(), let checkout = fields.next(), !tree.isEmpty
        else { return nil }
        return Branch(head: CommitID(head), tree: TreeID(tree), checkout: checkout.isEmpty ? nil : checkout)
    }

    /// Removes a worktree, files and registration.
    ///
    /// Git reads all registrations for that, and gives up at one that `git worktree add` is just making: then it is asked once more.
    func removeWorktree(_ path: String, _ force: String...) async throws(Trouble) {
        var request = Git.Request("worktree", "remove", in: repository.topLevel)
        request.arguments += force + [path]
        request.answers = [0, 128]
        guard try await git.run(request).code != 0 else { return }
        request.answers = [0]
        _ = try await runWhileNoneIsAdded(request)
    }

    /// Runs a command that reads what git notes of all worktrees: git gives up at one that `git worktree add` is just making.
    func runWhileNoneIsAdded(_ request: Git.Request) async throws(Trouble) -> Git.Answer {
        await adding.enter()
        let answer: Result<Git.Answer, Trouble>
        do throws(Trouble) { answer = .success(try await git.run(request)) } catch { answer = .failure(error) }
        await adding.leave()
        return try answer.get()
    }

    var branchIsGone: Trouble {
        Trouble("the branch \(names.run.branch) is gone: make it again with 'git branch \(names.run.branch) COMMIT'")
    }

    /// The attempt's worktree, if it is there whole.
    func place(_ path: String) -> AttemptWorktree? {
        AttemptWorktree(path: path, commonDirectory: repository.commonDirectory)
    }

    func isEngineOwned(_ path: String) -> Bool {
        enginePaths.contains { path == $0 || path.hasPrefix($0 + "/") }
    }
}
