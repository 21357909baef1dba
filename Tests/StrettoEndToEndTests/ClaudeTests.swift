import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// The real `claude` through the whole program, with a model of our own behind it.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: RealAgent.hasClaude, RealAgent.claudeReason))
struct ClaudeTests {
    private static let plan = Plans.of(
        "{id: one, name: One, description: Write poem one}",
        "{id: two, name: Two, description: Write poem two}",
        "{id: three, name: Three, description: Write poem three}",
        meta: "{name: scratch, workers: 3, builder: claude, backoff_base: 0, max_attempts: 2}"
    )

    /// One script for each poem; what fails does so in the first conversation only.
    private static func scenario(failing: String? = nil) -> String {
        let scripts = ["one", "two", "three"].map { poem in
            let turns = """
                {"text": "I am writing poem \(poem) now.", "tools": [{"write": "${cwd}/\(poem).txt", "content": "\(poem)\\n"}]},
                {"tools": [{"write": "${cwd}/.stretto-attempt/report.json",
                "content": "{\\"status\\": \\"completed\\", \\"task_id\\": \\"\(poem)\\", \\"message\\": \\"Wrote it.\\"}"}]},
                "All done."
                """
            let refusal =
                #"{"name": "refuse", "match": "Write poem \#(poem)", "turns": [{"tools": "#
                + #"[{"write": "${cwd}/.stretto-attempt/report.json", "content": "{\"status\": \"failed\", "#
                + #"\"task_id\": \"\#(poem)\", \"message\": \"No rhyme found.\"}"}]}, "I give up."]},"#
            // The second attempt is known by what it is told of the first.
            let again = ##"{"name": "again", "match": "No rhyme found", "turns": [\##(turns)]},"##
            let success = ##"{"name": "\##(poem)", "match": "Write poem \##(poem)", "turns": [\##(turns)]}"##
            return (poem == failing ? again + refusal : "") + success
        }
        return "{\"scripts\": [\(scripts.joined(separator: ","))]}"
    }

    /// Plays with the model server running and `claude` on the scene's path.
    private func play(failing: String? = nil, _ body: @escaping @Sendable (Scene) async throws -> Void) async throws {
        try await ModelServer.serve(Self.scenario(failing: failing)) { server in
            try await Scene.play(plan: Self.plan, environment: server.environment, body)
        }
    }

    @Test(.enabled(if: !Terminal.isMissing, Terminal.reason))
    func `three tasks of the real claude are seen on the board and merged`() async throws {
        try await play { scene in
            try await Terminal.open(in: scene, columns: 150, rows: 45) { terminal in
                try await terminal.start("stretto run plan.yaml")
                try await terminal.see("One", "Two", "Three")
                try await terminal.see("I am writing poem", within: .seconds(60))
                let screen = try await terminal.see("The goal is met", within: .seconds(60))
                #expect(!screen.contains("~$0.00") && !screen.contains(" 0 tokens"), "what it used is shown: \(screen)")
                try await terminal.press("q", until: "exit=0")
            }
            for poem in ["one", "two", "three"] {
                #expect(try await scene.git("show", "stretto/scratch-1:\(poem).txt") == poem)
            }
        }
    }

    @Test func `a task that the real claude fails at is tried again`() async throws {
        try await play(failing: "two") { scene in
            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(0), "\(run.text)")
            #expect(run.text.contains("No rhyme found."), "\(run.text)")
            #expect(run.text.contains("two: attempt 2"), "\(run.text)")
            #expect(try await scene.git("show", "stretto/scratch-1:two.txt") == "two")
        }
    }
}
