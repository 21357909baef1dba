import FoundationEssentials
import Glibc
import StrettoCommand
import StrettoCore
import StrettoGit
import StrettoJournal
import StrettoProcess

/// Removes what is proved to be left over: all of it for `doctor --clean`, which says what it left and why; what runs had for
/// themselves before another one begins.
struct Cleaning {
    let place: Workplace

    /// What lies in the place of worktrees although its run is over and none of its agents lives.
    func stale() async throws -> [LeftWorktree] {
        let unfinished = Set(try place.runs().filter { !$0.isFinished }.map(\.id))
        let engine = try place.liveEngine()
        return try await place.repository.leftWorktrees(below: place.paths.worktrees).filter { left in
            !unfinished.contains(left.run) && (engine == nil || engine?.run != left.run)
                && LivingKeeper.all(below: place.paths.run(left.run)).isEmpty
        }
    }

    /// Removes the worktrees for merges and the spares of runs that are over, where their own end could not.
    ///
    /// To be called by the only engine before its run. Nobody works in them, and what cannot go now is left for the next time.
    func removeRemains() async {
        // Mostly nothing is there, and git need not be asked.
        let folders = try? FileManager.default.contentsOfDirectory(atPath: place.paths.worktrees)
        guard folders?.isEmpty == false, let stale = try? await stale() else { return }
        let remains = stale.filter { $0.kind == .merge || $0.kind == .spares }
        for run in Set(remains.map(\.run)).sorted() {
            _ = try? await place.worktrees(of: run).clear(remains.filter { $0.run == run })
        }
    }

    func run() async throws {
        let holder = RepositoryLock.lastHolder(at: place.paths.lock)
        let lock = try place.takeLock(for: "stretto doctor --clean")
        defer { withExtendedLifetime(lock) {} }
        if let holder { Output.line("emptied the lock of the dead engine process \(holder.pid)") }
        let stale = try await stale()
        var clearance = Clearance()
        for run in Set(stale.map(\.run)).sorted() {
            clearance.add(try await place.worktrees(of: run).clear(stale.filter { $0.run == run }))
        }
        clearance.removed.forEach { Output.line("removed \($0)") }
        clearance.left.forEach { Output.line("\($0.path) stays: \($0.reason)") }
        removeEmptyFolders()
    }

    /// Folders of runs in which no worktree lies any more; a folder with anything in it cannot be removed this way.
    private func removeEmptyFolders() {
        let root = place.paths.worktrees
        for name in ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).sorted()
        where rmdir(root + "/" + name) == 0 {
            Output.line("removed \(root)/\(name), which was empty")
        }
    }
}
