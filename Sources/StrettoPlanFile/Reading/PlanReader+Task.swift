import StrettoCore

/// What the keys of one task say.
extension PlanReader {
    /// Reads one task and remembers where its parts lie; nil where it has no usable id.
    mutating func readTask(_ node: YAMLNode, number: Int) -> PlanTask? {
        let line = position(node).line
        guard let unnamed = Fields(node, owner: "the task on line \(line)") else {
            let fix = "write '- id: \"\(number)\"'"
            report(.error, at: node, "the task on line \(line) must be a mapping, not \(node.kind)", fix: fix)
            return nil
        }
        let id = taskID(unnamed, number: number)
        let owner = id.map { "task \(quoted($0.text))" } ?? unnamed.owner
        guard let fields = Fields(node, owner: owner) else { return nil }
        noteUnknownKeys(of: fields, known: .task)

        let dependencies = union(of: ["depends_on", "dependencies", "dependsOn"], in: fields)
        var task = PlanTask(id: id ?? TaskID(""), name: "")
        readWork(of: &task, from: fields)
        readBuilder(of: &task, from: fields)
        task.dependencies = dependencies.map { TaskID($0.text) }
        task.status = status(fields["status"]) ?? .pending
        task.role = filledText(fields["agent"])
        checkRole(of: task, at: fields["agent"])
        guard id != nil, let idNode = unnamed["id"]?.node else { return nil }

        drafts.append(
            TaskDraft(
                task: task,
                node: node,
                idNode: idNode,
                statusSpan: fields["status"]?.node.span,
                dependencyNodes: dependencies.map(\.node),
                roleNode: fields["agent"]?.node
            )
        )
        return task
    }

    /// The id as the plan writes it: `1.10`, `010` and `yes` stay what they are.
    private mutating func taskID(_ fields: Fields, number: Int) -> TaskID? {
        guard let field = fields["id"] else {
            report(.error, at: fields.node, "\(fields.owner) has no id", fix: "add 'id: \"\(number)\"'")
            return nil
        }
        guard let text = text(field) else { return nil }
        guard text.contains(where: { !$0.isWhitespace }) else {
            report(.error, at: field.node, "\(field.name) is empty", fix: "write 'id: \"\(number)\"'")
            return nil
        }
        guard !text.unicodeScalars.contains(where: { isControl($0) }) else {
            report(
                .error,
                at: field.node,
                "\(field.name) holds a line end or control character",
                fix: "keep it to one line"
            )
            return nil
        }
        guard text.unicodeScalars.count <= PlanFile.idLengthMax else {
            let message = "\(field.name) is longer than \(PlanFile.idLengthMax) characters"
            report(.error, at: field.node, message, fix: "make it short; the name has room for more")
            return nil
        }
        return TaskID(text)
    }

    /// What is to be done, and under which limits.
    private mutating func readWork(of task: inout PlanTask, from fields: Fields) {
        let description = text(fields["description"]) ?? ""
        let summary = Self.firstLine(description)
        task.description = description
        task.name = line(fields["name"]) ?? (summary.isEmpty ? task.id.text : summary)
        if let field = fields["description"] { noteKey(in: description, at: field.node, field.name) }
        task.parallelGroup = filledText(fields["parallel_group"])
        task.resources = union(of: ["exclusive_resources", "exclusive_resource"], in: fields).map(\.text)
        task.attemptsMax = integer(fields["max_attempts"], in: PlanFile.attemptsAllowed)
        task.checks = checks(fields["checks"])
        task.review = choice(fields["review"], of: GatePolicy.self)
        task.files = paths(fields["files"])
        task.environment = environment(fields["env"])
        task.timeout = duration(fields["timeout"])
        task.stallTimeout = duration(fields["stall_timeout"])
        task.budgetMicrodollars = microdollars(fields["budget_usd"], zero: .isRefused)
        task.budgetTokens = integer(fields["budget_tokens"], in: PlanFile.tokensAllowed)
        task.priority = integer(fields["priority"], in: PlanFile.priorityAllowed) ?? 0
    }

