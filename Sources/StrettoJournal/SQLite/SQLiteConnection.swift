internal import CSQLite

/// One connection to a database, never shared and closed exactly once: being noncopyable makes both a compile-time fact.
@safe struct SQLiteConnection: ~Copyable {
    enum Access {
        /// Looks only: neither the database nor its write-ahead log is changed, not even on closing.
        case read
        /// The file must exist.
        case write
    }

    /// How long a call waits for another connection's lock.
    static let busyMilliseconds: Int32 = 5000

    private let handle: OpaquePointer

    init(_ path: String, access: Access) throws(SQLiteError) {
        let mode = access == .read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(
            path,
            &opened,
            mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
            nil
        )
        guard code == SQLITE_OK, let connection = unsafe opened else {
            let message = unsafe String(cString: sqlite3_errmsg(opened))
            unsafe sqlite3_close_v2(opened)
            throw SQLiteError(code: code, message: message)
        }
        unsafe handle = connection
        unsafe sqlite3_busy_timeout(handle, Self.busyMilliseconds)
    }

    deinit { unsafe sqlite3_close_v2(handle) }

    /// Whether no transaction is open.
    var isOutsideTransaction: Bool { unsafe sqlite3_get_autocommit(handle) != 0 }

    /// Runs statements that take no values and whose rows, if any, are of no interest.
    func execute(_ sql: String) throws(SQLiteError) {
        let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code) }
    }

    func prepare(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
        var prepared: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let statement = unsafe prepared else { throw failure(code) }
        return unsafe SQLiteStatement(statement)
    }

    /// The first column of the first row as a number; nil where there is no row.
    func integer(_ sql: String) throws(SQLiteError) -> Int64? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.integer(0) : nil
    }

    /// Looks at the database for the first time; false where that would take writing.
    func canRead() throws(SQLiteError) -> Bool {
        do throws(SQLiteError) { _ = try integer("PRAGMA schema_version") } catch {
            guard error.primaryCode == SQLITE_READONLY else { throw error }
            return false
        }
        return true
    }

    /// Gives up the open transaction, if there still is one: after some errors SQLite has done so itself.
    func rollBack() {
        guard !isOutsideTransaction else { return }
        unsafe sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
    }

    private func failure(_ code: Int32) -> SQLiteError {
        unsafe SQLiteError(code: code, message: String(cString: sqlite3_errmsg(handle)))
    }
}
