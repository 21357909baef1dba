import StrettoCore
import StrettoGit
import Testing

@Suite(.timeLimit(.minutes(5)))
struct AttemptTests {
    @Test func `an attempt works on a detached head and its tree is kept with untracked files`() async throws {
        let run = try await ScratchRun(try await ScratchRepository())
        let worktree = try await run.prepare("1.10")
        try run.scratch.write("new\n", to: "sub dir/ñew \"file\"\n.txt", at: worktree.path)
        try run.scratch.write("changed\n", to: "README.md", at: worktree.path)

        let contribution = try await run.collect("1.10", in: worktree)

        #expect(worktree.base == run.repository.head)
        #expect(try await run.scratch.git("branch", "--show-current", at: worktree.path) == "")
        #expect(
            contribution.changes == [
                PathChange(path: "README.md", kind: .modified, added: 1, removed: 1),
                PathChange(path: "sub dir/ñew \"file\"\n.txt", kind: .added, added: 1, removed: 0),
            ]
        )
        #expect(contribution.findings == [])
        let kept = try await run.repository.keptRefs(of: RunID("blue-fox"))
        #expect(kept.map(\.name) == ["refs/stretto/blue-fox/1.10/1"])
        #expect(kept.map(\.commit) == [contribution.commit])
        #expect(kept.first?.task == TaskID("1.10"))
        #expect(try await run.scratch.git("status", "--porcelain", at: worktree.path) == "")
        #expect(
            try await run.scratch.git("log", "-1", "--format=%an %ae %at %B", contribution.commit.text)
                == "Ada ada@example.org 1700000000 Do 1.10"
        )
    }

    @Test func `a whole task goes from worktree to branch and leaves nothing else behind`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)

        let result = try await run.perform("a", handoff: "Task a is done.") { path in
            try scratch.write("x\n", to: "x", at: path)
        }

        let receipt = try #require(result.receipt)
        #expect(receipt.changed)
        #expect(
            try await scratch.git("rev-parse", "stretto/blue-fox", "stretto/blue-fox^{tree}")
                == "\(receipt.commit)\n\(receipt.tree)"
        )
        #expect(try await run.content("x") == "x\n")
        #expect(
            try await run.content("HANDOFF.md")
                == "<!-- stretto:begin -->\nTask a is done.\n<!-- stretto:end -->\n"
        )
        #expect(await run.conclude(handoff: "Over.") == nil)
        #expect(try await run.content("HANDOFF.md") == "<!-- stretto:begin -->\nOver.\n<!-- stretto:end -->\n")
        #expect(!scratch.exists(run.root + "/blue-fox"))
        #expect(try await scratch.git("worktree", "list", "--porcelain").split(separator: "\n\n").count == 1)
        #expect(
            try await scratch.git("for-each-ref", "--format=%(refname)")
                == "refs/heads/main\nrefs/heads/stretto/blue-fox\nrefs/stretto/blue-fox/a/1"
        )
    }

    @Test func `a small edit in the second of the checkout is collected`() async throws {
        let run = try await ScratchRun(try await ScratchRepository(files: ["a": "1\n", "b": "1\n"]))
        for number in 1...8 {
            let worktree = try await run.prepare("quick", number)
            // In place and of the same size: only the content tells.
            _ = try await run.scratch.run(
                ["sh", "-c", "printf 2 | dd of=a conv=notrunc status=none"],
                at: worktree.path
            )

            let contribution = try await run.collect("quick", number, in: worktree)

            #expect(contribution.changes.map(\.path) == ["a"])
        }
    }

    @Test func `an attempt without a change merges as nothing`() async throws {
        let run = try await ScratchRun(try await ScratchRepository())

        let result = try await run.perform("idle") { _ in }

        #expect(result.receipt?.changed == false)
        #expect(result.receipt?.commit == run.repository.head)
        #expect(await run.conclude(handoff: "Nothing.") == nil)
        #expect(try await run.scratch.git("rev-parse", "stretto/blue-fox") == run.repository.head.text)
    }

    @Test func `commits of the agent's own are in the contribution`() async throws {
        let run = try await ScratchRun(try await ScratchRepository())
        let worktree = try await run.prepare("own")
        try run.scratch.write("1\n", to: "one", at: worktree.path)
        try await run.scratch.git("add", "one", at: worktree.path)
        try await run.scratch.git("commit", "-qm", "Mine", at: worktree.path)
        let mine = try await run.scratch.git("rev-parse", "HEAD", at: worktree.path)

        let clean = try await run.collect("own", in: worktree)
        try run.scratch.write("2\n", to: "two", at: worktree.path)
        let more = try await run.collect("own", in: worktree, after: 60)

        #expect(clean.commit.text == mine)
        #expect(more.changes.map(\.path) == ["one", "two"])
        #expect(try await run.scratch.git("rev-parse", more.commit.text + "^") == mine)
    }

    @Test func `engine-owned paths are set back and what the agent wrote there is kept as a note`() async throws {
        let scratch = try await ScratchRepository(files: ["HANDOFF.md": "mine\n", "plan.yaml": "p\n", "a": "a\n"])
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("greedy")
        try scratch.write("agent's\n", to: "HANDOFF.md", at: worktree.path)
        _ = try await scratch.run(["rm", "plan.yaml"], at: worktree.path)
        try scratch.write("b\n", to: "a", at: worktree.path)

        let contribution = try await run.collect("greedy", in: worktree)

        #expect(contribution.changes.map(\.path) == ["a"])
        #expect(contribution.findings.count == 1)
        #expect(contribution.findings.first?.contains("wrote HANDOFF.md, plan.yaml") == true)
        #expect(try await run.content("HANDOFF.md", at: "refs/stretto/blue-fox/greedy/1-written") == "agent's\n")
        #expect(try await run.content("HANDOFF.md", at: contribution.commit.text) == "mine\n")
        #expect(scratch.read("HANDOFF.md", at: worktree.path) == "mine\n")
        #expect(scratch.read("plan.yaml", at: worktree.path) == "p\n")
        #expect(try await run.collect("greedy", in: worktree) == contribution)
        #expect(await run.merge(contribution, of: "greedy", handoff: "Done.").receipt != nil)
        #expect(
            try await run.content("HANDOFF.md")
                == "mine\n\n<!-- stretto:begin -->\nDone.\n<!-- stretto:end -->\n"
        )
        #expect(await run.dispose("greedy") == .removed)
    }

    @Test func `an engine-owned path that the agent committed itself is set back too`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("sly")
        try scratch.write("agent's\n", to: "HANDOFF.md", at: worktree.path)
        try scratch.write("b\n", to: "a", at: worktree.path)
        try await scratch.git("add", "-A", at: worktree.path)
        try await scratch.git("commit", "-qm", "Mine", at: worktree.path)

        let contribution = try await run.collect("sly", in: worktree)

        #expect(contribution.changes.map(\.path) == ["a"])
        #expect(!scratch.exists(worktree.path + "/HANDOFF.md"))
        #expect(try await run.content("HANDOFF.md", at: "refs/stretto/blue-fox/sly/1-written") == "agent's\n")
        #expect(await run.dispose("sly") == .removed)
    }

    @Test(arguments: [
        "a..b", "x.lock", "two words", "", "ünï/cödé", "-dash", "~^:?*[\\", "a.", ".a",
        String(repeating: "é", count: 300),
    ])
    func `any text is a task's id`(task: String) async throws {
        let run = try await ScratchRun(try await ScratchRepository())

        let result = try await run.perform(task) { path in try run.scratch.write("x\n", to: "x", at: path) }

        #expect(result.receipt?.changed == true)
        let kept = try await run.repository.keptRefs(of: RunID("blue-fox"))
        #expect(kept.count == 1)
        if task.count < 100 { #expect(kept.first?.task == TaskID(task)) }
    }

    @Test func `what an agent does to shared refs is shown and left alone`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("busy")
        try scratch.write("s\n", to: "README.md", at: worktree.path)
        try await scratch.git("stash", "-q", at: worktree.path)
        try await scratch.git("switch", "-qc", "agent/idea", at: worktree.path)
        try scratch.write("x\n", to: "x", at: worktree.path)

        let contribution = try await run.collect("busy", in: worktree, files: ["x"])

        #expect(contribution.findings.contains { $0.contains("refs/heads/agent/idea was created") })
        #expect(contribution.findings.contains { $0.contains("the stash was created") })
        #expect(contribution.findings.contains { $0.contains("on the branch 'agent/idea'") })
        #expect(try await scratch.git("rev-parse", "agent/idea") == run.repository.head.text)
        #expect(await run.dispose("busy") == .removed)
        #expect(try await scratch.git("stash", "list").contains("stash@{0}"))
    }

    @Test func `deletions outside the declared files and ignored files are shown`() async throws {
        let scratch = try await ScratchRepository(files: ["a/x": "1\n", "b/y": "1\n", ".gitignore": "*.o\n"])
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("tidy")
        _ = try await scratch.run(["rm", "-r", "a", "b"], at: worktree.path)
        try scratch.write("12345", to: "c/z.o", at: worktree.path)

        let contribution = try await run.collect("tidy", in: worktree, files: ["a/**"])

        #expect(
            contribution.findings == [
                "deleted outside the declared files: b/y", "1 ignored file is not kept (5 bytes): c/z.o",
            ]
        )
    }
}
