internal import StrettoCore

/// What became of the repositories inside a worktree.
struct NestedOutcome: Sendable {
    /// Those that were there, in the order of their paths.
    var places: [NestedPlace] = []
    /// Sentences for the review: what is kept, and where.
    var findings: [String] = []
    /// Why something could not be kept.
    var warnings: [String] = []
    /// The commits that the folders of repositories are at, as far as their remotes have them.
    var published: [String: CommitID] = [:]

    /// The folders that are no part of the outer tree.
    var folders: [String] { places.filter { $0.workTree != nil }.map(\.name) }
}

extension GitWorktrees {
    /// Fetches the repositories inside a worktree into this one, under `refs/stretto/RUN/TASK/N-nested/PATH/`.
    ///
    /// Their refs, what is checked out, staged and lies in their files, and what their reflogs still know. Nothing runs in them. What is
    /// kept already is found and not kept twice; where it has changed since, it is kept under the next number.
    func keepNested(
        _ attempt: AttemptID,
        _ place: AttemptWorktree,
        _ notes: AttemptNotes,
        status: WorkStatus,
        submodules: [String]
    ) async throws(Trouble) -> NestedOutcome {
        let finder = await NestedFinder(
            root: place.path,
            administration: place.administration,
            skipping: status.ignored + notes.leftOut,
            submodules: submodules
        )
        var outcome = NestedOutcome(places: finder.places, warnings: finder.warnings)
        guard !outcome.places.isEmpty else { return outcome }
        let registered = try await registeredSubmodules(place)
        for nested in outcome.places {
            do throws(Trouble) {
                try await keep(nested, of: attempt, place, isRegistered: registered.contains(nested.name), &outcome)
            } catch {
                // A full disk passes; what git cannot read stays unreadable.
                if error.isPassing { throw error }
                outcome.warnings.append("the repository in '\(nested.name)' could not be kept: \(error.message)")
            }
        }
        try Disk.removeFolder(facadePath(place))
        return outcome
    }

    private func facadePath(_ place: AttemptWorktree) -> String { place.administration + "/stretto-facade" }

    private func keep(
        _ nested: NestedPlace,
        of attempt: AttemptID,
        _ place: AttemptWorktree,
        isRegistered: Bool,
        _ outcome: inout NestedOutcome
    ) async throws(Trouble) {
        var directory: GitDirectory?
        if let path = nested.gitDirectory {
            directory = try GitDirectory(path, sharedDirectory: repository.commonDirectory)
            guard directory != nil else { throw Trouble("'\(path)' is no repository that git could read") }
        }
        let names = (directory?.refs.map(\.commit) ?? []) + (directory?.head.map { [$0] } ?? [])
        guard names.allSatisfy({ $0.text.count == base.text.count }) else {
            throw Trouble("its objects have names of another format")
        }
        let facade = try Facade(facadePath(place), for: nested, directory, nameLength: base.text.count, git: git)
        // The refs of a linked worktree of this very repository are not in danger.
        var refs = directory.map { $0.isShared ? [] : $0.refs } ?? []
        let remote = (directory?.refs ?? []).filter { $0.name.hasPrefix("refs/remotes/") }.map(\.commit)
        let local = refs.filter { !$0.name.hasPrefix("refs/remotes/") }.map(\.commit)
        let lost = try await git.unreachable(
            (directory?.mentioned ?? []).filter { $0 != directory?.head },
            from: names,
            like: facade.request()
        )
        refs += lost.map { RefSnapshot.Ref(name: "lost/\($0)", commit: $0) }
        let top = try await keepFiles(nested, of: attempt, directory, facade, places: outcome.places)
        refs += top

        if isRegistered || nested.name.hasPrefix(".git/"), let head = directory?.head, !remote.isEmpty {
            let hidden = try await unpublished([head], remote, facade)
            if hidden.isEmpty { outcome.published[nested.name] = head }
            let isClean = top.allSatisfy { $0.commit == head }
            // A remote has it all: it can be fetched again at any time.
            if isClean, try await unpublished(local + lost + [head], remote, facade).isEmpty { return }
        }
        guard !refs.isEmpty else { return }
        let ref = try await fetch(refs.sorted { $0.name < $1.name }, from: facade, nested.name, of: attempt)
        let what =
            isRegistered
            ? "the submodule '\(nested.name)' has work that its remote lacks, which is"
            : "'\(nested.name)' is a repository of its own and"
        outcome.findings.append("\(what) no part of the contribution: it is kept below \(ref)")
    }

    /// `head`, `staged` and `work`: what is checked out, what is staged where that is neither, and all files.
    private func keepFiles(
        _ nested: NestedPlace,
        of attempt: AttemptID,
        _ directory: GitDirectory?,
        _ facade: Facade,
        places: [NestedPlace]
    ) async throws(Trouble) -> [RefSnapshot.Ref] {
        var refs = directory?.head.map { [RefSnapshot.Ref(name: "head", commit: $0)] } ?? []
        guard nested.workTree != nil else { return refs }
        let inner = places.filter { $0.workTree != nil && $0.name.hasPrefix(nested.name + "/") }
        let trees = try await facade.trees(
            directory,
            leavingOut: inner.map { String($0.name.dropFirst(nested.name.count + 1)) }
        )
        var top = directory?.head
        let head: String
        if let top {
            var ask = facade.request("rev-parse", "--verify", top.text + "^{tree}")
            ask.directory = facade.path
            head = try await git.run(ask).line
        } else {
            head = Self.emptyTree(like: base)
        }
        let time = try await commitTime(of: base)
        if trees.staged != head, trees.staged != trees.all {
            let commit = try await facade.commit(
                trees.staged,
                parent: top,
                message: "Staged in \(nested.name) of \(attempt)\n",
                time: time
            )
            refs.append(RefSnapshot.Ref(name: "staged", commit: commit))
            top = commit
        }
        if trees.all != head || top != directory?.head {
            top = try await facade.commit(
                trees.all,
                parent: top,
                message: "Left in \(nested.name) of \(attempt)\n",
                time: time
            )
        }
        if let top { refs.append(RefSnapshot.Ref(name: "work", commit: top)) }
        return refs
    }

