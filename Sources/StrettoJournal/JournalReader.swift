internal import FoundationEssentials
internal import Glibc
internal import StrettoCore

/// Looks into a journal, through a connection of its own or the writer's.
///
/// Everything it returns has been checked: sequences without gaps, checksums that hold.
struct JournalReader: ~Copyable {
    private let connection: SQLiteConnection
    private let path: String

    /// Opens the journal for reading only; nil where there is none yet.
    ///
    /// Where a writer was killed in a commit that must be undone, SQLite undoes it first.
    static func open(_ path: String) throws(JournalError) -> JournalReader? {
        guard unsafe access(path, F_OK) == 0 else { return nil }
        let connection: SQLiteConnection
        do throws(SQLiteError) {
            connection = try connect(path)
        } catch {
            throw JournalError(error, path: path)
        }
        guard case .ours = try JournalFormat.examine(connection, path: path) else { return nil }
        return JournalReader(connection: connection, path: path)
    }

    private static func connect(_ path: String) throws(SQLiteError) -> SQLiteConnection {
        let connection = try SQLiteConnection(path, access: .read)
        // One that only looks refuses as long as there is a commit to be undone.
        if try !connection.canRead() { _ = try SQLiteConnection(path, access: .write).canRead() }
        return connection
    }

    private init(connection: consuming SQLiteConnection, path: String) {
        self.connection = connection
        self.path = path
    }

    func runs() throws(JournalError) -> [RunRecord] { try Self.runs(on: connection, path: path) }

    func entries(of run: RunID) throws(JournalError) -> [JournalEntry]? {
        try Self.entries(of: run, on: connection, path: path)
    }

    func snapshot(of run: RunID) -> SealedRow? { Self.snapshot(of: run, on: connection) }

    func replay(of run: RunID, by program: Int64?) throws(JournalError) -> Replay? {
        try Self.replay(of: run, by: program, on: connection, path: path)
    }

    /// All runs, oldest first.
    static func runs(on connection: borrowing SQLiteConnection, path: String) throws(JournalError) -> [RunRecord] {
        var records: [RunRecord] = []
        let decoder = JSONDecoder()
        do throws(SQLiteError) {
            let rows = try connection.prepare(
                "SELECT id, plan_path, created, last, ended, outcome FROM runs ORDER BY rowid"
            )
            while try rows.step() {
                var outcome: Outcome?
                if !rows.isNull(5) { outcome = try? decoder.decode(Outcome.self, from: Data(rows.bytes(5))) }
                records.append(
                    RunRecord(
                        id: RunID(rows.text(0)),
                        planPath: rows.text(1),
                        created: Timestamp(milliseconds: rows.integer(2)),
                        entryCount: Int(rows.integer(3)),
                        ended: rows.isNull(4) ? nil : Timestamp(milliseconds: rows.integer(4)),
                        outcome: outcome
                    )
                )
            }
        } catch {
            throw JournalError(error, path: path)
        }
        return records
    }

    /// The entries of a run in order; nil where the run is not there.
    static func entries(
        of run: RunID,
        on connection: borrowing SQLiteConnection,
        path: String
    ) throws(JournalError) -> [JournalEntry]? {
        try beginReading(connection, path)
        defer { connection.rollBack() }
        guard let count = try entryCount(of: run, on: connection, path: path) else { return nil }
        var entries: [JournalEntry] = []
        entries.reserveCapacity(count)
        try forEachEntry(of: run, after: 0, upTo: count, on: connection, path) { entries.append($0) }
        return entries
    }

    /// What the entries of a run amount to; nil where the run is not there.
    ///
    /// Where `program` has left a snapshot, only the entries after it are read and checked.
    static func replay(
        of run: RunID,
        by program: Int64?,
        on connection: borrowing SQLiteConnection,
        path: String
    ) throws(JournalError) -> Replay? {
        try beginReading(connection, path)
        defer { connection.rollBack() }
        guard let count = try entryCount(of: run, on: connection, path: path) else { return nil }
        var replay = shortcut(of: run, by: program, upTo: count, on: connection) ?? Replay()
        try forEachEntry(of: run, after: replay.sequence, upTo: count, on: connection, path) { replay.take($0) }
        return replay
    }

    /// The state that a snapshot holds; nil where there is none, another program wrote it, or it is not what was written.
    private static func shortcut(
        of run: RunID,
        by program: Int64?,
        upTo count: Int,
        on connection: borrowing SQLiteConnection
    ) -> Replay? {
        // One ahead of the entries would hide that some are missing.
        guard let row = snapshot(of: run, on: connection), row.stamp == program, row.sequence <= count,
            row.isSound(in: Seal(of: run)), let state = try? row.state()
        else { return nil }
        return Replay(state, sequence: row.sequence)
    }

    /// The newest snapshot of a run, unchecked; nil where there is none or it cannot be read.
    static func snapshot(of run: RunID, on connection: borrowing SQLiteConnection) -> SealedRow? {
        guard
            let rows = try? connection.prepare(
                "SELECT sequence, program, body, checksum FROM snapshots WHERE run = ?1"
            ),
            (try? rows.bind(run.text, at: 1)) != nil, (try? rows.step()) == true
        else { return nil }
        return SealedRow(at: rows)
    }

    /// From here on to the roll-back the journal looks the same, though a writer may go on.
    private static func beginReading(_ connection: borrowing SQLiteConnection, _ path: String) throws(JournalError) {
        do throws(SQLiteError) {
            try connection.execute("BEGIN")
        } catch {
            throw JournalError(error, path: path)
        }
    }

    private static func entryCount(
        of run: RunID,
        on connection: borrowing SQLiteConnection,
        path: String
    ) throws(JournalError) -> Int? {
        try runs(on: connection, path: path).first { $0.id == run }?.entryCount
    }

    /// Hands over the entries after the one with number `start`, each checked, and makes sure that the last one is `end`.
    private static func forEachEntry(
        of run: RunID,
        after start: Int,
        upTo end: Int,
        on connection: borrowing SQLiteConnection,
        _ path: String,
        _ body: (JournalEntry) -> Void
    ) throws(JournalError) {
        let rows = try rows(of: run, after: start, on: connection, path: path)
        let seal = Seal(of: run)
        var last = start
        while let row = try nextRow(of: rows, path: path) {
            guard row.sequence == last + 1, row.isSound(in: seal) else {
                throw .corruptEntry(path: path, run: run, sequence: last + 1)
            }
            last += 1
            guard let event = try? row.event() else {
                throw .unknownEvent(path: path, run: run, sequence: last)
            }
            body(JournalEntry(sequence: last, time: Timestamp(milliseconds: row.stamp), event: event))
        }
        guard last == end else { throw .corruptEntry(path: path, run: run, sequence: min(last, end) + 1) }
    }

    private static func rows(
        of run: RunID,
        after sequence: Int,
        on connection: borrowing SQLiteConnection,
        path: String
    ) throws(JournalError) -> SQLiteStatement {
        do throws(SQLiteError) {
            let rows = try connection.prepare(
                "SELECT sequence, time, body, checksum FROM entries WHERE run = ?1 AND sequence > ?2 ORDER BY sequence"
            )
            try rows.bind(run.text, at: 1)
            try rows.bind(Int64(sequence), at: 2)
            return rows
        } catch {
            throw JournalError(error, path: path)
        }
    }

    private static func nextRow(
        of rows: borrowing SQLiteStatement,
        path: String
    ) throws(JournalError) -> SealedRow? {
        do throws(SQLiteError) {
            return try rows.step() ? SealedRow(at: rows) : nil
        } catch {
            throw JournalError(error, path: path)
        }
    }
}
