import FoundationEssentials
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@testable import StrettoGit

/// Repositories that agents make inside their worktrees, and promise P2 about them.
@Suite(.timeLimit(.minutes(5)))
struct NestedTests {
    private static let prefix = "refs/stretto/blue-fox/n/1-nested/"

    /// A worktree in which a script has been at work, collected.
    private func collected(
        _ script: String,
        files: [String: String] = ["README.md": "hello\n"]
    ) async throws -> (run: ScratchRun, worktree: Worktree, contribution: Contribution) {
        let run = try await ScratchRun(try await ScratchRepository(files: files))
        let worktree = try await run.prepare("n")
        try await run.script(script, at: worktree.path)
        return (run, worktree, try await run.collect("n", in: worktree))
    }

    @Test func `a repository inside the worktree is kept under refs of its own, and the worktree goes`() async throws {
        let (run, worktree, contribution) = try await collected(
            """
            git init -q 'in ner' && cd 'in ner' && echo 1 > x && git add x && git commit -qm One
            git branch side && git tag -am Tag v1 && echo 2 > x && git commit -qam Two
            git checkout -q side && echo side > s && git add s && git commit -qm Side
            echo stashed > x && git stash -q && echo more > x && git stash -q
            git commit -q --allow-empty -m Lost && git reset -q --hard HEAD~
            echo staged > x && git add x && echo file > x && echo new > 'new file' && echo no > o.o && echo '*.o' > .gitignore
            cd .. && echo y > y
            """
        )
        let inner = Self.prefix + "in%20ner/"

        #expect(contribution.changes.map(\.path) == ["y"])
        #expect(contribution.findings.count == 1)
        #expect(contribution.findings.first?.contains("kept below " + inner.dropLast()) == true)
        #expect(await run.dispose("n") == .removed)
        #expect(!run.scratch.exists(worktree.path))
        #expect(try await run.content("x", at: inner + "work") == "file\n")
        #expect(try await run.content("new file", at: inner + "work") == "new\n")
        #expect(try await run.content("x", at: inner + "staged") == "staged\n")
        #expect(try await run.content("s", at: inner + "head") == "side\n")
        #expect(try await run.content("x", at: inner + "refs/heads/main") == "2\n")
        #expect(try await run.content("x", at: inner + "refs/stash") == "more\n")
        #expect(try await run.scratch.git("cat-file", "-t", inner + "refs/tags/v1") == "tag")
        let lost = try await run.scratch.git("for-each-ref", "--format=%(subject)", inner + "lost").split(
            separator: "\n"
        )
        #expect(lost.contains("Lost") && lost.contains { $0.hasPrefix("WIP on side") })
        let files = try await run.scratch.git("ls-tree", "--name-only", inner + "work").split(separator: "\n")
        #expect(files == [".gitignore", "new file", "s", "x"])
        #expect(try await run.repository.refHealth().broken.isEmpty)
    }

    /// Git refuses to fetch beside a worktree whose HEAD is not written yet: "fatal: bad object worktrees/f.2/HEAD".
    @Test func `a repository inside is not fetched while a worktree is being made`() async throws {
        let run = try await ScratchRun(try await ScratchRepository())
        let worktree = try await run.prepare("n")
        try await run.script("git init -q inner && echo 1 > inner/x", at: worktree.path)
        await run.worktrees.adding.enter()
        let half = ".git/worktrees/half/"
        try run.scratch.write(String(repeating: "0", count: 40) + "\n", to: half + "HEAD")
        try run.scratch.write("../..\n", to: half + "commondir")
        try run.scratch.write(run.root + "/half/.git\n", to: half + "gitdir")

        _ = run.scratch.calls.take()
        async let collected = run.collect("n", in: worktree)
        // The last question but one before the fetch, then time enough for it.
        await run.scratch.calls.first("git rev-list")
        for _ in 0..<20 { try await run.scratch.git("status") }
        try FileManager.default.removeItem(atPath: run.scratch.path + "/" + half)
        await run.worktrees.adding.leave()

        let contribution = try await collected
        #expect(contribution.findings.first?.contains("it is kept below") == true, "\(contribution.findings)")
        #expect(try await run.content("x", at: Self.prefix + "inner/work") == "1\n")
    }

