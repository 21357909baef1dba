import StrettoCommand
import StrettoCore
import TestSupport
import Testing

private func task(
    _ id: String,
    _ state: TaskState,
    detail: String = "",
    worked: Int = 0,
    tokens: Int = 0,
    model: String? = nil,
    failures: [String] = []
) -> TaskSnapshot {
    TaskSnapshot(
        id: TaskID(id),
        name: "Do \(id)",
        section: "api",
        state: state,
        detail: detail,
        builder: .claude,
        model: model,
        started: Timestamp(milliseconds: 900_000),
        changed: Timestamp(milliseconds: 0),
        worked: .seconds(worked),
        usage: Usage(inputTokens: tokens, outputTokens: 0, microdollars: tokens == 0 ? nil : tokens * 10),
        attempts: failures.enumerated().map { AttemptSnapshot(number: $0.offset + 1, failure: $0.element) }
    )
}

private func run(_ tasks: [TaskSnapshot], _ phase: RunHeader.Phase = .running, budget: Int? = nil) -> RunSnapshot {
    RunSnapshot(
        header: RunHeader(
            run: RunID("payments-v2"),
            planName: "payments-v2",
            planPath: "plans/payments.yaml",
            branch: "stretto/payments-v2",
            phase: phase,
            started: Timestamp(milliseconds: 0),
            workers: 4,
            usage: tasks.map(\.usage).reduce(.zero, +),
            budget: Budget(microdollars: budget)
        ),
        tasks: tasks,
        handoff: ""
    )
}

private let now = Timestamp(milliseconds: 1_000_000)

@Suite struct StatusTableTests {
    @Test func `status is a line for the run and one for each task, in columns`() {
        let snapshot = run(
            [
                task("schema", .done, detail: "merged", worked: 192, tokens: 48_200),
                task("webhooks", .running, detail: "worker 2", tokens: 900, model: "opus"),
                task("docs", .waiting, detail: "after webhooks"),
                task("old", .excluded),
            ],
            budget: 10_000_000
        )

        #expect(
            StatusTable.lines(snapshot, now: now) == [
                "payments-v2: running, 1 of 3 done, 16m40, 49.1k tokens, ~$0.49 of ~$10.00, branch stretto/payments-v2",
                "  schema    done      claude       3m12  48.2k   ~$0.48  merged",
                "  webhooks  running   claude opus  1m40    900  <~$0.01  worker 2",
                "  docs      waiting   claude                             after webhooks",
                "  old       excluded  claude                             Do old",
                "  used: 49.1k in, 0 out",
                "  ~$ are estimates at list prices; a subscription is not billed by them",
            ]
        )
    }

    @Test func `what counts against a limit is told where it is more than what has a price`() {
        var snapshot = run([task("a", .done, tokens: 16_000)], budget: 200_000)
        snapshot.header.usage.unpricedMicrodollars = 40_000
        snapshot.header.countedMicrodollars = 200_000
        #expect(StatusTable.headline(snapshot, now: now).contains("~$0.16+ of ~$0.20, counted as ~$0.20,"))
        let summary = RunSummary.lines(snapshot, outcome: .overBudget("x"), now: now)
        #expect(summary.contains("  cost     16.0k tokens, ~$0.16+ of ~$0.20, counted as ~$0.20"))

        snapshot.header.countedMicrodollars = 160_000
        #expect(StatusTable.headline(snapshot, now: now).contains("~$0.16+ of ~$0.20,"))
    }

    @Test func `a task's own limit stands with its cost, and its model is what it used where none was ordered`() {
        var limited = task("a", .done, tokens: 16_000)
        limited.budget = Budget(microdollars: 500_000)
        limited.attempts = [AttemptSnapshot(number: 1, builder: .claude, usage: limited.usage)]
        limited.attempts[0].usage.models = [
            ModelUsage(model: "claude-haiku-5-5", inputTokens: 1, outputTokens: 1),
            ModelUsage(model: "claude-opus-5-5", inputTokens: 9, outputTokens: 1),
        ]
        let row = StatusTable.lines(run([limited]), now: now)[1]
        #expect(row == "  a  done  claude opus-5-5    16.0k  ~$0.16 of ~$0.50  Do a")
    }

    @Test func `a run that used nothing has cost nothing, and one without a price says so`() {
        #expect(StatusTable.headline(run([]), now: now).contains("0 tokens, ~$0.00,"))

        var unpriced = run([task("a", .done, tokens: 5)])
        unpriced.header.usage.microdollars = nil
        #expect(StatusTable.headline(unpriced, now: now).contains("5 tokens, $?,"))
    }

    @Test func `every phase has its words`() {
        let phases: [RunHeader.Phase] = [
            .planReview, .running, .draining, .stopping, .holding(.failed([])), .concluding, .over(.finished),
        ]
        let words = phases.map {
            StatusTable.headline(run([], $0), now: now).dropFirst("payments-v2: ".count).prefix { $0 != "," }
        }

        #expect(
            words == [
                "the plan waits for approval", "running", "draining", "stopping", "holding", "concluding", "finished",
            ]
        )
    }

    @Test func `colour changes no column`() {
        let snapshot = run([task("a", .failed, detail: "x"), task("b", .done, detail: "y")])
        let colored = StatusTable.lines(snapshot, now: now, style: .colored)

        let stripped = colored.map { line in
            line.split(separator: "\u{1B}", omittingEmptySubsequences: false).enumerated()
                .map { $0.offset == 0 ? $0.element[...] : $0.element.drop { $0 != "m" }.dropFirst() }.joined()
        }
        #expect(stripped == StatusTable.lines(snapshot, now: now))
        #expect(colored[1].contains("\u{1B}[31mfailed\u{1B}[0m"))
    }

    @Test func `a long line is cut and nobody's text breaks it`() {
        let snapshot = run([task("a\u{1B}[2J", .failed, detail: String(repeating: "x\n", count: 500))])

        for line in StatusTable.lines(snapshot, now: now) {
            #expect(line.count <= StatusTable.columns)
            #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        }
    }
}

