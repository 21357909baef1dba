internal import StrettoCore
internal import StrettoProcess

/// Commands that outlived the engine which had started them.
extension Repository {
    /// Tells by its value whose git command a process is, beyond the life of the engine.
    static let markerVariable = "STRETTO_REPOSITORY"

    /// How long the commands of a dead engine are waited for: a checkout of a large repository may take that, and
    /// something that never ends must not keep a run from starting.
    private static let orphanWaitMax = Duration.seconds(120)

    /// Returns when nothing of an engine that was killed is at work here any more, or after two minutes.
    ///
    /// To be called by the only engine before its first command. Git commands are waited for: a worktree that is still being made or removed
    /// looks like half of one. Setup commands, copies and checks are ended: whoever needs them begins them anew.
    package func settleOrphans() async {
        await Orphans(marked: Orphans.programVariable, commonDirectory).end()
        await Orphans(marked: Self.markerVariable, commonDirectory).waitUntilOver(atMost: Self.orphanWaitMax)
    }
}
