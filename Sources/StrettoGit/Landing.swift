package import StrettoCore

/// How a run's branch comes into the user's branch.
package enum LandingMode: String, Hashable, Sendable, CaseIterable {
    case fastForward = "ff"
    case merge
    case squash
}

/// What a landing did.
package enum LandingResult: Hashable, Sendable {
    case landed(CommitID)
    /// The branch has everything already.
    case alreadyLanded
}

/// Why a run was not landed; nothing was changed then, and each case names the way out.
package enum LandingError: Error, Hashable, Sendable, CustomStringConvertible {
    case noBranch(RunID)
    case detachedHead
    case unrelated(branch: String, RunID)
    case staged(paths: [String])
    case inTheWay(paths: [String])
    case notFastForward(branch: String, RunID)
    case conflicts(paths: [String], RunID)
    /// Git, one of the user's hooks or their signing refused; its own words.
    case refused(String)

    /// What is wrong, where, and the way out.
    package var description: String {
        switch self {
        case .noBranch(let run):
            "there is no branch \(run.branch): 'git branch --list \"stretto/*\"' names the runs"
        case .detachedHead:
            "HEAD is on no branch, so there is nothing to land on: 'git switch BRANCH' first"
        case .unrelated(let branch, let run):
            "\(branch) and \(run.branch) have no commit in common: switch to the branch that the run came from"
        case .staged(let paths):
            "the index has changes (\(GitWorktrees.list(paths))), which a landing would mix in: commit or unstage them"
        case .inTheWay(let paths):
            "the run changes files that have uncommitted changes (\(GitWorktrees.list(paths))): commit or put them aside"
        case .notFastForward(let branch, let run):
            "\(branch) has commits that \(run.branch) lacks, so it cannot be fast-forwarded: land by merge or squash"
        case .conflicts(let paths, let run):
            "\(GitWorktrees.list(paths)) changed on both sides: 'git merge \(run.branch)' and resolve it by hand"
        case .refused(let message):
            message
        }
    }
}

extension Repository {
    /// Brings a run's branch into the branch that the checkout is on, with the user's hooks, identity and signing.
    ///
    /// All that can be known before is looked at first, and a refusal by a hook is undone, so the checkout stays as it was then. The
    /// message is that of the merge or squash commit; a fast-forward needs none.
    package func land(
        _ run: RunID,
        mode: LandingMode,
        message: String
    ) async throws(LandingError) -> LandingResult {
        guard let prospect = try await prospect(run) else { return .alreadyLanded }
        guard mode != .fastForward || prospect.isFastForward else {
            throw .notFastForward(branch: prospect.branch, run)
        }
        switch mode {
        case .fastForward:
            try await act(["merge", "--quiet", "--ff-only", run.branch], undo: nil)
        case .merge:
            try await act(
                ["merge", "--quiet", "--no-ff", "-m", message, run.branch],
                undo: ["merge", "--abort"]
            )
        case .squash:
            try await act(["merge", "--quiet", "--squash", run.branch], undo: ["reset", "--quiet", "--merge"])
            try await act(["commit", "--quiet", "-m", message], undo: ["reset", "--quiet", "--merge"])
        }
        return .landed(CommitID(try await ask(.init("rev-parse", "HEAD", in: topLevel)).line))
    }

    /// What is known before a landing.
    private struct Prospect {
        var branch: String
        var isFastForward: Bool
    }

    /// Nil where there is nothing to land.
    private func prospect(_ run: RunID) async throws(LandingError) -> Prospect? {
        let theirs = try await ask(
            .init("rev-parse", "--verify", "--quiet", "refs/heads/" + run.branch, in: topLevel),
            answers: [0, 1]
        )
        guard theirs.code == 0 else { throw .noBranch(run) }
        let status = WorkStatus(
            try await ask(
                .init(
                    "status",
                    "--porcelain=v2",
                    "-z",
                    "--branch",
                    "--no-renames",
                    "--untracked-files=all",
                    in: topLevel
                )
            ).output
        )
        guard let branch = status.branch, let head = status.head else { throw .detachedHead }
        let meeting = try await ask(.init("merge-base", head.text, theirs.line, in: topLevel), answers: [0, 1])
        guard meeting.code == 0 else { throw .unrelated(branch: branch, run) }
        if meeting.line == theirs.line { return nil }

        let isFastForward = meeting.line == head.text
        var result = theirs.line
        if !isFastForward {
            let merge = try await ask(
                .init(
                    "merge-tree",
                    "--write-tree",
                    "-z",
                    "--name-only",
                    "--no-messages",
                    head.text,
                    theirs.line,
                    in: topLevel
                ),
                answers: [0, 1]
            )
            var fields = NulSeparated(merge.output)
            result = fields.next() ?? ""
            guard merge.code == 0 else { throw .conflicts(paths: fields.remaining().filter { !$0.isEmpty }, run) }
        }
        let touched = Set(try await changedPaths(from: head.text, to: result))
        // After a squash the branch is no ancestor, but it has nothing to add either.
        if touched.isEmpty, !isFastForward { return nil }

        let staged = status.changed.filter(\.isStaged).map(\.path) + status.conflicted
        guard staged.isEmpty else { throw .staged(paths: staged) }
        let inTheWay = (status.changed.map(\.path) + status.untracked).filter { touched.contains($0) }
        guard inTheWay.isEmpty else { throw .inTheWay(paths: inTheWay) }
        return Prospect(branch: branch, isFastForward: isFastForward)
    }

    private func changedPaths(from old: String, to new: String) async throws(LandingError) -> [String] {
        do {
            return try await changes(from: old, to: new).map(\.path)
        } catch {
            throw .refused(error.message)
        }
    }

    private func ask(_ request: Git.Request, answers: [Int32] = [0]) async throws(LandingError) -> Git.Answer {
        var request = request
        request.answers = answers
        do {
            return try await git.run(request)
        } catch {
            throw .refused(error.message)
        }
    }

    /// A command in the user's name; where it is refused, `undo` brings the checkout back.
    private func act(_ arguments: [String], undo: [String]?) async throws(LandingError) {
        var request = Git.Request(in: topLevel)
        request.arguments = arguments
        do {
            _ = try await userGit.run(request)
        } catch {
            if let undo {
                request.arguments = undo
                // Where git had not even begun there is nothing to undo, and it says so.
                _ = try? await userGit.run(request)
            }
            throw .refused(error.message)
        }
    }
}
