import StrettoCore
import StrettoProcess
import Testing

@testable import StrettoGit

/// What an agent's tree does not show by itself: flagged files, staged versions, commits left behind.
@Suite(.timeLimit(.minutes(5)))
struct HiddenWorkTests {
    @Test(arguments: [
        "--assume-unchanged", "--skip-worktree", "--assume-unchanged a && git update-index --skip-worktree",
    ])
    func `a change behind an index flag is contributed like any other`(flag: String) async throws {
        let scratch = try await ScratchRepository(files: ["a": "1\n", "b": "1\n", "gone": "1\n"])
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("f")
        try await run.script(
            "git update-index \(flag) a gone && echo 2 > a && rm gone && test -z \"$(git status --porcelain)\"",
            at: worktree.path
        )

        let contribution = try await run.collect("f", in: worktree)

        #expect(contribution.changes.map(\.path) == ["a", "gone"])
        #expect(try await run.content("a", at: contribution.commit.text) == "2\n")
        #expect(await run.dispose("f") == .removed)
    }

    /// Seed 19 of `NothingLostTests`, with times that are set instead of met by chance.
    @Test(arguments: ["--assume-unchanged", "--skip-worktree"])
    func `a flagged change that has the size and the time of the file before it is none the less one`(
        flag: String
    ) async throws {
        let scratch = try await ScratchRepository(files: ["a": "1\n"])
        try await scratch.git("config", "core.trustctime", "false")
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("f")
        try await run.script(
            """
            touch -d '1 hour ago' a && git update-index --refresh && touch -r a .git-time && git update-index \(flag) a
            echo 2 > a && touch -r .git-time a && rm .git-time
            """,
            at: worktree.path
        )

        #expect(await run.dispose("f") == .removed)
        #expect(try await run.content("a", at: "refs/stretto/blue-fox/f/1") == "2\n")
    }

    @Test func `a flagged change is kept where nothing was ever collected`() async throws {
        let run = try await ScratchRun(try await ScratchRepository(files: ["a": "1\n"]))
        let worktree = try await run.prepare("f")
        try await run.script("git update-index --assume-unchanged a && echo 2 > a", at: worktree.path)

        #expect(await run.dispose("f") == .removed)
        #expect(try await run.content("a", at: "refs/stretto/blue-fox/f/1") == "2\n")
    }

    @Test func `a file that a sparse checkout left out is no deletion, one that came back is a change`() async throws {
        let scratch = try await ScratchRepository(files: ["in/a": "1\n", "out/b": "1\n", "out/c": "1\n"])
        try await scratch.git("sparse-checkout", "set", "--cone", "in")
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("s")
        try await run.script(
            "mkdir out && echo 2 > out/b && git update-index --assume-unchanged in/a && echo 2 > in/a",
            at: worktree.path
        )

        let contribution = try await run.collect("s", in: worktree)

        #expect(contribution.changes.map(\.path) == ["in/a", "out/b"])
        #expect(contribution.changes.map(\.kind) == [.modified, .modified])
        #expect(await run.dispose("s") == .removed)
    }

    @Test func `settings that make git trust times less do not hide a change`() async throws {
        let scratch = try await ScratchRepository(files: ["a": "1\n"])
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("t")
        try await run.script(
            """
            git update-index --refresh && touch -d '2020-01-01' a && git update-index --refresh
            git config core.trustctime false && git config core.checkStat minimal && git config core.ignoreStat true
            echo 2 > n && touch -d '2020-01-01' n && mv n a
            """,
            at: worktree.path
        )

        #expect(try await run.collect("t", in: worktree).changes.map(\.path) == ["a"])
    }

    @Test func `what is staged and then overwritten is kept beside the tree`() async throws {
        let run = try await ScratchRun(try await ScratchRepository(files: ["a": "1\n"]))
        let worktree = try await run.prepare("i")
        try await run.script(
            "echo staged > a && echo only > b && git add a b && echo file > a && rm b",
            at: worktree.path
        )

        let contribution = try await run.collect("i", in: worktree)

        #expect(contribution.changes.map(\.path) == ["a"])
        #expect(try await run.content("a", at: contribution.commit.text) == "file\n")
        #expect(try await run.content("a", at: "refs/stretto/blue-fox/i/1-staged-1") == "staged\n")
        #expect(try await run.content("b", at: "refs/stretto/blue-fox/i/1-staged-1") == "only\n")
        #expect(await run.dispose("i") == .removed)
        #expect(try await run.repository.keptRefs(of: RunID("blue-fox")).map(\.remark) == [.none, .staged(1)])
    }

    @Test func `commits that were reset away, amended or rebased are kept under one ref`() async throws {
        let run = try await ScratchRun(try await ScratchRepository(files: ["a": "1\n"]))
        let worktree = try await run.prepare("c")
        try await run.script(
            """
            echo amended > x && git add x && git commit -qm X && echo 2 > x && git commit -qa --amend -m Better
            echo reset > y && git add y && git commit -qm Y && git commit -q --allow-empty -m Z && git reset -q --hard HEAD~2
            git checkout -q -b topic && echo gone > z && git add z && git commit -qm Topic && git checkout -q --detach HEAD~
            git branch -qD topic
            """,
            at: worktree.path
        )

        let contribution = try await run.collect("c", in: worktree)

        #expect(contribution.changes.map(\.path) == ["x"])
        #expect(try await run.content("x", at: contribution.commit.text) == "2\n")
        #expect(await run.dispose("c") == .removed)
        let kept = "refs/stretto/blue-fox/c/1-abandoned-1"
        let subjects = try await run.scratch.git("log", "--format=%s", kept, "--not", contribution.commit.text)
            .split(separator: "\n").sorted()
        #expect(subjects == ["Commits that c.1 made and left behind", "Topic", "X", "Y", "Z"])
        #expect(try await run.repository.keptRefs(of: RunID("blue-fox")).map(\.remark) == [.none, .abandoned(1)])
    }

    @Test func `one abandoned commit is kept as it is, also in a worktree that was never collected`() async throws {
        let run = try await ScratchRun(try await ScratchRepository())
        let worktree = try await run.prepare("c")
        try await run.script("git commit -q --allow-empty -m Gone && git reset -q --hard HEAD~", at: worktree.path)

        #expect(await run.dispose("c") == .removed)
        #expect(
            try await run.scratch.git("log", "-1", "--format=%s", "refs/stretto/blue-fox/c/1-abandoned-1") == "Gone"
        )
    }

    @Test(arguments: 2...4)
    func `an index of any version tells its flags`(version: Int) async throws {
        let names = ["a", "dir/\(String(repeating: "long", count: 40))", "zz/ü", "b c"]
        let scratch = try await ScratchRepository(files: Dictionary(uniqueKeysWithValues: names.map { ($0, "1\n") }))
        try await scratch.git("update-index", "--index-version", "\(version)")
        func survey() throws -> IndexSurvey {
            IndexSurvey(try #require(Disk.read(scratch.path + "/.git/index")), nameBytes: 20)
        }

        // The last version is not read by this program, but by git.
        #expect(try survey() == (version == 4 ? .special : .plain))
        for name in names {
            for flag in ["assume-unchanged", "skip-worktree"] {
                try await scratch.git("update-index", "--\(flag)", name)
                #expect(try survey() == .special)
                let found = IndexEntry.special(Array(try await scratch.git("ls-files", "-z", "-v", "-s").utf8))
                #expect(found.map(\.path) == [name])
                try await scratch.git("update-index", "--no-\(flag)", name)
            }
        }
    }
}
