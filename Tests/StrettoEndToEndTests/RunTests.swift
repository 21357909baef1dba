import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// What a run promises, seen from the shell.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RunTests {
    @Test func `what nobody could mean is refused before anything starts`() async throws {
        try await Scene.play(plan: Plans.of("{id: a, name: A, command: 'touch a.txt'}")) { scene in
            let share = try await scene.stretto("run", "plan.yaml", "--max-quota-percent", "10")
            #expect(share.status == .code(1) && share.errorText.contains("give a --quota-ceiling-usd"), "\(share.text)")
            let ladder = try await scene.stretto("run", "plan.yaml", "--starting-model", "opus", "--max-model", "haiku")
            #expect(ladder.status == .code(1) && ladder.errorText.contains("no model is left"), "\(ladder.errorText)")
            #expect(try await scene.git("branch", "--list", "stretto/*") == "", "no run has begun")
        }
    }

    @Test func `a plan is merged on a branch of its own and the checkout stays as it was to the byte`() async throws {
        try await Scene.play(named: "e2e ü", plan: Plans.three) { scene in
            try scene.write("repo/README.md", "stashed\n")
            try await scene.git("stash", "push", "--quiet")
            try scene.write("repo/README.md", "staged\n")
            try await scene.git("add", "README.md")
            try scene.write("repo/README.md", "changed\n")
            try scene.write("repo/new file ü.txt", "untracked\n")
            let isRunState = { (path: String) in
                path.hasPrefix(".git/stretto") || path.hasPrefix(".git/objects") || path.hasPrefix(".git/worktrees")
                    || path.hasPrefix(".git/refs/heads/stretto") || path.hasPrefix(".git/refs/stretto")
                    || path.hasPrefix(".git/logs/refs/heads/stretto")
                    // Its statuses are the one thing that a run writes.
                    || path == "plan.yaml"
            }
            let before = try scene.files(below: "repo", except: isRunState)
            let status = try await scene.git("status", "--porcelain")

            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(0), "\(run.text)\(run.errorText)")
            #expect(run.errorText.contains("2 uncommitted changes are not in it"))
            #expect(Ended(code: run.status, output: run.text).summary.count <= 20)
            #expect(run.text.contains("finished: every task is done"))
            #expect(try await scene.branches() == ["main", "stretto/scratch-1"])
            #expect(try await scene.git("show", "stretto/scratch-1:c.txt") == "alpha\nbeta")
            #expect(try await scene.git("show", "stretto/scratch-1:HANDOFF.md").contains("Gamma"))
            #expect(try scene.files(below: "repo", except: isRunState) == before)
            let changes = try await scene.git("status", "--porcelain").split(separator: "\n")
            #expect(changes.filter { $0 != " M plan.yaml" } == status.split(separator: "\n"))
            let plan = scene.text("repo/plan.yaml") ?? ""
            #expect(plan.replacing(", status: completed", with: "") == Plans.three)
            #expect(try await scene.git("stash", "list").split(separator: "\n").count == 1)
            #expect(try await scene.git("worktree", "list").split(separator: "\n").count == 1)
            try await scene.waitUntilDeserted()
        }
    }

    @Test func `four tasks that append to one file side by side lose no line`() async throws {
        let tasks = ["a", "b", "c", "d"].map { "{id: \($0), name: Append \($0), command: 'echo \($0) >> list.txt'}" }
        try await Scene.play(plan: Plans.of(tasks[0], tasks[1], tasks[2], tasks[3])) { scene in
            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(0), "\(run.text)")
            let merged = try await scene.git("show", "stretto/scratch-1:list.txt")
            #expect(merged.split(separator: "\n").sorted() == ["a", "b", "c", "d"])
        }
    }

    @Test func `a failed task ends in exit code 4, is named, and blocks only what depends on it`() async throws {
        let plan = Plans.of(
            "{id: bad, name: Bad, max_attempts: 1, command: 'exit 3'}",
            "{id: good, name: Good, command: 'echo good > good.txt'}",
            "{id: after, name: After, depends_on: [bad], command: 'echo after > after.txt'}"
        )
        try await Scene.play(plan: plan) { scene in
            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(4))
            let end = Ended(code: run.status, output: run.text)
            #expect(end.summary.first?.contains("'bad' has failed") == true, "\(run.text)")
            #expect(end.summary.contains { $0.contains("blocked  after") && $0.contains("bad") }, "\(run.text)")
            #expect(try await scene.git("show", "stretto/scratch-1:good.txt") == "good")
            #expect(!end.output.contains("running   after"))
        }
    }

    @Test func `skipping a task releases what depends on it`() async throws {
        let plan = Plans.of(
            "{id: gate, name: Gate, review: human, command: 'echo gate > gate.txt'}",
            "{id: after, name: After, depends_on: [gate], command: 'test ! -e gate.txt && echo after > after.txt'}"
        )
        try await Scene.play(plan: plan) { scene in
            let ended = try await scene.session("run", "plan.yaml", "--plain") { run in
                try await run.line("gate: waits for your review")
                try run.type("skip gate done by hand")
                try await run.line("finished")
            }

            #expect(ended.code == .code(0), "\(ended.output)")
            #expect(try await scene.git("show", "stretto/scratch-1:after.txt") == "after")
        }
    }

    @Test(
        arguments: [
            ("{id: a, name: A, depends_on: [b], command: x}", "{id: b, name: B, depends_on: [a], command: x}", "a"),
            ("{id: a, name: A, command: x}", "{id: b, name: B, depends_on: [aa], command: x}", "did you mean 'a'?"),
        ]
    )
    func `a plan that cannot work is refused with place and fix, and nothing is started`(
        first: String,
        second: String,
        word: String
    ) async throws {
        try await Scene.play(plan: Plans.of(first, second)) { scene in
            let before = try scene.files(below: "repo")

            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(1))
            #expect(run.errorText.contains(word))
            #expect(run.errorText.firstMatch(of: #/plan\.yaml:[67]:\d+: /#) != nil, "\(run.errorText)")
            #expect(run.text.isEmpty)
            #expect(try scene.files(below: "repo") == before)
        }
    }

    @Test func `an edited plan is compared, and only what is new runs`() async throws {
        let first = Plans.of(
            "{id: a, name: Alpha, command: 'echo a >> \"OUTSIDE/ran\"; echo a > a.txt'}",
            "{id: bad, name: Bad, max_attempts: 1, command: 'echo bad >> \"OUTSIDE/ran\"; exit 1'}"
        )
        try await Scene.play(plan: first) { scene in
            #expect(try await scene.stretto("run", "plan.yaml", "--plain").status == .code(4))
            let edited = Plans.of(
                "{id: a, name: Alpha, command: 'echo a >> \"OUTSIDE/ran\"; echo a > a.txt'}",
                "{id: new, name: New, depends_on: [a], command: 'echo new >> \"OUTSIDE/ran\"; cat a.txt > new.txt'}"
            )
            try scene.write("repo/plan.yaml", edited.replacing("OUTSIDE", with: scene.outside))

            let run = try await scene.stretto("run", "plan.yaml", "--plain")

            #expect(run.status == .code(0), "\(run.text)\(run.errorText)")
            #expect(run.errorText.contains("the plan has changed since run scratch-1"))
            #expect(run.errorText.contains("new"))
            #expect(scene.lines("outside/ran") == ["a", "bad", "new"])
            #expect(try await scene.git("show", "stretto/scratch-1:new.txt") == "a")
        }
    }

    @Test func `a dry run changes nothing, not even inside of .git`() async throws {
        try await Scene.play(plan: Plans.three) { scene in
            let before = try scene.files(below: "repo")

            let run = try await scene.stretto("run", "plan.yaml", "--dry-run")

            #expect(run.status == .code(0))
            #expect(run.text.contains("Alpha") && run.text.contains("Beta") && !run.text.contains("Gamma"))
            #expect(try scene.files(below: "repo") == before)
            #expect(try scene.files(below: "state").isEmpty)
        }
    }
}
