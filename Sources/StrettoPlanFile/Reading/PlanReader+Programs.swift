import StrettoCore

/// The agents that users describe: what is started, how it is read, resumed and ended.
extension PlanReader {
    /// Values that would make a description unreadable for people.
    private static let listMax = 100
    private static let textBytesMax = 8000
    /// A price of more dollars for a million tokens is a slip.
    private static let priceMax = 100_000 * 1_000_000

    /// The names of all descriptions, and those descriptions that can be used.
    mutating func agentPrograms(_ field: Field?) -> (names: [String], programs: [AgentProgram]) {
        guard let field else { return ([], []) }
        let example = "{quill: {command: [quill, run, \"{prompt}\"]}}"
        guard let fields = mapping(field, owner: "'agents'", example: example) else { return ([], []) }
        var names: [String] = []
        var programs: [AgentProgram] = []
        for (number, entry) in fields.entries.enumerated() {
            let place = source.position(ofByte: entry.keySpan.lower)
            guard number < ConfigurationFile.agentsMax else {
                report(
                    .error,
                    at: place,
                    "there are more than \(ConfigurationFile.agentsMax) agents",
                    fix: "remove some"
                )
                break
            }
            guard checkAgentName(entry.key, at: place) else { continue }
            names.append(entry.key)
            let problemCount = problems.count
            let program = agentProgram(entry)
            let isSound = !problems[problemCount...].contains { $0.severity == .error }
            if let program, isSound { programs.append(program) }
        }
        return (names, programs)
    }

    private mutating func checkAgentName(_ name: String, at place: Position) -> Bool {
        if BuilderName.builtIn.contains(where: { $0.rawValue == name }) {
            let message = "\(quoted(name)) comes with Stretto and cannot be described"
            report(.error, at: place, message, fix: "choose another name, such as 'my-\(name)'")
            return false
        }
        guard BuilderName.isName(name) else {
            let fix = "use lower-case letters, digits, '-' and '_', at most \(BuilderName.bytesMax)"
            report(.error, at: place, "\(quoted(name)) cannot name an agent", fix: fix)
            return false
        }
        return true
    }

    private mutating func agentProgram(_ entry: YAMLNode.Entry) -> AgentProgram? {
        let owner = "agent \(quoted(entry.key))"
        let field = Field(node: entry.value, key: entry.key, owner: "'agents'")
        guard let fields = mapping(field, owner: owner, example: "{command: [quill, \"{prompt}\"]}") else { return nil }
        refuseUnknownKeys(of: fields, known: .program)
        guard let commandField = fields["command"] else {
            let place = source.position(ofByte: entry.keySpan.lower)
            report(.error, at: place, "\(owner) has no command", fix: "add 'command: [\(entry.key), \"{prompt}\"]'")
            return nil
        }
        let model = filledText(fields["model"])
        let problemCount = problems.count
        guard let command = commandTemplate(commandField, hasModel: model != nil) else { return nil }
        // A slip in the command may well be what should have told it.
        if problems.count == problemCount { warnOfUnheardPrompt(command, at: commandField) }
        let program = AgentProgram(
            name: BuilderName(rawValue: entry.key),
            command: command,
            resume: fields["resume"].flatMap { commandTemplate($0, hasModel: model != nil) },
            output: outputFormat(fields["output"]),
            stop: stopSteps(fields["stop"]),
            lostSession: line(fields["session_lost"]),
            complaints: fields["stderr"].map { complaintRules($0) },
            environment: agentEnvironment(fields["env"]),
            passed: fields["pass"].map { variableNames($0) },
            model: model,
            commits: choice(fields["commits"], of: Switch.self)?.isOn,
            rules: shortText(fields["rules"]),
            prices: prices(fields["prices"]),
            version: fields["version"].map { texts($0).map(\.text) },
            installation: line(fields["install"])
        )
        checkSessions(of: program, fields)
        return program
    }

    private mutating func shortText(_ field: Field?) -> String? {
        guard let field, let text = filledText(field) else { return nil }
        if text.utf8.count > Self.textBytesMax {
            report(
                .error,
                at: field.node,
                "\(field.name) has more than \(Self.textBytesMax) bytes",
                fix: "say it in fewer"
            )
        }
        return text
    }

