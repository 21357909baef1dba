/// What is spent, and whether the budget lets another attempt begin.
///
/// An attempt under way reserves what attempts usually cost: the 90th percentile of those that are over, or, before there
/// are any, its worker's share of the limit. One may begin while what is spent and reserved is within the limit. So the
/// overshoot is at most what the attempts under way cost beyond that, and never more than one attempt for each worker.
extension Scheduler {
    /// Of all attempts of all tasks, as far as it is known.
    package var usage: Usage {
        records.reduce(.zero) { sum, record in record.attempts.reduce(sum) { $0 + $1.usage } }
    }

    /// Whether nothing new may start because a limit is reached.
    var budgetIsSpent: Bool { accounts.contains { $0.spent >= $0.limit } }

    /// Whether one more attempt may begin now.
    ///
    /// Where no agent is at work nothing is reserved, so something is affordable as long as anything is left.
    var isAffordable: Bool { accounts.allSatisfy { $0.spent < $0.limit && $0.spent + $0.reserved <= $0.limit } }

    var budgetSentence: String {
        let budget = spec?.budget ?? Budget()
        if let limit = budget.microdollars, account(limit, { $0.microdollars }).spent >= limit {
            return "the budget of \(Figures.money(microdollars: limit)) is spent"
        }
        return "the budget of \(Figures.tokens(budget.tokens ?? 0)) tokens is spent"
    }

    /// How one limit stands, in its own unit.
    private struct Account {
        var limit: Int
        var spent = 0
        var reserved = 0
    }

    private var accounts: [Account] {
        guard let budget = spec?.budget else { return [] }
        var accounts: [Account] = []
        if let limit = budget.microdollars { accounts.append(account(limit, { $0.microdollars })) }
        if let limit = budget.tokens { accounts.append(account(limit, { $0.tokens })) }
        return accounts
    }

    private func account(_ limit: Int, _ cost: (Usage) -> Int?) -> Account {
        var past: [Usage] = []
        var present: [Usage] = []
        for place in records.indices {
            for (number, attempt) in records[place].attempts.enumerated() {
                let isLast = number == records[place].attempts.count - 1
                let isAtWork = isLast && records[place].phase.holdsWorker && attempt.exit == nil
                if !isAtWork {
                    past.append(attempt.usage)
                } else if builder(of: place) != .command {
                    present.append(attempt.usage)
                }
            }
        }
        let usual = Self.usual(past.filter { $0.tokens > 0 }.compactMap(cost)) ?? limit / max(1, spec?.workers ?? 1)
        var account = Account(limit: limit)
        // A price that nobody told is not free; what used nothing is.
        for usage in past { account.spent += cost(usage) ?? (usage.tokens > 0 ? usual : 0) }
        for usage in present {
            let known = cost(usage) ?? 0
            account.spent += known
            account.reserved += max(0, usual - known)
        }
        return account
    }

    /// The 90th percentile; nil of nothing.
    private static func usual(_ costs: [Int]) -> Int? {
        guard !costs.isEmpty else { return nil }
        return costs.sorted()[(costs.count * 9 + 9) / 10 - 1]
    }
}
