internal import StrettoCore
internal import StrettoProcess

/// Reads a stream of one JSON object a line by the places that a user named; a line that no rule fits says nothing.
struct MappedDecoder: JSONLineDecoder {
    var lines = LineSplitter()
    private let mapping: LineMapping
    private var usage: MappedUsage
    private var session: String?
    private var resultCount = 0

    private static let nameBytesMax = 128
    private static let messageBytesMax = 16 << 10
    /// One line tells of at most so many texts or tools.
    private static let eventCountMax = 256

    init(_ mapping: LineMapping, _ context: StreamContext) {
        self.mapping = mapping
        usage = MappedUsage(mapping.usage, context)
    }

    mutating func read(_ value: JSON, into events: inout [AgentEvent]) {
        events += began(value)
        events += texts(mapping.thinking, in: value).map { .thinking($0) }
        events += texts(mapping.text, in: value).map { .text($0) }
        if let rule = mapping.toolCalls.first(where: { value.meets($0.conditions) }) {
            events.append(.toolCall(Self.call(rule, value)))
        }
        if let rule = mapping.toolResults.first(where: { value.meets($0.conditions) }) {
            let text = rule.text.flatMap { value.text(at: $0, bytesMax: ClaudeDecoder.resultBytesMax) }
            events.append(.toolResult(ToolResult(isError: Self.hasFailed(rule, value), text: text ?? "")))
        }
        if usage.take(value) { events.append(.usage(usage.total(turns: resultCount))) }
        events += errors(value)
        events += result(value)
    }

    mutating func finish() -> [AgentEvent] {
        let last = lastLine()
        // A process that was cut off has used more than it had told.
        guard !mapping.results.isEmpty, resultCount == 0, usage.isSomething else { return last }
        var total = usage.total(turns: 0)
        total.isEstimate = true
        return last + [.usage(total)]
    }

    private mutating func began(_ value: JSON) -> [AgentEvent] {
        let model = mapping.model.lazy.compactMap { Self.text($0, value, Self.nameBytesMax) }.first
        let told = mapping.session.lazy.compactMap { Self.text($0, value, Self.nameBytesMax) }.first
        let isNewModel = model != nil && model != usage.model
        let isNewSession = told != nil && told != session
        guard isNewModel || isNewSession else { return [] }
        usage.model = model ?? usage.model
        session = told ?? session
        return [.began(model: isNewModel ? model : nil, sessionID: isNewSession ? told : nil)]
    }

    private func texts(_ rules: [LineRule], in value: JSON) -> [String] {
        guard let rule = rules.first(where: { value.meets($0.conditions) && value.first(at: $0.text) != nil }) else {
            return []
        }
        return value.all(at: rule.text).prefix(Self.eventCountMax).compactMap(\.string).filter { !$0.isEmpty }
    }

    private static func text(_ rule: LineRule, _ value: JSON, _ bytesMax: Int) -> String? {
        guard value.meets(rule.conditions), let text = value.text(at: rule.text, bytesMax: bytesMax) else { return nil }
        return text.isEmpty ? nil : text
    }

    private static func call(_ rule: ToolRule, _ value: JSON) -> ToolCall {
        ToolCall(
            name: rule.name.flatMap { value.text(at: $0, bytesMax: nameBytesMax) } ?? "tool",
            kind: .other(summary: rule.detail.flatMap { value.text(at: $0, bytesMax: messageBytesMax) } ?? "")
        )
    }

    private static func hasFailed(_ rule: ResultRule, _ value: JSON) -> Bool {
        rule.failures.contains { value.meets($0) }
    }

    // MARK: Ends

    private func errors(_ value: JSON) -> [AgentEvent] {
        guard let rule = mapping.errors.first(where: { value.meets($0.conditions) }) else { return [] }
        let status = rule.status.flatMap { value.first(at: $0)?.integer }
        let kind = rule.kind ?? ClaudeFailure.kind(status: status)
        let said = rule.text.flatMap { value.text(at: $0, bytesMax: Self.messageBytesMax) }
        let message = said ?? status.map { "HTTP status \($0)" } ?? kind.rawValue
        // Seconds since 1970; a bound keeps an absurd one from overflowing.
        let resets = rule.resets.flatMap { value.first(at: $0)?.integer }.flatMap {
            (0...253_402_300_799).contains($0) ? Timestamp(milliseconds: Int64($0) * 1000) : nil
        }
        let failure = AgentFailure(kind: kind, message: message, reset: resets.map { ResetTime($0) })
        let complaint = AgentEvent.complaint(failure)
        guard kind == .usageLimit else { return [complaint] }
        return [.limit(ProviderLimit(isReached: true, name: nil, reset: resets)), complaint]
    }

