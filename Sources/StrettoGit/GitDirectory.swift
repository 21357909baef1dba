internal import StrettoCore

/// What the files of somebody else's git directory say, read without running git in it: its settings could start programs.
///
/// Refs as loose files and packed ones, as every git writes them by default; another way of storing them is refused.
struct GitDirectory: Hashable, Sendable {
    /// Where HEAD and the index are, absolute.
    let path: String
    /// Where the objects and the shared refs are: the same, except for a linked worktree.
    let common: String
    /// Whether the shared part is the one that was named as such: its refs and reflogs are somebody else's care.
    let isShared: Bool
    /// Nil where HEAD has no commit yet.
    private(set) var head: CommitID?
    /// All refs, without HEAD, in the order of their names.
    private(set) var refs: [RefSnapshot.Ref] = []
    /// What reflogs and the like of `MERGE_HEAD` mention: perhaps reachable from no ref, perhaps long gone.
    private(set) var mentioned: [CommitID] = []

    /// Reads everything; nil where the path is no git directory.
    /// - Throws: where it is one, but not all of it can be read this way.
    init?(_ path: String, sharedDirectory: String) throws(Trouble) {
        guard Disk.isDirectory(path), Disk.kind(path + "/HEAD") != nil else { return nil }
        self.path = path
        if let line = try Self.text(path + "/commondir", bytesMax: Self.lineBytesMax)?.trimmingLineEnd {
            common = line.hasPrefix("/") ? line : path + "/" + line
        } else {
            common = path
        }
        isShared = Disk.plain(common) == Disk.plain(sharedDirectory)
        guard Disk.isDirectory(common + "/objects") else { return nil }
        guard Disk.kind(common + "/reftable") == nil else {
            throw Trouble("its refs are stored in a way that Stretto does not read")
        }
        if !isShared, let shallow = Disk.entry(common + "/shallow"), shallow.bytes > 0 {
            throw Trouble("it is a shallow clone, and a history without its beginning cannot be kept")
        }
        try readRefs()
        try readHead()
        try readMentioned()
    }

    /// The commits that one worktree's own files mention, for a directory whose refs others look after.
    static func mentioned(in path: String) throws(Trouble) -> [CommitID] {
        var found = Mentions()
        try found.read(path)
        return found.commits
    }

    /// Where its objects are.
    var objects: String { common + "/objects" }

    private mutating func readHead() throws(Trouble) {
        guard let line = try Self.text(path + "/HEAD", bytesMax: Self.lineBytesMax)?.trimmingLineEnd else {
            throw Trouble("its HEAD cannot be read")
        }
        if let commit = Self.objectName(line) {
            head = commit
        } else if line.hasPrefix("ref: ") {
            let name = String(line.dropFirst(5))
            head = refs.first { $0.name == name }?.commit
        } else {
            throw Trouble("its HEAD names neither a commit nor a branch")
        }
    }

    private mutating func readRefs() throws(Trouble) {
        var all: [String: CommitID] = [:]
        if let text = try Self.text(common + "/packed-refs", bytesMax: Self.listBytesMax) {
            for line in text.split(separator: "\n") where !line.hasPrefix("#") && !line.hasPrefix("^") {
                let words = line.split(separator: " ", maxSplits: 1)
                guard words.count == 2, let commit = Self.objectName(words[0]) else {
                    throw Trouble("its packed refs cannot be read")
                }
                all[String(words[1])] = commit
            }
        }
        for root in common == path ? [path] : [common, path] {
            for file in try Self.files(below: root, "refs") where !file.hasSuffix(".lock") {
                let line = try Self.text(root + "/" + file, bytesMax: Self.lineBytesMax)?.trimmingLineEnd ?? ""
                // One ref that stands for another, such as a remote's HEAD, adds nothing.
                if line.hasPrefix("ref: ") { continue }
                guard let commit = Self.objectName(line) else { throw Trouble("its ref \(file) cannot be read") }
                all[file] = commit
            }
        }
        guard isShared || all.count <= Self.refsMax else { throw Trouble("it has more than \(Self.refsMax) refs") }
        guard let strange = all.keys.sorted().first(where: { !Self.isPlain($0) }) else {
            refs = all.sorted { $0.key < $1.key }.map { RefSnapshot.Ref(name: $0.key, commit: $0.value) }
            return
        }
        throw Trouble("it has a ref with a name that git does not allow: \(strange)")
    }

