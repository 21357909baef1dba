/// Locks that git commands left which were killed, or cut off with the machine's power.
extension GitWorktrees {
    /// How deep refs of a run may lie below its own folder: `TASK/N`, and those of repositories inside a worktree as deep as they did there.
    private static let refDepth = 64

    /// Frees the refs of this run and of nobody else; only where no git command of an engine is at work here.
    ///
    /// No ref can be called `x.lock`, so nothing but locks can have that name.
    func removeStaleRefLocks() {
        let root = repository.commonDirectory + "/"
        Disk.removeFile(root + names.branchRef + ".lock")
        removeLocks(in: root + RunNames.keptPrefix(of: names.run).dropLast(), depth: Self.refDepth)
    }

    private func removeLocks(in folder: String, depth: Int) {
        for name in Disk.names(in: folder) {
            let path = folder + "/" + name
            switch Disk.kind(path) {
            case .directory where depth > 1: removeLocks(in: path, depth: depth - 1)
            case .file where name.hasSuffix(".lock"): Disk.removeFile(path)
            default: break
            }
        }
    }
}
