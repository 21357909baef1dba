package import StrettoCore

/// What remains in git of a run that is given up, and what a prune may take.
package struct RunTraces: Hashable, Sendable {
    package var run: RunID
    /// The head of the run's branch; nil where there is none.
    package var branch: CommitID?
    /// Where the branch is checked out.
    package var checkout: String?
    /// The head that the branch had when the run was discarded; nil where it was not.
    package var discarded: CommitID?
    /// Whether the checkout has everything of the run, by whichever way it was landed.
    package var isLanded: Bool
    package var trees: [KeptTree]

    /// Whether a tree is proved to be in the user's own history.
    package func isSafe(_ tree: KeptTree) -> Bool {
        tree.containment == .checkout || (isLanded && [.run, .discarded].contains(tree.containment))
    }

    /// Whether a tree is on no branch at all, or will be on none without the run's own.
    package func isOnlyHere(_ tree: KeptTree, withoutRunBranch: Bool = false) -> Bool {
        !isSafe(tree)
            && ([.nowhere, .discarded].contains(tree.containment) || (withoutRunBranch && tree.containment == .run))
    }
}

extension Repository {
    /// Everything that git holds of a run; see ``keptTrees(of:bases:)`` for `bases`.
    package func traces(of run: RunID, bases: [AttemptID: CommitID] = [:]) async throws(Trouble) -> RunTraces {
        var fields = NulSeparated(
            try await git.run(
                .init(
                    "for-each-ref",
                    "--format=%(objectname)%00%(worktreepath)%00",
                    "refs/heads/" + run.branch,
                    in: topLevel
                )
            ).output
        )
        let branch = fields.next().map { CommitID($0) }
        let checkout = fields.next() ?? ""
        let discarded = try await discardedHead(of: run)
        var isLanded = false
        if let tip = branch ?? discarded { isLanded = try await hasEverything(of: tip, in: head) }
        return RunTraces(
            run: run,
            branch: branch,
            checkout: checkout.isEmpty ? nil : checkout,
            discarded: discarded,
            isLanded: isLanded,
            trees: try await keptTrees(of: run, bases: bases)
        )
    }

    /// The runs that were discarded and can be had back, in the order of their names.
    package func discardedRuns() async throws(Trouble) -> [RunID] {
        var runs: [RunID] = []
        for run in try await runsWithTraces() where try await discardedHead(of: run) != nil { runs.append(run) }
        return runs
    }

    /// Takes the run's branch away and notes its head under a private ref, in one step.
    /// - Throws: where the branch has moved since the traces were read; nothing has changed then.
    package func discardBranch(_ traces: RunTraces) async throws(Trouble) {
        guard let head = traces.branch else { return }
        try await transact([
            "update \(RunNames.discardedRef(traces.run)) \(head)",
            "delete refs/heads/\(traces.run.branch) \(head)",
        ])
    }

    /// Gives a discarded run its branch back.
    /// - Returns: the branch's head; nil where the run was not discarded or has been pruned.
    package func restoreBranch(of run: RunID) async throws(Trouble) -> CommitID? {
        guard let head = try await discardedHead(of: run) else { return nil }
        try await transact([
            "create refs/heads/\(run.branch) \(head)",
            "delete \(RunNames.discardedRef(run)) \(head)",
        ])
        return head
    }

    /// Removes kept trees, and the memory of a discarded branch where `forgetsBranch` says so, in one step.
    ///
    /// A ref that has moved since the traces were read stops all of it.
    package func prune(_ trees: [KeptTree], of traces: RunTraces, forgetsBranch: Bool) async throws(Trouble) {
        var lines = trees.flatMap { tree in
            ["delete \(tree.ref.name) \(tree.ref.commit)"] + tree.companions.map { "delete \($0.name) \($0.commit)" }
        }
        if forgetsBranch, let head = traces.discarded {
            lines.append("delete \(RunNames.discardedRef(traces.run)) \(head)")
        }
        if !lines.isEmpty { try await transact(lines) }
    }

    /// Nil where the run was not discarded.
    func discardedHead(of run: RunID) async throws(Trouble) -> CommitID? {
        let name = RunNames.discardedRef(run)
        let answer = try await git.run(
            .init("for-each-ref", "--format=%(objectname) %(refname)", name, in: topLevel)
        )
        return RefSnapshot(answer.output)[name]
    }

    /// Whether merging `tip` into `head` would change nothing: true after every sort of landing.
    func hasEverything(of tip: CommitID, in head: CommitID) async throws(Trouble) -> Bool {
        if try await contains(tip, in: head) { return true }
        var request = Git.Request(
            "merge-tree",
            "--write-tree",
            "--no-messages",
            "-z",
            "--name-only",
            head.text,
            tip.text,
            in: topLevel
        )
        // Conflicts and unrelated histories are answers, too: not everything is there.
        request.answers = [0, 1, 128]
        let answer = try await git.run(request)
        guard answer.code == 0 else { return false }
        var fields = NulSeparated(answer.output)
        let merged = fields.next() ?? ""
        return try await tree(of: head).text == merged.trimmingLineEnd
    }

    private func transact(_ lines: [String]) async throws(Trouble) {
        var request = Git.Request("update-ref", "--stdin", "-m", "stretto: give up", in: topLevel)
        request.input = Array((lines.joined(separator: "\n") + "\n").utf8)
        _ = try await git.run(request)
    }
}