    @Test(arguments: [
        // Without a commit.
        ("git init -q u && echo 1 > u/x", ["u/work:x"]),
        // Detached, packed, and nothing to be seen from the branch.
        (
            "git init -q d && cd d && git commit -q --allow-empty -m 1 && git checkout -q --detach && echo 1 > x && git add x && git commit -qm 2 && git pack-refs --all && git repack -adq",
            ["d/head:x", "d/refs/heads/main:"]
        ),
        // One inside another one, and one in a folder with tracked files, which git status cannot see.
        (
            "git init -q a && cd a && git init -q b && echo 1 > b/x && echo 1 > y && cd ../t && git init -q && git add f && git commit -qm f",
            ["a/work:y", "a%2Fb/work:x", "t/head:f"]
        ),
        // Objects borrowed from another repository, a linked worktree of it, and one of the user's own repository.
        (
            "git init -q o && git -C o commit -q --allow-empty -m o && git clone -qs o c && echo 1 > c/x && git -C o worktree add -q ../l && echo 2 > l/y && git worktree add -q --detach m && echo 3 > m/z",
            ["c/work:x", "l/work:y", "o/refs/heads/l:", "m/work:z"]
        ),
        // Added to the outer index, and committed there.
        (
            "git init -q g && cd g && echo 1 > x && git add x && git commit -qm g && cd .. && git add g 2>/dev/null && git commit -qm link",
            ["g/head:x"]
        ),
    ])
    func `whatever sort of repository it is, nothing of it is lost`(script: String, kept: [String]) async throws {
        let (run, _, contribution) = try await collected(script, files: ["README.md": "hello\n", "t/f": "f\n"])
        let again = try await run.repository.keptTrees(of: RunID("blue-fox"))

        #expect(contribution.changes == [])
        #expect(await run.dispose("n") == .removed)
        for object in kept {
            #expect(
                try await run.scratch.run(["git", "cat-file", "-e", Self.prefix + object]).status == .code(0),
                "\(object)"
            )
        }
        #expect(try await run.repository.keptTrees(of: RunID("blue-fox")) == again)
        #expect(try await run.repository.refHealth().broken.isEmpty)
    }

    @Test(arguments: [
        ("git init -q --object-format=sha256 n && cd n && echo 1 > x && git add x && git commit -qm 1", "format"),
        (
            "git init -q n && cd n && echo 1 > x && git add x && git commit -qm 1 && rm -f .git/objects/$(git rev-parse HEAD:x | sed 's|^..|&/|') && echo 2 > x",
            "n"
        ),
        (
            "git init -q o && git -C o commit -q --allow-empty -m 1 && git -C o commit -q --allow-empty -m 2 && git clone -q --depth 1 \"file://$PWD/o\" n",
            "shallow"
        ),
        ("mkdir -p n/.git && echo secret > n/.git/notes", "no repository"),
        (
            "git init -q n && git -C n commit -q --allow-empty -m 1 && rm n/.git/logs/HEAD && mkfifo n/.git/logs/HEAD",
            "no file"
        ),
        (
            "git init -q n && cd n && echo 0 > x && git add x && git commit -qm 0 && git checkout -qb s && echo 1 > x && git commit -qam 1 && git checkout -q main && echo 2 > x && git commit -qam 2; git merge s >/dev/null || true",
            "n"
        ),
    ])
    func `what cannot be kept sets the worktree aside`(script: String, reason: String) async throws {
        let (run, worktree, contribution) = try await collected(script)

        #expect(contribution.findings.first?.contains("not all of it could be kept") == true)
        guard case .setAside(_, let why) = await run.dispose("n") else {
            Issue.record("the repository was thrown away")
            return
        }
        #expect(why.contains("'n'") && why.contains(reason))
        #expect(run.scratch.exists(worktree.path + "/n/.git"))
    }

    @Test func `nothing that a repository inside the worktree names is ever run`() async throws {
        let run = try await ScratchRun(try await ScratchRepository())
        let worktree = try await run.prepare("n")
        let mark = run.scratch.directory.appending("it ran")
        try run.scratch.write("#!/bin/sh\necho $0 $* >> '\(mark)'\ncat\n", to: "evil", at: run.scratch.directory.path)
        try await run.script(
            """
            evil='\(run.scratch.directory.appending("evil"))' && chmod +x "$evil" && git init -q n && cd n && echo 1 > x
            git add x && git commit -qm 1 && echo 2 > x && echo '* filter=evil diff=evil merge=evil' > .gitattributes
            for hook in pre-commit post-checkout reference-transaction post-index-change post-merge fsmonitor-watchman \\
                pre-auto-gc post-rewrite; do cp "$evil" .git/hooks/$hook; done
            for key in core.fsmonitor filter.evil.clean filter.evil.smudge filter.evil.process diff.evil.textconv \\
                diff.external core.sshCommand core.pager core.editor gpg.program uploadpack.packObjectsHook \\
                core.alternateRefsCommand credential.helper alias.status; do git config $key "$evil"; done
            git config extensions.partialClone origin
            git config remote.origin.url "ext::$evil"; git config remote.origin.promisor true
            git config protocol.ext.allow always
            git config core.worktree /; git config include.path "$evil"
            cd .. && git add -f n 2>/dev/null; rm -f '\(mark)'; true
            """,
            at: worktree.path
        )

        let contribution = try await run.collect("n", in: worktree)

        #expect(contribution.changes == [])
        #expect(await run.dispose("n") == .removed)
        #expect(run.scratch.read("it ran", at: run.scratch.directory.path) == nil)
        #expect(try await run.content("x", at: Self.prefix + "n/work") == "2\n")
    }

    @Test func `files in the place of a submodule that was never there are kept`() async throws {
        let scratch = try await ScratchRepository()
        try await scratch.git("update-index", "--add", "--cacheinfo", "160000,\(String(repeating: "a", count: 40)),s")
        try await scratch.git("commit", "-qm", "A link to nowhere")
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("n")
        try scratch.write("1\n", to: "s/x", at: worktree.path)

        let contribution = try await run.collect("n", in: worktree)

        #expect(contribution.changes == [])
        #expect(contribution.findings.first?.contains("'s'") == true)
        #expect(await run.dispose("n") == .removed)
        #expect(try await run.content("x", at: Self.prefix + "s/work") == "1\n")
    }

    @Test func `what changes in it after the collection is kept beside what was`() async throws {
        let (run, worktree, _) = try await collected("git init -q n && echo 1 > n/x")
        _ = try await run.collect("n", in: worktree, after: 60)
        try run.scratch.write("2\n", to: "n/x", at: worktree.path)

        #expect(await run.dispose("n") == .removed)

        #expect(try await run.content("x", at: Self.prefix + "n/work") == "1\n")
        #expect(try await run.content("x", at: "refs/stretto/blue-fox/n/1-nested-2/n/work") == "2\n")
        let trees = try await run.repository.keptTrees(of: RunID("blue-fox"))
        #expect(trees.map(\.name) == ["n.1", "n.1-nested-2/n", "n.1-nested/n"])
    }

    @Test func `a kept repository comes back as one, and goes with all its refs`() async throws {
        let (run, _, _) = try await collected(
            """
            git init -q n && cd n && echo 1 > x && git add x && git commit -qm 1 && git checkout -qb topic
            echo 2 > x && git commit -qam 2 && echo 3 > x && git add x && echo 4 > x && echo 5 > y
            """
        )
        _ = await run.dispose("n")
        let trees = try await run.repository.keptTrees(of: RunID("blue-fox"))
        let nested = try #require(KeptTree.named("n.1-nested/n", in: trees).first)
        let folder = run.scratch.directory.appending("again here")

        try await run.repository.restore(nested, into: folder)
        await #expect(throws: RescueError.folderExists(folder)) {
            try await run.repository.restore(nested, into: folder)
        }

        #expect(nested.containment == .nowhere)
        #expect(nested.changes.map(\.path) == ["x", "y"])
        #expect(try await run.scratch.git("status", "--short", "--branch", at: folder) == "## topic\nMM x\n?? y")
        #expect(try await run.scratch.git("log", "--format=%s", "--all", "-3", "--branches", at: folder).contains("2"))
        #expect(try await run.scratch.git("diff", "--cached", at: folder).hasSuffix("-2\n+3"))
        #expect(run.scratch.read("x", at: folder) == "4\n")
        #expect(
            try await run.scratch.git("for-each-ref", "--format=%(refname)", "refs/heads", at: folder)
                == "refs/heads/main\nrefs/heads/topic"
        )
        let traces = try await run.repository.traces(of: RunID("blue-fox"))
        try await run.repository.prune(traces.trees, of: traces, forgetsBranch: false)
        #expect(try await run.scratch.git("for-each-ref", "refs/stretto") == "")
    }

    @Test func `a submodule's commit that its remote has is contributed, another one is not`() async throws {
        let library = try await ScratchRepository(named: "library")
        let scratch = try await ScratchRepository()
        try await scratch.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.path, "lib")
        try await scratch.git("commit", "-qm", "Add lib")
        try library.write("2\n", to: "two")
        try await library.git("add", "two")
        try await library.git("commit", "-qm", "Two")
        let run = try await ScratchRun(scratch)
        let (old, new) = (try await run.prepare("n"), try await run.prepare("n", 2))
        let update = "git -c protocol.file.allow=always submodule --quiet update --init && cd lib && "
        try await run.script(update + "git checkout -q origin/main && cd .. && git add lib", at: old.path)
        try await run.script(
            update
                + "git checkout -qb mine origin/main && echo 3 > three && git add three && git commit -qm 3 && cd .. && git commit -qam Mine",
            at: new.path
        )

        let published = try await run.collect("n", in: old)
        let mine = try await run.collect("n", 2, in: new)

        #expect(published.changes.map(\.path) == ["lib"])
        #expect(published.findings == [])
        #expect(
            try await scratch.git("rev-parse", published.commit.text + ":lib") == library.git("rev-parse", "HEAD")
        )
        #expect(mine.changes == [])
        #expect(mine.findings.contains { $0.contains("left as in the base") && $0.contains("lib") })
        #expect(await run.dispose("n") == .removed)
        #expect(await run.dispose("n", 2) == .removed)
        #expect(try await run.content("three", at: "refs/stretto/blue-fox/n/2-nested/lib/refs/heads/mine") == "3\n")
    }
}

extension ScratchRun {
    /// Runs a shell script as an agent would, and demands that it works.
    func script(_ text: String, at path: String) async throws {
        let setting = """
            export GIT_AUTHOR_NAME=Agent GIT_AUTHOR_EMAIL=agent@example.org GIT_COMMITTER_NAME=Agent \
                GIT_COMMITTER_EMAIL=agent@example.org GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=init.defaultBranch \
                GIT_CONFIG_VALUE_0=main

            """
        let output = try await scratch.run(["sh", "-ec", setting + text], at: path)
        guard output.status == .code(0) else { throw ScratchRepository.GitSaidNo(text: output.errorText + output.text) }
    }
}