    private mutating func readMentioned() throws(Trouble) {
        var found = Mentions()
        if isShared || path != common { try found.read(path) }
        if isShared {
            mentioned = found.commits
            return
        }
        try found.read(common)
        for name in Disk.names(in: common + "/worktrees") { try found.read(common + "/worktrees/" + name) }
        mentioned = found.commits
    }

    /// Names that a packed-refs file of ours can carry and that a fetch can map below another prefix.
    private static func isPlain(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count > 1 && !name.contains("..") && !name.contains("@{") && !name.hasSuffix(".")
            && !name.unicodeScalars.contains {
                $0.value <= 0x20 || $0.value == 0x7F || "~^:?*[\\".unicodeScalars.contains($0)
            }
            && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock") }
    }

    static func objectName(_ text: some StringProtocol) -> CommitID? {
        [40, 64].contains(text.utf8.count) && text.utf8.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
            ? CommitID(String(text)) : nil
    }

    /// A regular file as text; nil where there is none.
    ///
    /// Anything else, such as a pipe that would never end, is refused.
    static func text(_ path: String, bytesMax: Int) throws(Trouble) -> String? {
        guard let entry = Disk.entry(path) else { return nil }
        guard entry.kind == .file, entry.bytes <= bytesMax, let bytes = Disk.read(path) else {
            throw Trouble("'\(path)' is no file that can be read, or a very large one")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The names of all files below a folder of a directory, relative to the directory, links not followed.
    private static func files(below root: String, _ folder: String) throws(Trouble) -> [String] {
        var found: [String] = []
        var pending = [folder]
        while let next = pending.popLast() {
            for name in Disk.names(in: root + "/" + next) {
                let path = next + "/" + name
                if Disk.kind(root + "/" + path) == .directory { pending.append(path) } else { found.append(path) }
                guard found.count + pending.count <= filesMax else {
                    throw Trouble("it has more than \(filesMax) files of refs")
                }
            }
        }
        return found
    }

    /// Commits named by reflogs and by the files of operations under way.
    private struct Mentions {
        var commits: [CommitID] = []
        private var known: Set<CommitID> = []

        mutating func read(_ root: String) throws(Trouble) {
            for file in try GitDirectory.files(below: root, "logs") {
                guard let text = try GitDirectory.text(root + "/" + file, bytesMax: listBytesMax) else { continue }
                for line in text.split(separator: "\n") {
                    for word in line.split(separator: " ", maxSplits: 2).prefix(2) { try note(word) }
                }
            }
            let heads = [
                "HEAD", "ORIG_HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD", "BISECT_HEAD",
                "rebase-merge/orig-head", "rebase-merge/onto", "rebase-apply/orig-head",
            ]
            for name in heads where Disk.kind(root + "/" + name) == .file {
                for line in (try GitDirectory.text(root + "/" + name, bytesMax: listBytesMax) ?? "").split(
                    separator: "\n"
                ) {
                    try note(line)
                }
            }
            for file in try GitDirectory.files(below: root, "refs") where Disk.kind(root + "/" + file) == .file {
                try note((try GitDirectory.text(root + "/" + file, bytesMax: lineBytesMax) ?? "").trimmingLineEnd)
            }
        }

        private mutating func note(_ word: some StringProtocol) throws(Trouble) {
            guard let commit = GitDirectory.objectName(word), !word.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }),
                known.insert(commit).inserted
            else { return }
            guard commits.count < mentionsMax else {
                throw Trouble("its reflogs name more than \(mentionsMax) commits")
            }
            commits.append(commit)
        }
    }

    /// A repository that an agent made holds a few; one with more was cloned, and can be cloned again.
    private static let refsMax = 2000
    private static let filesMax = 50_000
    private static let mentionsMax = 50_000
    private static let lineBytesMax = 8192
    private static let listBytesMax = 32 * 1024 * 1024
}
