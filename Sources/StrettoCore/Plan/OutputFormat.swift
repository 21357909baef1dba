/// How the standard output of a described agent is to be read.
package enum OutputFormat: Hashable, Sendable, Codable {
    /// Text for people; only how the program ends counts.
    case text
    /// As Claude Code writes it with `--output-format stream-json --verbose`.
    case claude
    /// As `codex exec --json` writes it.
    case codex
    /// One JSON object a line, with fields at these places.
    case lines(LineMapping)

    /// Whether it is a stream of events.
    package var isStream: Bool { self != .text }
}

/// Where the lines of an agent's JSON stream say what: for each kind of news the rules that find it, the first that fits a line.
package struct LineMapping: Hashable, Sendable, Codable {
    package var session: [LineRule]
    package var model: [LineRule]
    package var text: [LineRule]
    package var thinking: [LineRule]
    package var toolCalls: [ToolRule]
    package var toolResults: [ResultRule]
    package var usage: [UsageRule]
    package var errors: [ErrorRule]
    /// How it says that it is done; none: only how the program ends counts.
    package var results: [ResultRule]

    /// How many rules of one kind there may be.
    package static let rulesMax = 20

    package init(
        session: [LineRule] = [],
        model: [LineRule] = [],
        text: [LineRule] = [],
        thinking: [LineRule] = [],
        toolCalls: [ToolRule] = [],
        toolResults: [ResultRule] = [],
        usage: [UsageRule] = [],
        errors: [ErrorRule] = [],
        results: [ResultRule] = []
    ) {
        self.session = session
        self.model = model
        self.text = text
        self.thinking = thinking
        self.toolCalls = toolCalls
        self.toolResults = toolResults
        self.usage = usage
        self.errors = errors
        self.results = results
    }
}

/// A place in a JSON value: `message.content.*.text`, where a number counts elements from 0 and `*` is all of them.
package struct FieldPath: Hashable, Sendable, Codable, CustomStringConvertible {
    package var steps: [String]

    /// How many steps a path may have.
    package static let stepsMax = 16
    package static let everything = "*"

    /// The place that these steps lead to, none of them empty.
    package init(steps: [String]) { self.steps = steps }

    /// Nil where the text is no path: an empty step, or too many.
    package init?(_ text: String) {
        steps = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard steps.count <= Self.stepsMax, !steps.contains("") else { return nil }
    }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        steps = text.split(separator: ".").map(String.init)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    package var description: String { steps.joined(separator: ".") }
}

/// What must stand in a line: one of these values at this place.
package struct LineCondition: Hashable, Sendable, Codable {
    package var path: FieldPath
    /// As text, numbers and booleans as JSON writes them; ``FieldPath/everything`` is any value but `null`.
    package var values: [String]

    package init(path: FieldPath, values: [String]) {
        self.path = path
        self.values = values
    }
}

/// A line that holds a text.
package struct LineRule: Hashable, Sendable, Codable {
    /// All of them must hold.
    package var conditions: [LineCondition]
    package var text: FieldPath

    package init(conditions: [LineCondition] = [], text: FieldPath) {
        self.conditions = conditions
        self.text = text
    }
}

/// A line that says that a tool is called.
package struct ToolRule: Hashable, Sendable, Codable {
    package var conditions: [LineCondition]
    package var name: FieldPath?
    /// The most telling of its arguments.
    package var detail: FieldPath?

    package init(conditions: [LineCondition], name: FieldPath? = nil, detail: FieldPath? = nil) {
        self.conditions = conditions
        self.name = name
        self.detail = detail
    }
}

/// A line that says how something ended: a tool's call, or the whole task.
package struct ResultRule: Hashable, Sendable, Codable {
    package var conditions: [LineCondition]
    package var text: FieldPath?
    /// Where any of these holds, it has failed.
    package var failures: [LineCondition]

    package init(conditions: [LineCondition], text: FieldPath? = nil, failures: [LineCondition] = []) {
        self.conditions = conditions
        self.text = text
        self.failures = failures
    }
}

/// A line that says what was used.
package struct UsageRule: Hashable, Sendable, Codable {
    /// What the figures of a line are.
    package enum Span: String, Hashable, Sendable, Codable, CaseIterable {
        /// Of this line alone: they are added.
        case each
        /// Of the process so far: the last ones count.
        case process
        /// Of the whole session so far: the last ones count, without what was used before the process.
        case session
    }

    package var conditions: [LineCondition]
    package var counts: Span
    package var input: FieldPath?
    package var output: FieldPath?
    package var cached: FieldPath?
    package var cacheWrite: FieldPath?
    /// Whether the input tokens hold those that the cache gave or took.
    package var inputHasCached: Bool
    /// In US dollars.
    package var cost: FieldPath?

    package init(
        conditions: [LineCondition] = [],
        counts: Span = .each,
        input: FieldPath? = nil,
        output: FieldPath? = nil,
        cached: FieldPath? = nil,
        cacheWrite: FieldPath? = nil,
        inputHasCached: Bool = true,
        cost: FieldPath? = nil
    ) {
        self.conditions = conditions
        self.counts = counts
        self.input = input
        self.output = output
        self.cached = cached
        self.cacheWrite = cacheWrite
        self.inputHasCached = inputHasCached
        self.cost = cost
    }

    /// The places that it looks at.
    package var paths: [FieldPath] { [input, output, cached, cacheWrite, cost].compactMap(\.self) }
}

/// A line that says that something went wrong; it is the end only where nothing comes after it.
package struct ErrorRule: Hashable, Sendable, Codable {
    package var conditions: [LineCondition]
    package var text: FieldPath?
    /// An HTTP status, which sorts it.
    package var status: FieldPath?
    /// What it is, where the rule's conditions say that already.
    package var kind: ProviderTrouble.Kind?
    /// When it is over, in seconds since 1970.
    package var resets: FieldPath?

    package init(
        conditions: [LineCondition],
        text: FieldPath? = nil,
        status: FieldPath? = nil,
        kind: ProviderTrouble.Kind? = nil,
        resets: FieldPath? = nil
    ) {
        self.conditions = conditions
        self.text = text
        self.status = status
        self.kind = kind
        self.resets = resets
    }
}
