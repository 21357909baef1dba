/// Whether an index holds entries for which `git status` is no witness, read from its bytes without starting git.
///
/// Files flagged `--assume-unchanged` or `--skip-worktree` are skipped by it, and what lies below a submodule's path is not looked at.
enum IndexSurvey: Hashable, Sendable {
    /// Every entry is an ordinary one.
    case plain
    /// Flags or submodules, or an index that this program cannot read to the end.
    case special

    /// An empty index is a plain one.
    init(_ bytes: [UInt8], nameBytes: Int) {
        self = bytes.isEmpty || Self.isPlain(bytes, nameBytes: nameBytes) ? .plain : .special
    }

    private static func isPlain(_ bytes: [UInt8], nameBytes: Int) -> Bool {
        guard bytes.count >= 12, bytes.starts(with: Array("DIRC".utf8)) else { return false }
        let version = number(bytes, at: 4, count: 4)
        let count = number(bytes, at: 8, count: 4)
        // Version 4 saves room by leaving out what two names have in common; one more command is cheaper than reading it.
        guard version == 2 || version == 3 else { return false }
        var start = 12
        for _ in 0..<count {
            let fixed = start + 40 + nameBytes + 2
            guard fixed <= bytes.count else { return false }
            let mode = number(bytes, at: start + 24, count: 4)
            let flags = number(bytes, at: fixed - 2, count: 2)
            // Assumed unchanged, and the mark of an entry with further flags.
            guard flags & 0xC000 == 0, mode & 0o170000 != 0o160000 else { return false }
            var end = fixed + flags & 0xFFF
            if flags & 0xFFF == 0xFFF {
                guard let stop = bytes[fixed...].firstIndex(of: 0) else { return false }
                end = stop
            }
            start += (end - start + 8) & ~7
        }
        // A shared index holds the entries that are missing here.
        return start + 4 > bytes.count || !bytes[start...].starts(with: Array("link".utf8))
    }

    private static func number(_ bytes: [UInt8], at start: Int, count: Int) -> Int {
        bytes[start..<(start + count)].reduce(0) { $0 << 8 | Int($1) }
    }
}

/// One entry of `git ls-files -z -v -s`.
struct IndexEntry: Hashable, Sendable {
    /// As git has it, which need not be UTF-8.
    var pathBytes: [UInt8]
    var mode: String
    var object: String
    /// Lower case: assumed unchanged.
    var isAssumedUnchanged: Bool
    var isSkipped: Bool

    var isSubmodule: Bool { mode == "160000" }
    var path: String { String(decoding: pathBytes, as: UTF8.self) }

    /// Only the entries that are no ordinary ones.
    static func special(_ output: [UInt8]) -> [IndexEntry] {
        var fields = NulSeparated(output)
        var found: [IndexEntry] = []
        while let field = fields.nextBytes() {
            guard let tag = field.first else { continue }
            let isAssumed = tag >= UInt8(ascii: "a") && tag <= UInt8(ascii: "z")
            let isSkipped = tag == UInt8(ascii: "S") || tag == UInt8(ascii: "s")
            guard isAssumed || isSkipped || field.dropFirst(2).starts(with: Array("160000".utf8)) else { continue }
            let halves = field.dropFirst(2).split(separator: UInt8(ascii: "\t"), maxSplits: 1)
            guard halves.count == 2 else { continue }
            let words = halves[0].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
            guard words.count == 3 else { continue }
            found.append(
                IndexEntry(
                    pathBytes: Array(halves[1]),
                    mode: words[0],
                    object: words[1],
                    isAssumedUnchanged: isAssumed,
                    isSkipped: isSkipped
                )
            )
        }
        return found
    }
}
