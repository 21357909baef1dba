import StrettoCore
import Testing

@testable import StrettoPlanFile

/// Every key that plans use, and what it becomes.
@Suite struct PlanKeysTests {
    @Test func `a plan in the older style reads as it is`() throws {
        let plan = try plan(
            """
            # A comment at the top.
            meta:
              name: 'Feature: Ledger'
              description: Text that wraps
                over two lines.
              plan_doc: docs/plans/2026-01-01-ledger-design.md
              created: 2026-01-01
              max_attempts_default: 4
              backoff_base: 2
              backoff_max: 60
              circuit_breaker_threshold: 3
              circuit_breaker_reset_timeout: 300
              notification_email: someone@example.com
              source_item: docs/feature-backlog/03-ledger.md
              validation:
                enabled: true
                run_after:
                - coder
                validators:
                - validator
                max_validation_attempts: 2
              model_escalation:
                enabled: true
                escalate_after: 2
              status: pending
            sections:
            - id: phase-1
              name: Phase 1 - Setup
              status: completed
              tasks:
              - id: '1.1'
                name: First
                agent: coder
                status: completed
                description: 'Write the ledger.

                  Files: src/ledger.ts

                  '
                attempts: 1
                last_attempt: '2026-02-26T00:38:27.491518'
                model_used: sonnet
                completed_at: '2026-02-26T00:39:30.798949'
                result_message: 'Done: all tests pass.'
            - id: phase-2
              name: Phase 2 - Build
              tasks:
              - id: '2.1'
                name: Second
                description: |
                  Build it.
                  Files: src/build.ts
                parallel_group: phase-2
                max_attempts: 5
                target_acs: [AC1, AC2]
                exclusive_resources:
                - database
                depends_on:
                - '1.1'
            """
        )

        #expect(plan.name == "Feature: Ledger")
        #expect(plan.settings.planDocument == "docs/plans/2026-01-01-ledger-design.md")
        #expect(plan.settings.attemptsMax == 4)
        #expect(plan.settings.backoffBase == .seconds(2))
        #expect(plan.settings.backoffMax == .seconds(60))
        let first = PlanTask(
            id: TaskID("1.1"),
            name: "First",
            description: "Write the ledger.\nFiles: src/ledger.ts\n",
            status: .completed,
            role: "coder"
        )
        let second = PlanTask(
            id: TaskID("2.1"),
            name: "Second",
            description: "Build it.\nFiles: src/build.ts\n",
            dependencies: [TaskID("1.1")],
            parallelGroup: "phase-2",
            resources: ["database"],
            attemptsMax: 5
        )
        #expect(
            plan.sections == [
                PlanSection(id: "phase-1", name: "Phase 1 - Setup", status: .completed, tasks: [first]),
                PlanSection(id: "phase-2", name: "Phase 2 - Build", tasks: [second]),
            ]
        )
    }

    @Test(arguments: ["1.10", "010", "yes", "1e3", "1:30", "2024-01-02", "0x1F", "No", "a b", "größe", ".5", "1_000"])
    func `an id is its text, quoted or not`(id: String) throws {
        for written in [id, "'\(id)'", "\"\(id)\""] {
            let plan = try plan("sections:\n- id: s\n  tasks:\n  - {id: \(written), name: x}\n")
            #expect(plan.tasks.map(\.id.text) == [id])
        }
    }

    @Test func `dependencies come from any of three keys, each once, as a list or a single text`() throws {
        let plan = try plan(
            """
            sections:
            - id: s
              tasks:
              - {id: a, name: A}
              - {id: b, name: B, depends_on: a}
              - {id: c, name: C, dependencies: [b, a]}
              - {id: d, name: D, dependsOn: [a], depends_on: [c, a], dependencies: b}
              - {id: e, name: E, depends_on: , dependencies: [], dependsOn: ~}
            """
        )

        #expect(plan.tasks.map { $0.dependencies.map(\.text) } == [[], ["a"], ["b", "a"], ["c", "a", "b"], []])
    }

    @Test func `resources come from both keys`() throws {
        let task = try task("exclusive_resources: [db, port]\nexclusive_resource: db")

        #expect(task.resources == ["db", "port"])
    }

    @Test(arguments: PlanStatus.allCases)
    func `every status of real plans reads`(status: PlanStatus) throws {
        #expect(try task("status: \(status.rawValue)").status == status)
    }

    @Test func `the typo complete counts as completed and is warned about`() throws {
        let reading = read(taskText("status: complete"))

        #expect(reading.plan?.tasks.first?.status == .completed)
        #expect(lines(reading) == ["warning 6:13: 'status' of task 't' is read as 'completed': write 'completed'"])
    }

    @Test func `the keys of a task's own format read`() throws {
        let task = try task(
            """
            command: make all
            checks:
            - make test
            - {name: lint, run: make lint, timeout: 90s}
            - command: make docs
            review: human
            files: [src/*.c, docs/guide.md]
            env: {LEVEL: 2, EMPTY: , NAME: "a b"}
            timeout: 1h30m
            budget_usd: 2.50
            priority: -3
            model: opus
            """
        )

        #expect(
            task
                == PlanTask(
                    id: TaskID("t"),
                    name: "Task",
                    builder: .command,
                    model: "opus",
                    command: "make all",
                    checks: [
                        Check(name: "make test", command: "make test"),
                        Check(name: "lint", command: "make lint", timeout: .seconds(90)),
                        Check(name: "make docs", command: "make docs"),
                    ],
                    review: .human,
                    files: ["src/*.c", "docs/guide.md"],
                    environment: [
                        EnvironmentVariable(name: "LEVEL", value: "2"),
                        EnvironmentVariable(name: "EMPTY", value: ""),
                        EnvironmentVariable(name: "NAME", value: "a b"),
                    ],
                    timeout: .seconds(5400),
                    budgetMicrodollars: 2_500_000,
                    priority: -3
                )
        )
    }

    @Test func `the settings of a run read`() throws {
        let settings = try settings(
            """
            workers: 8
            base: main
            preset: careful
            gates: {plan: auto, unattended: auto}
            builder: claude
            model: sonnet
            permissions: full
            setup: make deps
            copy: [.env, .claude/settings.local.json]
            checks: [make test]
            timeout: 900
            budget: {usd: 12.5, tokens: 2_000_000}
            """
        )

        #expect(
            settings
                == PlanSettings(
                    workers: 8,
                    base: "main",
                    gates: Gates(plan: .auto, task: .human, unattended: .auto),
                    builder: .claude,
                    model: "sonnet",
                    permissions: .full,
                    setup: ["make deps"],
                    copy: [".env", ".claude/settings.local.json"],
                    checks: [Check(name: "make test", command: "make test")],
                    timeout: .seconds(900),
                    budget: Budget(microdollars: 12_500_000, tokens: 2_000_000)
                )
        )
    }

    @Test func `a plan that says nothing gets claude and the defaults`() throws {
        #expect(try plan("sections: [{id: s, tasks: [{id: t, name: x}]}]").settings == PlanSettings())
    }

    @Test(arguments: [
        ("preset: careful", Gates.careful), ("preset: normal", .normal), ("preset: unattended", .none),
        ("gates: {merge: human}", Gates(task: .human)), ("gates: {section: auto, task: auto}", .normal),
        ("preset: careful\ngates: {task: auto}", Gates(plan: .human)),
    ])
    func `gates beat the preset, and asking before a merge is asking after a task`(lines: String, gates: Gates) throws {
        #expect(try settings(lines).gates == gates)
    }

    @Test(arguments: [
        ("budget: {quota_ceiling_usd: 100, max_quota_percent: 80}", 80_000_000),
        ("budget: {quota_ceiling_usd: 100, max_quota_percent: 80, reserved_budget_usd: 30}", 70_000_000),
        ("budget: {quota_ceiling_usd: 100, reserved_budget_usd: 0}", 100_000_000),
        ("budget: {quota_ceiling_usd: 0, max_quota_percent: 80}", nil),
        ("budget: {quota_ceiling_usd: 0.1}", 100_000),
        ("budget_limit_usd: 3\nbudget: {usd: 2, quota_ceiling_usd: 9}", 2_000_000),
        ("budget_limit_usd: 0", nil),
    ])
    func `the strictest of the limits on money holds, and 0 is off`(lines: String, microdollars: Int?) throws {
        #expect(try settings(lines).budget == Budget(microdollars: microdollars))
    }

    @Test func `a plan of tasks without sections reads as one section, as JSON plans are written`() throws {
        let plan = try plan(
            """
            {"issue_id": "ISSUE-7", "complexity": "medium", "tasks": [
              {"id": 1, "description": "Find the cause.\\nThen stop.", "agent": "coder", "dependencies": []},
              {"id": 2, "description": "Mend it", "agent": "coder", "dependencies": [1]}
            ]}
            """
        )

        #expect(plan.name == "ISSUE-7")
        #expect(plan.sections.count == 1)
        #expect(plan.tasks.map(\.name) == ["Find the cause.", "Mend it"])
        #expect(plan.tasks.map(\.id.text) == ["1", "2"])
        #expect(plan.tasks.last?.dependencies == [TaskID("1")])
    }

    @Test func `anchors, aliases and merge keys read as if written out`() throws {
        let plan = try plan(
            """
            meta:
              checks: &checks [make test]
            sections:
            - id: s
              tasks:
              - &first {id: a, name: A, agent: coder, checks: *checks}
              - {<<: *first, id: b, name: B}
              - {<<: [{name: C, agent: tester}, *first], id: c}
            """
        )

        #expect(plan.tasks.map(\.name) == ["A", "B", "C"])
        #expect(plan.tasks.map(\.role) == ["coder", "coder", "tester"])
        #expect(plan.tasks.map { $0.checks.map(\.command) } == [["make test"], ["make test"], ["make test"]])
    }

    @Test func `an environment is inherited whole, strictly, or by name`() throws {
        #expect(try settings("workers: 2").passed == nil)
        #expect(try settings("environment: inherit").passed == nil)
        #expect(try settings("environment: strict").passed == [])
        #expect(try settings("environment: [CARGO_HOME, npm_config_*]").passed == ["CARGO_HOME", "npm_config_*"])
        let fix = "write strict, inherit, or the names that tasks need besides: [CARGO_HOME, npm_config_*]"
        #expect(
            lines(read(metaText("environment: stict"))) == [
                "2:16: 'environment' of meta is neither 'strict' nor 'inherit' nor a list: \(fix)"
            ]
        )
        #expect(
            lines(read(metaText("environment: [A=b]"))) == [
                "2:17: 'A=b' of 'environment' of meta cannot name a variable: \(fix)"
            ]
        )
    }

    @Test func `a byte-order mark and CR LF line ends change nothing but a warning`() throws {
        let text = taskText("depends_on: []\nmodel: opus").split(separator: "\n").joined(separator: "\r\n")
        let reading = read("\u{FEFF}" + text)

        #expect(reading.plan == read(text).plan)
        #expect(reading.plan != nil)
        #expect(lines(reading) == ["warning 1:1: the file begins with a byte-order mark: save it as plain UTF-8"])
    }

    @Test func `a name of several lines becomes one line, a description keeps every byte`() throws {
        let plan = try plan(
            "sections: [{id: s, tasks: [{id: t, name: \" two\\n lines \\u001b[31m\", description: \" a\\n\\n b \"}]}]"
        )

        #expect(plan.tasks.map(\.name) == ["two lines [31m"])
        #expect(plan.tasks.map(\.description) == [" a\n\n b "])
    }
}
