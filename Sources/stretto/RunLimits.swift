import StrettoCommand
import StrettoCore

/// What the command line says about a run's budget and ladder, on top of what the plan or the run's beginning said.
enum RunLimits {
    /// The budget of a new run.
    static func budget(_ given: BudgetTerms, in plan: Plan) throws(Refusal) -> Budget {
        Budget(try checked(plan.settings.terms.overridden(by: given), given))
    }

    /// The budget with which a run goes on; nil where the command line changes nothing.
    static func budget(_ given: BudgetTerms, after before: Budget, in plan: Plan) throws(Refusal) -> Budget? {
        guard !given.isEmpty else { return nil }
        var terms = BudgetTerms(before)
        // A share or a reserve is one of the plan's ceiling, which a budget alone does not remember.
        if given.shareOfCeiling != nil || given.reservedMicrodollars != nil, given.ceilingMicrodollars == nil {
            terms.ceilingMicrodollars = plan.settings.terms.ceilingMicrodollars
            terms.limitMicrodollars = plan.settings.terms.limitMicrodollars
        }
        return Budget(try checked(terms.overridden(by: given), given))
    }

    private static func checked(_ terms: BudgetTerms, _ given: BudgetTerms) throws(Refusal) -> BudgetTerms {
        // Plans of others have a share and no ceiling, and mean no limit; who types one expects a limit.
        if given.shareOfCeiling != nil || given.reservedMicrodollars != nil, terms.ceilingMicrodollars == nil,
            terms.limitMicrodollars == nil
        {
            throw Refusal("a share or a reserve is one of a ceiling, and there is none: give a --quota-ceiling-usd")
        }
        guard let contradiction = terms.contradiction else { return terms }
        throw Refusal("\(contradiction): give a larger or a first --quota-ceiling-usd")
    }

    /// The ladder, where the command line changes the plan's.
    static func escalation(_ options: EscalationOptions, in plan: Plan) throws(Refusal) -> Escalation? {
        guard let escalation = options.applied(to: plan.settings.agents.escalation) else { return nil }
        for (option, model) in [("--starting-model", options.start), ("--max-model", options.limit)] {
            guard let model, !escalation.ladder.contains(model) else { continue }
            let ladder = escalation.ladder.joined(separator: ", ")
            throw Refusal("\(option) \(model) is not on the ladder of models: it has \(ladder)")
        }
        if let start = escalation.start, let limit = escalation.limit,
            let first = escalation.ladder.firstIndex(of: start),
            let last = escalation.ladder.firstIndex(of: limit), last < first
        {
            throw Refusal("no model is left: the ladder ends at \(limit), below \(start), where it starts")
        }
        return escalation
    }
}
