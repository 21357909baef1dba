package import StrettoCore

extension Laws {
    /// What must hold for everything that a scheduler asks for, given all that has happened until then.
    package static func checkEffects(
        _ effects: [Effect],
        of scheduler: Scheduler,
        after entries: [JournalEntry],
        _ violations: Violations
    ) {
        for effect in effects {
            switch effect {
            case .prepare(let order): checkStart(of: order.attempt, scheduler, entries, violations)
            case .merge(let order):
                checkApproval(of: order, scheduler, entries, violations)
                checkValidation(of: order, scheduler, violations)
            case .dispose(let attempt): checkKeeping(of: attempt, scheduler, entries, violations)
            default: break
            }
        }
    }

    /// Nothing begins once the budget is spent, before the plan is approved, or outside the run's scope.
    private static func checkStart(
        of attempt: AttemptID,
        _ scheduler: Scheduler,
        _ entries: [JournalEntry],
        _ violations: Violations
    ) {
        guard let spec = scheduler.spec, let last = entries.last?.event else { return }
        // After a restart what had begun is asked for again.
        if last != .recovered {
            checkBudget(of: attempt, scheduler, violations)
            checkProvider(of: attempt, scheduler, violations)
        }
        if case .only(let wanted) = spec.scope {
            violations.require(wanted.contains(attempt.task), "\(attempt) starts outside the run's scope")
        }
        if spec.gates.plan == .human, spec.gates.unattended == .human {
            violations.require(
                entries.contains { $0.event == .planApproved },
                "\(attempt) starts before its plan is approved"
            )
        }
    }

    /// P5: with what it is expected to cost the run stays within its limits; alone it may begin while anything is left.
    private static func checkBudget(of attempt: AttemptID, _ scheduler: Scheduler, _ violations: Violations) {
        for account in scheduler.accounts {
            violations.require(!account.isSpent, "\(attempt) starts although the budget is spent")
            violations.require(
                account.busyCount <= 1 || account.spent + account.reserved <= account.limit,
                "\(attempt) starts although \(account.spent) and \(account.reserved) exceed \(account.limit)"
            )
        }
    }

    /// A closed provider admits nothing, and one that is ajar a single probe.
    private static func checkProvider(of attempt: AttemptID, _ scheduler: Scheduler, _ violations: Violations) {
        guard let task = scheduler.task(attempt.task) else { return }
        let kind = Ledger.Kind(role: task.role, builder: task.builder, model: task.attempts.last?.model)
        for gate in scheduler.providers where gate.closure != nil && gate.concerns(kind) {
            violations.require(gate.probe == attempt, "\(attempt) starts although \(gate.provider) is closed")
        }
    }

    /// P6: where a gate asks a person, that very tree of that very attempt was approved.
    private static func checkApproval(
        of order: MergeOrder,
        _ scheduler: Scheduler,
        _ entries: [JournalEntry],
        _ violations: Violations
    ) {
        guard let spec = scheduler.spec, spec.gates.unattended == .human,
            let task = spec.plan.tasks.first(where: { $0.id == order.attempt.task }),
            (task.review ?? spec.gates.task) == .human
        else { return }
        let approval = Event.approved(order.attempt, order.contribution.tree)
        violations.require(entries.contains { $0.event == approval }, "\(order.attempt) is merged unapproved")
    }

    /// P6: where validators judge the work, each of them has let that very attempt pass, and none of their own is merged.
    private static func checkValidation(
        of order: MergeOrder,
        _ scheduler: Scheduler,
        _ violations: Violations
    ) {
        guard let policy = scheduler.spec?.plan.settings.agents.validation,
            let task = scheduler.task(order.attempt.task)
        else { return }
        let attempts = task.attempts
        violations.require(
            attempts[order.attempt.number - 1].validator == nil,
            "\(order.attempt) is merged and no work"
        )
        let judgements = attempts.dropFirst(order.attempt.number).prefix { $0.validator != nil }
        let words = judgements.compactMap { attempt -> (validator: String?, verdict: Validation.Verdict)? in
            // What one says that is being ended does not count.
            guard case .completed = attempt.exit?.verdict, let word = attempt.exit?.report?.validation else {
                return nil
            }
            return (attempt.validator, word.verdict)
        }
        violations.require(
            words.map(\.validator) == policy.validators && !words.contains { $0.verdict == .fail },
            "\(order.attempt) is merged with \(words) instead of the word of each of \(policy.validators)"
        )
    }

    /// P2: no worktree in which an agent was at work is removed before its tree is kept, or that has been tried and told of.
    private static func checkKeeping(
        of attempt: AttemptID,
        _ scheduler: Scheduler,
        _ entries: [JournalEntry],
        _ violations: Violations
    ) {
        let attempts = scheduler.task(attempt.task)?.attempts ?? []
        guard let record = attempts.first(where: { $0.number == attempt.number }) else {
            return violations.report("\(attempt) is disposed of and not known")
        }
        let hasRun = record.process != nil || record.exit != nil
        let wasTried = entries.contains { entry in
            if case .collectFailed(attempt, _) = entry.event { true } else { false }
        }
        violations.require(!hasRun || record.contribution != nil || wasTried, "\(attempt) is removed before it is kept")
    }
}
