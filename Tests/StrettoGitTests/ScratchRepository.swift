import FoundationEssentials
import StrettoCore
import StrettoProcess
import TestSupport

@testable import StrettoGit

/// A real repository for one test, with its own home and without the machine's git settings.
final class ScratchRepository: Sendable {
    let directory: TemporaryDirectory
    /// The root of the checkout.
    let path: String
    let environment: [String: String]
    let calls = Calls()

    /// What git was asked to do, in order.
    final class Calls: Sendable {
        private struct State {
            var calls: [GitCall] = []
            var waiting: [(name: String, continuation: CheckedContinuation<Void, Never>)] = []
        }

        private let lock = Lock(State())

        func append(_ call: GitCall) {
            let name = GitCall.name(of: call.arguments)
            let due = lock.withLock { state in
                state.calls.append(call)
                defer { state.waiting.removeAll { $0.name == name } }
                return state.waiting.filter { $0.name == name }.map(\.continuation)
            }
            due.forEach { $0.resume() }
        }

        func take() -> [GitCall] {
            lock.withLock { state in
                defer { state.calls = [] }
                return state.calls
            }
        }

        /// Returns when a command of this name, such as `git rev-list`, has ended since the last ``take()``.
        func first(_ name: String) async {
            await withCheckedContinuation { continuation in
                let isOver = lock.withLock { state in
                    if state.calls.contains(where: { GitCall.name(of: $0.arguments) == name }) { return true }
                    state.waiting.append((name, continuation))
                    return false
                }
                if isOver { continuation.resume() }
            }
        }
    }

    /// A repository with one commit that holds `files`; without files it has no commit.
    init(named name: String = "repo", files: [String: String] = ["README.md": "hello\n"]) async throws {
        directory = try TemporaryDirectory()
        path = directory.appending(name)
        environment = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": directory.path, "GIT_CONFIG_NOSYSTEM": "1",
            "LANG": "C.UTF-8",
        ]
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try await git("init", "--quiet", "--initial-branch", "main")
        try await git("config", "user.name", "Ada")
        try await git("config", "user.email", "ada@example.org")
        guard !files.isEmpty else { return }
        for (name, text) in files { try write(text, to: name) }
        try await git("add", "--all")
        try await git("commit", "--quiet", "--message", "Begin")
    }

    /// Runs git as the user or an agent would, and demands that it works.
    @discardableResult
    func git(_ arguments: String..., at other: String? = nil) async throws -> String {
        let output = try await run(["git"] + arguments, at: other)
        guard output.status == .code(0) else {
            throw GitSaidNo(text: "\(arguments): \(output.status) \(output.errorText)\(output.text)")
        }
        return output.text.trimmingLineEnd
    }

    func run(_ arguments: [String], at other: String? = nil) async throws -> ProcessOutput {
        try await ChildProcess.run(
            ProcessCommand(arguments: arguments, directory: other ?? path, environment: environment)
        )
    }

    struct GitSaidNo: Error { var text: String }

    func write(_ text: String, to name: String, at other: String? = nil) throws {
        let file = (other ?? path) + "/" + name
        let folder = file.split(separator: "/").dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(atPath: "/" + folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: file))
    }

    func read(_ name: String, at other: String? = nil) -> String? {
        FileManager.default.contents(atPath: (other ?? path) + "/" + name).map { String(decoding: $0, as: UTF8.self) }
    }

    func exists(_ path: String) -> Bool { Disk.kind(path) != nil }

    func discover(_ more: [String: String] = [:], gate: Git.Gate? = nil) async throws -> Repository {
        try await Repository.discover(
            from: path,
            environment: environment.merging(more) { $1 },
            log: { [calls] call in calls.append(call) },
            gate: gate
        )
    }

    /// Everything of the user's that a run must leave alone, as text.
    func userState() async throws -> String {
        var lines = [
            try await git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/stash", "refs/tags")
        ]
        lines[0] = lines[0].split(separator: "\n").filter { !$0.contains("refs/heads/stretto/") }.joined(
            separator: "\n"
        )
        for name in [".git/HEAD", ".git/index", ".git/config", ".git/info/exclude", ".git/logs/HEAD"] {
            lines.append(
                "\(name) \(FileManager.default.contents(atPath: path + "/" + name)?.base64EncodedString() ?? "-")"
            )
        }
        let all = try await run([
            "sh", "-c",
            "find . -path ./.git -prune -o -print0 | sort -z | xargs -0 ls -ld --time-style=full-iso; find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 cksum; ls -l --time-style=full-iso .git/hooks; cksum .git/hooks/*",
        ])
        lines.append(all.text)
        return lines.joined(separator: "\n")
    }
}

