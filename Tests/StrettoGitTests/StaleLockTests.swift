import FoundationEssentials
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@testable import StrettoGit

/// Locks that a git command left which was killed, or lost its power, in the middle of its work.
@Suite(.timeLimit(.minutes(5)))
struct StaleLockTests {
    @Test func `a merge is not held by the locks that a killed checkout left in the merge worktree`() async throws {
        let scratch = try await ScratchRepository()
        var run = try await ScratchRun(scratch)
        _ = try await run.perform("a") { try scratch.write("a\n", to: "a", at: $0) }
        let worktree = try await run.prepare("b")
        try scratch.write("b\n", to: "b", at: worktree.path)
        let contribution = try await run.collect("b", in: worktree)
        for name in ["HEAD.lock", "index.lock"] {
            try scratch.write("", to: "worktrees/%merge/" + name, at: run.repository.commonDirectory)
        }

        run = try await run.restarted()
        let result = await run.merge(contribution, of: "b")

        guard case .merged = result else {
            Issue.record("not merged: \(result)")
            return
        }
        #expect(try await run.content("b") == "b\n")
    }

    @Test func `locks on the refs of a run are gone when its next engine begins, and no other ones`() async throws {
        let scratch = try await ScratchRepository()
        var run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("a")
        try scratch.write("a\n", to: "a", at: worktree.path)
        let contribution = try await run.collect("a", in: worktree)
        let common = run.repository.commonDirectory
        let ours = [
            "refs/heads/stretto/blue-fox.lock", "refs/stretto/blue-fox/a/1.lock",
            "refs/stretto/blue-fox/a/1-nested/lib%2Finner/refs/heads/feature/x.lock",
        ]
        let others = ["refs/heads/main.lock", "refs/stretto/red-cat/a/1.lock"]
        for name in ours + others { try scratch.write("", to: name, at: common) }

        run = try await run.restarted()

        for name in ours { #expect(Disk.kind(common + "/" + name) == nil, "\(name)") }
        for name in others { #expect(Disk.kind(common + "/" + name) == .file, "\(name)") }
        let result = await run.merge(contribution, of: "a")
        guard case .merged = result else {
            Issue.record("not merged: \(result)")
            return
        }
    }

    @Test func `the lock of the packed refs goes when it is older than any git command that lives, and no younger one`()
        async throws
    {
        let scratch = try await ScratchRepository()
        var run = try await ScratchRun(scratch)
        let lock = run.repository.commonDirectory + "/packed-refs.lock"

        try scratch.write("", to: lock, at: "")
        run = try await run.restarted()
        #expect(Disk.kind(lock) == .file, "whoever made it may live")

        let longAgo = Date(timeIntervalSince1970: 1_000_000_000)
        try FileManager.default.setAttributes([.modificationDate: longAgo], ofItemAtPath: lock)
        run = try await run.restarted()
        #expect(Disk.kind(lock) == nil)
    }

    @Test func `no lock counts as stale while whoever made it may live`() {
        func second(_ count: Int64) -> Timestamp { Timestamp(milliseconds: count * 1000) }

        #expect(PackedRefs.isStale(made: second(100), now: second(160), oldestGit: nil))
        #expect(PackedRefs.isStale(made: second(100), now: second(160), oldestGit: second(101)))
        #expect(!PackedRefs.isStale(made: second(100), now: second(160), oldestGit: second(100)))
        #expect(!PackedRefs.isStale(made: second(100), now: second(160), oldestGit: second(1)))
        #expect(!PackedRefs.isStale(made: second(100), now: second(159), oldestGit: nil))
        #expect(!PackedRefs.isStale(made: second(100), now: second(1), oldestGit: nil), "the clock was set back")
    }

    @Test func `a git command is not cut off when its engine ends, and none begins after that`() async throws {
        let directory = try TemporaryDirectory()
        let git = Git(environment: Environment.current(), log: { _ in })
        _ = try await git.run(.init("init", "--quiet", in: directory.path))
        func shell(_ script: String) async throws {
            _ = try await ChildProcess.run(
                ProcessCommand(
                    arguments: ["sh", "-c", script],
                    directory: directory.path,
                    environment: Environment.current()
                )
            )
        }
        try await shell("mkfifo begun go")

        let answer = await withTaskGroup(of: String?.self) { group in
            group.addTask {
                // An alias that tells when it has begun, and when it has come to its end.
                let body = "alias.slow=!echo x >begun; read word <go; echo done"
                return try? await git.run(.init("-c", body, "slow", in: directory.path)).line
            }
            try? await shell("read word <begun")
            group.cancelAll()
            try? await shell("echo x >go")
            return await group.next() ?? nil
        }
        #expect(answer == "done")

        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask {
                await #expect(throws: Trouble.self) {
                    _ = try await git.run(.init("commit-graph", "write", in: directory.path))
                }
            }
        }
    }
}
