internal import StrettoCore

/// What two trees differ in, from `git diff-tree -r -z --raw --numstat`.
struct ChangeList: Hashable, Sendable {
    var changes: [PathChange]

    /// The raw records come first, then one line count for each path, in the same order.
    init(_ output: [UInt8]) {
        var fields = NulSeparated(output)
        var kinds: [String: PathChange.Kind] = [:]
        changes = []
        while let field = fields.next() {
            if field.hasPrefix(":") {
                guard let path = fields.next() else { break }
                switch field.last {
                case "A": kinds[path] = .added
                case "D": kinds[path] = .deleted
                default: kinds[path] = .modified
                }
                continue
            }
            let words = field.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
            guard words.count == 3 else { continue }
            let path = String(words[2])
            changes.append(
                PathChange(
                    path: path,
                    kind: kinds[path] ?? .modified,
                    added: Int(words[0]) ?? 0,
                    removed: Int(words[1]) ?? 0
                )
            )
        }
    }
}

extension Repository {
    /// The changes from one commit or tree to another, in path order, renames as a deletion and an addition.
    func changes(from old: String, to new: String) async throws(Trouble) -> [PathChange] {
        let answer = try await git.run(
            .init("diff-tree", "-r", "-z", "--raw", "--numstat", "--no-renames", old, new, in: topLevel)
        )
        guard !answer.isTruncated else {
            throw Trouble("the changes from \(old) to \(new) fill more than \(Git.outputBytesMax) bytes of list")
        }
        return ChangeList(answer.output).changes
    }

    func tree(of commit: CommitID) async throws(Trouble) -> TreeID {
        TreeID(try await git.run(.init("rev-parse", "--verify", commit.text + "^{tree}", in: topLevel)).line)
    }
}