/// A run in a scratch repository, and the orders that an engine would give.
struct ScratchRun {
    let scratch: ScratchRepository
    let repository: Repository
    let worktrees: GitWorktrees
    let root: String

    init(
        _ scratch: ScratchRepository,
        run: String = "blue-fox",
        enginePaths: [String] = ["HANDOFF.md", "plan.yaml"],
        writtenByEngine: [String] = [],
        environment: [String: String] = [:],
        gate: Git.Gate? = nil,
        spares: SparePolicy = .never
    ) async throws {
        self.scratch = scratch
        repository = try await scratch.discover(environment, gate: gate)
        root = scratch.directory.appending("state of user")
        worktrees = GitWorktrees(
            repository: repository,
            run: RunID(run),
            base: repository.head,
            worktreesRoot: root,
            enginePaths: enginePaths,
            writtenByEngine: writtenByEngine,
            spares: spares
        )
        try await worktrees.open()
    }

    /// The same run after a crash: nothing but the disk is remembered.
    func restarted() async throws -> ScratchRun { try await ScratchRun(scratch) }

    func attempt(_ task: String, _ number: Int = 1) -> AttemptID { AttemptID(task: TaskID(task), number: number) }

    func prepare(
        _ task: String,
        _ number: Int = 1,
        at commit: CommitID? = nil,
        copy: [String] = [],
        setup: [String] = []
    ) async throws(Trouble) -> Worktree {
        try await worktrees.prepare(
            PrepareOrder(
                attempt: attempt(task, number),
                commit: commit,
                copy: copy,
                setup: setup,
                environment: TaskEnvironment()
            )
        )
    }

    func collect(
        _ task: String,
        _ number: Int = 1,
        in worktree: Worktree,
        files: [String] = [],
        after seconds: Int64 = 0
    ) async throws(Trouble) -> Contribution {
        try await worktrees.collect(collectOrder(task, number, in: worktree, files: files, after: seconds))
    }

    /// What the engine does when the checks of a collection have run.
    func noteLeftovers(_ task: String, _ number: Int = 1, in worktree: Worktree) async {
        await worktrees.noteLeftovers(of: collectOrder(task, number, in: worktree, files: [], after: 0))
    }

    /// Orders at different times are different collections; the same time asks again for one.
    private func collectOrder(
        _ task: String,
        _ number: Int,
        in worktree: Worktree,
        files: [String],
        after seconds: Int64
    ) -> CollectOrder {
        CollectOrder(
            attempt: attempt(task, number),
            worktree: worktree,
            message: "Do \(task)\n",
            checks: [],
            environment: TaskEnvironment(),
            files: files,
            time: Timestamp(milliseconds: 1_700_000_000_000 + seconds * 1000)
        )
    }

    func merge(
        _ contribution: Contribution,
        of task: String,
        _ number: Int = 1,
        handoff: String = "",
        checks: [Check] = [],
        verify: @Sendable (String) async -> [CheckResult] = { _ in [] }
    ) async -> MergeResult {
        await worktrees.merge(
            MergeOrder(
                attempt: attempt(task, number),
                contribution: contribution,
                message: "Merge \(task)\n",
                handoff: handoff,
                checks: checks,
                environment: TaskEnvironment(),
                time: Timestamp(milliseconds: 1_700_000_100_000)
            ),
            verify: verify
        )
    }

    func dispose(_ task: String, _ number: Int = 1) async -> Disposal { await worktrees.dispose(attempt(task, number)) }

    func conclude(handoff: String = "") async -> Trouble? {
        await worktrees.conclude(
            ConcludeOrder(handoff: handoff, message: "Conclude\n", time: Timestamp(milliseconds: 1_700_000_200_000))
        )
    }

    /// Prepares, lets `work` be the agent, collects, merges and disposes.
    func perform(
        _ task: String,
        handoff: String = "",
        _ work: (String) async throws -> Void
    ) async throws -> MergeResult {
        let worktree = try await prepare(task)
        try await work(worktree.path)
        let contribution = try await collect(task, in: worktree)
        let result = await merge(contribution, of: task, handoff: handoff)
        _ = await dispose(task)
        return result
    }

    /// The content of a file at a commit-ish.
    func content(_ name: String, at commit: String = "refs/heads/stretto/blue-fox") async throws -> String {
        try await scratch.git("show", "\(commit):\(name)") + "\n"
    }
}

extension MergeResult {
    var receipt: MergeReceipt? {
        if case .merged(let receipt) = self { receipt } else { nil }
    }

    var conflict: MergeConflict? {
        if case .conflicted(let conflict) = self { conflict } else { nil }
    }
}
