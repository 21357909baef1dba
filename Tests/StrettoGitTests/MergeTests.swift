import StrettoCore
import StrettoGit
import Testing

@Suite(.timeLimit(.minutes(5)))
struct MergeTests {
    @Test func `two tasks on one base are merged in a merge worktree of the run's own`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        let (one, two) = (try await run.prepare("one"), try await run.prepare("two"))
        try scratch.write("1\n", to: "one", at: one.path)
        try scratch.write("2\n", to: "two", at: two.path)
        let first = try await run.collect("one", in: one)
        let second = try await run.collect("two", in: two)

        let results = [
            await run.merge(first, of: "one", handoff: "one"), await run.merge(second, of: "two", handoff: "one two"),
        ]

        #expect(results.allSatisfy { $0.receipt?.changed == true })
        #expect(try await run.content("one") == "1\n")
        #expect(try await run.content("two") == "2\n")
        #expect(try await run.content("HANDOFF.md").contains("\none two\n"))
        #expect(try await scratch.git("rev-parse", "stretto/blue-fox^2") == second.commit.text)
        #expect(try await scratch.git("worktree", "list").contains("%merge"))
        #expect(await run.conclude() == nil)
        #expect(try await !scratch.git("worktree", "list").contains("%merge"))
    }

    @Test func `a conflict names its paths and moves nothing`() async throws {
        let scratch = try await ScratchRepository(files: ["a file": "base\n", "b": "b\n"])
        let run = try await ScratchRun(scratch)
        let (one, two) = (try await run.prepare("one"), try await run.prepare("two"))
        try scratch.write("mine\n", to: "a file", at: one.path)
        try scratch.write("yours\n", to: "a file", at: two.path)
        let head = await run.merge(try await run.collect("one", in: one), of: "one").receipt?.commit

        let result = await run.merge(try await run.collect("two", in: two), of: "two")

        #expect(result.conflict?.paths == ["a file"])
        #expect(result.conflict?.head == head)
        #expect(result.conflict?.detail.contains("CONFLICT (content)") == true)
        #expect(try await scratch.git("rev-parse", "stretto/blue-fox") == head?.text)
    }

    @Test func `four appenders to one file lose no line once each has had its retries`() async throws {
        let scratch = try await ScratchRepository(files: ["log": "begin\n"])
        let run = try await ScratchRun(scratch)
        var open = ["a", "b", "c", "d"]
        for round in 1...4 {
            var contributions: [(task: String, Contribution)] = []
            for task in open {
                let worktree = try await run.prepare(task, round)
                let text = scratch.read("log", at: worktree.path) ?? ""
                try scratch.write(text + "line of \(task)\n", to: "log", at: worktree.path)
                contributions.append((task, try await run.collect(task, round, in: worktree)))
            }
            for (task, contribution) in contributions {
                let result = await run.merge(contribution, of: task, round)
                #expect(await run.dispose(task, round) == .removed)
                if result.receipt != nil { open.removeAll { $0 == task } }
            }
        }

        #expect(open == [])
        let lines = try await run.content("log").split(separator: "\n").sorted()
        #expect(lines == ["begin", "line of a", "line of b", "line of c", "line of d"])
        #expect(try await run.repository.keptRefs(of: RunID("blue-fox")).count == 4 + 3 + 2 + 1)
    }

    @Test func `checks run on the merged tree only where the branch has moved, and their failure is a conflict`()
        async throws
    {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        let check = Check(name: "both", command: "true")
        let (one, two) = (try await run.prepare("one"), try await run.prepare("two"))
        try scratch.write("1\n", to: "one", at: one.path)
        try scratch.write("2\n", to: "two", at: two.path)
        let first = try await run.collect("one", in: one)
        let second = try await run.collect("two", in: two)
        let failed = CheckResult(name: "both", status: .code(1), duration: .zero, output: "")

        let unmoved = await run.merge(first, of: "one", checks: [check]) { _ in
            Issue.record("the branch had not moved")
            return []
        }
        let refused = await run.merge(second, of: "two", checks: [check]) { directory in
            #expect(scratch.read("one", at: directory) == "1\n")
            #expect(scratch.read("two", at: directory) == "2\n")
            try? scratch.write("junk", to: "left over", at: directory)
            return [failed]
        }
        let passed = await run.merge(second, of: "two", checks: [check]) { directory in
            #expect(!scratch.exists(directory + "/left over"))
            return [CheckResult(name: "both", status: .code(0), duration: .zero, output: "")]
        }

        #expect(unmoved.receipt != nil)
        #expect(refused.conflict?.failedChecks == [failed])
        #expect(passed.receipt?.changed == true)
    }

    @Test func `a merge is held while the run's branch is checked out, and says where`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("a")
        try scratch.write("a\n", to: "a", at: worktree.path)
        let contribution = try await run.collect("a", in: worktree)
        try await scratch.git("switch", "-q", "stretto/blue-fox")

        let held = await run.merge(contribution, of: "a")
        try await scratch.git("switch", "-q", "main")
        let merged = await run.merge(contribution, of: "a")

        guard case .held(let sentence) = held else {
            Issue.record("\(held)")
            return
        }
        #expect(sentence.contains("stretto/blue-fox is checked out in \(scratch.path)"))
        #expect(merged.receipt?.changed == true)
    }

    @Test func `a merge that was done before a crash is found again`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        let (one, two) = (try await run.prepare("one"), try await run.prepare("two"))
        try scratch.write("1\n", to: "one", at: one.path)
        try scratch.write("2\n", to: "two", at: two.path)
        let first = try await run.collect("one", in: one)
        let second = try await run.collect("two", in: two)
        let answer = await run.merge(first, of: "one", handoff: "1")
        let later = await run.merge(second, of: "two", handoff: "1 2")

        let again = try await run.restarted()

        #expect(await again.merge(first, of: "one", handoff: "1") == answer)
        #expect(await again.merge(second, of: "two", handoff: "1 2") == later)
        #expect(try await scratch.git("rev-list", "--count", "--first-parent", "stretto/blue-fox") == "3")
    }

    @Test func `merges asked for at once are done one after the other`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        let tasks = (1...6).map { "task\($0)" }
        var contributions: [Contribution] = []
        for task in tasks {
            let worktree = try await run.prepare(task)
            try scratch.write(task, to: task, at: worktree.path)
            contributions.append(try await run.collect(task, in: worktree))
        }

        let merged = await withTaskGroup(of: MergeResult.self) { group in
            for (task, contribution) in zip(tasks, contributions) {
                group.addTask { await run.merge(contribution, of: task, handoff: "same") }
            }
            return await group.reduce(into: 0) { $0 += $1.receipt?.changed == true ? 1 : 0 }
        }

        #expect(merged == 6)
        #expect(try await scratch.git("ls-tree", "--name-only", "stretto/blue-fox").split(separator: "\n").count == 8)
    }

    @Test func `a merge starts over when somebody moved the branch meanwhile`() async throws {
        let scratch = try await ScratchRepository()
        let run = try await ScratchRun(scratch)
        let (one, two) = (try await run.prepare("one"), try await run.prepare("two"))
        try scratch.write("1\n", to: "one", at: one.path)
        try scratch.write("2\n", to: "two", at: two.path)
        _ = await run.merge(try await run.collect("one", in: one), of: "one")
        let contribution = try await run.collect("two", in: two)
        let check = Check(name: "c", command: "true")

        let result = await run.merge(contribution, of: "two", checks: [check]) { _ in
            // A person commits to the branch in the middle of the merge, once.
            if (try? await scratch.git("cat-file", "-e", "stretto/blue-fox:theirs")) == nil {
                _ = try? await scratch.run([
                    "sh", "-c",
                    """
                    blob=$(echo theirs | git hash-object -w --stdin) && export GIT_INDEX_FILE=.git/tmp-index &&
                    git read-tree stretto/blue-fox && git update-index --add --cacheinfo 100644,$blob,theirs &&
                    git update-ref refs/heads/stretto/blue-fox \
                    $(git commit-tree -m theirs -p stretto/blue-fox $(git write-tree))
                    """,
                ])
            }
            return []
        }

        #expect(result.receipt?.changed == true)
        for name in ["one", "two", "theirs"] { #expect(try await !run.content(name).isEmpty) }
    }

    @Test func `attributes and line ends of the run's head rule its merges`() async throws {
        let scratch = try await ScratchRepository(
            files: [
                ".gitattributes": "*.txt text eol=crlf\nlog merge=union\n", "a.txt": "1\n2\n3\n4\n5\n6\n7\n",
                "log": "0\n",
            ]
        )
        let run = try await ScratchRun(scratch)
        let (one, two) = (try await run.prepare("one"), try await run.prepare("two"))
        #expect(scratch.read("a.txt", at: one.path) == "1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n")
        try scratch.write("1\r\n2\r\n3\r\n4\r\n5\r\n6\r\nseven\r\n", to: "a.txt", at: one.path)
        try scratch.write("one\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n", to: "a.txt", at: two.path)
        try scratch.write("0\n1\n", to: "log", at: one.path)
        try scratch.write("0\n2\n", to: "log", at: two.path)
        let first = try await run.collect("one", in: one)
        let second = try await run.collect("two", in: two)

        let results = [await run.merge(first, of: "one"), await run.merge(second, of: "two")]

        #expect(first.changes.map(\.added) == [1, 1])
        #expect(first.findings == [])
        #expect(results.allSatisfy { $0.receipt?.changed == true })
        #expect(try await run.content("a.txt") == "one\n2\n3\n4\n5\n6\nseven\n")
        #expect(try await run.content("log").split(separator: "\n").sorted() == ["0", "1", "2"])
    }

    @Test func `a diff is unified text, cut between lines with a note`() async throws {
        let scratch = try await ScratchRepository(files: ["a": "1\n"])
        let run = try await ScratchRun(scratch)
        let worktree = try await run.prepare("d")
        try scratch.write((1...500).map { "line \($0)\n" }.joined(), to: "b", at: worktree.path)
        let contribution = try await run.collect("d", in: worktree)

        let whole = await run.worktrees.diff(contribution, bytesMax: 100_000)
        let cut = await run.worktrees.diff(contribution, bytesMax: 1000)

        #expect(whole.hasPrefix("diff --git a/b b/b\nnew file mode 100644\n"))
        #expect(whole.hasSuffix("+line 500\n"))
        #expect(cut.utf8.count <= 1000)
        #expect(cut.split(separator: "\n").last?.hasPrefix("(cut here: 'git diff ") == true)
    }
}
