package import StrettoCore

/// A folder in the place of a run's worktrees.
package struct LeftWorktree: Hashable, Sendable {
    /// What the folder is.
    package enum Kind: Hashable, Sendable {
        /// A whole worktree of an attempt; with the reason, where it was set aside because not all of it could be kept.
        case attempt(AttemptID, asideReason: String?)
        /// The run's own, in which merges are made: nobody works in it.
        case merge
        /// The files of worktrees whose attempts were over and kept, waiting for other attempts.
        case spares
        /// What git does not know as a worktree of this repository: moved away, or half of one.
        case folder
        /// Git knows of a worktree there, but the folder is gone.
        case registration
    }

    package var run: RunID
    /// Absolute.
    package var path: String
    package var kind: Kind
}

/// What came of clearing a run's worktrees away, in the order of their paths.
package struct Clearance: Hashable, Sendable {
    package var removed: [String] = []
    /// What stays, and why.
    package var left: [(path: String, reason: String)] = []

    package static func == (one: Clearance, other: Clearance) -> Bool {
        one.removed == other.removed && one.left.elementsEqual(other.left) { $0 == $1 }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(removed) }

    package init() {}

    /// Adds what came of another clearing.
    package mutating func add(_ other: Clearance) {
        removed += other.removed
        left += other.left
    }
}

extension Repository {
    /// What lies in the place of this repository's worktrees, in the order of the paths; `root` is absolute.
    package func leftWorktrees(below root: String) async throws(Trouble) -> [LeftWorktree] {
        var found: [LeftWorktree] = []
        for run in Disk.names(in: root) where Disk.kind(root + "/" + run) == .directory {
            for name in Disk.names(in: root + "/" + run) {
                found.append(left(name, in: root + "/" + run, of: RunID(run)))
            }
        }
        for path in try await registeredWorktrees() where path.hasPrefix(root + "/") && Disk.kind(path) == nil {
            let run = path.dropFirst(root.count + 1).prefix { $0 != "/" }
            found.append(LeftWorktree(run: RunID(String(run)), path: path, kind: .registration))
        }
        return found.sorted { $0.path < $1.path }
    }

    private func left(_ name: String, in folder: String, of run: RunID) -> LeftWorktree {
        let names = RunNames(run: run, folder: folder)
        let path = folder + "/" + name
        var kind = path == names.sparesFolder ? LeftWorktree.Kind.spares : .folder
        if let place = AttemptWorktree(path: path, commonDirectory: commonDirectory) {
            if path == names.mergePath {
                kind = .merge
            } else if let attempt = Self.attempt(named: name), names.worktreePath(attempt) == path {
                kind = .attempt(attempt, asideReason: place.notes?.asideReason)
            }
        }
        return LeftWorktree(run: run, path: path, kind: kind)
    }

    private static func attempt(named name: String) -> AttemptID? {
        guard let dot = name.lastIndex(of: "."), let number = Int(name[name.index(after: dot)...]),
            let task = PercentEncoding.text(ofComponent: String(name[..<dot]))
        else { return nil }
        return AttemptID(task: TaskID(task), number: number)
    }

    private func registeredWorktrees() async throws(Trouble) -> [String] {
        let mark = "worktree "
        var fields = NulSeparated(
            try await git.run(.init("worktree", "list", "--porcelain", "-z", in: topLevel)).output
        )
        return fields.remaining().filter { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }
    }
}

extension GitWorktrees {
    /// Removes this run's worktrees as far as everything in them is proved to be kept, and its empty folder.
    ///
    /// Only where nobody works in them: no engine and no agent of this run. What is not proved stays and is named.
    package func clear(_ worktrees: [LeftWorktree]) async -> Clearance {
        var clearance = Clearance()
        for worktree in worktrees where worktree.run == names.run {
            if let reason = await reasonToLeave(worktree) {
                clearance.left.append((worktree.path, reason))
            } else {
                clearance.removed.append(worktree.path)
            }
        }
        Disk.removeEmptyDirectory(names.folder)
        return clearance
    }

    /// Removes one; the answer is why it stays.
    private func reasonToLeave(_ worktree: LeftWorktree) async -> String? {
        do throws(Trouble) {
            switch worktree.kind {
            case .attempt(let attempt, _):
                guard case .setAside(_, let reason) = await dispose(attempt) else { return nil }
                return reason
            case .merge:
                _ = try await git.run(
                    .init("worktree", "remove", "--force", "--force", worktree.path, in: repository.topLevel)
                )
                return nil
            case .spares:
                try await removeSpares()
                return nil
            case .folder:
                Disk.removeEmptyDirectory(worktree.path)
                return Disk.kind(worktree.path) == nil
                    ? nil : "it is no worktree that git knows, so nothing proves that its files are kept"
            case .registration:
                return try await removeRegistration(worktree.path)
            }
        } catch {
            return error.message
        }
    }

    /// Forgets a worktree whose folder is gone, unless its last commit is on no ref.
    private func removeRegistration(_ path: String) async throws(Trouble) -> String? {
        var fields = NulSeparated(
            try await git.run(.init("worktree", "list", "--porcelain", "-z", in: repository.topLevel)).output
        )
        let lines = fields.remaining()
        guard let start = lines.firstIndex(of: "worktree " + path) else { return nil }
        let mark = "HEAD "
        guard let head = lines[start...].prefix(while: { !$0.isEmpty }).first(where: { $0.hasPrefix(mark) }) else {
            return "git does not tell at which commit it was"
        }
        let commit = String(head.dropFirst(mark.count))
        let holders = try await git.run(
            .init("for-each-ref", "--count=1", "--contains", commit, "--format=%(refname)", in: repository.topLevel)
        )
        guard !holders.output.isEmpty else {
            return
                "its folder is gone, but its commit \(commit.prefix(8)) is on no ref: 'git branch NAME \(commit.prefix(8))' keeps it"
        }
        _ = try await git.run(.init("worktree", "remove", "--force", "--force", path, in: repository.topLevel))
        return nil
    }
}
