import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// The plan gate without a terminal.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PlanGateTests {
    @Test func `nobody at the plan gate is exit code 7 with nothing started, and a later approval runs it all`()
        async throws
    {
        try await Scene.play(plan: Plans.three) { scene in
            let waiting = try await scene.stretto("run", "plan.yaml", "--review-plan", "--plain")
            #expect(waiting.status == .code(7), "\(waiting.text)")
            #expect(waiting.text.contains("the plan waits for approval"))
            #expect(try await scene.git("log", "--format=%s", "stretto/scratch-1", "^main").contains("Merge") == false)

            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await run.line("0 of 3 done")
                try run.type("approve")
                try await run.line("finished")
            }
            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(try await scene.git("show", "stretto/scratch-1:c.txt") == "alpha\nbeta")
        }
    }

    @Test func `a plan that needs nobody passes its own gate`() async throws {
        let plan = Plans.of(
            "{id: a, name: Alpha, command: 'echo alpha > a.txt'}",
            meta: "{name: scratch, gates: {plan: human, unattended: auto}}"
        )
        try await Scene.play(plan: plan) { scene in
            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(0), "\(run.text)")
            #expect(try await scene.git("show", "stretto/scratch-1:a.txt") == "alpha")
        }
    }
}

/// The plan gate on the board.
@Suite(
    .serialized,
    .timeLimit(.minutes(5)),
    .enabled(if: !Terminal.isMissing, Terminal.reason)
)
struct PlanGateBoardTests {
    private static func noting(_ id: String) -> String {
        "{id: \(id), name: Task \(id), command: 'echo \(id) >> \"OUTSIDE/order\"'}"
    }

    private static let plan = Plans.of(
        noting("a"),
        noting("b"),
        noting("c"),
        meta: "{name: scratch, workers: 1}"
    )

    /// Adds a task that waits for `b`, as a person would in an editor.
    private static let editing = """
        cat >> "$1" <<'END'
          - {id: d, name: Task d, depends_on: [b], command: 'echo d >> "OUTSIDE/order"'}
        END

        """

    @Test func `a plan is put in order, survives a crash, is edited and cut, and only then runs`() async throws {
        try await Scene.play(plan: Self.plan) { scene in
            try scene.write("outside/edit", Self.editing.replacing("OUTSIDE", with: scene.outside))
            try await Terminal.open(in: scene) { terminal in
                try await terminal.start("EDITOR='sh ../outside/edit' stretto run plan.yaml --review-plan")
                try await terminal.see("The plan waits for you: 3 tasks, nothing has started")
                try await terminal.press("G")
                try await terminal.press("K", until: "Task c starts as number 1 of 3")

                try await scene.kill(try await scene.enginePID())
                try await terminal.press("q", until: "exit=1")
                try await terminal.start("clear; EDITOR='sh ../outside/edit' stretto run plan.yaml")
                try await terminal.see("The plan waits for you: 3 tasks, nothing has started")
                try await terminal.pressOnce("e", until: "task d added")
                try await terminal.pressOnce("t", until: "4 tasks, nothing has started")

                try await terminal.press("g", "j")
                try await terminal.pressOnce("s", until: "3 of 4 tasks")
                #expect(scene.text("outside/order") == nil, "nothing runs before the plan is approved")
                try await terminal.press("a", until: "The goal is met")
                try await terminal.press("q", until: "exit=0")
            }
            #expect(scene.text("outside/order") == "c\nb\nd\n")
            let file = scene.text("repo/plan.yaml") ?? ""
            #expect(file.split(separator: "\n").count { $0.contains("completed") } == 3, "\(file)")
            #expect(file.contains("skipped"))
        }
    }

    @Test func `a plan that cannot be read changes nothing, and the gate can be left`() async throws {
        try await Scene.play(plan: Self.plan) { scene in
            try scene.write("outside/edit", "echo '  - {id: e, depends_on: [nowhere]}' >> \"$1\"\n")
            try await Terminal.open(in: scene) { terminal in
                try await terminal.start("EDITOR='sh ../outside/edit' stretto run plan.yaml --review-plan")
                try await terminal.see("The plan waits for you")
                try await terminal.pressOnce("e", until: "The plan cannot be read")
                try await terminal.see("nowhere")
                try await terminal.press("Escape", untilGone: "The plan cannot be read")
                try await terminal.press("q", until: "Leave it waiting")
                try await terminal.press("l", until: "exit=0")

                try await terminal.start("clear; stretto attach")
                try await terminal.see("The plan waits for you: 3 tasks, nothing has started")
                try await terminal.press("q", until: "Stop the run")
                try await terminal.press("S", until: "exit=6")
            }
            #expect(scene.text("outside/order") == nil)
        }
    }
}

extension Terminal {
    /// Presses a key that would do something else the second time, once, and returns when the screen shows the text.
    func pressOnce(_ key: String, until text: String) async throws {
        try await press(key, until: text, patiences: [.seconds(60)])
    }
}
