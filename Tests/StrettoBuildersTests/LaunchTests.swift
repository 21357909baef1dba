import FoundationEssentials
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@testable import StrettoBuilders

@Suite struct LaunchTests {
    private func launch(
        _ order: LaunchOrder,
        prompt: String = "# Do it",
        tools: [String] = [],
        model: String? = nil
    ) -> Launch {
        Launch(
            order: order,
            prompt: prompt,
            promptPath: "/w/.stretto-attempt/prompt.md",
            sessionID: "11111111-2222-8333-8444-555555555555",
            role: Role(name: "coder", tools: tools, model: model, body: "")
        )
    }

    @Test func `claude may edit by default, and use the tools that its role lists`() {
        let command = ClaudeBuilder().command(for: launch(order(), tools: ["Read", "Bash(make:*)"], model: "opus"))

        #expect(
            command.arguments == [
                "claude", "-p", "--output-format", "stream-json", "--verbose", "--session-id",
                "11111111-2222-8333-8444-555555555555", "--permission-mode", "acceptEdits",
                "--allowedTools=Read,Bash(make:*)", "--model", "opus",
            ]
        )
        #expect(command.defaults == [EnvironmentVariable(name: "CLAUDE_CODE_MAX_RETRIES", value: "3")])
    }

    @Test func `full permissions, the model and what it may cost reach claude`() {
        var order = order(task: PlanTask(id: TaskID("1"), name: "x"), model: "haiku", permissions: .full)
        order.allowanceMicrodollars = 1_250_000

        let arguments = ClaudeBuilder().command(for: launch(order, tools: ["Read"], model: "opus")).arguments
        #expect(
            arguments.suffix(5) == ["--dangerously-skip-permissions", "--model", "haiku", "--max-budget-usd", "1.25"]
        )
    }

    @Test(arguments: [BuilderName.claude, .codex], [String(repeating: "ü", count: 1 << 20), "--help", "do it"])
    func `a prompt of any length comes by standard input and never stands among the arguments`(
        name: BuilderName,
        prompt: String
    ) throws {
        var launch = launch(order(builder: name), prompt: prompt)
        for session in [nil, ResumedSession(id: "9", usage: .zero)] {
            launch.resumes = session
            let command = try name.builder.command(for: launch)
            #expect(command.input == prompt)
            #expect(!command.arguments.contains { $0.contains(prompt) })
        }
    }

    @Test func `a session that is resumed is named so, and no new one is begun`() {
        var launch = launch(order())
        launch.resumes = ResumedSession(id: "99999999-2222-4333-8444-555555555555", usage: .zero)

        let claude = ClaudeBuilder().command(for: launch)
        #expect(claude.arguments[5...6] == ["--resume", "99999999-2222-4333-8444-555555555555"])
        #expect(claude.sessionID == "99999999-2222-4333-8444-555555555555")
        let codex = CodexBuilder().command(for: launch)
        #expect(codex.arguments.suffix(3) == ["resume", "99999999-2222-4333-8444-555555555555", "-"])
    }

    @Test func `codex may write in its worktree and where git keeps a commit, and nowhere else of the repository`()
        throws
    {
        let place = try TemporaryDirectory(named: "codex git")
        let git = place.appending("main/.git")
        for name in ["objects", "refs", "hooks", "worktrees/1.10"] {
            try FileManager.default.createDirectory(atPath: git + "/" + name, withIntermediateDirectories: true)
        }
        let worktree = place.appending("wt")
        try FileManager.default.createDirectory(atPath: worktree, withIntermediateDirectories: true)
        try Data("gitdir: \(git)/worktrees/1.10\n".utf8).write(to: URL(filePath: worktree + "/.git"))
        try Data("../..\n".utf8).write(to: URL(filePath: git + "/worktrees/1.10/commondir"))

        let arguments = CodexBuilder().command(for: launch(order(builder: .codex, worktree: worktree))).arguments
        #expect(
            arguments == [
                "codex", "exec", "--json", "--sandbox", "workspace-write", "--add-dir", git + "/objects", "--add-dir",
                git + "/refs", "--add-dir", git + "/worktrees/1.10", "-",
            ]
        )
    }

    @Test func `full permissions and the task's model reach codex, the role's model does not`() {
        let order = order(builder: .codex, model: "gpt-5.5", permissions: .full)
        #expect(
            CodexBuilder().command(for: launch(order, model: "opus")).arguments == [
                "codex", "exec", "--json", "--dangerously-bypass-approvals-and-sandbox", "--model", "gpt-5.5", "-",
            ]
        )
    }

    @Test(arguments: [nil, "", " \n"]) func `a task without a command is refused and not called a success`(
        command: String?
    ) {
        let task = PlanTask(id: TaskID("7"), name: "x", command: command)

        #expect(
            throws: Trouble(
                "task 7 has the builder 'command' but no command: add `command:` or choose another builder"
            )
        ) {
            try CommandBuilder().command(for: launch(order(task: task, builder: .command)))
        }
    }

    @Test func `a command runs by the shell`() throws {
        let task = PlanTask(id: TaskID("1"), name: "x", command: "make test | tee log")

        let command = try CommandBuilder().command(for: launch(order(task: task, builder: .command)))
        #expect(command.arguments == ["/bin/sh", "-c", "make test | tee log"])
    }

    @Test(arguments: [
        (1_250_000, "1.25"), (500_000, "0.50"), (1, "0.000001"), (0, "0.00"), (12_000_000, "12.00"),
    ])
    func `money is written exactly`(microdollars: Int, text: String) {
        #expect(microdollars.dollarText == text)
    }

    @Test func `an environment is the user's without git's, other agents' and our own variables`() {
        let variables = AgentEnvironment.variables(
            inherited: [
                "PATH": "/bin", "GIT_DIR": "/x/.git", "CLAUDECODE": "1", "CLAUDE_CODE_OAUTH_TOKEN": "t",
                "STRETTO_ATTEMPT": "outer", "LANG": "C", "CLAUDE_CODE_MAX_RETRIES": "9",
            ],
            defaults: [
                EnvironmentVariable(name: "CLAUDE_CODE_MAX_RETRIES", value: "3"),
                EnvironmentVariable(name: "OTHER", value: "default"),
            ],
            task: [
                EnvironmentVariable(name: "LANG", value: "de"), EnvironmentVariable(name: "STRETTO_RUN", value: "evil"),
            ],
            ours: [EnvironmentVariable(name: "STRETTO_RUN", value: "demo")]
        )

        #expect(
            variables == [
                "PATH": "/bin", "CLAUDE_CODE_OAUTH_TOKEN": "t", "LANG": "de", "CLAUDE_CODE_MAX_RETRIES": "9",
                "OTHER": "default", "STRETTO_RUN": "demo",
            ]
        )
    }

    @Test(
        arguments: [
            (.claude, ["ANTHROPIC_API_KEY", "HOME", "PATH"]), (.codex, ["HOME", "OPENAI_API_KEY", "PATH"]),
            (.command, ["HOME", "PATH"]),
        ] as [(BuilderName, [String])]
    )
    func `with a strict environment agents inherit what they and their service need, and what the plan names`(
        builder: BuilderName,
        names: [String]
    ) {
        let inherited = [
            "PATH": "/bin", "HOME": "/h", "ANTHROPIC_API_KEY": "a", "OPENAI_API_KEY": "o", "AWS_PROFILE": "p",
            "AWS_SECRET_ACCESS_KEY": "s", "GIT_DIR": "x", "CLAUDECODE": "1",
        ]
        func variables(_ passed: [String]?) -> [String: String] {
            AgentEnvironment.variables(
                inherited: inherited,
                builder: builder,
                passed: passed,
                defaults: [],
                task: [EnvironmentVariable(name: "OWN", value: "1")],
                ours: []
            )
        }

        #expect(variables([]).keys.sorted() == (names + ["OWN"]).sorted())
        #expect(variables(["AWS_PROFILE"]).keys.sorted() == (names + ["OWN", "AWS_PROFILE"]).sorted())
        #expect(
            variables(["AWS_*"]).keys.sorted() == (names + ["OWN", "AWS_PROFILE", "AWS_SECRET_ACCESS_KEY"]).sorted()
        )
        #expect(variables(["GIT_DIR", "CLAUDECODE"]) == variables([]), "what speaks of others is never inherited")
        #expect(variables(nil).count == 7)
    }

    @Test func `a command with a key in it keeps that out of its argument list, and runs as it was written`()
        async throws
    {
        let key = "sk-ant-" + "api03-Zx9aBcdEFghijkl"
        let text = "printf '%s\\n' \"\(key)\" 'it''s' $0\ncat <<E\n${STRETTO_COMMAND-none} of it\nE"
        let command = ShellCommand(text, preface: "exec 2>&1")
        #expect(command.arguments.allSatisfy { !$0.contains(key) })
        let output = try await ChildProcess.run(
            ProcessCommand(
                arguments: command.arguments,
                environment: TaskEnvironment(command.variables).variables(inheriting: ["PATH": "/usr/bin:/bin"])
            )
        )
        #expect(String(decoding: output.output, as: UTF8.self) == "\(key)\nits\n/bin/sh\nnone of it\n")
        #expect(ShellCommand("make").arguments == ["/bin/sh", "-c", "make"] && ShellCommand("make").variables.isEmpty)
    }

    @Test(arguments: [
        ("1.10", "1.10"), ("a b/c", "a%20b%2fc"), ("..", "%2e."), (".x.lock", "%2ex.lock"), ("ü%", "%c3%bc%25"),
        ("", ""),
    ])
    func `a task's id is a safe file name`(id: String, name: String) {
        #expect(AttemptDirectory.encoded(id) == name)
        #expect(AttemptDirectory(root: "/r", attempt: AttemptID(task: TaskID(id), number: 2)).path == "/r/\(name).2")
    }

    @Test func `ids too long for a file name stay apart`() {
        let long = String(repeating: "x", count: 300)

        let names = [long + "1", long + "2"].map(AttemptDirectory.encoded)
        #expect(names[0] != names[1])
        #expect(names.allSatisfy { $0.utf8.count == 200 })
    }

    @Test func `a session's id is a UUID, the same for a repeat and another one for another attempt`() throws {
        let one = StableDigest.uuid(of: Array("/r/1.1 7".utf8))
        let two = StableDigest.uuid(of: Array("/r/1.2 7".utf8))

        #expect(one == StableDigest.uuid(of: Array("/r/1.1 7".utf8)))
        #expect(one != two)
        let shape = /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
        #expect(try shape.wholeMatch(in: one) != nil)
    }

    @Test(
        arguments: [
            (0, "1970-01-01 00:00 UTC"), (1_795_204_800_000, "2026-11-20 20:00 UTC"),
            (951_782_400_000, "2000-02-29 00:00 UTC"),
            (-1, "1969-12-31 23:59 UTC"), (4_102_444_799_999, "2099-12-31 23:59 UTC"),
        ] as [(Int64, String)]
    )
    func `times are written in universal time`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).utcText == text)
    }
}
