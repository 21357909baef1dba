import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// What people do with the board from their first key to their last, each story with the program itself in a terminal.
@Suite(
    .serialized,
    .timeLimit(.minutes(5)),
    .enabled(if: !Terminal.isMissing, Terminal.reason)
)
struct UserStoryTests {
    // MARK: 1

    private static let gated = Plans.of(
        "{id: a, name: Alpha, command: 'echo alpha says hello; echo alpha > a.txt'}",
        "{id: b, name: Beta, depends_on: [a], review: human, command: 'echo beta > b.txt'}",
        "{id: c, name: Gamma, depends_on: [b], command: 'cat b.txt > c.txt'}"
    )

    @Test func `story 1: from the start to an approval, and the terminal is as it was`() async throws {
        try await Scene.play(named: "e2e ü", plan: Self.gated) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.noteSettings()
                try await terminal.start("stretto run plan.yaml")
                try await terminal.see("Alpha", "Beta", "Gamma", "◆1 review")
                #expect(try await terminal.value("alternate_on") == "1")

                try await terminal.press("!")
                try await terminal.press("r", until: "1 + beta")
                try await terminal.press("a", until: "Beta is approved and merges in")
                try await terminal.press("a", until: "The goal is met")
                try await terminal.press("q", until: "exit=0")

                let screen = try await terminal.see("finished: every task is done", "stretto/scratch-1")
                #expect(!screen.contains("The goal is met"))
                try await terminal.expectRestored()
            }
            #expect(try await scene.git("show", "stretto/scratch-1:c.txt") == "beta")
        }
    }

    // MARK: 2

    @Test func `story 2: an error in 100 MB of output is found and gone to`() async throws {
        let noise = "yes nothing of interest happens in this line of output | head -c 50000000"
        let plan = Plans.of(
            """
            {id: t, name: Talker, command: '\(noise); echo; echo "ERROR: the ledger is off by one"; \(noise); echo; \
            echo end of it; touch "OUTSIDE/written"; until test -e "OUTSIDE/go"; do sleep 0.05; done'}
            """
        )
        try await Scene.play(plan: plan) { scene in
            try await Terminal.open(in: scene) { terminal in
                // Nobody watched; somebody comes back.
                try await terminal.type("stretto run plan.yaml --plain < /dev/null > /dev/null 2>&1 &")
                try await waitUntil("output") { scene.text("outside/written") != nil }
                try await terminal.start("clear; stretto attach")
                try await terminal.see("end of it")
                try await terminal.press("Tab")
                try await terminal.press("/")
                try await terminal.write("error:")
                try await terminal.press("Enter")
                try await terminal.see("1 of 1", "ERROR: the ledger is off by one")
                try await terminal.press("G", until: "end of it")
                try scene.write("outside/go", "")
                try await terminal.see("The goal is met")
                try await terminal.press("q", until: "exit=0")
            }
        }
    }

    // MARK: 3

    private static let commented = Plans.of(
        """
        {id: a, name: Alpha, review: human, checks: ['echo all of it is well'], command: \
        'cp "$STRETTO_PROMPT" "OUTSIDE/prompt-$STRETTO_ATTEMPT_NUMBER"; \
        printf "first line %s\\nsecond line %s\\n" $STRETTO_ATTEMPT_NUMBER $STRETTO_ATTEMPT_NUMBER > README.md'}
        """
    )

    @Test func `story 3: a review with two comments, which the next attempt reads`() async throws {
        try await Scene.play(plan: Self.commented) { scene in
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
                try await terminal.write("name the first")
                try await terminal.pressOnce("Enter", until: "› name the first")
                try await terminal.press("j")
                try await terminal.pressOnce("Enter", until: "Comment")
                try await terminal.write("and the second")
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

    // MARK: 4

    @Test func `story 4: a failed task is mended and tried again`() async throws {
        let plan = Plans.of(
            "{id: bad, name: Bad, max_attempts: 1, command: 'test -e \"OUTSIDE/mended\" && echo bad > bad.txt'}",
            "{id: end, name: End, depends_on: [bad], command: 'echo end > end.txt'}"
        )
        try await Scene.play(plan: plan) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.start("stretto run plan.yaml")
                try await terminal.see("✗1")
                try scene.write("outside/mended", "")
                try await terminal.press("!")
                try await terminal.press("R", until: "A new attempt begins")
                try await terminal.press("R", until: "The goal is met")
                try await terminal.press("q", until: "exit=0")
            }
            #expect(try await scene.git("show", "stretto/scratch-1:end.txt") == "end")
        }
    }

    // MARK: 5

    @Test func `story 5: what a skip releases is told before, and then runs`() async throws {
        let plan = Plans.of(
            "{id: odd, name: Odd, max_attempts: 1, command: 'exit 9'}",
            "{id: end, name: End, depends_on: [odd], command: 'echo end > end.txt'}"
        )
        try await Scene.play(plan: plan) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.start("stretto run plan.yaml")
                try await terminal.see("✗1")
                try await terminal.press("!")
                try await terminal.press("s", until: "This releases End")
                try await terminal.press("Escape", untilGone: "This releases End")
                try await terminal.press("s", until: "This releases End")
                try await terminal.press("s", until: "The goal is met")
                try await terminal.press("q", until: "exit=0")
            }
            #expect(try await scene.git("show", "stretto/scratch-1:end.txt") == "end")
        }
    }
}
