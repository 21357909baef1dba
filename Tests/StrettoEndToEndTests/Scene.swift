import FoundationEssentials
import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// One repository with a plan, and a world of its own around it: nothing that a test starts looks or writes elsewhere.
final class Scene: Sendable {
    let place: TemporaryDirectory
    let environment: [String: String]

    /// The user's checkout.
    var repository: String { place.appending("repo") }

    /// Where tasks leave traces outside of every worktree.
    var outside: String { place.appending("outside") }

    /// The folder of the programs that were built with these tests.
    static let programs: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return own.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    }()

    /// Makes the scene, lets `body` play in it, and ends whatever is left of it.
    ///
    /// `name` becomes part of every path. `plan` is what `plan.yaml` holds, committed; `OUTSIDE` in it stands for ``outside``.
    static func play(
        named name: String = "e2e",
        plan: String,
        environment: [String: String] = [:],
        _ body: (Scene) async throws -> Void
    ) async throws {
        let scene = try Scene(named: name, environment: environment)
        do {
            try await scene.makeRepository(plan: plan)
            try await body(scene)
        } catch {
            await scene.end()
            throw error
        }
        await scene.end()
    }

    private init(named name: String, environment more: [String: String]) throws {
        place = try TemporaryDirectory(named: name)
        for folder in ["home", "state", "run", "tmp", "repo", "outside"] {
            let path = place.appending(folder)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            chmod(path, 0o700)
        }
        let path = Environment.current()["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        let own = [
            "PATH": Self.programs + ":" + path,
            "HOME": place.appending("home"),
            "XDG_STATE_HOME": place.appending("state"),
            "XDG_RUNTIME_DIR": place.appending("run"),
            "TMPDIR": place.appending("tmp"),
            "TMUX_TMPDIR": place.appending("run"),
            "LANG": "C.UTF-8",
            // A crash that is meant needs no debugger, which would wait for a key.
            "SWIFT_BACKTRACE": "enable=no",
            "GIT_CONFIG_NOSYSTEM": "1",
        ]
        environment = own.merging(more) { _, new in new }
    }

    private func makeRepository(plan: String) async throws {
        try write("repo/plan.yaml", plan.replacing("OUTSIDE", with: outside))
        try write("repo/README.md", "# A scratch repository\n")
        try await git("init", "--quiet", "--initial-branch=main")
        try await git("config", "user.name", "Person")
        try await git("config", "user.email", "person@example.org")
        try await git("add", "--all")
        try await git("commit", "--quiet", "--message=Begin")
    }

    // MARK: Files

    func write(_ path: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: place.appending(path)))
    }

    /// The text of a file of the scene; nil where there is none.
    func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: place.appending(path)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The lines of a file that tasks append to, sorted, because they do so side by side.
    func lines(_ path: String) -> [String] {
        (text(path) ?? "").split(separator: "\n").map(String.init).sorted()
    }

    /// Every file below a folder of the scene with its bytes; folders have none.
    func files(below folder: String, except isLeftOut: (String) -> Bool = { _ in false }) throws -> [String: Data] {
        let root = place.appending(folder)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root).filter { !isLeftOut($0) }
        return Dictionary(
            uniqueKeysWithValues: paths.map { ($0, FileManager.default.contents(atPath: root + "/" + $0) ?? Data()) }
        )
    }

    // MARK: Programs

    /// Runs the program in the repository to its end, without a standard input.
    func stretto(_ arguments: String...) async throws -> ProcessOutput { try await stretto(arguments) }

    /// The same for a list of arguments.
    func stretto(_ arguments: [String]) async throws -> ProcessOutput {
        try await ChildProcess.run(
            ProcessCommand(
                arguments: [Self.programs + "/stretto"] + arguments,
                directory: repository,
                environment: environment
            )
        )
    }

    /// Runs git in the repository and returns what it prints, without the last line feed.
    @discardableResult
    func git(_ arguments: String...) async throws -> String {
        let output = try await ChildProcess.run(
            ProcessCommand(
                arguments: ["git"] + arguments,
                directory: repository,
                // `git status` would write the index anew, which is looked at.
                environment: environment.merging(["GIT_OPTIONAL_LOCKS": "0"]) { _, new in new }
            )
        )
        guard output.status == .code(0) else { throw Overdue(description: "git: \(output.errorText)") }
        return output.text.hasSuffix("\n") ? String(output.text.dropLast()) : output.text
    }

    /// The names of all branches, sorted.
    func branches() async throws -> [String] {
        try await git("for-each-ref", "--format=%(refname:short)", "refs/heads").split(separator: "\n").map(String.init)
    }

    // MARK: Processes

    /// A process that belongs to this scene.
    struct Member: Hashable {
        var pid: Int32
        var name: String
    }

    /// Every living process that bears this scene's paths, this test's own ones among them.
    func processes() -> [Member] {
        let mark = place.path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { name in
            guard let pid = Int32(name), pid != getpid() else { return nil }
            let texts = ["environ", "cmdline"].map { file in
                String(decoding: FileManager.default.contents(atPath: "/proc/\(pid)/\(file)") ?? Data(), as: UTF8.self)
            }
            guard texts.contains(where: { $0.contains(mark) }) else { return nil }
            let status = FileManager.default.contents(atPath: "/proc/\(pid)/comm") ?? Data()
            return Member(pid: pid, name: String(decoding: status, as: UTF8.self).filter { $0 != "\n" })
        }
    }

    /// Returns when no process of the scene is left.
    func waitUntilDeserted() async throws {
        try await waitUntil("end of all processes", seen: { "\(self.processes())" }) {
            processes().isEmpty
        }
    }

    /// The process that holds the repository's lock.
    func enginePID() async throws -> Int32 {
        try await waitFor("engine") {
            guard let text = text("repo/.git/stretto/lock"), let range = text.firstRange(of: "\"pid\":") else {
                return nil
            }
            return Int32(text[range.upperBound...].prefix { $0.isNumber })
        }
    }

    /// Kills a process of this scene outright and returns when it is gone.
    func kill(_ pid: Int32) async throws {
        let process = ProcessIdentity(pid: pid)
        Glibc.kill(pid, SIGKILL)
        await process?.waitUntilOver()
    }

    private func end() async {
        // What a keeper's end sets free comes into sight only then.
        for _ in 0..<5 {
            let left = processes()
            if left.isEmpty { return }
            for member in left {
                let process = ProcessIdentity(pid: member.pid)
                Glibc.kill(member.pid, SIGKILL)
                await process?.waitUntilOver()
            }
        }
    }
}
