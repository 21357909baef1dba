import StrettoCore
import Testing

@testable import StrettoGit

/// Git processes are the engine's largest expense for a small task, so their number is a promise.
@Suite(.timeLimit(.minutes(5)))
struct CostTests {
    @Test func `a trivial task takes sixteen git commands, an idle one twelve`() async throws {
        let scratch = try await ScratchRepository(
            files: Dictionary(uniqueKeysWithValues: (0..<100).map { ("d\($0 % 7)/f\($0)", "line \($0)\n") })
        )
        let run = try await ScratchRun(scratch)
        _ = try await run.perform("first", handoff: "0") { path in try scratch.write("0", to: "0", at: path) }

        _ = scratch.calls.take()
        _ = try await run.perform("task", handoff: "1") { path in try scratch.write("1", to: "1", at: path) }
        let trivial = scratch.calls.take().map { GitCall.name(of: $0.arguments) }
        _ = try await run.perform("idle", handoff: "1") { _ in }
        let idle = scratch.calls.take().map { GitCall.name(of: $0.arguments) }

        #expect(
            trivial.sorted()
                == [
                    "git for-each-ref", "git worktree add", "git read-tree", "git status",
                    "git for-each-ref", "git status", "git status", "git add", "git write-tree", "git diff-tree",
                    "git commit-tree",
                    "git update-ref",
                    "git for-each-ref", "git fast-import", "git update-ref",
                    "git worktree remove",
                ].sorted()
        )
        #expect(idle.count == 12)
    }
}
