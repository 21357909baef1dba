package import StrettoCore

/// The answer to `stretto rescue`: every kept tree, one a line, and the worktrees that still lie about.
package enum RescueTable {
    /// One kept tree.
    package struct Tree: Hashable, Sendable {
        package var run: RunID
        /// As one names it to bring it back.
        package var name: String
        /// Local, to the minute.
        package var date: String
        package var fileCount: Int
        package var added: Int
        package var removed: Int
        /// Where else it is, in a few words.
        package var place: String

        package init(
            run: RunID,
            name: String,
            date: String,
            fileCount: Int,
            added: Int,
            removed: Int,
            place: String
        ) {
            self.run = run
            self.name = name
            self.date = date
            self.fileCount = fileCount
            self.added = added
            self.removed = removed
            self.place = place
        }
    }

    /// A worktree that was set aside.
    package struct Aside: Hashable, Sendable {
        package var path: String
        package var reason: String

        package init(path: String, reason: String) {
            self.path = path
            self.reason = reason
        }
    }

    /// Longer names are cut off in the table, in characters.
    private static let nameColumnsMax = 48

    /// The lines, runs under headings of their own; nothing at all is a sentence, too.
    package static func lines(_ trees: [Tree], aside: [Aside]) -> [String] {
        if trees.isEmpty, aside.isEmpty { return ["nothing is kept here"] }
        var lines: [String] = []
        let width = trees.map { min(nameColumnsMax, PlainText.visible($0.name).count) }.max() ?? 0
        let sizes = trees.map(size)
        let sizeWidth = sizes.map(\.count).max() ?? 0
        var run: RunID?
        for (tree, size) in zip(trees, sizes) {
            if tree.run != run { lines.append("run \(tree.run)") }
            run = tree.run
            let name = PlainText.clipped(PlainText.visible(tree.name), columns: nameColumnsMax)
            lines.append(
                "  " + PlainText.padded(name, columns: width) + "  \(tree.date)  "
                    + PlainText.rightAligned(size, columns: sizeWidth) + "  " + tree.place
            )
        }
        if !aside.isEmpty { lines.append("worktrees that were set aside, with files that are nowhere else") }
        for entry in aside {
            lines += ["  " + PlainText.visible(entry.path), "    " + PlainText.visible(entry.reason)]
        }
        return lines
    }

    /// `3 files +14 -6`.
    private static func size(_ tree: Tree) -> String {
        PlainText.counted(tree.fileCount, "file") + " +\(tree.added) -\(tree.removed)"
    }
}
