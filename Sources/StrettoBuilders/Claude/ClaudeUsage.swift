internal import StrettoCore

/// Adds up what one claude process used.
///
/// Exact figures come with each result, in `model_usage_since_last_result`: that turn's tokens and cost, subagents and the
/// turns that a budget cut off included. Until then, and after a kill without a result, what the requests began with is
/// counted: their input exactly, their output hardly at all, so a floor without a price.
struct ClaudeUsage: Sendable {
    /// From results: exact.
    private var settled = Usage.zero
    /// From messages since the last result: a floor.
    private var pending = Usage.zero
    /// Messages already in `pending`, the latest last.
    ///
    /// A message comes once for each of its blocks.
    private var countedMessages: [String] = []

    /// Subagents interleave their messages, but not more than this many.
    private static let countedMessagesMax = 64

    var total: Usage { settled + pending }

    mutating func note(message: JSON) {
        guard let id = message["id"]?.string, let usage = message["usage"], !countedMessages.contains(id) else {
            return
        }
        countedMessages.append(id)
        if countedMessages.count > Self.countedMessagesMax { countedMessages.removeFirst() }
        pending = pending + Self.tokens(of: usage)
    }

    mutating func note(result: JSON) {
        let models = result["model_usage_since_last_result"]?.members.map(\.value) ?? []
        var turn = Usage.zero
        if models.isEmpty {
            if let usage = result["usage"] { turn = Self.tokens(of: usage) }
            // The total is the session's, so only what has not been counted yet is new.
            turn.microdollars = result["total_cost_usd"]?.double
                .flatMap(Self.microdollars)
                .map { max(0, $0 - (settled.microdollars ?? 0)) }
        }
        for model in models { turn = turn + Self.usage(ofModel: model) }
        turn.turns = Self.count(result["num_turns"])
        settled = settled + turn
        pending = .zero
    }

    /// An API usage: there the input excludes what the cache gave or took.
    private static func tokens(of usage: JSON) -> Usage {
        let cached = count(usage["cache_read_input_tokens"])
        return Usage(
            inputTokens: count(usage["input_tokens"]) + count(usage["cache_creation_input_tokens"]) + cached,
            outputTokens: count(usage["output_tokens"]),
            cachedTokens: cached
        )
    }

    private static func usage(ofModel model: JSON) -> Usage {
        let cached = count(model["cacheReadInputTokens"])
        return Usage(
            inputTokens: count(model["inputTokens"]) + count(model["cacheCreationInputTokens"]) + cached,
            outputTokens: count(model["outputTokens"]),
            cachedTokens: cached,
            microdollars: model["costUSD"]?.double.flatMap(microdollars)
        )
    }

    private static func microdollars(_ dollars: Double) -> Int? { Usage.microdollars(dollars: dollars) }

    private static func count(_ value: JSON?) -> Int { Usage.tokenCount(value) }
}

extension Usage {
    /// More tokens than this in one figure is nonsense, and could overflow a sum.
    static let tokenCountMax = 1 << 40
    /// More dollars than this in one figure is nonsense.
    static let dollarsMax = 1e6

    /// A count that cannot hurt: negative, absurd or missing figures are 0.
    static func tokenCount(_ value: JSON?) -> Int {
        guard let count = value?.integer, (0...tokenCountMax).contains(count) else { return 0 }
        return count
    }

    /// Millionths, rounded; nil for what is no sum of money.
    static func microdollars(dollars: Double) -> Int? {
        guard dollars >= 0, dollars <= dollarsMax else { return nil }
        return Int((dollars * 1e6).rounded())
    }
}
