import FoundationEssentials
import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@testable import StrettoBuilders

/// The real `claude` with a model of our own behind it; skipped where there is no `claude`.
@Suite(.timeLimit(.minutes(2))) struct ClaudeAgentTests {
    /// The program that `STRETTO_CLAUDE` names, else the one on `PATH`.
    static let claude: String? = {
        let environment = Environment.current()
        if let named = environment["STRETTO_CLAUDE"] { return LocalFiles.isExecutable(named) ? named : nil }
        return BuilderTools.path(of: "claude", environment: environment)
    }()

    private static let support: String = {
        let folders = #filePath.split(separator: "/").dropLast(2)
        return "/" + folders.joined(separator: "/") + "/Support"
    }()

    private static func scenario(worktree: String) -> String {
        #"""
        {"scripts": [{"name": "greeting", "match": "Write a greeting", "turns": [
          {"text": "I will write it.", "tools": [{"write": "\#(worktree)/hello.txt", "content": "hello\n"}]},
          {"text": "Is it there?", "tools": [{"run": "python3 -c 'print(1)'"}]},
          {"tools": [{"write": "\#(worktree)/.stretto-attempt/report.json",
            "content": "{\"status\": \"completed\", \"task_id\": \"1.10\", \"message\": \"Said hello.\", \"debt\": [\"no tests\"]}"}]},
          "All done."]}]}
        """#
    }

    /// What a client of the scripted model needs, and nothing that would reach the network.
    private static func environment(bench: TemporaryDirectory, server: String) -> [String: String] {
        [
            "PATH": bench.appending("bin") + ":" + (Environment.current()["PATH"] ?? "/usr/bin:/bin"),
            "HOME": bench.appending("home"),
            "ANTHROPIC_BASE_URL": server,
            "ANTHROPIC_API_KEY": "dummy",
            "IS_SANDBOX": "1",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_TELEMETRY": "1",
            "DISABLE_AUTOUPDATER": "1",
            "DISABLE_ERROR_REPORTING": "1",
        ]
    }

    @Test(.enabled(if: claude != nil, "claude is not on PATH; name it in STRETTO_CLAUDE to run this"))
    func `the real claude does a task under a keeper and is judged by what it did`() async throws {
        let claude = try #require(Self.claude)
        let home = try TemporaryDirectory(named: "claude ü")
        for name in ["bin", "home"] {
            try FileManager.default.createDirectory(atPath: home.appending(name), withIntermediateDirectories: true)
        }
        try FileManager.default.createSymbolicLink(
            atPath: home.appending("bin/claude"),
            withDestinationPath: claude
        )
        let scenario = Self.scenario(worktree: AgentBench.worktree(in: home))
        try Data(scenario.utf8).write(to: URL(filePath: home.appending("scenario.json")))

        try await withScriptedModel(in: home) { server in
            let bench = try AgentBench(in: home, environment: Self.environment(bench: home, server: server))
            let exit = await bench.run(order(worktree: bench.worktree))

            #expect(exit.status == .code(0))
            #expect(exit.verdict == .completed(evidence: false))
            #expect(exit.report?.debt == ["no tests"])
            #expect(exit.report?.message.hasPrefix("Said hello.\ndenied: Bash:") == true)
            #expect(try bench.text("hello.txt") == "hello\n")
            #expect(exit.usage.turns == 4)
            #expect(exit.usage.inputTokens > 10_000)
            #expect(try #require(exit.usage.microdollars) > 0)
            #expect(exit.strayCount == 0)
            #expect(bench.progress.count >= 2)
            if case .started(let process) = bench.progress.first {
                #expect(process.sessionID?.count == 36)
            } else {
                Issue.record("the start was not told first")
            }
        }
    }

    /// Runs the model server while `body` does, on a port of its own.
    private func withScriptedModel(
        in place: TemporaryDirectory,
        _ body: @escaping @Sendable (_ server: String) async throws -> Void
    ) async throws {
        let greeting = place.appending("greeting")
        #expect(mkfifo(greeting, 0o600) == 0)
        let command = ProcessCommand(
            arguments: [
                "/bin/sh", "-c", "exec python3 \"$1\" --scenario \"$2\" > \"$3\"", "sh",
                Self.support + "/scripted_model.py", place.appending("scenario.json"), greeting,
            ],
            environment: Environment.current()
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await ChildProcess.run(command) }
            // Opening a named pipe for reading waits for its writer, so another program does it.
            let line = try await ChildProcess.run(
                ProcessCommand(arguments: ["head", "-n", "1", greeting], environment: Environment.current())
            )
            let server = try #require(JSONParser.parse(line.output)["base_url"]?.string)
            try await body(server)
            group.cancelAll()
        }
    }
}
