/// The models that somebody named for a task, sorted by whether its builder can be given them.
///
/// A model belongs to a builder, and no other one is told of it: to the builder that is named beside it; else to the one whose
/// models are called so; else to the one that would do the task if nothing before it had named another.
struct NamedModels: Equatable, Sendable {
    /// Somebody who may name a builder, models, or both: the task, a rule, a role.
    struct Source: Equatable, Sendable {
        var builder: BuilderName?
        var models: [String]
    }

    let builder: BuilderName
    /// The builder of whatever names none.
    let planBuilder: BuilderName
    /// Of the first who names any that fit: one, or a ladder.
    private(set) var fitting: [String] = []
    /// What stood before them and is another builder's, in the order of those who name it, each once.
    private(set) var leftOut: [String] = []

    /// Sorts what those name who come before the plan itself, the strongest first.
    init(for builder: BuilderName, plan planBuilder: BuilderName, from sources: [Source]) {
        self.builder = builder
        self.planBuilder = planBuilder
        for (place, source) in sources.enumerated() where fitting.isEmpty {
            let owner = sources[place...].compactMap(\.builder).first ?? planBuilder
            for model in source.models {
                if source.builder.map({ $0 == builder }) ?? isTaken(model, of: owner) {
                    fitting.append(model)
                } else {
                    leaveOut(model)
                }
            }
        }
    }

    /// A model that is named for all tasks, where the builder can be given it; else nil, and that is noted.
    ///
    /// `isBesideBuilder` tells the plan's own model from a ladder's rung.
    mutating func taking(_ model: String?, isBesideBuilder: Bool) -> String? {
        guard let model else { return nil }
        if isBesideBuilder && builder == planBuilder || isTaken(model, of: planBuilder) { return model }
        leaveOut(model)
        return nil
    }

    /// Whether the builder can be given a model that somebody named whose builder is `owner`.
    func isTaken(_ model: String, of owner: BuilderName) -> Bool {
        // An agent that we know nothing of may well work with anybody's models.
        let namesake = builder == .claude || builder == .codex ? Self.namesake(of: model) : nil
        return (namesake ?? owner) == builder
    }

    /// The builder whose program calls its models so; nil for a name that tells nothing.
    static func namesake(of model: String) -> BuilderName? {
        if ["haiku", "sonnet", "opus", "claude"].contains(where: model.hasPrefix) { return .claude }
        let isNumbered = model.hasPrefix("o") && model.dropFirst().first?.isNumber == true
        return isNumbered || model.hasPrefix("gpt-") || model.hasPrefix("codex") ? .codex : nil
    }

    private mutating func leaveOut(_ model: String) {
        if !leftOut.contains(model) { leftOut.append(model) }
    }
}
