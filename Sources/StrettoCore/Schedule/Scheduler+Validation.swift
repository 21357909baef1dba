/// Validators: agents that judge another one's work, after its checks and before a person or the merge.
///
/// A judgement is an attempt like any other, with its worktree, its cost and its log. It is ready like a task that waits, so budgets and
/// limits hold for it; and whatever interrupts it, the work stays as it is and is judged again.
extension Scheduler {
    /// Lets the task's new work be judged; false where nobody is to judge it, or everybody has.
    mutating func beginValidation(_ place: Int, at time: Timestamp) -> Bool {
        guard let policy = spec?.plan.settings.agents.validation, !policy.validators.isEmpty else { return false }
        let record = records[place]
        guard policy.concerns(record.task), record.current?.isValidated != true else { return false }
        records[place].validation = PendingValidation(validators: policy.validators)
        move(place, to: .waiting, at: time)
        return true
    }

    /// Tasks whose work waits for a validator or is under one, in plan order.
    var underJudgement: [Int] {
        guard spec?.plan.settings.agents.validation != nil else { return [] }
        return records.indices.filter { records[$0].validation != nil }
    }

    /// Takes the word of the validator whose turn it was.
    mutating func judged(_ place: Int, at time: Timestamp, _ effects: inout [Effect]) {
        guard let validator = records[place].validator else { return }
        records[place].interruptionCount = 0
        guard let word = records[place].current?.exit?.report?.validation else {
            return failedToJudge(place, "it gave no verdict: its report names none", at: time, &effects)
        }
        noteSuccess(place)
        guard word.verdict != .fail else {
            return reject(place, Evidence.finding(of: word, by: validator), at: time, &effects)
        }
        records[place].validation?.validators.removeFirst()
        records[place].validation?.failureCount = 0
        guard records[place].validator == nil else { return move(place, to: .waiting, at: time) }
        records[place].validation = nil
        updateAttempt(place) { $0.isValidated = true }
        goOnToMerge(place, at: time, &effects)
    }

    /// A validator that came to no verdict says nothing about the work: it is judged again, as often as a task is tried.
    mutating func failedToJudge(_ place: Int, _ reason: String, at time: Timestamp, _ effects: inout [Effect]) {
        guard var pending = records[place].validation, let validator = pending.validators.first else { return }
        pending.failureCount += 1
        records[place].validation = pending
        records[place].interruptionCount = 0
        updateAttempt(place) { $0.failure = reason }
        noteFailure(place, at: time, &effects)
        if pending.failureCount >= attemptsMax(place) {
            move(place, to: .failed("the validator '\(validator)' failed: \(reason)"), at: time)
        } else {
            backOff(place, failures: pending.failureCount, at: time, &effects)
        }
    }

    /// The work is not good: back to the task, with what was found, or over.
    private mutating func reject(_ place: Int, _ finding: String, at time: Timestamp, _ effects: inout [Effect]) {
        records[place].validation = nil
        dispose(records[place].attempt, &effects)
        let count = (records[place].rejectionCount ?? 0) + 1
        records[place].rejectionCount = count
        let isLast = count > spec?.plan.settings.agents.validation?.retriesMax ?? 0
        failed(place, finding, isLast: isLast, at: time, &effects)
    }

    /// Gives up the judgements of work that nobody wants any more; the work itself is kept under its ref.
    mutating func endVoidValidations(_ effects: inout [Effect]) {
        for place in touched {
            guard let pending = records[place].validation else { continue }
            guard pending.isVoid || records[place].phase.isOver else { continue }
            records[place].validation = nil
            // One that is being removed already was told to by whoever moved the task.
            let work = records[place].attempt
            if !disposals.contains(work) { dispose(work, &effects) }
        }
    }

    /// What the validator under way looks at; nil where the task itself is done.
    func judgedWork(_ place: Int) -> JudgedWork? {
        let record = records[place]
        guard record.validation != nil, let work = record.workPlace,
            let contribution = record.attempts[work].contribution
        else { return nil }
        return JudgedWork(
            attempt: AttemptID(task: record.id, number: work + 1),
            base: contribution.base,
            commit: contribution.commit,
            checks: record.attempts[work].checks,
            message: record.attempts[work].exit?.report?.message ?? ""
        )
    }

    /// Builder and model of the validator: a routing rule for its role, else its role's, else the plan's.
    func choice(of validator: String, _ settings: PlanSettings) -> AgentChoice {
        let role = settings.agents.roles.first { $0.role == validator }
        let rule = settings.agents.routing.first { $0.role == validator && $0.section == nil && $0.words.isEmpty }
        let builder = rule?.builder ?? role?.builder ?? settings.builder
        var sources: [NamedModels.Source] = []
        if let rule { sources.append(.init(builder: rule.builder, models: rule.model.map { [$0] } ?? [])) }
        if let role { sources.append(.init(builder: role.builder, models: role.models)) }
        var named = NamedModels(for: builder, plan: settings.builder, from: sources)
        var choice = AgentChoice(builder: builder, reason: rule?.reason)
        choice.model =
            named.fitting.first ?? named.taking(escalation.validationModel, isBesideBuilder: false)
            ?? named.taking(settings.model, isBesideBuilder: true) ?? settings.agents.program(builder)?.model
        choice.leftOut = named.leftOut
        return choice
    }
}
