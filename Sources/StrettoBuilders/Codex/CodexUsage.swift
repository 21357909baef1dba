internal import StrettoCore

/// What one codex process used, from figures that count from the beginning of the session.
struct CodexUsage: Sendable {
    private let context: StreamContext
    private var session: Usage
    private var turns = 0
    /// Since the last figures, so many bytes of the agent's own words came.
    private var unreportedBytes = 0
    private var isMidTurn = false
    private var isAnswered = false
    private var isIncomplete = false

    /// A token is about so many bytes of English or code.
    private static let bytesOfToken = 4

    init(_ context: StreamContext) {
        self.context = context
        session = context.before
    }

    /// Whether something was used that no figures have told.
    var isUnsettled: Bool { isMidTurn }

    mutating func turnBegan() {
        isMidTurn = true
        isAnswered = false
    }

    /// The service worked in this turn, so that something was used.
    mutating func wasAnswered() { isAnswered = true }

    /// The service took no request: whoever is refused from the start is sold nothing that figures could tell.
    mutating func turnWasRefused() { isMidTurn = isMidTurn && isAnswered }

    mutating func noteOutput(bytes: Int) { unreportedBytes += min(bytes, 1 << 30) }

    /// Takes the session's total; nil where the turn told none: what it wrote is then estimated.
    mutating func turnEnded(_ figures: JSON?) {
        isMidTurn = false
        turns += 1
        guard let figures else {
            isIncomplete = isIncomplete || unreportedBytes > 0
            return
        }
        // The session's figures hold what earlier turns did not tell.
        unreportedBytes = 0
        var counts = UsageFigures(figures)
        session = Usage(
            inputTokens: counts.count("input_tokens"),
            outputTokens: counts.count("output_tokens"),
            cachedTokens: counts.count("cached_input_tokens"),
            cacheWriteTokens: counts.count("cache_write_input_tokens")
        )
        isIncomplete = !counts.areReadable
    }

    /// What this process used: the session's total without what it was before.
    var total: Usage {
        let before = context.before
        let tokens = ModelUsage(
            model: context.model ?? "",
            inputTokens: max(0, session.inputTokens - before.inputTokens),
            outputTokens: max(0, session.outputTokens - before.outputTokens) + unreportedBytes / Self.bytesOfToken,
            cachedTokens: max(0, session.cachedTokens - before.cachedTokens),
            cacheWriteTokens: max(0, session.cacheWriteTokens - before.cacheWriteTokens)
        )
        var usage = context.prices.usage(of: tokens)
        usage.turns = turns
        usage.isEstimate = isIncomplete || isMidTurn
        return usage
    }
}
