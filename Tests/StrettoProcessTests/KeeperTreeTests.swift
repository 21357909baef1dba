import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// P3: no process of ours outlives its purpose, and no process that is not ours is ever signalled.
@Suite(.timeLimit(.minutes(5))) struct KeeperTreeTests {
    private let attempt: Attempt

    init() throws { attempt = try Attempt() }

    /// A process that ignores what it can, writes its number into `name` and never ends.
    private static func stubborn(_ name: String) -> String {
        "trap '' INT TERM HUP; echo $$ > \(name); while :; do sleep 0.05; done"
    }

    /// Waits in a script until these files have something in them.
    private static func await(_ names: String...) -> String {
        names.map { "while [ ! -s \($0) ]; do sleep 0.01; done; " }.joined()
    }

    @Test func `a background child is ended after its agent`() async throws {
        let exit = try await attempt.run("sleep 1000 & echo $! > a; exit 4")

        #expect(exit.status == .code(4))
        #expect(exit.reason == .exited)
        #expect(exit.strayCount == 1)
        await waitUntilOver(try #require(attempt.pid(in: "a")))
    }

    @Test func `a child that forked twice, has its own session and ignores signals is ended`() async throws {
        let script = "(setsid sh -c \"$CHILD\" &); " + Self.await("a") + "exit 0"
        var order = attempt.order(script)
        order.environment["CHILD"] = Self.stubborn("a")

        let exit = try await attempt.run(order)
        #expect(exit.status == .code(0))
        #expect(exit.strayCount >= 1)
        #expect(exit.survivorCount == 0)
        await waitUntilOver(try #require(attempt.pid(in: "a")))
    }

    @Test func `termination ends a tree of sessions that all ignore it`() async throws {
        var order = attempt.order(
            "trap '' INT TERM; setsid sh -c \"$ONE\" & " + Self.await("one", "two") + "echo ready; wait"
        )
        order.environment["ONE"] = "(setsid sh -c \"$TWO\" &); " + Self.stubborn("one")
        order.environment["TWO"] = Self.stubborn("two")

        let exit = try await attempt.run(order) {
            await attempt.waitForOutput("ready\n")
            attempt.terminate()
        }
        #expect(exit.reason == .terminated)
        #expect(exit.status == .signal(SIGKILL))
        await waitUntilOver(try #require(attempt.pid(in: "one")))
        await waitUntilOver(try #require(attempt.pid(in: "two")))
    }

    @Test func `a chain of processes that fork and exit is ended`() async throws {
        // Each link starts the next one in a session of its own and is gone; without its directory it stops by itself.
        var order = attempt.order("sh -c \"$LINK\" & " + Self.await("links") + "exit 0")
        order.environment["LINK"] = "trap '' TERM; [ -d . ] || exit; echo $$ >> links; setsid sh -c \"$LINK\" & exit"

        let exit = try await attempt.run(order)
        #expect(exit.status == .code(0))
        #expect(exit.survivorCount == 0)
        #expect(exit.strayCount > 0)
        let text = attempt.readWork("links")
        let last = try #require(Int32(text.split(separator: "\n").last ?? ""))
        await waitUntilOver(last)
        #expect(attempt.readWork("links") == text)
    }

    @Test func `a process that bears the marker is ended wherever it hangs`() async throws {
        let release = AsyncStream.makeStream(of: Int32.self)
        let marked = ProcessCommand(
            // The shell itself waits: in the moment of an exec a process has no environment to be seen.
            arguments: ["sh", "-c", "mkfifo never; echo $$ > marked; read -r nothing < never"],
            directory: attempt.work,
            environment: ["PATH": "/bin", KeeperOrder.markerVariable: attempt.marker]
        )
        async let bearer = {
            for await _ in release.stream { return try await ChildProcess.run(marked).status }
            return ChildStatus.unknown
        }()
        let exit = try await attempt.run(Self.await("marked") + "exit 2") { release.continuation.yield(1) }

        #expect(exit.status == .code(2))
        #expect(exit.strayCount == 1)
        #expect(try await bearer == .signal(SIGTERM))
    }

    @Test func `strangers live on: one of the same name, and one that bears another marker`() async throws {
        let environment = ["PATH": "/bin", KeeperOrder.markerVariable: attempt.marker + "0"]
        let stranger = ProcessCommand(
            arguments: ["sh", "-c", "echo $$ > stranger; exec sleep 1000"],
            directory: attempt.work,
            environment: environment
        )
        try await withThrowingTaskGroup(of: ChildStatus.self) { group in
            group.addTask { try await ChildProcess.run(stranger).status }
            let exit = try await attempt.run(Self.await("stranger") + "sleep 1000 & exit 0")
            #expect(exit.strayCount == 1)
            let pid = try #require(attempt.pid(in: "stranger"))
            #expect(kill(pid, 0) == 0)
            // The stranger has been waiting to be ended by this, and by nothing before it.
            group.cancelAll()
            #expect(try await group.next() == .signal(SIGTERM))
        }
    }
}
