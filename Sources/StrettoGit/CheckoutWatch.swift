internal import StrettoCore

/// What lies in the user's checkouts at one moment, as far as a change of it concerns a reviewer.
///
/// Only what differs from HEAD is remembered, by size, times and inode: whatever else is changed later differs from HEAD then. Contents are
/// not read.
struct CheckoutWatch: Hashable, Sendable {
    /// One thing that can change: a checkout's HEAD, a path that differs from it, or a settings file, with what is known of it.
    struct Entry: Hashable, Sendable {
        /// Absolute.
        var path: String
        var state: String
    }

    /// In the order of their paths.
    var entries: [Entry] = []
    /// The checkouts of which there was too much to remember; nothing is said of them.
    var unwatched: [String] = []

    var isEmpty: Bool { entries.isEmpty && unwatched.isEmpty }

    /// Sentences about what is different from `earlier`, at most one for each checkout and one for git's own files.
    ///
    /// Nobody knows who did it: people edit their checkouts while a run goes on, so the sentence says no more than when.
    func findings(since earlier: CheckoutWatch, checkouts: [String], commonDirectory: String) -> [String] {
        let before = Dictionary(earlier.entries.map { ($0.path, $0.state) }) { first, _ in first }
        let now = Dictionary(entries.map { ($0.path, $0.state) }) { first, _ in first }
        let paths = (entries.filter { before[$0.path] != $0.state } + earlier.entries.filter { now[$0.path] == nil })
            .map(\.path).sorted()
        var findings: [String] = []
        // The longest first, for one checkout may lie in another one.
        let roots = ([commonDirectory] + checkouts).sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
        var changed: [String: [String]] = [:]
        for path in paths {
            guard let root = roots.first(where: { path == $0 || path.hasPrefix($0 + "/") }) else { continue }
            let name = path == root ? "HEAD" : String(path.dropFirst(root.utf8.count + 1))
            changed[root, default: []].append(name)
        }
        for root in [commonDirectory] + checkouts {
            guard let names = changed[root], !unwatched.contains(root), !earlier.unwatched.contains(root) else {
                continue
            }
            let what = root == commonDirectory ? "git's own files in \(root)" : "the checkout \(root)"
            findings.append(
                "\(what) changed while this attempt ran, by it, by you or by another program: "
                    + GitWorktrees.list(names)
            )
        }
        return findings
    }
}

extension GitWorktrees {
    /// The user's checkouts: the main one and linked worktrees that are not Stretto's, at most ``checkoutsMax``.
    func checkouts() -> [String] {
        var found = [repository.topLevel]
        let root = names.folder.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
            separator: "/"
        )
        for name in Disk.names(in: repository.commonDirectory + "/worktrees") {
            let file = repository.commonDirectory + "/worktrees/" + name + "/gitdir"
            guard let text = try? GitDirectory.text(file, bytesMax: 8192)?.trimmingLineEnd, text.hasSuffix("/.git")
            else { continue }
            let path = String(text.dropLast("/.git".utf8.count))
            guard !path.hasPrefix(root + "/"), path != repository.topLevel, Disk.kind(path + "/.git") == .file
            else { continue }
            found.append(path)
        }
        return Array(found.prefix(Self.checkoutsMax))
    }

    /// Looks at all of the user's checkouts; one that cannot be looked at is left out.
    func watch() async -> CheckoutWatch {
        var watch = CheckoutWatch()
        let written = Set(writtenByEngine.map(Disk.plain))
        for checkout in checkouts() {
            var request = WorkStatus.request("--ignore-submodules=dirty", in: checkout)
            request.outputBytesMax = Self.statusBytesMax
            guard let answer = try? await git.run(request), !answer.isTruncated else {
                watch.unwatched.append(checkout)
                continue
            }
            let status = WorkStatus(answer.output)
            let paths = (status.changed.map(\.path) + status.conflicted + status.untracked)
                .filter { !written.contains(checkout + "/" + $0) }
            guard paths.count <= Self.pathsMax else {
                watch.unwatched.append(checkout)
                continue
            }
            watch.entries.append(.init(path: checkout, state: "\(status.branch ?? "-") \(status.head?.text ?? "-")"))
            let staged = Set(status.changed.filter(\.isStaged).map(\.path))
            for path in paths {
                let state = Disk.stamp(checkout + "/" + path) + (staged.contains(path) ? " staged" : "")
                watch.entries.append(.init(path: checkout + "/" + path, state: state))
            }
        }
        // What would make git run programs, or close its eyes, in the user's name.
        let common = repository.commonDirectory
        let settings = ["config", "config.worktree", "info/attributes", "info/exclude", "info/grafts"].map {
            common + "/" + $0
        }
        // Git runs no sample.
        let hooks = Disk.names(in: common + "/hooks").filter { !$0.hasSuffix(".sample") }.prefix(Self.pathsMax)
        for path in settings + hooks.map({ common + "/hooks/" + $0 }) {
            let state = Disk.stamp(path)
            if state != Disk.missing { watch.entries.append(.init(path: path, state: state)) }
        }
        watch.entries.sort { $0.path < $1.path }
        return watch
    }

    private static var checkoutsMax: Int { 8 }
    /// Paths of one checkout that may differ from HEAD; with more, nothing is said of it.
    private static var pathsMax: Int { 2000 }
    private static var statusBytesMax: Int { 1 << 20 }
}
