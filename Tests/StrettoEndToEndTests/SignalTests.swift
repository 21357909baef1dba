import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// What signals do to a run, and what they leave behind.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SignalTests {
    private static let plan = Plans.of(
        Plans.patient("a"),
        Plans.patient("b", more: "depends_on: [a], ")
    )

    @Test func `an interrupt lets running tasks finish and starts nothing new`() async throws {
        try await Scene.play(plan: Self.plan) { scene in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("task") { scene.lines("outside/ran") == ["a"] }
                try run.signal(SIGINT)
                try await run.line("draining")
                try scene.write("outside/go", "")
                try await run.line("stopped on request")
            }

            #expect(ended.code == .code(6), "\(ended.output)")
            #expect(scene.lines("outside/ran") == ["a"])
            #expect(try await scene.git("show", "stretto/scratch-1:a.txt") == "a")
            try await scene.waitUntilDeserted()

            let resumed = try await scene.stretto("resume", "--plain")
            #expect(resumed.status == .code(0), "\(resumed.text)")
            #expect(scene.lines("outside/ran") == ["a", "b"])
        }
    }

    @Test func `a termination ends the agents now and leaves no process`() async throws {
        try await Scene.play(plan: Self.plan) { scene in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("task") { scene.lines("outside/ran") == ["a"] }
                try run.signal(SIGTERM)
                try await run.line("stopped on request")
            }

            #expect(ended.code == .code(6), "\(ended.output)")
            try await scene.waitUntilDeserted()
        }
    }

    @Test func `whoever looks without an input leaves the gates to those who sit there`() async throws {
        let meta = "{name: scratch, workers: 1, gates: {plan: human}}"
        let task = "{id: a, name: Task A, command: 'echo a >> \"OUTSIDE/ran\"'}"
        try await Scene.play(plan: Plans.of(task, meta: meta)) { scene in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await run.line("the plan waits for approval")
                async let looked = scene.session("attach", "--plain") { viewer in
                    // Its input ends with this.
                    try await viewer.line("the plan waits for approval")
                }
                for _ in 0..<3 {
                    #expect(try await scene.stretto("status").text.contains("the plan waits for approval"))
                }
                try run.type("plan")
                try await run.line("1: a, Task A, by command")
                try run.type("approve")
                try await run.line("finished")
                #expect(try await looked.code == .code(0))
            }
            #expect(ended.code == .code(0), "\(ended.output)")
        }
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGQUIT, nil])
    func `whoever only looks at a run leaves it alone, however he goes`(signal: CInt?) async throws {
        try await Scene.play(plan: Self.plan) { scene in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("task") { scene.lines("outside/ran") == ["a"] }
                let viewer = try await scene.session("attach", "--plain") { viewer in
                    try await viewer.line("0 of 2 done")
                    if let signal { try viewer.signal(signal) } else { try viewer.type("detach") }
                    try await viewer.line("the run goes on without a screen")
                    try await viewer.waitUntilOver()
                }
                #expect(viewer.code == .code(0), "\(viewer.output)")
                try scene.write("outside/go", "")
                try await run.line("finished")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(!ended.output.contains("draining") && !ended.output.contains("stopping"), "\(ended.output)")
            #expect(scene.lines("outside/ran") == ["a", "b"])
        }
    }

    @Test func `closing the terminal leaves the run alone, and attaching shows it to its end`() async throws {
        try await Scene.play(plan: Self.plan) { scene in
            let left = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("task") { scene.lines("outside/ran") == ["a"] }
                try run.signal(SIGHUP)
                // Its end is what the hang-up is to bring about, so the input must not end before.
                try await run.waitUntilOver()
            }
            #expect(left.code == .code(0))
            #expect(!left.output.contains("finished"))

            let ended = try await scene.session("attach", "--plain") { run in
                try await run.line("0 of 2 done")
                try scene.write("outside/go", "")
                try await run.line("finished")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(scene.lines("outside/ran") == ["a", "b"])
        }
    }
}
