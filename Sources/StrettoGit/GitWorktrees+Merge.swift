package import StrettoCore

extension GitWorktrees {
    /// Merges a contribution into the run's branch, one call at a time.
    ///
    /// What keeps the branch from being moved (a checkout of it) is `held`, with the way out.
    package func merge(
        _ order: MergeOrder,
        verify: @Sendable (_ directory: String) async -> [CheckResult]
    ) async -> MergeResult {
        await merging.enter()
        let result: MergeResult
        do throws(Trouble) {
            result = try await mergeAlone(order, verify: verify)
        } catch {
            result = error.isDiskRefusal ? .refused(error) : .held(error.message)
        }
        await merging.leave()
        return result
    }

    private func mergeAlone(
        _ order: MergeOrder,
        verify: @Sendable (_ directory: String) async -> [CheckResult]
    ) async throws(Trouble) -> MergeResult {
        for _ in 0..<Self.movedHeadsMax {
            guard let branch = try await branch() else { throw branchIsGone }
            if order.contribution.changes.isEmpty {
                return .merged(MergeReceipt(commit: branch.head, tree: branch.tree, changed: false))
            }
            var tree = order.contribution.tree
            if branch.head != order.contribution.base {
                if let receipt = try await formerMerge(order, head: branch.head) { return .merged(receipt) }
                if let checkout = branch.checkout { return .held(held(by: checkout)) }
                let place = try await mergeWorktree(at: branch.head)
                switch try await mergeTree(order.contribution.commit, into: branch.head, place) {
                case .conflict(let conflict): return .conflicted(conflict)
                case .clean(let merged): tree = merged
                }
                if let conflict = await failedChecks(order, tree: tree, head: branch.head, place, verify) {
                    return conflict
                }
            }
            if let checkout = branch.checkout { return .held(held(by: checkout)) }
            let text = try await handoffText(order.handoff, at: branch.head)
            let made = try await stream(
                tree: tree,
                parents: [branch.head, order.contribution.commit],
                message: order.message,
                time: order.time,
                handoff: text
            )
            guard try await moveBranch(from: branch.head, to: made.commit, why: "merge \(order.attempt)") else {
                continue
            }
            if let text { newestHandoff = (made.commit, text) } else { newestHandoff?.head = made.commit }
            return .merged(MergeReceipt(commit: made.commit, tree: made.tree, changed: true))
        }
        throw Trouble(
            "\(names.run.branch) was moved by somebody else \(Self.movedHeadsMax) times: retry when that has ended",
            isPassing: true
        )
    }

    /// How often a merge starts over because the branch moved meanwhile.
    private static let movedHeadsMax = 5

    private func held(by checkout: String) -> String {
        "\(names.run.branch) is checked out in \(checkout), and moving it would change files under a person's hands: "
            + "switch that worktree to another branch ('git -C \(checkout) switch --detach'), then retry"
    }

    /// The receipt of a merge that was done before a crash.
    private func formerMerge(_ order: MergeOrder, head: CommitID) async throws(Trouble) -> MergeReceipt? {
        let answer = try await git.run(
            .init(
                "rev-list",
                "--first-parent",
                "--no-commit-header",
                "--format=%H %T %P",
                head.text,
                "^\(order.contribution.base)",
                in: repository.topLevel
            )
        )
        for line in answer.output.split(separator: UInt8(ascii: "\n")) {
            let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
            guard words.dropFirst(2).contains(order.contribution.commit.text) else { continue }
            return MergeReceipt(commit: CommitID(words[0]), tree: TreeID(words[1]), changed: true)
        }
        return nil
    }

    private enum Merging {
        case clean(TreeID)
        case conflict(MergeConflict)
    }

    /// Merges in the object store; attributes come from the merge worktree's files.
    private func mergeTree(
        _ commit: CommitID,
        into head: CommitID,
        _ place: AttemptWorktree
    ) async throws(Trouble) -> Merging {
        var request = Git.Request(
            "merge-tree",
            "--write-tree",
            "-z",
            "--name-only",
            head.text,
            commit.text,
            in: place.path
        )
        request.answers = [0, 1]
        let answer = try await git.run(request)
        var fields = NulSeparated(answer.output)
        let tree = TreeID(fields.next() ?? "")
        guard answer.code != 0 else { return .clean(tree) }
        var paths: [String] = []
        // An empty field ends the list of paths; messages follow as count, paths, sort, text.
        while let path = fields.next(), !path.isEmpty { paths.append(path) }
        var messages: [String] = []
        while let count = fields.next().flatMap({ Int($0) }) {
            for _ in 0..<count { _ = fields.next() }
            let sort = fields.next() ?? ""
            let message = (fields.next() ?? "").trimmingLineEnd
            if !message.isEmpty, sort != "Auto-merging" { messages.append(message) }
        }
        let detail = String(messages.joined(separator: "\n").prefix(Self.detailCharactersMax))
        return .conflict(MergeConflict(head: head, paths: paths, detail: detail))
    }

