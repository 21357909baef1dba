internal import CSQLite

/// How a journal lies on the disk, and how it is recognised.
enum JournalFormat {
    /// The `user_version` of the database; a higher one is refused.
    static let version: Int64 = 1
    /// The `application_id` of the database: "Strt" in ASCII.
    static let applicationID: Int64 = 0x5374_7274
    /// To what size the write-ahead log is cut back after a checkpoint.
    static let logBytesMax = 4 << 20

    /// An entry proves itself by a checksum over its run's name, its number, its time and its body; that the newest ones
    /// are all there is proved by the run's `last`, the number of its last entry.
    static let schema = """
        CREATE TABLE runs (
            id TEXT NOT NULL PRIMARY KEY,
            plan_path TEXT NOT NULL,
            created INTEGER NOT NULL,
            last INTEGER NOT NULL,
            ended INTEGER,
            outcome TEXT
        ) STRICT;
        CREATE TABLE entries (
            run TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            time INTEGER NOT NULL,
            body BLOB NOT NULL,
            checksum INTEGER NOT NULL,
            PRIMARY KEY (run, sequence)
        ) STRICT, WITHOUT ROWID;
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(version);
        """

    /// A run's newest snapshot: its state after the entry `sequence`, as the program file `program` left it.
    ///
    /// It shortens a replay and proves nothing: a program that does not know the table, and one that is another program,
    /// reads the entries from the first one on.
    static let snapshotSchema = """
        CREATE TABLE IF NOT EXISTS snapshots (
            run TEXT NOT NULL PRIMARY KEY,
            sequence INTEGER NOT NULL,
            program INTEGER NOT NULL,
            body BLOB NOT NULL,
            checksum INTEGER NOT NULL
        ) STRICT;
        """
    /// How many entries a snapshot is worth at the least; it must also be outweighed by them, so that it never doubles
    /// what is written.
    static let snapshotEntriesMin = 1000

    /// What a database turned out to be.
    enum Finding {
        /// Nothing has been written to it yet.
        case empty
        case ours
    }

    /// Tells what the database is without changing it.
    static func examine(_ connection: borrowing SQLiteConnection, path: String) throws(JournalError) -> Finding {
        let application: Int64
        let version: Int64
        let tableCount: Int64
        do throws(SQLiteError) {
            application = try connection.integer("PRAGMA application_id") ?? 0
            version = try connection.integer("PRAGMA user_version") ?? 0
            tableCount = try connection.integer("SELECT count(*) FROM sqlite_schema") ?? 0
        } catch {
            throw JournalError(error, path: path)
        }
        if application == 0, version == 0, tableCount == 0 { return .empty }
        guard application == applicationID else { throw .foreign(path: path) }
        guard version <= self.version else {
            throw .newerFormat(path: path, found: version, supported: self.version)
        }
        return .ours
    }
}

/// How the journal guards a commit against a crash.
enum CommitMode: Hashable {
    /// A write-ahead log: one sync a commit; readers and the writer do not wait for each other.
    case writeAheadLog
    /// A rollback journal: slower, but needs no memory shared between processes, which network file systems do not have.
    case rollbackJournal

    /// Magic numbers of file systems whose files may live on another machine, or whose locks and maps cannot be relied on.
    private static let remoteMagic: Set<Int> = [
        0x6969,  // NFS
        0xFF53_4D42,  // CIFS
        0xFE53_4D42,  // SMB2
        0x517B,  // SMB
        0x0102_1997,  // 9p
        0x6573_5546,  // FUSE: sshfs and its like
        0x00C3_6400,  // Ceph
        0x5346_414F,  // AFS
        0x0BD0_0BD0,  // Lustre
        0x4750_4653,  // GPFS
    ]

    /// The mode for a file system with this magic number.
    init(fileSystemMagic magic: Int) { self = Self.remoteMagic.contains(magic) ? .rollbackJournal : .writeAheadLog }

    /// The mode for a file in `directory`.
    init(directory: String) { self.init(fileSystemMagic: unsafe Int(stretto_file_system_type(directory))) }

    /// SQLite's name of it.
    var name: String {
        switch self {
        case .writeAheadLog: "WAL"
        case .rollbackJournal: "DELETE"
        }
    }
}
