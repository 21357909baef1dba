import StrettoCore
import TestSupport
import Testing

@testable import StrettoGit

/// What happens to the user's checkouts while an attempt runs is a finding of its review.
@Suite(.timeLimit(.minutes(5)))
struct CheckoutWatchTests {
    private func findings(_ script: String) async throws -> (scratch: ScratchRepository, findings: [String]) {
        let scratch = try await ScratchRepository(files: ["a": "1\n", "b": "1\n", "c": "1\n"])
        try scratch.write("dirty\n", to: "b")
        try scratch.write("mine\n", to: "new")
        try await scratch.git("worktree", "add", "-q", scratch.directory.appending("other"), "-b", "other")
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("w")
        try scratch.write("work\n", to: "a", at: worktree.path)
        try await run.script(script, at: scratch.path)
        let contribution = try await run.collect("w", in: worktree)
        #expect(contribution.changes.map(\.path) == ["a"])
        return (scratch, contribution.findings)
    }

    @Test func `a checkout that nobody touches gives no finding, however dirty it is`() async throws {
        #expect(try await findings("git status; git log -1").findings == [])
    }

    @Test(arguments: [
        ("echo 2 > a", "a"), ("echo other > b", "b"), ("rm new", "new"), ("echo x > 'sp ace'", "sp ace"),
        ("git add b", "b"), ("git checkout -q b", "b"), ("rm c", "c"), ("git commit -qam Mine", "HEAD, b"),
    ])
    func `a path of the checkout that changes meanwhile is named`(script: String, names: String) async throws {
        let (scratch, findings) = try await findings(script)

        #expect(
            findings.last
                == "the checkout \(scratch.path) changed while this attempt ran, by it, by you or by another program: \(names)"
        )
    }

    @Test func `another worktree of the user's is watched as well`() async throws {
        let (scratch, findings) = try await findings("echo 2 > ../other/a")

        #expect(findings.count == 1)
        #expect(findings.first?.hasPrefix("the checkout \(scratch.directory.appending("other")) changed") == true)
    }

    @Test func `hooks and settings in the shared git directory are watched`() async throws {
        let (_, findings) = try await findings("git config core.pager evil; echo evil > .git/hooks/pre-push")

        #expect(findings.count == 1)
        #expect(findings.first?.hasPrefix("git's own files in ") == true)
        #expect(findings.first?.hasSuffix(": config, hooks/pre-push") == true)
    }

    @Test func `what was there before the attempt is remembered across a crash, and many paths become a number`()
        async throws
    {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("w")
        for number in 1...9 { try scratch.write("x", to: "odd\n\(number)\t%") }
        let again = try await run.restarted()

        let contribution = try await again.collect("w", in: worktree)

        #expect(contribution.findings.first?.hasSuffix("odd\n5\t% and 4 more") == true)
        let second = try await again.prepare("v")
        #expect(try await again.restarted().collect("v", in: second).findings == [])
    }

    @Test func `the plan file that the engine writes is no finding, also behind a link`() async throws {
        let scratch = try await ScratchRepository()
        try scratch.write("a: 1\n", to: "real.yaml")
        try await ScratchRun(scratch).script(
            "ln -s real.yaml plan.yaml; git add .; git commit -qm Plan",
            at: scratch.path
        )
        let plan = scratch.path + "/plan.yaml"
        let run = try await ScratchRun(scratch, run: "red-fox", writtenByEngine: [plan])
        let worktree = try await run.prepare("w")
        try await run.script("echo 2 >> plan.yaml; echo 3 > mine", at: scratch.path)

        let findings = try await run.collect("w", in: worktree).findings

        #expect(findings.count == 1)
        #expect(findings.first?.hasSuffix(": mine") == true)
    }

    @Test func `a checkout with more changes than can be remembered is not spoken of`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        try await run.script("seq 2100 | while read n; do : > file$n; done", at: scratch.path)
        let worktree = try await run.prepare("w")
        try await run.script("rm file*", at: scratch.path)

        #expect(try await run.collect("w", in: worktree).findings == [])
    }
}
