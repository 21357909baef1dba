internal import StrettoCore

/// A linked worktree of ours on disk, with the directory in which git administers it.
struct AttemptWorktree: Sendable {
    let path: String
    /// `COMMON/worktrees/ID`; git removes it together with the worktree.
    let administration: String

    /// Nil where the path is no worktree of this repository, or only half of one.
    init?(path: String, commonDirectory: String) {
        let mark = "gitdir: "
        guard Disk.kind(path) == .directory, Disk.kind(path + "/.git") == .file, let bytes = Disk.read(path + "/.git")
        else { return nil }
        let line = String(decoding: bytes, as: UTF8.self).trimmingLineEnd
        guard line.hasPrefix(mark) else { return nil }
        let administration = String(line.dropFirst(mark.count))
        guard administration.hasPrefix(commonDirectory + "/worktrees/"), Disk.kind(administration + "/HEAD") != nil
        else { return nil }
        self.path = path
        self.administration = administration
    }

    var indexPath: String { administration + "/index" }

    /// The index in which a tree is put together, so that the worktree's own stays as its owner left it.
    var scratchIndexPath: String { administration + "/stretto-index" }

    private var notesPath: String { administration + "/stretto-notes" }

    /// What HEAD says where it is detached; nil on a branch and in a format that this program does not read.
    var detachedHead: CommitID? {
        guard let bytes = Disk.read(administration + "/HEAD") else { return nil }
        let line = String(decoding: bytes, as: UTF8.self).trimmingLineEnd
        guard [40, 64].contains(line.count), line.allSatisfy({ $0.isHexDigit }) else { return nil }
        return CommitID(line)
    }

    /// Nil before the first writing.
    var notes: AttemptNotes? {
        Disk.read(notesPath).flatMap { AttemptNotes(String(decoding: $0, as: UTF8.self)) }
    }

    func write(_ notes: AttemptNotes) throws(Trouble) {
        try Disk.write(Array(notes.text.utf8), to: notesPath)
    }

    /// Removes what a killed command left locked; only where no command of ours can be at work.
    func removeStaleLocks() {
        Disk.removeFile(indexPath + ".lock")
        Disk.removeFile(administration + "/HEAD.lock")
    }
}

/// What the engine must remember about a worktree beyond a crash; lies beside its index and goes with it.
struct AttemptNotes: Hashable, Sendable {
    var base: CommitID
    /// Whether copies and setup commands are through, and the agent may start.
    var isReady = false
    /// Paths copied from the checkout, relative to the root.
    var copied: [String] = []
    /// Untracked paths that the engine's checks left behind, relative to the root: nobody's work.
    var artefacts: [String] = []
    /// The time of the order that was last collected in full.
    var collected: Timestamp?
    /// How many commits the worktree's reflog and the like mentioned when that collection was over; all of them are kept.
    var mentionCount: Int?
    /// What that collection found.
    var findings: [String] = []
    /// What a repeated collection can no longer see.
    var remarks: [String] = []
    /// Why the worktree must stay.
    var asideReason: String?
    /// The refs before the agent started.
    var refs = RefSnapshot(refs: [])
    /// The user's checkouts before the agent started.
    var watch = CheckoutWatch()

    init(base: CommitID) { self.base = base }

    /// Nil for a text without a base.
    init?(_ text: String) {
        var base: CommitID?
        var rest: [(word: Substring, value: Substring)] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1)
            let value = words.count == 2 ? words[1] : ""
            if words[0] == "base" { base = CommitID(String(value)) } else { rest.append((words[0], value)) }
        }
        guard let base else { return nil }
        self.init(base: base)
        for (word, value) in rest {
            switch word {
            case "ready": isReady = true
            case "copied": copied.append(Self.plain(value))
            case "artefact": artefacts.append(Self.plain(value))
            case "collected": collected = Int64(value).map { Timestamp(milliseconds: $0) }
            case "mentions": mentionCount = Int(value)
            case "finding": findings.append(Self.plain(value))
            case "remark": remarks.append(Self.plain(value))
            case "aside": asideReason = Self.plain(value)
            case "watched":
                let halves = value.split(separator: "\t", maxSplits: 1)
                if halves.count == 2 {
                    watch.entries.append(.init(path: Self.plain(halves[1]), state: String(halves[0])))
                }
            case "unwatched": watch.unwatched.append(Self.plain(value))
            case "ref": refs.refs += RefSnapshot(Array(value.utf8)).refs
            default: break
            }
        }
    }

    var text: String {
        var lines = ["base \(base)"]
        lines += copied.map { "copied " + Self.escaped($0) }
        lines += artefacts.map { "artefact " + Self.escaped($0) }
        if let collected { lines.append("collected \(collected.milliseconds)") }
        if let mentionCount { lines.append("mentions \(mentionCount)") }
        lines += findings.map { "finding " + Self.escaped($0) }
        lines += remarks.map { "remark " + Self.escaped($0) }
        if let asideReason { lines.append("aside " + Self.escaped(asideReason)) }
        lines += refs.refs.map { "ref \($0.commit) \($0.name)" }
        lines += watch.entries.map { "watched \($0.state)\t" + Self.escaped($0.path) }
        lines += watch.unwatched.map { "unwatched " + Self.escaped($0) }
        if isReady { lines.append("ready") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Paths that never count as the attempt's work.
    var leftOut: [String] { copied + artefacts }

    /// Whether a path of the worktree is one that is left out, or lies in one.
    func isLeftOut(_ path: String) -> Bool {
        leftOut.contains { path == $0 || path.hasPrefix($0 + "/") }
    }

    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { [UInt8(ascii: "%"), UInt8(ascii: "\n")].contains($0) }) else { return text }
        return text.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%25")
            .split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "%0A")
    }

    private static func plain(_ text: Substring) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        return text.split(separator: "%0A", omittingEmptySubsequences: false).joined(separator: "\n")
            .split(separator: "%25", omittingEmptySubsequences: false).joined(separator: "%")
    }
}
