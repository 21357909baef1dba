/// What an attempt used: tokens first, money as an estimate.
package struct Usage: Hashable, Sendable, Codable {
    /// Tokens read by the model, those that went through a cache included.
    package var inputTokens: Int
    /// Tokens written by the model, those of its thinking included.
    package var outputTokens: Int
    /// The part of ``inputTokens`` that came from a cache.
    package var cachedTokens: Int
    /// The part of ``inputTokens`` that was put into a cache.
    package var cacheWriteTokens: Int
    /// Millionths of a US dollar, at list prices; nil where no price is known.
    package var microdollars: Int?
    /// What the tokens without a price would cost at the highest price known: counts against a budget, and is shown beside it.
    package var unpricedMicrodollars: Int
    /// Turns of the conversation, where the agent counts them.
    package var turns: Int
    /// Time spent waiting for the model, where the agent tells it; milliseconds.
    package var apiMilliseconds: Int
    /// Whether a part of the tokens was never reported (a killed process), so that the figures are a floor.
    package var isEstimate: Bool
    /// The same by model, sorted by name; empty where the agent names none.
    package var models: [ModelUsage]

    package static let zero = Usage(inputTokens: 0, outputTokens: 0, cachedTokens: 0, microdollars: nil, turns: 0)

    package init(
        inputTokens: Int,
        outputTokens: Int,
        cachedTokens: Int = 0,
        cacheWriteTokens: Int = 0,
        microdollars: Int? = nil,
        unpricedMicrodollars: Int = 0,
        turns: Int = 0,
        apiMilliseconds: Int = 0,
        isEstimate: Bool = false,
        models: [ModelUsage] = []
    ) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.cachedTokens = cachedTokens
        self.cacheWriteTokens = cacheWriteTokens
        self.microdollars = microdollars
        self.unpricedMicrodollars = unpricedMicrodollars
        self.turns = turns
        self.apiMilliseconds = apiMilliseconds
        self.isEstimate = isEstimate
        self.models = models
    }

    /// Fields that an older Stretto did not write are nothing.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            inputTokens: try fields.decode(Int.self, forKey: .inputTokens),
            outputTokens: try fields.decode(Int.self, forKey: .outputTokens),
            cachedTokens: try fields.decodeIfPresent(Int.self, forKey: .cachedTokens) ?? 0,
            cacheWriteTokens: try fields.decodeIfPresent(Int.self, forKey: .cacheWriteTokens) ?? 0,
            microdollars: try fields.decodeIfPresent(Int.self, forKey: .microdollars),
            unpricedMicrodollars: try fields.decodeIfPresent(Int.self, forKey: .unpricedMicrodollars) ?? 0,
            turns: try fields.decodeIfPresent(Int.self, forKey: .turns) ?? 0,
            apiMilliseconds: try fields.decodeIfPresent(Int.self, forKey: .apiMilliseconds) ?? 0,
            isEstimate: try fields.decodeIfPresent(Bool.self, forKey: .isEstimate) ?? false,
            models: try fields.decodeIfPresent([ModelUsage].self, forKey: .models) ?? []
        )
    }

    package var tokens: Int { inputTokens + outputTokens }

    /// What counts against a budget: known prices, and the highest known price where there is none.
    package var chargedMicrodollars: Int { (microdollars ?? 0) + unpricedMicrodollars }

    /// The sum; a price that only one side knows counts as the sum's.
    package static func + (left: Usage, right: Usage) -> Usage {
        var sum = left
        sum.add(right)
        return sum
    }

    /// Adds what another one holds, in place: sums are over thousands of attempts.
    package mutating func add(_ other: Usage) {
        inputTokens += other.inputTokens
        outputTokens += other.outputTokens
        cachedTokens += other.cachedTokens
        cacheWriteTokens += other.cacheWriteTokens
        microdollars = Self.sum(microdollars, other.microdollars)
        unpricedMicrodollars += other.unpricedMicrodollars
        turns += other.turns
        apiMilliseconds += other.apiMilliseconds
        isEstimate = isEstimate || other.isEstimate
        for model in other.models { add(model) }
    }

    private mutating func add(_ model: ModelUsage) {
        guard let place = models.firstIndex(where: { $0.model == model.model }) else {
            return models.insert(model, at: models.firstIndex { $0.model > model.model } ?? models.count)
        }
        models[place].inputTokens += model.inputTokens
        models[place].outputTokens += model.outputTokens
        models[place].cachedTokens += model.cachedTokens
        models[place].cacheWriteTokens += model.cacheWriteTokens
        models[place].microdollars = Self.sum(models[place].microdollars, model.microdollars)
        models[place].unpricedMicrodollars += model.unpricedMicrodollars
    }

    private static func sum(_ left: Int?, _ right: Int?) -> Int? {
        left == nil && right == nil ? nil : (left ?? 0) + (right ?? 0)
    }
}
