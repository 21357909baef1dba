import FoundationEssentials
import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@testable import StrettoGit

/// A worktree whose files were used before is what `git worktree add` makes, whatever was done to it.
@Suite(.timeLimit(.minutes(5)))
struct SparesTests {
    /// What an agent may leave behind; each is a shell script in the worktree, with `$OUT` as a folder outside.
    enum Leftover: String, CaseIterable, CustomTestStringConvertible {
        case nothing = ":"
        case newFiles = "mkdir -p new/deep && echo n > new/deep/file"
        case ignoredFiles = "mkdir -p build/x && echo o > build/x/o && chmod 555 build/x && mkfifo build/pipe"
        case forgedTimes = "cp -p a $OUT/ref && echo 9 > a && touch -r $OUT/ref a"
        case assumedUnchanged = "git update-index --assume-unchanged a && echo 9 > a"
        case skipped = "git update-index --skip-worktree d/b && rm d/b"
        case modes = "chmod 600 a && chmod 700 d && chmod 777 d/e"
        case times = "touch -d 2001-01-01 a d/b"
        case lineEnds = "printf 'b\\r\\n' > d/b"
        case hardLink = "ln a $OUT/link"
        case linkForFolder = "rm -r d && ln -s /etc d"
        case folderForFile = "rm a && mkdir a && echo x > a/x"
        case madeAgain = "rm -r d && git checkout -q -- d"
        case ignoredRepository = "git init -q build/inner && touch build/inner/file"
        case settingsOfItsOwn =
            "git config extensions.worktreeConfig true && git config --worktree core.abbrev 12"
        case sparse = "git sparse-checkout set d/e"
        case sharedSettings = "git config core.autocrlf true"
        case bisect = "git bisect start -q && git bisect bad HEAD && git update-ref refs/worktree/mine HEAD"
        case mergeState =
            "cd \"$(git rev-parse --git-dir)\" && touch MERGE_MSG AUTO_MERGE index.lock && mkdir rebase-merge"
        case ownBranch = "git checkout -q -b mine && echo m > m && git add m && git commit -q -m mine"
        case ownCommits = "git rm -q d/b && git commit -q -m less && echo more > more"
        case splitIndex = "git update-index --split-index --untracked-cache"
        case attributes = "echo '*.txt text eol=crlf' > .gitattributes"
        case folderGone = "rm -r d"
        case emptyFolders = "mkdir -p d/none/at/all lonely"

        var testDescription: String { "\(self)".split(separator: ".").last.map(String.init) ?? "" }

        /// Whether git itself would have to be trusted with the shared repository, so that a fresh worktree is due.
        var preventsReuse: Bool {
            [.settingsOfItsOwn, .sparse, .sharedSettings, .splitIndex, .attributes].contains(self)
        }
    }

    private static let files = [
        "a": "1\n", "d/b": "b\n", "d/e/c.txt": "c\n", "d/e/f": "f\n", ".gitignore": "build/\n", "z.txt": "z\n",
        ".gitattributes": "* text=auto\n",
    ]

    private static func policy(_ countMax: Int = 2) -> SparePolicy {
        var policy = SparePolicy(countMax: countMax, filesMin: 1, freeBytesMin: 0)
        policy.needsFaithfulDisk = false
        return policy
    }

    /// A run that reuses worktrees, with its folder for what lies outside.
    private static func run(files: [String: String] = files, countMax: Int = 2) async throws -> ScratchRun {
        let scratch = try await ScratchRepository(files: files)
        try scratch.write("#!/bin/sh\n", to: "tool")
        chmod(scratch.path + "/tool", 0o755)
        symlink("a", scratch.path + "/link")
        try await scratch.git("add", "--all")
        try await scratch.git("commit", "--quiet", "--message", "More")
        try scratch.write("", to: "out/there", at: scratch.directory.path)
        return try await ScratchRun(scratch, spares: policy(countMax))
    }

