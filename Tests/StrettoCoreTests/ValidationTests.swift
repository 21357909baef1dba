import StrettoCore
import Testing

private let a = TaskID("a"), b = TaskID("b")

/// Agents that judge other agents' work, before people and merges.
@Suite struct ValidationTests {
    private func bench(
        validators: [String] = ["validator"],
        retriesMax: Int = 1,
        review: GatePolicy? = nil,
        escalation: Escalation = Escalation(),
        roles: [RoleChoice] = [],
        workers: Int = 4
    ) -> Bench {
        let validation = ValidationPolicy(validators: validators, retriesMax: retriesMax)
        let policy = AgentPolicy(escalation: escalation, roles: roles, validation: validation)
        return Bench(
            [PlanTask(id: a, name: "A", description: "do a", builder: .claude, review: review)],
            workers: workers,
            settings: PlanSettings(agents: policy)
        )
    }

    /// Carries the attempt, a validator's, from its preparation to its end.
    private func judge(
        _ number: Int,
        _ word: Validation?,
        verdict: Verdict = .completed(evidence: false),
        in bench: inout Bench
    ) {
        begin(number, in: &bench)
        end(number, word, verdict: verdict, in: &bench)
    }

    private func begin(_ number: Int, in bench: inout Bench) {
        let attempt = AttemptID(task: a, number: number)
        bench.send(.prepared(attempt, Worktree(path: "/w/\(attempt)", base: CommitID("c-a.1"))))
    }

    private func end(_ number: Int, _ word: Validation?, verdict: Verdict, in bench: inout Bench) {
        let attempt = AttemptID(task: a, number: number)
        let report = word.map { Report(status: .completed, validation: $0) }
        bench.send(.exited(attempt, AgentExit(status: .code(0), verdict: verdict, report: report)))
        let contribution = Contribution(
            base: CommitID("c-a.1"),
            commit: CommitID("c-\(attempt)"),
            tree: TreeID("t-\(attempt)"),
            changes: []
        )
        bench.send(.collected(attempt, contribution, []))
    }

    private func prepareOrder(in bench: Bench) throws -> PrepareOrder {
        try #require(bench.effects.compactMap { if case .prepare(let order) = $0 { order } else { nil } }.first)
    }

    @Test func `work is merged once every validator has let it pass, each in a worktree at the work's commit`() throws {
        var bench = bench(validators: ["validator", "qa-auditor"])
        bench.work(a)
        #expect(bench.mergesOrdered == [])
        #expect(try prepareOrder(in: bench).commit == CommitID("c-a.1"))
        #expect(bench.prepared == [AttemptID(task: a, number: 2)])

        judge(2, Validation(.pass), in: &bench)
        #expect(bench.mergesOrdered == [])
        #expect(bench.scheduler.task(a)?.role == "qa-auditor")
        judge(3, Validation(.pass), in: &bench)

        #expect(bench.mergesOrdered == [AttemptID(task: a, number: 1)])
        #expect(bench.effects.contains(.dispose(AttemptID(task: a, number: 3))))
        bench.merge(a)
        #expect(bench.state(a) == .done)
        #expect(bench.scheduler.task(a)?.attempts.map(\.validator) == [nil, "validator", "qa-auditor"])
    }