    // MARK: The command line

    private mutating func commandTemplate(_ field: Field, hasModel: Bool) -> CommandTemplate? {
        guard case .sequence(let items) = field.node.content, !items.isEmpty else {
            let message = "\(field.name) must be a list of arguments, not \(field.node.kind): no shell splits it"
            report(.error, at: field.node, message, fix: "write [quill, run, \"{prompt}\"]")
            return nil
        }
        var parts: [CommandTemplate.Part] = []
        for item in items {
            guard case .sequence(let inner) = item.content else {
                if let text = argument(field.part(item), isInGroup: false, hasModel: hasModel) {
                    parts.append(.argument(text))
                }
                continue
            }
            var texts: [String] = []
            for node in inner {
                if let text = argument(field.part(node), isInGroup: true, hasModel: hasModel) { texts.append(text) }
            }
            parts.append(.group(texts))
        }
        let count = parts.reduce(0) { $0 + $1.arguments.count }
        if count > CommandTemplate.argumentsMax {
            let message = "\(field.name) has more than \(CommandTemplate.argumentsMax) arguments"
            report(.error, at: field.node, message, fix: "put them into a script")
        }
        guard case .argument(let program)? = parts.first, !program.isEmpty,
            !Placeholder.pieces(of: program).contains(where: { $0 != .text(program) })
        else {
            let message = "\(field.name) must begin with a program's name or path"
            report(.error, at: items[0], message, fix: "write [quill, run, \"{prompt}\"]")
            return nil
        }
        return CommandTemplate(parts)
    }

    private mutating func argument(_ field: Field, isInGroup: Bool, hasModel: Bool) -> String? {
        guard let text = text(field) else { return nil }
        for case .placeholder(let name) in Placeholder.pieces(of: text) {
            let place = position(of: "{\(name)}", in: field.node)
            guard let known = Placeholder(rawValue: name) else {
                let names = Placeholder.allCases.map(\.rawValue)
                let fix =
                    NearestName.suggestion(for: name, among: names).map { "did you mean '{\($0)}'?" }
                    ?? "use \(Self.either(names.map { "{\($0)}" })); '{{' is a brace"
                report(.error, at: place, "\(field.name) has an unknown placeholder \(quoted("{\(name)}"))", fix: fix)
                continue
            }
            if known.isOptional, !isInGroup, !(known == .model && hasModel) {
                let message = "\(quoted("{\(name)}")) of \(field.name) may have no value"
                let other = known == .model ? ", or add 'model:'" : ""
                let fix = "put it into a list of its own, [--option, \"{\(name)}\"], which is left out then\(other)"
                report(.error, at: place, message, fix: fix)
            }
        }
        return text
    }

    /// Where a text stands in the file within a scalar; the scalar's beginning where it is written with escapes.
    private func position(of text: String, in node: YAMLNode) -> Position {
        let wanted = Array(text.utf8)
        let last = node.span.upper - wanted.count
        guard last >= node.span.lower,
            let offset = (node.span.lower...last).first(where: { source.bytes[$0...].starts(with: wanted) })
        else { return position(node) }
        return source.position(ofByte: offset)
    }

    private mutating func warnOfUnheardPrompt(_ command: CommandTemplate, at field: Field) {
        let names = command.placeholders
        let isInScript = command.parts.contains { part in part.arguments.contains { $0.contains("STRETTO_PROMPT") } }
        guard !names.contains(.prompt), !names.contains(.promptFile), !isInScript else { return }
        let fix = "add \"{prompt}\" or \"{prompt_file}\""
        report(.warning, at: field.node, "\(field.name) does not tell the agent its prompt", fix: fix)
    }

