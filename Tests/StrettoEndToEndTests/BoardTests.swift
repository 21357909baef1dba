import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// The board on a real terminal: keys pressed, screen read.
@Suite(
    .serialized,
    .timeLimit(.minutes(5)),
    .enabled(if: !Terminal.isMissing, Terminal.reason)
)
struct BoardTests {
    private static let gated = Plans.of(
        "{id: a, name: Alpha, command: 'echo alpha says hello; echo alpha > a.txt'}",
        "{id: b, name: Beta, depends_on: [a], review: human, command: 'echo beta > b.txt'}",
        "{id: c, name: Gamma, depends_on: [b], command: 'cat b.txt > c.txt'}"
    )

    @Test func `a review is found, read and approved with keys, and leaving gives the terminal back`() async throws {
        try await Scene.play(named: "e2e ü", plan: Self.gated) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.type("stty -a > ../outside/before; clear")
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
                #expect(try await terminal.value("alternate_on") == "0")
                try await terminal.type("stty -a > ../outside/after; echo said")
                try await terminal.see("\nsaid")
                #expect(scene.text("outside/after") == scene.text("outside/before"))
                #expect(scene.text("outside/after")?.isEmpty == false)
            }
            #expect(try await scene.git("show", "stretto/scratch-1:c.txt") == "beta")
        }
    }

    @Test func `leaving lets the run go on, and attaching returns to it`() async throws {
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

    @Test func `skipping asks first, and a failed task is tried again`() async throws {
        let plan = Plans.of(
            "{id: bad, name: Bad, max_attempts: 1, command: 'test -e \"OUTSIDE/mended\" && echo bad > bad.txt'}",
            "{id: odd, name: Odd, max_attempts: 1, command: 'exit 9'}",
            "{id: end, name: End, depends_on: [bad, odd], command: 'echo end > end.txt'}"
        )
        try await Scene.play(plan: plan) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.start("stretto run plan.yaml")
                try await terminal.see("✗2")

                try scene.write("outside/mended", "")
                try await terminal.press("g", "j")
                try await terminal.press("R", until: "A new attempt begins")
                try await terminal.press("R", until: "✗1")
                // Only then End waits for nothing else.
                try await terminal.see("✓1 done")
                try await terminal.press("g", "j", "j")
                try await terminal.press("s", until: "This releases End")
                try await terminal.press("Escape", untilGone: "This releases End")
                try await terminal.press("s", until: "This releases End")
                try await terminal.press("s", until: "The goal is met")
                try await terminal.press("q", until: "exit=0")
            }
            #expect(try await scene.git("show", "stretto/scratch-1:end.txt") == "end")
        }
    }

    @Test func `help, log, handoff and zoom come and go, and every size is drawn anew`() async throws {
        let talking = """
            {id: t, name: Talker, depends_on: [a], command: 'echo words of the talker; \
            until test -e "OUTSIDE/go"; do sleep 0.05; done'}
            """
        let plan = Plans.of("{id: a, name: Alpha, command: 'echo alpha > a.txt'}", talking)
        try await Scene.play(plan: plan) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.start("stretto run plan.yaml")
                try await terminal.press("j", until: "words of the talker")
                try await terminal.press("?", until: "skip (asks)")
                try await terminal.press("Escape", untilGone: "skip (asks)")
                try await terminal.press("@", until: "worktree add")
                try await terminal.press("H", until: "HANDOFF")
                try await terminal.press("z", "z")

                for (columns, rows) in [(60, 15), (200, 50), (20, 6), (120, 36)] {
                    try await terminal.resize(columns: columns, rows: rows)
                    try await terminal.see(columns < 60 ? "1/2" : "Talker")
                }
                try scene.write("outside/go", "")
                try await terminal.see("The goal is met")
                try await terminal.press("q", until: "exit=0")
            }
        }
    }

    @Test func `an engine that dies is told of, and the board can be left`() async throws {
        try await Scene.play(plan: Plans.of(Plans.patient("a"))) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.start("stretto run plan.yaml")
                try await waitUntil("task") { scene.lines("outside/ran").count == 1 }
                try await terminal.see("Task a")
                try await scene.kill(try await scene.enginePID())
                try await terminal.see("stretto resume")
                try await terminal.press("q", until: "exit=1")
                #expect(try await terminal.value("alternate_on") == "0")
            }
        }
    }

    /// Ways in which a board ends that nobody asked for, with the exit code that a shell sees.
    private static let ends: [(signal: Int32, code: String)] = [
        (SIGTERM, "exit=6"), (SIGHUP, "exit=0"), (SIGSEGV, "exit=139"),
    ]

    @Test(arguments: ends)
    func `a signal to the board gives the terminal back`(signal: Int32, code: String) async throws {
        try await Scene.play(plan: Plans.of(Plans.patient("a"))) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.type("stty -a > ../outside/before; clear")
                // The shell's number becomes the board's.
                try await terminal.start("sh -c 'echo $$ > ../outside/pid; exec stretto run plan.yaml'")
                try await waitUntil("task") { scene.lines("outside/ran").count == 1 }
                try await terminal.see("Task a")
                kill(try #require(Int32((scene.text("outside/pid") ?? "").filter(\.isNumber))), signal)

                try await terminal.see(code)
                try await expectRestored(terminal, in: scene)
            }
        }
    }

    @Test func `a crash gives the terminal back and leaves the run alone`() async throws {
        try await Scene.play(
            plan: Plans.of(Plans.patient("a")),
            environment: ["STRETTO_DEBUG_CRASH": "board"]
        ) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.type("stty -a > ../outside/before; clear")
                try await terminal.start("stretto run plan.yaml")
                // Each key asks for a frame, and the third frame is the end.
                let patiences = [Duration](repeating: .milliseconds(500), count: 100)
                try await terminal.press("j", until: "STRETTO_DEBUG_CRASH", patiences: patiences)
                try await terminal.see("exit=1")
                try await expectRestored(terminal, in: scene)
                try await waitUntil("task") { scene.lines("outside/ran").count == 1 }

                try scene.write("outside/go", "")
                #expect(try await scene.stretto("status").status == .code(0))
            }
        }
    }

    private func expectRestored(_ terminal: Terminal, in scene: Scene) async throws {
        #expect(try await terminal.value("alternate_on") == "0")
        #expect(try await terminal.value("cursor_flag") == "1")
        #expect(try await terminal.value("mouse_any_flag") == "0")
        try await terminal.type("stty -a > ../outside/after; echo said")
        try await terminal.see("\nsaid")
        #expect(scene.text("outside/after") == scene.text("outside/before"))
    }
}
