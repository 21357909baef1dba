internal import FoundationEssentials
internal import Glibc
internal import StrettoCore

/// The few file operations that this target needs besides git; all are short.
enum Disk {
    enum Kind: Hashable, Sendable { case file, directory, link, other }

    /// What lies at the path itself, links not followed; nil: nothing.
    static func kind(_ path: String) -> Kind? { status(path).map(kind) }

    /// What lies at the path and its size in bytes.
    static func entry(_ path: String) -> (kind: Kind, bytes: Int)? { status(path).map { (kind($0), Int($0.st_size)) } }

    /// The stamp of a file that is not there.
    static let missing = "-"

    /// What tells a changed file from an unchanged one without reading it; ``missing`` where there is none.
    static func stamp(_ path: String) -> String {
        guard let status = status(path) else { return missing }
        let changed = status.st_ctim
        let written = status.st_mtim
        return "\(status.st_mode) \(status.st_size) \(status.st_ino) \(written.tv_sec).\(written.tv_nsec)"
            + " \(changed.tv_sec).\(changed.tv_nsec)"
    }

    /// When a file's content was last changed; nil where there is none.
    static func modified(_ path: String) -> Timestamp? {
        status(path).map {
            Timestamp(milliseconds: Int64($0.st_mtim.tv_sec) * 1000 + Int64($0.st_mtim.tv_nsec) / 1_000_000)
        }
    }

