import FoundationEssentials
import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// The plan file shows how its tasks stand, and what it says counts where it is true.
@Suite(.serialized, .timeLimit(.minutes(2))) struct StatusTests {
    private static let commented = """
        # Do not touch my comments.\tNor tabs.
        meta: {name: scratch, workers: 1, backoff_base: 0}   # one by one
        sections:
        - id: all
          tasks:
            - id: a     # first
              name: "Alpha"
              command: |
                echo alpha > a.txt

            - {id: 'b', review: human, status: "pending", depends_on: [a], command: 'echo beta > b.txt'}  # second
            - id: c
              status: failed   # of yesterday
              depends_on: [b]
              command: cat a.txt b.txt > c.txt
        # end

        """

    /// The plan as it is with these statuses; nil is none.
    private static func commented(_ a: String?, _ b: String, _ c: String) -> String {
        commented
            .replacing("\"Alpha\"\n", with: "\"Alpha\"\n" + (a.map { "      status: \($0)\n" } ?? ""))
            .replacing("status: \"pending\"", with: "status: \"\(b)\"").replacing(
                "status: failed",
                with: "status: \(c)"
            )
    }

    private static let two = Plans.of(
        "{id: a, name: Alpha, command: 'echo a >> \"OUTSIDE/ran\"; echo a > a.txt'}",
        "{id: b, name: Beta, command: 'echo b >> \"OUTSIDE/ran\"; echo b > b.txt'}"
    )

    private func waitForPlan(_ text: String, in scene: Scene) async throws {
        try await waitUntil("plan file", seen: { scene.text("repo/plan.yaml") ?? "" }) {
            scene.text("repo/plan.yaml") == text
        }
    }

    @Test func `a plan shows where its run stands, and nothing else of it or the checkout changes`() async throws {
        try await Scene.play(named: "e2e ü", plan: Self.commented) { scene in
            chmod(scene.repository + "/plan.yaml", 0o640)
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await run.line("b: waits for your review")
                try await waitForPlan(Self.commented("completed", "suspended", "pending"), in: scene)
                #expect(try await scene.git("status", "--porcelain") == " M plan.yaml")
                try run.type("approve b")
                try await run.line("finished")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(scene.text("repo/plan.yaml") == Self.commented("completed", "completed", "completed"))
            #expect(try await scene.git("status", "--porcelain") == " M plan.yaml")
            #expect(try await scene.git("show", "stretto/scratch-1:plan.yaml") + "\n" == Self.commented)
            var status = stat()
            #expect(stat(scene.repository + "/plan.yaml", &status) == 0 && status.st_mode & 0o777 == 0o640)
        }
    }

    @Test func `statuses are left alone on request, and so by the run when it goes on`() async throws {
        let plan = Plans.of("{id: bad, name: Bad, max_attempts: 1, command: 'test -e \"OUTSIDE/go\"'}")
        try await Scene.play(plan: plan) { scene in
            let before = try await scene.git("show", "HEAD:plan.yaml")
            #expect(try await scene.stretto("run", "plan.yaml", "--plain", "--no-status").status == .code(4))
            #expect(try await scene.stretto("resume", "--plain").status == .code(4))
            #expect(scene.text("repo/plan.yaml") == before + "\n")

            #expect(try await scene.stretto("run", "plan.yaml", "--plain", "--fresh").status == .code(4))
            #expect(scene.text("repo/plan.yaml")?.contains("name: Bad, status: failed, max") == true)
        }
    }

    @Test func `a task that is run again by its name is not over by its old status when the run goes on`() async throws
    {
        let plan = Plans.of(
            "{id: a, name: Alpha, status: completed, max_attempts: 1, "
                + "command: 'echo a >> \"OUTSIDE/ran\"; test -e \"OUTSIDE/go\"'}"
        )
        try await Scene.play(plan: plan) { scene in
            let first = try await scene.stretto("run", "plan.yaml", "--plain", "--no-status", "--task", "a")
            #expect(first.status == .code(4), "\(first.text)\(first.errorText)")
            try scene.write("outside/go", "")

            let second = try await scene.stretto("resume", "--plain")

            #expect(second.status == .code(0), "\(second.text)\(second.errorText)")
            #expect(!second.errorText.contains("the plan has changed"), "\(second.errorText)")
            #expect(scene.lines("outside/ran") == ["a", "a"])
        }
    }

    @Test func `a plan that is a link is written behind it, and the link stays`() async throws {
        try await Scene.play(plan: Self.two) { scene in
            let path = scene.repository + "/plan.yaml"
            try FileManager.default.moveItem(atPath: path, toPath: scene.outside + "/real.yaml")
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "../outside/real.yaml")

            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(0), "\(run.text)\(run.errorText)")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "../outside/real.yaml")
            let text = scene.text("outside/real.yaml") ?? ""
            #expect(text.contains("Alpha, status: completed") && text.contains("Beta, status: completed"))
        }
    }

    @Test func `an edit during the run survives, and a plan that broke gets its statuses once it is mended`()
        async throws
    {
        // The last task leaves time for the edit.
        let wait = "until test -e 'OUTSIDE/mended'; do sleep 0.05; done"
        let patient = { (plan: String, outside: String) in
            plan.replacing("cat a.txt", with: wait.replacing("OUTSIDE", with: outside) + "; cat a.txt")
        }
        try await Scene.play(plan: patient(Self.commented, "OUTSIDE")) { scene in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await run.line("b: waits for your review")
                let reviewed = Self.commented("completed", "suspended", "pending")
                try await waitForPlan(patient(reviewed, scene.outside), in: scene)
                // Half an edit: a run must not mind.
                try scene.write("repo/plan.yaml", "sections: [")
                try run.type("approve b")
                try await run.line("statuses are not written into the plan file")
                let edited = Self.commented.replacing("cat a.txt b.txt", with: "cat b.txt a.txt") + "# mine\n"
                try scene.write("repo/plan.yaml", edited)
                try scene.write("outside/mended", "")
                try await run.line("finished")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(ended.lines.count { $0.contains("statuses are not written") } == 1)
            let expected = Self.commented("completed", "completed", "completed")
                .replacing("cat a.txt b.txt", with: "cat b.txt a.txt")
            #expect(scene.text("repo/plan.yaml") == expected + "# mine\n")
        }
    }

    @Test func `a run that goes on takes its own words for no edit, and writes what a crash left out`() async throws {
        try await Scene.play(plan: Plans.of(Plans.patient("a"), "{id: b, command: 'echo b > b.txt', review: human}")) {
            scene in
            try await scene.session("run", "plan.yaml", "--plain") { run in
                try await run.line("b: waits for your review")
                try await waitUntil("a at work") { scene.lines("outside/ran") == ["a"] }
                try await scene.kill(try await scene.enginePID())
                try await run.line("ended without a word")
            }
            let plan = scene.text("repo/plan.yaml") ?? ""
            let other = plan.replacing("status: in_progress", with: "status: failed")
            try scene.write("repo/plan.yaml", other.replacing("status: suspended", with: "status: pending"))

            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("statuses", seen: { scene.text("repo/plan.yaml") ?? "" }) {
                    scene.text("repo/plan.yaml")?.contains("id: b, status: suspended") == true
                }
                try scene.write("outside/go", "")
                try run.type("approve b")
                try await run.line("finished")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(!ended.output.contains("the plan has changed"))
            let text = scene.text("repo/plan.yaml") ?? ""
            #expect(text.contains("Task a, status: completed") && text.contains("id: b, status: completed"), "\(text)")
        }
    }

    @Test(arguments: ["--ff", "--merge", "--squash"])
    func `a landed plan has nothing to do, and does all of it again on request`(way: String) async throws {
        try await Scene.play(plan: Self.two) { scene in
            _ = try await scene.stretto("run", "plan.yaml", "--plain")
            #expect(try await scene.stretto("land", way).status == .code(0))
            // What comes later leaves it landed.
            try scene.write("repo/a.txt", "else\n")
            try await scene.git("commit", "-qm", "Change it", "a.txt")

            let second = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(second.status == .code(0), "\(second.errorText)")
            #expect(second.text.contains("nothing to do"))
            #expect(try await scene.branches() == ["main", "stretto/scratch-1"])
            #expect(scene.lines("outside/ran") == ["a", "b"])

            let again = try await scene.stretto("run", "plan.yaml", "--plain", "--again")
            #expect(again.status == .code(0), "\(again.text)\(again.errorText)")
            #expect(scene.lines("outside/ran") == ["a", "a", "b", "b"])
        }
    }

    @Test func `a run whose work is not in the base does not count, and both ways out are told`() async throws {
        try await Scene.play(plan: Self.two) { scene in
            _ = try await scene.stretto("run", "plan.yaml", "--plain")

            let second = try await scene.stretto("run", "plan.yaml", "--plain")
            #expect(second.status == .code(1))
            #expect(second.errorText.contains("tasks 'a', 'b' are marked completed by run scratch-1"))
            #expect(second.errorText.contains("`stretto land scratch-1` brings it here, --again"))
            let dry = try await scene.stretto("run", "plan.yaml", "--dry-run")
            #expect(dry.status == .code(1) && dry.errorText == second.errorText)
            #expect(scene.lines("outside/ran") == ["a", "b"])
            // From the run's own branch it is true.
            let there = try await scene.stretto("run", "plan.yaml", "--plain", "--base", "stretto/scratch-1")
            #expect(there.status == .code(0) && there.text.contains("nothing to do"), "\(there.errorText)")

            #expect(try await scene.stretto("discard", "--yes").status == .code(0))
            let third = try await scene.stretto("run", "plan.yaml", "--plain")
            #expect(third.errorText.contains("`stretto discard --undo scratch-1`"), "\(third.errorText)")

            // A task that is named runs; `verified` is a person's word, which Stretto never writes.
            let one = try await scene.stretto("run", "plan.yaml", "--plain", "--task", "a")
            #expect(one.status == .code(0), "\(one.text)\(one.errorText)")
            #expect(scene.lines("outside/ran") == ["a", "a", "b"])
            let text = scene.text("repo/plan.yaml") ?? ""
            try scene.write("repo/plan.yaml", text.replacing("completed", with: "verified"))
            #expect(try await scene.stretto("run", "plan.yaml", "--plain").text.contains("nothing to do"))
        }
    }

    @Test func `an unfinished run is not begun anew over its own work, except on request`() async throws {
        let plan = Plans.of(
            "{id: a, name: Alpha, command: 'echo a >> \"OUTSIDE/ran\"; echo a > a.txt'}",
            "{id: b, name: Beta, review: human, command: 'echo b >> \"OUTSIDE/ran\"; echo b > b.txt'}",
            "{id: c, name: Gamma, max_attempts: 1, command: 'echo c >> \"OUTSIDE/ran\"; exit 1'}"
        )
        try await Scene.play(plan: plan) { scene in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await run.line("b: waits for your review")
                try run.type("skip b")
                try await run.line("failed")
            }
            #expect(ended.code == .code(4), "\(ended.output)")

            let fresh = try await scene.stretto("run", "plan.yaml", "--plain", "--fresh")
            #expect(fresh.status == .code(1))
            #expect(fresh.errorText.contains("task 'a' is marked completed by run scratch-1"), "\(fresh.errorText)")
            #expect(fresh.errorText.contains("`stretto resume` goes on with it, --again"), "\(fresh.errorText)")
            #expect(scene.lines("outside/ran") == ["a", "b", "c"])

            let again = try await scene.stretto("run", "plan.yaml", "--plain", "--again", "--preset", "unattended")
            #expect(again.status == .code(4), "\(again.text)\(again.errorText)")
            #expect(scene.lines("outside/ran") == ["a", "a", "b", "b", "c", "c"])
        }
    }

    @Test func `what a person marked counts, before a run and for one that goes on`() async throws {
        let plan = Plans.of(
            "{id: a, name: Alpha, status: completed, command: 'echo a >> \"OUTSIDE/ran\"'}",
            "{id: b, name: Beta, max_attempts: 1, command: 'echo b >> \"OUTSIDE/ran\"; exit 1'}"
        )
        try await Scene.play(plan: plan) { scene in
            #expect(try await scene.stretto("run", "plan.yaml", "--plain").status == .code(4))
            let text = scene.text("repo/plan.yaml") ?? ""
            #expect(text.contains("Alpha, status: completed") && text.contains("Beta, status: failed"))
            try scene.write("repo/plan.yaml", text.replacing("status: failed", with: "status: skipped"))

            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(0), "\(run.text)\(run.errorText)")
            #expect(run.errorText.contains("task b: status pending → skipped"))
            #expect(scene.lines("outside/ran") == ["b"])
            #expect(scene.text("repo/plan.yaml") == text.replacing("status: failed", with: "status: skipped"))
        }
    }
}
