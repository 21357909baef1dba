/// Everything that defines a run when it starts; the first entry of its journal.
package struct RunSpec: Hashable, Sendable, Codable {
    package var id: RunID
    package var plan: Plan
    /// The plan file as given, relative to the repository's root where it lies inside.
    package var planPath: String
    package var base: CommitID
    package var workers: Int
    package var gates: Gates
    package var budget: Budget
    /// The ladder of models, where the command line sets another than the plan.
    package var escalation: Escalation?
    package var scope: Scope
    /// Whether a run whose work has failed waits for a person (a board is open) instead of ending.
    package var holdsOnFailure: Bool
    /// Whether the plan file keeps the statuses that it has; nil, also in journals of before there was a choice: no.
    package var leavesPlanFile: Bool?
    /// The tasks that the plan file called over when the run began, and that the run does nevertheless, in plan order.
    package var doneAgain: [TaskID]?

    /// Which tasks a run is for.
    package enum Scope: Hashable, Sendable, Codable {
        case all
        /// These tasks only; their dependencies count as met.
        case only([TaskID])
        /// The first ready task, then stop.
        case single
        /// This task and everything after it in plan order; what lies before counts as met.
        case from(TaskID)
    }

    /// Without a budget of its own the run has the plan's.
    package init(
        id: RunID,
        plan: Plan,
        planPath: String,
        base: CommitID,
        workers: Int,
        gates: Gates,
        budget: Budget? = nil,
        escalation: Escalation? = nil,
        scope: Scope = .all,
        holdsOnFailure: Bool = false,
        leavesPlanFile: Bool? = nil,
        doneAgain: [TaskID]? = nil
    ) {
        self.id = id
        self.plan = plan
        self.planPath = planPath
        self.base = base
        self.workers = workers
        self.gates = gates
        self.budget = budget ?? plan.settings.budget
        self.escalation = escalation
        self.scope = scope
        self.holdsOnFailure = holdsOnFailure
        self.leavesPlanFile = leavesPlanFile
        self.doneAgain = doneAgain
    }
}

/// How a run ended, with the process's exit code.
package enum Outcome: Hashable, Sendable, Codable {
    /// The goal is met.
    case finished
    /// Nothing runs, nothing is ready, and this is the path that blocks.
    case stuck(String)
    case failed([TaskID])
    case overBudget(String)
    case stopped
    /// A gate waits and nobody is there to answer.
    case needsHuman([TaskID])
    /// The run itself could not go on (a fault, a full disk); the journal has the story.
    case broken(String)

    package var exitCode: ExitCode {
        switch self {
        case .finished: .goalMet
        case .stuck: .stuck
        case .failed: .failed
        case .overBudget: .budget
        case .stopped: .stopped
        case .needsHuman: .needsHuman
        case .broken: .error
        }
    }
}

/// What the process says to its caller.
package enum ExitCode: Int32, Hashable, Sendable, Codable, CaseIterable {
    case goalMet = 0
    case error = 1
    case usage = 2
    case stuck = 3
    case failed = 4
    case budget = 5
    case stopped = 6
    case needsHuman = 7
    case locked = 8
}

/// How a run is asked to stop.
package enum StopMode: String, Hashable, Sendable, Codable {
    /// Running tasks finish, nothing new starts.
    case drain
    /// Running agents are ended; their trees are kept.
    case now
}