    @Test(arguments: Leftover.allCases)
    func `a reused worktree is what a fresh one would be`(leftover: Leftover) async throws {
        let run = try await Self.run()
        _ = try await run.perform("first") { path in try await Self.sh(leftover.rawValue, in: path, run) }
        _ = run.scratch.calls.take()

        let second = try await run.prepare("second")

        #expect(Self.isReused(run) == !leftover.preventsReuse)
        let fresh = run.scratch.directory.appending("fresh")
        try await run.scratch.git("worktree", "add", "--quiet", "--detach", fresh, second.base.text)
        #expect(try await Self.portrait(second.path, run) == Self.portrait(fresh, run))
        #expect(try await Self.registration(second.path, run) == Self.registration(fresh, run))
        #expect(run.scratch.exists(run.root + "/blue-fox/first.1") == false)
    }

    @Test func `the files of a worktree serve many attempts in turn, at whatever commit`() async throws {
        let run = try await Self.run(countMax: 1)
        for (number, leftover) in [Leftover.ownCommits, .hardLink, .folderForFile, .newFiles].enumerated() {
            _ = run.scratch.calls.take()
            _ = try await run.perform("t\(number)") { path in
                #expect(number == 0 || Self.isReused(run))
                try await Self.sh(leftover.rawValue + " && echo \(number) > number", in: path, run)
            }
        }

        let last = try await run.prepare("last")

        let fresh = run.scratch.directory.appending("fresh")
        try await run.scratch.git("worktree", "add", "--quiet", "--detach", fresh, last.base.text)
        #expect(run.scratch.read("number", at: last.path) == "3\n")
        #expect(try await Self.portrait(last.path, run) == Self.portrait(fresh, run))
    }

    @Test func `copies and setup commands come again in a reused worktree`() async throws {
        let run = try await Self.run()
        try run.scratch.write("secret\n", to: ".env")
        for (number, task) in ["first", "second"].enumerated() {
            _ = run.scratch.calls.take()
            let worktree = try await run.prepare(task, copy: [".env"], setup: ["mkdir -p build; date > build/made"])
            #expect(run.scratch.read(".env", at: worktree.path) == "secret\n")
            #expect(run.scratch.exists(worktree.path + "/build/made"))
            #expect(Self.isReused(run) == (number == 1))
            let contribution = try await run.collect(task, in: worktree)
            #expect(contribution.changes == [])
            #expect(await run.dispose(task) == .removed)
        }
    }

    @Test func `an order that comes twice gets one worktree, and two orders never the same files`() async throws {
        let run = try await Self.run()
        _ = try await run.perform("first") { _ in }
        _ = run.scratch.calls.take()

        async let one = run.prepare("one")
        async let other = run.prepare("other")
        let both = try await [one, other]

        #expect(try await run.prepare("one") == both[0])
        #expect(try await run.prepare("other") == both[1])
        try run.scratch.write("9\n", to: "a", at: both[0].path)
        #expect(run.scratch.read("a", at: both[1].path) == "1\n")
        #expect(run.scratch.calls.take().filter { $0.arguments.starts(with: ["read-tree", "--reset"]) }.count == 1)
    }

    @Test func `a worktree that was set aside is not reused`() async throws {
        let run = try await Self.run()
        let worktree = try await run.prepare("first")
        try await Self.sh(
            "git switch -qc side && echo side > a && git commit -qam side && git switch -q --detach HEAD~1"
                + " && echo main > a && git commit -qam main; git merge side || echo mine > inner",
            in: worktree.path,
            run
        )
        _ = try await run.collect("first", in: worktree)
        guard case .setAside = await run.dispose("first") else {
            Issue.record("a merge in conflict was taken away")
            return
        }
        _ = run.scratch.calls.take()

        _ = try await run.prepare("second")

        #expect(!Self.isReused(run))
        #expect(run.scratch.exists(worktree.path + "/inner"))
    }

