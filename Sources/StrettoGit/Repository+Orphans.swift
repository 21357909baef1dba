internal import StrettoCore
internal import StrettoProcess

/// Commands that outlived the engine which had started them.
extension Repository {
    /// Tells by its value whose git command a process is, beyond the life of the engine.
    static let markerVariable = "STRETTO_REPOSITORY"

    /// How long the commands of a dead engine are waited for: a checkout of a large repository may take that, and
    /// something that never ends must not keep a run from starting.
    private static let orphanWaitMax = Duration.seconds(120)

    /// Returns when no git command of an engine that was killed is at work here any more, or after two minutes.
    ///
    /// To be called by the only engine before its first command: a worktree that is still being made or removed looks like half of one.
    package func waitForOrphans() async {
        let orphans = orphans()
        guard !orphans.isEmpty else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for orphan in orphans { await orphan.waitUntilOver() } }
            group.addTask { try? await ContinuousClock().sleep(for: Self.orphanWaitMax) }
            await group.next()
            group.cancelAll()
        }
    }

    private func orphans() -> [ProcessIdentity] {
        let entry = Array("\(Self.markerVariable)=\(commonDirectory)".utf8)
        return Disk.names(in: "/proc").compactMap { name in
            guard let pid = Int32(name), let process = ProcessIdentity(pid: pid),
                let environment = Disk.read("/proc/\(pid)/environ"),
                environment.split(separator: 0).contains(entry[...])
            else { return nil }
            return process
        }
    }
}
