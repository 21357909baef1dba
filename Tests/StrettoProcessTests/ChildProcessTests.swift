import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ChildProcessTests {
    private let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin"]

    private func shell(_ script: String, input: [UInt8] = [], timeout: Duration? = nil) -> ProcessCommand {
        ProcessCommand(
            arguments: ["sh", "-c", script],
            environment: environment,
            input: input,
            timeout: timeout
        )
    }

    @Test func `output, error and exit code come back apart`() async throws {
        let result = try await ChildProcess.run(shell("echo out; echo err >&2; exit 7"))

        #expect(result.text == "out\n")
        #expect(result.errorText == "err\n")
        #expect(result.status == .code(7))
        #expect(!result.isTruncated)
        #expect(!result.isTimedOut)
    }

    @Test func `a signal is told as a signal`() async throws {
        let result = try await ChildProcess.run(shell("kill -9 $$"))

        #expect(result.status == .signal(SIGKILL))
    }

    @Test func `only the given environment and directory arrive`() async throws {
        let directory = try TemporaryDirectory(named: "späce here")
        var command = ProcessCommand(arguments: ["env"], environment: ["PATH": "/usr/bin:/bin", "LONE": "a=b"])
        #expect(try await ChildProcess.run(command).text == "LONE=a=b\nPATH=/usr/bin:/bin\n")

        command.arguments = ["pwd", "-P"]
        command.directory = directory.path
        #expect(try await ChildProcess.run(command).text == directory.path + "\n")
    }

    @Test func `a program starts with default signals, an empty mask and no stray descriptor`() async throws {
        let result = try await ChildProcess.run(shell("grep -E '^Sig(Blk|Ign)' /proc/self/status; ls /proc/self/fd"))
        let fields = result.text.split { $0.isWhitespace }

        // 3 is the directory that ls itself reads.
        #expect(fields.count == 8 && fields[4...] == ["0", "1", "2", "3"])
        #expect(UInt64(fields[1], radix: 16) == 0)
        // 32 and 33 belong to the C library, which lets nobody change them.
        #expect((UInt64(fields[3], radix: 16) ?? .max) & ~0x1_8000_0000 == 0)
    }

    @Test func `a megabyte goes in and comes out in order`() async throws {
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

        #expect(try await ChildProcess.run(shell("cat", input: bytes)).output == bytes)
    }

    @Test func `a program that does not want its input ends all the same`() async throws {
        let bytes = [UInt8](repeating: 0, count: 1 << 20)

        #expect(try await ChildProcess.run(shell("exit 3", input: bytes)).status == .code(3))
    }

    @Test func `output over the limit is dropped, and that is told`() async throws {
        var command = shell("head -c 300000 /dev/zero; echo end >&2")
        command.outputBytesMax = 100_000
        let result = try await ChildProcess.run(command)

        #expect(result.output == [UInt8](repeating: 0, count: 100_000))
        #expect(result.errorText == "end\n")
        #expect(result.isTruncated)
        #expect(result.status == .code(0))
    }

    @Test func `a process in the background does not delay the return, and does not survive it`() async throws {
        let result = try await ChildProcess.run(shell("sleep 1000 & echo $!; exit 5"))

        #expect(result.status == .code(5))
        let pid = try #require(Int32(result.text.dropLast()))
        await waitUntilOver(pid)
    }

    @Test func `a program whose time is over is ended`() async throws {
        let result = try await ChildProcess.run(shell("echo begun; sleep 1000", timeout: .milliseconds(50)))

        #expect(result.isTimedOut)
        #expect(result.status == .signal(SIGTERM))
    }

    @Test func `a program that ignores SIGTERM is killed after the grace period`() async throws {
        var result = try await ChildProcess.run(Self.deaf(timeout: .milliseconds(50)))
        // What was ended before it could set its trap has not ignored anything.
        for timeout in [1, 5, 20] where result.text != "deaf\n" {
            result = try await ChildProcess.run(Self.deaf(timeout: .seconds(timeout)))
        }

        #expect(result.isTimedOut)
        #expect(result.status == .signal(SIGKILL))
        #expect(result.duration >= ProcessCommand.terminationGrace)
    }

    /// Says when it ignores SIGTERM, and never ends.
    private static func deaf(timeout: Duration) -> ProcessCommand {
        ProcessCommand(
            arguments: ["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"],
            timeout: timeout
        )
    }

    @Test func `cancelling the task ends the program`() async throws {
        let command = shell("echo begun; sleep 1000")
        let result = try await withThrowingTaskGroup(of: ProcessOutput.self) { group in
            group.addTask { try await ChildProcess.run(command) }
            group.cancelAll()
            return try #require(try await group.next())
        }

        #expect(result.status == .signal(SIGTERM))
        #expect(!result.isTimedOut)
    }

    @Test func `an unknown program is not found`() async {
        await #expect(throws: ProcessError.notFound(program: "no-such-program")) {
            try await ChildProcess.run(ProcessCommand(arguments: ["no-such-program"], environment: environment))
        }
        await #expect(throws: ProcessError.notFound(program: "/no/such/program")) {
            try await ChildProcess.run(ProcessCommand(arguments: ["/no/such/program"], environment: environment))
        }
        await #expect(throws: ProcessError.notFound(program: "")) {
            try await ChildProcess.run(ProcessCommand(arguments: [], environment: environment))
        }
    }

    @Test func `a missing directory is named`() async {
        let command = ProcessCommand(arguments: ["true"], directory: "/no/such/place", environment: environment)
        await #expect(throws: ProcessError.noDirectory(program: "true", directory: "/no/such/place")) {
            try await ChildProcess.run(command)
        }
    }

    @Test func `a NUL inside an argument is refused`() async {
        let command = ProcessCommand(arguments: ["echo", "a\0b"], environment: environment)
        await #expect(throws: ProcessError.cannotStart(program: "echo", SystemError(EINVAL))) {
            try await ChildProcess.run(command)
        }
    }

    @Test func `a hundred programs at once each get their own answer`() async throws {
        let codes = try await withThrowingTaskGroup(of: (Int, ChildStatus).self) { group in
            for code in 0..<100 {
                let command = shell("exit \(code)")
                group.addTask { (code, try await ChildProcess.run(command).status) }
            }
            var codes: [Int: ChildStatus] = [:]
            for try await (code, status) in group { codes[code] = status }
            return codes
        }

        #expect(codes.count == 100)
        #expect(codes.allSatisfy { $0.value == .code(Int32($0.key)) })
    }

    @Test func `no descriptor is left open`() async {
        // In a process of its own, where no other test opens any.
        await #expect(processExitsWith: .success) {
            let command = ProcessCommand(arguments: ["cat"], environment: ["PATH": "/bin"], input: [1])
            _ = try await ChildProcess.run(command)
            let before = openDescriptors(where: isPipeOrProcess)
            for _ in 0..<20 { _ = try await ChildProcess.run(command) }
            #expect(openDescriptors(where: isPipeOrProcess) == before)
        }
    }
}

/// What a child process costs in descriptors; the runtime's own timers and events come and go.
private func isPipeOrProcess(_ name: String) -> Bool { name.hasPrefix("pipe:") || name.contains("pidfd") }
