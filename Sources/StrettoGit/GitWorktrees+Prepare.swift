package import StrettoCore
internal import StrettoProcess

extension GitWorktrees {
    /// Makes the attempt's worktree at the order's commit, else at the run branch's head of this moment, with copies and setup done.
    ///
    /// A path of `copy` that the checkout lacks is a ``Trouble``, for an agent without it would fail in stranger ways; one that the
    /// worktree has already is left alone. What setup commands write counts as the attempt's work unless it is ignored.
    package func prepare(_ order: PrepareOrder) async throws(Trouble) -> Worktree {
        let path = names.worktreePath(order.attempt)
        let place: AttemptWorktree
        var notes: AttemptNotes
        if let found = self.place(path), let remembered = found.notes {
            if remembered.isReady { return Worktree(path: path, base: remembered.base) }
            (place, notes) = (found, remembered)
        } else {
            (place, notes) = try await checkOut(path, at: order.commit, for: order.attempt)
            // Before the first program that could move a ref; where there is none, the notes at the end are the first ones.
            if !order.setup.isEmpty || !order.copy.isEmpty { try place.write(notes) }
        }
        try Disk.makeDirectory(path + "/" + Self.mailboxName)
        let mailboxRule = path + "/" + Self.mailboxName + "/.gitignore"
        if Disk.kind(mailboxRule) == nil { try Disk.write(Array("*\n".utf8), to: mailboxRule) }
        for name in order.copy where try await copy(name, into: path) {
            notes.copied.append(name)
        }
        for command in order.setup {
            try await setUp(command, in: path, environment: order.environment)
        }
        notes.watch = await watch()
        notes.isReady = true
        try place.write(notes)
        return Worktree(path: path, base: notes.base)
    }

    /// A worktree with all files and its first notes, not written yet; what an interrupted try left is completed or moved away.
    ///
    /// `commit` is where it is made; nil: at the head of the run's branch.
    private func checkOut(
        _ path: String,
        at commit: CommitID?,
        for attempt: AttemptID
    ) async throws(Trouble) -> (AttemptWorktree, AttemptNotes) {
        let refs = try await refs(around: attempt)
        guard let head = commit ?? refs[names.branchRef] else { throw branchIsGone }
        let place: AttemptWorktree
        if let reused = await reuse(path, at: head, refs, for: attempt) {
            place = reused
        } else {
            let isHalf = Disk.kind(path) != nil
            place = try await addWorktree(path, at: head)
            if !isHalf { await noteFresh(place, refs, of: attempt) }
        }
        var notes = AttemptNotes(base: place.detachedHead ?? head)
        notes.refs = refs.watched
        return (place, notes)
    }

    /// A detached worktree whose files are all there.
    ///
    /// `git worktree add` registers and `git read-tree` fills, because the second step can simply be repeated after a crash.
    func addWorktree(_ path: String, at commit: CommitID) async throws(Trouble) -> AttemptWorktree {
        if let half = place(path), half.detachedHead != nil {
            half.removeStaleLocks()
            _ = try await git.run(.init("read-tree", "--reset", "-u", "HEAD", in: path))
            return half
        }
        try moveAside(path)
        try await register(path, at: commit)
        _ = try await git.run(.init("read-tree", "-m", "-u", "HEAD", in: path))
        guard let place = place(path) else {
            throw Trouble("git made no worktree of \(repository.commonDirectory) at \(path)")
        }
        return place
    }

    /// How often git is asked to make a worktree: whoever removes the last other one, be it the user, takes the folder of all
    /// registrations away between two steps of `git worktree add` (git 2.39).
    private static let registrationTriesMax = 3

    /// Makes git know of a detached worktree at `path` that has no file yet, and no index.
    func register(_ path: String, at commit: CommitID) async throws(Trouble) {
        try Disk.makeDirectory(names.folder)
        await adding.enter()
        var added: Trouble?
        for _ in 0..<Self.registrationTriesMax {
            do throws(Trouble) {
                // Twice forced: a killed try leaves a registration without files, and locked.
                _ = try await git.run(
                    .init(
                        "worktree",
                        "add",
                        "--force",
                        "--force",
                        "--quiet",
                        "--no-checkout",
                        "--detach",
                        path,
                        commit.text,
                        in: repository.topLevel
                    )
                )
                added = nil
            } catch {
                added = error
            }
            guard let added, !added.isDiskRefusal else { break }
        }
        await adding.leave()
        if let added { throw added }
    }

