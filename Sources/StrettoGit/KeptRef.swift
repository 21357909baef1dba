package import StrettoCore

/// A tree that an attempt left behind, kept under `refs/stretto/RUN/TASK/N` until it is pruned.
package struct KeptRef: Hashable, Sendable {
    /// What is kept besides the contribution itself.
    package enum Remark: Hashable, Sendable {
        /// The contribution.
        case none
        /// The tree with what the agent wrote to engine-owned paths.
        case asWritten
        /// What appeared in the worktree after it had been collected, counted from 1.
        case late(Int)
        /// A contribution that a later look at the same worktree replaced, counted from 1.
        case earlier(Int)
        /// What was staged where the file itself held something else, counted from 1.
        case staged(Int)
        /// Commits that the agent made and left behind, by a reset or an amendment, counted from 1.
        case abandoned(Int)
        /// A repository that lay at a path inside the worktree, counted from 1 where it was kept again.
        case nested(Int, path: String)

        var suffix: String {
            switch self {
            case .none: ""
            case .asWritten: "-written"
            case .late(let number): "-late-\(number)"
            case .earlier(let number): "-earlier-\(number)"
            case .staged(let number): "-staged-\(number)"
            case .abandoned(let number): "-abandoned-\(number)"
            case .nested(let number, let path): (number == 1 ? "-nested/" : "-nested-\(number)/") + path
            }
        }
    }

    /// The full ref name.
    package var name: String
    /// Nil where the task's id was too long to be read back from the name.
    package var task: TaskID?
    /// The attempt's number.
    package var number: Int
    /// What sort of tree it is.
    package var remark: Remark
    /// The commit with the tree.
    package var commit: CommitID

    init?(name: String, commit: CommitID, run: RunID) {
        let prefix = RunNames.keptPrefix(of: run)
        guard name.hasPrefix(prefix) else { return nil }
        let parts = name.dropFirst(prefix.count).split(separator: "/", omittingEmptySubsequences: false)
        // A repository of its own has a ref for what lay in its files, or else was checked out; its others go along with that.
        guard parts.count == 2 || (parts.count == 4 && ["work", "head"].contains(parts[3])) else { return nil }
        let words = parts[1].split(separator: "-")
        guard let first = words.first, let number = Int(first), number >= 0 else { return nil }
        guard (parts.count == 4) == (words.dropFirst().first == "nested") else { return nil }
        switch (words.count, words.dropFirst().first) {
        case (1, _): remark = .none
        case (2, "written"): remark = .asWritten
        case (3, "late"): remark = .late(Int(words[2]) ?? 0)
        case (3, "earlier"): remark = .earlier(Int(words[2]) ?? 0)
        case (3, "staged"): remark = .staged(Int(words[2]) ?? 0)
        case (3, "abandoned"): remark = .abandoned(Int(words[2]) ?? 0)
        case (2, "nested") where parts.count == 4:
            remark = .nested(1, path: PercentEncoding.text(ofComponent: String(parts[2])) ?? String(parts[2]))
        case (3, "nested") where parts.count == 4:
            let path = PercentEncoding.text(ofComponent: String(parts[2])) ?? String(parts[2])
            remark = .nested(Int(words[2]) ?? 0, path: path)
        default: return nil
        }
        task = PercentEncoding.text(ofComponent: String(parts[0])).map { TaskID($0) }
        self.name = name
        self.number = number
        self.commit = commit
    }

    /// What all refs of one nested repository begin with, without the last slash; nil for other refs.
    static func nestedFolder(of name: String) -> String? {
        // refs/stretto/RUN/TASK/N-nested/PATH/...
        let parts = name.split(separator: "/", maxSplits: 6, omittingEmptySubsequences: false)
        guard parts.count == 7, parts[1] == "stretto", parts[4].contains("-nested") else { return nil }
        return parts[..<6].joined(separator: "/")
    }
}

extension Repository {
    /// The kept trees of a run, in the order of their names.
    package func keptRefs(of run: RunID) async throws(Trouble) -> [KeptRef] {
        let answer = try await git.run(
            .init("for-each-ref", "--format=%(objectname) %(refname)", RunNames.keptPrefix(of: run), in: topLevel)
        )
        return RefSnapshot(answer.output).refs.compactMap { KeptRef(name: $0.name, commit: $0.commit, run: run) }
    }

    /// The runs whose branch exists, in the order of their names, each with its head.
    package func runs() async throws(Trouble) -> [(run: RunID, head: CommitID)] {
        let prefix = "refs/heads/stretto/"
        let answer = try await git.run(
            .init("for-each-ref", "--format=%(objectname) %(refname)", prefix, in: topLevel)
        )
        return RefSnapshot(answer.output).refs.map { (RunID(String($0.name.dropFirst(prefix.count))), $0.commit) }
    }
}
