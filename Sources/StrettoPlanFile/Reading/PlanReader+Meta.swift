import StrettoCore

/// What the keys around the tasks say: the plan's name and its settings.
extension PlanReader {
    mutating func readMeta(_ top: Fields) -> (name: String, settings: PlanSettings) {
        let nameless = "plan"
        let topName = line(top["name"]) ?? line(top["issue_id"])
        let defaults = configuration?.settings ?? PlanSettings()
        guard let field = top["meta"] else { return (topName ?? nameless, defaults) }
        guard let meta = Fields(field.node, owner: "meta") else {
            report(
                .error,
                at: field.node,
                "'meta' must be a mapping, not \(field.node.kind)",
                fix: "write 'name: My plan'"
            )
            return (topName ?? nameless, defaults)
        }
        noteUnknownKeys(of: meta, known: .meta)
        if let agents = meta.entries.first(where: { $0.key == "agents" }) {
            let place = source.position(ofByte: agents.keySpan.lower)
            let fix = "describe them in \(ConfigurationFile.name), in the repository's root"
            report(.warning, at: place, "'agents' of meta is not read: a plan only names agents", fix: fix)
        }

        let written = line(meta["name"]) ?? line(meta["title"]) ?? topName
        let name = written ?? line(meta["slug"]) ?? line(meta["item_slug"]) ?? nameless
        var settings = settings(meta, over: defaults)
        settings.base = filledText(meta["base"])
        settings.planDocument = filledText(meta["plan_doc"])
        return (name, settings)
    }

    /// What a plan's meta or a configuration file says about runs; a key that it does not have is that of `defaults`.
    ///
    /// Whoever names the builder is not routed by a file further back: its model, roles and rules are for another agent.
    mutating func settings(_ meta: Fields, over defaults: PlanSettings) -> PlanSettings {
        var settings = defaults
        if let builder = builder(meta["builder"]) {
            settings.builder = builder
            settings.model = nil
            settings.agents.roles = []
            settings.agents.routing = []
        }
        settings.workers = integer(meta["workers"], in: PlanSettings.workersAllowed) ?? defaults.workers
        settings.gates = gates(meta, over: defaults.gates)
        settings.model = filledText(meta["model"]) ?? settings.model
        settings.permissions = choice(meta["permissions"], of: Permissions.self) ?? defaults.permissions
        if let field = meta["setup"] {
            let commands = texts(field)
            for (command, node) in commands { noteKey(in: command, at: node, field.name) }
            settings.setup = commands.map(\.text)
        }
        if let field = meta["environment"] { settings.passed = passedVariables(field) }
        if meta["copy"] != nil { settings.copy = paths(meta["copy"]) }
        if meta["checks"] != nil { settings.checks = checks(meta["checks"]) }
        let attempts = meta["max_attempts_default"] ?? meta["max_attempts"]
        settings.attemptsMax = integer(attempts, in: PlanFile.attemptsAllowed) ?? defaults.attemptsMax
        settings.backoffBase = pause(meta["backoff_base"]) ?? defaults.backoffBase
        settings.backoffMax = pause(meta["backoff_max"]) ?? defaults.backoffMax
        settings.timeout = duration(meta["timeout"]) ?? defaults.timeout
        let terms = defaults.terms.overridden(by: budgetTerms(meta))
        settings.budget = Budget(terms)
        settings.budgetTerms = terms.ceilingMicrodollars == nil ? nil : terms
        settings.agents = agentPolicy(meta, over: settings.agents, builder: settings.builder)
        return settings
    }

    /// Which variables tasks inherit besides what every program needs; nil: all of them.
    private mutating func passedVariables(_ field: Field) -> [String]? {
        let fix = "write strict, inherit, or the names that tasks need besides: [CARGO_HOME, npm_config_*]"
        if case .scalar(let word, _) = field.node.content {
            if word == "strict" { return [] }
            if word == "inherit" { return nil }
            report(.error, at: field.node, "\(field.name) is neither 'strict' nor 'inherit' nor a list", fix: fix)
            return nil
        }
        return texts(field).compactMap { name, node in
            guard Self.isVariableName(name.hasSuffix("*") ? String(name.dropLast()) : name) else {
                report(.error, at: node, "\(quoted(name)) of \(field.name) cannot name a variable", fix: fix)
                return nil
            }
            return name
        }
    }

