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
}

extension GitWorktrees {
    /// Reads the worktree into a tree; its own index, its HEAD and its files stay as they are.
    func harvest(_ place: AttemptWorktree, _ notes: AttemptNotes) async throws(Trouble) -> Harvest {
        let status = WorkStatus(
            try await git.run(
                .init(
                    "status",
                    "--porcelain=v2",
                    "-z",
                    "--branch",
                    "--no-renames",
                    "--untracked-files=all",
                    "--ignored=matching",
                    "--ignore-submodules=none",
                    in: place.path
                )
            ).output
        )
        var harvest = Harvest(
            head: status.head,
            isOnBranch: status.head == nil || place.detachedHead == nil,
            tree: TreeID(""),
            hasScratchIndex: false,
            warnings: Self.warnings(status),
            status: status
        )
        let isClean =
            status.changed.isEmpty && status.conflicted.isEmpty
            && status.untracked.allSatisfy { $0.hasSuffix("/") || notes.isLeftOut($0) }
        if isClean, let head = status.head {
            harvest.tree = try await repository.tree(of: head)
            return harvest
        }
        // A command of ours that was killed may have left it locked; none is at work here now.
        Disk.removeFile(place.scratchIndexPath + ".lock")
        try Disk.copyIndex(place.indexPath, to: place.scratchIndexPath)
        harvest.hasScratchIndex = true
        harvest.warnings += try await addAll(place, leavingOut: status.nested + notes.leftOut)
        harvest.tree = try await writeTree(place)
        return harvest
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
        if !status.nested.isEmpty {
            warnings.append("repositories of their own are not part of the contribution: " + list(status.nested))
        }
        let submodules = status.changed.filter(\.isBusySubmodule).map(\.path)
        if !submodules.isEmpty {
            warnings.append("submodules have commits or changes of their own: " + list(submodules))
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