    /// Makes the directory and those above it; one that is there already will do, a link to one as well.
    static func makeDirectory(_ path: String) throws(Trouble) {
        if mkdir(path, 0o777) == 0 { return }
        let code = errno
        if code == EEXIST, isDirectory(path) { return }
        guard code == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            errno = code
            throw trouble("'\(path)' cannot be made")
        }
        try makeDirectory(String(path[..<slash]))
        guard mkdir(path, 0o777) == 0 || isDirectory(path) else { throw trouble("'\(path)' cannot be made") }
    }

    /// Nil where there is no such file or it cannot be read.
    ///
    /// Not by Foundation, which loses 4 KiB for every empty file that it reads (6.3.1): 250 KiB for a look at all processes' mappings.
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        // One more than it says, so that its end is met in the same call; what the system makes up has no size.
        let chunkBytes = max(Int(status.st_size) + 1, 4096)
        var bytes: [UInt8] = []
        while true {
            var count = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: chunkBytes) { buffer, filled in
                repeat {
                    count = Glibc.read(descriptor, buffer.baseAddress, chunkBytes)
                } while count < 0 && errno == EINTR
                filled = max(0, count)
            }
            guard count >= 0 else { return nil }
            guard count > 0 else { return bytes }
            bytes = bytes.isEmpty ? chunk : bytes + chunk
        }
    }

    /// The first bytes of a file; fewer where there are no more.
    static func head(_ path: String, bytesMax: Int) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        return [UInt8](unsafeUninitializedCapacity: bytesMax) { buffer, count in
            count = max(0, Glibc.read(descriptor, buffer.baseAddress, bytesMax))
        }
    }

    /// Where a symbolic link leads; nil where there is none or nobody may know.
    static func target(of path: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: path)
    }

    /// Writes by way of a rename, so that a crash, of the machine too, leaves the old content or the new one.
    ///
    /// Only one writer at a time for each path.
    static func write(_ bytes: [UInt8], to path: String) throws(Trouble) {
        let temporary = path + ".new"
        guard fill(temporary, bytes, isDurable: true), Glibc.rename(temporary, path) == 0 else {
            let error = trouble("'\(path)' cannot be written")
            unlink(temporary)
            throw error
        }
    }

    /// Makes the file hold these bytes and no others; where not, `errno` tells why.
    private static func fill(_ path: String, _ bytes: [UInt8], isDurable: Bool) -> Bool {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard file >= 0 else { return false }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        let isWritten = rest.isEmpty && (!isDurable || fsync(file) == 0)
        let code = errno
        guard close(file) == 0 || isWritten == false else { return false }
        errno = code
        return isWritten
    }

    /// Moves over whatever file is there.
    static func rename(_ path: String, to other: String) throws(Trouble) {
        guard Glibc.rename(path, other) == 0 else {
            throw trouble("'\(path)' cannot be renamed to '\(other)'")
        }
    }

    /// Removes a file, if it is there.
    static func removeFile(_ path: String) { _ = unlink(path) }

    /// Removes a directory, if it is there and empty.
    static func removeEmptyDirectory(_ path: String) { _ = rmdir(path) }

    /// The names in a directory, sorted; empty where there is none.
    static func names(in directory: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
    }

    /// Whether a directory lies at the path, or a link to one.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Removes a folder of ours with all that is in it, if it is there.
    static func removeFolder(_ path: String) throws(Trouble) {
        guard kind(path) != nil else { return }
        try wrap("'\(path)' cannot be removed") { try FileManager.default.removeItem(atPath: path) }
    }

    /// The directories in a directory, as bytes that need not be UTF-8, links not followed, and whether it has a `.git` of any kind.
    static func survey(_ directory: [UInt8]) -> (directories: [[UInt8]], hasGit: Bool) {
        guard let stream = opendir(characters(directory)) else { return ([], false) }
        defer { closedir(stream) }
        var directories: [[UInt8]] = []
        var hasGit = false
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            switch name {
            case [0x2E], [0x2E, 0x2E]: continue
            case Array(".git".utf8): hasGit = true
            default:
                let kind = Int32(entry.pointee.d_type)
                if kind == Int32(DT_DIR) { directories.append(name) }
                if kind == Int32(DT_UNKNOWN) {
                    // This file system does not tell in the directory itself.
                    var status = stat()
                    let isThere = lstat(characters(directory + [UInt8(ascii: "/")] + name), &status) == 0
                    if isThere, status.st_mode & S_IFMT == S_IFDIR { directories.append(name) }
                }
            }
        }
        return (directories.sorted { $0.lexicographicallyPrecedes($1) }, hasGit)
    }

    /// A path for a C function.
    private static func characters(_ path: [UInt8]) -> [CChar] { (path + [0]).map { CChar(bitPattern: $0) } }

    /// Copies an index with its time.
    ///
    /// Git takes an entry that is younger than its index's own second for unproved; a copy with a newer time would hide an edit of that second.
    static func copyIndex(_ path: String, to other: String) throws(Trouble) {
        guard let status = status(path) else {
            removeFile(other)
            return
        }
        guard let bytes = read(path) else { throw Trouble("'\(path)' cannot be read") }
        guard fill(other, bytes, isDurable: false) else { throw trouble("'\(other)' cannot be written") }
        let times = [status.st_atim, status.st_mtim]
        guard utimensat(AT_FDCWD, other, times, 0) == 0 else {
            throw Trouble("the time of '\(other)' cannot be set\(reason())")
        }
    }

    /// The count and size of regular files at or below a path, at most `filesMax` of them.
    static func measure(_ path: String, filesMax: Int) -> (count: Int, bytes: Int) {
        var sum = (count: 0, bytes: 0)
        var pending = [path]
        while let next = pending.popLast(), sum.count < filesMax {
            guard let entry = entry(next) else { continue }
            if entry.kind == .directory {
                pending += names(in: next).map { next + "/" + $0 }
            } else {
                sum.count += 1
                sum.bytes += entry.bytes
            }
        }
        return sum
    }

    /// Whether it belongs to the user whose process this is; git asks no less of a repository.
    static func isOwn(_ path: String) -> Bool { status(path)?.st_uid == geteuid() }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    private static func kind(_ status: stat) -> Kind {
        switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .directory
        case S_IFLNK: .link
        default: .other
        }
    }

    private static func wrap(_ what: String, _ body: () throws -> Void) throws(Trouble) {
        do {
            try body()
        } catch {
            throw trouble(what)
        }
    }

    /// What the last call's error means.
    private static func trouble(_ what: String) -> Trouble {
        let isRefusal = [ENOSPC, EDQUOT, EROFS].contains(errno)
        return isRefusal ? Trouble(diskRefusal: what + reason()) : Trouble(what + reason())
    }

    private static func reason() -> String { ": " + String(cString: strerror(errno)) }
}

extension Disk {
    /// The path without links and dots, where it exists; else as it is.
    static func plain(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
