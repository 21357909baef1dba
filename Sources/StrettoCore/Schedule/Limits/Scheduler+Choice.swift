/// Who does a task: the task's own word, else the first rule that fits, else its role's, else the plan's; then the ladder.
extension Scheduler {
    /// Builder and model for the task's next attempt.
    func choice(for place: Int) -> AgentChoice {
        let task = records[place].task
        guard let settings = spec?.plan.settings else { return AgentChoice(builder: task.builder ?? .claude) }
        if task.command != nil { return AgentChoice(builder: .command) }
        let role = settings.agents.roles.first { $0.role == task.role }
        let rule = settings.agents.routing.first { matches($0, place) }
        var choice = AgentChoice(builder: task.builder ?? rule?.builder ?? role?.builder ?? settings.builder)
        let ladder = task.models ?? (task.model == nil && rule?.model == nil ? role?.models : nil) ?? []
        let first = task.model ?? rule?.model ?? role?.models.first
        let isRuled = rule.map { task.builder == nil && $0.builder != nil || task.model == nil && $0.model != nil }
        if let rule, isRuled == true { choice.reason = rule.reason ?? Self.condition(of: rule) }
        let planModel = settings.model ?? settings.agents.program(choice.builder)?.model
        let climb = Climb(first: first, planModel: planModel, ladder: ladder, builder: choice.builder)
        let failures = records[place].failureCount
        let start = model(climb, afterFailures: 0)
        choice.model = model(climb, afterFailures: failures)
        if let start, choice.model != start {
            let last = records[place].attempts.last?.model ?? start
            choice.reason =
                failures == 1 ? "an attempt with \(last) failed" : "\(failures) attempts failed, the last with \(last)"
        }
        return choice
    }

    /// What decides on which rung a task stands.
    private struct Climb {
        /// The model that somebody named for the task or its role.
        var first: String?
        var planModel: String?
        /// The task's or role's own ladder; of less than two rungs it is none.
        var ladder: [String]
        var builder: BuilderName
    }

    private func model(_ climb: Climb, afterFailures failures: Int) -> String? {
        let escalation = spec?.escalation ?? spec?.plan.settings.agents.escalation ?? Escalation()
        if climb.ladder.count > 1, let first = climb.first {
            let step = failures / max(1, escalation.after)
            return Escalation.rung(of: climb.ladder, from: first, upTo: nil, step: step)
        }
        guard escalation.isEnabled else { return climb.first ?? climb.planModel }
        let start = climb.first ?? Self.start(of: escalation, planModel: climb.planModel, builder: climb.builder)
        return start.map { escalation.model(startingWith: $0, afterFailures: failures) }
    }

    /// The ladder's own names are those of Claude Code's models; another builder needs a ladder of its own.
    private static func start(of escalation: Escalation, planModel: String?, builder: BuilderName) -> String? {
        if let start = escalation.start { return start }
        if let planModel { return planModel }
        let isOurs = escalation.ladder == Escalation.ladderDefault
        if isOurs { return builder == .claude ? Escalation.startDefault : nil }
        return escalation.ladder.first
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
