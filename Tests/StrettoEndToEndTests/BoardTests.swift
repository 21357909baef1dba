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
                try await terminal.noteSettings()
                // The shell's number becomes the board's.
                try await terminal.start("sh -c 'echo $$ > ../outside/pid; exec stretto run plan.yaml'")
                try await waitUntil("task") { scene.lines("outside/ran").count == 1 }
                try await terminal.see("Task a")
                kill(try #require(Int32((scene.text("outside/pid") ?? "").filter(\.isNumber))), signal)

                try await terminal.see(code)
                try await terminal.expectRestored()
            }
        }
    }

    @Test func `a signal to a board that only looks at a run leaves the run alone`() async throws {
        try await Scene.play(plan: Plans.of(Plans.patient("a"))) { scene in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("task") { scene.lines("outside/ran").count == 1 }
                try await Terminal.open(in: scene) { terminal in
                    try await terminal.noteSettings()
                    try await terminal.start("sh -c 'echo $$ > ../outside/pid; exec stretto attach'")
                    try await terminal.see("Task a")
                    kill(try #require(Int32((scene.text("outside/pid") ?? "").filter(\.isNumber))), SIGTERM)
                    try await terminal.see("exit=0")
                    try await terminal.expectRestored()
                }
                try scene.write("outside/go", "")
                try await run.line("finished")
            }
            #expect(ended.code == .code(0), "\(ended.output)")
        }
    }
}
