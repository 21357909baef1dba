import StrettoCore
import Testing

@testable import StrettoGit

@Suite(.timeLimit(.minutes(5)))
struct PrepareTests {
    @Test func `files and directories are copied from the checkout and are no contribution`() async throws {
        let scratch = try await ScratchRepository(files: ["a": "1\n", ".gitignore": "*.local\n"])
        try scratch.write("secret\n", to: ".env")
        try scratch.write("{}\n", to: "conf dir/deep/settings.local")
        try scratch.write("dirty\n", to: "a")
        let run = try await ScratchRun(scratch)

        let worktree = try await run.prepare("c", copy: [".env", "conf dir/deep", "a"])
        try scratch.write("2\n", to: "b", at: worktree.path)
        let contribution = try await run.collect("c", in: worktree)

        #expect(scratch.read(".env", at: worktree.path) == "secret\n")
        #expect(scratch.read("conf dir/deep/settings.local", at: worktree.path) == "{}\n")
        // A tracked file is the run's, whatever the checkout has made of it.
        #expect(scratch.read("a", at: worktree.path) == "1\n")
        #expect(contribution.changes.map(\.path) == ["b"])
        #expect(contribution.findings == [])
        #expect(await run.dispose("c") == .removed)
        #expect(try await scratch.git("log", "--all", "--oneline", "--", ".env") == "")
    }

    @Test func `a judgement's worktree stands at the work's commit, and nothing written there is work`() async throws {
        let scratch = try await ScratchRepository(files: ["a": "1\n"])
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("w")
        try scratch.write("2\n", to: "a", at: worktree.path)
        let work = try await run.collect("w", in: worktree)

        let judged = try await run.prepare("w", 2, at: work.commit)
        #expect(judged.base == work.commit)
        #expect(scratch.read("a", at: judged.path) == "2\n")
        #expect(try await run.prepare("w", 2, at: work.commit) == judged, "asked again after a crash")
        try scratch.write("3\n", to: "a", at: judged.path)
        let left = try await run.collect("w", 2, in: judged)

        #expect(left.base == work.commit)
        #expect(scratch.read("a", at: worktree.path) == "2\n")
        #expect(await run.dispose("w", 2) == .removed)
        #expect(await run.dispose("w") == .removed)
    }

    @Test(arguments: ["missing", "../outside", "/etc/passwd", ".git/config", ""])
    func `a path that cannot be copied is named`(name: String) async throws {
        let run = try await ScratchRun(try await ScratchRepository())

        let trouble = await #expect(throws: Trouble.self) { try await run.prepare("c", copy: [name]) }

        #expect(trouble?.message.hasPrefix("copy: '\(name)' is n") == true)
        #expect(await run.dispose("c") == .removed)
    }

    @Test func `setup commands run in the worktree, and a failing one is told with its last words`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)

        let trouble = await #expect(throws: Trouble.self) {
            try await run.prepare("s", setup: ["pwd > place", "echo out; echo 'no such tool' >&2; exit 3"])
        }

        #expect(trouble?.message.hasSuffix("ended with exit code 3:\nno such tool") == true)
        #expect(scratch.read("place", at: run.root + "/blue-fox/s.1") == run.root + "/blue-fox/s.1\n")
        let worktree = try await run.prepare("s", setup: ["echo well > place"])
        #expect(scratch.read("place", at: worktree.path) == "well\n")
    }

    @Test func `the mailbox ignores itself`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("m")
        try scratch.write("{}", to: ".stretto-attempt/report.json", at: worktree.path)

        let contribution = try await run.collect("m", in: worktree)

        #expect(contribution.changes == [])
        #expect(contribution.findings == [])
        #expect(await run.dispose("m") == .removed)
    }

    @Test func `many worktrees asked for at once are all made`() async throws {
        let scratch = try await ScratchRepository(named: "spaced ñame")
        let run = try await ScratchRun(scratch)

        let paths = await withTaskGroup(of: String?.self) { group in
            for number in 1...8 {
                group.addTask { (try? await run.prepare("p", number))?.path }
            }
            return await group.reduce(into: [String]()) { $0 += $1.map { [$0] } ?? [] }
        }

        #expect(Set(paths).count == 8)
        for path in paths { #expect(scratch.exists(path + "/README.md")) }
    }
}
