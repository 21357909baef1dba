import StrettoCore
import Testing

private let a = TaskID("a")

/// When an attempt goes on with the session of the one before it.
@Suite struct SessionTests {
    private static let used = Usage(inputTokens: 100, outputTokens: 10, microdollars: 5)

    private func bench(review: GatePolicy? = nil, builder: BuilderName = .claude) -> Bench {
        Bench([PlanTask(id: a, name: "A", builder: builder, review: review)])
    }

    /// The order for the task's attempt, once it has a worktree.
    private func launch(_ number: Int, in bench: inout Bench) throws -> LaunchOrder {
        bench.prepare(a, number)
        return try #require(bench.effects.lazy.compactMap { if case .run(let order) = $0 { order } else { nil } }.first)
    }

    private func end(
        _ number: Int,
        in bench: inout Bench,
        _ verdict: Verdict,
        session: String? = "s",
        trouble: ProviderTrouble? = nil,
        changes: [String] = []
    ) {
        let attempt = AttemptID(task: a, number: number)
        let exit = AgentExit(
            status: .code(0),
            verdict: verdict,
            usage: Self.used,
            trouble: trouble,
            sessionID: session
        )
        bench.send(.exited(attempt, exit))
        let contribution = Contribution(
            base: CommitID("base"),
            commit: CommitID("c\(number)"),
            tree: TreeID("t"),
            changes: changes.map { PathChange(path: $0, kind: .modified, added: 1, removed: 0) }
        )
        bench.send(.collected(attempt, contribution, []))
    }

    @Test func `changes that a person asks for go to the session that did the work`() throws {
        var bench = bench(review: .human)
        #expect(try launch(1, in: &bench).resumes == nil)
        end(1, in: &bench, .completed(evidence: true), changes: ["f"])
        #expect(bench.state(a) == .review)

        try bench.order(.requestChanges(a, comment: "rhyme"))

        let order = try launch(2, in: &bench)
        #expect(order.resumes == ResumedSession(id: "s", usage: Self.used, work: CommitID("c1")))
        #expect(order.prompt.findings == ["The person who reviews this says: rhyme"])
    }

    @Test func `an attempt that was cut off is gone on with, and all of its session's usage is known`() throws {
        var bench = bench()
        _ = try launch(1, in: &bench)
        end(1, in: &bench, .interrupted("cut off"), changes: ["f"])
        bench.send(.timerFired(.backoff(a)))
        _ = try launch(2, in: &bench)
        end(2, in: &bench, .interrupted("cut off"))
        bench.send(.timerFired(.backoff(a)))

        let resumes = try launch(3, in: &bench).resumes

        #expect(resumes == ResumedSession(id: "s", usage: Self.used + Self.used, work: CommitID("c1")))
    }

    @Test func `an attempt without a worktree in between does not lose the session`() throws {
        var bench = bench()
        _ = try launch(1, in: &bench)
        end(1, in: &bench, .interrupted("cut off"))
        bench.send(.timerFired(.backoff(a)))
        bench.send(.prepareFailed(AttemptID(task: a, number: 2), Trouble("no space", isPassing: true)))
        bench.send(.timerFired(.backoff(a)))

        #expect(try launch(3, in: &bench).resumes?.id == "s")
    }

    @Test func `a failed attempt leaves no session`() throws {
        var bench = bench()
        _ = try launch(1, in: &bench)
        end(1, in: &bench, .failed("exit code 1"))
        bench.send(.timerFired(.backoff(a)))

        #expect(try launch(2, in: &bench).resumes == nil)
    }

    @Test func `where the session is lost, the next attempt begins anew at once and is not counted`() throws {
        var bench = bench()
        _ = try launch(1, in: &bench)
        end(1, in: &bench, .interrupted("cut off"))
        bench.send(.timerFired(.backoff(a)))
        #expect(try launch(2, in: &bench).resumes != nil)

        end(
            2,
            in: &bench,
            .interrupted("no such session"),
            session: nil,
            trouble: ProviderTrouble(.sessionLost, provider: ProviderName("anthropic"))
        )

        #expect(bench.prepared == [AttemptID(task: a, number: 3)])
        #expect(try launch(3, in: &bench).resumes == nil)
    }

    @Test func `a run that was stopped goes on with its agents' sessions`() throws {
        var bench = bench()
        _ = try launch(1, in: &bench)
        try bench.order(.stopRun(.now))
        end(1, in: &bench, .interrupted("ended on request"))
        bench.send(.disposed(AttemptID(task: a, number: 1), .removed))
        bench.send(.concluded(nil))
        bench.send(.runResumed)

        #expect(try launch(2, in: &bench).resumes?.id == "s")
    }

    @Test func `another builder's session is no use`() throws {
        var bench = bench()
        _ = try launch(1, in: &bench)
        end(1, in: &bench, .interrupted("cut off"))
        let task = PlanTask(id: a, name: "A", builder: .codex)
        bench.send(.planRevised(Plan(name: "p", sections: [PlanSection(id: "s", name: "S", tasks: [task])])))
        bench.send(.timerFired(.backoff(a)))

        let order = try launch(2, in: &bench)
        #expect(order.builder == .codex)
        #expect(order.resumes == nil)
    }
}
