import StrettoCore

/// Who does the tasks, and what happens when an agent fails or falls silent.
extension PlanReader {
    /// How many failures in a row a plan may name; 0 switches the circuit breaker off.
    private static let thresholdAllowed = 0...1000
    /// How many rules, roles and rungs a plan may have.
    private static let listMax = 100

    mutating func agentPolicy(_ meta: Fields, over defaults: AgentPolicy, builder: BuilderName) -> AgentPolicy {
        var policy = defaults
        let threshold = integer(meta["circuit_breaker_threshold"], in: Self.thresholdAllowed)
        policy.breakerThreshold = threshold ?? defaults.breakerThreshold
        policy.breakerPause = duration(meta["circuit_breaker_reset_timeout"]) ?? defaults.breakerPause
        if meta["model_escalation"] != nil { policy.escalation = escalation(meta["model_escalation"]) }
        if meta["roles"] != nil { policy.roles = roleChoices(meta["roles"]) }
        if meta["routing"] != nil { policy.routing = routing(meta["routing"]) }
        if let field = meta["validation"] { policy.validation = validation(field, policy, builder: builder) }
        policy.stallTimeout = duration(meta["stall_timeout"]) ?? defaults.stallTimeout
        return policy
    }

    /// A builder: one that comes with Stretto, or an agent that the configuration describes.
    mutating func builder(_ field: Field?) -> BuilderName? {
        guard let field, let name = text(field) else { return nil }
        if BuilderName.builtIn.contains(where: { $0.rawValue == name }) { return BuilderName(rawValue: name) }
        guard let configuration else {
            if BuilderName.isName(name) { return BuilderName(rawValue: name) }
            report(.error, at: field.node, "\(field.name) cannot be \(quoted(name))", fix: "name a builder")
            return nil
        }
        if configuration.agentNames.contains(name) { return BuilderName(rawValue: name) }
        let names = configuration.builderNames
        let fix =
            NearestName.suggestion(for: name, among: names).map { "did you mean '\($0)'?" }
            ?? "use \(Self.either(names)), or describe it under 'agents' in \(ConfigurationFile.name)"
        report(.error, at: field.node, "\(field.name) cannot be \(quoted(name))", fix: fix)
        return nil
    }

    // MARK: Validators

    private mutating func validation(
        _ field: Field,
        _ policy: AgentPolicy,
        builder: BuilderName
    ) -> ValidationPolicy? {
        let example = "{enabled: true, run_after: [coder], validators: [validator]}"
        guard let fields = mapping(field, owner: "'validation'", example: example) else { return nil }
        noteUnknownKeys(of: fields, known: .validation)
        let isOn = choice(fields["enabled"], of: Switch.self)?.isOn ?? false
        let retries = integer(fields["max_validation_attempts"], in: ValidationPolicy.retriesAllowed)
        let validation = ValidationPolicy(
            roles: roles(fields["run_after"], isOn) ?? ValidationPolicy.rolesDefault,
            validators: roles(fields["validators"], isOn) ?? ValidationPolicy.validatorsDefault,
            retriesMax: retries ?? ValidationPolicy.retriesDefault
        )
        guard isOn else { return nil }
        for validator in validation.validators {
            let named = policy.roles.first { $0.role == validator }?.builder
            guard (named ?? builder) == .command else { continue }
            report(
                .error,
                at: (fields["validators"] ?? field).node,
                "the validator \(quoted(validator)) is to be an agent, and the plan's builder is 'command'",
                fix: "give it one: roles: {\(validator): {builder: claude}}"
            )
        }
        return validation
    }

    /// A list of roles, which must exist where they are needed; nil where the key is not there.
    private mutating func roles(_ field: Field?, _ areNeeded: Bool) -> [String]? {
        guard let field else { return nil }
        let roles = texts(field)
        if roles.isEmpty, areNeeded {
            report(.error, at: field.node, "\(field.name) names no role", fix: "name one, or write 'enabled: false'")
        }
        if roles.count > Self.listMax {
            report(.error, at: field.node, "\(field.name) has more than \(Self.listMax) roles", fix: "name fewer")
        }
        if areNeeded { for (role, node) in roles { checkRole(role, at: node, named: field.name) } }
        return roles.map(\.text)
    }

    // MARK: The ladder