    private static let detailCharactersMax = 4096

    private func failedChecks(
        _ order: MergeOrder,
        tree: TreeID,
        head: CommitID,
        _ place: AttemptWorktree,
        _ verify: @Sendable (_ directory: String) async -> [CheckResult]
    ) async -> MergeResult? {
        guard !order.checks.isEmpty else { return nil }
        do throws(Trouble) {
            // Leftovers of earlier checks must prove nothing; ignored files stay, they make builds quick.
            _ = try await git.run(.init("clean", "-ffdq", in: place.path))
            mergeWorktreeCommit = nil
            _ = try await git.run(.init("read-tree", "--reset", "-u", tree.text, in: place.path))
        } catch {
            return error.isDiskRefusal ? .refused(error) : .held(error.message)
        }
        let failed = await verify(place.path).filter { !$0.passed }
        guard !failed.isEmpty else { return nil }
        return .conflicted(
            MergeConflict(
                head: head,
                paths: [],
                failedChecks: failed,
                detail: "merged cleanly with \(head.short), but these checks failed on the merged tree: "
                    + failed.map(\.name).joined(separator: ", ")
            )
        )
    }

    /// The run's merge worktree with the files of `head`.
    private func mergeWorktree(at head: CommitID) async throws(Trouble) -> AttemptWorktree {
        guard let place = place(names.mergePath), place.detachedHead != nil else {
            let place = try await addWorktree(names.mergePath, at: head)
            mergeWorktreeCommit = head
            return place
        }
        guard mergeWorktreeCommit != head else { return place }
        place.removeStaleLocks()
        mergeWorktreeCommit = nil
        _ = try await git.run(.init("checkout", "--quiet", "--force", "--detach", head.text, in: place.path))
        mergeWorktreeCommit = head
        return place
    }

    /// The whole of HANDOFF.md with the new part; nil where it stays as it is.
    func handoffText(_ part: String, at head: CommitID) async throws(Trouble) -> [UInt8]? {
        guard !part.isEmpty else { return nil }
        let existing: [UInt8]?
        if let newest = newestHandoff, newest.head == head {
            existing = newest.text
        } else {
            existing = try await content(of: Self.handoffPath, at: head)
            newestHandoff = (head, existing)
        }
        let text = HandoffFile.content(existing, part: part)
        return text == existing ? nil : text
    }

    /// Nil where the commit has no such file.
    private func content(of path: String, at commit: CommitID) async throws(Trouble) -> [UInt8]? {
        var request = Git.Request("cat-file", "--batch", in: repository.topLevel)
        request.input = Array("\(commit):\(path)\n".utf8)
        let output = try await git.run(request).output
        // "OID blob SIZE" and the content with a line end, or "... missing".
        guard let end = output.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let words = String(decoding: output[..<end], as: UTF8.self).split(separator: " ")
        guard words.count == 3, words[1] == "blob", let size = Int(words[2]), output.count > end + size else {
            return nil
        }
        return Array(output[(end + 1)..<(end + 1 + size)])
    }

    func stream(
        tree: TreeID,
        parents: [CommitID],
        message: String,
        time: Timestamp,
        handoff: [UInt8]?
    ) async throws(Trouble) -> (commit: CommitID, tree: TreeID) {
        guard let handoff else {
            return (try await commitTree(tree, parents: parents, message: message, time: time), tree)
        }
        return try await CommitStream(
            scratchRef: names.scratchRef,
            identity: repository.identity,
            time: time,
            message: message,
            parents: parents,
            tree: tree,
            file: (Self.handoffPath, handoff)
        ).write(with: git, in: repository.topLevel)
    }

    /// False where the branch is not at `old` any more.
    func moveBranch(from old: CommitID, to new: CommitID, why: String) async throws(Trouble) -> Bool {
        var request = Git.Request(
            "update-ref",
            "-m",
            "stretto: " + why,
            names.branchRef,
            new.text,
            old.text,
            in: repository.topLevel
        )
        request.answers = [0, 128]
        let answer = try await git.run(request)
        if answer.code == 0 { return true }
        guard answer.errorText.contains("but expected") else {
            let message = "\(names.run.branch) cannot be moved: \(answer.errorText.trimmingLineEnd)"
            if Git.isDiskRefusal(answer.errorText) { throw Trouble(diskRefusal: message) }
            throw Trouble(message, isPassing: true)
        }
        return false
    }
}
