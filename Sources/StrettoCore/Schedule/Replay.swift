/// A run as far as its journal tells: the state after its last entry, and that entry's number.
///
/// However it is reached, from the first entry or from a snapshot on, the same entries give the same value.
package struct Replay: Equatable, Sendable {
    package private(set) var scheduler: Scheduler
    /// The number of the last entry; 0 before the first.
    package private(set) var sequence: Int

    /// A run before its first entry, or the state after the entry with this number.
    package init(_ scheduler: Scheduler = Scheduler(), sequence: Int = 0) {
        self.scheduler = scheduler
        self.sequence = sequence
    }

    /// The run after these entries, the first of which is its first.
    package init(of entries: some Sequence<JournalEntry>) {
        self.init()
        for entry in entries { take(entry) }
    }

    /// Takes from the plan file what the journal must not hold; see ``Scheduler/takeSecrets(from:)``.
    package mutating func takeSecrets(from plan: Plan) { scheduler.takeSecrets(from: plan) }

    /// Takes the next entry; its effects are not repeated.
    package mutating func take(_ entry: JournalEntry) {
        _ = scheduler.handle(entry.event, at: entry.time)
        sequence = entry.sequence
    }
}
