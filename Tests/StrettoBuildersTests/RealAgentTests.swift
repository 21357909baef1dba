import FoundationEssentials
import Glibc
import StrettoCore
import StrettoProcess
import Synchronization
import TestSupport
import Testing

@testable import StrettoBuilders

/// What the real programs do when the service behind them has its bad days; skipped where they are not installed.
@Suite(.serialized, .timeLimit(.minutes(3))) struct RealAgentTests {
    private static func scenario(_ turn: String) -> String {
        #"{"scripts": [{"name": "task", "match": "Write a greeting", "turns": [\#(turn), "All done."]}]}"#
    }

    private static func fault(_ fault: String) -> String {
        scenario(#"{"text": "x", "faults": [{\#(fault), "times": "forever"}]}"#)
    }

    // MARK: Claude Code

    @Test(
        .enabled(if: RealAgent.claude != nil, "claude is not on PATH; name it in STRETTO_CLAUDE to run this"),
        arguments: [
            (#""status": 429, "message": "slow down""#, ProviderTrouble.Kind.rateLimited),
            (#""status": 401, "message": "invalid x-api-key""#, .refusedLogin),
            (#""status": 529, "message": "Overloaded""#, .overloaded),
            (#""status": 400, "message": "Your credit balance is too low to access the Anthropic API.""#, .noCredit),
        ]
    )
    func `the real claude's failures are what the service did, and not the task's`(
        fault: String,
        kind: ProviderTrouble.Kind
    ) async throws {
        let place = try TemporaryDirectory(named: "claude fault")
        try await RealAgent.withModel(
            of: .claude,
            in: place,
            scenario: Self.fault(fault),
            variables: ["CLAUDE_CODE_MAX_RETRIES": "1"]
        ) { bench in
            let exit = await bench.run(order(worktree: bench.worktree))

            #expect(exit.trouble?.kind == kind, "\(exit)")
            #expect(exit.trouble?.isBlameless == true)
            #expect(exit.usage.tokens == 0)
        }
    }

    @Test(.enabled(if: RealAgent.claude != nil, "claude is not on PATH; name it in STRETTO_CLAUDE to run this"))
    func `the real claude's usage limit comes with the instant of its reset`() async throws {
        let reset: Int64 = 4_102_444_800
        let place = try TemporaryDirectory(named: "claude limit")
        let headers = #"""
            {"anthropic-ratelimit-unified-status": "rejected", "anthropic-ratelimit-unified-reset": "\#(reset)",
             "anthropic-ratelimit-unified-representative-claim": "five_hour",
             "anthropic-ratelimit-unified-5h-status": "rejected", "anthropic-ratelimit-unified-5h-reset": "\#(reset)",
             "anthropic-ratelimit-unified-5h-utilization": "1.0"}
            """#
        try await RealAgent.withModel(
            of: .claude,
            in: place,
            scenario: Self.fault(#""status": 429, "message": "limit", "headers": \#(headers)"#),
            variables: ["ANTHROPIC_API_KEY": nil, "CLAUDE_CODE_OAUTH_TOKEN": "sk-ant-" + "oat01-dummy"]
        ) { bench in
            let exit = await bench.run(order(worktree: bench.worktree))

            #expect(exit.trouble?.kind == .usageLimit, "\(exit)")
            #expect(exit.trouble?.resets == Timestamp(milliseconds: reset * 1000))
            #expect(exit.trouble?.provider == ProviderName("anthropic"))
        }
    }

    @Test(.enabled(if: RealAgent.claude != nil, "claude is not on PATH; name it in STRETTO_CLAUDE to run this"))
    func `the real claude, ended in a command, goes on in another worktree and is paid once`() async throws {
        let (ended, resumed) = try await goesOn(.claude)

        #expect((1...2).contains(resumed.turns))
        #expect(resumed.inputTokens > 5000)
        #expect(resumed.inputTokens < ended.inputTokens * 5 / 2)
    }

    @Test(.enabled(if: RealAgent.codex != nil, "codex is not on PATH; name it in STRETTO_CODEX to run this"))
    func `the real codex, ended in a command, goes on in another worktree and is paid once`() async throws {
        let (ended, resumed) = try await goesOn(.codex)

        // What it used before it was ended it tells only with the next turn.
        #expect(ended.isEstimate)
        #expect(resumed.inputTokens > 5000)
        #expect(!resumed.isEstimate)
    }

    /// Ends the agent while its command runs, and has another process go on with its session.
    private func goesOn(_ builder: BuilderName) async throws -> (ended: Usage, resumed: Usage) {
        let place = try TemporaryDirectory(named: "\(builder) resume")
        // The resumed session has the command run once more: only the first time it takes long.
        let flag = place.appending("flag")
        let news = place.appending("news")
        try #require(mkfifo(news, 0o600) == 0)
        let command = "mkdir '\(flag)' && echo began > '\(news)' && python3 -c 'import time; time.sleep(600)'; true"
        let turn = """
            {"text": "First.", "tools": [{"run": "\(command)"}]}
            """
        let usages = Mutex<(Usage, Usage)>((.zero, .zero))
        try await RealAgent.withModel(of: builder, in: place, scenario: Self.scenario(turn)) { bench in
            let first = order(builder: builder, permissions: .full, worktree: bench.worktree)
            let agents = bench.agents
            let ended = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Ended any earlier, it would have the command run for the first time after its resumption.
                    try await RealAgent.hear(news)
                    await agents.terminate(first.attempt)
                }
                let exit = await bench.run(first)
                try await group.waitForAll()
                return exit
            }
            guard case .interrupted = ended.verdict else {
                Issue.record("an attempt that we ended counts as \(ended.verdict)")
                return
            }
            let session = try #require(ended.sessionID)
            let other = place.appending("other worktree")
            try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
            var second = order(number: 2, builder: builder, permissions: .full, worktree: other)
            second.resumes = ResumedSession(id: session, usage: ended.usage)

            let resumed = await bench.run(second)

            #expect(resumed.verdict == .completed(evidence: false), "\(resumed)")
            #expect(resumed.sessionID == session)
            usages.withLock { $0 = (ended.usage, resumed.usage) }
        }
        return usages.withLock { $0 }
    }

    @Test(.enabled(if: RealAgent.claude != nil, "claude is not on PATH; name it in STRETTO_CLAUDE to run this"))
    func `a session that the real claude does not have is no fault of the task's`() async throws {
        try await losesSession(.claude)
    }

    @Test(.enabled(if: RealAgent.codex != nil, "codex is not on PATH; name it in STRETTO_CODEX to run this"))
    func `a session that the real codex does not have is no fault of the task's`() async throws {
        try await losesSession(.codex)
    }

    private func losesSession(_ builder: BuilderName) async throws {
        let place = try TemporaryDirectory(named: "\(builder) lost")
        try await RealAgent.withModel(of: builder, in: place, scenario: Self.scenario(#""Hello.""#)) { bench in
            var order = order(builder: builder, permissions: .full, worktree: bench.worktree)
            order.resumes = ResumedSession(id: "01a1fb33-b4ba-7632-9162-70d29573069b", usage: .zero)

            let exit = await bench.run(order)

            #expect(exit.trouble?.kind == .sessionLost, "\(exit)")
            #expect(exit.trouble?.isBlameless == true)
            #expect(exit.sessionID == nil)
        }
    }

    // MARK: Codex

    @Test(.enabled(if: RealAgent.codex != nil, "codex is not on PATH; name it in STRETTO_CODEX to run this"))
    func `the real codex does a task under a keeper and is judged by what it did`() async throws {
        let place = try TemporaryDirectory(named: "codex ü")
        let turn = #"{"text": "I will write it.", "tools": [{"write": "hello.txt", "content": "hello\n"}]}"#
        try await RealAgent.withModel(of: .codex, in: place, scenario: Self.scenario(turn)) { bench in
            let exit = await bench.run(order(builder: .codex, permissions: .full, worktree: bench.worktree))

            #expect(exit.status == .code(0), "\(exit)")
            #expect(exit.verdict == .completed(evidence: false))
            let text = try bench.text("hello.txt")
            #expect(text == "hello\n")
            #expect(exit.usage.inputTokens > 5000)
            #expect(exit.usage.models.map(\.model) == ["gpt-5.5"], "it is in its session's file alone")
            #expect(!exit.usage.isEstimate)
            #expect(exit.strayCount == 0)
        }
    }

    @Test(
        .enabled(if: RealAgent.codex != nil, "codex is not on PATH; name it in STRETTO_CODEX to run this"),
        arguments: [
            (#""status": 429, "message": "slow down""#, ProviderTrouble.Kind.rateLimited),
            (#""status": 401, "message": "Incorrect API key provided""#, .refusedLogin),
            (#""status": 429, "type": "usage_limit_reached", "message": "limit""#, .usageLimit),
            (#""status": 429, "type": "insufficient_quota", "code": "insufficient_quota", "message": "x""#, .noCredit),
        ]
    )
    func `the real codex's failures are what the service did, and not the task's`(
        fault: String,
        kind: ProviderTrouble.Kind
    ) async throws {
        let place = try TemporaryDirectory(named: "codex fault")
        try await RealAgent.withModel(of: .codex, in: place, scenario: Self.fault(fault)) { bench in
            let exit = await bench.run(order(builder: .codex, permissions: .full, worktree: bench.worktree))

            #expect(exit.trouble?.kind == kind, "\(exit)")
            #expect(exit.trouble?.isBlameless == true)
        }
    }
}
