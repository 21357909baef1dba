package import StrettoCore

/// What `discard` and `prune` say before they ask: exactly what goes, and how it can be had back.
package enum GoingText {
    /// What a discard takes away.
    package struct Discard: Hashable, Sendable {
        package var run: RunID
        /// The head of its branch, short; nil where it has none any more.
        package var branchHead: String?
        package var worktreeCount: Int
        package var treeCount: Int
        /// How many of the trees are neither in the checkout's history nor landed.
        package var onlyHereCount: Int

        package init(run: RunID, branchHead: String?, worktreeCount: Int, treeCount: Int, onlyHereCount: Int) {
            self.run = run
            self.branchHead = branchHead
            self.worktreeCount = worktreeCount
            self.treeCount = treeCount
            self.onlyHereCount = onlyHereCount
        }
    }

    /// What a prune takes from one run.
    package struct Prune: Hashable, Sendable {
        package var run: RunID
        /// How many trees go that a branch has too.
        package var safeCount: Int
        /// Names of trees that are nowhere else and go all the same.
        package var lost: [String]
        /// How many trees stay, because they are nowhere else or too young.
        package var leftCount: Int
        /// Whether its logs, transcripts and reports go.
        package var takesFiles: Bool
        /// Whether a discarded branch cannot be had back afterwards.
        package var forgetsBranch: Bool

        package init(
            run: RunID,
            safeCount: Int,
            lost: [String],
            leftCount: Int,
            takesFiles: Bool,
            forgetsBranch: Bool
        ) {
            self.run = run
            self.safeCount = safeCount
            self.lost = lost
            self.leftCount = leftCount
            self.takesFiles = takesFiles
            self.forgetsBranch = forgetsBranch
        }

        /// Whether there is nothing that would go.
        package var isEmpty: Bool { safeCount == 0 && lost.isEmpty && !takesFiles && !forgetsBranch }
    }

    /// The lines before a discard.
    package static func lines(_ discard: Discard) -> [String] {
        var lines = ["giving up run \(discard.run) removes"]
        if let head = discard.branchHead { lines.append("  the branch \(discard.run.branch), now at \(head)") }
        if discard.worktreeCount > 0 {
            lines.append("  \(PlainText.counted(discard.worktreeCount, "worktree")), as far as all in them is kept")
        }
        lines.append(
            "and keeps \(PlainText.counted(discard.treeCount, "tree")), "
                + "\(discard.onlyHereCount) of them nowhere else, until 'stretto prune'"
        )
        return lines
    }

    /// The lines before a prune: first what will be gone for good.
    package static func lines(_ prunes: [Prune]) -> [String] {
        var lines: [String] = []
        for prune in prunes where !prune.lost.isEmpty {
            lines.append("run \(prune.run): gone for good, for they are nowhere else")
            lines += prune.lost.map { "  " + PlainText.visible($0) }
        }
        for prune in prunes where prune.forgetsBranch {
            lines.append("run \(prune.run): its discarded branch cannot be had back any more")
        }
        for prune in prunes {
            var parts: [String] = []
            if prune.safeCount > 0 {
                parts.append("\(PlainText.counted(prune.safeCount, "tree")) that a branch has anyway")
            }
            if prune.takesFiles { parts.append("its logs") }
            if !parts.isEmpty { lines.append("run \(prune.run): " + parts.joined(separator: ", ")) }
            if prune.leftCount > 0 {
                lines.append(
                    "run \(prune.run): \(PlainText.counted(prune.leftCount, "tree")) stay\(prune.leftCount == 1 ? "s" : "")"
                )
            }
        }
        return lines
    }
}
