#pragma once
#include <sqlite3.h>
#include <sys/vfs.h>

// SQLITE_TRANSIENT is a cast in a macro, which Swift cannot see: SQLite takes a copy of what is bound.

static inline int stretto_sqlite_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int count) {
    return sqlite3_bind_text(statement, index, bytes, count, SQLITE_TRANSIENT);
}

static inline int stretto_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

// Swift's Glibc module has no statfs. The magic number of the file system that holds `path`, 0 where it cannot be told.
static inline long stretto_file_system_type(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (long)status.f_type : 0;
}
