package import StrettoCore

extension GitWorktrees {
    /// Writes the last HANDOFF.md, where the run's branch has moved at all, and removes the run's own worktree and folder.
    ///
    /// Worktrees that were set aside stay, and so does the folder then.
    package func conclude(_ order: ConcludeOrder) async -> Trouble? {
        await merging.enter()
        spares.close()
        let trouble: Trouble?
        do throws(Trouble) {
            try await forgetMoved()
            try await concludeAlone(order)
            trouble = nil
        } catch {
            trouble = error
        }
        await merging.leave()
        return trouble
    }

    private func concludeAlone(_ order: ConcludeOrder) async throws(Trouble) {
        if Disk.kind(names.mergePath) != nil {
            if place(names.mergePath) != nil {
                try await removeWorktree(names.mergePath, "--force", "--force")
            }
            mergeWorktreeCommit = nil
        }
        Disk.removeEmptyDirectory(names.folder)
        guard let branch = try await branch() else { throw branchIsGone }
        guard branch.head != base, let text = try await handoffText(order.handoff, at: branch.head) else { return }
        if let checkout = branch.checkout {
            throw Trouble(
                "the last \(Self.handoffPath) is not written, for \(names.run.branch) is checked out in \(checkout): "
                    + "switch that worktree to another branch"
            )
        }
        let made = try await stream(
            tree: branch.tree,
            parents: [branch.head],
            message: order.message,
            time: order.time,
            handoff: text
        )
        guard try await moveBranch(from: branch.head, to: made.commit, why: "conclude") else {
            throw Trouble("\(names.run.branch) was moved by somebody else while the run ended", isPassing: true)
        }
        newestHandoff = (made.commit, text)
    }

    /// The attempt's diff against its base, as unified text; a last line says where it was cut.
    package func diff(_ contribution: Contribution, bytesMax: Int) async -> String {
        do throws(Trouble) {
            return try await repository.diff(
                from: contribution.base.text,
                to: contribution.tree.text,
                bytesMax: bytesMax
            )
        } catch {
            return error.message
        }
    }
}

extension Repository {
    /// A unified diff with renames recognised, without colours and without programs of the user's.
    ///
    /// At most `bytesMax` bytes, cut between lines; the last one then names the command that shows the rest.
    package func diff(from old: String, to new: String, bytesMax: Int) async throws(Trouble) -> String {
        var request = Git.Request(
            "-c",
            "core.quotePath=false",
            "diff-tree",
            "-r",
            "-p",
            "--find-renames",
            "--no-ext-diff",
            "--no-textconv",
            "--no-color",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            old,
            new,
            in: topLevel
        )
        request.outputBytesMax = bytesMax
        let answer = try await git.run(request)
        guard answer.isTruncated else { return String(decoding: answer.output, as: UTF8.self) }
        let note = Array("(cut here: 'git diff \(old) \(new)' shows all)\n".utf8)
        let room = answer.output.prefix(max(0, bytesMax - note.count))
        let end = room.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? room.startIndex
        return String(decoding: room[..<end] + note, as: UTF8.self)
    }
}