    /// Who does it: a command's builder is `command`, whatever the plan's default is.
    private mutating func readBuilder(of task: inout PlanTask, from fields: Fields) {
        let field = fields["builder"]
        task.builder = builder(field)
        let models = models(fields["model"])
        task.model = models.first { $0.contains { !$0.isWhitespace } }
        task.models = models.count > 1 ? models : nil
        task.command = filledText(fields["command"])
        if let field = fields["command"], let command = task.command {
            noteKey(in: command, at: field.node, field.name)
        }
        switch (task.builder, task.command) {
        case (.command, nil):
            let message = "\(fields.owner) has the builder 'command', but no command"
            report(.error, at: field?.node ?? fields.node, message, fix: "add 'command: make'")
        case (nil, .some):
            task.builder = .command
        case (let builder?, .some) where builder != .command:
            let message = "\(fields.owner) has a command, but its builder is '\(builder.rawValue)'"
            report(.error, at: field?.node ?? fields.node, message, fix: "remove one of them")
        default:
            break
        }
        let isSilent = fields["name"] == nil && fields["description"] == nil && task.command == nil
        if isSilent, fields["command"] == nil {
            let fix = "add 'description:' or 'command:'"
            report(.error, at: fields.node, "\(fields.owner) does not say what is to be done", fix: fix)
        } else if let command = fields["command"], task.command == nil,
            case .scalar(let text, _) = command.node.content, text.allSatisfy(\.isWhitespace)
        {
            report(.error, at: command.node, "\(command.name) is empty", fix: "write a command, or remove the key")
        }
    }

    /// The texts that several keys list, each once and in the order written.
    private mutating func union(of keys: [String], in fields: Fields) -> [(text: String, node: YAMLNode)] {
        var seen: Set<String> = []
        var union: [(text: String, node: YAMLNode)] = []
        for key in keys {
            for (text, node) in texts(fields[key]) where seen.insert(text).inserted {
                union.append((text, node))
            }
        }
        return union
    }

    /// Variables in the order written.
    mutating func environment(_ field: Field?) -> [EnvironmentVariable] {
        guard let field else { return [] }
        guard let fields = Fields(field.node, owner: field.owner) else {
            report(
                .error,
                at: field.node,
                "\(field.name) must be a mapping, not \(field.node.kind)",
                fix: "write {NAME: value}"
            )
            return []
        }
        return fields.entries.compactMap { entry in
            let place = source.position(ofByte: entry.keySpan.lower)
            guard Self.isVariableName(entry.key) else {
                let message = "\(quoted(entry.key)) in 'env' of \(field.owner) cannot name a variable"
                report(.error, at: place, message, fix: "use letters, digits and '_'")
                return nil
            }
            guard !entry.key.hasPrefix("STRETTO_") else {
                let message = "\(quoted(entry.key)) in 'env' of \(field.owner) is set by Stretto itself"
                report(.error, at: place, message, fix: "choose another name")
                return nil
            }
            let value = entry.value.isNull ? "" : text(Field(node: entry.value, key: entry.key, owner: field.owner))
            if let value { noteKey(in: value, at: entry.value, "\(quoted(entry.key)) in 'env' of \(field.owner)") }
            return value.map { EnvironmentVariable(name: entry.key, value: $0) }
        }
    }

    static func isVariableName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default:
                false
            }
        }
    }

    /// A role must exist for work that is still to be done.
    private mutating func checkRole(of task: PlanTask, at field: Field?) {
        guard let role = task.role, let field, !task.status.isOver else { return }
        checkRole(role, at: field.node, named: field.owner)
    }

    mutating func checkRole(_ role: String, at node: YAMLNode, named owner: String) {
        guard let knownRoles, !knownRoles.contains(role) else { return }
        let fix =
            NearestName.suggestion(for: role, among: knownRoles).map { "did you mean '\($0)'?" }
            ?? (knownRoles.isEmpty ? "remove the key" : "use \(Self.either(Array(knownRoles.prefix(8))))")
        report(.error, at: node, "\(owner) names the role \(quoted(role)), which does not exist", fix: fix)
    }
}
