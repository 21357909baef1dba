import StrettoCore

/// Events and runs for the tests: every kind of event at least once.
enum Samples {
    static let run = RunID("demo-1")
    static let attempt = AttemptID(task: TaskID("1.10"), number: 2)

    static func spec(_ run: RunID = run) -> RunSpec {
        RunSpec(
            id: run,
            plan: Plan(
                name: "Größe \u{1F3B5} \"quoted\" \\ /",
                sections: [
                    PlanSection(
                        id: "1",
                        name: "One",
                        tasks: [
                            PlanTask(
                                id: attempt.task,
                                name: "write",
                                checks: [Check(name: "true", command: "true", timeout: .milliseconds(1500))],
                                environment: [EnvironmentVariable(name: "A", value: "line\nbreak\u{0}")]
                            )
                        ]
                    )
                ]
            ),
            planPath: "plans/demo plan.yaml",
            base: CommitID("0123456789012345678901234567890123456789"),
            workers: 3,
            gates: .careful,
            scope: .only([attempt.task])
        )
    }

    static let checks = [
        CheckResult(name: "unit", status: .signal(9), duration: .microseconds(1_234_567), output: "\u{1B}[31mred")
    ]

    static let contribution = Contribution(
        base: CommitID("aa"),
        commit: CommitID("bb"),
        tree: TreeID("cc"),
        changes: [PathChange(path: "a b/ü.txt", kind: .modified, added: 1, removed: 2)],
        findings: ["deleted x"]
    )

    static let events: [Event] = [
        .opened(spec()),
        .recovered,
        .planRevised(spec().plan),
        .prepared(attempt, Worktree(path: "/w", base: CommitID("aa"))),
        .prepareFailed(attempt, Trouble("index.lock is held", isPassing: true)),
        .started(attempt, AgentProcess(pid: 42, outputPath: "/o", errorPath: "/e", sessionID: "s")),
        .usageReported(attempt, Usage(inputTokens: 1, outputTokens: 2, cachedTokens: 3, microdollars: 4, turns: 5)),
        .exited(
            attempt,
            AgentExit(
                status: .code(0),
                verdict: .completed(evidence: false),
                report: Report(status: .noChange, decisions: [.init(decision: "d", reason: "r")]),
                strayCount: 1
            )
        ),
        .collected(attempt, contribution, checks),
        .collectFailed(attempt, Trouble("no")),
        .merged(attempt, MergeReceipt(commit: CommitID("dd"), tree: TreeID("ee"), changed: true)),
        .conflicted(attempt, MergeConflict(head: CommitID("ff"), paths: ["p"], failedChecks: checks, detail: "text")),
        .mergeHeld(attempt, "checked out"),
        .disposed(attempt, .setAside(path: "/w", reason: "LFS")),
        .timerFired(.timeout(attempt)),
        .concluded(nil),
        .concluded(Trouble("HANDOFF.md")),
        .planApproved,
        .approved(attempt, TreeID("cc")),
        .changesRequested(attempt, "shorter"),
        .recheckRequested(attempt),
        .skipped(attempt.task, reason: "not now"),
        .retried(attempt.task, note: ""),
        .taskStopped(attempt.task),
        .messaged(attempt.task, text: "the header"),
        .taskAdded(
            TaskAddition(PlanTask(id: TaskID("n"), name: "New", isAdded: true), section: "s", before: [attempt.task])
        ),
        .runStopped(.now),
        .runResumed,
        .attendanceEnded,
        .restarted,
        .troubleReported(
            attempt,
            ProviderTrouble(
                .usageLimit,
                provider: ProviderName("anthropic"),
                resets: Timestamp(milliseconds: 1_700_000_099_000)
            )
        ),
        .adjusted(workers: 2, gates: .careful, budget: Budget(tokens: 5), escalation: Escalation()),
        .attendanceBegan(holdsOnFailure: true),
    ]

    /// All sample events as the entries of one run.
    static let entries = entries(events)

    static func entries(_ events: [Event], from first: Int = 1) -> [JournalEntry] {
        events.enumerated().map { offset, event in
            JournalEntry(
                sequence: first + offset,
                time: Timestamp(milliseconds: 1_700_000_000_000 + Int64(offset)),
                event: event
            )
        }
    }

    /// An entry of about 200 bytes.
    static func small(_ sequence: Int) -> JournalEntry {
        entries([.usageReported(attempt, Usage(inputTokens: sequence, outputTokens: 2))], from: sequence)[0]
    }
}
