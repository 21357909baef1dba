package import StrettoCore

/// Plans by seed: small seeds give small plans, so a failing small seed is a small counterexample.
package enum PlanGenerator {
    /// What a generated plan may contain.
    package struct Options: Sendable {
        package var allowsCycles: Bool
        package var reviewPercent: Int
        /// Some tasks get a timeout that their agents may well exceed.
        package var hasTimeouts: Bool
        /// The roles that judge every task's work.
        package var validators: [String]

        package init(
            allowsCycles: Bool = false,
            reviewPercent: Int = 0,
            hasTimeouts: Bool = true,
            validators: [String] = []
        ) {
            self.allowsCycles = allowsCycles
            self.reviewPercent = reviewPercent
            self.hasTimeouts = hasTimeouts
            self.validators = validators
        }
    }

    package static func plan(
        size: Int,
        options: Options,
        using random: inout some RandomNumberGenerator
    ) -> Plan {
        let count = Int.random(in: 1...max(1, size), using: &random)
        var tasks: [PlanTask] = []
        for place in 0..<count {
            var dependencies: [TaskID] = []
            let upper = options.allowsCycles ? count : place
            for other in 0..<upper where other != place && Int.random(in: 0..<count + 2, using: &random) < 2 {
                dependencies.append(TaskID("\(other / 3).\(other % 3)"))
            }
            let resources = Int.random(in: 0..<5, using: &random) == 0 ? ["database"] : []
            let isReviewed = Int.random(in: 0..<100, using: &random) < options.reviewPercent
            let checks = Int.random(in: 0..<3, using: &random) == 0 ? [Check(name: "test", command: "make test")] : []
            let isTimed = options.hasTimeouts && Int.random(in: 0..<4, using: &random) == 0
            tasks.append(
                PlanTask(
                    id: TaskID("\(place / 3).\(place % 3)"),
                    name: "task \(place)",
                    dependencies: dependencies,
                    resources: resources,
                    builder: .claude,
                    checks: checks,
                    review: isReviewed ? .human : nil,
                    timeout: isTimed ? .seconds(1200) : nil,
                    priority: Int.random(in: 0...2, using: &random)
                )
            )
        }
        let sections = stride(from: 0, to: count, by: 3).map { first in
            PlanSection(id: "s\(first)", name: "Section \(first)", tasks: Array(tasks[first..<min(count, first + 3)]))
        }
        var settings = PlanSettings()
        if !options.validators.isEmpty {
            settings.agents.validation = ValidationPolicy(validators: options.validators)
        }
        return Plan(name: "generated", settings: settings, sections: sections)
    }
}
