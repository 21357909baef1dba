internal import FoundationEssentials
internal import Glibc
internal import StrettoCore

/// The writing side of a journal file: one connection, one run, used from one thread.
///
/// Each call is one commit. A call that throws has written nothing and may be tried again.
final class JournalStore {
    let path: String
    let run: RunID
    private let connection: SQLiteConnection
    private let insertion: SQLiteStatement
    private let advancement: SQLiteStatement
    private let program: Int64?
    private let seal: Seal
    private let snapshotEntriesMin: Int
    private let encoder = JSONEncoder()
    /// How many entries, and bytes of them, the newest snapshot does not cover; and how large that snapshot is.
    private var uncovered: (entries: Int, bytes: Int)
    private var snapshotBytes: Int
    /// The sequence number of the run's last entry on the disk; 0 before the first.
    private(set) var lastSequence: Int

    /// Opens the journal, which is made where it does not exist; its directory must.
    ///
    /// `program` signs the snapshots; without it there are none. Each is worth `snapshotEntriesMin` entries at the least.
    init(
        path: String,
        run: RunID,
        mode: CommitMode,
        program: Int64? = ProgramMark.own,
        snapshotEntriesMin: Int = JournalFormat.snapshotEntriesMin
    ) throws(JournalError) {
        self.path = path
        self.run = run
        self.program = program
        seal = Seal(of: run)
        self.snapshotEntriesMin = snapshotEntriesMin
        try Self.examineOrCreate(path)
        do throws(SQLiteError) {
            connection = try SQLiteConnection(path, access: .write)
            try Self.prepare(connection, mode: mode)
            insertion = try connection.prepare(
                "INSERT INTO entries (run, sequence, time, body, checksum) VALUES (?1, ?2, ?3, ?4, ?5)"
            )
            advancement = try connection.prepare(
                "UPDATE runs SET last = ?2, ended = NULL, outcome = NULL WHERE id = ?1"
            )
            let last = try connection.prepare("SELECT last FROM runs WHERE id = ?1")
            try last.bind(run.text, at: 1)
            lastSequence = try last.step() ? Int(last.integer(0)) : 0
            let snapshot = JournalReader.snapshot(of: run, on: connection).flatMap { $0.stamp == program ? $0 : nil }
            let rest = try connection.prepare(
                "SELECT count(*), coalesce(sum(length(body)), 0) FROM entries WHERE run = ?1 AND sequence > ?2"
            )
            try rest.bind(run.text, at: 1)
            try rest.bind(Int64(snapshot?.sequence ?? 0), at: 2)
            uncovered = try rest.step() ? (Int(rest.integer(0)), Int(rest.integer(1))) : (0, 0)
            snapshotBytes = snapshot?.body.count ?? 0
        } catch {
            throw JournalError(error, path: path)
        }
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.userInfo[Secrets.areMasked] = true
    }

