import FoundationEssentials
import Glibc
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@testable import StrettoBuilders

/// A `claude` that says what a real one said, piece by piece as the test has it.
@Suite(.timeLimit(.minutes(5))) struct FollowingTests {
    let place: TemporaryDirectory
    let bench: AgentBench

    init() throws {
        place = try TemporaryDirectory(named: "following ü")
        try FileManager.default.createDirectory(atPath: place.appending("bin"), withIntermediateDirectories: true)
        bench = try AgentBench(in: place, environment: ["PATH": place.appending("bin") + ":/usr/bin:/bin"])
    }

    /// Puts a shell script in claude's place; it runs in the worktree.
    private func install(_ script: String) throws {
        let path = place.appending("bin/claude")
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    /// Leaves the first lines of a capture, and its rest, as files in the worktree.
    private func lay(_ name: String, firstLineCount: Int) throws {
        let lines = try Capture(name).output.split(separator: 0x0A)
        for (file, part) in [("first", lines.prefix(firstLineCount)), ("rest", lines.dropFirst(firstLineCount))] {
            let bytes = part.reduce(into: [UInt8]()) { $0 += Array($1) + [0x0A] }
            try Data(bytes).write(to: URL(filePath: bench.worktree + "/" + file))
        }
    }

    /// Runs an attempt while `meanwhile` happens once, as soon as news come that it waits for.
    private func run(
        _ order: LaunchOrder,
        on isAwaited: @escaping @Sendable (AgentProgress) -> Bool,
        meanwhile: @escaping @Sendable () async -> Void
    ) async -> AgentExit {
        let (news, hear) = AsyncStream.makeStream(of: AgentProgress.self)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in news.filter({ isAwaited($0) }).prefix(1) { await meanwhile() }
            }
            let exit = await bench.run(order) { hear.yield($0) }
            hear.finish()
            await group.waitForAll()
            return exit
        }
    }

    /// Lets a reader of the named pipe go on, now or when it comes.
    private static func open(_ gate: String) {
        // Opened for both, a named pipe never waits; it is left open, because what is in it would go with its last end.
        let file = Glibc.open(gate, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        #expect(write(file, "go\n", 3) == 3)
    }

    @Test func `usage is told while the agent still runs`() async throws {
        try lay("multi-tool", firstLineCount: 3)
        let gate = bench.worktree + "/gate"
        #expect(mkfifo(gate, 0o600) == 0)
        // Without the news of its usage the agent would wait for ever.
        try install("cat first; timeout 30 head -n 1 gate > line; cat rest")

        let exit = await run(order(worktree: bench.worktree)) { news in
            if case .used = news { true } else { false }
        } meanwhile: {
            Self.open(gate)
        }

        #expect(exit.verdict == .completed(evidence: false))
        #expect(
            exit.usage.withoutModels == Usage(inputTokens: 39076, outputTokens: 57, microdollars: 157_444, turns: 3)
        )
        guard case .used(let floor)? = bench.progress.dropFirst().first else {
            Issue.record("no usage was told after the start")
            return
        }
        #expect(
            floor.withoutModels
                == Usage(inputTokens: 12913, outputTokens: 1, microdollars: 51_672, isEstimate: true)
        )
    }

    @Test func `an agent whose key is refused is ended at once, and the fix is said`() async throws {
        try lay("fail-401-api-key", firstLineCount: 2)
        try install("trap 'exit 0' INT; cat first; while :; do sleep 0.05; done")

        let exit = await bench.run(order(worktree: bench.worktree))

        #expect(exit.trouble?.kind == .refusedLogin)
        #expect(
            exit.verdict
                == .interrupted(
                    "claude: HTTP status 401 (authentication_failed): "
                        + "log in with `claude` then `/login`, or set a valid ANTHROPIC_API_KEY"
                )
        )
    }

    @Test func `an agent that never hears from its model is ended, and nobody is to blame`() async throws {
        try install(
            "trap 'exit 0' INT; echo '{\"type\": \"system\", \"subtype\": \"init\"}'; while :; do sleep 0.05; done"
        )
        let impatient = try AgentBench(
            in: place,
            environment: ["PATH": place.appending("bin") + ":/usr/bin:/bin"],
            patience: Patience(silence: .milliseconds(200))
        )

        let exit = await impatient.run(order(worktree: impatient.worktree))

        #expect(exit.trouble?.kind == .stalled)
        guard case .interrupted = exit.verdict else {
            Issue.record("silence counted as \(exit.verdict)")
            return
        }
    }

    @Test func `what stands in an agent's way is told while it still tries`() async throws {
        try lay("retry-429-once", firstLineCount: 2)
        let gate = bench.worktree + "/gate"
        #expect(mkfifo(gate, 0o600) == 0)
        // Without the news of its trouble the agent would wait for ever.
        try install("cat first; timeout 30 head -n 1 gate > line; cat rest")

        let exit = await run(order(worktree: bench.worktree)) { news in
            if case .troubled(let trouble) = news { trouble.kind == .rateLimited } else { false }
        } meanwhile: {
            Self.open(gate)
        }

        #expect(exit.verdict == .completed(evidence: false))
        #expect(exit.trouble == nil)
    }

    @Test func `a second engine adopts a running attempt and counts it once`() async throws {
        try lay("multi-tool", firstLineCount: 3)
        let gate = bench.worktree + "/gate"
        #expect(mkfifo(gate, 0o600) == 0)
        try install("echo run >> count; cat first; timeout 30 head -n 1 gate > line; cat rest")
        let bench = bench
        let order = order(worktree: bench.worktree)
        let second = Lock<AgentExit?>(nil)

        let first = await run(order) { news in
            if case .used = news { true } else { false }
        } meanwhile: {
            let exit = await bench.agents.run(order) { news in
                guard case .used = news else { return }
                Self.open(gate)
            }
            second.withLock { $0 = exit }
        }

        #expect(second.withLock { $0 } == first)
        #expect(
            first.usage.withoutModels == Usage(inputTokens: 39076, outputTokens: 57, microdollars: 157_444, turns: 3)
        )
        #expect(try bench.text("count") == "run\n")
    }

    @Test func `a cancelled call begins nothing, and the next one has it all`() async throws {
        try lay("success", firstLineCount: 0)
        try install("echo run >> count; cat rest")
        let order = order(worktree: bench.worktree)
        let bench = bench

        let cancelled = await withTaskGroup(of: AgentExit.self) { group in
            group.cancelAll()
            group.addTask { await bench.run(order) }
            return await group.next()
        }
        guard case .interrupted? = cancelled?.verdict else {
            Issue.record("a call that was cut off judges: \(String(describing: cancelled))")
            return
        }

        let exit = await bench.run(order)
        #expect(exit.verdict == .completed(evidence: false))
        #expect(exit.usage.withoutModels == Usage(inputTokens: 12912, outputTokens: 4, microdollars: 51_728, turns: 1))
        #expect(try bench.text("count") == "run\n")
    }
}