    private mutating func result(_ value: JSON) -> [AgentEvent] {
        guard let rule = mapping.results.first(where: { value.meets($0.conditions) }) else { return [] }
        resultCount += 1
        let text = rule.text.flatMap { value.text(at: $0, bytesMax: Self.messageBytesMax) } ?? ""
        let failure = AgentFailure(kind: .other, message: text.isEmpty ? "it failed without saying why" : text)
        let outcome: AgentResult.Outcome = Self.hasFailed(rule, value) ? .failed(failure) : .answered
        let result = AgentEvent.result(AgentResult(outcome: outcome, text: text, duration: nil))
        return usage.isSomething ? [.usage(usage.total(turns: resultCount)), result] : [result]
    }
}

/// What a described agent used, by the figures of its lines.
struct MappedUsage: Sendable {
    private struct Figures {
        var input = 0
        var output = 0
        var cached = 0
        var cacheWrite = 0
        var microdollars: Int?
    }

    private let context: StreamContext
    private let rules: [UsageRule]
    /// One for each rule.
    private var figures: [Figures]
    /// As the agent names it.
    var model: String?
    private(set) var isSomething = false

    init(_ rules: [UsageRule], _ context: StreamContext) {
        self.rules = rules
        self.context = context
        figures = rules.map { _ in Figures() }
    }

    /// Takes in a line; false where it tells of no usage.
    mutating func take(_ value: JSON) -> Bool {
        var isNews = false
        for (place, rule) in rules.enumerated()
        where value.meets(rule.conditions) && rule.paths.contains(where: { value.first(at: $0)?.double != nil }) {
            let line = Self.figures(of: value, rule)
            figures[place] = rule.counts == .each ? Self.sum(figures[place], line) : line
            isNews = true
        }
        isSomething = isSomething || isNews
        return isNews
    }

    private static func figures(of value: JSON, _ rule: UsageRule) -> Figures {
        func count(_ path: FieldPath?) -> Int { Usage.tokenCount(path.flatMap { value.first(at: $0) }) }
        let (cached, written) = (count(rule.cached), count(rule.cacheWrite))
        let apart = rule.inputHasCached ? 0 : cached + written
        return Figures(
            // A cached part larger than the whole can only mean that it was not included.
            input: max(count(rule.input) + apart, cached + written),
            output: count(rule.output),
            cached: cached,
            cacheWrite: written,
            microdollars: rule.cost.flatMap { value.first(at: $0)?.double }.flatMap(Usage.microdollars)
        )
    }

    private static func sum(_ left: Figures, _ right: Figures) -> Figures {
        // Absurd figures a million times over must not overflow.
        func add(_ left: Int, _ right: Int) -> Int { min(left + right, Usage.tokenCountMax) }
        let isPriced = left.microdollars != nil || right.microdollars != nil
        return Figures(
            input: add(left.input, right.input),
            output: add(left.output, right.output),
            cached: add(left.cached, right.cached),
            cacheWrite: add(left.cacheWrite, right.cacheWrite),
            microdollars: isPriced ? add(left.microdollars ?? 0, right.microdollars ?? 0) : nil
        )
    }

    /// Everything that this process used so far.
    func total(turns: Int) -> Usage {
        var sum = Figures()
        for (rule, own) in zip(rules, figures) {
            sum = Self.sum(sum, rule.counts == .session ? withoutEarlier(own, rule) : own)
        }
        var usage = context.prices.usage(
            of: ModelUsage(
                model: model ?? context.model ?? "",
                inputTokens: sum.input,
                outputTokens: sum.output,
                cachedTokens: sum.cached,
                cacheWriteTokens: sum.cacheWrite,
                microdollars: sum.microdollars
            )
        )
        usage.turns = turns
        return usage
    }

    /// A session's figures less what it had used before this process, each where the rule has such a figure.
    private func withoutEarlier(_ own: Figures, _ rule: UsageRule) -> Figures {
        let before = context.before
        return Figures(
            input: rule.input == nil ? own.input : max(0, own.input - before.inputTokens),
            output: max(0, own.output - (rule.output == nil ? 0 : before.outputTokens)),
            cached: max(0, own.cached - (rule.cached == nil ? 0 : before.cachedTokens)),
            cacheWrite: max(0, own.cacheWrite - (rule.cacheWrite == nil ? 0 : before.cacheWriteTokens)),
            microdollars: own.microdollars.map { max(0, $0 - (before.microdollars ?? 0)) }
        )
    }
}
