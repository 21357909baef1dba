/// Which attempts go on with an earlier attempt's conversation, so that nothing is read and paid twice.
///
/// One that was cut off, or whose work a person wants changed, leaves its session to the next; after a failure the next one
/// starts afresh, because what led there stands in the session too. A session that its program no longer has ends the attempt
/// as ``ProviderTrouble/Kind/sessionLost``, and the one after it starts afresh.
extension Scheduler {
    /// Lets the task's next attempt go on with the session of the newest that did its work.
    mutating func leaveSession(_ place: Int) {
        // A validator's end says nothing about the work's session, unless the work is to be done again.
        guard records[place].validation?.isVoid != false, let work = records[place].workPlace else { return }
        let isLost = records[place].attempts[work].exit?.trouble?.kind == .sessionLost
        records[place].attempts[work].leavesSession = !isLost
    }

    /// The session that the task's current attempt goes on with; nil for a new one.
    func resumedSession(_ place: Int) -> ResumedSession? {
        // A validator comes to the work with fresh eyes.
        guard records[place].validation == nil else { return nil }
        let earlier = records[place].attempts.dropLast().filter { $0.validator == nil }
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
