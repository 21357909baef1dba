import FoundationEssentials
import StrettoCore
import TestSupport
import Testing

@testable import StrettoGit

/// Every call may come again after a crash; a new ``GitWorktrees`` stands for the process that remembers nothing.
@Suite(.timeLimit(.minutes(5)))
struct RepeatTests {
    @Test func `a repeated call gives the same answer after a crash`() async throws {
        let scratch = try await ScratchRepository()
        var run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("a", setup: ["echo once >> setup"])
        run = try await run.restarted()
        #expect(try await run.prepare("a", setup: ["echo once >> setup"]) == worktree)
        #expect(scratch.read("setup", at: worktree.path) == "once\n")
        try scratch.write("x\n", to: "x", at: worktree.path)

        let contribution = try await run.collect("a", in: worktree)
        run = try await run.restarted()
        #expect(try await run.collect("a", in: worktree) == contribution)

        let merged = await run.merge(contribution, of: "a", handoff: "h")
        run = try await run.restarted()
        #expect(await run.merge(contribution, of: "a", handoff: "h") == merged)

        #expect(await run.dispose("a") == .removed)
        run = try await run.restarted()
        #expect(await run.dispose("a") == .removed)
        #expect(try await run.collect("a", in: worktree) == contribution)

        #expect(await run.conclude(handoff: "end") == nil)
        let head = try await scratch.git("rev-parse", "stretto/blue-fox")
        run = try await run.restarted()
        #expect(await run.conclude(handoff: "end") == nil)
        #expect(try await scratch.git("rev-parse", "stretto/blue-fox") == head)
    }

    @Test func `what checks leave behind is in no later contribution`() async throws {
        let scratch = try await ScratchRepository()
        var run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("a")
        try scratch.write("x\n", to: "x", at: worktree.path)
        let contribution = try await run.collect("a", in: worktree)

        // The engine dies while its checks are at work, and asks again.
        try scratch.write("lines: 100 %\n", to: "coverage.xml", at: worktree.path)
        run = try await run.restarted()
        #expect(try await run.collect("a", in: worktree) == contribution)
        await run.noteLeftovers("a", in: worktree)

        // A person mends something by hand, and has it checked again.
        try scratch.write("better\n", to: "x", at: worktree.path)
        let mended = try await run.collect("a", in: worktree, after: 60)
        #expect(mended.changes.map(\.path) == ["x"])
        #expect(mended.tree != contribution.tree)
    }

    @Test func `a base is what it was, although the branch has moved since`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("a")
        _ = try await run.perform("b") { path in try scratch.write("b\n", to: "b", at: path) }

        let again = try await run.restarted().prepare("a")

        #expect(again == worktree)
        #expect(try await run.prepare("c").base != worktree.base)
    }

    /// What a kill in the middle of `git worktree add` and of the steps after it leaves behind.
    @Test(arguments: ["registered", "locked and empty", "half checked out", "unknown files", "shell only", "no notes"])
    func `a worktree that was left half made is completed and loses nothing`(state: String) async throws {
        let scratch = try await ScratchRepository(files: ["a": "1\n", "b/c": "1\n"])
        let run = try await ScratchRun(scratch)
        let path = run.root + "/blue-fox/w.1"
        try FileManager.default.createDirectory(atPath: run.root + "/blue-fox", withIntermediateDirectories: true)
        switch state {
        case "registered":
            try await scratch.git("worktree", "add", "-q", "--no-checkout", "--detach", path, "HEAD")
        case "locked and empty":
            try await scratch.git("worktree", "add", "-q", "--no-checkout", "--lock", "--detach", path, "HEAD")
            try FileManager.default.removeItem(atPath: path)
        case "half checked out":
            try await scratch.git("worktree", "add", "-q", "--detach", path, "HEAD")
            try FileManager.default.removeItem(atPath: path + "/b")
            try scratch.write("", to: ".git/worktrees/w.1/index.lock")
        case "unknown files":
            try scratch.write("precious\n", to: "file", at: path)
        case "shell only":
            try scratch.write("gitdir: /nowhere/at/all\n", to: ".git", at: path)
        default:
            _ = try await run.prepare("w")
            try FileManager.default.removeItem(atPath: scratch.path + "/.git/worktrees/w.1/stretto-notes")
        }

        let worktree = try await run.restarted().prepare("w")

        #expect(worktree == Worktree(path: path, base: run.repository.head))
        #expect(try await scratch.git("status", "--porcelain", at: path) == "")
        #expect(scratch.read("b/c", at: path) == "1\n")
        if state == "unknown files" {
            #expect(scratch.read("file", at: path + ".aside-1") == "precious\n")
        }
        #expect(await run.dispose("w") == .removed)
    }

    @Test func `an interrupted collection is taken up again`() async throws {
        let scratch = try await ScratchRepository(files: ["HANDOFF.md": "h\n", "a": "1\n"])
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("i")
        try scratch.write("mine\n", to: "HANDOFF.md", at: worktree.path)
        try scratch.write("2\n", to: "a", at: worktree.path)
        let place = try #require(AttemptWorktree(path: worktree.path, commonDirectory: run.repository.commonDirectory))
        let saved = scratch.directory.appending("index")
        try Disk.copyIndex(place.indexPath, to: saved)
        let notes = Disk.read(place.administration + "/stretto-notes")
        let contribution = try await run.collect("i", in: worktree)

        // Killed right after the refs had moved: index, notes and files are still the old ones.
        try Disk.copyIndex(saved, to: place.indexPath)
        try Disk.write(try #require(notes), to: place.administration + "/stretto-notes")
        try scratch.write("mine\n", to: "HANDOFF.md", at: worktree.path)
        let again = try await run.restarted().collect("i", in: worktree)

        #expect(again == contribution)
        #expect(scratch.read("HANDOFF.md", at: worktree.path) == "h\n")
        #expect(try await run.content("HANDOFF.md", at: "refs/stretto/blue-fox/i/1-written") == "mine\n")
        #expect(await run.dispose("i") == .removed)
    }
}
