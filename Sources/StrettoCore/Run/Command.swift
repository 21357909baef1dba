/// What a person asks of a running engine: the same for keys, shell commands and plain mode's lines.
package enum Command: Hashable, Sendable, Codable {
    /// With an edition, the approval is refused where the plan is another one by now than the header with that ``RunHeader/planEdition``
    /// showed.
    case approvePlan(edition: Int? = nil)
    /// At the plan gate: this plan counts in place of the one that the run has.
    case revisePlan(Plan)
    /// At the plan gate: the task starts right before the other one where both could start; nil: after all others.
    case reorder(TaskID, before: TaskID?)
    /// With a tree, the approval is refused where the attempt's tree is another one by now.
    case approve(TaskID, tree: TreeID?)
    case requestChanges(TaskID, comment: String)
    case recheck(TaskID)
    case skip(TaskID, reason: String)
    case retry(TaskID, note: String)
    case stopTask(TaskID)
    /// Words for the task's agent: one at work is interrupted and goes on with them, the next one is told them first.
    case message(TaskID, text: String)
    /// One task more in this run.
    case addTask(TaskDraft)
    case stopRun(StopMode)
    case resumeRun
    /// Somebody watches who can answer at gates, and decides when work has failed: a board.
    case beginAttendance
    case endAttendance
}

/// Why a command was not taken, in a sentence.
package struct Refusal: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    package var reason: String

    package init(_ reason: String) { self.reason = reason }

    package var description: String { reason }
}