    /// Refuses what is not a journal before anything could change it, and makes a new file for its owner only.
    private static func examineOrCreate(_ path: String) throws(JournalError) {
        // Only ever opened where it is new: closing a second descriptor of a file drops the locks SQLite holds on it.
        let descriptor = unsafe Glibc.open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
            return
        }
        guard errno == EEXIST else {
            throw .unavailable(path: path, detail: unsafe String(cString: strerror(errno)))
        }
        let connection: SQLiteConnection
        do throws(SQLiteError) {
            connection = try SQLiteConnection(path, access: .read)
        } catch {
            throw JournalError(error, path: path)
        }
        _ = try JournalFormat.examine(connection, path: path)
    }

    private static func prepare(
        _ connection: borrowing SQLiteConnection,
        mode: CommitMode
    ) throws(SQLiteError) {
        try connection.execute(
            """
            PRAGMA trusted_schema = OFF;
            PRAGMA cell_size_check = ON;
            PRAGMA synchronous = FULL;
            """
        )
        // Before there is a write-ahead log, so that the file itself always says what it is.
        let schema =
            try connection.integer("PRAGMA user_version") == 0
            ? JournalFormat.schema + JournalFormat.snapshotSchema : JournalFormat.snapshotSchema
        do {
            try connection.execute("BEGIN IMMEDIATE;" + schema + "COMMIT;")
        } catch {
            connection.rollBack()
            throw error
        }
        try connection.execute(
            """
            PRAGMA journal_mode = \(mode.name);
            PRAGMA journal_size_limit = \(JournalFormat.logBytesMax);
            """
        )
    }

    /// Appends entries in one commit; when it returns, they are on the disk.
    ///
    /// The first entry of all must be `opened`, which makes the run's record. Entries after the run's end reopen it: it
    /// is unfinished again. `state` is what they lead to; a snapshot of it is written along where one is due.
    func append(_ entries: [JournalEntry], leadingTo state: Scheduler? = nil) throws(JournalError) {
        guard let last = entries.last else { return }
        if lastSequence == 0 {
            guard case .opened(let spec) = entries[0].event, spec.id == run else {
                throw .noSuchRun(path: path, run: run)
            }
        }
        let rows = try encode(entries)
        let bytes = rows.reduce(uncovered.bytes) { $0 + $1.body.count }
        var snapshot = state.flatMap { self.snapshot(of: $0, after: last.sequence, uncoveredBytes: bytes) }
        do {
            try commit(rows, of: entries, snapshot)
        } catch {
            // A shortcut is not worth what may be the last room.
            guard error.isFull, snapshot != nil else { throw error }
            snapshot = nil
            try commit(rows, of: entries, nil)
        }
        lastSequence = last.sequence
        uncovered = snapshot == nil ? (uncovered.entries + rows.count, bytes) : (0, 0)
        if let snapshot { snapshotBytes = snapshot.body.count }
    }

    private func commit(
        _ rows: [SealedRow],
        of entries: [JournalEntry],
        _ snapshot: SealedRow?
    ) throws(JournalError) {
        do throws(SQLiteError) {
            try connection.execute("BEGIN IMMEDIATE")
            if lastSequence == 0, case .opened(let spec) = entries[0].event {
                try record(spec, at: entries[0].time)
            }
            for row in rows { try insert(row) }
            try advance(to: lastSequence + rows.count)
            if let snapshot { try replace(by: snapshot) }
            try connection.execute("COMMIT")
        } catch {
            insertion.reset()
            connection.rollBack()
            throw try failure(error, appending: entries[0])
        }
    }

    /// A snapshot where enough has come since the last one; one that cannot be made is none.
    private func snapshot(of state: Scheduler, after sequence: Int, uncoveredBytes: Int) -> SealedRow? {
        guard let program, sequence - lastSequence + uncovered.entries >= snapshotEntriesMin,
            uncoveredBytes >= snapshotBytes
        else { return nil }
        return try? SealedRow(state, sequence: sequence, stamp: program, in: seal)
    }

    private func replace(by snapshot: SealedRow) throws(SQLiteError) {
        let replacement = try connection.prepare(
            "INSERT OR REPLACE INTO snapshots (run, sequence, program, body, checksum) VALUES (?1, ?2, ?3, ?4, ?5)"
        )
        try write(snapshot, by: replacement)
    }

    private func insert(_ entry: SealedRow) throws(SQLiteError) { try write(entry, by: insertion) }

    /// Runs a statement that takes the run's name and then the columns of a row.
    private func write(_ row: SealedRow, by statement: borrowing SQLiteStatement) throws(SQLiteError) {
        try statement.bind(run.text, at: 1)
        try statement.bind(Int64(row.sequence), at: 2)
        try statement.bind(row.stamp, at: 3)
        try statement.bind(row.body, at: 4)
        try statement.bind(row.checksum, at: 5)
        try statement.run()
    }

    /// What went wrong: a number that is taken means that somebody else has appended.
    private func failure(_ error: SQLiteError, appending entry: JournalEntry) throws(JournalError) -> JournalError {
        guard error.isConstraint else { return JournalError(error, path: path) }
        let last = try runs().first { $0.id == run }?.entryCount ?? 0
        return .outOfOrder(path: path, run: run, expected: last + 1, found: entry.sequence)
    }

    /// Notes how a run ended, in a commit of its own.
    ///
    /// A run that is not there is left alone.
    func markEnded(_ run: RunID, outcome: Outcome, at time: Timestamp) throws(JournalError) {
        guard let text = try? encoder.encode(outcome) else { throw .unwritable(path: path, sequence: lastSequence) }
        do throws(SQLiteError) {
            let update = try connection.prepare("UPDATE runs SET ended = ?2, outcome = ?3 WHERE id = ?1")
            try update.bind(run.text, at: 1)
            try update.bind(time.milliseconds, at: 2)
            try update.bind(String(decoding: text, as: UTF8.self), at: 3)
            try update.run()
        } catch {
            throw JournalError(error, path: path)
        }
    }

    func runs() throws(JournalError) -> [RunRecord] { try JournalReader.runs(on: connection, path: path) }

    func entries() throws(JournalError) -> [JournalEntry] {
        try JournalReader.entries(of: run, on: connection, path: path) ?? []
    }

    func replay() throws(JournalError) -> Replay {
        try JournalReader.replay(of: run, by: program, on: connection, path: path) ?? Replay()
    }

    /// Keeps the file from growing past `pageCount` pages of 4 KiB; SQLite never goes below what the file has already.
    func limit(pageCount: Int) throws(JournalError) {
        do throws(SQLiteError) {
            try connection.execute("PRAGMA max_page_count = \(pageCount)")
        } catch {
            throw JournalError(error, path: path)
        }
    }

    private func encode(_ entries: [JournalEntry]) throws(JournalError) -> [SealedRow] {
        var rows: [SealedRow] = []
        rows.reserveCapacity(entries.count)
        for entry in entries {
            let expected = lastSequence + rows.count + 1
            guard entry.sequence == expected else {
                throw .outOfOrder(path: path, run: run, expected: expected, found: entry.sequence)
            }
            let (sequence, stamp) = (entry.sequence, entry.time.milliseconds)
            guard let row = try? SealedRow(entry.event, sequence: sequence, stamp: stamp, in: seal, encoder) else {
                throw .unwritable(path: path, sequence: sequence)
            }
            rows.append(row)
        }
        return rows
    }

    private func record(_ spec: RunSpec, at time: Timestamp) throws(SQLiteError) {
        let row = try connection.prepare("INSERT INTO runs (id, plan_path, created, last) VALUES (?1, ?2, ?3, 0)")
        try row.bind(run.text, at: 1)
        try row.bind(spec.planPath, at: 2)
        try row.bind(time.milliseconds, at: 3)
        try row.run()
    }

    /// Notes the last entry's number, and that the run goes on.
    private func advance(to sequence: Int) throws(SQLiteError) {
        try advancement.bind(run.text, at: 1)
        try advancement.bind(Int64(sequence), at: 2)
        try advancement.run()
    }
}
