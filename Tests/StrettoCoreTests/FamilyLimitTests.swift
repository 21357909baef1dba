import StrettoCore
import Testing

private let a = TaskID("a"), b = TaskID("b"), c = TaskID("c")
private let gate = ProviderName("anthropic opus")

private func task(_ id: TaskID, model: String?, role: String? = nil) -> PlanTask {
    PlanTask(id: id, name: "Task \(id)", role: role, builder: .claude, model: model)
}

private func limit(until reset: Timestamp? = nil) -> ProviderTrouble {
    ProviderTrouble(.usageLimit, provider: ProviderName("anthropic"), family: "opus", resets: reset)
}

/// A limit on one family of a provider's models holds those who need it, and nobody else.
@Suite struct FamilyLimitTests {
    @Test func `tasks of other models go on, and those of the family by themselves after the reset`() {
        var bench = Bench(
            [task(a, model: "opus"), task(b, model: "claude-opus-5-5"), task(c, model: "sonnet")],
            workers: 1
        )
        let reset = bench.clock.advanced(by: .seconds(3600))

        bench.meet(limit(until: reset), a)

        #expect(bench.prepared == [AttemptID(task: c, number: 1)])
        #expect(bench.scheduler.task(b)?.detail == "usage limit")
        let header = bench.scheduler.header(logPath: "")
        #expect(header?.providers.map(\.headline) == ["anthropic opus: usage limit reached"])
        bench.work(c)
        #expect(bench.prepared == [])
        bench.send(.timerFired(.provider(gate, 1)))
        #expect(bench.scheduler.remarks == [.providerOpened(gate)])
        #expect(bench.prepared == [AttemptID(task: a, number: 2)], "the same task again")
    }

    @Test func `who named no model and met the limit waits for it, and who has another role may try`() {
        let tasks = [task(a, model: nil), task(b, model: nil), task(c, model: nil, role: "writer")]
        var bench = Bench(tasks, workers: 1)

        bench.meet(limit(), a)

        #expect(bench.prepared == [AttemptID(task: c, number: 1)])
        #expect(bench.scheduler.task(b)?.detail == "usage limit")
    }

    @Test func `without a reset one task of the family looks, and its answer opens for all of them`() {
        var bench = Bench([task(a, model: "opus"), task(b, model: "opus"), task(c, model: "haiku")], workers: 3)
        for id in [a, b, c] { bench.prepare(id) }
        for id in [a, b] { bench.end(id, .interrupted("limit"), trouble: limit()) }
        bench.send(.timerFired(.provider(gate, 1)))

        #expect(bench.prepared == [AttemptID(task: a, number: 2)])
        bench.prepare(a, 2)
        bench.send(.usageReported(AttemptID(task: c, number: 1), Usage(inputTokens: 1, outputTokens: 0)))
        #expect(bench.prepared == [], "another model's answer says nothing")
        bench.send(.usageReported(AttemptID(task: a, number: 2), Usage(inputTokens: 1, outputTokens: 0)))
        #expect(bench.prepared == [AttemptID(task: b, number: 2)])
    }

    @Test func `a task waits for its provider and for its model, and a person's retry asks both at once`() throws {
        var bench = Bench([task(a, model: "opus"), task(b, model: "sonnet"), task(c, model: "opus")], workers: 2)
        for id in [a, b] { bench.prepare(id) }
        bench.end(a, .interrupted("limit"), trouble: limit(until: bench.clock.advanced(by: .seconds(3600))))
        let refused = ProviderTrouble(.refusedLogin, provider: ProviderName("anthropic"), remedy: "log in")
        bench.end(b, .interrupted("401"), trouble: refused)

        #expect(bench.scheduler.task(c)?.detail == "login refused", "what a person can end comes first")
        try bench.order(.retry(a, note: ""))
        #expect(bench.prepared == [AttemptID(task: a, number: 2)])
        #expect(
            bench.scheduler.providers.map(\.probe) == [AttemptID(task: a, number: 2), AttemptID(task: a, number: 2)]
        )
    }
}
