package import StrettoCore

extension GitWorktrees {
    /// Removes the attempt's worktree once everything in it that is not ignored is proved to be kept.
    ///
    /// What appeared after the collection is kept under a further ref first. The files may be put away for another attempt.
    package func dispose(_ attempt: AttemptID) async -> Disposal {
        let path = names.worktreePath(attempt)
        do throws(Trouble) {
            return try await remove(attempt, path)
        } catch {
            return .setAside(path: path, reason: error.message)
        }
    }

    private func remove(_ attempt: AttemptID, _ path: String) async throws(Trouble) -> Disposal {
        guard Disk.kind(path) != nil else { return .removed }
        guard let place = place(path) else {
            return .setAside(path: path, reason: "it is no worktree of \(repository.topLevel) any more")
        }
        let notes = place.notes
        if let reason = notes?.asideReason { return .setAside(path: path, reason: reason) }
        if let head = place.detachedHead, try await isTransparent(place, notes),
            try await isKept(head, attempt, base: notes?.base)
        {
            if try await putAway(attempt, place, isProved: false) { return forget(attempt) }
            // Without force git refuses what is not committed: the proof that nothing else lies there.
            var request = Git.Request("worktree", "remove", path, in: repository.topLevel)
            request.answers = [0, 128]
            if try await git.run(request).code == 0 { return forget(attempt) }
        }
        if let reason = try await keepLate(attempt, place, notes ?? AttemptNotes(base: base)) {
            return .setAside(path: path, reason: reason)
        }
        if try await putAway(attempt, place, isProved: true) { return forget(attempt) }
        try await removeWorktree(path, "--force")
        return forget(attempt)
    }

    private func forget(_ attempt: AttemptID) -> Disposal {
        keptCommits[attempt] = nil
        spares.forget(attempt)
        return .removed
    }

    private func isKept(_ head: CommitID, _ attempt: AttemptID, base: CommitID?) async throws(Trouble) -> Bool {
        if head == base || head == keptCommits[attempt] { return true }
        return try await refs(around: attempt)[names.keptRef(attempt)] == head
    }

    /// Keeps what the kept tree does not hold; the answer is why that did not work out.
    private func keepLate(
        _ attempt: AttemptID,
        _ place: AttemptWorktree,
        _ notes: AttemptNotes
    ) async throws(Trouble) -> String? {
        let refs = try await refs(around: attempt)
        let harvest = try await harvest(attempt, place, notes)
        guard harvest.warnings.isEmpty else { return harvest.warnings.joined(separator: "; ") }
        let head = harvest.head ?? notes.base
        let kept = refs[names.keptRef(attempt)] ?? notes.base
        var updates = RefUpdates()
        try await keepHidden(attempt, place, harvest, notes, commit: kept, refs: refs, &updates)
        if try await repository.tree(of: kept) == harvest.tree, try await repository.contains(head, in: kept) {
            try await updates.perform(with: git, in: repository.topLevel)
            return nil
        }
        let commit: CommitID
        if try await repository.tree(of: head) == harvest.tree {
            commit = head
        } else {
            commit = try await commitTree(
                harvest.tree,
                parents: [head],
                message: "Left in the worktree of \(attempt)\n",
                // The date of the commit below it, so that a repeat makes the same one.
                time: try await commitTime(of: head)
            )
        }
        if !isKept(commit, attempt, refs) {
            // Where no collection came to its end, this is the attempt's tree, and nothing is later than it.
            let own = names.keptRef(attempt)
            updates.update(refs[own] == nil ? own : freeRef(attempt, in: refs) { .late($0) }, to: commit)
        }
        try await updates.perform(with: git, in: repository.topLevel)
        return nil
    }
}
