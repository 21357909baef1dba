import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// P1: after SIGKILL at any moment a restart continues, and no attempt runs twice at once.
@Suite(.timeLimit(.minutes(5))) struct KeeperRecoveryTests {
    private let attempt: Attempt

    init() throws { attempt = try Attempt() }

    private static let waits = "echo begun; while [ ! -e go ]; do sleep 0.01; done; exit 5"

    /// Runs an engine in a process of its own that is killed as soon as its agent has started.
    private func runEngineThatDies(_ script: String, engineAwayGrace milliseconds: Int = 0) async {
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [root = attempt.root as String, script = script as String, milliseconds = milliseconds as Int] in
            let attempt = try Attempt(root: root)
            var order = attempt.order(script)
            order.engineAwayGrace = .milliseconds(milliseconds)
            _ = try await attempt.keepers.run(order) { _ in kill(getpid(), SIGKILL) }
        }
    }

    @Test func `a new engine adopts an agent that still runs and learns how it ends`() async throws {
        await runEngineThatDies(Self.waits)
        let keeper = try #require(try attempt.keeper())
        #expect(ProcessIdentity(pid: keeper.pid) == keeper)

        let exit = try await attempt.run("echo second") { attempt.touch("go") }
        #expect(exit.status == .code(5))
        #expect(exit.reason == .exited)
        #expect(attempt.read("stdout") == "begun\n")
    }

    @Test func `a keeper without an engine is found while it lives, and not afterwards`() async throws {
        let runs = attempt.root + "/runs"
        #expect(LivingKeeper.all(below: runs).isEmpty)
        await runEngineThatDies(Self.waits)
        let keeper = try #require(try attempt.keeper())

        #expect(LivingKeeper.all(below: runs) == [LivingKeeper(directory: attempt.directory, pid: keeper.pid)])

        _ = try await attempt.run("echo second") { attempt.touch("go") }
        #expect(LivingKeeper.all(below: runs).isEmpty)
    }

    @Test func `a new engine can end an agent that it adopted`() async throws {
        await runEngineThatDies(Self.waits)

        let exit = try await attempt.run("echo second") {
            await attempt.waitForOutput("begun\n")
            attempt.terminate()
        }
        #expect(exit.reason == .terminated)
        #expect(attempt.read("stdout") == "begun\n")
    }

    @Test func `an engine that died before its agent's end still learns it`() async throws {
        await runEngineThatDies("exit 6")
        await (try attempt.keeper())?.waitUntilOver()

        let exit = try await attempt.run("echo second") { Issue.record("it was over") }
        #expect(exit.status == .code(6))
        #expect(exit.reason == .exited)
    }

    @Test func `two calls for one attempt at once share one agent`() async throws {
        async let first = attempt.run(Self.waits)
        async let second = attempt.run(Self.waits)
        await attempt.waitForOutput("begun\n")
        attempt.touch("go")

        let exits = try await [first, second]
        #expect(exits.map(\.status) == [.code(5), .code(5)])
        #expect(attempt.read("stdout") == "begun\n")
    }

    @Test func `the agent is ended when no engine comes back`() async throws {
        await runEngineThatDies(Self.waits, engineAwayGrace: 50)
        await (try attempt.keeper())?.waitUntilOver()

        let exit = try await attempt.run("echo second")
        #expect(exit.reason == .engineAway)
        // So short a patience may end the agent before its first word.
        #expect(["", "begun\n"].contains(attempt.read("stdout")))
    }

    /// Puts a folder where the attempt's lock is, which nobody can open as a file, or the lock back.
    private func hideLock(_ isHidden: Bool) {
        let (lock, away) = (attempt.directory + "/lock", attempt.directory + "/lock.away")
        if isHidden {
            rename(lock, away)
            mkdir(lock, 0o700)
        } else {
            rmdir(lock)
            rename(away, lock)
        }
    }

    @Test func `trouble with an attempt is no end of it while its agent may be at work`() async throws {
        await runEngineThatDies(Self.waits)
        await attempt.waitForOutput("begun\n")
        hideLock(true)
        let (troubles, trouble) = AsyncStream.makeStream(of: ProcessError.self)
        let keepers = Keepers(keeperPath: try Attempt.keeperPath()) { [self] error, count in
            trouble.yield(error)
            guard count == 2 else { return }
            trouble.finish()
            hideLock(false)
            attempt.touch("go")
        }

        let exit = try await keepers.run(attempt.order("echo second")) { _ in }
        #expect(exit.status == .code(5))
        #expect(attempt.read("stdout") == "begun\n")
        let isDirectory = ProcessError.attemptDirectory(path: attempt.directory + "/lock", SystemError(EISDIR))
        #expect(await troubles.reduce(into: []) { $0.append($1) } == [isDirectory, isDirectory])
    }

    @Test func `trouble with an attempt that never began is told at once`() async throws {
        try attempt.leave("order", "half")
        let keepers = Keepers(keeperPath: "/no/such/keeper") { _, _ in Issue.record("there is no agent to wait for") }

        await #expect(throws: ProcessError.notFound(program: "/no/such/keeper")) {
            try await keepers.run(attempt.order("true")) { _ in }
        }
    }

    @Test func `an attempt whose keeper was killed is lost, and what was left of it is ended`() async throws {
        let script = "setsid sh -c 'trap \"\" TERM; echo $$ > a; while :; do sleep 0.05; done' & " + Self.waits
        let exit = try await attempt.run(script) {
            await attempt.waitForOutput("begun\n")
            while attempt.pid(in: "a") == nil { await Task.yield() }
            if let keeper = try? attempt.keeper() { kill(keeper.pid, SIGKILL) }
        }

        #expect(exit.reason == .lost)
        #expect(exit.status == .unknown)
        #expect(exit.strayCount >= 2)
        await waitUntilOver(try #require(attempt.pid(in: "a")))
        // The answer stays the same.
        #expect(try await attempt.run("echo second") == exit)
    }

    @Test func `an attempt of another boot is lost without anybody being signalled`() async throws {
        let record = #"{"pid":\#(getpid()),"startTicks":1,"bootId":"another","agentPid":\#(getpid())}"#
        try attempt.leave("keeper.json", record)

        let exit = try await attempt.run("echo second")
        #expect(exit.reason == .lost)
        #expect(exit.strayCount == 0)
        #expect(attempt.read("stdout") == "")
    }

    @Test func `a directory that cannot be made is an error with its path`() async throws {
        var order = attempt.order("true")
        order.directory = "/dev/null/nowhere"
        await #expect(throws: ProcessError.attemptDirectory(path: "/dev/null/nowhere", SystemError(ENOTDIR))) {
            try await attempt.run(order)
        }
    }
}
