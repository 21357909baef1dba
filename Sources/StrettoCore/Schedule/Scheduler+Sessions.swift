/// Which attempts go on with an earlier attempt's conversation, so that nothing is read and paid twice.
///
/// One that was cut off, or whose work a person wants changed, leaves its session to the next; after a failure the next one
/// starts afresh, because what led there stands in the session too. A session that its program no longer has ends the attempt
/// as ``ProviderTrouble/Kind/sessionLost``, and the one after it starts afresh.
extension Scheduler {
    /// Lets the task's next attempt go on with the session of the current one.
    mutating func leaveSession(_ place: Int) {
        updateAttempt(place) { $0.leavesSession = $0.exit?.trouble?.kind != .sessionLost }
    }

    /// The session that the task's current attempt goes on with; nil for a new one.
    func resumedSession(_ place: Int) -> ResumedSession? {
        let earlier = records[place].attempts.dropLast()
        // Attempts that got no worktree have no end of their own.
        guard let last = earlier.last(where: { $0.exit != nil }), last.leavesSession,
            last.builder == records[place].current?.builder, let id = last.exit?.sessionID
        else { return nil }
        let inSession = earlier.filter { $0.exit?.sessionID == id && $0.builder == last.builder }
        return ResumedSession(
            id: id,
            usage: inSession.reduce(.zero) { $0 + $1.usage },
            work: inSession.compactMap(\.contribution).last { !$0.changes.isEmpty }?.commit
        )
    }
}
