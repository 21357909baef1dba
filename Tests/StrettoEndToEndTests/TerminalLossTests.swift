import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// Whatever becomes of a screen or of a client, the run does not notice.
@Suite(.serialized, .timeLimit(.minutes(5))) struct TerminalLossTests {
    private static let two = Plans.of(Plans.patient("a"), Plans.patient("b"))

    /// Starts a run on the board whose number is noted, and returns once both tasks are at work.
    private func start(on terminal: Terminal, in scene: Scene) async throws {
        try await terminal.start("sh -c 'echo $$ > ../outside/pid; exec stretto run plan.yaml'")
        try await terminal.see("Task a", "Task b")
        try await waitUntil("two tasks") { scene.lines("outside/ran") == ["a", "b"] }
    }

    private func board(in scene: Scene) throws -> ProcessIdentity? {
        ProcessIdentity(pid: try #require(Int32((scene.text("outside/pid") ?? "").filter(\.isNumber))))
    }

    /// Lets the tasks end and watches that on the terminal.
    private func finish(on terminal: Terminal, in scene: Scene) async throws {
        try scene.write("outside/go", "")
        try await terminal.see("The goal is met")
        try await terminal.press("q", until: "exit=0")
    }

    /// What came of the tasks, once no terminal is left.
    private func expectWork(in scene: Scene) async throws {
        #expect(scene.lines("outside/ran") == ["a", "b"], "each ran once")
        for task in ["a", "b"] { #expect(try await scene.git("show", "stretto/scratch-1:\(task).txt") == task) }
        try await scene.waitUntilDeserted()
    }

    @Test(.enabled(if: !Terminal.isMissing, Terminal.reason))
    func `a window that is closed ends its board alone, and a board in another one shows everything`() async throws {
        try await Scene.play(plan: Self.two) { scene in
            try await Terminal.open(in: scene) { terminal in
                let other = try await terminal.another()
                try await start(on: terminal, in: scene)
                let board = try board(in: scene)
                let engine = try await scene.enginePID()

                try await terminal.close()
                await board?.waitUntilOver()

                #expect(try await scene.enginePID() == engine)
                #expect(scene.processes().count { $0.name == "stretto-keeper" } == 2, "agents live on")
                try await other.start("stretto attach")
                try await other.see("Task a", "Task b")
                try await finish(on: other, in: scene)
            }
            try await expectWork(in: scene)
        }
    }

    @Test(.enabled(if: !Terminal.isMissing, Terminal.reason))
    func `a terminal that nobody reads holds up neither the board's engine nor its agents`() async throws {
        let noisy = ["a", "b"].map { id in
            Plans.patient(id).replacing("done; echo", with: "done; seq 200000; echo")
        }
        try await Scene.play(plan: Plans.of(noisy[0], noisy[1])) { scene in
            try await Terminal.open(in: scene) { terminal in
                try await start(on: terminal, in: scene)
                let reader = try await terminal.reader()

                kill(reader, SIGSTOP)
                defer { kill(reader, SIGCONT) }
                try scene.write("outside/go", "")
                try await waitUntil(
                    "end of the run",
                    seen: { scene.text("repo/.git/stretto/runs/scratch-1/run.log") ?? "" }
                ) {
                    scene.text("repo/.git/stretto/runs/scratch-1/run.log")?.contains(" finished ") == true
                }
                kill(reader, SIGCONT)

                try await terminal.see("The goal is met")
                try await terminal.press("q", until: "exit=0")
            }
            try await expectWork(in: scene)
        }
    }

    @Test(arguments: [("--plain", "0 of 2 done"), ("--json", "snapshot")])
    func `a client that stops reading holds up nobody, and hears the end when it reads again`(
        form: String,
        beginning: String
    ) async throws {
        try await Scene.play(plan: Self.two) { scene in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("two tasks") { scene.lines("outside/ran") == ["a", "b"] }
                let stopped = try await scene.session("attach", form) { client in
                    try await client.line(beginning)
                    try client.signal(SIGSTOP)
                    try scene.write("outside/go", "")
                    try await run.line("finished")
                    try await run.waitUntilOver()
                    try client.signal(SIGCONT)
                    try await client.waitUntilOver()
                }
                #expect(stopped.code == .code(0), "\(stopped.output)")
                #expect(stopped.output.contains("finished"), "\(stopped.output)")
            }
            #expect(ended.code == .code(0), "\(ended.output)")
            try await expectWork(in: scene)
        }
    }

    @Test(.enabled(if: !Terminal.isMissing, Terminal.reason))
    func `what is decided on one of two boards is seen on the other`() async throws {
        let plan = Plans.of(
            "{id: a, name: Task a, review: human, command: 'echo a >> \"OUTSIDE/ran\"; echo a > a.txt'}",
            "{id: b, name: Task b, depends_on: [a], command: 'echo b >> \"OUTSIDE/ran\"; echo b > b.txt'}"
        )
        try await Scene.play(plan: plan) { scene in
            try await Terminal.open(in: scene) { terminal in
                let other = try await terminal.another()
                try await terminal.start("stretto run plan.yaml")
                try await terminal.see("◆1 review")
                try await other.start("stretto attach")
                try await other.see("◆1 review")

                try await other.press("!")
                try await other.press("r", until: "1 + a")
                try await other.press("a", until: "The goal is met")
                try await terminal.see("The goal is met")

                for board in [terminal, other] { try await board.press("q", until: "exit=0") }
            }
            try await expectWork(in: scene)
        }
    }
}
