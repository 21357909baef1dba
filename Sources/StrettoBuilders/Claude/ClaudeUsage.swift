internal import StrettoCore

/// Adds up what one claude process used.
///
/// Exact figures come with each result, in `model_usage_since_last_result`: that turn's tokens and cost, subagents and the
/// turns that a budget cut off included. Until then, and after a kill without a result, what the requests began with is
/// counted: their input exactly, their output hardly at all, so a floor. Figures that count from the beginning of the
/// session are subtracted from each other, never added.
struct ClaudeUsage: Sendable {
    private let context: StreamContext
    /// From results: exact.
    private var settled = Usage.zero
    /// From messages since the last result: a floor.
    private var pending = Usage.zero
    /// The session's time with the API at the last result, milliseconds.
    private var sessionMilliseconds: Int
    /// Messages already in `pending`, the latest last.
    ///
    /// A message comes once for each of its blocks.
    private var countedMessages: [String] = []

    /// Subagents interleave their messages, but not more than this many.
    private static let countedMessagesMax = 64
    private static let nameBytesMax = 128

    init(_ context: StreamContext) {
        self.context = context
        sessionMilliseconds = context.before.apiMilliseconds
    }

    var total: Usage { settled + pending }

    mutating func note(message: JSON) {
        guard let id = message["id"]?.string(bytesMax: Self.nameBytesMax), let usage = message["usage"],
            !countedMessages.contains(id)
        else { return }
        countedMessages.append(id)
        if countedMessages.count > Self.countedMessagesMax { countedMessages.removeFirst() }
        let model = message["model"]?.string(bytesMax: Self.nameBytesMax) ?? context.model ?? ""
        var figures = UsageFigures(usage)
        let begun = context.prices.usage(of: Self.tokens(of: &figures, model: model))
        guard begun.tokens > 0 else { return }
        pending = pending + begun
        pending.isEstimate = true
    }

    mutating func note(result: JSON) {
        let models = result["model_usage_since_last_result"]?.members ?? []
        var turn = Usage.zero
        for model in models {
            let part = usage(of: model.value, model: model.key)
            // One that another took over from has done nothing.
            if part.tokens > 0 || (part.microdollars ?? 0) > 0 || part.isEstimate { turn = turn + part }
        }
        if models.isEmpty { turn = turnWithoutModels(result) }
        // A turn that was cut off in a stream says nothing, though its requests were paid.
        if turn.tokens < pending.tokens, models.isEmpty { turn = pending }
        turn.turns = Self.count(result["num_turns"])
        let session = Self.count(result["duration_api_ms"])
        turn.apiMilliseconds = max(0, session - sessionMilliseconds)
        sessionMilliseconds = max(session, sessionMilliseconds)
        settled = settled + turn
        pending = .zero
    }

    /// The turn's own tokens; its cost is what the session's total has grown by.
    private func turnWithoutModels(_ result: JSON) -> Usage {
        guard let figures = result["usage"] else { return .zero }
        let session = result["modelUsage"]?.members ?? []
        let model = session.count == 1 ? session[0].key : context.model ?? ""
        var counts = UsageFigures(figures)
        var tokens = Self.tokens(of: &counts, model: model)
        if let total = result["total_cost_usd"]?.double.flatMap(Self.microdollars) {
            tokens.microdollars = max(0, total - (settled.microdollars ?? 0) - (context.before.microdollars ?? 0))
        }
        var usage = context.prices.usage(of: tokens)
        usage.isEstimate = !counts.areReadable
        return usage
    }

    /// An API usage: there the input excludes what the cache gave or took.
    private static func tokens(of usage: inout UsageFigures, model: String) -> ModelUsage {
        let cached = usage.count("cache_read_input_tokens")
        let written = usage.count("cache_creation_input_tokens")
        return ModelUsage(
            model: model,
            inputTokens: usage.count("input_tokens") + written + cached,
            outputTokens: usage.count("output_tokens"),
            cachedTokens: cached,
            cacheWriteTokens: written
        )
    }

    private func usage(of value: JSON, model: String) -> Usage {
        var figures = UsageFigures(value)
        let cached = figures.count("cacheReadInputTokens")
        let written = figures.count("cacheCreationInputTokens")
        var usage = context.prices.usage(
            of: ModelUsage(
                model: model,
                inputTokens: figures.count("inputTokens") + written + cached,
                outputTokens: figures.count("outputTokens"),
                cachedTokens: cached,
                cacheWriteTokens: written,
                microdollars: value["costUSD"]?.double.flatMap(Self.microdollars)
            )
        )
        usage.isEstimate = !figures.areReadable
        return usage
    }

    private static func microdollars(_ dollars: Double) -> Int? { Usage.microdollars(dollars: dollars) }

    private static func count(_ value: JSON?) -> Int { Usage.tokenCount(value) }
}

/// The token counts of one object: what cannot be read counts as nothing, and is kept in mind.
struct UsageFigures {
    private let value: JSON
    /// Whether every count that was there was one, so that what was read is all.
    private(set) var areReadable: Bool

    init(_ value: JSON) {
        self.value = value
        areReadable = value.kind == .object
    }

    /// The count of that name; 0 where there is none.
    mutating func count(_ name: StaticString) -> Int {
        guard let figure = value[name] else { return 0 }
        guard let count = Usage.readableTokenCount(figure) else {
            areReadable = false
            return 0
        }
        return count
    }
}

extension Usage {
    /// More tokens than this in one figure is nonsense, and could overflow a sum.
    static let tokenCountMax = 1 << 40
    /// More dollars than this in one figure is nonsense.
    static let dollarsMax = 1e6

    /// A count that cannot hurt: negative, absurd or missing figures are 0.
    static func tokenCount(_ value: JSON?) -> Int { value.flatMap(readableTokenCount) ?? 0 }

    /// The same; nil for what is no such count.
    static func readableTokenCount(_ value: JSON) -> Int? {
        guard let count = value.integer, (0...tokenCountMax).contains(count) else { return nil }
        return count
    }

    /// Millionths, rounded; nil for what is no sum of money.
    static func microdollars(dollars: Double) -> Int? {
        guard dollars >= 0, dollars <= dollarsMax else { return nil }
        return Int((dollars * 1e6).rounded())
    }
}
