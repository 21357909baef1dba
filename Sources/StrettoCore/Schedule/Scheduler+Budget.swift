/// What is spent, whether the budget lets another attempt begin, and what happens when a limit is crossed.
///
/// An attempt under way reserves what attempts of its role and model usually cost: the 90th percentile of those that are
/// over, or, before there are any, its worker's share of the limit. One begins while what is spent, reserved and expected of
/// it stays within the limit, and one alone while anything is left. So a run overshoots by no more than what the attempts
/// under way cost beyond what was reserved for them: see `docs/budget.md`.
extension Scheduler {
    /// Of all attempts of all tasks, as far as it is known.
    package var usage: Usage {
        var sum = Usage.zero
        for place in records.indices {
            for number in records[place].attempts.indices { sum.add(records[place].attempts[number].usage) }
        }
        return sum
    }

    /// Every attempt with what it used.
    package var ledger: Ledger {
        var lines: [Ledger.Line] = []
        lines.reserveCapacity(records.count)
        for place in records.indices { appendLines(of: place, to: &lines) }
        return Ledger(lines)
    }

    /// The run's limits and how they stand.
    package var accounts: [Ledger.Account] {
        guard let spec, spec.budget.microdollars != nil || spec.budget.tokens != nil else { return [] }
        let ledger = ledger
        return [(Ledger.Unit.microdollars, spec.budget.microdollars), (.tokens, spec.budget.tokens)]
            .compactMap { unit, limit in
                limit.map { ledger.account(unit, limit: $0, workers: spec.workers) }
            }
    }

    /// Whether nothing new may start because a limit is reached.
    var budgetIsSpent: Bool { limitReached != nil }

    var budgetSentence: String {
        let (unit, limit) = limitReached ?? (.microdollars, 0)
        return "the budget of \(Self.amount(limit, unit)) is spent"
    }

    /// The first limit of the run that is reached.
    private var limitReached: (unit: Ledger.Unit, limit: Int)? {
        if let limit = spec?.budget.microdollars, records.spent.microdollars >= limit { return (.microdollars, limit) }
        if let limit = spec?.budget.tokens, records.spent.tokens >= limit { return (.tokens, limit) }
        return nil
    }

    /// The kind of attempt that the task's next one is.
    func kind(of choice: AgentChoice, _ place: Int) -> Ledger.Kind {
        Ledger.Kind(role: records[place].role, builder: choice.builder, model: choice.model)
    }

    /// What an attempt that begins now may cost, of the run's budget and of its task's; nil without a limit.
    func allowance(_ place: Int, _ kind: Ledger.Kind, _ accounts: [Ledger.Account]) -> Int? {
        guard kind.spends else { return nil }
        let ofRun = accounts.first { $0.unit == .microdollars }?.room
        let ofTask = records[place].task.budgetMicrodollars.map { max(1, $0 - spent(by: place, in: .microdollars)) }
        return [ofRun, ofTask].compactMap(\.self).min()
    }

    // MARK: Tasks

    /// Why the task may not begin another attempt: it has spent what it may; nil where it may.
    func taskBudgetSentence(_ place: Int) -> String? {
        if records[place].attempts.isEmpty { return nil }
        if let limit = records[place].task.budgetMicrodollars, spent(by: place, in: .microdollars) >= limit {
            return sentence(limit, .microdollars)
        }
        if let limit = records[place].task.budgetTokens, spent(by: place, in: .tokens) >= limit {
            return sentence(limit, .tokens)
        }
        return nil
    }

    private func sentence(_ limit: Int, _ unit: Ledger.Unit) -> String {
        "its budget of \(Self.amount(limit, unit)) is spent"
    }

    private func spent(by place: Int, in unit: Ledger.Unit) -> Int { records.spent(by: place)[unit] }

    private func appendLines(of place: Int, to lines: inout [Ledger.Line]) {
        let role = records[place].task.role
        let last = records.phase(place).isWorking ? records[place].attempts.count - 1 : -1
        for number in records[place].attempts.indices {
            let (builder, model) = (records[place].attempts[number].builder, records[place].attempts[number].model)
            let role = records[place].attempts[number].validator ?? role
            lines.append(
                Ledger.Line(
                    kind: Ledger.Kind(role: role, builder: builder, model: model),
                    usage: records[place].attempts[number].usage,
                    isAtWork: number == last && records[place].attempts[number].exit == nil
                )
            )
        }
    }

    private static func amount(_ amount: Int, _ unit: Ledger.Unit) -> String {
        unit == .microdollars ? Figures.money(microdollars: amount) : Figures.tokens(amount) + " tokens"
    }

    // MARK: Crossing a limit

    /// Tells that a limit is crossed, and ends agents at work where the policy says so.
    mutating func enforceBudgets(_ effects: inout [Effect]) {
        guard phase == .running || phase == .draining else { return }
        let isCrossed = budgetIsSpent
        let policy = spec?.budget.overrun ?? .stop
        let isBusy = records.working.contains { canStillSpend($0) }
        if isCrossed, !isBudgetCrossed, isBusy { remarks.append(.budgetCrossed(budgetSentence, policy)) }
        // All that waits reads differently now.
        if isCrossed != isBudgetCrossed { touched.append(contentsOf: records.indices) }
        isBudgetCrossed = isCrossed
        guard policy == .stop, isBusy else { return }
        for place in records.working where canStillSpend(place) && (isCrossed || taskBudgetSentence(place) != nil) {
            updateAttempt(place) { $0.isOverBudget = true }
            effects.append(.terminate(records[place].attempt))
        }
    }

    /// Whether an agent is at work that costs something and that nobody is ending.
    private func canStillSpend(_ place: Int) -> Bool {
        guard records.phase(place) == .running else { return false }
        let last = records[place].attempts.count - 1
        guard last >= 0, records[place].attempts[last].exit == nil else { return false }
        return !records[place].attempts[last].isOverBudget && records[place].attempts[last].builder != .command
    }

    /// Gives up tasks that have nothing left to spend.
    mutating func failSpentTasks(at time: Timestamp) {
        for place in records.indices where records.phase(place) == .waiting {
            guard let sentence = taskBudgetSentence(place) else { continue }
            records[place].claimedPaths = []
            remarks.append(.taskBudgetSpent(records[place].id, sentence))
            move(place, to: .failed(sentence), at: time)
        }
    }
}