    private mutating func checkSessions(of program: AgentProgram, _ fields: Fields) {
        if let resume = program.resume, let field = fields["resume"] {
            if !resume.placeholders.contains(.session) {
                let message = "\(field.name) does not say which session"
                report(.error, at: field.node, message, fix: "add \"{session}\" where the program wants its id")
            }
            if !program.command.placeholders.contains(.session), !program.output.tellsSession {
                let fix = "add \"{session}\" to 'command', or say under 'output' where the 'session' is"
                report(.error, at: field.node, "nothing tells the session that \(field.name) needs", fix: fix)
            }
        } else if let field = fields["session_lost"], fields["resume"] == nil {
            report(.error, at: field.node, "\(field.name) is of no use without 'resume'", fix: "remove it")
        }
    }

    // MARK: The end

    private mutating func stopSteps(_ field: Field?) -> [StopStep]? {
        guard let field else { return nil }
        let items: [YAMLNode] = if case .sequence(let items) = field.node.content { items } else { [field.node] }
        if items.count > StopStep.countMax {
            report(.error, at: field.node, "\(field.name) has more than \(StopStep.countMax) steps", fix: "take fewer")
        }
        var hasLine = false
        return items.compactMap { node in
            guard let step = stopStep(field.part(node)) else { return nil }
            if case .line = step.deed {
                if hasLine {
                    let message = "\(field.name) has a second line, but the agent's input ends after the first"
                    report(.error, at: node, message, fix: "remove it")
                }
                hasLine = true
            }
            return step
        }
    }

    private mutating func stopStep(_ field: Field) -> StopStep? {
        guard let fields = Fields(field.node, owner: "a step of \(field.name)") else {
            return stopSignal(field).map { StopStep(.signal($0)) }
        }
        refuseUnknownKeys(of: fields, known: .stopStep)
        let grace = duration(fields["wait"]) ?? StopStep.graceDefault
        switch (fields["signal"], fields["line"]) {
        case (let signal?, nil):
            return stopSignal(signal).map { StopStep(.signal($0), grace: grace) }
        case (nil, let line?):
            guard let text = text(line) else { return nil }
            guard text.utf8.count <= StopStep.lineBytesMax, !text.contains(where: \.isNewline) else {
                let message = "\(line.name) must be one line of at most \(StopStep.lineBytesMax) bytes"
                report(.error, at: line.node, message)
                return nil
            }
            return StopStep(.line(text), grace: grace)
        case (nil, nil), (_?, _?):
            let fix = "write {signal: INT, wait: 5s} or {line: /quit, wait: 5s}"
            report(.error, at: field.node, "\(fields.owner) is either a signal or a line", fix: fix)
            return nil
        }
    }

    private mutating func stopSignal(_ field: Field) -> StopSignal? {
        guard let word = text(field) else { return nil }
        if let signal = StopSignal(rawValue: word.hasPrefix("SIG") ? String(word.dropFirst(3)) : word) { return signal }
        return choice(field, of: StopSignal.self)
    }

    // MARK: Complaints

    /// One rule or a list of them.
    private mutating func complaintRules(_ field: Field) -> [ComplaintRule] {
        let items: [YAMLNode] = if case .sequence(let items) = field.node.content { items } else { [field.node] }
        if items.count > ComplaintRule.countMax {
            let message = "\(field.name) has more than \(ComplaintRule.countMax) rules"
            report(.error, at: field.node, message, fix: "use fewer")
        }
        return items.prefix(ComplaintRule.countMax).compactMap { complaintRule(field.part($0)) }
    }

    private mutating func complaintRule(_ field: Field) -> ComplaintRule? {
        let example = "{contains: \"hit your limit\", kind: usage_limit}"
        guard let fields = mapping(field, owner: field.name, example: example) else { return nil }
        refuseUnknownKeys(of: fields, known: .complaintRule)
        guard let phraseField = fields["contains"], let kindField = fields["kind"] else {
            let message = "\(field.name) needs the words that it is about and what they say"
            report(.error, at: field.node, message, fix: "write \(example)")
            return nil
        }
        guard let phrase = line(phraseField), let kind = choice(kindField, of: ProviderTrouble.Kind.self) else {
            return nil
        }
        return ComplaintRule(phrase, kind)
    }

    // MARK: The surroundings

