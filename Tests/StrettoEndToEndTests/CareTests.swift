import FoundationEssentials
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// What becomes of runs that are over: rescue, discard, prune and the doctor, as a person types them.
@Suite(.serialized, .timeLimit(.minutes(5))) struct CareTests {
    private static let plan = Plans.of(
        "{id: good, name: Good, command: 'echo good > good.txt'}",
        "{id: bad, name: Bad, max_attempts: 1, command: 'echo half > half.txt; exit 3'}"
    )

    @Test func `what a failed task did is listed, and comes back as a branch and as a folder`() async throws {
        try await Scene.play(named: "e2e ü", plan: Self.plan) { scene in
            #expect(try await scene.stretto("run", "plan.yaml", "--plain").status == .code(4))

            let list = try await scene.stretto("rescue").text.split(separator: "\n").map(String.init)
            #expect(list.count == 3, "\(list)")
            #expect(list.first == "run scratch-1")
            #expect(list[1].hasPrefix("  bad.1 ") && list[1].hasSuffix("1 file +1 -0  nowhere else"), "\(list)")
            #expect(list[2].hasPrefix("  good.1 ") && list[2].hasSuffix("in stretto/scratch-1"), "\(list)")
            let document = try await scene.stretto("rescue", "bad", "--json").text
            #expect(document.contains("\"ref\":\"refs/stretto/scratch-1/bad/1\""), "\(document)")

            #expect(try await scene.stretto("rescue", "bad", "--to", "again").status == .code(0))
            #expect(try await scene.git("show", "again:half.txt") == "half")
            #expect(try await scene.stretto("rescue", "bad", "--to", "main").status == .code(1))
            #expect(try await scene.stretto("rescue", "bad.1", "--into", "../look here").status == .code(0))
            #expect(scene.text("look here/half.txt") == "half\n")
            #expect(try await scene.stretto("rescue", "bad.1", "--into", "../look here").status == .code(1))
            #expect(try await scene.git("status", "--porcelain") == " M plan.yaml", "its statuses")
        }
    }

    @Test func `a run that is given up is not gone on with, comes back whole, and goes for good when told so`()
        async throws
    {
        try await Scene.play(plan: Self.plan) { scene in
            _ = try await scene.stretto("run", "plan.yaml", "--plain")
            let before = try await scene.git("for-each-ref")

            #expect(try await scene.stretto("discard").status == .code(1), "nobody can be asked")
            #expect(try await scene.git("for-each-ref") == before)
            #expect(try await scene.stretto("prune", "scratch-1", "--yes").status == .code(1), "it could go on")
            let discard = try await scene.stretto("discard", "--yes")
            #expect(discard.status == .code(0) && discard.text.contains("keeps 2 trees, 2 of them nowhere else"))
            #expect(try await scene.branches() == ["main"])
            #expect(try await scene.stretto("resume", "--plain").errorText.contains("no run waits to be resumed"))
            #expect(try await scene.stretto("discard", "--undo").status == .code(0))
            #expect(try await scene.git("for-each-ref") == before)

            _ = try await scene.stretto("discard", "scratch-1", "--yes")
            #expect(try await scene.stretto("prune", "--yes").text.contains("nothing can go"))
            let prune = try await scene.stretto("prune", "--all", "--yes").text
            #expect(prune.contains("gone for good") && prune.contains("bad.1  refs/stretto/scratch-1/bad/1"))
            #expect(try await scene.git("for-each-ref", "refs/stretto") == "")
            #expect(scene.text("repo/.git/stretto/runs/scratch-1/run.log") == nil)
            #expect(try await scene.stretto("discard", "--undo", "scratch-1").status == .code(1))
        }
    }

    @Test func `a landed run's trees and logs go without more words, others stay`() async throws {
        let plan = Plans.of("{id: good, name: Good, command: 'echo good > good.txt'}")
        try await Scene.play(plan: plan) { scene in
            _ = try await scene.stretto("run", "plan.yaml", "--plain")
            #expect(try await scene.stretto("prune", "--yes").text.contains("nothing can go"))
            #expect(try await scene.stretto("land", "--squash").status == .code(0))
            #expect(try await scene.stretto("prune", "--older-than", "1d", "--yes").text.contains("nothing can go"))

            #expect(try await scene.stretto("prune", "--yes").text.contains("pruned 1 kept tree"))

            #expect(try await scene.git("for-each-ref", "refs/stretto") == "")
            #expect(scene.text("repo/.git/stretto/runs/scratch-1/run.log") == nil)
            #expect(try await scene.branches() == ["main", "stretto/scratch-1"])
        }
    }

    @Test func `nothing goes behind an engine or an agent, and what a killed one left is kept`() async throws {
        try await Scene.play(plan: Plans.of(Plans.patient("a"))) { scene in
            try await scene.session("run", "plan.yaml", "--plain") { run in
                try await waitUntil("task") { scene.lines("outside/ran") == ["a"] }
                for command in ["discard", "prune"] {
                    #expect(try await scene.stretto(command, "--yes").status == .code(8), "\(command)")
                }
                #expect(try await scene.stretto("doctor", "--clean").status == .code(8))
                try await scene.kill(try await scene.enginePID())
                try await run.line("ended without a word")
            }
            let doctor = try await scene.stretto("doctor").text
            #expect(doctor.contains("ended without unlocking") && doctor.contains("has an agent at work"), "\(doctor)")
            #expect(try await scene.stretto("discard", "--yes").errorText.contains("still runs under keeper"))
            try scene.write("outside/go", "")
            try await scene.waitUntilDeserted()

            #expect(try await scene.stretto("discard", "--yes").status == .code(0))

            #expect(try await scene.git("show", "refs/stretto/scratch-1/a/1:a.txt") == "a")
            #expect(try await scene.git("worktree", "list").split(separator: "\n").count == 1)
            let after = try await scene.stretto("doctor").text
            #expect(!after.contains("left at") && !after.contains("unlocking") && !after.contains("not finished"))
        }
    }

    @Test func `the next run removes the worktree for merges that a run could not remove at its end`() async throws {
        let plan = Plans.of("{id: good, name: Good, command: 'echo good > good.txt'}")
        try await Scene.play(plan: plan) { scene in
            _ = try await scene.stretto("run", "plan.yaml", "--plain")
            let root = try #require(
                try scene.files(below: "state").keys.first { $0.hasPrefix("stretto/worktrees/") }
            )
            let folder = "state/" + root.split(separator: "/").prefix(3).joined(separator: "/") + "/scratch-1"
            for name in ["%merge", "good.7"] {
                let worktree = scene.place.appending(folder + "/" + name)
                try await scene.git("worktree", "add", "--quiet", "--detach", worktree)
            }

            #expect(try await scene.stretto("run", "plan.yaml", "--plain", "--again").status == .code(0))

            let left = try await scene.git("worktree", "list", "--porcelain")
            #expect(!left.contains("%merge"), "\(left)")
            #expect(left.contains(folder + "/good.7"), "an attempt's may hold work: \(left)")
        }
    }

    @Test func `the doctor removes what is proved to be left over and leaves the rest`() async throws {
        let plan = Plans.of("{id: good, name: Good, command: 'echo good > good.txt'}")
        try await Scene.play(plan: plan) { scene in
            _ = try await scene.stretto("run", "plan.yaml", "--plain")
            let root = try #require(
                try scene.files(below: "state").keys.first { $0.hasPrefix("stretto/worktrees/") }
            )
            let folder = "state/" + root.split(separator: "/").prefix(3).joined(separator: "/") + "/scratch-1"
            let worktree = scene.place.appending(folder + "/good.7")
            try await scene.git("worktree", "add", "--quiet", "--detach", worktree)
            try scene.write(folder + "/good.7/late.txt", "late\n")
            try FileManager.default.createDirectory(
                atPath: scene.place.appending(folder + "/junk"),
                withIntermediateDirectories: true
            )
            try scene.write(folder + "/junk/file", "somebody's\n")
            #expect(try await scene.stretto("doctor").text.contains("a worktree of good.7 is left at"))

            let clean = try await scene.stretto("doctor", "--clean").text

            #expect(clean.contains("removed \(worktree)"), "\(clean)")
            #expect(clean.contains("junk stays"), "\(clean)")
            #expect(try await scene.git("show", "refs/stretto/scratch-1/good/7:late.txt") == "late")
            #expect(scene.text(folder + "/junk/file") == "somebody's\n")
        }
    }
}
