internal import CSQLite

/// What SQLite said: its extended result code and its message, which holds no bound values.
struct SQLiteError: Error, Hashable, CustomStringConvertible {
    let code: Int32
    let message: String

    /// The result code without its extension: `SQLITE_IOERR` for all kinds of it.
    var primaryCode: Int32 { code & 0xFF }

    /// A row was refused by a rule of its table, such as a key that is taken.
    var isConstraint: Bool { primaryCode == SQLITE_CONSTRAINT }

    var description: String { "SQLite \(code): \(message)" }
}
