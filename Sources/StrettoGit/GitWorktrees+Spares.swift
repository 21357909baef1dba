internal import StrettoCore
internal import StrettoProcess

/// Worktrees that are used again. What is reused are files alone, each proved by ``Inventory``; the registration with HEAD, index, refs and
/// settings is new every time.
extension GitWorktrees {
    /// A worktree at `commit` from the files of a spare one; nil where there is none or anything about it is odd.
    ///
    /// Until the last rename the path is an empty shell, so a crash leaves nothing that could be taken for a worktree.
    func reuse(
        _ path: String,
        at commit: CommitID,
        _ refs: RefSnapshot,
        for attempt: AttemptID
    ) async -> AttemptWorktree? {
        guard Disk.kind(path) == nil, let spare = spares.take() else { return nil }
        do throws(Trouble) {
            if let record = try await fit(spare, to: path, at: commit, refs) {
                spares.note(record, of: attempt)
                return place(path)
            }
        } catch {
            // A fresh one is made instead, and meets the same trouble if it is none of the spare's own.
        }
        try? await removeFolder(spare.path)
        // Nobody has worked there. What git refuses to remove is an empty shell, with which ``addWorktree(_:at:)`` can deal.
        try? await removeWorktree(path, "--force", "--force")
        return nil
    }

    private func fit(
        _ spare: Spare,
        to path: String,
        at commit: CommitID,
        _ refs: RefSnapshot
    ) async throws(Trouble) -> CheckoutRecord? {
        // Once more, although it was done when the spare was put away: this is the proof that counts.
        async let swept = apart { () throws(Trouble) in try spare.record.inventory.sweep(spare.path) }
        try await register(path, at: commit)
        let rules = try await rules(in: path, refs)
        try await swept.get()
        guard let place = place(path), rules == spare.record.rules, isPlain(place) else { return nil }
        try Disk.write(spare.record.index, to: place.indexPath)
        try Disk.rename(path + "/.git", to: spare.path + "/.git")
        _ = try await git.run(.init("read-tree", "--reset", "-u", "HEAD", in: spare.path))
        guard let record = try await record(spare.path, place, rules),
            record.inventory.attributes == spare.record.inventory.attributes
        else { return nil }
        try Disk.rename(spare.path, to: path)
        return record
    }

    /// Remembers a fresh checkout that nobody has worked in yet, so that it may be reused one day.
    func noteFresh(_ place: AttemptWorktree, _ refs: RefSnapshot, of attempt: AttemptID) async {
        guard spares.isInUse, let count = Self.entryCount(Disk.head(place.indexPath, bytesMax: Self.indexHeaderBytes)),
            count >= spares.policy.filesMin,
            isPlain(place), !spares.policy.needsFaithfulDisk || FileFacts.notesEveryChange(at: place.path)
        else { return }
        // What cannot be recorded is made anew the next time, that is all.
        guard let rules = try? await rules(in: place.path, refs),
            let record = try? await record(place.path, place, rules)
        else { return }
        spares.note(record, of: attempt)
    }

    /// The record of a checkout; nil where its files are not exactly those of its index.
    private func record(
        _ path: String,
        _ place: AttemptWorktree,
        _ rules: CheckoutRules
    ) async throws(Trouble) -> CheckoutRecord? {
        let inventory = try await apart { () throws(Trouble) in try Inventory(of: path) }.get()
        guard let index = Disk.read(place.indexPath), Self.entryCount(index) == inventory.fileCount,
            inventory.emptyFolderCount == 0, !rules.mayFilter(with: inventory.attributes)
        else { return nil }
        return CheckoutRecord(inventory: inventory, index: index, rules: rules)
    }

