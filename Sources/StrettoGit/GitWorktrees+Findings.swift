internal import StrettoCore

extension GitWorktrees {
    /// What a review of the attempt must show, the gravest first.
    func findings(
        _ order: CollectOrder,
        _ notes: AttemptNotes,
        _ harvest: Harvest,
        changes: [PathChange],
        refs: RefSnapshot,
        watch: CheckoutWatch
    ) -> [String] {
        var findings: [String] = []
        if let reason = notes.asideReason {
            findings.append("the worktree \(order.worktree.path) stays, for not all of it could be kept: \(reason)")
        }
        findings += notes.remarks + harvest.findings
        let deleted = deletions(changes, outside: order.files)
        if !deleted.isEmpty {
            findings.append("deleted outside the declared files: " + Self.list(deleted))
        }
        if let branch = harvest.status.branch {
            findings.append("left its worktree on the branch '\(branch)'; the branch stays as it is")
        }
        if !notes.refs.refs.isEmpty { findings += refs.watched.findings(since: notes.refs) }
        if !notes.watch.isEmpty {
            findings += watch.findings(
                since: notes.watch,
                checkouts: checkouts(),
                commonDirectory: repository.commonDirectory
            )
        }
        if let ignored = ignored(harvest.status, notes, in: order.worktree.path) { findings.append(ignored) }
        return findings
    }

    private func deletions(_ changes: [PathChange], outside files: [String]) -> [String] {
        guard !files.isEmpty else { return [] }
        let globs = files.map { Glob($0) }
        return changes.filter { change in
            change.kind == .deleted && !globs.contains { $0.matches(change.path) }
        }.map(\.path)
    }

    /// The ignored files in a sentence: they are the one thing that is not kept.
    private func ignored(_ status: WorkStatus, _ notes: AttemptNotes, in path: String) -> String? {
        let names = status.ignored.filter { !$0.hasPrefix(Self.mailboxName + "/") && !notes.isLeftOut($0) }
        var count = 0
        var bytes = 0
        for name in names where count < Self.ignoredFilesMax {
            let sum = Disk.measure(path + "/" + name, filesMax: Self.ignoredFilesMax - count)
            count += sum.count
            bytes += sum.bytes
        }
        guard count > 0 else { return nil }
        let atLeast = count >= Self.ignoredFilesMax ? "at least " : ""
        let files = count == 1 ? "1 ignored file is" : "\(count) ignored files are"
        return "\(atLeast)\(files) not kept (\(bytes) bytes): " + Self.list(names)
    }

    /// How many ignored files are counted.
    private static let ignoredFilesMax = 10_000
}
