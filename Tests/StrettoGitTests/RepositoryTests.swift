import Glibc
import StrettoCore
import StrettoGit
import StrettoProcess
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct RepositoryTests {
    @Test func `a repository tells its root, head, branch and what is not committed`() async throws {
        let scratch = try await ScratchRepository(named: "my répo \"1\"")
        try scratch.write("x", to: "new file")
        try scratch.write("x", to: "README.md")
        try scratch.write("x", to: "sub/other")

        let repository = try await Repository.discover(from: scratch.path + "/sub", environment: scratch.environment)

        #expect(repository.topLevel == scratch.path)
        #expect(repository.commonDirectory == scratch.path + "/.git")
        #expect(repository.branch == "main")
        #expect(repository.changedPathCount == 3)
        #expect(try await repository.resolve("main") == repository.head)
        #expect(repository.head.text == (try await scratch.git("rev-parse", "HEAD")))
    }

    @Test(arguments: [true, false])
    func `with an engine's lock the place is known without git, and is the same`(hasLock: Bool) async throws {
        let scratch = try await ScratchRepository(named: "my répo")
        try scratch.write("x", to: "sub/deep/file")
        let linked = scratch.directory.appending("linked")
        try await scratch.git("worktree", "add", "-q", linked)
        let alias = scratch.directory.appending("alias")
        #expect(symlink(scratch.path, alias) == 0)
        if hasLock { try scratch.write("{}", to: ".git/stretto/lock") }

        let asked = Lock(0)
        func find(_ path: String) async throws -> Checkout {
            try await Checkout.find(from: path, environment: scratch.environment) { _ in asked.withLock { $0 += 1 } }
        }
        for path in [scratch.path, scratch.path + "/sub/deep", alias + "/sub"] {
            let checkout = try await find(path)
            #expect(checkout.topLevel == scratch.path)
            #expect(checkout.commonDirectory == scratch.path + "/.git")
        }
        #expect((asked.withLock { $0 } == 0) == hasLock)

        let bare = scratch.path + "/sub/inner.git"
        try await scratch.git("init", "-q", "--bare", bare)
        let error = await #expect(throws: RepositoryError.self) { try await find(bare) }
        #expect(error == .bare(directory: bare))
        let other = try await find(linked)
        #expect(other.topLevel == linked)
        #expect(other.commonDirectory == scratch.path + "/.git")
        try await scratch.git("config", "core.worktree", linked)
        #expect(try await find(scratch.path).topLevel == linked, "git sees it otherwise")
    }

    @Test func `an unborn head is refused with a way out`() async throws {
        let scratch = try await ScratchRepository(files: [:])

        let error = await #expect(throws: RepositoryError.self) { try await scratch.discover() }

        #expect(error == .unborn(directory: scratch.path))
        #expect(error?.description.contains("git commit") == true)
    }

    @Test func `a directory outside of any repository is refused`() async throws {
        let scratch = try await ScratchRepository()

        let error = await #expect(throws: RepositoryError.self) {
            try await Repository.discover(from: scratch.directory.path, environment: scratch.environment)
        }

        #expect(error == .notARepository(directory: scratch.directory.path))
    }

    @Test func `a bare repository is refused`() async throws {
        let scratch = try await ScratchRepository()
        let bare = scratch.directory.appending("bare.git")
        try await scratch.git("clone", "-q", "--bare", scratch.path, bare)

        let error = await #expect(throws: RepositoryError.self) {
            try await Repository.discover(from: bare, environment: scratch.environment)
        }

        #expect(error == .bare(directory: bare))
    }

    @Test func `a user's branch called stretto is refused with a way out`() async throws {
        let scratch = try await ScratchRepository()
        try await scratch.git("branch", "stretto")

        let error = await #expect(throws: RepositoryError.self) { try await scratch.discover() }

        #expect(error == .branchInTheWay(directory: scratch.path))
        #expect(error?.description.contains("git branch -m stretto") == true)
    }

    @Test func `a name that is no commit is refused, options among them`() async throws {
        let repository = try await ScratchRepository().discover()

        for name in ["nowhere", "--help", "HEAD:README.md", ""] {
            await #expect(throws: RepositoryError.noSuchCommit(name)) { try await repository.resolve(name) }
        }
    }

    @Test func `one environment rules every call, whatever the shell and the settings say`() async throws {
        let scratch = try await ScratchRepository(files: ["a": "1\n", "HANDOFF.md": "h\n"])
        let other = try await ScratchRepository()
        let before = try await other.userState()
        for (key, value) in [
            ("status.showUntrackedFiles", "no"), ("commit.gpgSign", "true"), ("gpg.program", "false"),
            ("diff.external", "false"), ("color.ui", "always"), ("core.quotePath", "true"),
            ("diff.noprefix", "true"), ("log.showSignature", "true"), ("core.safecrlf", "true"),
            ("core.autocrlf", "input"), ("status.relativePaths", "true"), ("core.fsmonitor", "/bin/false"),
            ("user.useConfigOnly", "true"), ("i18n.commitEncoding", "ISO-8859-1"),
        ] {
            try await scratch.git("config", key, value)
        }
        let hostile = [
            "GIT_DIR": other.path + "/.git", "GIT_WORK_TREE": other.path, "GIT_INDEX_FILE": "/nonexistent/index",
            "GIT_OBJECT_DIRECTORY": other.path + "/.git/objects", "GIT_COMMON_DIR": other.path + "/.git",
            "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.bare", "GIT_CONFIG_VALUE_0": "true",
            "GIT_CONFIG_PARAMETERS": "'core.bare'='true'", "GIT_NAMESPACE": "n", "GIT_CEILING_DIRECTORIES": "/",
            "GIT_EXTERNAL_DIFF": "false", "GIT_TRACE": "2", "GIT_AUTHOR_DATE": "yesterday", "GIT_PREFIX": "x/",
            "GIT_LITERAL_PATHSPECS": "1", "GIT_REFLOG_ACTION": "x", "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de",
        ]
        let run = try await ScratchRun(scratch, environment: hostile)
        #expect(run.repository.topLevel == scratch.path)

        let worktree = try await run.prepare(
            "a",
            setup: ["test -z \"$GIT_DIR\" && git rev-parse --show-toplevel > top"]
        )
        try scratch.write("2\r\n", to: "a", at: worktree.path)
        let contribution = try await run.collect("a", in: worktree)
        let diff = await run.worktrees.diff(contribution, bytesMax: 10_000)
        let result = await run.merge(contribution, of: "a", handoff: "ünder")
        try scratch.write("late", to: "late file", at: worktree.path)

        #expect(scratch.read("top", at: worktree.path) == worktree.path + "\n")
        #expect(contribution.changes.map(\.path) == ["a", "top"])
        #expect(diff.contains("--- a/a\n+++ b/a\n"))
        #expect(result.receipt?.changed == true)
        #expect(await run.dispose("a") == .removed)
        #expect(try await run.content("late file", at: "refs/stretto/blue-fox/a/1-late-1") == "late\n")
        #expect(await run.conclude(handoff: "over") == nil)
        #expect(try await scratch.git("log", "--format=%an %at", "-1", "stretto/blue-fox") == "Ada 1700000200")
        #expect(try await other.userState() == before)
    }

    @Test func `a user without a name gets Stretto's`() async throws {
        let scratch = try await ScratchRepository()
        try await scratch.git("config", "--unset", "user.name")
        try await scratch.git("config", "--unset", "user.email")
        let run = try await ScratchRun(scratch)

        _ = try await run.perform("a", handoff: "x") { path in try scratch.write("a", to: "a", at: path) }

        #expect(
            try await scratch.git("log", "--format=%an <%ae> %cn <%ce>", "main..stretto/blue-fox")
                .split(separator: "\n").allSatisfy { $0 == "Stretto <stretto@localhost> Stretto <stretto@localhost>" }
        )
    }

    @Test func `a dirty checkout, its hooks, its stash and its index are the same after a whole run`() async throws {
        let scratch = try await ScratchRepository(files: ["a": "1\n", "b": "1\n", ".gitignore": "*.o\n"])
        try scratch.write("stashed\n", to: "b")
        try await scratch.git("stash", "-q")
        try scratch.write("staged\n", to: "a")
        try await scratch.git("add", "a")
        try scratch.write("unstaged\n", to: "a")
        try scratch.write("untracked\n", to: "u v")
        try scratch.write("ignored\n", to: "x.o")
        for hook in [
            "pre-commit", "commit-msg", "post-checkout", "post-commit", "reference-transaction", "post-index-change",
            "pre-merge-commit", "post-rewrite",
        ] {
            try scratch.write(
                "#!/bin/sh\necho $0 >> '\(scratch.directory.path)/hooks-ran'\nexit 1\n",
                to: ".git/hooks/" + hook
            )
            _ = try await scratch.run(["chmod", "+x", ".git/hooks/" + hook])
        }
        let before = try await scratch.userState()
        let run = try await ScratchRun(scratch)
        #expect(run.repository.changedPathCount == 2)

        let (one, two) = (try await run.prepare("one"), try await run.prepare("two"))
        try scratch.write("1\n", to: "one", at: one.path)
        try scratch.write("2\n", to: "two", at: two.path)
        let first = try await run.collect("one", in: one)
        let second = try await run.collect("two", in: two)
        let results = [
            await run.merge(first, of: "one", handoff: "1"), await run.merge(second, of: "two", handoff: "2"),
        ]
        let disposals = [await run.dispose("one"), await run.dispose("two")]

        #expect(results.allSatisfy { $0.receipt?.changed == true })
        #expect(disposals == [.removed, .removed])
        #expect(await run.conclude(handoff: "over") == nil)
        #expect(try await scratch.userState() == before)
        #expect(!scratch.exists(scratch.directory.appending("hooks-ran")))
    }

    @Test func `no command of the engine's prunes, stashes or cleans outside a worktree of ours`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        _ = try await run.perform("a", handoff: "x") { path in try scratch.write("a", to: "a", at: path) }
        _ = await run.conclude(handoff: "y")

        let calls = scratch.calls.take()

        #expect(!calls.isEmpty)
        for call in calls {
            #expect(!["stash", "gc", "prune"].contains(call.arguments.first))
            #expect(!call.arguments.contains("prune"))
            if ["clean", "reset", "checkout", "read-tree"].contains(call.arguments.first) {
                #expect(call.directory.hasPrefix(run.root + "/blue-fox/"))
            }
        }
    }
}
