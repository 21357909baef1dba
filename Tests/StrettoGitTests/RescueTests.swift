import StrettoCore
import TestSupport
import Testing

@testable import StrettoGit

@Suite(.timeLimit(.minutes(5)))
struct RescueTests {
    /// A run with one merged task, one that was not merged, and a worktree of the latter.
    private func sample() async throws -> (ScratchRepository, ScratchRun, Contribution) {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        _ = try await run.perform("a") { try scratch.write("1\n2\n", to: "one", at: $0) }
        let worktree = try await run.prepare("b.c")
        try scratch.write("lost?\n", to: "two", at: worktree.path)
        let contribution = try await run.collect("b.c", in: worktree)
        return (scratch, run, contribution)
    }

    private let run = RunID("blue-fox")

    @Test func `kept trees tell their size and where else they are`() async throws {
        let (_, run, _) = try await sample()

        let trees = try await run.repository.keptTrees(of: self.run)

        #expect(trees.map(\.name) == ["a.1", "b.c.1"])
        #expect(trees.map(\.containment) == [.run, .nowhere])
        #expect(trees.map { $0.changes.map(\.path) } == [["one"], ["two"]])
        #expect(trees.map { $0.changes[0].added } == [2, 1])
        #expect(trees[0].time == Timestamp(milliseconds: 1_700_000_000_000))
        #expect(trees[0].date.count == "2026-03-01 09:30".count)
    }

    @Test func `a landed run's trees are in the checkout, after a squash as well`() async throws {
        let (scratch, run, _) = try await sample()
        try await scratch.git("merge", "-q", "--squash", "stretto/blue-fox")
        try await scratch.git("commit", "-qm", "All of it")

        var traces = try await scratch.discover().traces(of: self.run)
        #expect(traces.isLanded)
        #expect(traces.trees.filter { !traces.isSafe($0) }.map(\.name) == ["b.c.1"])

        try await scratch.git("merge", "-q", "-m", "Once more", "stretto/blue-fox")
        traces = try await scratch.discover().traces(of: self.run)
        #expect(traces.trees.map(\.containment) == [.checkout, .nowhere])
        _ = run
    }

    @Test func `a name means one tree, a task its newest, and a doubt is told`() async throws {
        let (scratch, run, _) = try await sample()
        for (task, number) in [("b.c", 2), ("b", 1)] {
            let worktree = try await run.prepare(task, number)
            try scratch.write("\(task)\n", to: "x", at: worktree.path)
            _ = try await run.collect(task, number, in: worktree)
        }
        let trees = try await run.repository.keptTrees(of: self.run)

        #expect(KeptTree.named("b.c", in: trees).map(\.name) == ["b.c.2"])
        #expect(KeptTree.named("b.c.1", in: trees).map(\.name) == ["b.c.1"])
        #expect(KeptTree.named("refs/stretto/blue-fox/a/1", in: trees).map(\.name) == ["a.1"])
        #expect(KeptTree.named("nobody", in: trees).isEmpty)
        let copy = trees.map { tree in
            var tree = tree
            tree.run = RunID("other")
            return tree
        }
        #expect(KeptTree.named("b.c", in: trees + copy).map(\.run.text) == ["blue-fox", "other"])
    }

