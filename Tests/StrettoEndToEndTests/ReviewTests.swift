import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// A review on the board: a diff read both ways, comments on two lines, and what the next attempt hears of them.
@Suite(
    .serialized,
    .timeLimit(.minutes(5)),
    .enabled(if: !Terminal.isMissing, Terminal.reason)
)
struct ReviewTests {
    private static let plan = Plans.of(
        """
        {id: a, name: Alpha, review: human, checks: ['echo all of it is well'], command: \
        'cp "$STRETTO_PROMPT" "OUTSIDE/prompt-$STRETTO_ATTEMPT_NUMBER"; \
        printf "first line %s\\nsecond line %s\\n" $STRETTO_ATTEMPT_NUMBER $STRETTO_ATTEMPT_NUMBER > README.md'}
        """
    )

    @Test func `a diff is read side by side, and two comments reach the next attempt`() async throws {
        try await Scene.play(plan: Self.plan) { scene in
            try await Terminal.open(in: scene, columns: 160, rows: 45) { terminal in
                try await terminal.start("stretto run plan.yaml")
                try await terminal.see("◆1 review")
                try await terminal.press("!")
                try await terminal.press("r", until: "1 - # A scratch repository")
                try await terminal.pressOnce("d", until: "old and new side by side")
                let sides = try await terminal.screen()
                let row = sides.split(separator: "\n").first { $0.contains("- # A scratch repository") }
                #expect(row?.contains("+ first line 1") == true, "both sides are in one row:\n\(sides)")
                try await terminal.pressOnce("o", until: "all of it is well")

                try await terminal.pressOnce("Enter", until: "send all")
                try await terminal.pressOnce("Enter", until: "Comment")
                try await terminal.tmux("send-keys", "-t", "e2e:0", "-l", "name the first")
                try await terminal.pressOnce("Enter", until: "› name the first")
                try await terminal.press("j")
                try await terminal.pressOnce("Enter", until: "Comment")
                try await terminal.tmux("send-keys", "-t", "e2e:0", "-l", "and the second")
                try await terminal.pressOnce("Enter", until: "› and the second")
                try await terminal.pressOnce("c", until: "2 comments on lines go along.")
                try await terminal.pressOnce("Enter", until: "take the marked one")
                try await terminal.press("c", untilGone: "take the marked one")

                try await waitUntil("second attempt") { scene.text("outside/prompt-2") != nil }
                try await terminal.see("◆1 review")
                try await terminal.press("r", until: "+ first line 2")
                try await terminal.press("a", until: "Alpha is approved and merges in")
                try await terminal.press("a", until: "The goal is met")
                try await terminal.press("q", until: "exit=0")
            }
            let prompt = scene.text("outside/prompt-2") ?? ""
            #expect(prompt.contains("README.md:1: name the first"), "\(prompt)")
            #expect(prompt.contains("README.md:2: and the second"), "\(prompt)")
            #expect(try await scene.git("show", "stretto/scratch-1:README.md").hasPrefix("first line 2"))
        }
    }
}
