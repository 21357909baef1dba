import FoundationEssentials
import StrettoCore
import TestSupport
import Testing

@testable import StrettoGit

/// Git reads all worktrees for some questions, and gives up at one that it is only just making for another task.
@Suite(.timeLimit(.minutes(5)))
struct HalfWorktreeTests {
    @Test func `a merge that meets a worktree in the making waits for it instead of a person`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("one")
        try scratch.write("1\n", to: "one", at: worktree.path)
        let contribution = try await run.collect("one", in: worktree)
        _ = scratch.calls.take()

        // As `git worktree add` leaves it between two of its steps.
        await run.worktrees.adding.enter()
        try scratch.write(scratch.directory.appending("half") + "/.git\n", to: ".git/worktrees/half/gitdir")
        try scratch.write("", to: ".git/worktrees/half/commondir")
        try scratch.write(worktree.base.text + "\n", to: ".git/worktrees/half/HEAD")
        async let merging = run.merge(contribution, of: "one")
        while !scratch.calls.take().contains(where: { $0.status == .code(128) }) { await Task.yield() }
        try scratch.write("../..\n", to: ".git/worktrees/half/commondir")
        await run.worktrees.adding.leave()

        #expect(await merging.receipt?.changed == true)
    }
}
