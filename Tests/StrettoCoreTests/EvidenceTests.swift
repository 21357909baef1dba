import StrettoCore
import Testing

@Suite struct EvidenceTests {
    private let a = TaskID("a")

    /// Ends task a's first attempt as if all were well, with the changes.
    private func bench(
        lacksReport: Bool?,
        changes: [String],
        evidence: Bool = false,
        review: GatePolicy? = nil
    ) -> (bench: Bench, notices: [Notice]) {
        var bench = Bench([PlanTask(id: a, name: "A", review: review)])
        let attempt = AttemptID(task: a, number: 1)
        let base = CommitID("base")
        bench.send(.prepared(attempt, Worktree(path: "/w", base: base)))
        let verdict = Verdict.completed(evidence: evidence)
        bench.send(.exited(attempt, AgentExit(status: .code(0), verdict: verdict, lacksReport: lacksReport)))
        let paths = changes.map { PathChange(path: $0, kind: .modified, added: 1, removed: 0) }
        let contribution = Contribution(base: base, commit: CommitID("c"), tree: TreeID("t"), changes: paths)
        bench.send(.collected(attempt, contribution, []))
        let event = Event.collected(attempt, contribution, [])
        return (bench, Narrator.notices(for: event, at: bench.clock, after: bench.scheduler))
    }

    @Test func `work without a report is merged, and told apart by a word and a hint`() throws {
        var (bench, notices) = bench(lacksReport: true, changes: ["f"])
        let notice = try #require(notices.first { $0.word == "no report" })
        #expect(notice.level == .attention && notice.text.contains("STRETTO_REPORT"))
        bench.merge(a)
        let done = try #require(bench.scheduler.task(a))
        #expect(done.state == .done && done.detail == "no report")
        #expect(done.attempts[0].lack == .report)
        #expect(done.attempts[0].contribution?.changes.count == 1, "its work is kept")
    }

    @Test func `a review says that there is no report`() {
        let task = bench(lacksReport: true, changes: ["f"], review: .human).bench.scheduler.task(a)
        #expect(task?.state == .review && task?.detail == "no report")
    }

    @Test func `an end without anything is an outcome with a name, and the hint says what to do`() throws {
        let (bench, notices) = bench(lacksReport: true, changes: [])
        let task = try #require(bench.scheduler.task(a))
        #expect(task.attempts[0].lack == .evidence)
        #expect(
            task.attempts[0].failure
                == "no evidence: it ended with no report, no change and no check, so nothing proves that it did anything"
        )
        #expect(notices.map(\.word) == ["no evidence", "retry"])
    }

    @Test func `a report, a command's exit and a failure lack nothing`() {
        #expect(bench(lacksReport: nil, changes: ["f"]).bench.scheduler.task(a)?.attempts[0].lack == nil)
        #expect(bench(lacksReport: nil, changes: [], evidence: true).bench.scheduler.task(a)?.attempts[0].lack == nil)
        var failing = Bench([PlanTask(id: a, name: "A")])
        failing.work(a, verdict: .failed("exit code 1"))
        #expect(failing.scheduler.task(a)?.attempts[0].lack == nil)
    }
}
