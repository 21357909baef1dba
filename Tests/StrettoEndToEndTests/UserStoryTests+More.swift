import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

extension UserStoryTests {
    // MARK: 6

    @Test func `story 6: one agent is stopped, then all of them, and their work is kept`() async throws {
        let plan = Plans.of(Plans.patient("a"), Plans.patient("b"), Plans.patient("c"))
        try await Scene.play(plan: plan) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.start("stretto run plan.yaml")
                try await waitUntil("three tasks") { scene.lines("outside/ran").count == 3 }
                try await terminal.press("g", "j")
                try await terminal.press("x", until: "Its command is ended")
                try await terminal.press("x", until: "■1")
                try await waitUntil("two agents", seen: { "\(scene.processes())" }) {
                    scene.processes().count { $0.name == "stretto-keeper" } == 2
                }
                try await terminal.press("X", until: "Stop now")
                try await terminal.press("S", untilGone: "Stop now")
                try await terminal.see("stretto resume goes on from here")
                try await terminal.press("q", until: "exit=6")
            }
            try await scene.waitUntilDeserted()
            let kept = try await scene.git("for-each-ref", "--format=%(refname)", "refs/stretto/scratch-1")
            #expect(["a", "b", "c"].allSatisfy { kept.contains("/\($0)/") }, "\(kept)")
        }
    }

    // MARK: 7

    @Test func `story 7: leaving lets the run go on, and attaching returns to it`() async throws {
        try await Scene.play(plan: Plans.of(Plans.patient("a"), Plans.patient("b"))) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.start("stretto run plan.yaml")
                try await waitUntil("tasks") { scene.lines("outside/ran").count == 2 }
                try await terminal.press("C-c", until: "Leave it running")
                try await terminal.press("C-c")
                try await terminal.press("Escape", untilGone: "Leave it running")
                #expect(scene.lines("outside/ran").count == 2, "asking twice how to leave stops nothing")

                try await terminal.press("q", until: "Leave it running")
                try await terminal.press("l", until: "exit=0")
                try await terminal.see("the run goes on without a screen")
                #expect(scene.processes().count { $0.name == "stretto-keeper" } == 2)

                try await terminal.start("clear; stretto attach")
                try await terminal.see("Task a", "Task b")
                try scene.write("outside/go", "")
                try await terminal.see("The goal is met")
                try await terminal.press("Enter", until: "exit=0")
            }
        }
    }

    // MARK: 8

    @Test func `story 8: work in review is mended by hand in its worktree, checked again and approved`() async throws {
        let plan = Plans.of(
            "{id: a, name: Alpha, review: human, checks: ['test -s a.txt'], command: 'echo nearly right > a.txt'}"
        )
        try await Scene.play(plan: plan) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.start("stretto run plan.yaml")
                try await terminal.see("◆1 review")
                try await terminal.press("!")
                try await terminal.pressOnce("$", untilGone: "◆1 review")
                try await waitUntil("shell") { try await terminal.value("alternate_on") == "0" }
                try await terminal.type("echo quite right > a.txt; exit")
                try await terminal.see("◆1 review")
                try await terminal.press("r", until: "1 + quite right")
                try await terminal.press("a", until: "Alpha is approved and merges in")
                try await terminal.press("a", until: "The goal is met")
                try await terminal.press("q", until: "exit=0")
            }
            #expect(try await scene.git("show", "stretto/scratch-1:a.txt") == "quite right")
        }
    }

    // MARK: 9

    @Test func `story 9: a hundred sizes in a moment end in a board of the last size`() async throws {
        try await Scene.play(plan: Plans.of(Plans.patient("a"), Plans.patient("b"))) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.noteSettings()
                try await terminal.start("stretto run plan.yaml")
                try await waitUntil("two tasks") { scene.lines("outside/ran").count == 2 }
                var random = SplitMix64(seed: 1)
                let sizes = (0..<100).map { _ in
                    (Int.random(in: 1...200, using: &random), Int.random(in: 1...60, using: &random))
                }
                try await terminal.resize(through: sizes + [(100, 30)])

                try await terminal.see("Task a", "Task b", "? help")
                #expect(try await terminal.screen().split(separator: "\n").allSatisfy { $0.count <= 100 })
                try scene.write("outside/go", "")
                try await terminal.see("The goal is met")
                try await terminal.press("q", until: "exit=0")
                try await terminal.expectRestored()
            }
        }
    }

    // MARK: 10

    @Test func `story 10: a crash of the board gives the terminal back and leaves the run alone`() async throws {
        try await Scene.play(
            plan: Plans.of(Plans.patient("a")),
            environment: ["STRETTO_DEBUG_CRASH": "board"]
        ) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.noteSettings()
                try await terminal.start("stretto run plan.yaml")
                // Each key asks for a frame, and the third frame is the end.
                let patiences = [Duration](repeating: .milliseconds(500), count: 100)
                try await terminal.press("j", until: "STRETTO_DEBUG_CRASH", patiences: patiences)
                try await terminal.see("exit=1")
                try await terminal.expectRestored()
                try await waitUntil("task") { scene.lines("outside/ran").count == 1 }

                try scene.write("outside/go", "")
                #expect(try await scene.stretto("status").status == .code(0))
            }
        }
    }
}
