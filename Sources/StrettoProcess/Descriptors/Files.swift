internal import Glibc

/// The few questions about paths that need no more than a call or two.
enum Files {
    /// The whole of a small file.
    /// - Throws: `EFBIG` where it has more than `bytesMax` bytes.
    static func read(_ path: String, bytesMax: Int) throws(SystemError) -> [UInt8] {
        let file = try Descriptor.open(path, O_RDONLY)
        var bytes: [UInt8] = []
        while let chunk = try file.read(min(bytesMax + 1, 64 << 10)), !chunk.isEmpty {
            bytes.append(contentsOf: chunk)
            guard bytes.count <= bytesMax else { throw SystemError(EFBIG) }
        }
        return bytes
    }

    /// A regular file that this user may execute.
    static func isExecutable(_ path: String) -> Bool {
        unsafe kind(path) == S_IFREG && access(path, X_OK) == 0
    }

    static func isDirectory(_ path: String) -> Bool { kind(path) == S_IFDIR }

    static func exists(_ path: String) -> Bool { kind(path) != nil }

    /// Makes a directory for this user alone, and its parents where they are missing; one that is there is no error.
    static func makeDirectory(_ path: String) throws(SystemError) {
        if unsafe (isDirectory(path) || mkdir(path, 0o700) == 0) { return }
        guard errno == ENOENT, path.contains("/"), path != "/" else {
            let error = SystemError.last
            // Somebody else may have made it in between.
            if isDirectory(path) { return }
            throw error
        }
        try makeDirectory(folder(of: path))
        guard unsafe (mkdir(path, 0o700) == 0 || isDirectory(path)) else { throw .last }
    }

    /// Where a symbolic link leads; nil where it is none.
    static func linkTarget(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(path, &buffer, buffer.count)
        guard count >= 0 else { return nil }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Everything before the last slash: empty for a file in the root.
    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    /// The file type bits, links followed; nil where nothing is there.
    private static func kind(_ path: String) -> mode_t? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return status.st_mode & S_IFMT
    }
}
