import StrettoCore
import Testing

private let a = TaskID("a")

/// What front ends are told about money: what counts, what is missing, and who spends it.
@Suite struct BudgetGaugeTests {
    private static func spent(_ usage: Usage, budget: Budget = Budget(microdollars: 200_000)) -> RunHeader? {
        var bench = Bench([PlanTask(id: a, name: "A")], settings: PlanSettings(budget: budget))
        bench.prepare(a)
        bench.end(a, .completed(evidence: true), usage: usage)
        return bench.scheduler.header(logPath: "")
    }

    @Test func `front ends are told what counts against the limit, by the scheduler's own sum`() throws {
        let usage = Usage(inputTokens: 9, outputTokens: 1, microdollars: 160_000, unpricedMicrodollars: 40_000)
        let header = try #require(Self.spent(usage))
        let gauge = BudgetGauge(of: header)

        #expect(gauge.money == "~$0.16+ of ~$0.20, counted as ~$0.20")
        #expect(gauge.shortMoney == "counted ~$0.20 of ~$0.20")
        #expect(gauge.isSpent)
    }

    @Test func `tokens that nobody priced count as the scheduler counts them`() throws {
        let header = try #require(Self.spent(Usage(inputTokens: 1000, outputTokens: 0)))
        #expect(header.countedMicrodollars == 1000 * Ledger.microdollarsPerTokenMax)
        #expect(BudgetGauge(of: header).money == "$? of ~$0.20, counted as ~$0.08")
    }

    @Test func `a limit in tokens is reached when it is used up`() throws {
        let usage = Usage(inputTokens: 90, outputTokens: 10, microdollars: 1)
        #expect(BudgetGauge(of: try #require(Self.spent(usage, budget: Budget(tokens: 100)))).isSpent)
        #expect(!BudgetGauge(of: try #require(Self.spent(usage, budget: Budget(tokens: 101)))).isSpent)
    }

    @Test func `a task's own limits go to front ends`() {
        let task = PlanTask(id: a, name: "A", budgetMicrodollars: 2_000_000)
        #expect(Bench([task]).scheduler.task(a)?.budget == Budget(microdollars: 2_000_000))
        #expect(Bench([PlanTask(id: a, name: "A")]).scheduler.task(a)?.budget == nil)
    }

    @Test func `the log says who began, and on which attempt`() {
        var bench = Bench([PlanTask(id: a, name: "A", model: "opus")])
        bench.prepare(a)
        let process = AgentProcess(pid: 1, outputPath: "/o", errorPath: "/e")
        let event = Event.started(AttemptID(task: a, number: 1), process)
        bench.send(event)
        #expect(
            Narrator.notices(for: event, at: bench.clock, after: bench.scheduler).map(\.text) == ["by claude with opus"]
        )
    }

    @Test func `a limit for the moment is not called an overload`() {
        let now = Timestamp(milliseconds: 0)
        #expect(ProviderClosure(reason: .trouble(.rateLimited), since: now).word == "rate limited")
        #expect(ProviderClosure(reason: .trouble(.overloaded), since: now).word == "overloaded")
    }
}
