/// What an attempt used: tokens first, money as an estimate.
package struct Usage: Hashable, Sendable, Codable {
    /// Tokens read by the model, cached ones included.
    package var inputTokens: Int
    /// Tokens written by the model.
    package var outputTokens: Int
    /// The part of ``inputTokens`` that came from a cache.
    package var cachedTokens: Int
    /// Millionths of a US dollar, at list prices; nil where no price is known.
    package var microdollars: Int?
    /// Turns of the conversation, where the agent counts them.
    package var turns: Int

    package static let zero = Usage(inputTokens: 0, outputTokens: 0, cachedTokens: 0, microdollars: nil, turns: 0)

    package init(inputTokens: Int, outputTokens: Int, cachedTokens: Int = 0, microdollars: Int? = nil, turns: Int = 0) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.cachedTokens = cachedTokens
        self.microdollars = microdollars
        self.turns = turns
    }

    package var tokens: Int { inputTokens + outputTokens }

    /// The sum; a price that only one side knows counts as the sum's.
    package static func + (left: Usage, right: Usage) -> Usage {
        Usage(
            inputTokens: left.inputTokens + right.inputTokens,
            outputTokens: left.outputTokens + right.outputTokens,
            cachedTokens: left.cachedTokens + right.cachedTokens,
            microdollars: left.microdollars == nil && right.microdollars == nil
                ? nil : (left.microdollars ?? 0) + (right.microdollars ?? 0),
            turns: left.turns + right.turns
        )
    }
}
