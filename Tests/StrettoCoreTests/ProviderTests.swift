import StrettoCore
import Testing

private let a = TaskID("a"), b = TaskID("b"), c = TaskID("c"), d = TaskID("d")
private let anthropic = ProviderName("anthropic")

private func task(_ id: TaskID, builder: BuilderName = .claude, after: [TaskID] = []) -> PlanTask {
    PlanTask(id: id, name: "Task \(id)", dependencies: after, builder: builder)
}

private func trouble(_ kind: ProviderTrouble.Kind, resets: Timestamp? = nil) -> ProviderTrouble {
    ProviderTrouble(kind, provider: anthropic, resets: resets, remedy: kind == .refusedLogin ? "log in" : nil)
}

extension Bench {
    fileprivate var gate: ProviderGate? { scheduler.providers.first { $0.provider == anthropic } }

    /// The delay that the provider's timer was last asked for.
    fileprivate var rests: [Duration] {
        (lastExit.effects + effects).compactMap { effect in
            if case .startTimer(.provider(anthropic, _), let delay) = effect { delay } else { nil }
        }
    }
}

/// Limits are a state of the provider, not of a task.
@Suite struct ProviderTests {
    @Test func `a usage limit closes its provider alone, until 30 seconds after the reset, and counts no attempt`() {
        let tasks = [task(a), task(b), task(c, builder: .command)]
        var bench = Bench(tasks, workers: 1, settings: PlanSettings(attemptsMax: 1))
        let reset = bench.clock.advanced(by: .seconds(3600))

        bench.meet(trouble(.usageLimit, resets: reset), a)

        let closed = bench.clock.advanced(by: .seconds(-1))
        #expect(bench.rests == [reset.since(closed) + .seconds(30)])
        #expect(bench.state(a) == .ready)
        #expect(bench.scheduler.task(a)?.detail == "usage limit")
        #expect(bench.prepared == [AttemptID(task: c, number: 1)], "the command goes on")
        bench.work(c)
        bench.send(.timerFired(.provider(anthropic, 1)))
        #expect(bench.scheduler.remarks == [.providerOpened(anthropic)])
        #expect(bench.prepared == [AttemptID(task: a, number: 2)], "the same task again")
        bench.fail(a, 2)
        #expect(bench.scheduler.task(a)?.detail == "exit code 1", "only this one counted")
    }

    @Test func `an attempt whose worktree is made while its provider closes is held back and counts for nobody`() {
        var bench = Bench([task(a), task(b)], workers: 2, settings: PlanSettings(attemptsMax: 1))
        bench.meet(trouble(.usageLimit, resets: bench.clock.advanced(by: .seconds(3600))), a)
        bench.prepare(b)

        #expect(bench.effects == [.dispose(AttemptID(task: b, number: 1))])
        #expect(bench.state(b) == .ready)
        bench.send(.timerFired(.provider(anthropic, 1)))
        #expect(bench.prepared == [AttemptID(task: a, number: 2), AttemptID(task: b, number: 2)])
        bench.work(b, 2)
        #expect(bench.state(b) == .merging, "its only attempt was not used up")
    }

    @Test func `without a reset time a single probe looks, and its first answer opens`() {
        var bench = Bench([task(a), task(b), task(c)], workers: 3)
        for id in [a, b, c] { bench.prepare(id) }
        for id in [a, b, c] { bench.end(id, .interrupted("overloaded"), trouble: trouble(.overloaded)) }

        #expect(bench.prepared == [])
        bench.send(.timerFired(.provider(anthropic, 1)))
        #expect(bench.prepared == [AttemptID(task: a, number: 2)])
        #expect(bench.gate?.probe == AttemptID(task: a, number: 2))
        bench.prepare(a, 2)
        #expect(bench.prepared == [])
        bench.send(.usageReported(AttemptID(task: a, number: 2), Usage(inputTokens: 1, outputTokens: 0)))
        #expect(bench.prepared == [AttemptID(task: b, number: 2), AttemptID(task: c, number: 2)])
    }

    @Test func `a provider that stays overloaded rests longer each time, up to a cap`() {
        var bench = Bench([task(a)])
        var rests: [Duration] = []
        for number in 1...8 {
            bench.meet(trouble(.overloaded), a, number)
            rests += bench.rests
            bench.send(.timerFired(.provider(anthropic, number)))
        }

        #expect(rests == [30, 60, 120, 240, 480, 900, 900, 900].map { .seconds($0) })
    }

    @Test func `a reset that is long over is none, so that nobody asks every half minute for ever`() {
        var bench = Bench([task(a)])
        var rests: [Duration] = []
        for number in 1...4 {
            bench.meet(trouble(.usageLimit, resets: bench.clock.advanced(by: .seconds(-864_000))), a, number)
            rests += bench.rests
            bench.send(.timerFired(.provider(anthropic, number)))
        }

        #expect(rests == [300, 600, 1200, 2400].map { .seconds($0) })
    }

