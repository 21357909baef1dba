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
    static func open(_ path: String) throws(JournalError) -> JournalReader? {
        guard unsafe access(path, F_OK) == 0 else { return nil }
        let connection: SQLiteConnection
        do throws(SQLiteError) {
            connection = try SQLiteConnection(path, access: .read)
        } catch {
            throw JournalError(error, path: path)
        }
        guard case .ours = try JournalFormat.examine(connection, path: path) else { return nil }
        return JournalReader(connection: connection, path: path)
    }

    private init(connection: consuming SQLiteConnection, path: String) {
        self.connection = connection
        self.path = path
    }

    func runs() throws(JournalError) -> [RunRecord] { try Self.runs(on: connection, path: path) }

    func entries(of run: RunID) throws(JournalError) -> [JournalEntry]? {
        try Self.entries(of: run, on: connection, path: path)
    }

    func snapshot(of run: RunID) -> SnapshotRecord? { Self.snapshot(of: run, on: connection) }

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
        let shortcut = snapshot(of: run, on: connection).flatMap { record in
            program.flatMap { record.replay(of: run, by: $0) }
        }
        // A snapshot ahead of the entries would hide that some are missing.
        var replay = shortcut.flatMap { $0.sequence <= count ? $0 : nil } ?? Replay()
        try forEachEntry(of: run, after: replay.sequence, upTo: count, on: connection, path) { replay.take($0) }
        return replay
    }

    /// The newest snapshot of a run, unchecked; nil where there is none or it cannot be read.
    static func snapshot(of run: RunID, on connection: borrowing SQLiteConnection) -> SnapshotRecord? {
        guard
            let rows = try? connection.prepare(
                "SELECT sequence, program, body, checksum FROM snapshots WHERE run = ?1"
            ),
            (try? rows.bind(run.text, at: 1)) != nil, (try? rows.step()) == true
        else { return nil }
        return SnapshotRecord(
            sequence: Int(rows.integer(0)),
            program: rows.integer(1),
            body: rows.bytes(2),
            checksum: rows.integer(3)
        )
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
        let rows = try records(of: run, after: start, on: connection, path: path)
        var last = start
        while let record = try nextRecord(of: rows, path: path) {
            guard record.sequence == last + 1, record.isSound(in: run) else {
                throw .corruptEntry(path: path, run: run, sequence: last + 1)
            }
            last += 1
            guard let event = try? record.event() else {
                throw .unknownEvent(path: path, run: run, sequence: last)
            }
            body(JournalEntry(sequence: last, time: record.time, event: event))
        }
        guard last == end else { throw .corruptEntry(path: path, run: run, sequence: min(last, end) + 1) }
    }

    private static func records(
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

    private static func nextRecord(
        of rows: borrowing SQLiteStatement,
        path: String
    ) throws(JournalError) -> EntryRecord? {
        do throws(SQLiteError) {
            guard try rows.step() else { return nil }
        } catch {
            throw JournalError(error, path: path)
        }
        return EntryRecord(
            sequence: Int(rows.integer(0)),
            time: Timestamp(milliseconds: rows.integer(1)),
            body: rows.bytes(2),
            checksum: rows.integer(3)
        )
    }
}
