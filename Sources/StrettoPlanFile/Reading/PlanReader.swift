import StrettoCore

/// Turns the tree of a plan file into a ``Plan``, and collects what is wrong with it on the way.
struct PlanReader {
    /// A task as read, with the places that later rules speak about.
    struct TaskDraft {
        var task: PlanTask
        let node: YAMLNode
        let idNode: YAMLNode
        let statusSpan: ByteSpan?
        /// Where each entry of ``PlanTask/dependencies`` is written.
        var dependencyNodes: [YAMLNode]
        var roleNode: YAMLNode?
    }

    let source: SourceText
    let knownRoles: [String]?
    /// What counts where the plan says nothing, with the agents that it may name; nil where nobody knows, and then any name will do.
    var configuration: Configuration?
    private(set) var problems: [PlanProblem] = []
    /// Tasks with an id, in plan order.
    var drafts: [TaskDraft] = []
    private var sectionPlaces: [PlanDocument.Place] = []
    private var taskCount = 0
    /// What to say about each unknown key met so far: real plans repeat the same one a thousand times.
    private var suggestions: [String: String?] = [:]
    /// How many different unknown keys are looked at, so that a file of nothing else does not take seconds.
    private static let suggestionsMax = 1_000

    init(source: SourceText, knownRoles: [String]?, configuration: Configuration?) {
        self.source = source
        self.knownRoles = knownRoles
        self.configuration = configuration
    }

    /// The plan and the places of its parts, as far as they could be read; problems are in ``problems``.
    mutating func read(_ root: YAMLNode?) -> (plan: Plan?, document: PlanDocument?) {
        guard let root, !root.isNull else {
            report(.error, at: .start, "there is no plan in the file", fix: "begin with 'sections:'")
            return (nil, nil)
        }
        guard let top = Fields(root, owner: "the plan") else {
            report(.error, at: root, "a plan is a mapping, not \(root.kind)", fix: "begin with 'sections:'")
            return (nil, nil)
        }
        guard isPlan(top) else { return (nil, nil) }
        noteUnknownKeys(of: top, known: .top)

        let (name, settings) = readMeta(top)
        let sections = readSections(top, planName: name)
        if taskCount == 0, !problems.contains(where: { $0.severity == .error }) {
            let fix = "add a section with 'tasks:' and at least one task"
            report(.error, at: top["sections"]?.node ?? root, "the plan has no tasks", fix: fix)
        }
        checkBuilders(settings)
        problems += DependencyRules.problems(in: drafts, sections: sections.map(\.id), source: source)

        let places = drafts.map { draft in
            PlanDocument.Place(
                id: draft.task.id.text,
                position: position(draft.node),
                span: draft.node.span,
                status: draft.statusSpan
            )
        }
        return (
            Plan(name: name, settings: settings, sections: sections),
            PlanDocument(
                bytes: source.bytes,
                sections: sectionPlaces,
                tasks: places,
                taskNodes: drafts.map(\.node),
                metaNode: top["meta"]?.node,
                root: root
            )
        )
    }

    /// Whether this mapping means to be a plan; says what it looks like otherwise.
    private mutating func isPlan(_ top: Fields) -> Bool {
        if top.contains("sections") || top.contains("tasks") { return true }
        if let mission = top.entries.first(where: { $0.key == "mission" }) {
            report(
                .error,
                at: source.position(ofByte: mission.keySpan.lower),
                "this is a mission file, and this version runs plans",
                fix: "write a plan, which has 'sections' with 'tasks'"
            )
            return false
        }
        for entry in top.entries where KnownKeys.top.suggestion(for: entry.key) == "sections" {
            let place = source.position(ofByte: entry.keySpan.lower)
            report(
                .error,
                at: place,
                "the plan has no key 'sections', but \(quoted(entry.key))",
                fix: "did you mean 'sections'?"
            )
            return false
        }
        report(
            .error,
            at: position(top.node),
            "the plan has no sections",
            fix: "add 'sections:' with at least one task"
        )
        return false
    }

    // MARK: Sections

    private mutating func readSections(_ top: Fields, planName: String) -> [PlanSection] {
        var sections: [PlanSection] = []
        if let field = top["sections"] {
            for (index, node) in items(field, of: "sections").enumerated() {
                guard index < PlanFile.sectionsMax else {
                    report(.error, at: node, "the plan has more than \(PlanFile.sectionsMax) sections", fix: "split it")
                    break
                }
                if let section = section(node, number: index + 1) { sections.append(section) }
            }
        }
        // A JSON plan, and many a short one, lists its tasks without sections.
        if let field = top["tasks"] {
            let tasks = readTasks(field)
            let section = PlanSection(id: "tasks", name: planName, tasks: tasks)
            sectionPlaces.append(
                PlanDocument.Place(id: "tasks", position: position(field.node), span: field.node.span, status: nil)
            )
            sections.append(section)
        }
        return sections
    }

