/// Which agent does a task, what happens when it fails, and when nobody is sent for a while.
package struct AgentPolicy: Hashable, Sendable, Codable {
    /// Counted failures in a row after which a provider gets a rest; nil is ``breakerThresholdDefault`` for agents and 0 for commands; 0 never.
    package var breakerThreshold: Int?
    /// How long that rest is.
    package var breakerPause: Duration
    package var escalation: Escalation
    /// What roles are done by, in the order written.
    package var roles: [RoleChoice]
    /// Who does what nobody was named for; the first rule that matches counts.
    package var routing: [RoutingRule]
    /// How long an agent may be silent, unless a command of its own runs; nil leaves it to the builder.
    package var stallTimeout: Duration?
    /// The agents that users described, in the order written.
    package var programs: [AgentProgram]
    /// Who judges what agents did; nil: nobody but the checks.
    package var validation: ValidationPolicy?

    package static let breakerThresholdDefault = 3

    package init(
        breakerThreshold: Int? = nil,
        breakerPause: Duration = .seconds(300),
        escalation: Escalation = Escalation(),
        roles: [RoleChoice] = [],
        routing: [RoutingRule] = [],
        stallTimeout: Duration? = nil,
        programs: [AgentProgram] = [],
        validation: ValidationPolicy? = nil
    ) {
        self.breakerThreshold = breakerThreshold
        self.breakerPause = breakerPause
        self.escalation = escalation
        self.roles = roles
        self.routing = routing
        self.stallTimeout = stallTimeout
        self.programs = programs
        self.validation = validation
    }

    /// The description of the agent of that name; nil for one that comes with Stretto.
    package func program(_ name: BuilderName) -> AgentProgram? { programs.first { $0.name == name } }
}

/// Which work other agents judge, after the checks and before anybody else.
package struct ValidationPolicy: Hashable, Sendable, Codable {
    /// The roles whose work is judged.
    package var roles: [String]
    /// The roles that judge it, one after the other, until one rejects it.
    package var validators: [String]
    /// How often a rejected task is tried again; after one more rejection it has failed.
    package var retriesMax: Int

    /// The role of a task that names none.
    package static let rolesDefault = ["coder"]
    package static let validatorsDefault = ["validator"]
    package static let retriesDefault = 1
    package static let retriesAllowed = 0...100

    package init(
        roles: [String] = Self.rolesDefault,
        validators: [String] = Self.validatorsDefault,
        retriesMax: Int = Self.retriesDefault
    ) {
        self.roles = roles
        self.validators = validators
        self.retriesMax = retriesMax
    }

    /// Whether the task's work is judged: an agent's, or a command's that says whose role it plays.
    package func concerns(_ task: PlanTask) -> Bool {
        if task.command != nil, task.role == nil { return false }
        return roles.contains(task.role ?? Self.rolesDefault[0])
    }
}

/// The plan's ladder of models: who takes over when a model keeps failing.
package struct Escalation: Hashable, Sendable, Codable {
    package var isEnabled: Bool
    /// Counted failures of one task per rung.
    package var after: Int
    /// The first rung; nil is the plan's model where that is a rung, else ``startDefault``.
    package var start: String?
    /// The last rung that is taken; nil is the ladder's end.
    package var limit: String?
    /// Models from the smallest to the largest.
    package var ladder: [String]
    /// The model of validators whose role names none; nil is the plan's.
    package var validationModel: String?

    package static let ladderDefault = ["haiku", "sonnet", "opus"]
    package static let startDefault = "sonnet"
    package static let afterDefault = 2
    package static let afterAllowed = 1...100

    package init(
        isEnabled: Bool = false,
        after: Int = Self.afterDefault,
        start: String? = nil,
        limit: String? = nil,
        ladder: [String] = Self.ladderDefault,
        validationModel: String? = nil
    ) {
        self.isEnabled = isEnabled
        self.after = after
        self.start = start
        self.limit = limit
        self.ladder = ladder
        self.validationModel = validationModel
    }

    /// The model after so many counted failures of a task that began with `first`; `first` itself where that is no rung.
    package func model(startingWith first: String, afterFailures failures: Int) -> String {
        Self.rung(of: ladder, from: first, upTo: limit, step: failures / max(1, after))
    }

    /// The model `step` rungs above `first`, and never above `limit` or the ladder's end.
    static func rung(of ladder: [String], from first: String, upTo limit: String?, step: Int) -> String {
        guard let start = ladder.firstIndex(of: first) else { return first }
        let end = limit.flatMap { ladder.firstIndex(of: $0) } ?? ladder.count - 1
        return ladder[min(start + max(0, step), max(start, end))]
    }
}

/// What one role is done by; a role's file may name a model, too, and this one comes before it.
package struct RoleChoice: Hashable, Sendable, Codable {
    package var role: String
    package var builder: BuilderName?
    /// One model, or a ladder of them.
    package var models: [String]

    package init(role: String, builder: BuilderName? = nil, models: [String] = []) {
        self.role = role
        self.builder = builder
        self.models = models
    }
}

/// A rule that chooses builder and model for tasks which name none.
///
/// Every condition that it has must hold; a rule without conditions is for all tasks.
package struct RoutingRule: Hashable, Sendable, Codable {
    package var role: String?
    /// The id or the name of the task's section.
    package var section: String?
    /// One of these must occur in the task's name or description, as whole words in any case.
    package var words: [String]
    package var builder: BuilderName?
    package var model: String?
    /// Why, for people: shown with the choice.
    package var reason: String?

    package init(
        role: String? = nil,
        section: String? = nil,
        words: [String] = [],
        builder: BuilderName? = nil,
        model: String? = nil,
        reason: String? = nil
    ) {
        self.role = role
        self.section = section
        self.words = words
        self.builder = builder
        self.model = model
        self.reason = reason
    }
}

extension KeyedDecodingContainer {
    /// What journals of older versions do not have is as if the plan said nothing about it.
    func decode(_ type: AgentPolicy.Type, forKey key: Key) throws -> AgentPolicy {
        try decodeIfPresent(type, forKey: key) ?? AgentPolicy()
    }
}
