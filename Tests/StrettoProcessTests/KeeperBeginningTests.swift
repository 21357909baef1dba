import FoundationEssentials
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// An engine that died while its keeper was only just beginning: nothing of it can be asked for anything yet.
@Suite(.timeLimit(.minutes(5))) struct KeeperBeginningTests {
    private let attempt: Attempt

    init() throws { attempt = try Attempt() }

    /// A keeper that does not get further than its first instruction until somebody lets it; it tells when it is there.
    private func slowKeepers() async throws -> Keepers {
        let path = attempt.root + "/slow-keeper"
        let script = """
            #!/bin/sh
            echo x >'\(attempt.root)/begun'
            read word <'\(attempt.root)/go'
            exec '\(try Attempt.keeperPath())' "$@"
            """
        try Data(script.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        try await shell("mkfifo begun go")
        return Keepers(keeperPath: path)
    }

    private func shell(_ script: String) async throws {
        _ = try await ChildProcess.run(
            ProcessCommand(
                arguments: ["sh", "-c", script],
                directory: attempt.root,
                environment: ["PATH": "/usr/bin:/bin"]
            )
        )
    }

    /// An engine that ends before its keeper has begun.
    private func abandon(_ script: String) async throws {
        let keepers = try await slowKeepers()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [attempt] in _ = try? await keepers.run(attempt.order(script)) { _ in } }
            try? await shell("read word <begun")
            group.cancelAll()
        }
    }

    @Test func `an agent whose keeper was only beginning can be ended by the next engine`() async throws {
        try await abandon("echo begun; exec sleep 600")

        let exit = try await withThrowingTaskGroup(of: KeeperExit?.self) { group in
            group.addTask { [attempt] in try await attempt.keepers.run(attempt.order("echo second")) { _ in } }
            group.addTask { [attempt] in
                attempt.terminate()
                try await shell("echo x >go")
                return nil
            }
            var exit: KeeperExit?
            for try await answer in group { exit = answer ?? exit }
            return exit
        }

        #expect(exit?.reason == .terminated)
        #expect(!attempt.read("stdout").contains("second"))
    }

    @Test func `an agent whose keeper was only beginning is told of once it is there`() async throws {
        try await abandon("echo begun; while [ ! -e go ]; do sleep 0.01; done; exit 5")

        let exit = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await shell("echo x >go") }
            let exit = try await attempt.run("echo second") { attempt.touch("go") }
            try await group.waitForAll()
            return exit
        }

        #expect(exit.status == .code(5))
        #expect(attempt.read("stdout") == "begun\n")
    }
}
