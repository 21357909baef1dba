/// What is spent, whether the budget lets another attempt begin, and what happens when a limit is crossed.
///
/// An attempt under way reserves what attempts of its role and model usually cost: the 90th percentile of those that are
/// over, or, before there are any, its worker's share of the limit. One begins while what is spent, reserved and expected of
/// it stays within the limit, and one alone while anything is left. So a run overshoots by no more than what the attempts
/// under way cost beyond what was reserved for them: see `docs/budget.md`.
extension Scheduler {
    /// Of all attempts of all tasks, as far as it is known.
    package var usage: Usage {
        records.reduce(.zero) { sum, record in record.attempts.reduce(sum) { $0 + $1.usage } }
    }

    /// Every attempt with what it used.
    package var ledger: Ledger { Ledger(records.indices.flatMap { lines(of: $0) }) }

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
    var budgetIsSpent: Bool { accounts.contains(where: \.isSpent) }

    var budgetSentence: String {
        let account = accounts.first(where: \.isSpent)
        return "the budget of \(Self.amount(account?.limit ?? 0, account?.unit ?? .microdollars)) is spent"
    }

    /// The kind of attempt that the task's next one is.
    func kind(of choice: AgentChoice, _ place: Int) -> Ledger.Kind {
        Ledger.Kind(role: records[place].task.role, builder: choice.builder, model: choice.model)
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
        let task = records[place].task
        for (unit, limit) in [(Ledger.Unit.microdollars, task.budgetMicrodollars), (.tokens, task.budgetTokens)] {
            guard let limit, !records[place].attempts.isEmpty, spent(by: place, in: unit) >= limit else { continue }
            return "its budget of \(Self.amount(limit, unit)) is spent"
        }
        return nil
    }

    private func spent(by place: Int, in unit: Ledger.Unit) -> Int {
        let ledger = Ledger(lines(of: place))
        return ledger.lines.reduce(0) { $0 + ledger.charge($1.usage, in: unit) }
    }

    private func lines(of place: Int) -> [Ledger.Line] {
        let record = records[place]
        return record.attempts.enumerated().map { number, attempt in
            let isLast = number == record.attempts.count - 1
            return Ledger.Line(
                kind: Ledger.Kind(role: record.task.role, builder: attempt.builder, model: attempt.model),
                usage: attempt.usage,
                isAtWork: isLast && record.phase.holdsWorker && attempt.exit == nil
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
        let isBusy = records.indices.contains { canStillSpend($0) }
        if isCrossed, !isBudgetCrossed, isBusy { remarks.append(.budgetCrossed(budgetSentence, policy)) }
        // All that waits reads differently now.
        if isCrossed != isBudgetCrossed { touched.append(contentsOf: records.indices) }
        isBudgetCrossed = isCrossed
        guard policy == .stop, isBusy else { return }
        for place in records.indices where canStillSpend(place) && (isCrossed || taskBudgetSentence(place) != nil) {
            updateAttempt(place) { $0.isOverBudget = true }
            effects.append(.terminate(records[place].attempt))
        }
    }

    /// Whether an agent is at work that costs something and that nobody is ending.
    private func canStillSpend(_ place: Int) -> Bool {
        guard records[place].phase == .running, let attempt = records[place].current else { return false }
        return attempt.exit == nil && attempt.builder != .command && !attempt.isOverBudget
    }

    /// Gives up tasks that have nothing left to spend.
    mutating func failSpentTasks(at time: Timestamp) {
        for place in records.indices where records[place].phase == .waiting {
            guard let sentence = taskBudgetSentence(place) else { continue }
            records[place].claimedPaths = []
            remarks.append(.taskBudgetSpent(records[place].id, sentence))
            move(place, to: .failed(sentence), at: time)
        }
    }
}
