import FoundationEssentials
import Glibc
import StrettoCore
import StrettoProcess

/// A scratch repository with a plan, and everything that a run in it needs.
struct BoardStage: Sendable {
    let folder: String
    let environment: [String: String]
    let frameLog: String

    var repository: String { folder + "/repository" }

    /// Where this program is; `stretto` lies beside it.
    static let benchPath = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    static let strettoPath = URL(filePath: benchPath).deletingLastPathComponent().appending(path: "stretto").path

    /// Makes a repository with a plan.
    init(_ name: String, plan: String) async throws {
        folder = FileManager.default.temporaryDirectory.path + "/stretto-board-\(name)-\(getpid())"
        try? FileManager.default.removeItem(atPath: folder)
        for name in ["repository", "home", "state", "runtime", "tmp"] {
            let path = folder + "/" + name
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            chmod(path, 0o700)
        }
        frameLog = folder + "/frames"
        environment = [
            "PATH": Environment.current()["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
            "HOME": folder + "/home",
            "XDG_STATE_HOME": folder + "/state",
            "XDG_RUNTIME_DIR": folder + "/runtime",
            "TMPDIR": folder + "/tmp",
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "STRETTO_FRAME_LOG": frameLog,
        ]
        try Data(plan.utf8).write(to: URL(filePath: repository + "/plan.yaml"))
        let git = ["git", "-c", "user.name=Bench", "-c", "user.email=bench@localhost"]
        try await run(git + ["init", "--quiet", "--initial-branch=main"])
        try await run(git + ["add", "--all"])
        try await run(git + ["commit", "--quiet", "--message=Begin"])
    }

    @discardableResult
    func run(_ arguments: [String]) async throws -> ProcessOutput {
        let output = try await ChildProcess.run(
            ProcessCommand(arguments: arguments, directory: repository, environment: environment)
        )
        guard output.status == .code(0) else {
            throw Bench.Failure(text: "\(arguments.prefix(3)): \(output.text)\(output.errorText)")
        }
        return output
    }

    /// Ends what still runs and removes everything.
    func end() async {
        _ = try? await run([Self.strettoPath, "stop", "--now"])
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The process that holds the repository's lock.
    var enginePID: Int32? {
        let path = repository + "/.git/stretto/lock"
        let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard let range = text.firstRange(of: "\"pid\":") else { return nil }
        return Int32(text[range.upperBound...].prefix { $0.isNumber })
    }

    /// The output of a task's first attempt.
    func outputPath(of task: String) -> String? {
        let runs = repository + "/.git/stretto/runs"
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: runs)) ?? []
        return paths.first { $0.contains("/\(task).1/") && $0.hasSuffix("/stdout") }.map { runs + "/" + $0 }
    }

    /// What the frame log has told so far.
    var frames: [BoardFrame] {
        let text = FileManager.default.contents(atPath: frameLog).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.split(separator: "\n").compactMap { BoardFrame($0) }
    }

    // MARK: Plans

    /// A plan of tasks that all start at once.
    static func plan(_ commands: [String]) -> String {
        var plan = "meta: {name: bench, workers: \(max(1, commands.count)), stall_timeout: 10m}\n"
        plan += "sections:\n- id: all\n  name: All\n  tasks:\n"
        for (index, command) in commands.enumerated() {
            plan += "  - {id: t\(index), name: Task \(index), command: '\(command)'}\n"
        }
        return plan
    }

    /// A plan of so many tasks in sections of fifty, that waits at its gate.
    static func longPlan(_ count: Int) -> String {
        var plan = "meta: {name: bench, workers: 4, gates: {plan: human}}\nsections:\n"
        for number in 0..<count {
            if number % 50 == 0 { plan += "- id: s\(number)\n  name: Section \(number / 50)\n  tasks:\n" }
            plan += "  - {id: t\(number), name: Task number \(number), command: 'true'"
            plan += number % 50 > 0 ? ", depends_on: [t\(number - 1)]}\n" : "}\n"
        }
        return plan
    }
}

/// A line of `STRETTO_FRAME_LOG`.
struct BoardFrame {
    /// When it began, in milliseconds.
    var start: Double
    var cause: Substring
    var rows: Int
    var bytes: Int
    var milliseconds: Double

    init?(_ line: Substring) {
        let words = line.split(separator: " ")
        guard words.count == 5, let start = Double(words[0]), let rows = Int(words[2]), let bytes = Int(words[3]),
            let milliseconds = Double(words[4])
        else { return nil }
        self.start = start
        cause = words[1]
        self.rows = rows
        self.bytes = bytes
        self.milliseconds = milliseconds
    }
}