    /// Renames what lies at a path of ours without being a worktree; an empty shell is removed.
    private func moveAside(_ path: String) throws(Trouble) {
        guard let kind = Disk.kind(path) else { return }
        if kind == .directory, [[], [".git"]].contains(Disk.names(in: path)), Disk.kind(path + "/.git") != .directory {
            Disk.removeFile(path + "/.git")
            Disk.removeEmptyDirectory(path)
            return
        }
        var number = 1
        while Disk.kind("\(path).aside-\(number)") != nil { number += 1 }
        try Disk.rename(path, to: "\(path).aside-\(number)")
    }

    /// Whether anything was copied.
    private func copy(_ name: String, into path: String) async throws(Trouble) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !name.isEmpty, !parts.contains(where: { ["", ".", "..", ".git"].contains($0) }) else {
            throw Trouble("copy: '\(name)' is no path inside the repository: give one relative to its root")
        }
        let source = repository.topLevel + "/" + name
        guard Disk.kind(source) != nil else {
            throw Trouble("copy: '\(name)' is not in \(repository.topLevel): create it or take it off the list")
        }
        let target = path + "/" + name
        guard Disk.kind(target) == nil else { return false }
        let folder = parts.dropLast().joined(separator: "/")
        try Disk.makeDirectory(folder.isEmpty ? path : path + "/" + folder)
        // A partial copy must not look like a whole one after a crash.
        let partial = path + "/" + Self.mailboxName + "/copying"
        try await program(["rm", "-rf", "--", partial], what: "copy: '\(name)'", in: path)
        try await program(["cp", "-a", "--reflink=auto", "--", source, partial], what: "copy: '\(name)'", in: path)
        try Disk.rename(partial, to: target)
        return true
    }

    private func setUp(
        _ command: String,
        in path: String,
        environment: TaskEnvironment
    ) async throws(Trouble) {
        let shell = ShellCommand(command)
        var environment = environment
        environment.variables += shell.variables
        try await program(
            shell.arguments,
            what: "the setup command '\(Secrets.mask(command))'",
            in: path,
            environment: environment
        )
    }

    func program(
        _ arguments: [String],
        what: String,
        in path: String,
        environment: TaskEnvironment = TaskEnvironment()
    ) async throws(Trouble) {
        var variables = environment.variables(inheriting: repository.programEnvironment)
        let secrets = KnownSecrets(environment: variables)
        variables[Orphans.programVariable] = repository.commonDirectory
        let output: ProcessOutput
        do {
            output = try await ChildProcess.run(
                ProcessCommand(
                    arguments: arguments,
                    directory: path,
                    environment: variables,
                    outputBytesMax: Self.programOutputBytesMax,
                    timeout: Self.programDurationMax
                )
            )
        } catch {
            throw Trouble("\(what) in \(path): \(error)")
        }
        guard output.status == .code(0) else {
            let text = output.error.isEmpty ? output.output : output.error
            let last = String(decoding: text.suffix(CheckResult.outputBytesMax), as: UTF8.self).trimmingLineEnd
            let end =
                output.isTimedOut
                ? "did not end within \(Self.programDurationMax.wholeSeconds) s" : "ended with \(output.status)"
            let sentence = "\(what) in \(path) \(end)" + (last.isEmpty ? "" : ":\n\(secrets.mask(last))")
            throw FreeSpace.isUsedUp(at: path) ? Trouble(diskRefusal: sentence) : Trouble(sentence)
        }
    }

    /// What is kept of one setup command's output.
    private static let programOutputBytesMax = 8 * 1024 * 1024
    /// How long one setup command may take.
    private static let programDurationMax = Duration.seconds(3600)
}