    private mutating func section(_ node: YAMLNode, number: Int) -> PlanSection? {
        guard let unnamed = Fields(node, owner: "section \(number)") else {
            report(
                .error,
                at: node,
                "section \(number) must be a mapping, not \(node.kind)",
                fix: "write '- id: phase-1'"
            )
            return nil
        }
        let idField = unnamed["id"]
        let id = line(idField)
        guard let fields = Fields(node, owner: id.map { "section \(quoted($0))" } ?? unnamed.owner) else { return nil }
        noteUnknownKeys(of: fields, known: .section)
        let name = line(fields["name"])
        if id == nil {
            report(.warning, at: node, "section \(number) has no id", fix: "add 'id: section-\(number)'")
        }
        if let id, let first = sectionPlaces.first(where: { $0.id == id }) {
            let message = "section id \(quoted(id)) is already used on line \(first.position.line)"
            report(.warning, at: idField?.node ?? node, message, fix: "give one of them another id")
        }
        let status = status(fields["status"])
        sectionPlaces.append(
            PlanDocument.Place(
                id: id ?? "section-\(number)",
                position: position(node),
                span: node.span,
                status: fields["status"]?.node.span
            )
        )
        let tasks = fields["tasks"].map { readTasks($0) } ?? []
        return PlanSection(
            id: id ?? "section-\(number)",
            name: name ?? id ?? "Section \(number)",
            status: status ?? .pending,
            tasks: tasks
        )
    }

    private mutating func readTasks(_ field: Field) -> [PlanTask] {
        var tasks: [PlanTask] = []
        for node in items(field, of: "tasks") {
            taskCount += 1
            guard taskCount <= PlanFile.tasksMax else {
                if taskCount == PlanFile.tasksMax + 1 {
                    report(
                        .error,
                        at: node,
                        "the plan has more than \(PlanFile.tasksMax) tasks",
                        fix: "split it into several"
                    )
                }
                break
            }
            if let task = readTask(node, number: taskCount) { tasks.append(task) }
        }
        return tasks
    }

    /// The items of a list; a single mapping or text is reported, not wrapped.
    private mutating func items(_ field: Field, of what: String) -> [YAMLNode] {
        guard case .sequence(let items) = field.node.content else {
            let fix = "begin each item with '- '"
            report(
                .error,
                at: field.node,
                "\(quoted(what)) of \(field.owner) must be a list, not \(field.node.kind)",
                fix: fix
            )
            return []
        }
        return items
    }

    /// A status word; the typo `complete`, which agents make, counts as what it means.
    mutating func status(_ field: Field?) -> PlanStatus? {
        guard let field else { return nil }
        if case .scalar("complete", _) = field.node.content {
            report(.warning, at: field.node, "\(field.name) is read as 'completed'", fix: "write 'completed'")
            return .completed
        }
        return choice(field, of: PlanStatus.self)
    }

    // MARK: Rules that need the whole plan

    private mutating func checkBuilders(_ settings: PlanSettings) {
        guard settings.builder == .command else { return }
        for draft in drafts where draft.task.builder == nil {
            report(
                .error,
                at: draft.idNode,
                "task \(quoted(draft.task.id.text)) has no command, and the plan's builder is 'command'",
                fix: "add 'command:' or 'builder: claude'"
            )
        }
    }

    // MARK: Problems

    func position(_ node: YAMLNode) -> Position { source.position(ofByte: node.span.lower) }

    mutating func report(
        _ severity: PlanProblem.Severity,
        at position: Position,
        _ message: String,
        fix: String? = nil
    ) {
        problems.append(PlanProblem(severity, at: position, message, fix: fix))
    }

    mutating func report(_ severity: PlanProblem.Severity, at node: YAMLNode, _ message: String, fix: String? = nil) {
        report(severity, at: position(node), message, fix: fix)
    }

    /// Warns of keys that look like slips, and of keys that promise what this version does not do.
    mutating func noteUnknownKeys(of fields: Fields, known: KnownKeys) {
        // Most mappings have no unknown key, and need no table of the known ones.
        lazy var written = Set(fields.entries.lazy.map(\.key).filter { known.isExpected($0) })
        for entry in fields.entries {
            let place = { [source] in source.position(ofByte: entry.keySpan.lower) }
            if known.promised.contains(entry.key) {
                report(.warning, at: place(), "\(quoted(entry.key)) of \(fields.owner) is not used by this version")
                continue
            }
            guard !known.isExpected(entry.key) else { continue }
            // The same word means different things in different places, so the place is part of the memory's key.
            let memory = "\(known.used[0])/\(known.used.count)/\(entry.key)"
            if suggestions[memory] == nil, suggestions.count < Self.suggestionsMax {
                suggestions[memory] = .some(known.suggestion(for: entry.key))
            }
            // Where the meant key stands beside it, the unknown one is something else.
            guard case .some(.some(let suggestion)) = suggestions[memory], !written.contains(suggestion) else {
                continue
            }
            let message = "\(quoted(entry.key)) of \(fields.owner) is no key that Stretto knows"
            report(.warning, at: place(), message, fix: "did you mean '\(suggestion)'?")
        }
    }
}