    /// Variables with their values, none of which may be a secret: what is written here gets into the journal.
    private mutating func agentEnvironment(_ field: Field?) -> [EnvironmentVariable] {
        let variables = environment(field)
        guard let field, let fields = Fields(field.node, owner: field.owner) else { return variables }
        for variable in variables {
            let line = "\(variable.name)=\(variable.value)"
            guard KnownSecrets(environment: [:], and: [variable]).mask(line) != line,
                let entry = fields.entries.first(where: { $0.key == variable.name })
            else {
                continue
            }
            let message = "\(quoted(variable.name)) in 'env' of \(field.owner) looks like a secret"
            let fix =
                "set it in your own environment, from where it reaches the agent; name it in 'pass', if you have one"
            report(.error, at: entry.value, message, fix: fix)
        }
        return variables
    }

    private mutating func variableNames(_ field: Field) -> [String] {
        texts(field).compactMap { name, node in
            guard Self.isVariableName(name) else {
                let fix = "write its name alone; its value comes from your environment"
                report(.error, at: node, "\(quoted(name)) of \(field.name) cannot name a variable", fix: fix)
                return nil
            }
            return name
        }
    }

    private mutating func prices(_ field: Field?) -> [TokenPrice] {
        guard let field else { return [] }
        if case .scalar("free", _) = field.node.content { return [TokenPrice(model: "*", input: 0, output: 0)] }
        let example = "'free', or {\"model*\": {input: 3, output: 15}}"
        guard let fields = mapping(field, owner: field.name, example: example) else { return [] }
        return fields.entries.prefix(Self.listMax).compactMap { entry in
            let field = Field(node: entry.value, key: entry.key, owner: fields.owner)
            let owner = "the price of \(quoted(entry.key))"
            guard let price = mapping(field, owner: owner, example: "{input: 3, output: 15}") else { return nil }
            refuseUnknownKeys(of: price, known: .price)
            guard let input = amount(price["input"], in: price), let output = amount(price["output"], in: price) else {
                return nil
            }
            return TokenPrice(
                model: entry.key,
                input: input,
                output: output,
                cacheRead: price["cache_read"].flatMap { amount($0, in: price) },
                cacheWrite: price["cache_write"].flatMap { amount($0, in: price) }
            )
        }
    }

    /// Dollars for a million tokens, in millionths.
    private mutating func amount(_ field: Field?, in price: Fields) -> Int? {
        guard let field else {
            let message = "\(price.owner) needs 'input' and 'output'"
            report(
                .error,
                at: price.node,
                message,
                fix: "write {input: 3, output: 15}, in dollars for a million tokens"
            )
            return nil
        }
        guard let text = text(field) else { return nil }
        guard let amount = NumberText.millionths(text), amount <= Self.priceMax else {
            report(
                .error,
                at: field.node,
                "\(field.name) is no amount of dollars: \(quoted(text))",
                fix: "write 3 or 0.25"
            )
            return nil
        }
        return amount
    }
}

extension OutputFormat {
    /// Whether the stream says which session it is.
    fileprivate var tellsSession: Bool {
        switch self {
        case .text: false
        case .claude, .codex: true
        case .lines(let mapping): !mapping.session.isEmpty
        }
    }
}

extension KnownKeys {
    fileprivate static let program = KnownKeys(
        used: [
            "command", "resume", "output", "stderr", "stop", "session_lost", "env", "pass", "model", "commits", "rules",
            "prices",
            "version", "install",
        ],
        synonyms: [
            "cmd": "command", "run": "command", "environment": "env", "price": "prices", "format": "output",
            "errors": "stderr",
        ]
    )

    fileprivate static let complaintRule = KnownKeys(
        used: ["contains", "kind"],
        synonyms: ["line": "contains", "text": "contains", "when": "contains", "phrase": "contains"]
    )

    fileprivate static let stopStep = KnownKeys(
        used: ["signal", "line", "wait"],
        synonyms: ["grace": "wait", "timeout": "wait", "stdin": "line", "input": "line"]
    )

    fileprivate static let price = KnownKeys(
        used: ["input", "output", "cache_read", "cache_write"],
        synonyms: ["cached": "cache_read"]
    )
}
