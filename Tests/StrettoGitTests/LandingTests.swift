import StrettoCore
import Testing

@testable import StrettoGit

@Suite(.timeLimit(.minutes(5)))
struct LandingTests {
    let scratch: ScratchRepository
    let run: ScratchRun
    let id = RunID("blue-fox")

    init() async throws {
        let scratch = try await ScratchRepository(files: ["a": "1\n", "b": "1\n"])
        let run = try await ScratchRun(scratch)
        _ = try await run.perform("a", handoff: "h") { path in
            try scratch.write("2\n", to: "a", at: path)
            try scratch.write("n\n", to: "new", at: path)
        }
        (self.scratch, self.run) = (scratch, run)
    }

    @Test(arguments: LandingMode.allCases)
    func `a run is landed once, and a second time there is nothing to do`(mode: LandingMode) async throws {
        if mode != .fastForward {
            try scratch.write("mine\n", to: "mine")
            try await scratch.git("add", "mine")
            try await scratch.git("commit", "-qm", "Mine")
        }
        try scratch.write("unrelated change\n", to: "b")

        let result = try await run.repository.land(id, mode: mode, message: "Land blue-fox")
        let again = try await run.repository.land(id, mode: mode, message: "Land blue-fox")

        #expect(result == .landed(CommitID(try await scratch.git("rev-parse", "main"))))
        #expect(again == .alreadyLanded)
        #expect(scratch.read("a") == "2\n")
        #expect(scratch.read("b") == "unrelated change\n")
        let parents = try await scratch.git("show", "-s", "--format=%P", "main").split(separator: " ").count
        #expect(parents == (mode == .squash ? 1 : 2))
        if mode != .fastForward { #expect(try await scratch.git("show", "-s", "--format=%s") == "Land blue-fox") }
    }

    @Test(arguments: [LandingMode.merge, .squash])
    func `of two runs from one commit the second is landed as well, with both parts of HANDOFF md`(
        mode: LandingMode
    ) async throws {
        let other = try await ScratchRun(scratch, run: "red-owl")
        _ = try await other.perform("c", handoff: "the other's memory") { path in
            try scratch.write("3\n", to: "c", at: path)
        }
        _ = try await run.repository.land(id, mode: .fastForward, message: "")
        try scratch.write("My own words.\n\n" + (scratch.read("HANDOFF.md") ?? ""), to: "HANDOFF.md")
        try await scratch.git("commit", "-qam", "Mine")

        let result = try await other.repository.land(RunID("red-owl"), mode: mode, message: "Land red-owl")

        #expect(result == .landed(CommitID(try await scratch.git("rev-parse", "main"))))
        #expect(try await scratch.git("show", "-s", "--format=%s") == "Land red-owl")
        let parents = try await scratch.git("show", "-s", "--format=%P", "main").split(separator: " ").count
        #expect(parents == (mode == .squash ? 1 : 2))
        #expect(try await scratch.git("status", "--porcelain") == "")
        #expect(scratch.read("c") == "3\n")
        #expect(
            scratch.read("HANDOFF.md") == """
                My own words.

                <!-- stretto:begin -->
                the other's memory

                h
                <!-- stretto:end -->

                """
        )
    }

    @Test func `a conflict in HANDOFF md outside of the engine's part is the user's to resolve`() async throws {
        try scratch.write("mine alone\n", to: "HANDOFF.md")
        try await scratch.git("add", "HANDOFF.md")
        try await scratch.git("commit", "-qm", "Mine")
        _ = try await run.repository.land(id, mode: .merge, message: "Land")
        #expect(scratch.read("HANDOFF.md")?.hasPrefix("mine alone\n\n<!-- stretto:begin -->\nh\n") == true)

        let other = try await ScratchRun(scratch, run: "red-owl")
        _ = try await other.perform("c", handoff: "n") { try scratch.write("3\n", to: "c", at: $0) }
        try await scratch.git("switch", "-q", "stretto/red-owl")
        try scratch.write("theirs\n" + (scratch.read("HANDOFF.md") ?? ""), to: "HANDOFF.md")
        try await scratch.git("commit", "-qam", "By hand")
        try await scratch.git("switch", "-q", "main")
        try scratch.write("ours\n" + (scratch.read("HANDOFF.md") ?? ""), to: "HANDOFF.md")
        try await scratch.git("commit", "-qam", "By hand too")

        await #expect(throws: LandingError.conflicts(paths: ["HANDOFF.md"], RunID("red-owl"))) {
            try await other.repository.land(RunID("red-owl"), mode: .merge, message: "Land")
        }
    }

    @Test func `the user's hooks run, and their refusal leaves the checkout as it was`() async throws {
        try scratch.write("mine\n", to: "mine")
        try await scratch.git("add", "mine")
        try await scratch.git("commit", "-qm", "Mine")
        try scratch.write("#!/bin/sh\necho 'not on a friday' >&2\nexit 1\n", to: ".git/hooks/commit-msg")
        _ = try await scratch.run(["chmod", "+x", ".git/hooks/commit-msg"])
        try scratch.write("unrelated change\n", to: "b")
        let head = try await scratch.git("rev-parse", "HEAD")

        for mode in [LandingMode.merge, .squash] {
            let error = await #expect(throws: LandingError.self) {
                try await run.repository.land(id, mode: mode, message: "Land")
            }

            #expect(error?.description.contains("not on a friday") == true)
            #expect(try await scratch.git("rev-parse", "HEAD") == head)
            #expect(try await scratch.git("status", "--porcelain") == " M b")
            #expect(!scratch.exists(scratch.path + "/.git/MERGE_HEAD"))
        }
    }

    @Test func `what cannot be landed is refused with a way out, and nothing changes`() async throws {
        let repository = run.repository
        func refusal(_ mode: LandingMode, of run: RunID? = nil) async throws -> LandingError? {
            let before = try await scratch.userState()
            let error = await #expect(throws: LandingError.self) {
                try await repository.land(run ?? id, mode: mode, message: "Land")
            }
            #expect(try await scratch.userState() == before)
            return error
        }

        #expect(try await refusal(.merge, of: RunID("none")) == .noBranch(RunID("none")))
        try scratch.write("dirty\n", to: "a")
        try scratch.write("untracked\n", to: "new")
        #expect(try await refusal(.fastForward) == .inTheWay(paths: ["a", "new"]))
        _ = try await scratch.run(["rm", "new"])
        try await scratch.git("add", "a")
        #expect(try await refusal(.merge) == .staged(paths: ["a"]))
        try await scratch.git("commit", "-qm", "Mine")
        #expect(try await refusal(.fastForward) == .conflicts(paths: ["a"], id))
        #expect(try await refusal(.squash) == .conflicts(paths: ["a"], id))
        try scratch.write("1\n", to: "a")
        try await scratch.git("commit", "-qam", "Back")
        #expect(try await refusal(.fastForward) == .notFastForward(branch: "main", id))
        try await scratch.git("checkout", "-q", "--detach")
        #expect(try await refusal(.merge) == .detachedHead)
        try await scratch.git("checkout", "-q", "--orphan", "island")
        try await scratch.git("commit", "-qm", "Island")
        #expect(try await refusal(.merge) == .unrelated(branch: "island", id))
    }
}