    private func unpublished(
        _ commits: [CommitID],
        _ remote: [CommitID],
        _ facade: Facade
    ) async throws(Trouble) -> [UInt8] {
        var request = facade.request("rev-list", "--max-count=1", "--stdin")
        request.input = Array((commits.map(\.text) + remote.map { "^" + $0.text }).map { $0 + "\n" }.joined().utf8)
        return try await git.run(request).output
    }

    /// Takes the facade's refs over, unless they are here as they are; the answer is what they lie below.
    private func fetch(
        _ refs: [RefSnapshot.Ref],
        from facade: Facade,
        _ name: String,
        of attempt: AttemptID
    ) async throws(Trouble) -> String {
        let present = try await self.refs(around: attempt)
        var number = 1
        while true {
            let prefix = names.nestedPrefix(attempt, number: number, path: name)
            let there = present.refs.filter { $0.name.hasPrefix(prefix) }
            let known = there.map { RefSnapshot.Ref(name: String($0.name.dropFirst(prefix.count)), commit: $0.commit) }
            if Set(known) == Set(refs) {
                return String(prefix.dropLast())
            }
            guard there.isEmpty else {
                number += 1
                continue
            }
            try facade.write(refs)
            // Objects come as in any fetch: each is named anew by what it holds, and nothing that is missing goes unnoticed. To know
            // what is missing, git reads the HEADs of all worktrees.
            _ = try await runWhileNoneIsAdded(
                .init(
                    "-c",
                    "protocol.file.allow=always",
                    "-c",
                    "fetch.writeCommitGraph=false",
                    "fetch",
                    "--quiet",
                    "--atomic",
                    "--no-tags",
                    "--no-prune",
                    "--no-write-fetch-head",
                    "--no-recurse-submodules",
                    facade.path,
                    Facade.prefix + "*:" + prefix + "*",
                    in: repository.topLevel
                )
            )
            return String(prefix.dropLast())
        }
    }

    /// The paths that the worktree's `.gitmodules` names.
    private func registeredSubmodules(_ place: AttemptWorktree) async throws(Trouble) -> Set<String> {
        guard Disk.kind(place.path + "/.gitmodules") == .file else { return [] }
        var request = Git.Request(
            "config",
            "-z",
            "--file",
            ".gitmodules",
            "--get-regexp",
            "^submodule\\..*\\.path$",
            in: place.path
        )
        request.answers = [0, 1, 128]
        var fields = NulSeparated(try await git.run(request).output)
        return Set(
            fields.remaining().compactMap { field in
                let halves = field.split(separator: "\n", maxSplits: 1)
                return halves.count == 2 ? String(halves[1]) : nil
            }
        )
    }

    /// The date of a commit, for commits that must come out the same when they are made again.
    func commitTime(of commit: CommitID) async throws(Trouble) -> Timestamp {
        let seconds = try await git.run(
            .init(
                "rev-list",
                "--no-walk",
                "--no-commit-header",
                "--format=%ct",
                commit.text,
                in: repository.topLevel
            )
        ).line
        return Timestamp(milliseconds: (Int64(seconds) ?? 0) * 1000)
    }

    /// Git knows it without being given it.
    static func emptyTree(like commit: CommitID) -> String {
        commit.text.count == 64
            ? "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
            : "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    }

    /// Gives submodules' entries in the scratch index what the contribution may hold: the base's, or a commit that others can fetch.
    ///
    /// The answer is whether anything had to be changed, and what a review should know.
    func settleSubmodules(
        _ place: AttemptWorktree,
        _ entries: [IndexEntry],
        _ nested: NestedOutcome,
        base: CommitID,
        changes: Bool
    ) async throws(Trouble) -> (isChanged: Bool, findings: [String]) {
        guard !entries.isEmpty else { return (false, []) }
        var listing = Git.Request("ls-tree", "-r", "-z", base.text, "--", in: place.path)
        listing.arguments += entries.map(\.path)
        var fields = NulSeparated(try await git.run(listing).output)
        let old = fields.remaining()
        let nothing = String(repeating: "0", count: base.text.count)
        var input: [UInt8] = []
        var refused: [String] = []
        for entry in entries {
            let wanted = nested.published[entry.path]?.text
            let now = wanted ?? entry.object
            let mark = "160000 commit "
            let before = old.filter { line in
                line.split(separator: "\t", maxSplits: 1).last.map {
                    $0 == entry.path || $0.hasPrefix(entry.path + "/")
                }
                    ?? false
            }
            if before == ["\(mark)\(now)\t\(entry.path)"] || wanted != nil {
                if entry.object != now { input += Array("160000 \(now)\t".utf8) + entry.pathBytes + [0] }
                continue
            }
            input += Array("0 \(nothing)\t".utf8) + entry.pathBytes + [0]
            for line in before { input += Array(line.utf8) + [0] }
            refused.append(entry.path)
        }
        let findings =
            refused.isEmpty
            ? []
            : [
                "left as in the base, for nobody could fetch the commits that they name: " + Self.list(refused)
            ]
        guard !input.isEmpty, changes else { return (!input.isEmpty, findings) }
        var request = Git.Request("update-index", "-z", "--index-info", in: place.path)
        request.index = place.scratchIndexPath
        request.input = input
        _ = try await git.run(request)
        return (true, findings)
    }
}
