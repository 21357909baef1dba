/// Where a run's tokens and money went: every attempt of every task, sorted four ways.
package struct Spending: Hashable, Sendable, Codable {
    /// One section, role, builder or model.
    package struct Part: Hashable, Sendable, Codable {
        package var name: String
        package var usage: Usage
        package var attempts: Int

        package init(name: String, usage: Usage, attempts: Int) {
            self.name = name
            self.usage = usage
            self.attempts = attempts
        }
    }

    /// In plan order.
    package private(set) var sections: [Part] = []
    /// Each in the order of first use; tasks without a role are under ``noRole``.
    package private(set) var roles: [Part] = []
    package private(set) var builders: [Part] = []
    /// As the agents named them, else as they were ordered; what nobody named is under ``noModel``.
    package private(set) var models: [Part] = []

    package static let noRole = "no role"
    package static let noModel = "default"

    package init(of tasks: [TaskSnapshot]) {
        for task in tasks {
            for attempt in task.attempts where attempt.usage.tokens > 0 || attempt.usage.microdollars != nil {
                let usage = attempt.usage
                Self.add(usage, named: task.section, to: &sections)
                Self.add(usage, named: task.role ?? Self.noRole, to: &roles)
                Self.add(usage, named: attempt.builder.rawValue, to: &builders)
                if usage.models.isEmpty {
                    Self.add(usage, named: attempt.model ?? Self.noModel, to: &models)
                }
                for model in usage.models {
                    let part = Usage(
                        inputTokens: model.inputTokens,
                        outputTokens: model.outputTokens,
                        cachedTokens: model.cachedTokens,
                        cacheWriteTokens: model.cacheWriteTokens,
                        microdollars: model.microdollars,
                        unpricedMicrodollars: model.unpricedMicrodollars,
                        isEstimate: usage.isEstimate
                    )
                    Self.add(part, named: model.model, to: &models)
                }
            }
        }
    }

    private static func add(_ usage: Usage, named name: String, to parts: inout [Part]) {
        if let place = parts.firstIndex(where: { $0.name == name }) {
            parts[place].usage = parts[place].usage + usage
            parts[place].attempts += 1
        } else {
            parts.append(Part(name: name, usage: usage, attempts: 1))
        }
    }
}
