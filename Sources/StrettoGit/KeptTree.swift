package import StrettoCore

/// A kept tree with all that a person wants to know before getting it back or letting it go.
package struct KeptTree: Hashable, Sendable {
    /// Where else the tree can be found, the best place first.
    package enum Containment: String, Hashable, Sendable, CaseIterable {
        /// In the history of what is checked out.
        case checkout
        /// In the history of the run's branch.
        case run
        /// In the history of another branch, such as one that a rescue made.
        case branch
        /// In the history of the branch that the run had before it was discarded.
        case discarded
        /// Under its private ref alone.
        case nowhere
    }

    /// One more ref of the same repository.
    package struct Companion: Hashable, Sendable {
        package var name: String
        package var commit: CommitID
    }

    package var run: RunID
    package var ref: KeptRef
    /// What goes along with it: the other refs of a repository that lay inside the worktree, in the order of their names.
    package var companions: [Companion] = []
    /// When its commit was made.
    package var time: Timestamp
    /// The same in local time, to the minute: `2026-03-01 09:30`.
    package var date: String
    /// What it changed: against the attempt's base where that is known, else against the commit's first parent.
    package var changes: [PathChange]
    package var containment: Containment

    /// As people and `rescue` name it: `TASK.N`, with the remark behind it; the task as its ref has it where the id was cut.
    package var name: String {
        "\(ref.task?.text ?? component).\(ref.number)" + ref.remark.suffix
    }

    private var component: String { ref.name.split(separator: "/").dropLast().last.map(String.init) ?? "" }

    /// The trees that `name` means: one by its full name or ref, or the newest contribution of a task in each run.
    ///
    /// More than one: the caller has to ask which run.
    package static func named(_ name: String, in trees: [KeptTree]) -> [KeptTree] {
        let exact = trees.filter { $0.name == name || $0.ref.name == name }
        var newest: [RunID: KeptTree] = [:]
        var runs: [RunID] = []
        for tree in trees where tree.ref.task?.text == name && tree.ref.remark == .none {
            if newest[tree.run] == nil { runs.append(tree.run) }
            if (newest[tree.run]?.ref.number ?? -1) < tree.ref.number { newest[tree.run] = tree }
        }
        // `1.2` may be a task and the second attempt at task `1`: both are answered, nobody guesses.
        return exact + runs.compactMap { newest[$0] }.filter { tree in !exact.contains(tree) }
    }
}

extension Repository {
    /// The runs of which anything is left in git, a branch or kept trees, in the order of their names.
    package func runsWithTraces() async throws(Trouble) -> [RunID] {
        var names: Set<String> = []
        for ref in RefSnapshot(try await ownRefs().output).refs {
            let parts = ref.name.split(separator: "/", omittingEmptySubsequences: false)
            let index = parts[1] == "stretto" ? 2 : 3
            if parts.indices.contains(index) { names.insert(String(parts[index])) }
        }
        return names.sorted().map { RunID($0) }
    }

