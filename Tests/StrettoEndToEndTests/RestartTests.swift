import Glibc
import StrettoCore
import StrettoProcess
import Testing

/// What a person is told by an engine that takes up a run, and of one that cannot answer.
@Suite(.serialized, .timeLimit(.minutes(2))) struct RestartTests {
    private static let all = ["a", "b", "c", "d"]

    @Test func `an engine that takes up a run says in one line what it found`() async throws {
        try await Scene.play(plan: Plans.four) { scene in
            try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("four tasks") { scene.lines("outside/ran") == Self.all }
                try await scene.kill(try await scene.enginePID())
                try await run.line("ended without a word")
            }

            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await run.line("continuing run scratch-1: 0 of 4 tasks done")
                try scene.write("outside/go", "")
                try await run.line("finished")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
        }
    }

    @Test func `an engine that was stopped is told of as such, and with the way out`() async throws {
        try await Scene.play(plan: Plans.four) { scene in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("four tasks") { scene.lines("outside/ran") == Self.all }
                let engine = try await scene.enginePID()
                kill(engine, SIGSTOP)

                let status = try await scene.stretto("status")
                #expect(status.status == .code(0), "the journal tells the rest: \(status.errorText)")
                #expect(status.errorText.contains("process \(engine)"), "\(status.errorText)")
                #expect(status.errorText.contains("does not answer"), "\(status.errorText)")
                #expect(status.errorText.contains("kill -CONT \(engine)"), "\(status.errorText)")
                #expect(status.text.contains("scratch"), "\(status.text)")

                let stop = try await scene.stretto("stop")
                #expect(stop.status == .code(1))
                #expect(stop.errorText.contains("does not answer"), "\(stop.errorText)")

                kill(engine, SIGCONT)
                try scene.write("outside/go", "")
                try await run.line("finished")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
        }
    }
}
