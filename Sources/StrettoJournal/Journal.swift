internal import Glibc
package import StrettoCore

/// The durable log of one run, in the repository's `journal.sqlite`.
///
/// Writing happens on a thread of its own, in the order of the calls; each call is one commit, synced to the disk before
/// it returns. There is one writer at a time: whoever holds the ``RepositoryLock``. Reading by ``runs(at:)`` and its
/// like needs no lock and may go on meanwhile, also in other processes.
package actor Journal: RunJournaling {
    private let thread: JournalThread
    private let path: String
    private let run: RunID
    private var store: JournalStore?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    /// Opens the journal for writing one run, new or already in it; the file is made where there is none.
    ///
    /// `path` is absolute and its directory exists. A newer, foreign or damaged file is refused and left as it was.
    /// `snapshotEntriesMin` is for tests: how many entries a snapshot is worth at the least; nil: as many as pay.
    package static func open(
        at path: String,
        for run: RunID,
        snapshotEntriesMin: Int? = nil
    ) async throws(JournalError) -> Journal {
        let journal = Journal(path: path, run: run)
        try await journal.open(snapshotEntriesMin ?? JournalFormat.snapshotEntriesMin)
        return journal
    }

    private init(path: String, run: RunID) {
        thread = JournalThread()
        self.path = path
        self.run = run
    }

    private func open(_ snapshotEntriesMin: Int) throws(JournalError) {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        store = try JournalStore(
            path: path,
            run: run,
            mode: CommitMode(directory: directory),
            snapshotEntriesMin: snapshotEntriesMin
        )
    }

    /// Appends in one commit; when it returns, the entries are on the disk.
    ///
    /// The first entry of a run is its `opened`. Entries that follow a run's end make it unfinished again.
    /// - Throws: ``JournalError``; then nothing was written, and the same call may be tried again.
    package func append(_ entries: [JournalEntry]) throws(JournalError) { try opened().append(entries) }

    /// Appends as ``append(_:)`` does, and writes a snapshot of `state` in the same commit where one is due.
    package func append(_ entries: [JournalEntry], leadingTo state: Scheduler) throws(Trouble) {
        do {
            try opened().append(entries, leadingTo: state)
        } catch {
            throw error.trouble
        }
    }

    /// Notes how a run ended, so that it is not taken up again; also for another run than the one being written.
    package func markEnded(_ run: RunID, outcome: Outcome, at time: Timestamp) throws(JournalError) {
        try opened().markEnded(run, outcome: outcome, at: time)
    }

    /// The run's own entries, checked; none before the first was appended.
    package func entries() throws(JournalError) -> [JournalEntry] { try opened().entries() }

    /// What those entries amount to: none, or the state after the last one.
    package func replay() throws(JournalError) -> Replay { try opened().replay() }

    /// Closes the file; every later call throws ``JournalError/closed(path:)``.
    package func close() { store = nil }

    private func opened() throws(JournalError) -> JournalStore {
        guard let store else { throw .closed(path: path) }
        return store
    }
}

/// Reading without an engine. These block while they read: not for the cooperative pool.
extension Journal {
    /// All runs, oldest first; none where there is no journal yet.
    package static func runs(at path: String) throws(JournalError) -> [RunRecord] {
        guard let reader = try JournalReader.open(path) else { return [] }
        return try reader.runs()
    }

    /// The entries of one run in order, each checked.
    /// - Throws: ``JournalError/corruptEntry(path:run:sequence:)`` naming the first that is not what was written.
    package static func entries(of run: RunID, at path: String) throws(JournalError) -> [JournalEntry] {
        guard let reader = try JournalReader.open(path), let entries = try reader.entries(of: run) else {
            throw .noSuchRun(path: path, run: run)
        }
        return entries
    }

    /// What the entries of one run amount to: the way in for everybody who wants to know how a run stands.
    ///
    /// Only the entries since the last snapshot of this very program are read and checked; ``entries(of:at:)`` checks all.
    package static func replay(of run: RunID, at path: String) throws(JournalError) -> Replay {
        guard let reader = try JournalReader.open(path), let replay = try reader.replay(of: run, by: ProgramMark.own)
        else { throw .noSuchRun(path: path, run: run) }
        return replay
    }

    /// The newest run that has not ended: what a restart takes up.
    package static func unfinishedRun(at path: String) throws(JournalError) -> RunRecord? {
        try runs(at: path).last { !$0.isFinished }
    }
}