    /// The kept trees of a run with their sizes and places, in the order of their refs' names.
    ///
    /// `bases` are the commits that attempts started from, as far as somebody remembers them.
    package func keptTrees(
        of run: RunID,
        bases: [AttemptID: CommitID] = [:]
    ) async throws(Trouble) -> [KeptTree] {
        let prefix = RunNames.keptPrefix(of: run)
        let format =
            "%(objectname) %(refname) %(parent) %(committerdate:unix) %(committerdate:format-local:%Y-%m-%d_%H:%M)"
        let output = try await git.run(.init("for-each-ref", "--format=" + format, prefix, in: topLevel)).output
        let branch = try await runs().first { $0.run == run }?.head
        let discarded = try await discardedHead(of: run)
        let commits = RefSnapshot(output).refs.map(\.commit)
        // The best place first: whatever is found in several is in the first of them.
        let places: [(KeptTree.Containment, Set<String>)] = [
            (.checkout, try await refNames(below: prefix, containedIn: head)),
            (.run, try await refNames(below: prefix, containedIn: branch)),
            (.branch, try await refNames(below: prefix, on: commits)),
            (.discarded, try await refNames(below: prefix, containedIn: discarded)),
        ]
        func containment(of name: String) -> KeptTree.Containment {
            places.first { $0.1.contains(name) }?.0 ?? .nowhere
        }
        var trees: [KeptTree] = []
        var companions: [String: [KeptTree.Companion]] = [:]
        for line in String(decoding: output, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 2 else { continue }
            if let folder = KeptRef.nestedFolder(of: words[1]) {
                companions[folder, default: []].append(.init(name: words[1], commit: CommitID(words[0])))
            }
            guard words.count >= 4, let ref = KeptRef(name: words[1], commit: CommitID(words[0]), run: run),
                let seconds = Int64(words[words.count - 2])
            else { continue }
            // A late tree is what came after the contribution below it; a repository of its own is wholly new.
            var base = words.count > 4 ? words[2] : nil
            switch ref.remark {
            case .late, .staged: break
            case .nested: base = GitWorktrees.emptyTree(like: ref.commit)
            default:
                if let task = ref.task { base = bases[AttemptID(task: task, number: ref.number)]?.text ?? base }
            }
            trees.append(
                KeptTree(
                    run: run,
                    ref: ref,
                    time: Timestamp(milliseconds: seconds * 1000),
                    date: words[words.count - 1].split(separator: "_").joined(separator: " "),
                    changes: try await base.mapChanges(to: ref.commit.text, in: self),
                    containment: containment(of: ref.name)
                )
            )
        }
        return trees.compactMap { tree in
            guard let folder = KeptRef.nestedFolder(of: tree.ref.name), let all = companions[folder] else {
                return tree
            }
            // The files stand for the repository; where it has none, what was checked out does.
            guard tree.ref.name == folder + "/work" || !all.contains(where: { $0.name == folder + "/work" }) else {
                return nil
            }
            var tree = tree
            tree.companions = all.filter { $0.name != tree.ref.name }
            // It is as safe as the least safe of its refs.
            let found = Set(all.map { containment(of: $0.name) })
            tree.containment = KeptTree.Containment.allCases.last(where: found.contains) ?? .nowhere
            return tree
        }
    }

    /// The refs below a prefix whose commits, all of them among `commits`, lie in the history of any branch.
    private func refNames(below prefix: String, on commits: [CommitID]) async throws(Trouble) -> Set<String> {
        guard !commits.isEmpty else { return [] }
        var walk = Git.Request("rev-list", "--stdin", "--not", "--branches", in: topLevel)
        walk.input = Array(commits.map { $0.text + "\n" }.joined().utf8)
        let alone = Set(try await git.run(walk).output.split(separator: UInt8(ascii: "\n")))
        let refs = RefSnapshot(
            try await git.run(.init("for-each-ref", "--format=%(objectname) %(refname)", prefix, in: topLevel)).output
        ).refs
        return Set(refs.filter { !alone.contains(Array($0.commit.text.utf8)[...]) }.map(\.name))
    }

    /// The refs below a prefix whose commits lie in the history of `commit`; none where there is no such commit.
    private func refNames(below prefix: String, containedIn commit: CommitID?) async throws(Trouble) -> Set<String> {
        guard let commit else { return [] }
        let answer = try await git.run(
            .init("for-each-ref", "--merged=" + commit.text, "--format=%(refname)", prefix, in: topLevel)
        )
        return Set(String(decoding: answer.output, as: UTF8.self).split(separator: "\n").map(String.init))
    }
}

extension String? {
    /// The changes from this commit; none where there is no commit to compare with.
    fileprivate func mapChanges(
        to commit: String,
        in repository: Repository
    ) async throws(Trouble) -> [PathChange] {
        guard let self else { return [] }
        return try await repository.changes(from: self, to: commit)
    }
}
