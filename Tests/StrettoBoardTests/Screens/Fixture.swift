import StrettoCore
import StrettoMarkdown

@testable import StrettoBoard

/// A run as the board's tests look at it: thirteen tasks in four sections, one of them in review.
enum Fixture {
    static let start = Timestamp(milliseconds: 1_800_000_000_000)
    static let now = start.advanced(by: .seconds(18 * 60 + 42))
    static let reviewTree = TreeID("a1b2c3d4e5f60718293a4b5c6d7e8f9001122334")
    static let base = CommitID("41c9e02a7b1d3f5e6a8c9b0d1e2f3a4b5c6d7e8f")

    static func snapshot(
        phase: RunHeader.Phase = .running,
        tasks: [TaskSnapshot] = tasks,
        fault: String? = nil,
        handoff: String = handoff
    ) -> RunSnapshot {
        var header = RunHeader(
            run: RunID("payments-v2-7"),
            planName: "payments-v2",
            planPath: "plans/payments.yaml",
            branch: "stretto/payments-v2-7",
            phase: phase,
            started: start,
            workers: 4,
            usage: Usage(inputTokens: 380_000, outputTokens: 32_000, microdollars: 3_420_000, turns: 71),
            budget: Budget(microdollars: 10_000_000, tokens: 1_000_000),
            fault: fault,
            logPath: "/state/stretto/runs/payments-v2-7/events.log"
        )
        if case .over = phase { header.ended = now }
        return RunSnapshot(header: header, tasks: tasks, handoff: handoff)
    }

    static func board(
        _ columns: Int = 80,
        _ rows: Int = 24,
        glyphs: Glyphs = .unicode,
        snapshot: RunSnapshot = snapshot()
    ) -> BoardState {
        var state = BoardState(
            snapshot: snapshot,
            glyphs: glyphs,
            size: Size(columns: columns, rows: rows),
            now: now,
            themes: Fixture.themes,
            reading: MarkdownReader.read
        )
        for task in snapshot.tasks {
            guard let process = task.shownAttempt?.process, let text = outputs[task.id.text] else { continue }
            let source = OutputStream.readable.source(of: process, builder: task.builder)
            state.hear(text, of: source)
        }
        _ = state.handle(.update(RunUpdate(header: snapshot.header, notices: notices)), at: now)
        return state
    }

    static let themes = ThemeChoices(
        Theme.builtInTexts.map { ThemeChoices.Choice(id: $0.id, theme: Theme.builtIn($0.id)) },
        current: ThemeChoices.dark,
        followsTerminal: true,
        configurationPath: "~/.config/stretto/stretto.yaml"
    )

    /// A board that waits for its first snapshot.
    static func emptyBoard() -> BoardState {
        BoardState(
            snapshot: nil,
            glyphs: .unicode,
            size: Size(columns: 80, rows: 24),
            now: start,
            themes: Fixture.themes,
            reading: MarkdownReader.read
        )
    }

    static let tasks: [TaskSnapshot] = [
        done("ledger-migration", "schema", minutes: 3, seconds: 12, microdollars: 310_000),
        done("seed-fixtures", "schema", minutes: 1, seconds: 4, microdollars: 170_000),
        done("refund-model", "api", minutes: 2, seconds: 40, microdollars: 290_000),
        done("idempotency-keys", "api", minutes: 4, seconds: 18, microdollars: 440_000),
        running("refund-endpoint", "api", worker: 2, seconds: 370, microdollars: 610_000),
        review,
        TaskSnapshot(
            id: TaskID("rate-limit"),
            name: "rate-limit",
            section: "api",
            description: "Limit refunds to ten a minute for each customer.",
            state: .waiting,
            detail: "after refund-endpoint",
            dependencies: [TaskID("refund-endpoint")],
            builder: .claude,
            changed: start
        ),
        running("export-cmd", "cli", worker: 3, seconds: 48, microdollars: 190_000),
        TaskSnapshot(
            id: TaskID("docs"),
            name: "docs",
            section: "cli",
            state: .waiting,
            detail: "after export-cmd",
            dependencies: [TaskID("export-cmd"), TaskID("webhooks")],
            builder: .claude,
            changed: start
        ),
        waiting("changelog", "release"), waiting("tag", "release"), waiting("announce", "release"),
        waiting("smoke-test", "release"),
    ]

