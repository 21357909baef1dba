internal import Glibc
internal import StrettoCore
internal import StrettoProcess

/// Where a repository's engine listens: a place that only this user reaches and that is short enough for a socket.
package enum SocketPath {
    /// `sockaddr_un` holds 108 bytes, the last of them a NUL.
    package static let bytesMax = 107

    /// Makes the directory for the socket, and answers with ``path(commonDirectory:environment:)``.
    ///
    /// Clients read the path from the repository's lock, since their environment may be another one.
    /// - Throws: ``ConnectionError/unsafeDirectory(path:)`` where somebody else could reach or replace the socket.
    package static func prepare(
        commonDirectory: String,
        environment: [String: String]
    ) throws(ConnectionError) -> String {
        let path = path(commonDirectory: commonDirectory, environment: environment)
        try makeDirectory(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
        return path
    }

    /// Where the socket of a repository lies; nothing is made.
    ///
    /// It is `$XDG_RUNTIME_DIR/stretto/HASH.sock`; without that variable, or where its path is too long or not this
    /// user's, `stretto-UID/HASH.sock` in `$TMPDIR` or `/tmp`. `commonDirectory` is absolute and free of symbolic links.
    package static func path(commonDirectory: String, environment: [String: String]) -> String {
        let name = name(commonDirectory: commonDirectory)
        if let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/"), isOwnDirectory(runtime) {
            let path = runtime + "/stretto" + name
            if path.utf8.count <= bytesMax { return path }
        }
        var temporary = environment["TMPDIR"] ?? "/tmp"
        let folder = "/stretto-\(getuid())"
        if !temporary.hasPrefix("/") || (temporary + folder + name).utf8.count > bytesMax { temporary = "/tmp" }
        while temporary.count > 1, temporary.hasSuffix("/") { temporary.removeLast() }
        return temporary + folder + name
    }

    /// Whether a path that a lock names is that of an engine of this repository.
    ///
    /// The lock of a copy, or of a repository that has moved since its engine died, names another one's, which is not to be steered or removed.
    package static func isOwn(_ path: String, commonDirectory: String) -> Bool {
        path.hasPrefix("/") && path.hasSuffix(name(commonDirectory: commonDirectory))
    }

    /// Removes a socket that a dead engine of this repository has left; anything else stays.
    package static func remove(_ path: String, commonDirectory: String) {
        var status = stat()
        guard isOwn(path, commonDirectory: commonDirectory), lstat(path, &status) == 0,
            status.st_mode & S_IFMT == S_IFSOCK
        else { return }
        unlink(path)
    }

    /// The last part of the path, with the slash before it.
    private static func name(commonDirectory: String) -> String {
        var fingerprint = Fingerprint()
        fingerprint.combine(commonDirectory.utf8)
        return "/" + fingerprint.text + ".sock"
    }

    private static func isOwnDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == getuid()
    }

    /// Makes a directory for this user alone, or checks that the one which is there is so.
    private static func makeDirectory(_ path: String) throws(ConnectionError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw .last(path) }
        var status = stat()
        // Not followed: a link could lead to a place where somebody else exchanges the socket.
        guard lstat(path, &status) == 0 else { throw .last(path) }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid(), status.st_mode & 0o077 == 0 else {
            throw .unsafeDirectory(path: path)
        }
    }
}