    @Test func `a kept tree becomes a branch, and no branch is ever moved`() async throws {
        let (scratch, run, contribution) = try await sample()
        let before = try await scratch.userState()

        await #expect(throws: RescueError.branchExists("main")) {
            try await run.repository.makeBranch("main", at: contribution.commit)
        }
        for name in ["a..b", "-x", "", "@{-1}"] {
            await #expect(throws: RescueError.badBranchName(name)) {
                try await run.repository.makeBranch(name, at: contribution.commit)
            }
        }
        await #expect(throws: RescueError.branchOfARun("stretto/x")) {
            try await run.repository.makeBranch("stretto/x", at: contribution.commit)
        }
        #expect(try await scratch.userState() == before)

        try await run.repository.makeBranch("saved", at: contribution.commit)
        #expect(try await run.content("two", at: "refs/heads/saved") == "lost?\n")
    }

    @Test func `a kept tree's files come into a new folder, never over another`() async throws {
        let (scratch, run, contribution) = try await sample()
        let folder = scratch.directory.appending("out of it/deep")
        let before = try await scratch.userState()

        try await run.repository.export(contribution.commit, into: folder)

        #expect(scratch.read("two", at: folder) == "lost?\n")
        #expect(scratch.read("README.md", at: folder) == "hello\n")
        #expect(!scratch.exists(folder + "/.git"))
        #expect(try await scratch.userState() == before)
        #expect(Disk.names(in: run.repository.stateDirectory).filter { $0.hasPrefix("export") }.isEmpty)
        await #expect(throws: RescueError.folderExists(folder)) {
            try await run.repository.export(contribution.commit, into: folder)
        }
    }

    @Test func `a discarded run keeps all its trees and gets its branch back`() async throws {
        let (scratch, run, contribution) = try await sample()
        let before = try await scratch.userState()
        let traces = try await run.repository.traces(of: self.run)
        let head = try #require(traces.branch)

        let clearance = await run.worktrees.clear(try await run.repository.leftWorktrees(below: run.root))
        try await run.repository.discardBranch(traces)

        #expect(clearance.left.isEmpty)
        #expect(clearance.removed.count == 1)
        #expect(!scratch.exists(run.root + "/blue-fox"))
        #expect(try await run.repository.runs().isEmpty)
        #expect(try await run.repository.discardedRuns() == [self.run])
        let after = try await run.repository.traces(of: self.run)
        #expect(after.branch == nil)
        #expect(after.discarded == head)
        #expect(after.trees.map(\.containment) == [.discarded, .nowhere])
        #expect(after.trees.allSatisfy { after.isOnlyHere($0) })
        #expect(traces.trees.allSatisfy { traces.isOnlyHere($0, withoutRunBranch: true) })
        #expect(after.trees.map(\.ref.commit).contains(contribution.commit))
        #expect(try await scratch.userState() == before)

        try await run.repository.makeBranch("rescued", at: contribution.commit)
        let rescued = try await run.repository.traces(of: self.run)
        #expect(rescued.trees.map(\.containment) == [.branch, .branch])
        #expect(!rescued.trees.contains { rescued.isOnlyHere($0) })
        try await scratch.git("branch", "-qD", "rescued")

        #expect(try await run.repository.restoreBranch(of: self.run) == head)
        #expect(try await run.repository.traces(of: self.run) == traces)
        #expect(try await run.repository.restoreBranch(of: self.run) == nil)
    }

    @Test func `a branch that moved meanwhile is not discarded`() async throws {
        let (scratch, run, _) = try await sample()
        let traces = try await run.repository.traces(of: self.run)
        try await scratch.git("branch", "-f", "stretto/blue-fox", "main")

        await #expect(throws: Trouble.self) { try await run.repository.discardBranch(traces) }

        #expect(try await run.repository.discardedRuns().isEmpty)
        #expect(try await run.repository.runs().count == 1)
    }

    @Test func `a branch that is checked out tells where`() async throws {
        let (scratch, run, _) = try await sample()
        let other = scratch.directory.appending("other")
        try await scratch.git("worktree", "add", "-q", other, "stretto/blue-fox")

        #expect(try await run.repository.traces(of: self.run).checkout == other)
    }

    @Test func `a prune takes the named refs and no others`() async throws {
        let (scratch, run, _) = try await sample()
        try await scratch.git("merge", "-q", "stretto/blue-fox")
        let repository = try await scratch.discover()
        let traces = try await repository.traces(of: self.run)

        try await repository.prune(traces.trees.filter(traces.isSafe), of: traces, forgetsBranch: false)

        #expect(try await repository.keptRefs(of: self.run).map(\.name) == ["refs/stretto/blue-fox/b.c/1"])
        _ = run
    }

    @Test func `worktrees of ours are told apart, and only the proved ones go`() async throws {
        let (scratch, run, _) = try await sample()
        let half = run.root + "/blue-fox/half.1"
        try scratch.write("work\n", to: "file", at: half)
        try await scratch.git("worktree", "add", "-q", "--detach", run.root + "/blue-fox/%merge")
        let gone = try await run.prepare("gone")
        try await scratch.git("commit", "-q", "--allow-empty", "-m", "Nowhere", at: gone.path)
        _ = try await scratch.run(["rm", "-rf", gone.path])

        let found = try await run.repository.leftWorktrees(below: run.root)
        #expect(
            found.map(\.kind) == [
                .merge, .attempt(run.attempt("b.c"), asideReason: nil), .registration, .folder,
            ]
        )
        let clearance = await run.worktrees.clear(found)

        #expect(clearance.left.map(\.path) == [gone.path, half])
        #expect(clearance.left[0].reason.contains("on no ref"))
        #expect(scratch.read("file", at: half) == "work\n")
        #expect(try await run.repository.leftWorktrees(below: run.root).map(\.path) == [gone.path, half])
    }

    @Test func `a ref whose objects are missing or that names none is found`() async throws {
        let (scratch, run, contribution) = try await sample()
        #expect(try await run.repository.refHealth().broken.isEmpty)
        let blob = try await scratch.git("rev-parse", "\(contribution.commit):two")
        _ = try await scratch.run(["rm", "-f", ".git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"])
        try scratch.write("nothing\n", to: ".git/refs/stretto/blue-fox/z/1")

        let health = try await run.repository.refHealth()

        #expect(health.count == 4)
        #expect(Set(health.broken.map(\.name)) == ["refs/stretto/blue-fox/b.c/1", "refs/stretto/blue-fox/z/1"])
    }

    @Test func `free space is told for a place that is yet to be made`() throws {
        #expect(try #require(FreeSpace.bytes(at: "/tmp/not/yet/there")) > 0)
    }
}
