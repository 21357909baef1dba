internal import Glibc
internal import StrettoCore

/// The few questions and writes of our own small files; each is one short call on a local disk.
enum LocalFiles {
    /// A regular file, links followed, that this user may execute.
    static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }

    /// Makes a directory and those above it; one that is there already will do, a link to one as well.
    static func makeDirectory(_ path: String) throws(Trouble) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw trouble(path)
        }
        try makeDirectory(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw trouble(path) }
    }

    /// Makes `name` in `directory` unless anything of that name is there; never through a link.
    /// - Returns: whether it was made now.
    @discardableResult
    static func create(_ name: String, in directory: String, _ bytes: [UInt8]) throws(Trouble) -> Bool {
        let path = directory + "/" + name
        let temporary = directory + "/." + name + ".new"
        var status = stat()
        if lstat(path, &status) == 0 { return false }
        // By link(2), so that the file is whole from its first moment and a repeat never replaces it.
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw trouble(path) }
        defer { unlink(temporary) }
        let isWritten = write(bytes, to: file)
        guard close(file) == 0, isWritten else { throw trouble(path) }
        if link(temporary, path) == 0 { return true }
        guard errno == EEXIST else { throw trouble(path) }
        return false
    }

    /// Nanoseconds since 1970, as the files' times count.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Nanoseconds since 1970 of the file's last change; nil where there is none.
    static func modified(_ path: String) -> Int64? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }

    /// Whether there is a directory, and no link to one.
    static func isDirectoryItself(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// A regular file's bytes, links followed; nil where there is none, or a longer one.
    static func read(_ path: String, bytesMax: Int) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        guard case .found(let content) = WorktreeFile.contents(of: file, bytesMax: bytesMax) else { return nil }
        return content.bytes
    }

    /// The first bytes of a regular file, at most `bytesMax`; empty where there is none.
    static func head(_ path: String, bytesMax: Int) -> [UInt8] {
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return [] }
        var bytes = [UInt8](repeating: 0, count: min(bytesMax, max(0, Int(status.st_size))))
        let count = pread(file, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }

    /// The last bytes of a file of ours, at most `bytesMax`; empty where there is none.
    static func tail(_ path: String, bytesMax: Int) -> [UInt8] {
        let file = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        let end = lseek(file, 0, SEEK_END)
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        let count = pread(file, &bytes, bytesMax, max(0, end - off_t(bytesMax)))
        return Array(bytes.prefix(max(0, count)))
    }

    /// Reads a file of ours from its start to its end of now.
    static func forEachChunk(of path: String, _ body: ([UInt8]) -> Void) {
        let file = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            body(Array(buffer[..<count]))
        }
    }

    private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func trouble(_ path: String) -> Trouble {
        Trouble("cannot write '\(path)': \(String(cString: strerror(errno)))", isPassing: errno == ENOSPC)
    }
}
