import FoundationEssentials
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// Real agents that are cut off or turned away, through the whole program: nothing counts, nothing is lost, nothing is paid twice.
@Suite(.serialized, .timeLimit(.minutes(3))) struct RealAgentTroubleTests {
    // MARK: Cut off in a command

    /// Its first command never ends by itself; the same command is over at once when it is run again.
    private func isCutOff(
        _ agent: RealAgent,
        by cut: @escaping @Sendable (Scene, Session) async throws -> Void
    ) async throws {
        let outside = try TemporaryDirectory(named: "outside")
        let (begun, places) = (outside.appending("begun"), outside.appending("places"))
        let endless =
            "pwd >> '\(places)'; mkdir '\(begun)' && python3 -c 'import time; time.sleep(600)'; echo one > one.txt"
        try await RealAgent.play(
            RealAgent.scenario(RealAgent.poem("Write poem one", endless)),
            plan: agent.oneTask,
            variables: ["STRETTO_DEBUG_HASTE": "10"]
        ) { scene, server in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("the command", seen: { run.output }) {
                    FileManager.default.fileExists(atPath: begun)
                }
                try await cut(scene, run)
            }
            let run = ended.code == .code(0) ? nil : try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run?.status ?? ended.code == .code(0), "\(ended.output)\(run?.text ?? "")")
            #expect(try await scene.git("show", "stretto/scratch-1:one.txt") == "one")
            let requests = server.requests
            #expect(Set(requests.compactMap(\.session)).count == 1, "one conversation: \(requests)")
            let text = String(decoding: try Data(contentsOf: URL(filePath: places)), as: UTF8.self)
            #expect(Set(text.split(separator: "\n")).count == 2, "another worktree: \(text)")
            let status = try await StatusView.read(scene)
            #expect(status.tasks.first?.attempts.count == 2)
            #expect(status.tells(server, by: agent), "\(status.header.usage) of \(requests)")
            // The first attempt's input was told before it was cut off; by codex with its session.
            #expect(status.ledger.input > requests.last?.usage?.input_tokens ?? 0)
            try await scene.waitUntilDeserted()
        }
    }

    private func isInterrupted(_ agent: RealAgent) async throws {
        try await isCutOff(agent) { scene, run in
            let stop = try await scene.stretto("stop", "--now")
            #expect(stop.status == .code(0), "\(stop.text)")
            try await run.waitUntilOver()
        }
    }

    private func isKilled(_ agent: RealAgent) async throws {
        try await isCutOff(agent) { scene, run in
            let program = try #require(scene.processes().first { $0.name == agent.rawValue })
            try await scene.kill(program.pid)
            try await run.line("finished")
        }
    }

    @Test(.enabled(if: RealAgent.hasClaude, RealAgent.claudeReason))
    func `the real claude, stopped in a command, goes on with its session in another worktree`() async throws {
        try await isInterrupted(.claude)
    }

    @Test(.enabled(if: RealAgent.hasCodex, RealAgent.codexReason))
    func `the real codex, stopped in a command, goes on with its session in another worktree`() async throws {
        try await isInterrupted(.codex)
    }

    @Test(.enabled(if: RealAgent.hasClaude, RealAgent.claudeReason))
    func `the real claude, killed outright in a command, goes on with its session in another worktree`() async throws {
        try await isKilled(.claude)
    }

    @Test(.enabled(if: RealAgent.hasCodex, RealAgent.codexReason))
    func `the real codex, killed outright in a command, goes on with its session in another worktree`() async throws {
        try await isKilled(.codex)
    }

    // MARK: Turned away

    /// The service refuses once, and the task goes on when its provider has rested.
    private func isTurnedAway(_ agent: RealAgent, fault: String, saying sentence: String) async throws {
        let fault = #""faults": [{\#(fault), "times": 1}],"#
        try await RealAgent.play(
            RealAgent.scenario(RealAgent.poem("Write poem one", "echo one > one.txt", more: fault)),
            plan: agent.oneTask,
            // One retry of its own, and the service would have been too kind.
            variables: ["STRETTO_DEBUG_HASTE": "30", "CLAUDE_CODE_MAX_RETRIES": "0"]
        ) { scene, server in
            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(0), "\(run.text)")
            #expect(run.text.contains(sentence), "\(run.text)")
            #expect(run.text.contains("no attempt is counted"), "\(run.text)")
            #expect(try await scene.git("show", "stretto/scratch-1:one.txt") == "one")
            let status = try await StatusView.read(scene)
            #expect(status.ledger == server.sold(by: agent))
            #expect(!status.header.usage.isEstimate)
        }
    }

    private static let tooMany = #""status": 429, "message": "slow down""#

    @Test(.enabled(if: RealAgent.hasClaude, RealAgent.claudeReason))
    func `the real claude that asked too often goes on when its provider has rested`() async throws {
        try await isTurnedAway(.claude, fault: Self.tooMany, saying: "anthropic: too many requests")
    }

    @Test(.enabled(if: RealAgent.hasCodex, RealAgent.codexReason))
    func `the real codex that asked too often goes on when its provider has rested`() async throws {
        try await isTurnedAway(.codex, fault: Self.tooMany, saying: "openai: too many requests")
    }

    @Test(.enabled(if: RealAgent.hasCodex, RealAgent.codexReason))
    func `the real codex at its usage limit goes on 30 seconds after the reset, which is not tomorrow`() async throws {
        let reset = Int(Date().timeIntervalSince1970) + 5
        let body =
            #"{"error": {"type": "usage_limit_reached", "message": "x", "plan_type": "pro", "resets_at": \#(reset)}}"#
        try await isTurnedAway(
            .codex,
            fault: #""status": 429, "body": \#(body)"#,
            saying: "openai: usage limit reached"
        )
    }

    private func isRefused(_ agent: RealAgent, saying sentence: String) async throws {
        let good = RealAgent.scenario(RealAgent.poem("Write poem one", "echo one > one.txt"))
        let bad = RealAgent.scenario(
            RealAgent.poem(
                "Write poem one",
                "true",
                more: #""faults": [{"status": 401, "message": "invalid x-api-key", "times": "forever"}],"#
            )
        )
        try await RealAgent.play(bad, plan: agent.oneTask) { scene, server in
            let refused = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(refused.status == .code(7), "\(refused.text)")
            #expect(refused.text.contains(sentence), "\(refused.text)")
            try await server.change(to: good)
            let run = try await scene.stretto("run", "plan.yaml", "--plain")
            #expect(run.status == .code(0), "\(run.text)")
            #expect(try await scene.git("show", "stretto/scratch-1:one.txt") == "one")
            let status = try await StatusView.read(scene)
            #expect(status.ledger == server.sold(by: agent))
            #expect(!status.header.usage.isEstimate)
        }
    }

    @Test(.enabled(if: RealAgent.hasClaude, RealAgent.claudeReason))
    func `the real claude whose key is refused waits for a person, and then goes on`() async throws {
        try await isRefused(.claude, saying: "anthropic: login refused, log in with `claude`")
    }

    @Test(.enabled(if: RealAgent.hasCodex, RealAgent.codexReason))
    func `the real codex whose key is refused waits for a person, and then goes on`() async throws {
        try await isRefused(.codex, saying: "openai: login refused, log in with `codex login`")
    }
}
