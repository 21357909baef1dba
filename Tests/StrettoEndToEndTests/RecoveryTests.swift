import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// A crash at any moment costs nothing.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RecoveryTests {
    private static let all = ["a", "b", "c", "d"]

    private func expectMergedOnce(_ scene: Scene) async throws {
        for task in Self.all {
            #expect(try await scene.git("show", "stretto/scratch-1:\(task).txt") == task)
            let commits = try await scene.git("log", "--format=%h", "stretto/scratch-1", "--", "\(task).txt")
            #expect(commits.split(separator: "\n").count == 1, "\(task) is merged once")
        }
        #expect(try await scene.git("worktree", "list").split(separator: "\n").count == 1)
        try await scene.waitUntilDeserted()
    }

    @Test func `an engine killed amid four tasks is followed by one that runs none of them again`() async throws {
        try await Scene.play(named: "e2e ü", plan: Plans.four) { scene in
            let killed = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("four tasks") { scene.lines("outside/ran") == Self.all }
                try await scene.kill(try await scene.enginePID())
                try await run.line("ended without a word")
            }
            #expect(killed.code == .code(1))
            #expect(scene.processes().count { $0.name == "stretto-keeper" } == 4, "agents live on")

            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await run.line("0 of 4 done")
                try scene.write("outside/go", "")
                try await run.line("finished")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(scene.lines("outside/ran") == Self.all, "each ran exactly once")
            try await expectMergedOnce(scene)
        }
    }

    @Test func `agents that end while no engine is there are not run again`() async throws {
        try await Scene.play(plan: Plans.four) { scene in
            try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("four tasks") { scene.lines("outside/ran") == Self.all }
                try await scene.kill(try await scene.enginePID())
                try await run.line("ended without a word")
            }
            try scene.write("outside/go", "")
            try await scene.waitUntilDeserted()

            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(0), "\(run.text)")
            #expect(scene.lines("outside/ran") == Self.all, "each ran exactly once")
            try await expectMergedOnce(scene)
        }
    }

    @Test func `where keepers are killed as well, attempts are lost and run once more`() async throws {
        try await Scene.play(plan: Plans.four) { scene in
            try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("four tasks") { scene.lines("outside/ran") == Self.all }
                try await scene.kill(try await scene.enginePID())
                for keeper in scene.processes() where keeper.name == "stretto-keeper" {
                    try await scene.kill(keeper.pid)
                }
                try await run.line("ended without a word")
            }

            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("four more attempts", seen: { run.output }) {
                    scene.lines("outside/ran").count == 8
                }
                try scene.write("outside/go", "")
                try await run.line("finished")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(scene.lines("outside/ran") == (Self.all + Self.all).sorted())
            try await expectMergedOnce(scene)
        }
    }

    @Test(arguments: 1...3)
    func `an engine killed right after a merge neither merges nor runs twice`(merges: Int) async throws {
        try await Scene.play(plan: Plans.four) { scene in
            try await scene.session("run", "plan.yaml", "--plain") { run in
                let engine = try await scene.enginePID()
                try scene.write("outside/go", "")
                try await waitUntil("merges") {
                    run.output.split(separator: "\n").count { $0.contains(" merged ") } >= merges
                }
                // The run may be over already: then this kills nothing, and the next start has nothing to do.
                kill(engine, SIGKILL)
            }

            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            if run.errorText.contains("continuing") {
                #expect(run.status == .code(0), "\(run.text)\(run.errorText)")
            } else {
                #expect(run.errorText.contains("`stretto land scratch-1`"), "\(run.text)\(run.errorText)")
            }
            #expect(scene.lines("outside/ran") == Self.all, "each ran exactly once")
            try await expectMergedOnce(scene)
        }
    }
}
