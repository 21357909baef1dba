/// A budget as people write it, in parts that plan and command line may each name; ``limit`` is what they come to.
package struct BudgetTerms: Hashable, Sendable, Codable {
    /// Millionths of a US dollar, each of them; nil is off.
    package var limitMicrodollars: Int?
    package var ceilingMicrodollars: Int?
    package var reservedMicrodollars: Int?
    /// The share of the ceiling that may be used, in millionths of a percent.
    package var shareOfCeiling: Int?
    package var tokens: Int?
    package var overrun: Overrun?

    /// All of the ceiling: 100 percent in millionths.
    package static let wholeShare = 100_000_000

    package init(
        limitMicrodollars: Int? = nil,
        ceilingMicrodollars: Int? = nil,
        reservedMicrodollars: Int? = nil,
        shareOfCeiling: Int? = nil,
        tokens: Int? = nil,
        overrun: Overrun? = nil
    ) {
        self.limitMicrodollars = limitMicrodollars
        self.ceilingMicrodollars = ceilingMicrodollars
        self.reservedMicrodollars = reservedMicrodollars
        self.shareOfCeiling = shareOfCeiling
        self.tokens = tokens
        self.overrun = overrun
    }

    package var isEmpty: Bool { self == BudgetTerms() }

    /// What the given share and reserve leave of the ceiling, `min(ceiling × share, ceiling − reserve)`; nil without a ceiling, or where nothing is left.
    package var quotaMicrodollars: Int? {
        guard let ceilingMicrodollars else { return nil }
        let share = shareOfCeiling ?? Self.wholeShare
        let part = Int(Int128(ceilingMicrodollars) * Int128(share) / Int128(Self.wholeShare))
        let left = min(part, ceilingMicrodollars - (reservedMicrodollars ?? 0))
        return left > 0 ? left : nil
    }

    /// The strictest of the limits.
    package var limit: Int? { [limitMicrodollars, quotaMicrodollars].compactMap(\.self).min() }

    /// Why these terms make no sense together, in a sentence; nil where they do.
    package var contradiction: String? {
        guard let ceilingMicrodollars else {
            if shareOfCeiling != nil { return "a percentage needs a ceiling that it is a part of" }
            if reservedMicrodollars != nil { return "a reserve needs a ceiling that it is a part of" }
            return nil
        }
        guard let reservedMicrodollars, reservedMicrodollars >= ceilingMicrodollars else { return nil }
        return "the reserve leaves nothing of the ceiling"
    }

    /// These terms, each replaced by that of `other` where it has one; another limit in dollars replaces a ceiling, and the other way round.
    package func overridden(by other: BudgetTerms) -> BudgetTerms {
        var terms = self
        if other.limitMicrodollars != nil, other.ceilingMicrodollars == nil { terms.ceilingMicrodollars = nil }
        if other.ceilingMicrodollars != nil, other.limitMicrodollars == nil { terms.limitMicrodollars = nil }
        terms.limitMicrodollars = other.limitMicrodollars ?? terms.limitMicrodollars
        terms.ceilingMicrodollars = other.ceilingMicrodollars ?? terms.ceilingMicrodollars
        terms.reservedMicrodollars = other.reservedMicrodollars ?? terms.reservedMicrodollars
        terms.shareOfCeiling = other.shareOfCeiling ?? terms.shareOfCeiling
        terms.tokens = other.tokens ?? terms.tokens
        terms.overrun = other.overrun ?? terms.overrun
        if terms.ceilingMicrodollars == nil {
            terms.reservedMicrodollars = nil
            terms.shareOfCeiling = nil
        }
        return terms
    }
}

/// What happens to agents at work once a limit is crossed.
package enum Overrun: String, Hashable, Sendable, Codable, CaseIterable {
    /// They finish what they began.
    case drain
    /// They are ended; their trees are kept, and their tasks wait for a larger budget.
    case stop
}

extension BudgetTerms {
    /// The terms of a budget that is already reckoned.
    package init(_ budget: Budget) {
        self.init(limitMicrodollars: budget.microdollars, tokens: budget.tokens, overrun: budget.overrun)
    }
}

extension Budget {
    /// What the terms come to.
    package init(_ terms: BudgetTerms) {
        self.init(microdollars: terms.limit, tokens: terms.tokens, overrun: terms.overrun)
    }
}

extension PlanTask {
    /// What all attempts of the task together may use; nil without a limit.
    var ownBudget: Budget? {
        guard budgetMicrodollars != nil || budgetTokens != nil else { return nil }
        return Budget(microdollars: budgetMicrodollars, tokens: budgetTokens)
    }
}

extension PlanSettings {
    /// The budget as the plan writes it.
    package var terms: BudgetTerms { budgetTerms ?? BudgetTerms(budget) }
}
