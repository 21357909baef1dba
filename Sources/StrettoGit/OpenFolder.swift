internal import Glibc
internal import StrettoCore

/// A folder held open: its entries are looked at and removed by name, so no link can lead anywhere else.
final class OpenFolder {
    /// A name as the file system has it: bytes that need not be text.
    typealias Name = [UInt8]

    /// Absolute; for messages and for what needs a path.
    let path: String
    private let descriptor: CInt

    /// Deeper trees are left to programs that need no descriptor for each level.
    static let depthMax = 128

    private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

    init(_ path: String) throws(Trouble) {
        self.path = path
        descriptor = open(path, Self.flags)
        guard descriptor >= 0 else { throw Self.trouble(path, "cannot be opened") }
    }

    /// A folder inside another one.
    init(_ name: Name, in parent: OpenFolder) throws(Trouble) {
        path = parent.path(of: name)
        descriptor = Self.withText(name) { openat(parent.descriptor, $0, Self.flags) }
        guard descriptor >= 0 else { throw Self.trouble(path, "cannot be opened") }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// All entries but the folder itself and its parent.
    func names() throws(Trouble) -> [Name] {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0, let stream = fdopendir(copy) else { throw Self.trouble(path, "cannot be read") }
        defer { closedir(stream) }
        // The copy shares its place in the list with the original.
        rewinddir(stream)
        var names: [Name] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in Array(bytes.prefix { $0 != 0 }) }
            if name != [Self.dot], name != [Self.dot, Self.dot] { names.append(name) }
        }
        return names
    }

    /// The state of the folder itself.
    func stamp() throws(Trouble) -> Inventory.Stamp {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.trouble(path, "cannot be looked at") }
        return Inventory.Stamp(status)
    }

    /// The state of an entry, links not followed; nil where it is gone.
    func stamp(of name: Name) -> Inventory.Stamp? {
        var status = stat()
        let code = Self.withText(name) { fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) }
        return code == 0 ? Inventory.Stamp(status) : nil
    }

    /// Gives the folder the mode that it has, which makes its `ctime` the file system's present time.
    func touch() throws(Trouble) {
        guard fchmod(descriptor, mode_t(try stamp().mode & 0o7777)) == 0 else {
            throw Self.trouble(path, "cannot be changed")
        }
    }

    /// Removes an entry with all that is in it, folders that deny writing included, as far as the file system reaches.
    func remove(_ name: Name, depth: Int = 0) throws(Trouble) {
        guard let entry = stamp(of: name) else { return }
        let isFolder = entry.mode & S_IFMT == S_IFDIR
        if isFolder {
            guard entry.device == (try stamp().device) else { throw Self.trouble(path(of: name), "is mounted there") }
            guard depth < Self.depthMax else { throw Self.trouble(path(of: name), "lies too deep") }
            if entry.mode & S_IRWXU != S_IRWXU { _ = Self.withText(name) { fchmodat(descriptor, $0, S_IRWXU, 0) } }
            let folder = try OpenFolder(name, in: self)
            for child in try folder.names() { try folder.remove(child, depth: depth + 1) }
        }
        guard Self.withText(name, { unlinkat(descriptor, $0, isFolder ? AT_REMOVEDIR : 0) }) == 0 else {
            throw Self.trouble(path(of: name), "cannot be removed")
        }
    }

    /// Removes a whole tree, if it is there; see ``remove(_:depth:)``.
    static func remove(_ path: String) throws(Trouble) {
        guard let slash = path.lastIndex(of: "/"), Disk.kind(path) != nil else { return }
        try OpenFolder(String(path[..<slash])).remove(Array(path[path.index(after: slash)...].utf8))
    }

    func path(of name: Name) -> String { path + "/" + String(decoding: name, as: UTF8.self) }

    private static let dot = UInt8(ascii: ".")

    private static func withText<Result>(_ name: Name, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (name + [0]).withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                guard let start = text.baseAddress else { preconditionFailure("a name ends with a NUL") }
                return body(start)
            }
        }
    }

    private static func trouble(_ path: String, _ what: String) -> Trouble {
        Trouble("'\(path)' \(what): " + String(cString: strerror(errno)))
    }
}
