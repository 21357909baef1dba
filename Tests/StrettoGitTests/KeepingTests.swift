import StrettoCore
import Testing

@testable import StrettoGit

@Suite(.timeLimit(.minutes(5)))
struct KeepingTests {
    @Test func `what appeared after the collection is kept before the worktree goes`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("a")
        try scratch.write("1\n", to: "one", at: worktree.path)
        _ = try await run.collect("a", in: worktree)
        try scratch.write("late\n", to: "two", at: worktree.path)

        let disposal = await run.dispose("a")

        #expect(disposal == .removed)
        #expect(!scratch.exists(worktree.path))
        #expect(try await run.content("two", at: "refs/stretto/blue-fox/a/1-late-1") == "late\n")
        #expect(await run.dispose("a") == .removed)
    }

    @Test func `a commit made after the collection is kept before the worktree goes`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("a")
        _ = try await run.collect("a", in: worktree)
        try scratch.write("late\n", to: "two", at: worktree.path)
        try await scratch.git("add", "two", at: worktree.path)
        try await scratch.git("commit", "-qm", "Late", at: worktree.path)

        let disposal = await run.dispose("a")

        #expect(disposal == .removed)
        #expect(try await run.content("two", at: "refs/stretto/blue-fox/a/1-late-1") == "late\n")
    }

    @Test func `a worktree that was never collected is kept under the attempt's own ref`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("a")
        try scratch.write("x\n", to: "x", at: worktree.path)

        #expect(await run.dispose("a") == .removed)
        #expect(try await run.content("x", at: "refs/stretto/blue-fox/a/1") == "x\n")
    }

    @Test func `a contribution that a second look replaces stays under a ref`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("a")
        try scratch.write("1\n", to: "x", at: worktree.path)
        let first = try await run.collect("a", in: worktree)
        try await scratch.git("reset", "-q", "--hard", worktree.base.text, at: worktree.path)
        try scratch.write("2\n", to: "x", at: worktree.path)

        let second = try await run.collect("a", in: worktree, after: 60)

        #expect(second.commit != first.commit)
        let kept = try await run.repository.keptRefs(of: RunID("blue-fox"))
        #expect(kept.map(\.commit) == [second.commit, first.commit])
        #expect(kept.map(\.remark) == [.none, .earlier(1)])
    }

    @Test func `a head that left its base still contributes on the base and stays reachable`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("a")
        try await scratch.git("checkout", "-q", "--orphan", "island", at: worktree.path)
        try scratch.write("x\n", to: "x", at: worktree.path)
        let unborn = try await run.collect("a", in: worktree)
        try await scratch.git("checkout", "-q", "--orphan", "island", at: worktree.path)
        try await scratch.git("commit", "-qm", "Island", at: worktree.path)
        let island = try await scratch.git("rev-parse", "HEAD", at: worktree.path)

        let contribution = try await run.collect("a", in: worktree, after: 60)

        #expect(unborn.changes.map(\.path) == ["x"])
        #expect(contribution.changes == unborn.changes)
        #expect(
            try await scratch.git("show", "-s", "--format=%P", contribution.commit.text)
                == "\(worktree.base) \(island)"
        )
        #expect(await run.merge(contribution, of: "a").receipt?.changed == true)
    }

    @Test func `a merge left in conflict is kept as it is, and its worktree stays`() async throws {
        let scratch = try await ScratchRepository(files: ["a": "base\n"])
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("c")
        _ = try await scratch.run(
            [
                "sh", "-c",
                "git switch -qc side && echo side > a && git commit -qam side && git switch -q --detach HEAD~1 && echo main > a && git commit -qam main; git merge side",
            ],
            at: worktree.path
        )

        let contribution = try await run.collect("c", in: worktree)
        let again = try await run.collect("c", in: worktree)

        #expect(contribution.findings.first?.contains("a merge was left in conflict in a") == true)
        #expect(again == contribution)
        #expect(try await run.content("a", at: "refs/stretto/blue-fox/c/1").contains("<<<<<<<"))
        #expect(try await scratch.git("ls-files", "-u", at: worktree.path).split(separator: "\n").count == 3)
        guard case .setAside(let path, let reason) = await run.dispose("c") else {
            Issue.record("the conflict was thrown away")
            return
        }
        #expect(path == worktree.path)
        #expect(reason.contains("conflict"))
        #expect(scratch.exists(worktree.path + "/a"))
        #expect(await run.conclude() == nil)
        #expect(scratch.exists(worktree.path + "/a"))
    }

    @Test func `a filter that is missing sets the worktree aside`() async throws {
        let scratch = try await ScratchRepository(files: [".gitattributes": "*.bin filter=lfs\n", "a": "1\n"])
        try await scratch.git("config", "filter.lfs.clean", "no-such-lfs clean")
        try await scratch.git("config", "filter.lfs.required", "true")
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("l")
        try scratch.write("big", to: "x.bin", at: worktree.path)
        try scratch.write("2\n", to: "a", at: worktree.path)

        let trouble = await #expect(throws: Trouble.self) { try await run.collect("l", in: worktree) }

        // Not an attempt without a change: git could read nothing at all.
        #expect(trouble?.message.contains("no-such-lfs") == true)
        guard case .setAside = await run.dispose("l") else {
            Issue.record("x.bin was thrown away")
            return
        }
        #expect(scratch.read("x.bin", at: worktree.path) == "big")
    }

    @Test func `a submodule is left alone, and what its remote lacks is kept`() async throws {
        let library = try await ScratchRepository(named: "library")
        let scratch = try await ScratchRepository()
        try await scratch.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.path, "lib")
        try await scratch.git("commit", "-qm", "Add lib")
        let run = try await ScratchRun(scratch)

        let plain = try await run.perform("plain") { path in try scratch.write("x\n", to: "x", at: path) }
        let worktree = try await run.prepare("deep")
        try await scratch.git(
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "update",
            "--init",
            at: worktree.path
        )
        let initialised = try await run.collect("deep", in: worktree)
        let clean = await run.dispose("deep")
        let second = try await run.prepare("deep", 2)
        try await scratch.git(
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "update",
            "--init",
            at: second.path
        )
        try scratch.write("y\n", to: "lib/y", at: second.path)
        let dirty = try await run.collect("deep", 2, in: second)

        #expect(plain.receipt?.changed == true)
        #expect(initialised.changes == [])
        #expect(clean == .removed)
        #expect(dirty.changes == [])
        #expect(dirty.findings.first?.contains("the submodule 'lib' has work that its remote lacks") == true)
        #expect(await run.dispose("deep", 2) == .removed)
        #expect(try await run.content("y", at: "refs/stretto/blue-fox/deep/2-nested/lib/work") == "y\n")
    }

    @Test func `a sparse checkout stays sparse, and new files outside of it are kept`() async throws {
        let scratch = try await ScratchRepository(files: ["in/a": "1\n", "out/b": "1\n", "top": "1\n"])
        try await scratch.git("sparse-checkout", "set", "--cone", "in")
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("s")
        #expect(scratch.exists(worktree.path + "/in/a"))
        #expect(!scratch.exists(worktree.path + "/out"))
        try scratch.write("2\n", to: "in/a", at: worktree.path)
        try scratch.write("new\n", to: "out/new", at: worktree.path)

        let contribution = try await run.collect("s", in: worktree)

        #expect(contribution.changes.map(\.path) == ["in/a", "out/new"])
        #expect(
            try await scratch.git("ls-tree", "-r", "--name-only", contribution.commit.text)
                == "in/a\nout/b\nout/new\ntop"
        )
        #expect(await run.merge(contribution, of: "s", handoff: "h").receipt?.changed == true)
        #expect(await run.dispose("s") == .removed)
    }

    @Test func `a shallow clone can carry a run`() async throws {
        let origin = try await ScratchRepository()
        try origin.write("2\n", to: "README.md")
        try await origin.git("commit", "-qam", "Second")
        let scratch = try await ScratchRepository(files: [:])
        try await scratch.git("pull", "-q", "--depth", "1", "file://" + origin.path, "main")
        let run = try await ScratchRun(scratch)

        let result = try await run.perform("a", handoff: "h") { path in try scratch.write("x\n", to: "x", at: path) }

        #expect(result.receipt?.changed == true)
    }
}
