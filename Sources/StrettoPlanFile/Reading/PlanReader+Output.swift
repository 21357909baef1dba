import StrettoCore

/// How a described agent's output is read.
extension PlanReader {
    /// The formats that have a name.
    private enum Named: String, CaseIterable {
        case text
        case claude
        case codex

        var format: OutputFormat {
            switch self {
            case .text: .text
            case .claude: .claude
            case .codex: .codex
            }
        }
    }

    mutating func outputFormat(_ field: Field?) -> OutputFormat {
        guard let field else { return .text }
        guard let fields = Fields(field.node, owner: field.name) else {
            if case .sequence = field.node.content {
                let fix = "write text, claude, codex, or {text: message.text, result: {when: {type: done}}}"
                report(.error, at: field.node, "\(field.name) must be a word or a mapping, not a list", fix: fix)
                return .text
            }
            return choice(field, of: Named.self)?.format ?? .text
        }
        refuseUnknownKeys(of: fields, known: .output)
        let mapping = LineMapping(
            session: rules(fields["session"]) { $0.lineRule($1) },
            model: rules(fields["model"]) { $0.lineRule($1) },
            text: rules(fields["text"]) { $0.lineRule($1) },
            thinking: rules(fields["thinking"]) { $0.lineRule($1) },
            toolCalls: rules(fields["tool"]) { $0.toolRule($1) },
            toolResults: rules(fields["tool_result"]) { $0.resultRule($1) },
            usage: rules(fields["usage"]) { $0.usageRule($1) },
            errors: rules(fields["error"]) { $0.errorRule($1) },
            results: rules(fields["result"]) { $0.resultRule($1) }
        )
        if mapping == LineMapping(), !problems.contains(where: { $0.severity == .error }) {
            report(
                .error,
                at: field.node,
                "\(field.name) finds nothing in the output",
                fix: "write 'text', or name fields"
            )
        }
        return .lines(mapping)
    }

    /// One rule or a list of them.
    private mutating func rules<Rule>(_ field: Field?, _ read: (inout Self, Field) -> Rule?) -> [Rule] {
        guard let field else { return [] }
        let items: [YAMLNode] = if case .sequence(let items) = field.node.content { items } else { [field.node] }
        if items.count > LineMapping.rulesMax {
            report(
                .error,
                at: field.node,
                "\(field.name) has more than \(LineMapping.rulesMax) rules",
                fix: "use fewer"
            )
        }
        return items.prefix(LineMapping.rulesMax).compactMap { read(&self, field.part($0)) }
    }

    // MARK: Rules

    private mutating func lineRule(_ field: Field) -> LineRule? {
        guard let fields = Fields(field.node, owner: field.name) else { return path(field).map { LineRule(text: $0) } }
        refuseUnknownKeys(of: fields, known: .lineRule)
        let conditions = conditions(fields["when"])
        guard let place = fields["at"] else {
            let message = "\(field.name) does not say where the text is"
            report(.error, at: field.node, message, fix: "add 'at: message.text'")
            return nil
        }
        return path(place).map { LineRule(conditions: conditions, text: $0) }
    }

    private mutating func toolRule(_ field: Field) -> ToolRule? {
        guard let fields = conditionalRule(field, known: .toolRule) else { return nil }
        return ToolRule(
            conditions: conditions(fields["when"]),
            name: path(fields["name"]),
            detail: path(fields["detail"])
        )
    }

    private mutating func resultRule(_ field: Field) -> ResultRule? {
        guard let fields = conditionalRule(field, known: .resultRule) else { return nil }
        return ResultRule(
            conditions: conditions(fields["when"]),
            text: path(fields["at"]),
            failures: conditions(fields["failed"])
        )
    }

    private mutating func errorRule(_ field: Field) -> ErrorRule? {
        guard let fields = conditionalRule(field, known: .errorRule) else { return nil }
        let rule = ErrorRule(
            conditions: conditions(fields["when"]),
            text: path(fields["at"]),
            status: path(fields["status"]),
            kind: choice(fields["kind"], of: ProviderTrouble.Kind.self),
            resets: path(fields["resets"])
        )
        if let resets = fields["resets"], rule.kind != .usageLimit, rule.kind != .rateLimited {
            let fix = "add 'kind: usage_limit' or 'kind: rate_limited', or remove it"
            report(.error, at: resets.node, "\(resets.name) is for limits that a clock ends", fix: fix)
        }
        return rule
    }

