import StrettoCore

/// What the keys around the tasks say: the plan's name and its settings.
extension PlanReader {
    mutating func readMeta(_ top: Fields) -> (name: String, settings: PlanSettings) {
        let nameless = "plan"
        let topName = line(top["name"]) ?? line(top["issue_id"])
        guard let field = top["meta"] else { return (topName ?? nameless, PlanSettings()) }
        guard let meta = Fields(field.node, owner: "meta") else {
            report(
                .error,
                at: field.node,
                "'meta' must be a mapping, not \(field.node.kind)",
                fix: "write 'name: My plan'"
            )
            return (topName ?? nameless, PlanSettings())
        }
        noteUnknownKeys(of: meta, known: .meta)

        let written = line(meta["name"]) ?? line(meta["title"]) ?? topName
        let name = written ?? line(meta["slug"]) ?? line(meta["item_slug"]) ?? nameless
        let defaults = PlanSettings()
        let settings = PlanSettings(
            workers: integer(meta["workers"], in: PlanSettings.workersAllowed),
            base: filledText(meta["base"]),
            gates: gates(meta),
            builder: choice(meta["builder"], of: BuilderName.self) ?? defaults.builder,
            model: filledText(meta["model"]),
            permissions: choice(meta["permissions"], of: Permissions.self) ?? defaults.permissions,
            setup: texts(meta["setup"]).map(\.text),
            copy: paths(meta["copy"]),
            checks: checks(meta["checks"]),
            attemptsMax: integer(meta["max_attempts_default"] ?? meta["max_attempts"], in: PlanFile.attemptsAllowed)
                ?? defaults.attemptsMax,
            backoffBase: pause(meta["backoff_base"]) ?? defaults.backoffBase,
            backoffMax: pause(meta["backoff_max"]) ?? defaults.backoffMax,
            planDocument: filledText(meta["plan_doc"]),
            timeout: duration(meta["timeout"]),
            budget: budget(meta)
        )
        return (name, settings)
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

    private mutating func gates(_ meta: Fields) -> Gates {
        var gates = choice(meta["preset"], of: Preset.self)?.gates ?? .normal
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

    /// The strictest of the limits that the plan names.
    private mutating func budget(_ meta: Fields) -> Budget {
        var limits: [Int] = []
        if let limit = microdollars(meta["budget_limit_usd"], zero: .isOff) { limits.append(limit) }
        guard let field = meta["budget"] else { return Budget(microdollars: limits.min()) }
        guard let fields = Fields(field.node, owner: "'budget'") else {
            let message = "'budget' must be a mapping, not \(field.node.kind)"
            report(.error, at: field.node, message, fix: "write {usd: 5}")
            return Budget(microdollars: limits.min())
        }
        noteUnknownKeys(of: fields, known: .budget)
        if let limit = microdollars(fields["usd"], zero: .isRefused) { limits.append(limit) }
        if let limit = quota(fields) { limits.append(limit) }
        return Budget(microdollars: limits.min(), tokens: integer(fields["tokens"], in: PlanFile.tokensAllowed))
    }

    /// What remains of a ceiling: the given percentage of it, and never the reserved part.
    private mutating func quota(_ fields: Fields) -> Int? {
        let whole = 100_000_000
        let reserved = microdollars(fields["reserved_budget_usd"], zero: .isOff) ?? 0
        var share = whole
        if let field = fields["max_quota_percent"], let text = text(field) {
            guard let percent = NumberText.millionths(text), (1...whole).contains(percent) else {
                let message = "\(field.name) must be a number above 0 and up to 100, not \(quoted(text))"
                report(.error, at: field.node, message)
                return nil
            }
            share = percent
        }
        guard let field = fields["quota_ceiling_usd"], let ceiling = microdollars(field, zero: .isOff) else {
            return nil
        }
        guard ceiling > reserved else {
            let message = "'reserved_budget_usd' leaves nothing of \(field.name)"
            report(.error, at: field.node, message, fix: "reserve less")
            return nil
        }
        return min(Int(Int128(ceiling) * Int128(share) / Int128(whole)), ceiling - reserved)
    }
}
