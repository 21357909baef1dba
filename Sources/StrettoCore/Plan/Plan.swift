/// The user's input: sections of tasks with dependencies, as read from a plan file and found valid.
package struct Plan: Hashable, Sendable, Codable {
    package var name: String
    package var settings: PlanSettings
    package var sections: [PlanSection]

    package init(name: String, settings: PlanSettings = PlanSettings(), sections: [PlanSection]) {
        self.name = name
        self.settings = settings
        self.sections = sections
    }

    /// All tasks in plan order.
    package var tasks: [PlanTask] { sections.flatMap(\.tasks) }
}

/// A named group of tasks; it orders the screen, not the work.
package struct PlanSection: Hashable, Sendable, Codable {
    package var id: String
    package var name: String
    /// A section with status `completed` or `skipped` is passed over whole, even with pending tasks inside.
    package var status: PlanStatus
    package var tasks: [PlanTask]

    package init(id: String, name: String, status: PlanStatus = .pending, tasks: [PlanTask]) {
        self.id = id
        self.name = name
        self.status = status
        self.tasks = tasks
    }
}

/// A status as plan files hold it; reading maps the `complete` that agents write to `completed`.
package enum PlanStatus: String, Hashable, Sendable, Codable, CaseIterable {
    case pending
    case inProgress = "in_progress"
    case completed
    case verified
    case failed
    case skipped
    case suspended

    /// Whether the work is over as far as dependants are concerned.
    package var isOver: Bool { self == .completed || self == .verified || self == .skipped }
}

/// One task of a plan; optional values fall back to ``PlanSettings``.
package struct PlanTask: Hashable, Sendable, Codable {
    package var id: TaskID
    package var name: String
    @Guarded package var description: String
    package var status: PlanStatus
    package var dependencies: [TaskID]
    /// Permits concurrency for people's eyes; the scheduler needs only dependencies and resources.
    package var parallelGroup: String?
    /// Tasks that share a resource never run together.
    package var resources: [String]
    /// How many counted failures end the task; nil for the plan's default.
    package var attemptsMax: Int?
    /// The job, by name: the plan's `agent:` key.
    package var role: String?
    /// The program that does it; nil: whatever rules, role and plan say.
    package var builder: BuilderName?
    package var model: String?
    /// A ladder of models that begins with ``model``: the next one takes over when one keeps failing; nil for the plan's ladder.
    package var models: [String]?
    /// A program instead of an agent, run by `/bin/sh -c` in the worktree; implies the builder `command`.
    @Guarded package var command: String?
    @Guarded package var checks: [Check]
    /// Who lets the work through; nil for the plan's task gate.
    package var review: GatePolicy?
    /// The files that the task may touch, as declared: glob patterns relative to the repository's root.
    package var files: [String]
    /// Variables for the task's processes, in the order written.
    @Guarded package var environment: [EnvironmentVariable]
    package var timeout: Duration?
    /// What all attempts of the task together may cost.
    package var budgetMicrodollars: Int?
    package var budgetTokens: Int?
    /// How long an agent may be silent, unless a command of its own runs; nil for the plan's.
    package var stallTimeout: Duration?
    /// Higher runs first among ready tasks.
    package var priority: Int
    /// Whether a person added it while the run went on, so that the plan file does not have it; nil: no.
    package var isAdded: Bool?

    package init(
        id: TaskID,
        name: String,
        description: String = "",
        status: PlanStatus = .pending,
        dependencies: [TaskID] = [],
        parallelGroup: String? = nil,
        resources: [String] = [],
        attemptsMax: Int? = nil,
        role: String? = nil,
        builder: BuilderName? = nil,
        model: String? = nil,
        models: [String]? = nil,
        command: String? = nil,
        checks: [Check] = [],
        review: GatePolicy? = nil,
        files: [String] = [],
        environment: [EnvironmentVariable] = [],
        timeout: Duration? = nil,
        budgetMicrodollars: Int? = nil,
        budgetTokens: Int? = nil,
        stallTimeout: Duration? = nil,
        priority: Int = 0,
        isAdded: Bool? = nil
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.status = status
        self.dependencies = dependencies
        self.parallelGroup = parallelGroup
        self.resources = resources
        self.attemptsMax = attemptsMax
        self.role = role
        self.builder = builder
        self.model = model
        self.models = models
        self.command = command
        self.checks = checks
        self.review = review
        self.files = files
        self.environment = environment
        self.timeout = timeout
        self.budgetMicrodollars = budgetMicrodollars
        self.budgetTokens = budgetTokens
        self.stallTimeout = stallTimeout
        self.priority = priority
        self.isAdded = isAdded
    }
}

/// One variable of a process's environment.
package struct EnvironmentVariable: Hashable, Sendable, Codable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// A command that the engine runs in the worktree by `/bin/sh -c`; its exit code is evidence.
package struct Check: Hashable, Sendable, Codable {
    package var name: String
    package var command: String
    package var timeout: Duration?

    package init(name: String, command: String, timeout: Duration? = nil) {
        self.name = name
        self.command = command
        self.timeout = timeout
    }
}
