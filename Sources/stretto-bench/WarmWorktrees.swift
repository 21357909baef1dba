import FoundationEssentials
import Glibc
import StrettoCore
import StrettoGit
import StrettoProcess

extension Bench {
    private static let manyFilesCount = 10_000
    /// Odd, so that the median is one of them.
    private static let warmStartCount = 5

    /// How soon a task of a large repository starts in a reused worktree, against `git worktree add` in the same run.
    static func warmWorktrees() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/stretto-bench-warm-\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let root = folder + "/repository"
        try await makeRepository(root)
        let repository = try await Repository.discover(from: root, environment: environment(folder))
        let worktrees = GitWorktrees(
            repository: repository,
            run: RunID("bench-1"),
            base: repository.head,
            worktreesRoot: folder + "/worktrees",
            enginePaths: [],
            spares: SparePolicy(countMax: 1)
        )
        try await worktrees.open()
        var bare: [Duration] = []
        var warm: [Duration] = []
        let clock = ContinuousClock()
        for number in 0...warmStartCount {
            let plain = folder + "/plain\(number)"
            bare.append(
                try await clock.measure {
                    try await git(["worktree", "add", "--quiet", "--detach", plain, "stretto/bench-1"], in: root)
                }
            )
            let start = try await clock.measure { try await prepare(number, worktrees) }
            // The first one finds nothing that it could reuse.
            if number > 0 { warm.append(start) }
            try await perform(number, worktrees)
            try await git(["worktree", "remove", "--force", plain], in: root)
        }
        let usual = median(bare)
        print("git worktree add of \(manyFilesCount) files       \(milliseconds(usual))")
        print(
            "a task's start in a reused worktree   \(milliseconds(median(warm)))   \(share(median(warm), usual)), at most 20 %"
        )
    }

    private static func makeRepository(_ root: String) async throws {
        for number in 0..<manyFilesCount {
            let folder = root + "/source/m\(number % 100)/p\(number % 7)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let text = String(repeating: "line \(number)\n", count: 10 + number % 190)
            try Data(text.utf8).write(to: URL(filePath: folder + "/file\(number).txt"))
        }
        try await git(["init", "--quiet", "--initial-branch=main"], in: root)
        try await git(["add", "--all"], in: root)
        try await git(["commit", "--quiet", "--message=Begin"], in: root)
    }

    private static func prepare(_ number: Int, _ worktrees: GitWorktrees) async throws {
        _ = try await worktrees.prepare(
            PrepareOrder(attempt: attempt(number), copy: [], setup: [], environment: TaskEnvironment())
        )
    }

    /// An agent that edits some files and leaves a build behind, and all that follows until its worktree is put away.
    private static func perform(_ number: Int, _ worktrees: GitWorktrees) async throws {
        let order = PrepareOrder(attempt: attempt(number), copy: [], setup: [], environment: TaskEnvironment())
        let worktree = try await worktrees.prepare(order)
        let script = """
            for i in 1 2 3 4 5 6 7 8 9; do echo more >> source/m$i/p$i/file$i.txt 2>/dev/null || echo more > source/new\(number)-$i; done
            """
        _ = try await run(["/bin/sh", "-c", script], in: worktree.path)
        let time = Timestamp(milliseconds: 1_700_000_000_000 + Int64(number) * 1000)
        let contribution = try await worktrees.collect(
            CollectOrder(
                attempt: attempt(number),
                worktree: worktree,
                message: "Task\n",
                checks: [],
                environment: TaskEnvironment(),
                files: [],
                time: time
            )
        )
        let result = await worktrees.merge(
            MergeOrder(
                attempt: attempt(number),
                contribution: contribution,
                message: "Merge\n",
                handoff: "",
                checks: [],
                environment: TaskEnvironment(),
                time: time
            ),
            verify: { _ in [] }
        )
        guard case .merged = result, await worktrees.dispose(attempt(number)) == .removed else {
            throw Failure(text: "task \(number) ended as \(result)")
        }
    }

    private static func attempt(_ number: Int) -> AttemptID { AttemptID(task: TaskID("t\(number)"), number: 1) }

    private static func median(_ durations: [Duration]) -> Duration { durations.sorted()[durations.count / 2] }

    private static func share(_ duration: Duration, _ base: Duration) -> String {
        "\(Int(duration / base * 100)) %"
    }
}
