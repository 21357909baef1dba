import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// Where a run waits for a person, and who counts as one.
@Suite(.serialized, .timeLimit(.minutes(5))) struct GateTests {
    private static let gated = Plans.of(
        "{id: a, name: Alpha, review: human, command: 'echo alpha > a.txt'}",
        "{id: b, name: Beta, depends_on: [a], command: 'cat a.txt > b.txt'}"
    )

    @Test func `an approval lets the work through`() async throws {
        try await Scene.play(named: "e2e ü", plan: Self.gated) { scene in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await run.line("a: waits for your review")
                try run.type("approve a")
                try await run.line("finished")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(try await scene.git("show", "stretto/scratch-1:b.txt") == "alpha")
        }
    }

    @Test func `nobody at a gate is exit code 7, and a later approval finishes the run`() async throws {
        try await Scene.play(plan: Self.gated) { scene in
            let waiting = try await scene.stretto("run", "plan.yaml", "--plain")
            #expect(waiting.status == .code(7), "\(waiting.text)")
            #expect(waiting.text.contains("'a' waits for a person"))

            let ended = try await scene.session("resume", "--plain") { run in
                try run.type("approve a")
                try await run.line("finished")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(ended.lines.contains { $0.contains("0 of 2 done") }, "the first line knows every task")
            #expect(try await scene.git("show", "stretto/scratch-1:b.txt") == "alpha")
        }
    }

    @Test func `a plan that trusts its checks needs nobody`() async throws {
        let plan = Plans.of(
            "{id: a, name: Alpha, review: human, command: 'echo alpha > a.txt'}",
            meta: "{name: scratch, gates: {unattended: auto}}"
        )
        try await Scene.play(plan: plan) { scene in
            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(0), "\(run.text)")
            #expect(try await scene.git("show", "stretto/scratch-1:a.txt") == "alpha")
        }
    }

    @Test func `an agent cannot approve, not even behind the back of its keeper`() async throws {
        let plan = Plans.of(
            "{id: a, name: Alpha, review: human, command: 'echo alpha > a.txt'}",
            """
            {id: b, name: Beta, command: 'until stretto status | grep -q "a *review"; do sleep 0.1; done; \
            stretto approve a > "OUTSIDE/said" 2>&1; echo "code $?" >> "OUTSIDE/said"; \
            env -u STRETTO_ATTEMPT setsid stretto approve a >> "OUTSIDE/said" 2>&1; echo "code $?" >> "OUTSIDE/said"; \
            touch "OUTSIDE/tried"; cat "OUTSIDE/said"'}
            """
        )
        try await Scene.play(plan: plan) { scene in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { _ in
                try await waitUntil("attempt to approve", seen: { scene.text("outside/said") ?? "" }) {
                    scene.text("outside/tried") != nil
                }
            }

            #expect(ended.code == .code(7), "\(ended.output)")
            let said = scene.text("outside/said") ?? ""
            #expect(said.split(separator: "\n").count { $0 == "code 1" } == 2, "\(said)")
            #expect(said.split(separator: "\n").count { $0.contains("agent") } == 2, "\(said)")
            #expect(!ended.output.contains("approved"))
            #expect(try await scene.stretto("log", "b").text.contains("code 1"))
        }
    }
}
