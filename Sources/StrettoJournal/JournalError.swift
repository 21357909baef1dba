internal import CSQLite
internal import Glibc
package import StrettoCore

/// Why the journal could not be read or written; each says what, where, and the way out.
package enum JournalError: Error, Hashable, CustomStringConvertible {
    /// A newer Stretto wrote it; nothing was changed.
    case newerFormat(path: String, found: Int64, supported: Int64)
    /// It is some other program's database; nothing was changed.
    case foreign(path: String)
    /// SQLite cannot make sense of the file; nothing was changed.
    case corrupt(path: String, detail: String)
    /// An entry is not what was written, or is missing; all entries before it are sound.
    case corruptEntry(path: String, run: RunID, sequence: Int)
    /// An entry is as it was written, but says something that this version does not know.
    case unknownEvent(path: String, run: RunID, sequence: Int)
    /// The run is not in this journal.
    case noSuchRun(path: String, run: RunID)
    /// Entries did not follow on the last one, or another writer was faster; nothing was written.
    case outOfOrder(path: String, run: RunID, expected: Int, found: Int)
    /// The disk, or the space allowed, is full; nothing was written, and the same call may be tried again.
    case full(path: String)
    /// Another process kept the journal locked for longer than a writer needs.
    case busy(path: String)
    /// The file could not be opened, read or written; nothing was written.
    case unavailable(path: String, detail: String)
    /// An entry cannot be written as JSON.
    case unwritable(path: String, sequence: Int)
    /// It was closed before.
    case closed(path: String)

    package var description: String {
        switch self {
        case .newerFormat(let path, let found, let supported):
            "\(path): written by a newer Stretto (format \(found), this one reads up to \(supported)): "
                + "use the newer one; nothing was changed"
        case .foreign(let path):
            "\(path): not a journal of Stretto but another program's database: move it away; nothing was changed"
        case .corrupt(let path, let detail):
            "\(path): damaged (\(detail)): \(Self.wayOut); nothing was changed"
        case .corruptEntry(let path, let run, let sequence):
            "\(path): entry \(sequence) of run \(run) is damaged or missing, what comes before it is sound: "
                + Self.wayOut
        case .unknownEvent(let path, let run, let sequence):
            "\(path): entry \(sequence) of run \(run) is sound but not known to this version: "
                + "use the Stretto that wrote it"
        case .noSuchRun(let path, let run):
            "\(path): holds no run \(run): the runs are the branches `stretto/…`"
        case .outOfOrder(let path, let run, let expected, let found):
            "\(path): entry \(found) of run \(run) came where \(expected) was due: "
                + "does another engine write here? Stop it, then start again"
        case .full(let path):
            "\(path): no space left for the journal: free some; nothing is lost, and work goes on from here"
        case .busy(let path):
            "\(path): locked by another process: end whatever has the file open, then try again"
        case .unavailable(let path, let detail):
            "\(path): \(detail): check that the directory exists and can be written"
        case .unwritable(let path, let sequence):
            "\(path): entry \(sequence) cannot be written as JSON: this is a fault in Stretto"
        case .closed(let path):
            "\(path): closed already: this is a fault in Stretto"
        }
    }

    /// Whether the disk, or the space allowed, is full.
    var isFull: Bool { if case .full = self { true } else { false } }

    /// The error for the engine, which waits where waiting can help.
    var trouble: Trouble {
        switch self {
        case .full(let path): Trouble(diskRefusal: "the disk is full: \(Self.room(at: path)) free at \(path)")
        case .unavailable, .busy: Trouble(diskRefusal: "\(self)")
        default: Trouble("\(self)")
        }
    }

    /// How much may still be written beside the file, for people.
    private static func room(at path: String) -> String {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return "nothing" }
        return "\(UInt64(status.f_bavail) * UInt64(status.f_frsize) / 1024) KB"
    }

    private static let wayOut =
        "restore the file from a backup, or move it away and start a new run; "
        + "branches and kept attempts are in git and stay"

    /// What an error of SQLite means for the journal at `path`.
    init(_ error: SQLiteError, path: String) {
        switch error.primaryCode {
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt(path: path, detail: error.message)
        case SQLITE_FULL: self = .full(path: path)
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy(path: path)
        default: self = .unavailable(path: path, detail: error.message)
        }
    }
}
