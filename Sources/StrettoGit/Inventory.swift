internal import Glibc
internal import StrettoCore
internal import StrettoProcess

/// Every file and folder of a checkout at a moment when only git had written there: the proof by which one is reused.
///
/// A file counts as untouched while its inode and its `ctime` are the same. No program can set a `ctime`, and neither content nor mode, owner,
/// times, links or attributes change without it, whatever an agent does to `mtime` or to git's index. Git's own comparison would not do: it
/// takes a file for unchanged that differs only in what filters and line-end rules take away.
struct Inventory: Sendable {
    typealias Name = OpenFolder.Name

    /// A moment by the file system's own clock.
    struct FileTime: Hashable, Comparable, Sendable {
        var seconds: Int
        var nanoseconds: UInt32

        static func < (one: FileTime, other: FileTime) -> Bool {
            (one.seconds, one.nanoseconds) < (other.seconds, other.nanoseconds)
        }
    }

    /// What tells one state of a file or folder from every other.
    struct Stamp: Hashable, Sendable {
        var device: UInt
        var inode: UInt
        var changed: FileTime
        var mode: UInt32
        var owner: UInt32
        var group: UInt32

        init(_ status: stat) {
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
            changed = FileTime(
                seconds: status.st_ctim.tv_sec,
                nanoseconds: UInt32(truncatingIfNeeded: status.st_ctim.tv_nsec)
            )
            mode = status.st_mode
            owner = status.st_uid
            group = status.st_gid
        }

        var isFolder: Bool { mode & S_IFMT == S_IFDIR }

        /// A folder's `ctime` moves with its entries, so this is all that must stay.
        func isSameFolder(as other: Stamp) -> Bool {
            device == other.device && mode == other.mode && owner == other.owner && group == other.group
        }
    }

    struct Folder: Sendable {
        var stamp: Stamp
        var files = NameTable<Stamp>()
        var folders = NameTable<Folder>()
    }

    private(set) var root: Folder
    private(set) var fileCount = 0
    /// All `.gitattributes`: paths relative to the root, a NUL, contents; in no order that means anything.
    private(set) var attributes: Set<[UInt8]> = []
    /// Git makes folders without entries for submodules only.
    private(set) var emptyFolderCount = 0
    /// When the reading began: what changed no earlier may change again in the same tick of the clock, unseen.
    let time: FileTime

    /// More files than this are not worth the memory: about 150 bytes each, with the index, for every worktree that is in use or waits.
    static let filesMax = 100_000
    /// What all `.gitattributes` together may hold.
    static let attributesBytesMax = 1024 * 1024

    /// Reads a checkout that nobody works in; git's own `.git` at its root is no part of it.
    init(of path: String) throws(Trouble) {
        let folder = try OpenFolder(path)
        try folder.touch()
        root = Folder(stamp: try folder.stamp())
        time = root.stamp.changed
        guard !FileFacts.carriesAttributes(path) else { throw Trouble("'\(path)' carries access lists") }
        root = try read(folder, root.stamp, inside: [], depth: 0)
    }

    private mutating func read(
        _ folder: OpenFolder,
        _ stamp: Stamp,
        inside path: [UInt8],
        depth: Int
    ) throws(Trouble) -> Folder {
        guard depth < OpenFolder.depthMax else { throw Trouble("'\(folder.path)' lies too deep") }
        var entry = Folder(stamp: stamp)
        var names = try folder.names()
        if names.isEmpty { emptyFolderCount += 1 }
        names.sort(by: NameTable<Stamp>.precedes)
        for name in names where depth > 0 || name != Self.gitName {
            guard let stamp = folder.stamp(of: name) else { throw Trouble("'\(folder.path(of: name))' vanished") }
            if stamp.isFolder {
                let child = try OpenFolder(name, in: folder)
                entry.folders.append(name, try read(child, stamp, inside: path + name + Self.slash, depth: depth + 1))
                continue
            }
            entry.files.append(name, stamp)
            fileCount += 1
            guard fileCount <= Self.filesMax else { throw Trouble("'\(folder.path)' is in too large a checkout") }
            if name == Self.attributesName, stamp.mode & S_IFMT == S_IFREG {
                guard let text = Disk.read(folder.path(of: name)), text.count <= Self.attributesBytesMax else {
                    throw Trouble("'\(folder.path(of: name))' cannot be read")
                }
                attributes.insert(path + [0] + text)
            }
        }
        entry.files.close()
        entry.folders.close()
        return entry
    }

    /// Removes whatever is not as it was recorded; what is left afterwards is as git wrote it.
    ///
    /// Missing files are no matter: git writes them again. Throws where something can neither be proved nor removed.
    func sweep(_ path: String) throws(Trouble) {
        let folder = try OpenFolder(path)
        guard try folder.stamp().isSameFolder(as: root.stamp), !FileFacts.carriesAttributes(path) else {
            throw Trouble("'\(path)' is not the folder that it was")
        }
        try sweep(folder, by: root)
    }

    private func sweep(_ folder: OpenFolder, by entry: Folder) throws(Trouble) {
        for name in try folder.names() {
            guard let stamp = folder.stamp(of: name) else { continue }
            if let known = entry.folders[name], stamp.isFolder, stamp.isSameFolder(as: known.stamp),
                stamp.changed == known.stamp.changed || !FileFacts.carriesAttributes(folder.path(of: name))
            {
                try sweep(try OpenFolder(name, in: folder), by: known)
            } else if entry.files[name] != stamp || stamp.changed >= time {
                try folder.remove(name)
            }
        }
    }

    private static let gitName = Array(".git".utf8)
    private static let attributesName = Array(".gitattributes".utf8)
    private static let slash = [UInt8(ascii: "/")]
}
