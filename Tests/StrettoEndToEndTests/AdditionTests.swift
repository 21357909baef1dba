import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// Tasks that are added while a run goes on, and a plan that is put in order without a board.
@Suite(.serialized, .timeLimit(.minutes(5))) struct AdditionTests {
    @Test func `a task that is added survives a crash and is done, and the plan file is as it was`() async throws {
        let plan = Plans.of(Plans.patient("a"), "{id: z, name: Last, depends_on: [a], command: 'cat new.txt > z.txt'}")
        try await Scene.play(plan: plan) { scene in
            try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("task") { scene.lines("outside/ran") == ["a"] }
                let added = try await scene.stretto(
                    "add",
                    "Something new",
                    "--command",
                    "echo new > new.txt",
                    "--after",
                    "a",
                    "--before",
                    "z"
                )
                #expect(added.text == "'something-new' is in the run\n", "\(added.errorText)")
                try await run.line("added     something-new: Something new, after 'a', before 'z'")
                let twice = try await scene.stretto("add", "Again", "--id", "a")
                #expect(twice.status == .code(1))
                #expect(twice.errorText.contains("there is a task 'a' in this run already: choose another id"))
                try await scene.kill(try await scene.enginePID())
                try await run.line("ended without a word")
            }

            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await run.line("0 of 3 done")
                try scene.write("outside/go", "")
                try await run.line("finished")
            }
            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(!ended.output.contains("the plan has changed"), "\(ended.output)")
            #expect(try await scene.git("show", "stretto/scratch-1:z.txt") == "new")
            let file = scene.text("repo/plan.yaml") ?? ""
            #expect(!file.contains("something-new"))
            #expect(file.split(separator: "\n").count { $0.contains("completed") } == 2, "\(file)")
        }
    }

    @Test func `lines put a plan in order before it starts, and an approval is for the plan that was shown`()
        async throws
    {
        let tasks = ["a", "b"].map { "{id: \($0), name: Task \($0), command: 'echo \($0) >> \"OUTSIDE/order\"'}" }
        let plan = Plans.of(tasks[0], tasks[1], meta: "{name: scratch, workers: 1, gates: {plan: human}}")
        try await Scene.play(plan: plan) { scene in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try run.type("plan")
                try await run.line("1: a, Task a, by command")
                try run.type("add Somebody else's")
                try await run.line("added     somebody-else-s")
                try run.type("approve")
                try await run.line("refused: the plan has changed since it was shown: look at it again")
                try run.type("skip somebody-else-s")
                try run.type("order b before a")
                try await run.line("moved: 'plan' shows the order")
                try run.type("plan")
                try await run.line("1: b, Task b, by command")
                try await run.line("left out: somebody-else-s, Somebody else's")
                try run.type("approve")
                try await run.line("finished")
            }
            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(scene.text("outside/order") == "b\na\n")
        }
    }
}
