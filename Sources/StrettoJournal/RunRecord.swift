package import StrettoCore

/// What the journal knows of a run without reading its entries.
package struct RunRecord: Hashable, Sendable {
    package let id: RunID
    /// The plan file as it was given.
    package let planPath: String
    package let created: Timestamp
    /// How many entries it has.
    package let entryCount: Int
    /// When the run ended; nil while it is unfinished, be it that an engine runs it or that one died.
    package let ended: Timestamp?
    /// How it ended; nil while it is unfinished, and where another version wrote an outcome that this one does not know.
    package let outcome: Outcome?

    package init(
        id: RunID,
        planPath: String,
        created: Timestamp,
        entryCount: Int,
        ended: Timestamp?,
        outcome: Outcome?
    ) {
        self.id = id
        self.planPath = planPath
        self.created = created
        self.entryCount = entryCount
        self.ended = ended
        self.outcome = outcome
    }

    package var isFinished: Bool { ended != nil }
}