@Suite struct RunSummaryTests {
    @Test func `a finished run says what it did, what it cost and how to land it`() {
        var snapshot = run([task("a", .done, tokens: 48_200), task("b", .skipped)], .over(.finished))
        snapshot.header.ended = Timestamp(milliseconds: 61_000)
        snapshot.header.logPath = "/tmp/events.log"

        #expect(
            RunSummary.lines(snapshot, outcome: .finished, now: now) == [
                "payments-v2: finished: every task is done",
                "  tasks    1 done, 1 skipped",
                "  time     1m01",
                "  cost     48.2k tokens, ~$0.48",
                "           48.2k in, 0 out",
                "           ~$ are estimates at list prices; a subscription is not billed by them",
                "  burn     47.4k tokens, ~$0.47 a minute on average",
                "  branch   stretto/payments-v2",
                "  log      /tmp/events.log",
                "  next     'stretto land' brings the branch into yours",
            ]
        )
    }

    @Test func `a failed run names each task with its reason`() {
        let snapshot = run([
            task("a", .done), task("b", .failed, failures: ["exit code 1", "check 'test' failed"]),
            task("c", .blocked, detail: "b failed"),
        ])

        #expect(
            RunSummary.lines(snapshot, outcome: .failed([TaskID("b")]), now: now) == [
                "payments-v2: failed: 'b' has failed",
                "  tasks    1 done, 1 blocked, 1 failed",
                "  failed   b: check 'test' failed (2 attempts)",
                "  blocked  c: b failed",
                "  time     16m40",
                "  cost     0 tokens, ~$0.00",
                "  branch   stretto/payments-v2",
                "  next     'stretto log b' shows why; 'stretto run plans/payments.yaml' tries again; 'stretto land' takes what is done",
            ]
        )
    }

    @Test(
        arguments: [
            (nil, "payments-v2: the run goes on without this window", "attach"),
            (
                .stuck("a waits for b, b waits for a"), "payments-v2: stuck: a waits for b, b waits for a",
                "mend the plan"
            ),
            (
                .overBudget("the budget of ~$0.10 is spent"), "payments-v2: budget: the budget of ~$0.10 is spent",
                "--budget-usd"
            ),
            (.stopped, "payments-v2: stopped on request; `stretto resume` goes on", "resume"),
            (.needsHuman([TaskID("a")]), "payments-v2: waiting: 'a' waits for a person: `stretto resume`", "resume"),
            (.needsHuman([]), "payments-v2: waiting: the plan waits for approval", "resume"),
            (.broken("the disk is full"), "payments-v2: broken: the disk is full", "doctor"),
            (.failed(["a", "b"].map { TaskID($0) }), "payments-v2: failed: 'a', 'b' have failed", "log a"),
        ] as [(Outcome?, String, String)]
    )
    func `every outcome has its sentence and a next step`(outcome: Outcome?, sentence: String, step: String) {
        let lines = RunSummary.lines(run([task("a", .waiting)]), outcome: outcome, now: now)

        #expect(lines.first == sentence)
        #expect(lines.last?.contains(step) == true)
    }

    @Test(arguments: 0..<100)
    func `a summary never takes more than its lines and columns`(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let tasks = (0..<Int.random(in: 0...60, using: &random)).map { number in
            task(
                String(repeating: "\(number)\n", count: Int.random(in: 1...90, using: &random)),
                TaskState.allCases.randomElement(using: &random) ?? .done,
                detail: String(repeating: "d\u{1B}", count: Int.random(in: 0...300, using: &random)),
                failures: (0..<Int.random(in: 0...3, using: &random)).map { "failure \($0)" }
            )
        }
        var snapshot = run(tasks)
        snapshot.header.fault = "impossible"
        snapshot.header.logPath = "/tmp/log"
        let outcomes: [Outcome?] = [nil, .finished, .failed(tasks.map(\.id)), .stuck("x"), .stopped]

        for outcome in outcomes {
            let lines = RunSummary.lines(snapshot, outcome: outcome, now: now)
            #expect(lines.count <= RunSummary.linesMax)
            #expect(lines.allSatisfy { $0.count <= RunSummary.columns })
            #expect(lines.last?.contains("  next") == true)
            #expect(lines.joined().unicodeScalars.allSatisfy { $0.value >= 0x20 })
        }
    }
}

@Suite struct ReadyListTests {
    private static func task(
        _ id: String,
        _ name: String,
        _ builder: BuilderName,
        _ model: String? = nil,
        _ choice: String? = nil
    ) -> TaskSnapshot {
        TaskSnapshot(
            id: TaskID(id),
            name: name,
            section: "S",
            state: .ready,
            builder: builder,
            model: model,
            choice: choice,
            changed: Timestamp(milliseconds: 0)
        )
    }

    @Test func `ready tasks stand with who would do them and why, in the order given`() {
        let tasks = [
            Self.task("1.10", "Migrate", .claude, "opus", "its role is 'coder'"), Self.task("2", "Build", .command),
            Self.task("3", "Parse", .codex, nil, "parsers are its own\u{1B}"),
        ]

        #expect(
            ReadyList.lines(tasks) == [
                "1.10  Migrate (claude with opus: its role is 'coder')", "2     Build (command)",
                "3     Parse (codex: parsers are its own?)",
            ]
        )
        #expect(ReadyList.lines([]) == ["no task is ready"])
    }
}