    private mutating func escalation(_ field: Field?) -> Escalation {
        guard let field else { return Escalation() }
        guard let fields = mapping(field, owner: "'model_escalation'", example: "{enabled: true, max_model: opus}")
        else {
            return Escalation()
        }
        noteUnknownKeys(of: fields, known: .escalation)
        let ladder = models(fields["models"])
        let escalation = Escalation(
            isEnabled: choice(fields["enabled"], of: Switch.self)?.isOn ?? false,
            after: integer(fields["escalate_after"], in: Escalation.afterAllowed) ?? Escalation.afterDefault,
            start: filledText(fields["starting_model"]),
            limit: filledText(fields["max_model"]),
            ladder: ladder.isEmpty ? Escalation.ladderDefault : ladder,
            validationModel: filledText(fields["validation_model"])
        )
        for (key, model) in [("starting_model", escalation.start), ("max_model", escalation.limit)] {
            guard let model, let field = fields[key], !escalation.ladder.contains(model) else { continue }
            let fix =
                NearestName.suggestion(for: model, among: escalation.ladder).map { "did you mean '\($0)'?" }
                ?? "name the ladder: models: [small, large]"
            let rungs = Self.either(escalation.ladder)
            report(.error, at: field.node, "\(field.name) must be \(rungs), not \(quoted(model))", fix: fix)
        }
        if let field = fields["max_model"], let start = escalation.start, let limit = escalation.limit,
            let first = escalation.ladder.firstIndex(of: start), let last = escalation.ladder.firstIndex(of: limit),
            last < first
        {
            let message = "\(field.name) is \(quoted(limit)), below the first model, \(quoted(start))"
            report(.error, at: field.node, message, fix: "name \(quoted(start)) or a model after it")
        }
        return escalation
    }

    /// What YAML's own booleans are called here; everything else is a slip.
    enum Switch: String, CaseIterable {
        case `true`
        case `false`

        var isOn: Bool { self == .true }
    }

    /// One model or a ladder of them, each once.
    mutating func models(_ field: Field?) -> [String] {
        guard let field else { return [] }
        var models: [String] = []
        for (model, node) in texts(field) {
            if models.contains(model) {
                report(.error, at: node, "\(field.name) names \(quoted(model)) twice", fix: "remove one of them")
            }
            models.append(model)
        }
        if models.count > Self.listMax {
            report(.error, at: field.node, "\(field.name) has more than \(Self.listMax) models", fix: "name fewer")
        }
        return models
    }

    // MARK: Roles and rules

    private mutating func roleChoices(_ field: Field?) -> [RoleChoice] {
        guard let field else { return [] }
        guard let fields = mapping(field, owner: "'roles'", example: "{planner: {model: opus}}") else { return [] }
        return fields.entries.prefix(Self.listMax).compactMap { entry in
            let field = Field(node: entry.value, key: entry.key, owner: "'roles'")
            let owner = "the role \(quoted(entry.key))"
            guard let choice = mapping(field, owner: owner, example: "{builder: claude, model: opus}") else {
                return nil
            }
            noteUnknownKeys(of: choice, known: .role)
            return RoleChoice(
                role: entry.key,
                builder: agentBuilder(choice["builder"]),
                models: models(choice["model"] ?? choice["models"])
            )
        }
    }

    private mutating func routing(_ field: Field?) -> [RoutingRule] {
        guard let field else { return [] }
        let example = "{words: [prototype], builder: claude, because: it is quick}"
        guard case .sequence(let items) = field.node.content else {
            report(
                .error,
                at: field.node,
                "\(field.name) must be a list, not \(field.node.kind)",
                fix: "write [\(example)]"
            )
            return []
        }
        if items.count > Self.listMax {
            report(.error, at: field.node, "\(field.name) has more than \(Self.listMax) rules", fix: "write fewer")
        }
        return items.prefix(Self.listMax).enumerated().compactMap { number, node in
            let owner = "rule \(number + 1) of 'routing'"
            guard let fields = mapping(field.part(node), owner: owner, example: example) else { return nil }
            noteUnknownKeys(of: fields, known: .rule)
            let rule = RoutingRule(
                role: filledText(fields["agent"]),
                section: filledText(fields["section"]),
                words: texts(fields["words"]).map(\.text),
                builder: agentBuilder(fields["builder"]),
                model: filledText(fields["model"]),
                reason: line(fields["because"])
            )
            if rule.builder == nil, rule.model == nil {
                report(.error, at: node, "\(owner) chooses nothing", fix: "add 'builder:' or 'model:'")
            }
            return rule
        }
    }

    /// A builder that needs no command of the task's own.
    private mutating func agentBuilder(_ field: Field?) -> BuilderName? {
        guard let field, let builder = builder(field) else { return nil }
        guard builder != .command else {
            report(.error, at: field.node, "\(field.name) cannot be 'command'", fix: "name an agent such as 'claude'")
            return nil
        }
        return builder
    }

    mutating func mapping(_ field: Field, owner: String, example: String) -> Fields? {
        if let fields = Fields(field.node, owner: owner) { return fields }
        report(.error, at: field.node, "\(owner) must be a mapping, not \(field.node.kind)", fix: "write \(example)")
        return nil
    }
}

extension KnownKeys {
    static let escalation = KnownKeys(
        used: ["enabled", "escalate_after", "starting_model", "max_model", "models", "validation_model"],
        synonyms: ["ladder": "models", "start": "starting_model", "max": "max_model"]
    )

    static let validation = KnownKeys(
        used: ["enabled", "run_after", "validators", "max_validation_attempts"],
        synonyms: ["after": "run_after", "validator": "validators", "max_attempts": "max_validation_attempts"]
    )

    static let role = KnownKeys(used: ["builder", "model", "models"])

    static let rule = KnownKeys(
        used: ["agent", "section", "words", "builder", "model", "because"],
        synonyms: ["role": "agent", "reason": "because", "word": "words", "match": "words"]
    )
}
