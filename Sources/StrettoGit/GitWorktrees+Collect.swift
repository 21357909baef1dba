package import StrettoCore

extension GitWorktrees {
    /// Commits leftovers, keeps the tree under the attempt's ref and tells what changed.
    ///
    /// Afterwards the worktree stands clean at the contribution, unless a finding says that it must be set aside. The order's checks are
    /// not run here.
    package func collect(_ order: CollectOrder) async throws(Trouble) -> Contribution {
        guard let place = place(order.worktree.path) else { return try await recall(order) }
        let base = order.worktree.base
        var notes = place.notes ?? AttemptNotes(base: base)
        // Asked again after a crash: what the checks may have written since then is not the attempt's work.
        if notes.collected == order.time {
            var known = try await recall(order)
            known.changes.removeAll { isEngineOwned($0.path) }
            known.findings = notes.findings
            return known
        }
        // The refs are asked for while the worktree is read: two questions that do not touch each other.
        async let listing = listRefs(around: order.attempt)
        async let watching = watch()
        var harvest = try await harvest(order.attempt, place, notes)
        let refs = try await listing.get()
        let written = harvest.tree

        var changes = try await repository.changes(from: base.text, to: written.text)
        let intruding = changes.filter { isEngineOwned($0.path) }.map(\.path)
        if !intruding.isEmpty {
            try await restore(intruding, to: base, place, &harvest)
            changes.removeAll { isEngineOwned($0.path) }
        }

        var updates = RefUpdates()
        let kept = names.keptRef(order.attempt)
        let commit = try await contribution(harvest, on: base, order: order, isUnchanged: changes.isEmpty)
        if let earlier = refs[kept], earlier != commit, earlier != harvest.head,
            try await !repository.contains(earlier, in: commit)
        {
            updates.update(freeRef(order.attempt, in: refs) { .earlier($0) }, to: earlier)
        }
        updates.update(kept, to: commit, from: refs[kept])
        if !intruding.isEmpty {
            let ref = names.keptRef(order.attempt, remark: .asWritten)
            // An older note stays in the history of the new one.
            let parents = [harvest.head ?? base] + (refs[ref].map { [$0] } ?? [])
            updates.update(ref, to: try await commitTree(written, parents: parents, order: order))
            let remark = "wrote \(Self.list(intruding)), which Stretto keeps itself: what it wrote is kept in \(ref)"
            if !notes.remarks.contains(remark) { notes.remarks.append(remark) }
        }
        try await keepHidden(order.attempt, place, harvest, notes, commit: commit, refs: refs, &updates)
        if harvest.warnings.isEmpty { updates.moveHead(to: commit, from: harvest.head, isOnBranch: harvest.isOnBranch) }
        try await updates.perform(with: git, in: place.path)
        keptCommits[order.attempt] = commit

        notes.asideReason = harvest.warnings.isEmpty ? nil : harvest.warnings.joined(separator: "; ")
        try await settle(place, notes, harvest, restored: intruding, base: base)
        let findings = findings(order, notes, harvest, changes: changes, refs: refs, watch: await watching)
        notes.collected = order.time
        notes.findings = findings
        notes.mentionCount = try mentions(place).count
        try place.write(notes)
        return Contribution(base: base, commit: commit, tree: harvest.tree, changes: changes, findings: findings)
    }

    /// Remembers the untracked files that checks left behind, so that they never count as the attempt's work.
    package func noteLeftovers(of order: CollectOrder) async {
        guard let place = place(order.worktree.path), var notes = place.notes, notes.asideReason == nil else { return }
        // A note that cannot be made costs a file too many in a later attempt's diff, and nothing else.
        guard let answer = try? await git.run(WorkStatus.request(in: place.path)) else { return }
        let fresh = WorkStatus(answer.output).untracked.filter { !notes.isLeftOut($0) }
        guard !fresh.isEmpty, notes.artefacts.count + fresh.count <= Self.artefactsMax else { return }
        notes.artefacts += fresh
        try? place.write(notes)
    }

    /// How many files left behind by checks are remembered.
    private static var artefactsMax: Int { 10_000 }

    /// The contribution of a worktree that is gone, from its ref.
    private func recall(_ order: CollectOrder) async throws(Trouble) -> Contribution {
        let base = order.worktree.base
        guard let commit = try await refs(around: order.attempt)[names.keptRef(order.attempt)] else {
            throw Trouble(
                "the worktree of \(order.attempt) is gone from \(order.worktree.path), and nothing of it was kept"
            )
        }
        let changes = try await repository.changes(from: base.text, to: commit.text)
        return Contribution(base: base, commit: commit, tree: try await repository.tree(of: commit), changes: changes)
    }

