internal import CSQLite

/// A prepared statement, finalized exactly once.
@safe struct SQLiteStatement: ~Copyable {
    private let handle: OpaquePointer

    /// Takes over `handle`.
    @unsafe init(_ handle: OpaquePointer) { unsafe self.handle = handle }

    deinit { unsafe sqlite3_finalize(handle) }

    /// Binds a number to the parameter with this index, counted from 1.
    func bind(_ number: Int64, at index: Int32) throws(SQLiteError) {
        try check(unsafe sqlite3_bind_int64(handle, index, number))
    }

    /// Binds text to the parameter with this index, counted from 1.
    func bind(_ text: String, at index: Int32) throws(SQLiteError) {
        try check(unsafe stretto_sqlite_bind_text(handle, index, text, Int32(text.utf8.count)))
    }

    /// Binds bytes, at least one, to the parameter with this index, counted from 1.
    func bind(_ bytes: [UInt8], at index: Int32) throws(SQLiteError) {
        try check(unsafe stretto_sqlite_bind_blob(handle, index, bytes, Int32(bytes.count)))
    }

    /// Goes on to the next row; false when there is none.
    func step() throws(SQLiteError) -> Bool {
        let code = unsafe sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        guard code == SQLITE_DONE else { throw failure(code) }
        return false
    }

    /// Runs a statement that gives no rows, then makes it ready for the next values.
    func run() throws(SQLiteError) {
        defer { reset() }
        _ = try step()
    }

    /// Makes the statement ready for the next values; after an error as well.
    func reset() {
        unsafe sqlite3_reset(handle)
        unsafe sqlite3_clear_bindings(handle)
    }

    func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(handle, column) == SQLITE_NULL }

    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

    /// A column's text; damaged UTF-8 is repaired, for the caller's own checks to find.
    func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw failure(code) }
    }

    private func failure(_ code: Int32) -> SQLiteError {
        unsafe SQLiteError(code: code, message: String(cString: sqlite3_errmsg(sqlite3_db_handle(handle))))
    }
}
