import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// The demo, as somebody meets it who has just built the program.
@Suite(.serialized, .timeLimit(.minutes(5))) struct DemoTests {
    private static let pace = ["POSTCARD_PACE": "0.1"]

    @Test(.enabled(if: !Terminal.isMissing, Terminal.reason))
    func `the demo shows a review on the board and ends with its goal met`() async throws {
        try await Scene.play(plan: Plans.three, environment: Self.pace) { scene in
            try await Terminal.open(in: scene, columns: 140, rows: 40) { terminal in
                try await terminal.start("stretto demo")
                try await terminal.see("Lay out the project", "Send it")
                try await terminal.see("◆1 review", within: .seconds(60))
                try await terminal.press("!")
                try await terminal.press("r", until: "docs/manual.md")
                try await terminal.press("a", until: "merges in")
                try await terminal.press("a", until: "◆0 review")
                try await terminal.see("The goal is met", "9/9", within: .seconds(60))
                try await terminal.press("q", until: "exit=0")
                try await terminal.see("tasks    9 done")
            }
        }
    }

    @Test func `without a terminal the demo approves by its plan's policy`() async throws {
        try await Scene.play(plan: Plans.three, environment: ["POSTCARD_PACE": "0"]) { scene in
            let demo = try await scene.stretto("demo")

            #expect(demo.status == .code(0), "\(demo.text)\(demo.errorText)")
            #expect(demo.text.contains("tasks    9 done"))
            #expect(demo.text.contains("(2 attempts)") || demo.text.contains("attempt 2"))
            let end = Ended(code: demo.status, output: demo.text)
            #expect(end.summary.count <= 20)
        }
    }
}
