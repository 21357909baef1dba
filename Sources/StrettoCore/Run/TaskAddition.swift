/// What a person says of a task that is to join a run; everything else is as the plan has it for every task.
package struct TaskDraft: Hashable, Sendable, Codable {
    /// nil: made of the words.
    package var id: TaskID?
    /// What is to be done; its first line is the task's name.
    package var text: String
    /// Tasks that must be over first.
    package var after: [TaskID]
    /// Tasks that wait for it; none of them may have begun.
    package var before: [TaskID]
    /// nil: whoever does the plan's tasks.
    ///
    /// For ``BuilderName/command`` without a command the text is the command.
    package var builder: BuilderName?
    package var model: String?
    /// A program instead of an agent.
    package var command: String?

    package init(
        _ text: String,
        id: TaskID? = nil,
        after: [TaskID] = [],
        before: [TaskID] = [],
        builder: BuilderName? = nil,
        model: String? = nil,
        command: String? = nil
    ) {
        self.id = id
        self.text = text
        self.after = after
        self.before = before
        self.builder = builder
        self.model = model
        self.command = command
    }

    /// The most that a text may hold, in bytes.
    package static let textBytesMax = 64 << 10
    /// The longest id, in Unicode scalars, as in plan files.
    static let idLengthMax = 200
    /// The longest name, in characters; the whole text is the description.
    static let nameLengthMax = 72
    /// The most words of a text that an id is made of.
    private static let idWordsMax = 4

    /// An id that says something of the text and that no task has yet.
    package static func id(for text: String, besides taken: Set<TaskID>) -> TaskID {
        let letters = text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : " " }
        let words = String(letters).split(separator: " ").prefix(idWordsMax)
        let stem = words.isEmpty ? "task" : String(words.joined(separator: "-").prefix(40))
        if !taken.contains(TaskID(stem)) { return TaskID(stem) }
        let number = (2...).first { !taken.contains(TaskID("\(stem)-\($0)")) } ?? 2
        return TaskID("\(stem)-\(number)")
    }

    /// The first line as a name: cut at a word where it is long.
    var name: String {
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard line.count > Self.nameLengthMax else { return line }
        let start = line.prefix(Self.nameLengthMax)
        return String(start.lastIndex(of: " ").map { start[..<$0] } ?? start) + "…"
    }

    /// What is wrong with an id; nil where it can be one.
    static func fault(of id: TaskID) -> String? {
        let text = id.text
        if text.isEmpty || text.first == " " || text.last == " " { return "an id has no blanks at its ends" }
        if text.unicodeScalars.count > idLengthMax { return "an id has at most \(idLengthMax) characters" }
        let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
        return isPlain ? nil : "an id is one line without control characters"
    }
}

/// A task that a person added to a run: it is in the run's plan, and not in the plan file.
package struct TaskAddition: Hashable, Sendable, Codable {
    package var task: PlanTask
    /// The id of the section that it stands in.
    package var section: String
    /// Tasks that wait for it.
    package var before: [TaskID]

    package init(_ task: PlanTask, section: String, before: [TaskID] = []) {
        self.task = task
        self.section = section
        self.before = before
    }

    /// Where a task stands that no open section of the plan takes.
    static let ownSection = PlanSection(id: "added", name: "Added", tasks: [])
}

extension Plan {
    /// The plan with a task more, at the end of its section; the same plan where it has a task of that id.
    func adding(_ addition: TaskAddition) -> Plan {
        guard !tasks.contains(where: { $0.id == addition.task.id }) else { return self }
        var plan = self
        if !plan.sections.contains(where: { $0.id == addition.section }) {
            let own = TaskAddition.ownSection
            let name = addition.section == own.id ? own.name : addition.section
            plan.sections.append(PlanSection(id: addition.section, name: name, tasks: []))
        }
        for section in plan.sections.indices {
            for task in plan.sections[section].tasks.indices
            where addition.before.contains(plan.sections[section].tasks[task].id) {
                plan.sections[section].tasks[task].dependencies.append(addition.task.id)
            }
        }
        if let home = plan.sections.firstIndex(where: { $0.id == addition.section }) {
            plan.sections[home].tasks.append(addition.task)
        }
        return plan
    }
}

extension Plan {
    /// The plan as its file has it: without the tasks that people added to the run.
    package var asInFile: Plan {
        var plan = self
        for section in plan.sections.indices { plan.sections[section].tasks.removeAll { $0.isAdded == true } }
        return plan
    }

    /// The tasks that people added to the run, each with where it stands.
    private var additions: [TaskAddition] {
        sections.flatMap { section in
            section.tasks.filter { $0.isAdded == true }.map { task in
                let before = tasks.filter { $0.dependencies.contains(task.id) && $0.isAdded != true }.map(\.id)
                return TaskAddition(task, section: section.id, before: before)
            }
        }
    }

    /// What a plan file asks of the run that has this plan: with the tasks that people added, and without the statuses that the run wrote.
    package func asAsked(by file: Plan, _ tasks: [TaskSnapshot], doing again: [TaskID]) -> Plan {
        additions.reduce(file) { $0.adding($1) }.settingAsideStatuses(of: tasks, since: self, doing: again)
    }
}
