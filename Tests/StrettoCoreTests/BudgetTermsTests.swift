import StrettoCore
import Testing

@Suite struct BudgetTermsTests {
    @Test(
        arguments: [
            (100, 80_000_000, nil, 80), (100, 80_000_000, 30, 70), (100, nil, 30, 70), (100, nil, nil, 100),
        ] as [(Int, Int?, Int?, Int)]
    )
    func `a quota is the ceiling's share, less what is reserved where that is stricter`(
        ceiling: Int,
        share: Int?,
        reserve: Int?,
        limit: Int
    ) {
        let terms = BudgetTerms(ceilingMicrodollars: ceiling, reservedMicrodollars: reserve, shareOfCeiling: share)
        #expect(terms.limit == limit)
    }

    @Test func `the command line wins over the plan, term by term`() {
        let plan = BudgetTerms(ceilingMicrodollars: 100, shareOfCeiling: 80_000_000, tokens: 7, overrun: .drain)

        #expect(plan.overridden(by: BudgetTerms()) == plan)
        #expect(plan.overridden(by: BudgetTerms(shareOfCeiling: 50_000_000)).limit == 50)
        #expect(plan.overridden(by: BudgetTerms(reservedMicrodollars: 90)).limit == 10)
        #expect(plan.overridden(by: BudgetTerms(ceilingMicrodollars: 10)).limit == 8)
        let plain = plan.overridden(by: BudgetTerms(limitMicrodollars: 500))
        #expect(plain.limit == 500, "a plain budget replaces the ceiling")
        #expect(plain.tokens == 7)
        #expect(plain.overrun == .drain)
    }

    @Test func `a share or a reserve of nothing is a contradiction, and so is a reserve of everything`() {
        #expect(BudgetTerms(shareOfCeiling: 1).contradiction != nil)
        #expect(BudgetTerms(reservedMicrodollars: 1).contradiction != nil)
        #expect(BudgetTerms(ceilingMicrodollars: 5, reservedMicrodollars: 5).contradiction != nil)
        #expect(BudgetTerms(ceilingMicrodollars: 5, reservedMicrodollars: 4).contradiction == nil)
        #expect(BudgetTerms(limitMicrodollars: 5).contradiction == nil)
    }
}
