import FoundationEssentials
import Glibc
import StrettoCore
import StrettoProcess

/// What Stretto adds to a task: `command: "echo x >> f"` with worktree, merge and journal, against the bare git commands.
struct Overhead {
    /// Tasks of the sequential plan; enough that the start of the engine does not decide.
    private static let taskCount = 30
    private static let fileCount = 100
    /// A RAM disk where there is one: no file system's search for a free inode is counted there as anybody's work.
    private static let memory = "/dev/shm"

    /// The wall time of what a careful person would type for one task; the mean.
    private var bare = Duration.zero
    /// The wall time of one task; the mean.
    private var whole = Duration.zero
    /// The engine's processor time for one task, and how much of it was spent in the system.
    private var own = (all: Duration.zero, system: Duration.zero)

    /// Prints the figures for the temporary folder's disk, then the engine's own for a RAM disk.
    static func measure() async throws {
        let temporary = FileManager.default.temporaryDirectory.path
        let disk = try await Overhead(in: temporary)
        print("fsync of one page                     \(Bench.milliseconds(try fsyncTime(temporary)))")
        print("bare git commands for one task        \(Bench.milliseconds(disk.bare))")
        print(
            "stretto, one sequential task          \(Bench.milliseconds(disk.whole))   \(Bench.ratio(disk.whole, disk.bare)) of bare, at most 4"
        )
        disk.printOwn("stretto's own CPU for one task        ")
        guard access(memory, W_OK) == 0 else { return }
        try await Overhead(in: memory).printOwn("the same on a RAM disk                ")
    }

    private func printOwn(_ title: String) {
        print(
            title + Bench.milliseconds(own.all) + "   at most 20 ms; \(Bench.ratio(own.all, bare)) of bare,"
                + "\(Bench.milliseconds(own.system)) of it in the system"
        )
    }

    private init(in parent: String) async throws {
        let folder = parent + "/stretto-bench-\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let repository = folder + "/repository"
        try await Self.makeRepository(repository)
        bare = try await Self.bareSequence(repository, worktree: folder + "/bare")
        let clock = ContinuousClock()
        let time = try await clock.measure {
            let output = try await ChildProcess.run(
                ProcessCommand(
                    arguments: [try Bench.stretto(), "run", "plan.yaml", "--plain"],
                    directory: repository,
                    environment: Bench.environment(folder)
                )
            )
            guard output.status == .code(0) else {
                throw Bench.Failure(text: "the run ended with \(output.status): \(output.text)")
            }
        }
        whole = time / Self.taskCount
        let engine = try Self.engineTime(repository)
        own = (engine.all / Self.taskCount, engine.system / Self.taskCount)
    }

    private static func makeRepository(_ repository: String) async throws {
        try FileManager.default.createDirectory(atPath: repository, withIntermediateDirectories: true)
        try await Bench.git(["init", "--quiet", "--initial-branch=main"], in: repository)
        for number in 0..<fileCount {
            try Data("file \(number)\n".utf8).write(to: URL(filePath: repository + "/file\(number).txt"))
        }
        var plan = "meta:\n  name: bench\n  workers: 1\nsections:\n  - id: s\n    name: Bench\n    tasks:\n"
        for number in 0..<taskCount {
            plan += "      - id: t\(number)\n        name: Append \(number)\n        command: \"echo x >> f\"\n"
            if number > 0 { plan += "        depends_on: [t\(number - 1)]\n" }
        }
        try Data(plan.utf8).write(to: URL(filePath: repository + "/plan.yaml"))
        try await Bench.git(["add", "--all"], in: repository)
        try await Bench.git(["commit", "--quiet", "--message=Begin"], in: repository)
    }

    /// What a careful person would type for one task, `taskCount` times; the mean.
    private static func bareSequence(_ repository: String, worktree: String) async throws -> Duration {
        var head = try await Bench.git(["rev-parse", "HEAD"], in: repository)
        try await Bench.git(["branch", "bare", head], in: repository)
        let clock = ContinuousClock()
        let whole = try await clock.measure {
            for _ in 0..<taskCount {
                try await Bench.git(["worktree", "add", "--quiet", "--detach", worktree, head], in: repository)
                _ = try await Bench.run(["/bin/sh", "-c", "echo x >> g"], in: worktree)
                try await Bench.git(["add", "--all"], in: worktree)
                try await Bench.git(["commit", "--quiet", "--message=Task"], in: worktree)
                let commit = try await Bench.git(["rev-parse", "HEAD"], in: worktree)
                let tree = try await Bench.git(["merge-tree", "--write-tree", head, commit], in: repository)
                let merged = try await Bench.git(
                    ["commit-tree", tree, "-p", head, "-p", commit, "-m", "Merge"],
                    in: repository
                )
                try await Bench.git(["update-ref", "refs/heads/bare", merged, head], in: repository)
                try await Bench.git(["worktree", "remove", "--force", worktree], in: repository)
                head = merged
            }
        }
        return whole / taskCount
    }

    /// The engine's processor time, from the last line of its log.
    private static func engineTime(_ repository: String) throws -> (all: Duration, system: Duration) {
        let path = repository + "/.git/stretto/runs/bench-1/run.log"
        let words = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
            .split(whereSeparator: \.isWhitespace)
        guard let place = words.lastIndex(of: "engine-cpu"), words.count > place + 4,
            let all = Int64(words[place + 1]), let system = Int64(words[place + 4])
        else { throw Bench.Failure(text: "\(path) does not end with the engine's processor time") }
        return (.microseconds(all), .microseconds(system))
    }

    private static func fsyncTime(_ folder: String) throws -> Duration {
        let path = folder + "/stretto-bench-page-\(getpid())"
        let file = try Descriptor.open(path, O_WRONLY | O_CREAT)
        defer { unlink(path) }
        let page = [UInt8](repeating: 1, count: 4096)
        let count = 50
        let clock = ContinuousClock()
        let whole = try clock.measure {
            for _ in 0..<count {
                try file.writeAll(page)
                fsync(file.number)
            }
        }
        return whole / count
    }
}
