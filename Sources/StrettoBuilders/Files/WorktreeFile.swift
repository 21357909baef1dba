internal import Glibc

/// Reads files that an agent may have written: regular ones inside the worktree, of bounded size, no link followed.
enum WorktreeFile {
    enum Finding: Hashable, Sendable {
        case missing
        /// There is something, but nothing that should be read; the text says what, without the path.
        case refused(String)
        case found(Content)
    }

    struct Content: Hashable, Sendable {
        var bytes: [UInt8]
        /// Nanoseconds since 1970 of the last change.
        var modified: Int64
    }

    /// Reads `path`, relative to `root`, which must not leave it.
    static func read(_ path: String, in root: String, bytesMax: Int) -> Finding {
        var directory = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return .missing }
        defer { close(directory) }
        var names = path.split(separator: "/").map(String.init)
        let last = names.removeLast()
        for name in names {
            let next = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard next >= 0 else { return finding(of: errno, at: name) }
            close(directory)
            directory = next
        }
        // Without O_NONBLOCK a named pipe would hold us until someone writes to it.
        let file = openat(directory, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return finding(of: errno, at: last) }
        defer { close(file) }
        return contents(of: file, bytesMax: bytesMax)
    }

    private static func finding(of error: Int32, at name: String) -> Finding {
        switch error {
        case ENOENT: .missing
        case ELOOP, ENOTDIR: .refused("'\(name)' is a link or no directory")
        default: .refused(String(cString: strerror(error)))
        }
    }

    /// The bytes of an open file.
    static func contents(of file: Int32, bytesMax: Int) -> Finding {
        var status = stat()
        guard fstat(file, &status) == 0 else { return .refused(String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else { return .refused("it is no regular file") }
        guard status.st_size <= bytesMax else { return .refused("it is larger than \(bytesMax) bytes") }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= bytesMax {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return .refused(String(cString: strerror(errno))) }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        guard bytes.count <= bytesMax else { return .refused("it grows beyond \(bytesMax) bytes") }
        let modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        return .found(Content(bytes: bytes, modified: modified))
    }
}
