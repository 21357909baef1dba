internal import StrettoCore

/// The whole content of an attempt's worktree as a tree, put together in an index of its own.
struct Harvest {
    var head: CommitID?
    var isOnBranch: Bool
    var tree: TreeID
    /// Whether the scratch index holds the tree; not where the worktree was clean.
    var hasScratchIndex: Bool
    /// Why something of the worktree may not be in the tree: the worktree must stay then.
    var warnings: [String]
    var status: WorkStatus
    /// What a review should know of repositories inside the worktree.
    var findings: [String] = []
    /// The tree of the index as it was left, where a staged file holds something else than the file itself.
    var stagedTree: TreeID?
}

extension GitWorktrees {
    /// Reads the worktree into a tree; its own index, its HEAD and its files stay as they are.
    ///
    /// What no tree can hold is kept on the way: repositories inside the worktree, under refs of their own.
    func harvest(
        _ attempt: AttemptID,
        _ place: AttemptWorktree,
        _ notes: AttemptNotes
    ) async throws(Trouble) -> Harvest {
        let status = try await status(of: place)
        let special = try await specialEntries(place)
        let submodules = special.filter(\.isSubmodule)
        let nested = try await keepNested(attempt, place, notes, status: status, submodules: submodules.map(\.path))
        let settlement = try await settleSubmodules(place, submodules, nested, base: notes.base, changes: false)
        var harvest = Harvest(
            head: status.head,
            isOnBranch: status.head == nil || place.detachedHead == nil,
            tree: TreeID(""),
            hasScratchIndex: false,
            warnings: Self.warnings(status) + nested.warnings,
            status: status,
            findings: nested.findings + settlement.findings
        )
        let hidden = hidden(special, in: place)
        let isClean =
            status.changed.isEmpty && status.conflicted.isEmpty && hidden.isEmpty && !settlement.isChanged
            && status.untracked.allSatisfy { $0.hasSuffix("/") || notes.isLeftOut($0) }
        if isClean, let head = status.head {
            harvest.tree = try await repository.tree(of: head)
            return harvest
        }
        // A command of ours that was killed may have left it locked; none is at work here now.
        Disk.removeFile(place.scratchIndexPath + ".lock")
        try Disk.copyIndex(place.indexPath, to: place.scratchIndexPath)
        harvest.hasScratchIndex = true
        if status.conflicted.isEmpty, status.changed.contains(where: { $0.isStaged && $0.isEdited }) {
            harvest.stagedTree = try await writeTree(place)
            try Disk.copyIndex(place.indexPath, to: place.scratchIndexPath)
        }
        try await reveal(hidden, place)
        let folders = nested.folders.filter { folder in
            status.nested.contains(folder + "/") || submodules.contains { $0.path == folder }
        }
        harvest.warnings += try await addAll(place, leavingOut: status.nested + folders + notes.leftOut)
        _ = try await settleSubmodules(place, submodules, nested, base: notes.base, changes: true)
        harvest.tree = try await writeTree(place)
        return harvest
    }

    /// What git says without looking into repositories inside the worktree, for that would run git there.
    private func status(of place: AttemptWorktree) async throws(Trouble) -> WorkStatus {
        let request = WorkStatus.request("--ignored=matching", "--ignore-submodules=dirty", in: place.path)
        return WorkStatus(try await git.run(request).output)
    }

    /// The index's entries of which `git status` does not tell the truth; none in most worktrees.
    private func specialEntries(_ place: AttemptWorktree) async throws(Trouble) -> [IndexEntry] {
        guard let bytes = Disk.read(place.indexPath),
            IndexSurvey(bytes, nameBytes: base.text.count / 2) == .special
        else { return [] }
        return IndexEntry.special(
            try await git.run(.init("ls-files", "-z", "-v", "--stage", in: place.path)).output
        )
    }

    /// The flagged entries whose files may have changed unseen; a file that a sparse checkout leaves out has not.
    private func hidden(_ special: [IndexEntry], in place: AttemptWorktree) -> [IndexEntry] {
        let isSparse = Disk.kind(place.administration + "/info/sparse-checkout") != nil
        return special.filter { entry in
            guard !entry.isSubmodule else { return false }
            guard entry.isSkipped, isSparse else { return entry.isSkipped || entry.isAssumedUnchanged }
            return Disk.kind(place.path + "/" + entry.path) != nil
        }
    }

    /// Takes the flags off in the scratch index, and all that it knows of the files' times and sizes with them.
    ///
    /// Git looks at times by the second. For an ordinary entry it makes sure that no edit of that second goes unseen, for a flagged one
    /// it does not (2.39: a refresh takes it for up to date, whereupon it is written without that care).
    private func reveal(_ hidden: [IndexEntry], _ place: AttemptWorktree) async throws(Trouble) {
        guard !hidden.isEmpty else { return }
        var request = Git.Request("update-index", "-z", "--index-info", in: place.path)
        request.index = place.scratchIndexPath
        request.input = hidden.flatMap { entry in
            Array("\(entry.mode) \(entry.object)\t".utf8) + entry.pathBytes + [0]
        }
        _ = try await git.run(request)
    }

    /// The tree of the scratch index.
    func writeTree(_ place: AttemptWorktree) async throws(Trouble) -> TreeID {
        var request = Git.Request("write-tree", in: place.path)
        request.index = place.scratchIndexPath
        return TreeID(try await git.run(request).line)
    }

    /// Adds all that is not ignored to the scratch index; the answer is what git had to say against it.
    private func addAll(_ place: AttemptWorktree, leavingOut paths: [String]) async throws(Trouble) -> [String] {
        var request = Git.Request("add", "--all", "--sparse", "--ignore-errors", "--", ".", in: place.path)
        // The worktree's own notes of what was copied may name tracked paths, too; those git leaves as HEAD has them.
        request.arguments += paths.map { ":(top,exclude,literal)" + $0 }
        request.index = place.scratchIndexPath
        // Files that cannot be read are left out with code 1; a filter that fails ends it all.
        request.answers = [0, 1]
        let answer = try await git.run(request)
        let text = answer.errorText.trimmingLineEnd
        guard answer.code != 0 || !text.isEmpty else { return [] }
        let lines = text.split(separator: "\n").prefix(Self.warningLinesMax).joined(separator: "; ")
        return ["git add: " + (lines.isEmpty ? "exit code \(answer.code)" : lines)]
    }

    private static func warnings(_ status: WorkStatus) -> [String] {
        var warnings: [String] = []
        if !status.conflicted.isEmpty {
            warnings.append("a merge was left in conflict in " + list(status.conflicted))
        }
        return warnings
    }

    /// Some names, and how many more there are.
    static func list(_ names: [String]) -> String {
        let shown = names.prefix(namesMax).joined(separator: ", ")
        return names.count > namesMax ? "\(shown) and \(names.count - namesMax) more" : shown
    }

    private static let namesMax = 5
    private static let warningLinesMax = 5
}
