import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// What the doctor says where less is there than a run needs.
@Suite(.serialized, .timeLimit(.minutes(2))) struct DoctorTests {
    private static let plan = Plans.of("{id: good, name: Good, command: 'true'}")

    @Test func `outside of a repository the doctor still tells about the machine`() async throws {
        try await Scene.play(plan: Self.plan) { scene in
            let answer = try await doctor(scene, in: scene.outside)

            #expect(answer.status == .code(1))
            #expect(answer.text.hasPrefix("ok    git 2."), "\(answer.text)")
            #expect(answer.text.contains("ok    keeper at "), "\(answer.text)")
            #expect(answer.text.contains("is in no git repository"), "\(answer.text)")
        }
    }

    @Test func `a git that is too old is named with the one to install, and the other tools with it`() async throws {
        try await Scene.play(plan: Self.plan) { scene in
            try scene.write("outside/git", "#!/bin/sh\necho git version 2.30.1\n")
            chmod(scene.place.appending("outside/git"), 0o755)
            let path = scene.outside + ":" + (scene.environment["PATH"] ?? "")

            let answer = try await doctor(scene, in: scene.repository, ["PATH": path])

            #expect(answer.status == .code(1))
            #expect(answer.text.hasPrefix("bad   git 2.30 is too old\n      fix: install git 2.38"), "\(answer.text)")
            #expect(answer.text.contains("ok    keeper at "), "\(answer.text)")
        }
    }

    @Test func `a run in a large repository leaves nothing of the worktrees that it reused`() async throws {
        let plan = Plans.of(
            "{id: a, name: A, command: 'echo a > a'}",
            "{id: b, name: B, depends_on: [a], command: 'echo b > b'}",
            "{id: c, name: C, depends_on: [b], command: 'test -e a && rm file7 && echo c > c'}",
            "{id: d, name: D, depends_on: [c], command: 'test -e c && test ! -e file7 && echo d > d'}"
        )
        try await Scene.play(plan: plan) { scene in
            for number in 0..<1000 { try scene.write("repo/file\(number)", "\(number)\n") }
            try await scene.git("add", "--all")
            try await scene.git("commit", "--quiet", "--message=Many")

            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(0), "\(run.text)")
            #expect(try scene.files(below: "state").keys.filter { $0.contains("scratch-1") } == [])
            #expect(try await scene.git("worktree", "list").split(separator: "\n").count == 1)
            #expect(
                try await scene.git("ls-tree", "-r", "--name-only", "stretto/scratch-1", "a", "b", "c", "d")
                    == "a\nb\nc\nd"
            )
        }
    }

    private func doctor(
        _ scene: Scene,
        in directory: String,
        _ more: [String: String] = [:]
    ) async throws -> ProcessOutput {
        try await ChildProcess.run(
            ProcessCommand(
                arguments: [Scene.programs + "/stretto", "doctor"],
                directory: directory,
                environment: scene.environment.merging(more) { $1 }
            )
        )
    }
}