    // MARK: Gates

    /// The three ways to set all gates at once.
    private enum Preset: String, CaseIterable {
        case careful
        case normal
        case unattended

        var gates: Gates {
            switch self {
            case .careful: .careful
            case .normal: .normal
            case .unattended: .none
            }
        }
    }

    private mutating func gates(_ meta: Fields, over defaults: Gates) -> Gates {
        var gates = choice(meta["preset"], of: Preset.self)?.gates ?? defaults
        guard let field = meta["gates"] else { return gates }
        guard let fields = Fields(field.node, owner: "'gates'") else {
            let message = "'gates' must be a mapping, not \(field.node.kind)"
            report(.error, at: field.node, message, fix: "write {plan: human, task: auto}")
            return gates
        }
        noteUnknownKeys(of: fields, known: .gates)
        gates.plan = choice(fields["plan"], of: GatePolicy.self) ?? gates.plan
        gates.task = choice(fields["task"], of: GatePolicy.self) ?? gates.task
        gates.unattended = choice(fields["unattended"], of: GatePolicy.self) ?? gates.unattended
        // Every task is merged by itself, so asking before a merge is asking after a task.
        if choice(fields["merge"], of: GatePolicy.self) == .human { gates.task = .human }
        if let section = fields["section"], choice(section, of: GatePolicy.self) == .human {
            report(
                .error,
                at: section.node,
                "'section: human' is not available in this version",
                fix: "use 'task: human'"
            )
        }
        return gates
    }

    // MARK: Budget

    /// What the plan says about spending; of several limits in dollars the strictest counts.
    private mutating func budgetTerms(_ meta: Fields) -> BudgetTerms {
        var terms = BudgetTerms()
        terms.limitMicrodollars = microdollars(meta["budget_limit_usd"], zero: .isOff)
        guard let field = meta["budget"] else { return terms }
        guard let fields = Fields(field.node, owner: "'budget'") else {
            let message = "'budget' must be a mapping, not \(field.node.kind)"
            report(.error, at: field.node, message, fix: "write {usd: 5}")
            return terms
        }
        noteUnknownKeys(of: fields, known: .budget)
        let limit = microdollars(fields["usd"], zero: .isRefused)
        terms.limitMicrodollars = [terms.limitMicrodollars, limit].compactMap(\.self).min()
        terms.tokens = integer(fields["tokens"], in: PlanFile.tokensAllowed)
        terms.overrun = choice(fields["on_limit"], of: Overrun.self)
        readQuota(of: &terms, from: fields)
        return terms
    }

    /// What remains of a ceiling: the given percentage of it, and never the reserved part.
    private mutating func readQuota(of terms: inout BudgetTerms, from fields: Fields) {
        let reserved = microdollars(fields["reserved_budget_usd"], zero: .isOff)
        var share: Int?
        if let field = fields["max_quota_percent"], let text = text(field) {
            guard let percent = NumberText.millionths(text), (1...BudgetTerms.wholeShare).contains(percent) else {
                let message = "\(field.name) must be a number above 0 and up to 100, not \(quoted(text))"
                report(.error, at: field.node, message)
                return
            }
            share = percent
        }
        guard let field = fields["quota_ceiling_usd"], let ceiling = microdollars(field, zero: .isOff) else { return }
        terms.ceilingMicrodollars = ceiling
        terms.reservedMicrodollars = reserved
        terms.shareOfCeiling = share
        if ceiling <= reserved ?? 0 {
            let message = "'reserved_budget_usd' leaves nothing of \(field.name)"
            report(.error, at: field.node, message, fix: "reserve less")
        }
    }
}
