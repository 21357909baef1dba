import StrettoCore
import TestSupport
import Testing

@testable import StrettoGit

/// Thousands of kept refs are not listed for every attempt; what an agent does to any other ref is told all the same.
@Suite(.timeLimit(.minutes(5)))
struct RefWatchTests {
    private func findings(_ setup: String, _ script: String) async throws -> [String] {
        let scratch = try await ScratchRepository(files: ["a": "1\n"])
        let run = try await ScratchRun(scratch)
        try await run.script(setup, at: scratch.path)
        let worktree = try await run.prepare("w")
        try await run.script(script, at: worktree.path)
        return try await run.collect("w", in: worktree).findings
    }

    @Test(arguments: ["refs/odd/x", "refs/heads/x", "refs/tags/x", "refs/notes/x", "refs/x-y/z/deep", "refs/stash"])
    func `a ref that an agent makes is told of, wherever it lies`(ref: String) async throws {
        let findings = try await findings("true", "git update-ref \(ref) HEAD")

        #expect(findings.contains { $0.contains(" was created in the shared repository") }, "\(findings)")
    }

    @Test(arguments: ["git update-ref -d refs/odd/x", "git update-ref refs/odd/x HEAD^{tree}"])
    func `a packed ref that an agent touches is told of, though no folder of its kind exists`(
        script: String
    ) async throws {
        let findings = try await findings("git update-ref refs/odd/x HEAD && git pack-refs --all --prune", script)

        #expect(findings.contains { $0.contains("refs/odd/x was ") }, "\(findings)")
    }

    @Test func `refs that are fetched or kept by other tasks are nobody's finding`() async throws {
        let made = "git update-ref refs/remotes/origin/x HEAD && git update-ref refs/stretto/blue-fox/other/1 HEAD"

        #expect(try await findings("true", made) == [])
    }

    @Test func `the first parts of packed names are found among comments and peeled tags`() {
        let file = """
            # pack-refs with: peeled fully-peeled sorted
            1111111111111111111111111111111111111111 refs/heads/main
            1111111111111111111111111111111111111111 refs/heads/topic/x
            1111111111111111111111111111111111111111 refs/stash
            2222222222222222222222222222222222222222 refs/tags/v1
            ^3333333333333333333333333333333333333333

            """
        #expect(GitWorktrees.spaces(ofPacked: Array(file.utf8)) == ["heads", "stash", "tags"])
        #expect(GitWorktrees.spaces(ofPacked: []) == [])
    }
}
