import FoundationEssentials
import Glibc
import StrettoProcess
import TestSupport
import Testing

/// Programs of an engine that was killed while they were at work.
@Suite(.timeLimit(.minutes(5))) struct OrphanTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory(named: "orphans") }

    private var orphans: Orphans { Orphans(marked: Orphans.programVariable, directory.path) }

    /// Starts a program as an engine does, which is killed while it is under way: `script` writes a line into `begun` for that.
    private func abandon(_ script: String) async throws {
        try await shell("mkfifo begun")
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = directory.path as String, script = script as String] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try? await ChildProcess.run(
                        ProcessCommand(
                            arguments: ["/bin/sh", "-c", script],
                            directory: path,
                            environment: ["PATH": "/usr/bin:/bin", Orphans.programVariable: path]
                        )
                    )
                }
                _ = try? await ChildProcess.run(
                    ProcessCommand(
                        arguments: ["sh", "-c", "read word <begun"],
                        directory: path,
                        environment: ["PATH": "/usr/bin:/bin"]
                    )
                )
                kill(getpid(), SIGKILL)
            }
        }
    }

    private func shell(_ script: String) async throws {
        _ = try await ChildProcess.run(
            ProcessCommand(
                arguments: ["sh", "-c", script],
                directory: directory.path,
                environment: ["PATH": "/usr/bin:/bin"]
            )
        )
    }

    @Test func `a program that outlived its engine is ended, and so is what it had started`() async throws {
        try await abandon("sleep 600 & echo x >begun; wait; echo late >late")
        #expect(orphans.all().count == 2)

        await orphans.end()

        #expect(orphans.all() == [])
        #expect(!FileManager.default.fileExists(atPath: directory.appending("late")))
    }

    @Test func `a program that does not want to end is killed`() async throws {
        try await abandon(#"trap "" TERM; mkfifo never; echo x >begun; while :; do read word <never; done"#)
        #expect(!orphans.all().isEmpty)

        await orphans.end()

        #expect(orphans.all() == [])
    }

    @Test func `what a program has given a session of its own goes on`() async throws {
        try await abandon("mkfifo never; setsid cat never & echo x >begun; read word <never")
        while orphans.all().count(where: { getsid($0.pid) == $0.pid }) < 2 { await Task.yield() }

        await orphans.end()

        let left = orphans.all()
        #expect(left.count == 1)
        for process in left { kill(process.pid, SIGKILL) }
        for process in left { await process.waitUntilOver() }
    }

    @Test func `programs of another repository are spared`() async throws {
        try await abandon("echo x >begun; sleep 600")
        let count = orphans.all().count

        await Orphans(marked: Orphans.programVariable, directory.path + "/other").end()
        #expect(orphans.all().count == count)

        await orphans.end()
        #expect(orphans.all() == [])
    }
}
