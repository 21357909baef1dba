import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// What terminals and environments do to a board, and what it leaves behind in each of them.
@Suite(
    .serialized,
    .timeLimit(.minutes(5)),
    .enabled(if: !Terminal.isMissing, Terminal.reason)
)
struct TerminalLifeTests {
    private static let patient = Plans.of(Plans.patient("a"), Plans.patient("b"))

    private static let talking = Plans.of(
        """
        {id: t, name: Talker, command: 'printf "\\033[31mwords of the talker\\033[0m\\n"; \
        until test -e "OUTSIDE/go"; do sleep 0.05; done'}
        """
    )

    /// Lets the tasks end, watches that, and expects the terminal as it was.
    private func finish(_ terminal: Terminal, in scene: Scene) async throws {
        try scene.write("outside/go", "")
        try await terminal.see("The goal is met")
        try await terminal.press("q", until: "exit=0")
        try await terminal.expectRestored()
    }

    @Test
    func `Ctrl-Z gives the terminal to the shell while agents go on, and fg brings the board back`() async throws {
        try await Scene.play(plan: Self.patient) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.noteSettings()
                try await terminal.start("stretto run plan.yaml")
                try await waitUntil("two tasks") { scene.lines("outside/ran").count == 2 }
                try await terminal.see("Task a", "Task b")
                try await terminal.press("C-z", until: "Stopped")
                #expect(scene.processes().count { $0.name == "stretto-keeper" } == 2)
                try await terminal.expectRestored()

                try await terminal.type("clear; fg; echo exit=$?")
                try await terminal.see("Task a", "Task b", "? help")
                #expect(try await terminal.value("alternate_on") == "1")
                try await finish(terminal, in: scene)
            }
        }
    }

    @Test func `a board in the background leaves the terminal to the shell until it is fetched`() async throws {
        try await Scene.play(plan: Self.patient) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.noteSettings()
                try await terminal.start("stretto run plan.yaml")
                try await terminal.see("Task a", "Task b")
                try await terminal.press("C-z", until: "Stopped")

                try await terminal.type("clear; bg")
                // It is stopped again, and the shell says so with its next prompt.
                try await terminal.press("Enter", until: "Stopped (tty output)")
                try await terminal.expectRestored()

                try await terminal.type("clear; fg; echo exit=$?")
                try await terminal.see("Task a", "Task b", "? help")
                try await finish(terminal, in: scene)
            }
        }
    }

    @Test func `a board that somebody else stopped is whole and takes keys when it goes on`() async throws {
        try await Scene.play(plan: Self.patient) { scene in
            try await Terminal.open(in: scene) { terminal in
                // dash leaves the terminal as it is where a program was stopped by force, and would hear no Enter.
                try await terminal.type("exec bash --norc")
                try await terminal.noteSettings()
                try await terminal.start("sh -c 'echo $$ > ../outside/pid; exec stretto run plan.yaml'")
                try await terminal.see("Task a", "Task b")
                let pid = try #require(Int32((scene.text("outside/pid") ?? "").filter(\.isNumber)))
                Glibc.kill(pid, SIGSTOP)
                try await terminal.press("Enter", until: "Stopped")

                try await terminal.type("clear; fg; echo exit=$?")
                try await terminal.see("Task a", "Task b", "? help")
                try await terminal.press("?", until: "type to filter")
                try await terminal.press("Escape", untilGone: "type to filter")
                try await finish(terminal, in: scene)
            }
        }
    }

    @Test(arguments: ["LC_ALL=xx_XX.UTF-8", "-u LC_ALL -u LC_CTYPE -u LANG"])
    func `a locale that is not installed, or none at all, gets a whole board`(change: String) async throws {
        try await Scene.play(plan: Self.talking) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.noteSettings()
                try await terminal.start("env \(change) stretto run plan.yaml")
                let screen = try await terminal.see("words of the talker", "●1 running")
                #expect(screen.contains("│") && screen.contains("━"))
                try await finish(terminal, in: scene)
            }
        }
    }

    @Test func `a board that is killed outright takes nothing with it, and another one shows the run`() async throws {
        try await Scene.play(plan: Self.patient) { scene in
            try await Terminal.open(in: scene) { terminal in
                let other = try await terminal.another()
                try await terminal.start("sh -c 'echo $$ > ../outside/pid; exec stretto run plan.yaml'")
                try await waitUntil("two tasks") { scene.lines("outside/ran").count == 2 }
                let engine = try await scene.enginePID()
                try await scene.kill(try #require(Int32((scene.text("outside/pid") ?? "").filter(\.isNumber))))

                #expect(try await scene.enginePID() == engine)
                try await other.noteSettings()
                try await other.start("stretto attach")
                try await other.see("Task a", "Task b")
                try await finish(other, in: scene)
            }
            #expect(scene.lines("outside/ran") == ["a", "b"], "each ran once")
        }
    }

    @Test func `the mouse selects, scrolls under the pointer, and is given back to the terminal`() async throws {
        let plan = Plans.of(
            Plans.patient("a"),
            "{id: t, name: Talker, command: 'seq 500; until test -e \"OUTSIDE/go\"; do sleep 0.05; done'}"
        )
        try await Scene.play(plan: plan) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.noteSettings()
                try await terminal.start("stretto run plan.yaml")
                try await terminal.see("Task a", "Talker")
                #expect(try await terminal.value("mouse_any_flag") == "1")
                let lines = try await terminal.screen().split(separator: "\n", omittingEmptySubsequences: false)
                let row = try #require(lines.firstIndex { $0.contains("Talker") }) + 1
                try await terminal.write("\u{1B}[<0;8;\(row)M\u{1B}[<0;8;\(row)m")
                try await terminal.see("▌ ● Talker", " 500")

                // The wheel over the output moves it, though the keys belong to the tree.
                for _ in 0..<3 { try await terminal.write("\u{1B}[<64;70;12M") }
                try await terminal.see("below")
                try await terminal.pressOnce("M", until: "the mouse is the terminal's")
                #expect(try await terminal.value("mouse_any_flag") == "0")
                try await finish(terminal, in: scene)
            }
        }
    }

    @Test func `what is copied arrives in the terminal's own clipboard`() async throws {
        try await Scene.play(plan: Self.talking) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.tmux("set-option", "-s", "set-clipboard", "on")
                try await terminal.noteSettings()
                // Without a word of tmux only OSC 52 is left.
                try await terminal.start("env -u TMUX stretto run plan.yaml")
                try await terminal.see("words of the talker")
                try await terminal.press("Tab")
                try await terminal.pressOnce("y", until: "copied 1 line: terminal (OSC 52)")
                #expect(try await terminal.tmux("show-buffer") == "words of the talker")
                try await finish(terminal, in: scene)
            }
        }
    }

    @Test func `without colour no colour is written, and every state has its glyph and word`() async throws {
        try await Scene.play(plan: Self.talking) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.noteSettings()
                try await terminal.start("NO_COLOR=1 stretto run plan.yaml")
                try await terminal.see("words of the talker", "●1 running")
                let screen = try await terminal.tmux("capture-pane", "-p", "-e", "-t", "e2e:0")
                var model = TerminalModel(columns: 120, rows: 36) { _ in 1 }
                for (row, line) in screen.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                    model.feed(Array("\u{1B}[\(row + 1);1H\(line)".utf8))
                }
                let looks = (0..<36).flatMap { row in (0..<120).map { model[$0, row].look } }
                #expect(looks.allSatisfy { $0.foreground == nil && $0.background == nil })
                #expect(looks.contains { $0.emphasis != 0 }, "emphasis stays")
                try await finish(terminal, in: scene)
            }
        }
    }

    @Test func `a locale without UTF-8 gets a board of ASCII`() async throws {
        try await Scene.play(plan: Self.talking) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.noteSettings()
                try await terminal.start("LANG=C stretto run plan.yaml")
                let screen = try await terminal.see("words of the talker", ">1 running")
                let isPlain = screen.allSatisfy(\.isASCII)
                #expect(isPlain, "\(screen)")
                try await finish(terminal, in: scene)
            }
        }
    }

    /// Command lines that give the program no terminal for a board.
    private static let withoutBoard = ["TERM=dumb stretto run plan.yaml", "stretto run plan.yaml < /dev/null"]

    @Test(arguments: withoutBoard)
    func `what is no terminal for a board gets lines instead`(line: String) async throws {
        try await Scene.play(plan: Plans.three) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await terminal.noteSettings()
                try await terminal.start(line)
                try await terminal.see("finished: every task is done", "exit=0")
                try await terminal.expectRestored()
            }
        }
    }
}
