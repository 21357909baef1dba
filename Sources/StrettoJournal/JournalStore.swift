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
    private let encoder = JSONEncoder()
    /// The sequence number of the run's last entry on the disk; 0 before the first.
    private(set) var lastSequence: Int

    /// Opens the journal, which is made where it does not exist; its directory must.
    init(path: String, run: RunID, mode: CommitMode) throws(JournalError) {
        self.path = path
        self.run = run
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
        } catch {
            throw JournalError(error, path: path)
        }
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
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
            PRAGMA journal_mode = \(mode.name);
            PRAGMA synchronous = FULL;
            PRAGMA journal_size_limit = \(JournalFormat.logBytesMax);
            """
        )
        guard try connection.integer("PRAGMA user_version") == 0 else { return }
        do {
            try connection.execute("BEGIN IMMEDIATE;" + JournalFormat.schema + "COMMIT;")
        } catch {
            connection.rollBack()
            throw error
        }
    }

    /// Appends entries in one commit; when it returns, they are on the disk.
    ///
    /// The first entry of all must be `opened`, which makes the run's record. Entries after the run's end reopen it: it
    /// is unfinished again.
    func append(_ entries: [JournalEntry]) throws(JournalError) {
        guard let last = entries.last else { return }
        if lastSequence == 0 {
            guard case .opened(let spec) = entries[0].event, spec.id == run else {
                throw .noSuchRun(path: path, run: run)
            }
        }
        let records = try encode(entries)
        do throws(SQLiteError) {
            try connection.execute("BEGIN IMMEDIATE")
            if lastSequence == 0, case .opened(let spec) = entries[0].event {
                try record(spec, at: entries[0].time)
            }
            for record in records { try insert(record) }
            try advance(to: last.sequence)
            try connection.execute("COMMIT")
        } catch {
            insertion.reset()
            connection.rollBack()
            throw try failure(error, appending: entries[0])
        }
        lastSequence = last.sequence
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

    /// Keeps the file from growing past `pageCount` pages of 4 KiB; SQLite never goes below what the file has already.
    func limit(pageCount: Int) throws(JournalError) {
        do throws(SQLiteError) {
            try connection.execute("PRAGMA max_page_count = \(pageCount)")
        } catch {
            throw JournalError(error, path: path)
        }
    }

    private func encode(_ entries: [JournalEntry]) throws(JournalError) -> [EntryRecord] {
        var records: [EntryRecord] = []
        records.reserveCapacity(entries.count)
        for entry in entries {
            let expected = lastSequence + records.count + 1
            guard entry.sequence == expected else {
                throw .outOfOrder(path: path, run: run, expected: expected, found: entry.sequence)
            }
            guard let record = try? EntryRecord(entry, run: run, encoder: encoder) else {
                throw .unwritable(path: path, sequence: entry.sequence)
            }
            records.append(record)
        }
        return records
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

    private func insert(_ record: EntryRecord) throws(SQLiteError) {
        try insertion.bind(run.text, at: 1)
        try insertion.bind(Int64(record.sequence), at: 2)
        try insertion.bind(record.time.milliseconds, at: 3)
        try insertion.bind(record.body, at: 4)
        try insertion.bind(record.checksum, at: 5)
        try insertion.run()
    }
}
