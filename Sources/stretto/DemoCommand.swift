import FoundationEssentials
import Glibc
import StrettoCommand
import StrettoCore
import StrettoProcess

/// `demo`: the main job on a plan of its own, in a scratch repository, without account and network.
enum DemoCommand {
    static func run(_ display: DisplayOptions) async throws -> ExitCode {
        guard let plan = Installation.file("demo-plans/quickstart.yaml") else {
            throw Refusal("the demo plans are not installed beside this program: run it from a checkout by `make demo`")
        }
        let scratch = FileManager.default.temporaryDirectory.path + "/stretto-demo-\(getpid())"
        try await makeRepository(at: scratch, plan: plan)
        Output.error("the demo's repository is \(scratch); it stays there for you to look at")
        guard chdir(scratch) == 0 else { throw Refusal("cannot work in \(scratch)") }
        return try await RunCommand.run(RunOptions(planPath: "quickstart.yaml", display: display))
    }

    private static func makeRepository(at path: String, plan: String) async throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: plan, toPath: path + "/quickstart.yaml")
        try Data("# Scratch\n\nA repository for the Stretto demo.\n".utf8).write(to: URL(filePath: path + "/README.md"))
        var environment = Environment.current().filter { !$0.key.hasPrefix("GIT_") }
        for role in ["AUTHOR", "COMMITTER"] {
            environment["GIT_\(role)_NAME"] = "Stretto"
            environment["GIT_\(role)_EMAIL"] = "stretto@localhost"
        }
        for arguments in [
            ["init", "--quiet", "--initial-branch=main"], ["add", "--all"],
            ["-c", "commit.gpgSign=false", "commit", "--quiet", "--message=Begin"],
        ] {
            let output = try await ChildProcess.run(
                ProcessCommand(arguments: ["git"] + arguments, directory: path, environment: environment)
            )
            guard output.status == .code(0) else { throw Refusal("git \(arguments[0]): \(output.errorText)") }
        }
    }
}

/// Files that come with the program.
enum Installation {
    /// Finds a file by its path in the project: above the executable in a checkout, or in `share/stretto` beside it.
    static func file(_ path: String) -> String? {
        var folder = URL(filePath: EngineLauncher.executablePath).deletingLastPathComponent()
        for _ in 0..<6 {
            for candidate in [folder.appending(path: path), folder.appending(path: "share/stretto/" + path)]
            where FileManager.default.fileExists(atPath: candidate.path) {
                return candidate.path
            }
            folder = folder.deletingLastPathComponent()
        }
        return nil
    }
}