    @Test func `a refused login waits for a person, who is told what to do`() throws {
        var bench = Bench([task(a), task(b)], workers: 1)
        bench.meet(trouble(.refusedLogin), a)

        #expect(bench.rests == [])
        let header = bench.scheduler.header(logPath: "")
        #expect(
            header?.providers.first?.sentence(at: bench.clock)
                == "anthropic: login refused, log in, then retry a task or resume the run"
        )
        try bench.order(.retry(a, note: ""))
        #expect(bench.prepared == [AttemptID(task: a, number: 2)], "one probe")
    }

    @Test func `with nobody there a refused login ends the run for a person, and resuming probes`() {
        var bench = Bench([task(a), task(b)], workers: 2)
        bench.send(.attendanceEnded)
        bench.prepare(b)
        bench.meet(trouble(.refusedLogin), a)
        bench.end(b, .interrupted("401"), trouble: trouble(.refusedLogin))
        for id in [a, b] { bench.send(.disposed(AttemptID(task: id, number: 1), .removed)) }
        bench.send(.concluded(nil))

        #expect(bench.scheduler.outcome == .needsHuman([a, b]))
        bench.send(.runResumed)
        #expect(bench.prepared == [AttemptID(task: a, number: 2)])
    }

    @Test func `three failures in a row rest the provider for 300 seconds, then one probe decides`() {
        var bench = Bench([task(a), task(b), task(c), task(d)], workers: 2, settings: PlanSettings(attemptsMax: 1))
        for id in [a, b] { bench.prepare(id) }
        for id in [a, b] { bench.end(id, .failed("exit code 1")) }
        // It begins before the third failure.
        bench.prepare(d)
        bench.fail(c)

        #expect(bench.rests == [.seconds(300)])
        #expect(bench.gate?.closure?.reason == .failures(3))
        bench.end(d, .interrupted("crash"))
        bench.send(.timerFired(.backoff(d)))
        #expect(bench.prepared == [], "no further start")
        bench.send(.timerFired(.provider(anthropic, 1)))
        #expect(bench.prepared == [AttemptID(task: d, number: 2)])
        bench.prepare(d, 2)
        bench.end(d, 2, .completed(evidence: true), changes: 1)
        #expect(bench.gate?.closure == nil)
    }

    @Test func `a probe that fails trips the circuit breaker again`() {
        let settings = PlanSettings(attemptsMax: 9, agents: AgentPolicy(breakerThreshold: 2, breakerPause: .seconds(7)))
        var bench = Bench([task(a)], settings: settings)
        bench.fail(a)
        bench.send(.timerFired(.backoff(a)))
        bench.fail(a, 2)
        #expect(bench.rests == [.seconds(7)])
        bench.send(.timerFired(.backoff(a)))
        #expect(bench.prepared == [])
        bench.send(.timerFired(.provider(anthropic, 1)))
        bench.fail(a, 3)

        #expect(bench.rests == [.seconds(7)])
        #expect(bench.gate?.closure?.reason == .failures(3))
    }

    @Test
    func `a good attempt between failures starts the count anew, and commands have no breaker unless the plan says so`()
    {
        var bench = Bench([task(a), task(b), task(c)], workers: 1, settings: PlanSettings(attemptsMax: 2))
        bench.fail(a)
        bench.fail(b)
        bench.prepare(c)
        bench.end(c, .completed(evidence: true), changes: 1)
        bench.send(.timerFired(.backoff(a)))
        bench.fail(a, 2)
        #expect(bench.gate?.closure == nil)

        for (threshold, isClosed) in [(nil, false), (3, true), (0, false)] as [(Int?, Bool)] {
            let settings = PlanSettings(attemptsMax: 1, agents: AgentPolicy(breakerThreshold: threshold))
            let tasks = [a, b, c, d].map { task($0, builder: .command) }
            var bench = Bench(tasks, workers: 1, settings: settings)
            for id in [a, b, c] { bench.fail(id) }
            #expect((bench.scheduler.providers.first?.closure != nil) == isClosed, "threshold \(threshold ?? -1)")
        }
    }

    @Test func `a probe that a person skips hands over to the next`() throws {
        var bench = Bench([task(a), task(b)], workers: 1)
        bench.meet(trouble(.rateLimited), a)
        bench.send(.timerFired(.provider(anthropic, 1)))
        #expect(bench.prepared == [AttemptID(task: a, number: 2)])
        try bench.order(.skip(a, reason: "not now"))
        bench.prepare(a, 2)

        #expect(bench.prepared == [AttemptID(task: b, number: 1)])
        #expect(bench.gate?.probe == AttemptID(task: b, number: 1))
    }

    @Test func `after a crash the timer is asked for what is left, and that of an earlier rest says nothing`() {
        var bench = Bench([task(a), task(b)], workers: 1)
        let reset = bench.clock.advanced(by: .seconds(3600))
        bench.meet(trouble(.usageLimit, resets: reset), a)
        bench.clock = bench.clock.advanced(by: .seconds(600))
        bench.send(.recovered)

        let left = reset.since(bench.clock) + .seconds(30)
        #expect(bench.effects.contains(.startTimer(.provider(anthropic, 1), left)))
        bench.send(.timerFired(.provider(anthropic, 1)))
        #expect(bench.gate?.closure == nil)
        bench.meet(trouble(.usageLimit, resets: bench.clock.advanced(by: .seconds(60))), a, 2)
        bench.send(.timerFired(.provider(anthropic, 1)))
        #expect(bench.gate?.closure != nil)
    }

    @Test func `news of a limit from an agent at work closes its provider before that agent is over`() {
        var bench = Bench([task(a), task(b, after: []), task(c)], workers: 1)
        bench.prepare(a)
        bench.send(.adjusted(workers: 1, gates: nil, budget: nil))
        bench.send(.troubleReported(AttemptID(task: a, number: 1), trouble(.refusedLogin)))

        #expect(bench.gate?.closure?.reason == .trouble(.refusedLogin))
        bench.send(.adjusted(workers: 3, gates: nil, budget: nil))
        #expect(bench.prepared == [])
    }

    @Test(arguments: [Int64.min, -1, 0, Int64.max])
    func `no clock of a provider can stop or crash the run`(milliseconds: Int64) {
        var bench = Bench([task(a)])
        bench.meet(trouble(.usageLimit, resets: Timestamp(milliseconds: milliseconds)), a)

        #expect(bench.rests.count == 1)
        #expect(bench.rests.allSatisfy { $0 >= .seconds(30) && $0 <= ProviderGate.restMax + .seconds(30) })
    }
}
