import FoundationEssentials
import StrettoCore
import StrettoJournal
import StrettoProcess
import TestSupport

/// A scratch repository with a plan, in which the program itself is run, disturbed and run again.
final class Scene: Sendable {
    /// How long one run may take before it counts as hung, on a machine that does much else.
    private static let patience = Duration.seconds(240)

    enum Kind: String {
        /// Eight tasks in a repository with two files.
        case plain
        /// With what the other one is too small for: reused worktrees, a repository inside a worktree, snapshots, a budget.
        case rich

        /// Enough that worktrees are worth reusing.
        fileprivate var fileCount: Int { self == .rich ? 1_000 : 0 }
    }

    let kind: Kind
    let root: String
    private let folder: TemporaryDirectory
    private let before: String

    /// Makes the scene; `pace` is how many seconds the agents take between their two files, or `gate`: until ``openGate()``.
    init(_ kind: Kind = .plain, pace: String = "0", plan: String? = nil) async throws {
        self.kind = kind
        folder = try TemporaryDirectory(named: "torture")
        root = folder.path
        for name in ["repo", "state", "run", "home"] {
            try FileManager.default.createDirectory(atPath: root + "/" + name, withIntermediateDirectories: true)
        }
        try Data(Scripts.agent.utf8).write(to: URL(filePath: root + "/agent.sh"))
        try Data().write(to: URL(filePath: root + "/marks"))
        let text = plan ?? Self.plan(kind, root: root, pace: pace)
        try Data(text.utf8).write(to: URL(filePath: root + "/repo/plan.yaml"))
        let made = try await Self.shell(Scripts.setUp, [root, "\(kind.fileCount)"], root: root)
        guard made.status == .code(0) else { throw Broken(text: made.errorText) }
        before = try await Self.shell(Scripts.look, [root], root: root).text
    }

    /// The scene could not be set.
    struct Broken: Error { var text: String }

    /// Three tasks on files of their own, two on one line, one that fails once, one in review, one skipped while it runs.
    private static func plan(_ kind: Kind, root: String, pace: String) -> String {
        func task(_ id: String, _ way: String, _ more: String = "") -> String {
            #"- {id: \#(id), command: "sh \#(root)/agent.sh \#(way)", "#
                + #"env: {MARKS: "\#(root)/marks", PACE: "\#(pace)"}\#(more)}"#
        }
        let budget = kind == .rich ? ", budget: {usd: 100, tokens: 1000000}" : ""
        let head = "meta: {name: torture, workers: 4, backoff_base: 10ms, backoff_max: 10ms\(budget)}\ntasks:\n"
        let nest = kind == .rich ? [task("n", "nest")] : []
        let tasks =
            nest + [
                task("s", "slow"), task("d", "line"), task("e", "line"), task("a", "file"), task("b", "file"),
                task("f", "fails"), task("g", "file", ", review: human"),
                task(
                    "z",
                    "file",
                    #", depends_on: [a, b, d, e, f, g, s], checks: ["cat a.txt b.txt f.txt g.txt list"]"#
                ),
            ]
        return head + tasks.joined(separator: "\n") + "\n"
    }

    /// Runs the plan, from the start or on from where it was, to the end of the front end.
    ///
    /// `trap` are words of a git command that outlives the engine; it is set once in a scene.
    func run(fault: String? = nil, trap: String? = nil, fileBlocksMax: Int? = nil) async throws -> ProcessOutput {
        var variables: [String: String] = [:]
        variables["STRETTO_DEBUG_FAULT"] = fault
        if kind == .rich { variables["STRETTO_DEBUG_SNAPSHOTS"] = "3" }
        if let trap {
            let files = FileManager.default
            for name in ["bin", "once"] {
                try files.createDirectory(atPath: root + "/" + name, withIntermediateDirectories: true)
            }
            try Data(Scripts.lateGit.utf8).write(to: URL(filePath: root + "/bin/git"))
            try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: root + "/bin/git")
            variables["TRAP"] = trap
            variables["TRAP_ONCE"] = root + "/once"
            variables["PATH"] = root + "/bin:" + (Environment.current()["PATH"] ?? "/usr/bin:/bin")
        }
        let limit = fileBlocksMax.map { "\($0)" } ?? ""
        return try await Self.shell(Scripts.drive, [root, limit], root: root, variables)
    }

    /// Lets agents of the pace `gate` go on.
    func openGate() throws { try Data().write(to: URL(filePath: root + "/marks.go")) }

    /// Runs a command of the program's in the scene's repository.
    func stretto(_ arguments: String...) async throws -> ProcessOutput {
        try await Self.shell(#"cd "$1/repo" && shift && "$STRETTO" "$@""#, [root] + arguments, root: root)
    }

    /// Runs git in the scene's repository; its output.
    func git(_ arguments: String...) async throws -> String {
        try await Self.shell(#"cd "$1/repo" && shift && git "$@""#, [root] + arguments, root: root).text
    }

    static func shell(
        _ script: String,
        _ arguments: [String],
        root: String,
        _ variables: [String: String] = [:],
        patience: Duration = Scene.patience
    ) async throws -> ProcessOutput {
        var environment = [
            "PATH": Environment.current()["PATH"] ?? "/usr/bin:/bin", "HOME": root + "/home", "TERM": "dumb",
            "XDG_STATE_HOME": root + "/state", "XDG_RUNTIME_DIR": root + "/run", "STRETTO": try program(),
        ]
        environment.merge(variables) { $1 }
        return try await ChildProcess.run(
            ProcessCommand(
                arguments: ["sh", "-c", script, "sh"] + arguments,
                directory: root,
                environment: environment,
                timeout: patience
            )
        )
    }

    /// The program lies beside the test bundle.
    private static func program() throws -> String {
        var folder = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            let path = folder + "/stretto"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw ProcessError.notFound(program: "stretto")
    }

    // MARK: What it left behind

    /// What the agents noted: word, task, attempt's number, process.
    var marks: [Mark] {
        let text = (try? String(contentsOfFile: root + "/marks", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { Mark($0.split(separator: " ").map(String.init)) }
    }

    struct Mark: Hashable {
        var word: String
        var task: String
        var number: String

        init?(_ words: [String]) {
            guard words.count >= 4 else { return nil }
            (word, task, number) = (words[0], words[1], words[2])
        }
    }

    /// What the user had before anything was run, and has now.
    func checkouts() async throws -> (before: String, now: String) {
        (before, try await Self.shell(Scripts.look, [root], root: root).text)
    }

    /// What the engines of the only run noted, every git command included.
    func runLog() throws -> String {
        try String(contentsOfFile: root + "/repo/.git/stretto/runs/\(try journal().run.id)/run.log", encoding: .utf8)
    }

    /// The line of each task in the plan file, as it is now.
    var planLines: [Substring] {
        let text = (try? String(contentsOfFile: root + "/repo/plan.yaml", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { $0.hasPrefix("- {id: ") }
    }

    /// The journal's only run with all of its entries, each checked.
    func journal() throws -> (run: RunRecord, entries: [JournalEntry]) {
        let path = root + "/repo/.git/stretto/journal.sqlite"
        let runs = try Journal.runs(at: path)
        guard runs.count == 1, let run = runs.first else { throw Broken(text: "\(runs.count) runs in the journal") }
        return (run, try Journal.entries(of: run.id, at: path))
    }
}
