import FoundationEssentials
import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct KeeperTests {
    private let attempt: Attempt

    init() throws { attempt = try Attempt() }

    @Test func `an agent's exit code, output and times are recorded`() async throws {
        let exit = try await attempt.run("echo out; echo err >&2; exit 7")

        #expect(exit.status == .code(7))
        #expect(exit.reason == .exited)
        #expect(exit.strayCount == 0)
        #expect(exit.survivorCount == 0)
        #expect(exit.ended >= exit.started)
        #expect(exit.residentBytesMax > 0)
        #expect(attempt.read("stdout") == "out\n")
        #expect(attempt.read("stderr") == "err\n")
    }

    @Test func `an agent killed by a signal is told so`() async throws {
        let exit = try await attempt.run("kill -SEGV $$")

        #expect(exit.status == .signal(SIGSEGV))
        #expect(exit.reason == .exited)
    }

    @Test func `an attempt that is over answers the same and runs no second time`() async throws {
        let first = try await attempt.run("echo once; exit 3")
        let second = try await attempt.run("echo twice; exit 4")

        #expect(first == second)
        #expect(attempt.read("stdout") == "once\n")
    }

    @Test func `the agent gets its arguments, environment, directory and marker, and no input`() async throws {
        var order = attempt.order("printf '%s\\n' \"$1\" \"$VALUE\" \"$STRETTO_ATTEMPT\" \"$PWD\"; cat")
        order.arguments += ["sh", "an argument\nof two lines"]
        order.environment["VALUE"] = "ünïcode = yes"

        let exit = try await attempt.keepers.run(order) { _ in }
        #expect(exit.status == .code(0))
        let expected = ["an argument\nof two lines", "ünïcode = yes", order.marker, order.workingDirectory]
        #expect(attempt.read("stdout") == expected.joined(separator: "\n") + "\n")
    }

    @Test func `an agent leads its own session with default signals and three descriptors`() async throws {
        _ = try await attempt.run(
            "ps -o pid=,pgid=,sid= $$; grep -E '^Sig(Blk|Ign)' /proc/self/status; ls /proc/self/fd"
        )

        let fields = attempt.read("stdout").split { $0.isWhitespace }
        try #require(fields.count == 11)
        #expect(fields[0] == fields[1] && fields[1] == fields[2])
        #expect(UInt64(fields[4], radix: 16) == 0)
        #expect((UInt64(fields[6], radix: 16) ?? .max) & ~0x1_8000_0000 == 0)
        #expect(fields[7...] == ["0", "1", "2", "3"])
    }

    @Test func `a terminal on request shows every byte as it was written`() async throws {
        var order = attempt.order("test -t 1 && echo 'a terminal'; printf 'a\\tb\\n'; test -t 2 || echo plain >&2")
        order.usesTerminal = true

        let exit = try await attempt.keepers.run(order) { _ in }
        #expect(exit.status == .code(0))
        #expect(attempt.read("stdout") == "a terminal\na\tb\n")
        #expect(attempt.read("stderr") == "plain\n")
    }

    @Test func `a missing program is recorded as a failed start`() async throws {
        var order = attempt.order("")
        order.arguments = ["no-such-program"]

        let exit = try await attempt.keepers.run(order) { _ in Issue.record("nothing was started") }
        #expect(exit.reason == .spawnFailed(SystemError(ENOENT)))
        #expect(exit.status == .unknown)
    }

    @Test func `a missing directory is recorded as a failed start`() async throws {
        var order = attempt.order("true")
        order.workingDirectory = "/no/such/place"

        let exit = try await attempt.keepers.run(order) { _ in Issue.record("nothing was started") }
        #expect(exit.reason == .spawnFailed(SystemError(ENOENT)))
    }

    @Test func `a missing keeper is an error with its name`() async throws {
        await #expect(throws: ProcessError.notFound(program: "/no/such/keeper")) {
            try await Keepers(keeperPath: "/no/such/keeper").run(attempt.order("true")) { _ in }
        }
    }

    @Test func `a terminated agent gets SIGINT first and may end by itself`() async throws {
        var order = attempt.order("trap 'echo interrupted; exit 9' INT; echo ready; while :; do sleep 0.02; done")
        // Its own end must come before the keeper's patience is over, however slow the machine is.
        order.graces = .init(interrupt: .seconds(600), terminate: .seconds(600))
        let exit = try await attempt.run(order) {
            await attempt.waitForOutput("ready\n")
            attempt.terminate()
        }

        #expect(exit.status == .code(9))
        #expect(exit.reason == .terminated)
        #expect(attempt.read("stdout") == "ready\ninterrupted\n")
    }

    @Test func `an agent that ignores SIGINT and SIGTERM is killed`() async throws {
        let exit = try await attempt.run("trap '' INT TERM; echo ready; while :; do sleep 0.02; done") {
            await attempt.waitForOutput("ready\n")
            attempt.terminate()
        }

        #expect(exit.status == .signal(SIGKILL))
        #expect(exit.reason == .terminated)
    }

    @Test func `a stopped agent is ended too`() async throws {
        let exit = try await attempt.run("echo ready; kill -STOP $$; echo never") {
            await attempt.waitForOutput("ready\n")
            attempt.terminate()
        }

        #expect(exit.reason == .terminated)
        #expect(attempt.read("stdout") == "ready\n")
    }

    @Test func `termination before the start means that nothing is started`() async throws {
        attempt.terminate()
        let exit = try await attempt.run("echo ran")

        #expect(exit.reason == .terminated)
        #expect(attempt.read("stdout") == "")
    }

    @Test func `output over the limit ends the agent and says why`() async throws {
        var order = attempt.order("trap '' INT TERM; while :; do echo flood; done")
        order.outputBytesMax = 50_000
        order.graces = .init(interrupt: .seconds(600), terminate: .seconds(600))

        let exit = try await attempt.keepers.run(order) { _ in }
        #expect(exit.reason == .outputLimit)
        #expect(exit.status == .signal(SIGKILL))
        #expect(attempt.read("stdout").utf8.count > 50_000)
    }

    @Test func `output over the limit through a terminal ends the agent too`() async throws {
        var order = attempt.order("while :; do echo flood; done")
        order.outputBytesMax = 50_000
        order.usesTerminal = true

        let exit = try await attempt.keepers.run(order) { _ in }
        #expect(exit.reason == .outputLimit)
    }

    @Test func `eight attempts at once keep apart`() async throws {
        let statuses = try await withThrowingTaskGroup(of: (Int, ChildStatus).self) { group in
            for number in 0..<8 {
                let attempt = try Attempt()
                group.addTask {
                    let exit = try await attempt.run("echo \(number); sleep 0.1; exit \(number)")
                    #expect(attempt.read("stdout") == "\(number)\n")
                    return (number, exit.status)
                }
            }
            return try await group.reduce(into: [Int: ChildStatus]()) { $0[$1.0] = $1.1 }
        }

        #expect(statuses.count == 8)
        #expect(statuses.allSatisfy { $0.value == .code(Int32($0.key)) })
    }
}
