import StrettoCommand
import StrettoCore
import Testing

/// What plain mode and scripts are told about a task's work, about a plan at its gate, and about a command that was taken.
@Suite struct ReviewTextTests {
    private let time = Timestamp(milliseconds: 0)

    private func task(_ attempts: [AttemptSnapshot], state: TaskState = .review) -> TaskSnapshot {
        TaskSnapshot(
            id: TaskID("hooks"),
            name: "Webhooks",
            section: "",
            state: state,
            builder: .claude,
            changed: time,
            worked: .seconds(61),
            attempts: attempts
        )
    }

    private var attempt: AttemptSnapshot {
        let change = PathChange(path: "a\u{1B}[2J.swift", kind: .modified, added: 4, removed: 1)
        let report = Report(
            status: .completed,
            message: "Two lines\nof it",
            decisions: [.init(decision: "HMAC", reason: "it is fast")],
            debt: ["no test"],
            questions: ["5 minutes?"]
        )
        return AttemptSnapshot(
            number: 2,
            exit: AgentExit(status: .code(0), verdict: .completed(evidence: true), report: report),
            contribution: Contribution(
                base: CommitID("b"),
                commit: CommitID("c"),
                tree: TreeID("t"),
                changes: [change],
                findings: ["it deletes x"]
            ),
            checks: [
                CheckResult(name: "lint", status: .code(0), duration: .seconds(2), output: "fine"),
                CheckResult(name: "test", status: .code(1), duration: .seconds(3), output: "one\ntwo"),
            ],
            builder: .claude
        )
    }

    @Test func `a review names what each line is, findings first, and nobody's bytes steer a terminal`() throws {
        #expect(
            try ReviewText.lines(task([attempt])) == [
                "review: hooks, Webhooks, attempt 2 by claude, review",
                "finding: it deletes x",
                "check: 'lint' passed, 0m02",
                "check: 'test' failed with exit code 1, 0m03",
                "output: one",
                "output: two",
                "says: Two lines",
                "says: of it",
                "asks: 5 minutes?",
                "decided: HMAC, because it is fast",
                "left open: no test",
                "cost: none was reported, 1m01",
                "file: modified a?[2J.swift, +4 -1",
            ]
        )
        #expect(
            ReviewText.choices(task([attempt]))
                == "next: approve hooks, reject hooks COMMENT, retry hooks NOTE, or skip hooks REASON"
        )
        #expect(ReviewText.choices(task([attempt], state: .done)) == "next: hooks is done and waits for nobody")
    }

    @Test func `work that is not there cannot be reviewed`() {
        #expect(throws: Refusal("hooks has no work to review yet")) { _ = try ReviewText.lines(task([])) }
    }

    @Test func `the plan at its gate is told in the order of starting, then what is left out`() {
        var second = task([], state: .ready)
        second.id = TaskID("b")
        second.dependencies = [TaskID("hooks")]
        var third = task([], state: .skipped)
        third.id = TaskID("c")
        let header = RunHeader(
            run: RunID("r"),
            planName: "p",
            planPath: "p.yaml",
            branch: "b",
            phase: .planReview,
            started: time,
            workers: 1,
            usage: .zero,
            budget: Budget(),
            startOrder: [TaskID("hooks"), TaskID("b")]
        )

        #expect(
            PlanText.lines(RunSnapshot(header: header, tasks: [third, second, task([])], handoff: "")) == [
                "1: hooks, Webhooks, by claude", "2: b, Webhooks, by claude, after hooks", "left out: c, Webhooks",
            ]
        )
    }

    @Test(arguments: [
        (Command.approve(TaskID("a"), tree: nil), "'a' is approved: it is merged next"),
        (.skip(TaskID("a"), reason: ""), "'a' is skipped"),
        (.stopRun(.drain), "running tasks finish, nothing new starts"),
        (.message(TaskID("a\u{7}"), text: "x"), "'a?' hears it next"),
        (.addTask(TaskDraft("x", id: TaskID("n"))), "'n' is in the run"),
    ])
    func `a command that was taken says what it leads to`(command: Command, sentence: String) {
        #expect(SteerText.sentence(of: command) == sentence)
    }
}
