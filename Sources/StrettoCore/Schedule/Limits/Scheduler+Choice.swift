/// Who does a task: the task's own word, else the first rule that fits, else its role's, else the plan's; then the ladder.
extension Scheduler {
    /// Builder and model for the task's next attempt.
    func choice(for place: Int) -> AgentChoice {
        let task = records[place].task
        guard let settings = spec?.plan.settings else { return AgentChoice(builder: task.builder ?? .claude) }
        if let validator = records[place].validator { return choice(of: validator, settings) }
        if task.command != nil { return AgentChoice(builder: .command) }
        let role = settings.agents.roles.first { $0.role == task.role }
        let rule = settings.agents.routing.first { matches($0, place) }
        let builder = task.builder ?? rule?.builder ?? role?.builder ?? settings.builder
        // Asked for at every turn, and mostly nobody names anything.
        var sources: [NamedModels.Source] = []
        if task.builder != nil || task.model != nil {
            sources.append(.init(builder: task.builder, models: task.models ?? task.model.map { [$0] } ?? []))
        }
        if let rule { sources.append(.init(builder: rule.builder, models: rule.model.map { [$0] } ?? [])) }
        if let role { sources.append(.init(builder: role.builder, models: role.models)) }
        var named = NamedModels(for: builder, plan: settings.builder, from: sources)
        var choice = AgentChoice(builder: builder)
        let first = firstModel(settings, &named)
        let hasBuilder = task.builder == nil && rule?.builder != nil
        let hasModel = task.model == nil && rule?.model != nil && rule?.model == first
        if let rule, hasBuilder || hasModel { choice.reason = rule.reason ?? Self.condition(of: rule) }
        let failures = records[place].failureCount
        choice.model = model(startingWith: first, named, afterFailures: failures)
        choice.leftOut = named.leftOut
        if let first, choice.model != first {
            let last = records[place].attempts.last { $0.validator == nil }?.model ?? first
            choice.reason =
                failures == 1 ? "an attempt with \(last) failed" : "\(failures) attempts failed, the last with \(last)"
        }
        return choice
    }

    var escalation: Escalation { spec?.escalation ?? spec?.plan.settings.agents.escalation ?? Escalation() }

    /// The model of a task's first attempt; nil leaves it to the role file or to the agent.
    private func firstModel(_ settings: PlanSettings, _ named: inout NamedModels) -> String? {
        if let first = named.fitting.first { return first }
        let escalation = escalation
        if escalation.isEnabled, let start = named.taking(escalation.start, isBesideBuilder: false) { return start }
        if let model = named.taking(settings.model, isBesideBuilder: true) { return model }
        if let model = settings.agents.program(named.builder)?.model { return model }
        guard escalation.isEnabled, escalation.start == nil else { return nil }
        // The ladder that nobody wrote is one of Claude Code's models.
        if escalation.ladder == Escalation.ladderDefault {
            return named.builder == .claude ? Escalation.startDefault : nil
        }
        return named.taking(escalation.ladder.first, isBesideBuilder: false)
    }

    private func model(startingWith first: String?, _ named: NamedModels, afterFailures failures: Int) -> String? {
        guard let first else { return nil }
        let escalation = escalation
        if named.fitting.count > 1 {
            let step = failures / max(1, escalation.after)
            return Escalation.rung(of: named.fitting, from: first, upTo: nil, step: step)
        }
        return escalation.isEnabled ? escalation.model(startingWith: first, afterFailures: failures) : first
    }

    private func matches(_ rule: RoutingRule, _ place: Int) -> Bool {
        let record = records[place]
        if let role = rule.role, role != record.task.role { return false }
        if let section = rule.section, section != record.section,
            spec?.plan.sections.contains(where: { $0.id == section && $0.name == record.section }) != true
        {
            return false
        }
        guard !rule.words.isEmpty else { return true }
        let text = Self.words(of: record.task.name + " " + record.task.description)
        return rule.words.contains { Self.contains(text, Self.words(of: $0)) }
    }

    /// Lower-case words without punctuation.
    private static func words(of text: String) -> [Substring] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }
    }

    /// Whether the words occur one after the other.
    private static func contains(_ text: [Substring], _ words: [Substring]) -> Bool {
        guard !words.isEmpty, text.count >= words.count else { return false }
        return (0...(text.count - words.count)).contains { text[$0..<$0 + words.count].elementsEqual(words) }
    }

    /// A rule's conditions in words, for a rule that gives no reason.
    private static func condition(of rule: RoutingRule) -> String {
        let parts = [
            rule.role.map { "its role is '\($0)'" }, rule.section.map { "its section is '\($0)'" },
            rule.words.isEmpty ? nil : "it speaks of " + rule.words.map { "'\($0)'" }.joined(separator: " or "),
        ].compactMap(\.self)
        return parts.isEmpty ? "the plan's routing says so" : parts.joined(separator: " and ")
    }
}
