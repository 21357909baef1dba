import FoundationEssentials
import StrettoCore
import TestSupport
import Testing

/// Output panes in a real terminal, played by a script.
@Suite(
    .serialized,
    .timeLimit(.minutes(5)),
    .enabled(if: !Terminal.isMissing, Terminal.reason)
)
struct OutputTests {
    private static let plan = Plans.of(
        """
        {id: t, name: Talker, command: 'echo first needle; seq 1 60000; echo last needle; echo end of it; \
        until test -e "OUTSIDE/go"; do sleep 0.05; done'}
        """
    )

    @Test func `a match that no window keeps is found, and all of the output is saved outside of the checkout`()
        async throws
    {
        try await Scene.play(plan: Self.plan) { scene in
            try scene.write(
                "outside/script",
                """
                @wait end of it
                Tab
                /
                @type needle
                Enter
                @wait 2 of 2
                @dump last
                N
                @wait 1 of 2
                @wait first needle
                @dump first
                Space
                T
                @idle
                @dump marked
                S
                Enter
                @wait saved
                @dump saved
                G
                """
            )
            try await Terminal.open(in: scene) { terminal in
                try await terminal.start(
                    "STRETTO_SCRIPT=../outside/script STRETTO_FRAME_LOG=../outside/frames stretto run plan.yaml"
                )
                // What a toast says is gone again after four seconds, which a busy machine may not look at.
                try await waitUntil("saving") { scene.text("outside/saved")?.contains("saved 348") == true }
                try await terminal.see("end of it")
                try scene.write("outside/go", "")
                try await terminal.see("The goal is met")
                try await terminal.press("q", until: "exit=0")
            }
            #expect(scene.text("outside/last")?.contains("60000") == true)
            #expect(scene.text("outside/first")?.contains("│ first needle") == true)
            let marked = try #require(scene.text("outside/marked"))
            #expect(marked.contains { $0 == "▸" })
            #expect(try marked.contains(Regex("▸[0-2][0-9]:[0-5][0-9]:[0-5][0-9] first needle")))
            let folder = "state/stretto/saved/"
            let names = try FileManager.default.contentsOfDirectory(atPath: scene.place.appending(folder))
            #expect(names == ["scratch-1-t.1.log"])
            let saved = try #require(scene.text(folder + (names.first ?? "")))
            #expect(saved.hasPrefix("first needle\n1\n2\n"))
            #expect(saved.hasSuffix("60000\nlast needle\nend of it\n"))
            #expect(try await scene.git("status", "--porcelain", "--", ":!plan.yaml").isEmpty)
            #expect(scene.lines("outside/frames").contains { $0.contains(" key ") })
        }
    }

    @Test func `the board gives way to events as lines, each once, and comes back`() async throws {
        let plan = Plans.of(
            "{id: a, name: Alpha, command: 'echo alpha > a.txt'}",
            "{id: t, name: Talker, depends_on: [a], command: 'until test -e \"OUTSIDE/go\"; do sleep 0.05; done'}"
        )
        try await Scene.play(plan: plan) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.start("stretto run plan.yaml")
                try await terminal.see("✓1 done")
                try await terminal.press("~", until: "events as lines")
                try await terminal.see("merged    a: ")
                #expect(try await terminal.value("alternate_on") == "0")
                try await terminal.press("Enter", until: "Talker")
                #expect(try await terminal.value("alternate_on") == "1")

                try await terminal.press("~", untilGone: "Talker")
                try scene.write("outside/go", "")
                let screen = try await terminal.see("the engine has ended")
                #expect(screen.ranges(of: "merged    a: ").count == 1, "nothing is told twice")
                #expect(screen.ranges(of: "events as lines").count == 2)
                try await terminal.press("Enter", until: "The goal is met")
                try await terminal.press("q", until: "exit=0")
                #expect(try await terminal.value("alternate_on") == "0")
            }
        }
    }
}
