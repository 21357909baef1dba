internal import StrettoCore

/// What an attempt's tree does not show: staged versions that differ from the files, and commits that were left behind.
extension GitWorktrees {
    /// Adds refs for what neither the contribution nor any other ref holds.
    ///
    /// `commit` is what the attempt contributes. What is under a ref already is found and not kept twice.
    func keepHidden(
        _ attempt: AttemptID,
        _ place: AttemptWorktree,
        _ harvest: Harvest,
        _ notes: AttemptNotes,
        commit: CommitID,
        refs: RefSnapshot,
        _ updates: inout RefUpdates
    ) async throws(Trouble) {
        if let tree = harvest.stagedTree {
            let parent = harvest.head ?? notes.base
            let staged = try await commitTree(
                tree,
                parents: [parent],
                message: "Staged in the worktree of \(attempt)\n",
                time: try await commitTime(of: parent)
            )
            note(staged, attempt, refs, &updates) { .staged($0) }
        }
        let known = [commit, notes.base] + (harvest.head.map { [$0] } ?? [])
        let mentioned = try mentions(place).filter { !known.contains($0) }
        let tips = try await git.unreachable(
            mentioned,
            from: known,
            refsAreKnown: true,
            like: Git.Request(in: repository.topLevel)
        )
        guard let newest = tips.first else { return }
        guard tips.count > 1 else { return note(newest, attempt, refs, &updates) { .abandoned($0) } }
        let joint = try await commitTree(
            try await repository.tree(of: newest),
            parents: Array(tips.prefix(Self.parentsMax)),
            message: "Commits that \(attempt) made and left behind\n",
            time: try await commitTime(of: newest)
        )
        note(joint, attempt, refs, &updates) { .abandoned($0) }
        guard tips.count <= Self.parentsMax else {
            throw Trouble(
                "more than \(Self.parentsMax) abandoned lines of work in \(place.path): name them by branches"
            )
        }
    }

    /// How many abandoned lines of work one commit joins.
    private static let parentsMax = 1000

    private func note(
        _ commit: CommitID,
        _ attempt: AttemptID,
        _ refs: RefSnapshot,
        _ updates: inout RefUpdates,
        _ remark: (Int) -> KeptRef.Remark
    ) {
        guard !isKept(commit, attempt, refs) else { return }
        updates.update(freeRef(attempt, in: refs, remark), to: commit)
    }

    /// Whether a ref of this very attempt holds the commit.
    func isKept(_ commit: CommitID, _ attempt: AttemptID, _ refs: RefSnapshot) -> Bool {
        let name = names.keptRef(attempt)
        return refs.refs.contains { ref in
            ref.commit == commit && (ref.name == name || ref.name.hasPrefix(name + "-"))
        }
    }

    /// The commits that the worktree's own files mention: its HEAD's past, and operations under way.
    func mentions(_ place: AttemptWorktree) throws(Trouble) -> [CommitID] {
        try GitDirectory.mentioned(in: place.administration)
    }

    /// Whether `git status` and `git worktree remove` see everything in the worktree: no flags, no repositories, no left commits.
    func isTransparent(_ place: AttemptWorktree, _ notes: AttemptNotes?) async throws(Trouble) -> Bool {
        guard let bytes = Disk.read(place.indexPath), IndexSurvey(bytes, nameBytes: base.text.count / 2) == .plain
        else { return false }
        let finder = await NestedFinder(
            root: place.path,
            administration: place.administration,
            skipping: [],
            submodules: []
        )
        guard finder.places.isEmpty, finder.warnings.isEmpty else { return false }
        let mentioned = try mentions(place)
        if let count = notes?.mentionCount { return mentioned.count == count }
        return mentioned.allSatisfy { $0 == place.detachedHead || $0 == notes?.base }
    }
}
