/// What a plan's `meta` sets for the whole run; every value has a default.
package struct PlanSettings: Hashable, Sendable, Codable {
    /// How many agents may run at once; nil leaves it to the user's flag or ``workersDefault``.
    package var workers: Int?
    /// The commit, branch or tag that the run starts from; nil is HEAD.
    package var base: String?
    package var gates: Gates
    package var builder: BuilderName
    package var model: String?
    package var permissions: Permissions
    /// Commands run in each new worktree before the agent starts.
    @Guarded package var setup: [String]
    /// Untracked files copied from the checkout into each new worktree, relative to its root.
    package var copy: [String]
    /// Checks that every task gets besides its own.
    @Guarded package var checks: [Check]
    package var attemptsMax: Int
    /// The first pause after a failure; it doubles with each further one up to ``backoffMax``.
    package var backoffBase: Duration
    package var backoffMax: Duration
    /// The design document that prompts name, relative to the repository's root.
    package var planDocument: String?
    package var timeout: Duration?
    /// What tasks inherit besides what every program needs, see ``TaskEnvironment/passed``; nil: everything.
    package var passed: [String]?
    package var budget: Budget
    /// How the budget is written, where it is a part of a ceiling that the command line may cut otherwise.
    package var budgetTerms: BudgetTerms?
    package var agents: AgentPolicy

    package static let workersDefault = 4
    package static let workersAllowed = 1...64

    package init(
        workers: Int? = nil,
        base: String? = nil,
        gates: Gates = Gates(),
        builder: BuilderName = .claude,
        model: String? = nil,
        permissions: Permissions = .edit,
        setup: [String] = [],
        copy: [String] = [],
        checks: [Check] = [],
        attemptsMax: Int = 3,
        backoffBase: Duration = .seconds(5),
        backoffMax: Duration = .seconds(120),
        planDocument: String? = nil,
        timeout: Duration? = nil,
        passed: [String]? = nil,
        budget: Budget = Budget(),
        budgetTerms: BudgetTerms? = nil,
        agents: AgentPolicy = AgentPolicy()
    ) {
        self.workers = workers
        self.base = base
        self.gates = gates
        self.builder = builder
        self.model = model
        self.permissions = permissions
        self.setup = setup
        self.copy = copy
        self.checks = checks
        self.attemptsMax = attemptsMax
        self.backoffBase = backoffBase
        self.backoffMax = backoffMax
        self.planDocument = planDocument
        self.timeout = timeout
        self.passed = passed
        self.budget = budget
        self.budgetTerms = budgetTerms
        self.agents = agents
    }
}

/// Who answers at a gate.
package enum GatePolicy: String, Hashable, Sendable, Codable, CaseIterable {
    case auto
    case human
}

/// Where a run asks, and what happens when nobody is there to answer.
package struct Gates: Hashable, Sendable, Codable {
    /// Before anything starts.
    package var plan: GatePolicy
    /// After each task's checks, before it is merged.
    package var task: GatePolicy
    /// What a human gate does once standard input has ended: `human` waits no longer and ends with exit code 7; `auto` approves.
    package var unattended: GatePolicy

    package init(plan: GatePolicy = .auto, task: GatePolicy = .auto, unattended: GatePolicy = .human) {
        self.plan = plan
        self.task = task
        self.unattended = unattended
    }

    /// Every gate asks.
    package static let careful = Gates(plan: .human, task: .human)
    /// Only tasks that say `review: human` ask.
    package static let normal = Gates()
    /// Nothing asks.
    package static let none = Gates(unattended: .auto)
}

/// How much an agent may do without asking.
package enum Permissions: String, Hashable, Sendable, Codable, CaseIterable {
    case edit
    case full
}

/// Limits on spending; nil is no limit.
package struct Budget: Hashable, Sendable, Codable {
    package var microdollars: Int?
    package var tokens: Int?
    /// What happens to agents at work when a limit is crossed; nil is ``Overrun/stop``.
    package var overrun: Overrun?

    package init(microdollars: Int? = nil, tokens: Int? = nil, overrun: Overrun? = nil) {
        self.microdollars = microdollars
        self.tokens = tokens
        self.overrun = overrun
    }
}
