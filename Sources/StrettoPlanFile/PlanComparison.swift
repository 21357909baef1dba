package import StrettoCore

/// One difference between two versions of a plan.
package struct PlanChange: Hashable, Sendable, CustomStringConvertible {
    /// What a change is about.
    package enum Subject: Hashable, Sendable {
        /// The plan's name or settings.
        case settings
        case section(String)
        case task(TaskID)
        /// The order of the tasks, which decides between tasks that are ready at the same time.
        case order
    }

    /// What happened to it.
    package enum Kind: Hashable, Sendable {
        case added
        case removed
        case changed
    }

    /// What differs.
    package let subject: Subject
    /// Whether it is new, gone or different.
    package let kind: Kind
    /// One line: `task 2.1: command changed`, `settings: workers 4 → 2`.
    ///
    /// Values of descriptions, commands and variables are not in it: they may be long, or secret.
    package let description: String
}

/// Compares two versions of a plan: what a person must know before a run continues after its plan was edited.
package enum PlanComparison {
    /// Every difference: the name and settings first, then sections and tasks in the order of the new plan.
    ///
    /// A task that was removed is told behind the one that stood before it. Equal plans give no changes.
    package static func between(old: Plan, new: Plan) -> [PlanChange] {
        guard old != new else { return [] }
        return settingsChanges(from: old, to: new) + sectionChanges(from: old, to: new)
            + taskChanges(from: old, to: new)
    }

    // MARK: Settings

    private static func settingsChanges(from old: Plan, to new: Plan) -> [PlanChange] {
        let (left, right) = (old.settings, new.settings)
        let shown: [(name: String, old: String, new: String)] = [
            ("name", old.name, new.name),
            ("workers", number(left.workers), number(right.workers)),
            ("base", left.base ?? "HEAD", right.base ?? "HEAD"),
            ("plan gate", left.gates.plan.rawValue, right.gates.plan.rawValue),
            ("task gate", left.gates.task.rawValue, right.gates.task.rawValue),
            ("unattended gate", left.gates.unattended.rawValue, right.gates.unattended.rawValue),
            ("builder", left.builder.rawValue, right.builder.rawValue),
            ("model", left.model ?? "default", right.model ?? "default"),
            ("permissions", left.permissions.rawValue, right.permissions.rawValue),
            ("attempts", "\(left.attemptsMax)", "\(right.attemptsMax)"),
            ("first pause", "\(left.backoffBase)", "\(right.backoffBase)"),
            ("longest pause", "\(left.backoffMax)", "\(right.backoffMax)"),
            ("plan document", left.planDocument ?? "none", right.planDocument ?? "none"),
            ("timeout", left.timeout.map { "\($0)" } ?? "none", right.timeout.map { "\($0)" } ?? "none"),
            ("budget", dollars(left.budget.microdollars), dollars(right.budget.microdollars)),
            ("token budget", number(left.budget.tokens), number(right.budget.tokens)),
            ("at the limit", (left.budget.overrun ?? .stop).rawValue, (right.budget.overrun ?? .stop).rawValue),
        ]
        let commands: [(name: String, isChanged: Bool)] = [
            ("setup", left.setup != right.setup),
            ("copied files", left.copy != right.copy),
            ("environment", left.passed != right.passed),
            ("checks", left.checks != right.checks),
            ("budget's terms", left.budgetTerms != right.budgetTerms),
            ("agents, roles and routing", left.agents != right.agents),
        ]
        let values = shown.filter { $0.old != $0.new }.map { "\($0.name) \(oneLine($0.old)) → \(oneLine($0.new))" }
        let words = values + commands.filter(\.isChanged).map { "\($0.name) changed" }
        return words.map { PlanChange(subject: .settings, kind: .changed, description: "settings: \($0)") }
    }

    private static func number(_ value: Int?) -> String { value.map { "\($0)" } ?? "default" }

    /// An amount in dollars with two decimals or, where that hides something, six.
    private static func dollars(_ microdollars: Int?) -> String {
        guard let microdollars else { return "none" }
        let perCent = 10_000
        let isWhole = microdollars % perCent == 0
        let fraction = isWhole ? microdollars / perCent % 100 : microdollars % 1_000_000
        let digits = String(fraction)
        return "$\(microdollars / 1_000_000)."
            + String(repeating: "0", count: (isWhole ? 2 : 6) - digits.count) + digits
    }

    private static func oneLine(_ text: String) -> String { PlanReader.oneLine(text) }

    // MARK: Sections

    private static func sectionChanges(from old: Plan, to new: Plan) -> [PlanChange] {
        let before = Dictionary(old.sections.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let after = Set(new.sections.map(\.id))
        var changes: [PlanChange] = []
        for section in new.sections {
            func note(_ kind: PlanChange.Kind, _ words: String) {
                let text = "section \(oneLine(section.id))\(words)"
                changes.append(PlanChange(subject: .section(section.id), kind: kind, description: text))
            }
            guard let earlier = before[section.id] else {
                note(.added, " added")
                continue
            }
            if earlier.name != section.name { note(.changed, ": name changed") }
            if earlier.status != section.status {
                note(.changed, ": status \(earlier.status.rawValue) → \(section.status.rawValue)")
            }
        }
        for section in old.sections where !after.contains(section.id) {
            let text = "section \(oneLine(section.id)) removed"
            changes.append(PlanChange(subject: .section(section.id), kind: .removed, description: text))
        }
        return changes
    }

    // MARK: Tasks

    private struct PlacedTask {
        let task: PlanTask
        let section: String
    }

    private static func placed(_ plan: Plan) -> [PlacedTask] {
        plan.sections.flatMap { section in section.tasks.map { PlacedTask(task: $0, section: section.id) } }
    }

    private static func taskChanges(from old: Plan, to new: Plan) -> [PlanChange] {
        let (left, right) = (placed(old), placed(new))
        let before = Dictionary(left.map { ($0.task.id, $0) }, uniquingKeysWith: { first, _ in first })
        let after = Set(right.map(\.task.id))

        // Removed tasks by the surviving one before them; nil where none is.
        var removed: [TaskID?: [TaskID]] = [:]
        var survivor: TaskID?
        for item in left {
            if after.contains(item.task.id) {
                survivor = item.task.id
            } else {
                removed[survivor, default: []].append(item.task.id)
            }
        }

        func removals(behind id: TaskID?) -> [PlanChange] {
            (removed[id] ?? []).map {
                PlanChange(subject: .task($0), kind: .removed, description: "task \(oneLine($0.text)) removed")
            }
        }
        var changes = removals(behind: nil)
        for item in right {
            let id = item.task.id
            if let earlier = before[id] {
                changes += differences(from: earlier, to: item).map {
                    PlanChange(subject: .task(id), kind: .changed, description: "task \(oneLine(id.text)): \($0)")
                }
            } else {
                changes.append(
                    PlanChange(subject: .task(id), kind: .added, description: "task \(oneLine(id.text)) added")
                )
            }
            changes += removals(behind: id)
        }
        let kept = left.map(\.task.id).filter { after.contains($0) }
        if kept != right.map(\.task.id).filter({ before[$0] != nil }) {
            changes.append(PlanChange(subject: .order, kind: .changed, description: "the order of the tasks changed"))
        }
        return changes
    }

    /// What differs in one task, in the order in which plans are usually written.
    private static func differences(from old: PlacedTask, to new: PlacedTask) -> [String] {
        let (left, right) = (old.task, new.task)
        var words: [String] = []
        if old.section != new.section { words.append("moved to section \(oneLine(new.section))") }
        words += dependencies(from: left.dependencies, to: right.dependencies)
        let shown: [(name: String, old: String, new: String)] = [
            ("name", left.name, right.name),
            ("status", left.status.rawValue, right.status.rawValue),
            ("attempts", number(left.attemptsMax), number(right.attemptsMax)),
            ("role", left.role ?? "none", right.role ?? "none"),
            ("builder", left.builder?.rawValue ?? "default", right.builder?.rawValue ?? "default"),
            ("model", left.model ?? "default", right.model ?? "default"),
            ("review", left.review?.rawValue ?? "default", right.review?.rawValue ?? "default"),
            ("priority", "\(left.priority)", "\(right.priority)"),
        ]
        words += shown.filter { $0.old != $0.new }.map { "\($0.name) \(oneLine($0.old)) → \(oneLine($0.new))" }
        let parts: [(name: String, isChanged: Bool)] = [
            ("description", left.description != right.description),
            ("parallel group", left.parallelGroup != right.parallelGroup),
            ("resources", left.resources != right.resources),
            ("command", left.command != right.command),
            ("checks", left.checks != right.checks),
            ("files", left.files != right.files),
            ("environment", left.environment != right.environment),
            ("timeout", left.timeout != right.timeout),
            ("budget", left.budgetMicrodollars != right.budgetMicrodollars || left.budgetTokens != right.budgetTokens),
            ("ladder of models", left.models != right.models),
            ("stall timeout", left.stallTimeout != right.stallTimeout),
        ]
        return words + parts.filter(\.isChanged).map { "\($0.name) changed" }
    }

    /// What a task waits for now and what it does not wait for any more.
    private static func dependencies(from old: [TaskID], to new: [TaskID]) -> [String] {
        guard old != new else { return [] }
        func list(_ tasks: [TaskID]) -> String { tasks.map { oneLine($0.text) }.joined(separator: ", ") }
        let (gained, lost) = (new.filter { !old.contains($0) }, old.filter { !new.contains($0) })
        var words: [String] = []
        if !gained.isEmpty { words.append("waits for \(list(gained))") }
        if !lost.isEmpty { words.append("no longer waits for \(list(lost))") }
        return words.isEmpty ? ["dependencies written in another order"] : words
    }
}
