import FoundationEssentials
import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@testable import StrettoBuilders

/// The real `claude` with a model of our own behind it; skipped where there is no `claude`.
@Suite(.timeLimit(.minutes(2))) struct ClaudeAgentTests {
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

    @Test(.enabled(if: RealAgent.claude != nil, "claude is not on PATH; name it in STRETTO_CLAUDE to run this"))
    func `the real claude does a task under a keeper and is judged by what it did`() async throws {
        let home = try TemporaryDirectory(named: "claude ü")
        let scenario = Self.scenario(worktree: AgentBench.worktree(in: home))
        try await RealAgent.withModel(of: .claude, in: home, scenario: scenario) { bench in
            let exit = await bench.run(order(worktree: bench.worktree))

            #expect(exit.status == .code(0))
            #expect(exit.verdict == .completed(evidence: false))
            #expect(exit.report?.debt == ["no tests"])
            #expect(exit.report?.message.hasPrefix("Said hello.\ndenied: Bash:") == true)
            let text = try bench.text("hello.txt")
            #expect(text == "hello\n")
            #expect(exit.usage.turns == 4)
            #expect(exit.usage.inputTokens > 10_000)
            #expect(exit.usage.microdollars ?? 0 > 0)
            #expect(exit.strayCount == 0)
            #expect(bench.progress.count >= 2)
            if case .started(let process) = bench.progress.first {
                #expect(process.sessionID?.count == 36)
            } else {
                Issue.record("the start was not told first")
            }
        }
    }
}