    private mutating func usageRule(_ field: Field) -> UsageRule? {
        let example = "{input: usage.in, output: usage.out}"
        guard let fields = mapping(field, owner: field.name, example: example) else { return nil }
        refuseUnknownKeys(of: fields, known: .usageRule)
        let rule = UsageRule(
            conditions: conditions(fields["when"]),
            counts: choice(fields["counts"], of: UsageRule.Span.self) ?? .each,
            input: path(fields["input"]),
            output: path(fields["output"]),
            cached: path(fields["cached"]),
            cacheWrite: path(fields["cache_write"]),
            inputHasCached: choice(fields["input_has_cached"], of: Switch.self)?.isOn ?? true,
            cost: path(fields["cost_usd"])
        )
        if rule.paths.isEmpty {
            report(.error, at: field.node, "\(field.name) names no figure", fix: "write \(example)")
        }
        return rule
    }

    /// A rule that would fit every line if it had no condition.
    private mutating func conditionalRule(_ field: Field, known: KnownKeys) -> Fields? {
        let example = "{when: {type: done}, at: summary}"
        guard let fields = mapping(field, owner: field.name, example: example) else { return nil }
        refuseUnknownKeys(of: fields, known: known)
        guard fields["when"] != nil else {
            report(.error, at: field.node, "\(field.name) would fit every line", fix: "add 'when: {type: done}'")
            return nil
        }
        return fields
    }

    // MARK: Places

    private mutating func conditions(_ field: Field?) -> [LineCondition] {
        guard let field, let fields = mapping(field, owner: field.name, example: "{type: done}") else { return [] }
        return fields.entries.compactMap { entry in
            guard let path = FieldPath(entry.key) else {
                let place = source.position(ofByte: entry.keySpan.lower)
                reportPath(entry.key, at: place, field.name)
                return nil
            }
            let values = texts(Field(node: entry.value, key: entry.key, owner: field.name)).map(\.text)
            if values.isEmpty {
                let message = "\(quoted(entry.key)) of \(field.name) has no value to be met"
                report(.error, at: entry.value, message, fix: "write '*' for any value")
            }
            return LineCondition(path: path, values: values)
        }
    }

    private mutating func path(_ field: Field?) -> FieldPath? {
        guard let field, let text = text(field) else { return nil }
        if let path = FieldPath(text) { return path }
        reportPath(text, at: position(field.node), field.name)
        return nil
    }

    private mutating func reportPath(_ text: String, at place: Position, _ name: String) {
        let fix = "write names with dots between them, such as message.content.0.text"
        report(.error, at: place, "\(quoted(text)) of \(name) is no place in a line", fix: fix)
    }
}

extension KnownKeys {
    fileprivate static let output = KnownKeys(
        used: ["session", "model", "text", "thinking", "tool", "tool_result", "usage", "error", "result"],
        synonyms: ["session_id": "session", "tokens": "usage", "done": "result", "failure": "error"]
    )

    fileprivate static let lineRule = KnownKeys(used: ["when", "at"], synonyms: ["path": "at", "field": "at"])

    fileprivate static let toolRule = KnownKeys(used: ["when", "name", "detail"])

    fileprivate static let resultRule = KnownKeys(used: ["when", "at", "failed"], synonyms: ["text": "at"])

    fileprivate static let errorRule = KnownKeys(
        used: ["when", "at", "status", "kind", "resets"],
        synonyms: ["text": "at", "message": "at"]
    )

    fileprivate static let usageRule = KnownKeys(
        used: [
            "when", "counts", "input", "output", "cached", "cache_write", "input_has_cached", "cost_usd",
        ],
        synonyms: ["cost": "cost_usd", "cache_read": "cached"]
    )
}