    /// Puts the files of a worktree away for reuse instead of removing them; false: nothing was done.
    ///
    /// Where it is not proved yet that all in it is kept, git is asked whether it is clean, as `git worktree remove` does.
    func putAway(
        _ attempt: AttemptID,
        _ place: AttemptWorktree,
        isProved: Bool
    ) async throws(Trouble) -> Bool {
        guard let record = spares.record(of: attempt), hasRoom(place.path), isPlain(place),
            let number = spares.reserve()
        else { return false }
        let path = place.path
        let spare = Spare(path: "\(names.sparesFolder)/\(number)", record: record)
        do throws(Trouble) {
            let isOccupied = try await apart { Occupants.areIn(path) }.get()
            let isClean = isProved ? true : try await isClean(path)
            guard !isOccupied, isClean else {
                spares.release()
                return false
            }
            try Disk.makeDirectory(names.sparesFolder)
            try Disk.rename(path, to: spare.path)
        } catch {
            spares.release()
            throw error
        }
        await tidy(spare)
        // The files are gone from there, so this takes nothing but the registration; one that stays goes when the run is over.
        try? await removeWorktree(path, "--force", "--force")
        return true
    }

    /// Leaves nothing in a spare but what git wrote, or removes it.
    private func tidy(_ spare: Spare) async {
        let swept = await apart { () throws(Trouble) in
            Disk.removeFile(spare.path + "/.git")
            try spare.record.inventory.sweep(spare.path)
        }
        if case .success = swept, spares.fill(spare) { return }
        if case .failure = swept { spares.release() }
        try? await removeFolder(spare.path)
    }

    /// Removes all spares for good, those included that a dead engine left.
    ///
    /// Whatever lies in their folder was proved to be kept before it came there.
    func removeSpares() async throws(Trouble) {
        guard Disk.kind(names.sparesFolder) != nil else { return }
        try await removeFolder(names.sparesFolder)
    }

    /// Removes a folder of ours with all that is in it.
    private func removeFolder(_ path: String) async throws(Trouble) {
        let removed = await apart { () throws(Trouble) in try OpenFolder.remove(path) }
        guard case .failure(let trouble) = removed else { return }
        // Only what lies deeper than descriptors reach is another program's business.
        _ = try? await program(["rm", "-rf", "--one-file-system", "--", path], what: "removing", in: names.folder)
        if Disk.kind(path) != nil { throw trouble }
    }

    /// Removes all spares, and forgets worktrees whose files were put away and which git still knows of: an engine died just then, or git
    /// would not forget them at that moment.
    func forgetMoved() async throws(Trouble) {
        guard Disk.kind(names.sparesFolder) != nil else { return }
        let moved = try await repository.leftWorktrees(below: names.root).filter { left in
            left.run == names.run && left.kind == .registration
        }
        _ = await clear(moved)
        try await removeSpares()
    }

    /// Whether git finds nothing in a worktree that is not committed.
    private func isClean(_ path: String) async throws(Trouble) -> Bool {
        try await git.run(
            .init("status", "--porcelain", "-z", "--untracked-files=normal", "--ignore-submodules=none", in: path)
        ).output.isEmpty
    }

    private func hasRoom(_ path: String) -> Bool {
        FreeSpace.bytes(at: path).map { $0 >= spares.policy.freeBytesMin } ?? false
    }

    /// Whether the registration has nothing that makes a checkout depend on more than its commit and its rules, and nobody locked it.
    private func isPlain(_ place: AttemptWorktree) -> Bool {
        let names = Disk.names(in: place.administration)
        return !names.contains { ["locked", "modules", "config.worktree"].contains($0) || $0.hasPrefix("sharedindex") }
            && Disk.kind(place.administration + "/info/sparse-checkout") == nil
    }

    /// How many entries an index has by its header; nil where it is none.
    static func entryCount(_ index: [UInt8]) -> Int? {
        guard index.starts(with: Array("DIRC".utf8)), index.count >= indexHeaderBytes else { return nil }
        return index[8..<indexHeaderBytes].reduce(0) { $0 << 8 + Int($1) }
    }

    static let indexHeaderBytes = 12
}

/// Runs what reads or removes many files on a thread of its own.
func apart<Value: Sendable>(_ body: @escaping @Sendable () throws(Trouble) -> Value) async -> Result<Value, Trouble> {
    await withCheckedContinuation { continuation in
        OwnThread.start {
            do throws(Trouble) {
                continuation.resume(returning: .success(try body()))
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
    }
}
