internal import StrettoCore

/// What `git status --porcelain=v2 -z --branch` says about a checkout.
struct WorkStatus: Hashable, Sendable {
    /// Nil where HEAD has no commit yet.
    var head: CommitID?
    /// Without `refs/heads/`; nil where HEAD is detached.
    var branch: String?
    /// Tracked paths that differ from the index or whose index entry differs from HEAD.
    var changed: [Change] = []
    /// Paths that a merge left in conflict.
    var conflicted: [String] = []
    /// A path that ends with a slash is a repository of its own.
    var untracked: [String] = []
    /// A path that ends with a slash is a whole directory.
    var ignored: [String] = []

    /// Asks for what a status is read from: every changed and untracked path by itself, where it is.
    static func request(_ more: String..., in directory: String) -> Git.Request {
        var request = Git.Request("status", "--porcelain=v2", "-z", "--branch", "--no-renames", in: directory)
        request.arguments += ["--untracked-files=all"] + more
        return request
    }

    struct Change: Hashable, Sendable {
        var path: String
        /// Whether the index differs from HEAD.
        var isStaged: Bool
        /// Whether the file differs from the index.
        var isEdited: Bool
    }

    var changedPaths: [String] { changed.map(\.path) + conflicted + untracked }

    /// Repositories inside this one that no `.gitmodules` knows.
    var nested: [String] { untracked.filter { $0.hasSuffix("/") } }

    init(_ output: [UInt8]) {
        var fields = NulSeparated(output)
        while let field = fields.next() {
            let words = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            guard words.count == 2 else { continue }
            switch words[0] {
            case "#": readHeader(words[1])
            case "1": readChange(words[1])
            case "u":
                // u XY sub m1 m2 m3 mW h1 h2 h3 path
                if let path = Self.last(words[1], after: 9) { conflicted.append(path) }
            case "?": untracked.append(String(words[1]))
            case "!": ignored.append(String(words[1]))
            default: break
            }
        }
    }

    private mutating func readHeader(_ text: Substring) {
        let words = text.split(separator: " ", maxSplits: 1)
        guard words.count == 2 else { return }
        switch words[0] {
        case "branch.oid": head = words[1] == "(initial)" ? nil : CommitID(String(words[1]))
        case "branch.head": branch = words[1] == "(detached)" ? nil : String(words[1])
        default: break
        }
    }

    /// `XY sub mH mI mW hH hI path`; renames are not asked for.
    private mutating func readChange(_ text: Substring) {
        guard let path = Self.last(text, after: 7) else { return }
        let words = text.split(separator: " ", maxSplits: 2)
        changed.append(
            Change(
                path: path,
                isStaged: words[0].first != ".",
                isEdited: words[0].last != "."
            )
        )
    }

    /// What follows `count` words; it may hold spaces itself.
    private static func last(_ text: Substring, after count: Int) -> String? {
        let words = text.split(separator: " ", maxSplits: count, omittingEmptySubsequences: false)
        return words.count == count + 1 ? String(words[count]) : nil
    }
}