    @Test func `a validator is launched with its role, the work, and none of the task's command`() throws {
        let policy = AgentPolicy(
            roles: [RoleChoice(role: "validator", builder: .codex, models: ["gpt-5"])],
            validation: ValidationPolicy(roles: ["writer"])
        )
        var bench = Bench(
            [PlanTask(id: a, name: "A", role: "writer", command: "true", checks: [Check(name: "c", command: "true")])],
            settings: PlanSettings(agents: policy)
        )
        bench.work(a)
        let attempt = AttemptID(task: a, number: 2)
        bench.send(.prepared(attempt, Worktree(path: "/w", base: CommitID("c-a.1"))))

        let order = try #require(
            bench.effects.compactMap { if case .run(let order) = $0 { order } else { nil } }.first
        )
        #expect(order.builder == .codex)
        #expect(order.model == "gpt-5")
        #expect(order.task.role == "validator")
        #expect(order.task.command == nil)
        #expect(order.judges?.attempt == AttemptID(task: a, number: 1))
        #expect(order.judges?.base == CommitID("base"))
        #expect(order.judges?.commit == CommitID("c-a.1"))
    }

    @Test func `a rejection sends the task back with the findings first in the next prompt`() throws {
        var bench = bench()
        bench.work(a)
        judge(2, Validation(.fail, findings: ["the test is missing", "it prints nothing"]), in: &bench)

        #expect(bench.state(a) == .retrying)
        #expect(bench.effects.contains(.dispose(AttemptID(task: a, number: 1))))
        bench.send(.timerFired(.backoff(a)))
        #expect(try prepareOrder(in: bench).commit == nil)
        bench.send(.prepared(AttemptID(task: a, number: 3), Worktree(path: "/w", base: CommitID("base"))))
        let order = try #require(
            bench.effects.compactMap { if case .run(let order) = $0 { order } else { nil } }.first
        )
        #expect(order.judges == nil)
        #expect(
            order.prompt.findings == [
                "the validator 'validator' rejects it:\n- the test is missing\n- it prints nothing"
            ]
        )
    }

    @Test(arguments: [(0, 1), (1, 2)]) func `after one more rejection than retries the task has failed`(
        retriesMax: Int,
        rejections: Int
    ) {
        var bench = bench(retriesMax: retriesMax)
        for number in 0..<rejections {
            #expect(bench.state(a) != .failed)
            bench.work(a, 2 * number + 1)
            judge(2 * number + 2, Validation(.fail), in: &bench)
            bench.send(.timerFired(.backoff(a)))
        }
        #expect(bench.state(a) == .failed)
        #expect(bench.mergesOrdered == [])
    }

    @Test func `a warning lets the work go on and stands where people look`() {
        var bench = bench(review: .human)
        bench.work(a)
        judge(2, Validation(.warn, findings: ["no test for zero"]), in: &bench)

        #expect(bench.state(a) == .review)
        let task = bench.scheduler.task(a)
        #expect(task?.contributed?.number == 1)
        #expect(task?.contributed?.contribution?.findings == ["the validator 'validator' warns:\n- no test for zero"])
        #expect(task?.warnings == [Validation(.warn, findings: ["no test for zero"])])
    }

    @Test func `a validator without a verdict judges again, and never counts as a yes`() {
        var bench = bench()
        bench.work(a)
        for number in 2...4 {
            judge(number, nil, in: &bench)
            #expect(bench.mergesOrdered == [])
            bench.send(.timerFired(.backoff(a)))
        }
        #expect(bench.state(a) == .failed)
        #expect(bench.scheduler.task(a)?.detail.hasPrefix("the validator 'validator' failed") == true)
        #expect(bench.scheduler.task(a)?.attempts.count { $0.validator == nil } == 1, "the work was not done again")
    }

    @Test func `a validator that is cut off judges again, and the work stays`() {
        var bench = bench()
        bench.work(a)
        judge(2, nil, verdict: .interrupted("killed"), in: &bench)
        bench.send(.timerFired(.backoff(a)))
        judge(3, Validation(.pass), in: &bench)

        #expect(bench.mergesOrdered == [AttemptID(task: a, number: 1)])
    }

    @Test func `a validator starts before tasks that have not begun`() {
        let policy = AgentPolicy(validation: ValidationPolicy())
        var bench = Bench(
            [PlanTask(id: a, name: "A"), PlanTask(id: b, name: "B", priority: 9)],
            workers: 1,
            settings: PlanSettings(agents: policy)
        )
        #expect(bench.prepared.map(\.task) == [b])
        bench.work(b)
        #expect(bench.prepared == [AttemptID(task: b, number: 2)])
    }

    @Test func `what a person wants ends a judgement, and the work's worktree with it`() throws {
        var skipped = bench()
        skipped.work(a)
        begin(2, in: &skipped)
        try skipped.order(.skip(a, reason: "enough"))
        end(2, nil, verdict: .interrupted("ended"), in: &skipped)
        #expect(skipped.state(a) == .skipped)
        #expect(skipped.effects.contains(.dispose(AttemptID(task: a, number: 1))))

        var retried = bench()
        retried.work(a)
        begin(2, in: &retried)
        try retried.order(.retry(a, note: "shorter"))
        end(2, nil, verdict: .interrupted("ended"), in: &retried)
        #expect(retried.effects.contains(.dispose(AttemptID(task: a, number: 1))))
        #expect(retried.prepared == [AttemptID(task: a, number: 3)])
        #expect(try prepareOrder(in: retried).commit == nil)
    }

    @Test func `checks again after a person's own hands ask no validator twice`() throws {
        var bench = bench(review: .human)
        bench.work(a)
        judge(2, Validation(.pass), in: &bench)
        #expect(bench.state(a) == .review)
        try bench.order(.recheck(a))
        let contribution = Contribution(
            base: CommitID("base"),
            commit: CommitID("mine"),
            tree: TreeID("mine"),
            changes: [PathChange(path: "f", kind: .modified, added: 2, removed: 0)]
        )
        bench.send(.collected(AttemptID(task: a, number: 1), contribution, []))
        #expect(bench.state(a) == .review)
        #expect(bench.prepared == [])
    }

    @Test func `a validator's model is its role's, else the one for validation, else the plan's`() {
        func model(_ escalation: Escalation, _ roles: [RoleChoice]) -> String? {
            var bench = bench(escalation: escalation, roles: roles)
            bench.work(a)
            return bench.scheduler.task(a)?.attempts.last?.model
        }
        let role = RoleChoice(role: "validator", models: ["opus"])
        #expect(model(Escalation(validationModel: "haiku"), [role]) == "opus")
        #expect(model(Escalation(validationModel: "haiku"), []) == "haiku")
        #expect(model(Escalation(), []) == nil)
    }

    @Test func `what a validator uses counts for its task and stands in the ledger under its role`() {
        var bench = bench()
        bench.work(a)
        let usage = Usage(inputTokens: 50, outputTokens: 5, microdollars: 70)
        bench.send(.prepared(AttemptID(task: a, number: 2), Worktree(path: "/w", base: CommitID("c-a.1"))))
        bench.send(.usageReported(AttemptID(task: a, number: 2), usage))

        #expect(bench.scheduler.task(a)?.usage == usage)
        #expect(bench.scheduler.ledger.lines.last?.kind.role == "validator")
        #expect(bench.scheduler.ledger.lines.last?.isAtWork == true)
    }

    @Test func `work of other roles and plain commands is not judged`() {
        let policy = AgentPolicy(validation: ValidationPolicy())
        #expect(ValidationPolicy().concerns(PlanTask(id: a, name: "A")))
        #expect(!ValidationPolicy().concerns(PlanTask(id: a, name: "A", role: "planner")))
        #expect(!ValidationPolicy().concerns(PlanTask(id: a, name: "A", command: "true")))
        var bench = Bench(
            [PlanTask(id: a, name: "A", command: "true")],
            settings: PlanSettings(agents: policy)
        )
        bench.work(a)
        #expect(bench.mergesOrdered == [AttemptID(task: a, number: 1)])
    }
}