    @Test func `files that a process still has to do with are not reused`() async throws {
        let run = try await Self.run()
        let worktree = try await run.prepare("first")
        // It has to have left its group before the shell ends.
        let script = """
            setsid sh -c 'echo $$ > "$OUT/pid.new"; mv "$OUT/pid.new" "$OUT/pid"; exec sleep 300' >/dev/null 2>&1 &
            while ! [ -e "$OUT/pid" ]; do sleep 0.01; done
            """
        try await Self.sh(script, in: worktree.path, run)
        let pid = try #require(Int32(run.scratch.read("out/pid", at: run.scratch.directory.path)?.dropLast() ?? ""))
        defer { kill(pid, SIGKILL) }
        _ = try await run.collect("first", in: worktree)

        #expect(await run.dispose("first") == .removed)

        #expect(Disk.kind(run.root + "/blue-fox/%spares") == nil)
    }

    @Test func `files that come from filters are not reused`() async throws {
        let run = try await Self.run(files: ["a.x": "1\n", ".gitattributes": "*.x filter=up\n"])
        _ = try await run.perform("first") { _ in }

        #expect(Disk.kind(run.root + "/blue-fox/%spares") == nil)
    }

    @Test func `no more worktrees wait than were allowed, and none where the disk is short of room`() async throws {
        let run = try await Self.run(countMax: 1)
        for task in ["one", "two", "three"] { _ = try await run.prepare(task) }
        for task in ["one", "two", "three"] { #expect(await run.dispose(task) == .removed) }
        #expect(Disk.names(in: run.root + "/blue-fox/%spares").count == 1)

        var policy = Self.policy()
        policy.freeBytesMin = Int.max
        let poor = try await ScratchRun(run.scratch, run: "poor-fox", spares: policy)
        _ = try await poor.perform("first") { _ in }
        #expect(Disk.kind(run.root + "/poor-fox/%spares") == nil)
    }

    @Test func `a run that ends leaves no spare worktree`() async throws {
        let run = try await Self.run()
        _ = try await run.perform("first") { path in try await Self.sh(Leftover.ignoredFiles.rawValue, in: path, run) }
        _ = run.scratch.calls.take()
        let late = try await run.prepare("late")
        #expect(Self.isReused(run))
        _ = try await run.perform("third") { _ in }
        #expect(Disk.names(in: run.root + "/blue-fox/%spares").count == 1)

        #expect(await run.conclude() == nil)
        #expect(await run.dispose("late") == .removed)
        #expect(await run.conclude() == nil)

        #expect(!run.scratch.exists(late.path))
        #expect(!run.scratch.exists(run.root + "/blue-fox"))
        #expect(try await run.scratch.git("worktree", "list").split(separator: "\n").count == 1)
    }

    /// What a kill at each step of putting files away and of fitting them leaves behind.
    @Test(arguments: [
        "moved", "half swept", "unregistered", "registered again", "index written", "git file moved", "whole",
    ])
    func `an engine that died with spares leaves nothing that is reused`(state: String) async throws {
        let run = try await Self.run()
        let (scratch, first, spare) = (run.scratch, run.root + "/blue-fox/first.1", run.root + "/blue-fox/%spares/1")
        let worktree = try await run.prepare("first")
        try scratch.write("junk\n", to: "build/junk", at: first)
        let administration = scratch.path + "/.git/worktrees/first.1"
        let index = try #require(Disk.read(administration + "/index"))
        try Disk.makeDirectory(run.root + "/blue-fox/%spares")
        try Disk.rename(first, to: spare)
        if state != "moved" { Disk.removeFile(spare + "/.git") }
        if ["unregistered", "registered again", "index written", "git file moved", "whole"].contains(state) {
            try await scratch.git("worktree", "remove", "--force", "--force", first)
        }
        let path = run.root + "/blue-fox/second.1"
        if ["registered again", "index written", "git file moved", "whole"].contains(state) {
            try await scratch.git("worktree", "add", "-q", "--no-checkout", "--detach", path, worktree.base.text)
        }
        let next = scratch.path + "/.git/worktrees/second.1"
        if ["index written", "git file moved", "whole"].contains(state) { try Disk.write(index, to: next + "/index") }
        if ["git file moved", "whole"].contains(state) { try Disk.rename(path + "/.git", to: spare + "/.git") }
        if state == "whole" {
            Disk.removeFile(spare + "/build/junk")
            try Disk.rename(spare, to: path)
        }

        let again = try await ScratchRun(scratch, spares: Self.policy())
        #expect(!scratch.exists(run.root + "/blue-fox/%spares"))
        #expect(await again.dispose("first") == .removed)
        let second = try await again.prepare("second")

        let fresh = scratch.directory.appending("fresh")
        try await scratch.git("worktree", "add", "--quiet", "--detach", fresh, second.base.text)
        // Where the engine died after the last step, an empty folder that git does not see may be left of the junk.
        Disk.removeEmptyDirectory(second.path + "/build")
        #expect(try await Self.portrait(second.path, again) == Self.portrait(fresh, again))
        #expect(try await scratch.git("worktree", "list").split(separator: "\n").count == 3)
        #expect(await again.dispose("second") == .removed)
        #expect(await again.conclude() == nil)
        #expect(!scratch.exists(run.root + "/blue-fox"))
    }

    @Test func `spares of a dead engine are found and cleared away`() async throws {
        let run = try await Self.run()
        _ = try await run.perform("first") { _ in }

        let found = try await run.repository.leftWorktrees(below: run.root)
        let clearance = await run.worktrees.clear(found)

        #expect(found.map(\.kind) == [.spares])
        #expect(clearance.removed == [run.root + "/blue-fox/%spares"])
        #expect(clearance.left.isEmpty)
        #expect(!run.scratch.exists(run.root + "/blue-fox"))
    }

    // MARK: Looking

    /// Whether the last worktree was made from used files.
    private static func isReused(_ run: ScratchRun) -> Bool {
        let calls = run.scratch.calls.take().filter { $0.arguments.first == "read-tree" && $0.status == .code(0) }
        return calls.count == 1 && calls[0].directory.contains("/%spares/")
    }

    private static func sh(_ script: String, in path: String, _ run: ScratchRun) async throws {
        let out = run.scratch.directory.appending("out")
        let output = try await run.scratch.run(["env", "OUT=" + out, "sh", "-c", script], at: path)
        try #require(output.status == .code(0), "\(script): \(output.errorText)")
    }

    /// Every entry with its sort, mode, owner, links and content, and what git thinks of it.
    private static func portrait(_ path: String, _ run: ScratchRun) async throws -> String {
        let script = """
            find . -mindepth 1 \\( -name .git -o -name .stretto-attempt \\) -prune \
              -o \\( -type d -printf '%P %y %m %U %G\\n' \\) -o -printf '%P %y %m %U %G %n %s %l\\n' | sort
            find . -maxdepth 0 -printf '%y %m %U %G\\n'
            find . \\( -name .git -o -name .stretto-attempt \\) -prune -o -type f -print | sort | xargs -d '\\n' cksum
            git ls-files -v -s
            git status --porcelain --ignored | grep -v stretto-attempt
            git config --list --show-scope | grep -v branch
            git rev-parse HEAD
            """
        return try await run.scratch.run(["sh", "-c", script], at: path).text
    }

    /// What git has for the worktree alone: names of all files but those that looking and working make.
    private static func registration(_ path: String, _ run: ScratchRun) async throws -> String {
        let script = """
            cd "$(git rev-parse --git-dir)" && find . | sort | grep -v -e stretto- -e ORIG_HEAD
            git for-each-ref refs/worktree refs/bisect
            """
        return try await run.scratch.run(["sh", "-c", script], at: path).text
    }
}
