import StrettoCommand
import StrettoCore
import Testing

private func options(_ arguments: String) throws -> RunOptions? {
    guard case .run(let options) = try parse("run p " + arguments).invocation else { return nil }
    return options
}

/// What may be spent and who does the work, as typed.
@Suite struct BudgetArgumentsTests {
    @Test(arguments: [
        "--quota-ceiling-usd 10 --max-quota-percent 80 --reserved-budget-usd 1.5",
        "--quota-ceiling 10 --max-budget-pct 80 --reserved-budget 1.5",
        "--quota-ceiling=10 --max-budget-pct=80 --reserved-budget=1.5",
    ])
    func `both spellings of a quota mean the same`(arguments: String) throws {
        #expect(
            try options(arguments)?.budget
                == BudgetTerms(
                    ceilingMicrodollars: 10_000_000,
                    reservedMicrodollars: 1_500_000,
                    shareOfCeiling: 80_000_000
                )
        )
    }

    @Test func `tokens and the policy at the limit are options of a run`() throws {
        #expect(
            try options("--budget-tokens 5000 --on-budget drain")?.budget == BudgetTerms(tokens: 5000, overrun: .drain)
        )
        #expect(throws: UsageError.self) { try options("--on-budget explode") }
        #expect(throws: UsageError.self) { try options("--max-quota-percent 101") }
    }

    @Test func `any option of the ladder switches it on`() throws {
        let plan = Escalation(after: 5, limit: "sonnet")

        #expect(try options("")?.escalation.applied(to: plan) == nil)
        #expect(
            try options("--starting-model haiku --escalate-after-failures 1 --max-model opus")?.escalation
                .applied(to: plan) == Escalation(isEnabled: true, after: 1, start: "haiku", limit: "opus")
        )
        #expect(
            try options("--starting-model haiku")?.escalation.applied(to: plan)
                == Escalation(isEnabled: true, after: 5, start: "haiku", limit: "sonnet")
        )
    }
}
