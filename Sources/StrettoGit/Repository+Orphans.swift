internal import StrettoCore
internal import StrettoProcess

/// Commands that outlived the engine which had started them.
extension Repository {
    /// Tells by its value whose git command a process is, beyond the life of the engine.
    static let markerVariable = "STRETTO_REPOSITORY"

    /// Returns when no git command of an engine that was killed is at work here any more.
    ///
    /// To be called by the only engine before its first command: a worktree that is still being made or removed looks like half of one.
    package func waitForOrphans() async {
        let entry = Array("\(Self.markerVariable)=\(commonDirectory)".utf8)
        for name in Disk.names(in: "/proc") {
            guard let pid = Int32(name), let process = ProcessIdentity(pid: pid),
                let environment = Disk.read("/proc/\(pid)/environ"),
                environment.split(separator: 0).contains(entry[...])
            else { continue }
            await process.waitUntilOver()
        }
    }
}