    private static func done(
        _ name: String,
        _ section: String,
        minutes: Int,
        seconds: Int,
        microdollars: Int
    ) -> TaskSnapshot {
        TaskSnapshot(
            id: TaskID(name),
            name: name,
            section: section,
            state: .done,
            builder: .claude,
            changed: start.advanced(by: .seconds(300)),
            worked: .seconds(minutes * 60 + seconds),
            usage: Usage(inputTokens: 20_000, outputTokens: 3000, microdollars: microdollars, turns: 9)
        )
    }

    private static func running(
        _ name: String,
        _ section: String,
        worker: Int,
        seconds: Int,
        microdollars: Int
    ) -> TaskSnapshot {
        let began = now.advanced(by: .seconds(-seconds))
        return TaskSnapshot(
            id: TaskID(name),
            name: name,
            section: section,
            state: .running,
            builder: .claude,
            model: "sonnet",
            worker: worker,
            started: began,
            changed: began,
            usage: Usage(inputTokens: 44_000, outputTokens: 4200, microdollars: microdollars, turns: 12),
            attempts: [attempt(name)]
        )
    }

    private static func attempt(_ name: String) -> AttemptSnapshot {
        AttemptSnapshot(
            number: 1,
            worktree: Worktree(path: "/state/stretto/worktrees/\(name)", base: base),
            process: AgentProcess(
                pid: 4711,
                outputPath: "/state/stretto/runs/payments-v2-7/\(name)/output",
                errorPath: "/state/stretto/runs/payments-v2-7/\(name)/error"
            )
        )
    }

    private static func waiting(_ name: String, _ section: String) -> TaskSnapshot {
        TaskSnapshot(
            id: TaskID(name),
            name: name,
            section: section,
            state: .waiting,
            detail: "after docs",
            dependencies: [TaskID("docs")],
            changed: start
        )
    }

    static let review: TaskSnapshot = {
        var attempt = Fixture.attempt("webhooks")
        let report = Report(
            status: .completed,
            message: "Signature is verified before the body is parsed. Old events are rejected.",
            decisions: [.init(decision: "Compare in constant time", reason: "timing attacks")],
            questions: ["Is 5 minutes the right replay window?"]
        )
        attempt.exit = AgentExit(status: .code(0), verdict: .completed(evidence: false), report: report)
        attempt.contribution = Contribution(
            base: base,
            commit: CommitID("9f8e7d6c5b4a39281706f5e4d3c2b1a098765432"),
            tree: reviewTree,
            changes: [
                PathChange(path: "Sources/API/Webhook.swift", kind: .modified, added: 41, removed: 18),
                PathChange(path: "Sources/API/Clock.swift", kind: .added, added: 9, removed: 0),
                PathChange(path: "Tests/WebhookTests.swift", kind: .modified, added: 11, removed: 4),
            ],
            findings: ["It deleted Scripts/replay.sh, which is not among its declared files."]
        )
        attempt.checks = [
            CheckResult(name: "swift build", status: .code(0), duration: .seconds(41), output: ""),
            CheckResult(name: "swift test", status: .code(0), duration: .seconds(64), output: ""),
            CheckResult(name: "lint", status: .code(0), duration: .seconds(2), output: ""),
        ]
        return TaskSnapshot(
            id: TaskID("webhooks"),
            name: "webhooks",
            section: "api",
            state: .review,
            releases: [TaskID("docs")],
            builder: .claude,
            changed: now.advanced(by: .seconds(-130)),
            worked: .seconds(680),
            usage: Usage(inputTokens: 55_000, outputTokens: 6400, microdollars: 770_000, turns: 23),
            attempts: [attempt]
        )
    }()

    static let notices: [Notice] = [
        notice(700, .good, "refund-model", "merged", "2 files +64 -3 into the run"),
        notice(880, .info, "refund-endpoint", "retry", "1 of 2, tests failed"),
        notice(960, .good, "idempotency-keys", "merged", "4 files +122 -31 into the run"),
        notice(992, .attention, "webhooks", "review", "is waiting for you"),
        notice(1074, .info, "export-cmd", "running", "started on w3 with claude"),
    ]

    private static func notice(
        _ seconds: Int,
        _ level: Notice.Level,
        _ task: String,
        _ word: String,
        _ text: String
    ) -> Notice {
        Notice(time: start.advanced(by: .seconds(seconds)), level: level, task: TaskID(task), word: word, text: text)
    }
}
