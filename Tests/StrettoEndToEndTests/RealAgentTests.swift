import FoundationEssentials
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// Real agents through the whole program, on the good and the bad days of a service that is ours.
@Suite(.serialized, .timeLimit(.minutes(3))) struct RealAgentTests {
    // MARK: Several tools, paid to the token

    private func usesSeveralTools(_ agent: RealAgent) async throws {
        let scenario = RealAgent.scenario(
            """
            {"name": "poem", "match": "Write poem one", "turns": [
              {"text": "First.", "thinking": "Hm.", "tools": [{"run": "echo one > one.txt"}, {"run": "echo two > two.txt"}],
               "usage": {"cache_read_input_tokens": 1234}},
              {"text": "Second.", "tools": [{"run": "cat one.txt two.txt > three.txt"}]},
              {"text": "Third.", "tools": [{"run": "false"}]},
              "All done."]}
            """
        )
        let plan = agent.plan("{id: one, name: One, description: Write poem one}")
        try await RealAgent.play(scenario, plan: plan) { scene, server in
            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(0), "\(run.text)")
            #expect(try await scene.git("show", "stretto/scratch-1:three.txt") == "one\ntwo")
            #expect(server.requests.count == 4)
            let status = try await StatusView.read(scene)
            #expect(status.ledger == server.sold(by: agent))
            #expect(!status.header.usage.isEstimate)
        }
    }

    @Test(.enabled(if: RealAgent.hasClaude, RealAgent.claudeReason))
    func `the real claude uses several tools, and the ledger is what the service sold`() async throws {
        try await usesSeveralTools(.claude)
    }

    @Test(.enabled(if: RealAgent.hasCodex, RealAgent.codexReason))
    func `the real codex uses several tools, and the ledger is what the service sold`() async throws {
        try await usesSeveralTools(.codex)
    }

    // MARK: Judged by one of its own

    private func judgesItsOwn(_ agent: RealAgent) async throws {
        let report =
            #"printf '%s' '{\"verdict\": \"WARN\", \"findings\": [\"it does not rhyme\"]}' "#
            + "> .stretto-attempt/report.json"
        let scenario = RealAgent.scenario(
            // The task's own words are in the judge's prompt, too.
            RealAgent.poem("Judge, do not change", report),
            RealAgent.poem("Write poem one", "echo prose > one.txt")
        )
        let plan = agent.plan(
            "{id: one, name: One, description: Write poem one}",
            meta: "validation: {enabled: true}, "
        )
        try await RealAgent.play(scenario, plan: plan) { scene, server in
            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(0), "\(run.text)")
            #expect(run.text.contains("warning  one: it does not rhyme"), "\(run.text)")
            #expect(try await scene.git("show", "stretto/scratch-1:one.txt") == "prose")
            #expect(try await StatusView.read(scene).ledger == server.sold(by: agent), "the validator's tokens, too")
        }
    }

    @Test(.enabled(if: RealAgent.hasClaude, RealAgent.claudeReason))
    func `the real claude judges the work of another one, and both are paid`() async throws {
        try await judgesItsOwn(.claude)
    }

    @Test(.enabled(if: RealAgent.hasCodex, RealAgent.codexReason))
    func `the real codex judges the work of another one, and both are paid`() async throws {
        try await judgesItsOwn(.codex)
    }

    // MARK: Sessions

    private func goesOnAfterReview(_ agent: RealAgent) async throws {
        let scenario = RealAgent.scenario(
            RealAgent.poem("make it rhyme", "echo rhyme > one.txt"),
            RealAgent.poem("Write poem one", "echo prose > one.txt")
        )
        let plan = agent.plan("{id: one, name: One, review: human, description: Write poem one}")
        try await RealAgent.play(scenario, plan: plan) { scene, server in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await run.line("one: waits for your review")
                try run.type("reject one make it rhyme")
                try await run.line("one: attempt 2")
                try await waitUntil("second review", seen: { run.output }) {
                    run.output.split(separator: "\n").count { $0.contains("one: waits for your review") } == 2
                }
                try run.type("approve one")
                try await run.line("finished")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(try await scene.git("show", "stretto/scratch-1:one.txt") == "rhyme")
            let requests = server.requests
            #expect(requests.count == 4)
            #expect(Set(requests.compactMap(\.session)).count == 1, "one conversation")
            let items = requests.compactMap(\.items)
            #expect(items == items.sorted(), "the whole conversation came along")
            #expect(try await StatusView.read(scene).ledger == server.sold(by: agent), "paid once")
        }
    }

    @Test(.enabled(if: RealAgent.hasClaude, RealAgent.claudeReason))
    func `changes are made by the real claude's own session, which is paid once`() async throws {
        try await goesOnAfterReview(.claude)
    }

    @Test(.enabled(if: RealAgent.hasCodex, RealAgent.codexReason))
    func `changes are made by the real codex's own session, which is paid once`() async throws {
        try await goesOnAfterReview(.codex)
    }

    private func hearsAMessage(_ agent: RealAgent) async throws {
        let scenario = RealAgent.scenario(
            RealAgent.poem("make it rhyme", "echo rhyme > one.txt"),
            """
            {"name": "slow", "match": "Write poem one", "turns": [
              {"text": "I begin.", "tools": [{"run": "echo prose > one.txt"}]}, {"text": "Too late.", "delay_ms": 120000}]}
            """
        )
        // A single attempt: an interruption must not count.
        try await RealAgent.play(scenario, plan: agent.oneTask) { scene, server in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("first turn", seen: { run.output }) { !server.requests.isEmpty }
                try run.type("message one make it rhyme")
                try await run.line("finished")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(try await scene.git("show", "stretto/scratch-1:one.txt") == "rhyme")
            #expect(Set(server.requests.compactMap(\.session)).count == 1, "one conversation")
        }
    }

    @Test(.enabled(if: RealAgent.hasClaude, RealAgent.claudeReason))
    func `the real claude is interrupted by a message and goes on with it`() async throws {
        try await hearsAMessage(.claude)
    }

    @Test(.enabled(if: RealAgent.hasCodex, RealAgent.codexReason))
    func `the real codex is interrupted by a message and goes on with it`() async throws {
        try await hearsAMessage(.codex)
    }

    // MARK: Limits and outages

    @Test(.enabled(if: RealAgent.hasClaude, RealAgent.claudeReason))
    func `a usage limit closes the provider, counts for nobody, and ends by itself`() async throws {
        let reset = Int(Date().timeIntervalSince1970) + 5
        let fault = """
            "faults": [{"status": 429, "message": "limit", "times": 1, "headers": {
              "anthropic-ratelimit-unified-status": "rejected", "anthropic-ratelimit-unified-reset": "\(reset)",
              "anthropic-ratelimit-unified-representative-claim": "five_hour",
              "anthropic-ratelimit-unified-5h-status": "rejected", "anthropic-ratelimit-unified-5h-reset": "\(reset)",
              "anthropic-ratelimit-unified-5h-utilization": "1.0"}}],
            """
        try await RealAgent.play(
            RealAgent.scenario(RealAgent.poem("Write poem one", "echo one > one.txt", more: fault)),
            plan: RealAgent.claude.oneTask,
            variables: [
                "ANTHROPIC_API_KEY": nil, "CLAUDE_CODE_OAUTH_TOKEN": "sk-ant-" + "oat01-dummy",
                "STRETTO_DEBUG_HASTE": "10",
            ]
        ) { scene, server in
            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(0), "\(run.text)")
            #expect(run.text.contains("no attempt is counted"), "\(run.text)")
            #expect(run.text.contains("anthropic works again"), "\(run.text)")
            #expect(try await scene.git("show", "stretto/scratch-1:one.txt") == "one")
            #expect(try await StatusView.read(scene).ledger == server.sold(by: .claude))
        }
    }

    @Test(.enabled(if: RealAgent.hasClaude, RealAgent.claudeReason))
    func `an overloaded model's fallback is told, and shown as what did the work`() async throws {
        let fault =
            #"{"name": "full", "match": "Write poem one", "model": "opus", "turns": [{"text": "x", "#
            + #""faults": [{"status": 529, "message": "Overloaded", "times": "forever"}]}]}"#
        let plan = RealAgent.claude.plan("{id: one, name: One, model: opus, description: Write poem one}")
        try await RealAgent.play(
            RealAgent.scenario(fault, RealAgent.poem("Write poem one", "echo one > one.txt")),
            plan: plan
        ) { scene, server in
            try FileManager.default.createDirectory(
                atPath: scene.place.appending("home/.claude"),
                withIntermediateDirectories: true
            )
            try scene.write("home/.claude/settings.json", #"{"fallbackModel": ["sonnet"]}"#)
            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(0), "\(run.text)")
            #expect(run.text.contains("claude-sonnet"), "\(run.text)")
            let status = try await StatusView.read(scene)
            #expect(status.tasks.first?.attempts.last?.model?.hasPrefix("claude-sonnet") == true)
            #expect(status.ledger == server.sold(by: .claude))
            let models = status.spending.models
            #expect(models.count == 1 && models[0].name.hasPrefix("claude-sonnet"), "paid is what answered: \(models)")
        }
    }

    private func survivesStall(_ agent: RealAgent) async throws {
        let fault = #""faults": [{"hang_s": 3600, "times": 1}],"#
        let plan = agent.plan(
            "{id: one, name: One, max_attempts: 1, description: Write poem one}",
            meta: "stall_timeout: 6, "
        )
        try await RealAgent.play(
            RealAgent.scenario(RealAgent.poem("Write poem one", "echo one > one.txt", more: fault)),
            plan: plan
        ) { scene, server in
            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(0), "\(run.text)")
            #expect(try await StatusView.read(scene).ledger == server.sold(by: agent))
            #expect(run.text.contains("nothing was heard for 6 s"), "\(run.text)")
            #expect(try await scene.git("show", "stretto/scratch-1:one.txt") == "one")
        }
    }

    @Test(.enabled(if: RealAgent.hasClaude, RealAgent.claudeReason))
    func `the real claude at a service that is silent is ended, and goes on`() async throws {
        try await survivesStall(.claude)
    }

    @Test(.enabled(if: RealAgent.hasCodex, RealAgent.codexReason))
    func `the real codex at a service that is silent is ended, and goes on`() async throws {
        try await survivesStall(.codex)
    }

    // MARK: Budgets and models

    private func crossesBudget(_ agent: RealAgent, model: String) async throws {
        let patient = "touch 'OUTSIDE/begun-$0'; until test -e 'OUTSIDE/go'; do sleep 0.1; done; echo $0 > $0.txt"
        let plan = agent.plan(
            "{id: one, name: One, description: Write poem one}",
            "{id: two, name: Two, description: Write poem two}",
            "{id: three, name: Three, description: Write poem three}",
            "{id: four, name: Four, description: Write poem four}",
            meta: "budget: {usd: 2}, model: \(model), "
        )
        let outside = try TemporaryDirectory(named: "outside")
        func command(_ poem: String) -> String {
            patient.replacing("OUTSIDE", with: outside.path).replacing("$0", with: poem)
        }
        // The fourth one spends it all, once the others have begun.
        let wait = ["one", "two", "three"].map { "test -e '\(outside.path)/begun-\($0)'" }.joined(separator: " && ")
        let scenario = RealAgent.scenario(
            RealAgent.poem("Write poem one", command("one")),
            RealAgent.poem("Write poem two", command("two")),
            RealAgent.poem("Write poem three", command("three")),
            """
            {"name": "four", "match": "Write poem four", "turns": [
              {"text": "I wait.", "tools": [{"run": "until \(wait); do sleep 0.1; done; echo four > four.txt"}]},
              {"text": "I spend.", "usage": {"output_tokens": 1000000}}]}
            """
        )
        try await RealAgent.play(scenario, plan: plan) { scene, server in
            let crossed = try await scene.stretto("run", "plan.yaml", "--plain")
            #expect(crossed.status == .code(5), "\(crossed.text)")
            #expect(crossed.text.contains("the budget of ~$2.00 is spent"), "\(crossed.text)")

            try Data().write(to: URL(filePath: outside.appending("go")))
            let run = try await scene.stretto("run", "plan.yaml", "--plain", "--budget-usd", "1000")

            #expect(run.status == .code(0), "\(run.text)")
            for poem in ["one", "two", "three", "four"] {
                #expect(try await scene.git("show", "stretto/scratch-1:\(poem).txt") == poem)
            }
            let status = try await StatusView.read(scene)
            #expect(status.tells(server, by: agent), "\(status.header.usage) of \(server.requests)")
        }
    }

    @Test(.enabled(if: RealAgent.hasClaude, RealAgent.claudeReason))
    func `a budget that one of four real claudes crosses ends all, and a larger one goes on with them`() async throws {
        try await crossesBudget(.claude, model: "opus")
    }

    @Test(.enabled(if: RealAgent.hasCodex, RealAgent.codexReason))
    func `a budget that one of four real codexes crosses ends all, and a larger one goes on with them`() async throws {
        try await crossesBudget(.codex, model: "gpt-5.5")
    }

    private func climbs(_ agent: RealAgent, ladder: (small: String, large: String)) async throws {
        // An agent that changes nothing and reports nothing has proved nothing.
        let scenario = RealAgent.scenario(
            #"{"name": "small", "match": "Write poem one", "model": "\#(ladder.small)", "turns": ["I cannot."]}"#,
            RealAgent.poem("Write poem one", "echo one > one.txt")
        )
        let plan = agent.plan(
            "{id: one, name: One, model: [\(ladder.small), \(ladder.large)], description: Write poem one}",
            meta: "model_escalation: {enabled: true, escalate_after: 1}, "
        )
        try await RealAgent.play(scenario, plan: plan) { scene, server in
            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(0), "\(run.text)")
            #expect(run.text.contains("\(ladder.large) because an attempt with \(ladder.small) failed"), "\(run.text)")
            let status = try await StatusView.read(scene)
            #expect(status.tasks.first?.attempts.map(\.model) == [ladder.small, ladder.large])
            #expect(status.ledger == server.sold(by: agent))
        }
    }

    @Test(.enabled(if: RealAgent.hasClaude, RealAgent.claudeReason))
    func `where the real claude's small model fails, the next one takes over`() async throws {
        try await climbs(.claude, ladder: ("haiku", "sonnet"))
    }

    @Test(.enabled(if: RealAgent.hasCodex, RealAgent.codexReason))
    func `where the real codex's small model fails, the next one takes over`() async throws {
        try await climbs(.codex, ladder: ("gpt-5.5", "gpt-6-sol"))
    }
}
