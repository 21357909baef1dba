import StrettoCore
import Testing

private func task(
    _ id: String,
    _ state: TaskState = .done,
    section: String = "S",
    role: String? = nil,
    costs: [Int],
    model: String? = nil,
    minutes: Int64 = 10
) -> TaskSnapshot {
    let attempts = costs.enumerated().map { number, cost in
        AttemptSnapshot(
            number: number + 1,
            builder: .claude,
            model: model,
            usage: Usage(inputTokens: cost / 10, outputTokens: 0, microdollars: cost),
            launched: Timestamp(milliseconds: 0),
            exited: state == .running ? nil : Timestamp(milliseconds: minutes * 60_000)
        )
    }
    return TaskSnapshot(
        id: TaskID(id),
        name: id,
        section: section,
        state: state,
        builder: .claude,
        role: role,
        changed: Timestamp(milliseconds: 0),
        usage: attempts.reduce(.zero) { $0 + $1.usage },
        attempts: attempts
    )
}

@Suite struct GaugeTests {
    @Test func `spending is sorted by section, role, builder and model, every attempt counted`() {
        let spending = Spending(of: [
            task("a", section: "API", role: "coder", costs: [50_000, 50_000, 50_000], model: "sonnet"),
            task("b", .failed, section: "Docs", costs: [7000], model: "opus"),
            task("c", .waiting, section: "Docs", costs: []),
        ])

        #expect(spending.sections.map(\.name) == ["API", "Docs"])
        #expect(spending.sections.map(\.usage.microdollars) == [150_000, 7000])
        #expect(spending.roles.map(\.name) == ["coder", "no role"])
        #expect(spending.builders.map(\.attempts) == [4])
        #expect(spending.models.map(\.name) == ["sonnet", "opus"])
    }

    @Test func `models are those that the agents name, a subagent's too`() {
        var snapshot = task("a", costs: [10_000], model: "sonnet")
        snapshot.attempts[0].usage.models = [
            ModelUsage(model: "claude-haiku", inputTokens: 1, outputTokens: 0, microdollars: 1),
            ModelUsage(model: "claude-sonnet", inputTokens: 2, outputTokens: 0, microdollars: nil),
        ]

        let models = Spending(of: [snapshot]).models
        #expect(models.map(\.name) == ["claude-haiku", "claude-sonnet"])
        #expect(models.map(\.usage.microdollars) == [1, nil])
    }

    @Test func `a model's part holds what went through caches, and what has no price`() {
        var snapshot = task("a", costs: [10_000])
        snapshot.attempts[0].usage.models = [
            ModelUsage(
                model: "gpt-5.5",
                inputTokens: 100,
                outputTokens: 7,
                cachedTokens: 60,
                cacheWriteTokens: 20,
                unpricedMicrodollars: 900
            )
        ]
        let usage = Spending(of: [snapshot]).models.first?.usage
        #expect(usage?.cachedTokens == 60)
        #expect(usage?.cacheWriteTokens == 20)
        #expect(usage?.unpricedMicrodollars == 900)
    }

    @Test func `a task without a price leaves the forecast of the others, as a floor`() {
        var free = task("codex", costs: [100_000])
        free.usage.microdollars = nil
        free.usage.unpricedMicrodollars = 5
        let done = (1...4).map { task("d\($0)", role: "coder", costs: [100_000]) }
        let outlook = Outlook(
            of: done + [free, task("x", .waiting, role: "coder", costs: [])],
            at: Timestamp(milliseconds: 0)
        )
        #expect(outlook.sentence == "~$0.10+ more for 1 task")
        let whole = Outlook(of: done + [task("x", .waiting, costs: [])], at: Timestamp(milliseconds: 0))
        #expect(whole.sentence == "~$0.10 more for 1 task")
    }

    @Test func `nothing is foretold before three tasks are done`() {
        let tasks = [task("a", costs: [1000]), task("b", costs: [1000]), task("c", .waiting, costs: [])]
        #expect(Outlook(of: tasks, at: Timestamp(milliseconds: 0)).tokens == nil)
    }

    @Test func `the forecast is what such tasks cost, less what is spent on them`() {
        let done = (1...4).map { task("d\($0)", costs: [100_000]) }
        let open = [task("x", .waiting, costs: []), task("y", .retrying, costs: [30_000])]
        let outlook = Outlook(of: done + open, at: Timestamp(milliseconds: 600_000))

        #expect(outlook.microdollars == Outlook.Forecast(p50: 170_000, p90: 170_000))
        #expect(outlook.sentence == "~$0.17 more for 2 tasks")
        #expect(outlook.tokensPerMinute == nil, "nobody is at work")
    }

    @Test func `unequal costs spread the forecast, the same each time`() {
        let done = (1...10).map { task("d\($0)", costs: [$0 * 10_000]) }
        let tasks = done + (1...20).map { task("o\($0)", .ready, costs: []) }
        let first = Outlook(of: tasks, at: Timestamp(milliseconds: 0))

        #expect(first == Outlook(of: tasks, at: Timestamp(milliseconds: 0)))
        let forecast = first.microdollars ?? .init(p50: 0, p90: 0)
        // 20 draws of 10 000 to 100 000 make 1.1 million on average, give or take 130 000.
        #expect((1_000_000...1_200_000).contains(forecast.p50))
        #expect((1_150_000...1_500_000).contains(forecast.p90))
    }

    @Test func `the rate is what those at work use, judged by all time in work`() {
        let tasks = [
            task("a", costs: [100_000]), task("b", .running, costs: [100_000]), task("c", .running, costs: [0]),
        ]
        let outlook = Outlook(of: tasks, at: Timestamp(milliseconds: 600_000))

        #expect(outlook.tokensPerMinute == 2000)
        #expect(outlook.microdollarsPerMinute == 20_000)
    }
}