    /// The commit whose tree is the harvest's, with the base in its history; an existing one where that fits.
    private func contribution(
        _ harvest: Harvest,
        on base: CommitID,
        order: CollectOrder,
        isUnchanged: Bool
    ) async throws(Trouble) -> CommitID {
        guard let head = harvest.head else {
            return try await commitTree(harvest.tree, parents: [base], order: order)
        }
        if head == base {
            return isUnchanged ? base : try await commitTree(harvest.tree, parents: [base], order: order)
        }
        guard try await repository.contains(base, in: head) else {
            return try await commitTree(harvest.tree, parents: [base, head], order: order)
        }
        if try await repository.tree(of: head) == harvest.tree { return head }
        return try await commitTree(harvest.tree, parents: [head], order: order)
    }

    private func commitTree(
        _ tree: TreeID,
        parents: [CommitID],
        order: CollectOrder
    ) async throws(Trouble) -> CommitID {
        try await commitTree(tree, parents: parents, message: order.message, time: order.time)
    }

    /// Writes a commit on no ref; the same arguments give the same commit.
    func commitTree(
        _ tree: TreeID,
        parents: [CommitID],
        message: String,
        time: Timestamp
    ) async throws(Trouble) -> CommitID {
        var request = Git.Request("commit-tree", tree.text, in: repository.topLevel)
        request.arguments += parents.flatMap { ["-p", $0.text] }
        request.input = Array(message.utf8)
        request.time = time
        return CommitID(try await git.run(request).line)
    }

    /// Gives engine-owned paths the base's content in the harvest's tree; the files follow in ``settle(_:_:_:restored:base:)``.
    private func restore(
        _ paths: [String],
        to base: CommitID,
        _ place: AttemptWorktree,
        _ harvest: inout Harvest
    ) async throws(Trouble) {
        if !harvest.hasScratchIndex {
            try Disk.copyIndex(place.indexPath, to: place.scratchIndexPath)
            harvest.hasScratchIndex = true
        }
        var listing = Git.Request("ls-tree", "-r", "-z", base.text, "--", in: place.path)
        listing.arguments += enginePaths
        let entries = try await git.run(listing).output
        let nothing = String(repeating: "0", count: base.text.count)
        var request = Git.Request("update-index", "-z", "--index-info", in: place.path)
        request.index = place.scratchIndexPath
        request.input = paths.flatMap { Array("0 \(nothing)\t\($0)\0".utf8) } + entries
        _ = try await git.run(request)
        harvest.tree = try await writeTree(place)
    }

    /// Makes the worktree's files and index agree with what was kept, and writes the notes.
    private func settle(
        _ place: AttemptWorktree,
        _ notes: AttemptNotes,
        _ harvest: Harvest,
        restored: [String],
        base: CommitID
    ) async throws(Trouble) {
        // First what would be lost by a crash between the steps: the remark about the paths that are now put back.
        if notes != place.notes { try place.write(notes) }
        guard harvest.warnings.isEmpty, harvest.hasScratchIndex else { return }
        if !restored.isEmpty {
            // All of it is kept under its own ref by now.
            for path in restored { Disk.removeFile(place.path + "/" + path) }
            var request = Git.Request("checkout-index", "--force", "--index", "--quiet", "--all", in: place.path)
            request.index = place.scratchIndexPath
            request.answers = [0, 1]
            _ = try await git.run(request)
        }
        try Disk.rename(place.scratchIndexPath, to: place.indexPath)
    }

    /// The first ref of this sort that is not taken.
    func freeRef(_ attempt: AttemptID, in refs: RefSnapshot, _ remark: (Int) -> KeptRef.Remark) -> String {
        var number = 1
        while refs[names.keptRef(attempt, remark: remark(number))] != nil { number += 1 }
        return names.keptRef(attempt, remark: remark(number))
    }
}

/// Ref changes that happen together or not at all.
struct RefUpdates {
    private var lines: [String] = []

    /// Sets a ref that must hold `old` now; nil: anything.
    mutating func update(_ ref: String, to commit: CommitID, from old: CommitID? = nil) {
        guard commit != old else { return }
        lines.append("update \(ref) \(commit)" + (old.map { " \($0)" } ?? ""))
    }

    /// Moves the HEAD of the worktree that the command runs in, and takes it off its branch without moving that.
    mutating func moveHead(to commit: CommitID, from old: CommitID?, isOnBranch: Bool) {
        guard isOnBranch || commit != old else { return }
        lines += ["option no-deref", "update HEAD \(commit)"]
    }

    func perform(with git: Git, in directory: String) async throws(Trouble) {
        guard !lines.isEmpty else { return }
        var request = Git.Request("update-ref", "--stdin", "-m", "stretto: keep", in: directory)
        request.input = Array((lines.joined(separator: "\n") + "\n").utf8)
        _ = try await git.run(request)
    }
}
