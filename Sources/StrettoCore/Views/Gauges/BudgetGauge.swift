/// What was used of what may be used, in the words of every front end.
///
/// What counts against a limit is more than what is shown as spent wherever tokens have no price: both are told then, because
/// a run that ends at its limit must not seem to have stopped short of it.
package struct BudgetGauge: Hashable, Sendable {
    package let usage: Usage
    /// Millionths of a US dollar: known prices, and the highest one for tokens without a price.
    package let counted: Int
    package let budget: Budget

    package init(usage: Usage, counted: Int, budget: Budget) {
        self.usage = usage
        self.counted = counted
        self.budget = budget
    }

    /// Of the run.
    package init(of header: RunHeader) {
        self.init(
            usage: header.usage,
            counted: header.countedMicrodollars ?? header.usage.chargedMicrodollars,
            budget: header.budget
        )
    }

    /// Of all attempts of one task.
    package init(of task: TaskSnapshot) {
        let counted = task.attempts.reduce(0) { $0 + Ledger.Charge($1.usage).microdollars }
        self.init(usage: task.usage, counted: counted, budget: task.budget ?? Budget())
    }

    package var hasLimit: Bool { budget.microdollars != nil || budget.tokens != nil }

    /// Whether the limit in money is reached, by the scheduler's own rule.
    package var isMoneySpent: Bool { budget.microdollars.map { counted >= $0 } ?? false }
    package var areTokensSpent: Bool { budget.tokens.map { usage.tokens >= $0 } ?? false }
    /// Whether any limit is reached, so that nothing more may begin.
    package var isSpent: Bool { isMoneySpent || areTokensSpent }

    /// `~$3.42 of ~$10.00`, or `~$0.16+ of ~$0.20, counted as ~$0.20`; without a limit what was used alone.
    package var money: String {
        guard let limit = budget.microdollars else { return Figures.money(usage) }
        let counting = countedApart.map { ", counted as \($0)" } ?? ""
        return Figures.money(usage) + " of " + Figures.money(microdollars: limit) + counting
    }

    /// The same in the room that a header has: what counts, where that is more than what is known.
    package var shortMoney: String {
        guard let limit = budget.microdollars, let countedApart else { return money }
        return "counted \(countedApart) of " + Figures.money(microdollars: limit)
    }

    /// `412.0k of 1.0M`; without a limit what was used alone.
    package var tokens: String {
        Figures.tokens(usage.tokens) + (budget.tokens.map { " of " + Figures.tokens($0) } ?? "")
    }

    /// What counts against the limit, where that reads otherwise than what is known.
    private var countedApart: String? {
        let text = Figures.money(microdollars: counted)
        return text == Figures.money(microdollars: usage.microdollars ?? 0) ? nil : text
    }
}

extension Figures {
    /// What every figure in dollars is, in a sentence that stands with totals.
    package static let disclaimer = "~$ are estimates at list prices; a subscription is not billed by them"

    /// What was used, kind by kind: `223.0k in, 111.5k of it cached, 26.8k out, 83 turns, 3m30 of API time`.
    ///
    /// Of what is nothing only input and output are told.
    package static func kinds(of usage: Usage, count: (Int) -> String = { Figures.tokens($0) }) -> String {
        var parts = ["\(count(usage.inputTokens)) in"]
        if usage.cachedTokens > 0 { parts.append("\(count(usage.cachedTokens)) of it cached") }
        if usage.cacheWriteTokens > 0 { parts.append("\(count(usage.cacheWriteTokens)) put into a cache") }
        parts.append("\(count(usage.outputTokens)) out")
        if usage.turns > 0 { parts.append("\(usage.turns) turn" + (usage.turns == 1 ? "" : "s")) }
        if usage.apiMilliseconds >= 1000 {
            parts.append("\(duration(.milliseconds(usage.apiMilliseconds))) of API time")
        }
        return parts.joined(separator: ", ")
    }
}

extension TaskSnapshot {
    /// The model that does the task or did it last; where nobody ordered one, the one that did most of the work.
    package var shownModel: String? {
        let last = attempts.last
        let ordered = state.isActive || state.isOver || state == .review ? last?.model ?? model : model ?? last?.model
        return ordered ?? attempts.last { !$0.usage.models.isEmpty }?.usage.leadingModel
    }

    /// Builder and model in words, `claude sonnet-5-5`; the builder alone where no model is known.
    package var agent: String {
        guard let model = shownModel else { return builder.rawValue }
        let prefix = builder.rawValue + "-"
        return builder.rawValue + " " + (model.hasPrefix(prefix) ? String(model.dropFirst(prefix.count)) : model)
    }
}

extension Usage {
    /// The model that used most tokens; the first by name among equals, nil where the agent names none.
    package var leadingModel: String? {
        var leading: ModelUsage?
        for model in models where model.tokens > leading?.tokens ?? -1 { leading = model }
        return leading.flatMap { $0.model.isEmpty ? nil : $0.model }
    }

    /// Whether a figure in money stands for something, so that people must be told what it is.
    package var hasMoney: Bool { (microdollars ?? 0) > 0 }

    /// Whether a part of the tokens has no price, so that a figure in money is a floor.
    package var hasUnpriced: Bool { unpricedMicrodollars > 0 || microdollars == nil && tokens > 0 }
}

extension ModelUsage {
    package var tokens: Int { inputTokens + outputTokens }
}
