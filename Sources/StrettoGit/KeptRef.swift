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

        var suffix: String {
            switch self {
            case .none: ""
            case .asWritten: "-written"
            case .late(let number): "-late-\(number)"
            case .earlier(let number): "-earlier-\(number)"
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
        guard parts.count == 2 else { return nil }
        let words = parts[1].split(separator: "-")
        guard let first = words.first, let number = Int(first), number >= 0 else { return nil }
        switch (words.count, words.dropFirst().first) {
        case (1, _): remark = .none
        case (2, "written"): remark = .asWritten
        case (3, "late"): remark = .late(Int(words[2]) ?? 0)
        case (3, "earlier"): remark = .earlier(Int(words[2]) ?? 0)
        default: return nil
        }
        task = PercentEncoding.text(ofComponent: String(parts[0])).map { TaskID($0) }
        self.name = name
        self.number = number
        self.commit = commit
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
