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
        guard let count = try runs(on: connection, path: path).first(where: { $0.id == run })?.entryCount else {
            return nil
        }
        let rows = try records(of: run, on: connection, path: path)
        var entries: [JournalEntry] = []
        let decoder = JSONDecoder()
        while let record = try nextRecord(of: rows, path: path) {
            let sequence = entries.count + 1
            guard record.sequence == sequence, record.isSound(in: run) else {
                throw .corruptEntry(path: path, run: run, sequence: sequence)
            }
            guard let event = try? record.event(decoder: decoder) else {
                throw .unknownEvent(path: path, run: run, sequence: sequence)
            }
            entries.append(JournalEntry(sequence: sequence, time: record.time, event: event))
        }
        guard entries.count == count else {
            throw .corruptEntry(path: path, run: run, sequence: min(entries.count, count) + 1)
        }
        return entries
    }

    private static func records(
        of run: RunID,
        on connection: borrowing SQLiteConnection,
        path: String
    ) throws(JournalError) -> SQLiteStatement {
        do throws(SQLiteError) {
            let rows = try connection.prepare(
                "SELECT sequence, time, body, checksum FROM entries WHERE run = ?1 ORDER BY sequence"
            )
            try rows.bind(run.text, at: 1)
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
