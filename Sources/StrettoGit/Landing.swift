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
    /// message is that of the merge or squash commit; a fast-forward needs none. Where both sides changed nothing alike but the engine's part of
    /// HANDOFF.md, as two runs from one commit do, the newer part goes in front of the earlier one.
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
            let undo = ["merge", "--abort"]
            try await act(
                ["merge", "--quiet", "--no-ff", "-m", message, run.branch],
                undo: undo,
                answers: prospect.handoff == nil ? [0] : [0, 1]
            )
            if let handoff = prospect.handoff {
                try await resolve(handoff, undo: undo)
                try await act(["commit", "--quiet", "-m", message], undo: undo)
            }
        case .squash:
            let undo = ["reset", "--quiet", "--merge"]
            try await act(
                ["merge", "--quiet", "--squash", run.branch],
                undo: undo,
                answers: prospect.handoff == nil ? [0] : [0, 1]
            )
            if let handoff = prospect.handoff { try await resolve(handoff, undo: undo) }
            try await act(["commit", "--quiet", "-m", message], undo: undo)
        }
        return .landed(CommitID(try await ask(.init("rev-parse", "HEAD", in: topLevel)).line))
    }

    /// What is known before a landing.
    private struct Prospect {
        var branch: String
        var isFastForward: Bool
        /// The only file in conflict, resolved.
        var handoff: [UInt8]?
    }

    /// Nil where there is nothing to land.
    private func prospect(_ run: RunID) async throws(LandingError) -> Prospect? {
        let theirs = try await ask(
            .init("rev-parse", "--verify", "--quiet", "refs/heads/" + run.branch, in: topLevel),
            answers: [0, 1]
        )
        guard theirs.code == 0 else { throw .noBranch(run) }
        let status = WorkStatus(try await ask(WorkStatus.request(in: topLevel)).output)
        guard let branch = status.branch, let head = status.head else { throw .detachedHead }
        let meeting = try await ask(.init("merge-base", head.text, theirs.line, in: topLevel), answers: [0, 1])
        guard meeting.code == 0 else { throw .unrelated(branch: branch, run) }
        if meeting.line == theirs.line { return nil }

        let isFastForward = meeting.line == head.text
        var result = theirs.line
        var handoff: [UInt8]?
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
            if merge.code != 0 {
                let paths = fields.remaining().filter { !$0.isEmpty }
                if paths == [GitWorktrees.handoffPath] {
                    handoff = try await mergedHandoff(base: meeting.line, ours: head.text, theirs: theirs.line)
                }
                if handoff == nil { throw .conflicts(paths: paths, run) }
            }
        }
        let touched = Set(try await changedPaths(from: head.text, to: result))
        // After a squash the branch is no ancestor, but it has nothing to add either.
        if touched.isEmpty, !isFastForward { return nil }

        let staged = status.changed.filter(\.isStaged).map(\.path) + status.conflicted
        guard staged.isEmpty else { throw .staged(paths: staged) }
        let inTheWay = (status.changed.map(\.path) + status.untracked).filter { touched.contains($0) }
        guard inTheWay.isEmpty else { throw .inTheWay(paths: inTheWay) }
        return Prospect(branch: branch, isFastForward: isFastForward, handoff: handoff)
    }

    /// HANDOFF.md of both sides in one; nil where only a person can tell.
    private func mergedHandoff(base: String, ours: String, theirs: String) async throws(LandingError) -> [UInt8]? {
        guard let mine = try await handoff(at: ours), let run = try await handoff(at: theirs) else { return nil }
        return HandoffFile.merged(base: try await handoff(at: base), ours: mine, theirs: run)
    }

    private func handoff(at commit: String) async throws(LandingError) -> [UInt8]? {
        let name = "\(commit):\(GitWorktrees.handoffPath)"
        let answer = try await ask(.init("cat-file", "blob", name, in: topLevel), answers: [0, 128])
        return answer.code == 0 ? answer.output : nil
    }

    /// Puts a file in the place of the one that git left in conflict.
    private func resolve(_ handoff: [UInt8], undo: [String]) async throws(LandingError) {
        do throws(Trouble) {
            try Disk.write(handoff, to: topLevel + "/" + GitWorktrees.handoffPath)
        } catch {
            _ = try? await act(undo, undo: nil)
            throw .refused(error.message)
        }
        try await act(["add", "--", GitWorktrees.handoffPath], undo: undo)
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
    private func act(_ arguments: [String], undo: [String]?, answers: [Int32] = [0]) async throws(LandingError) {
        var request = Git.Request(in: topLevel)
        request.arguments = arguments
        request.answers = answers
        do {
            _ = try await userGit.run(request)
        } catch {
            if let undo {
                request.arguments = undo
                request.answers = [0]
                // Where git had not even begun there is nothing to undo, and it says so.
                _ = try? await userGit.run(request)
            }
            throw .refused(error.message)
        }
    }
}
