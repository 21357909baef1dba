internal import CStrettoProcess
internal import Glibc
internal import StrettoCore

/// Attempts as processes that outlive the engine: each runs under a keeper, and is found again by its directory.
///
/// ```
/// exit.json is there ───────────────────────────────► its answer
/// lock is free, no keeper.json ─► spawn a keeper ──┐
/// lock is free, keeper.json    ─► spawn a keeper,  ├► wait for its end, look again
///                                 which clears up  │
/// lock is held ─► adopt: announce this engine ─────┘
/// ```
package struct Keepers: Sendable {
    private let keeperPath: String
    private let rest: @Sendable (ProcessError, _ count: Int) async -> Void
    private let wishes = Wishes()

    /// Keepers that are killed one after the other are a trouble after so many.
    private static let roundCountMax = 8

    /// The pauses before an attempt is looked at again whose agent may be at work.
    private static let pauses = RetryPolicy(base: .seconds(1), max: .seconds(30))

    /// The longest first answer of a keeper, such as "agent 4194304".
    private static let answerBytesMax = 64

    /// The attempts that are to end, until they have: a request may come before anybody could hear it.
    private final class Wishes: Sendable {
        private let directories = Lock<Set<String>>([])

        func insert(_ directory: String) { directories.withLock { _ = $0.insert(directory) } }

        func remove(_ directory: String) { directories.withLock { _ = $0.remove(directory) } }

        func contains(_ directory: String) -> Bool { directories.withLock { $0.contains(directory) } }
    }

    /// Keepers that run the program at `keeperPath`; see ``KeeperPath/find(environment:)``.
    ///
    /// `rest` is called when an agent may be at work and nothing can be learned of it, with how often that has been so; the
    /// attempt is looked at again when it returns.
    package init(
        keeperPath: String,
        rest: @escaping @Sendable (ProcessError, _ count: Int) async -> Void = { await pause($1) }
    ) {
        self.keeperPath = keeperPath
        self.rest = rest
    }

    /// The usual rest after so many times: 1 second, doubled with each further one, at most 30; shorter where the task is cancelled.
    package static func pause(_ count: Int) async {
        // Cancelled or not, the next look tells.
        try? await ContinuousClock().sleep(for: pauses.pause(afterFailures: count))
    }

    /// Runs the attempt to the end of its last process, however often it is called and however many engines died meanwhile.
    ///
    /// It starts the attempt if nobody ever did, adopts it where its keeper lives, and reads its record where it is over. Cancelling the
    /// surrounding task makes the call return soon and leaves the attempt to its keeper; to end it call ``terminate(directory:)``.
    /// - Parameters:
    ///   - order: read for a start only; the directory alone decides what is found again.
    ///   - started: called at most once, when the agent's process is known; not where the attempt was over already.
    /// - Returns: how it ended. An agent that could not be started is an ending too.
    /// - Throws: where the keeper could not be started or the attempt's directory cannot be used, and no agent of the attempt can be
    ///   at work; and when it was cancelled.
    package func run(
        _ order: KeeperOrder,
        started: @Sendable (_ agentPID: Int32) -> Void
    ) async throws(ProcessError) -> KeeperExit {
        let directory = AttemptDirectory(path: order.directory)
        defer { wishes.remove(order.directory) }
        var isKnown = false
        let tell = { (agent: Int32) in
            if !isKnown { started(agent) }
            isKnown = true
        }
        var count = 0
        while true {
            do throws(ProcessError) {
                return try await look(order, in: directory, started: tell)
            } catch {
                // An end that nobody has proved would let another attempt begin beside this one's agent.
                guard !Task.isCancelled, directory.mayHaveAgent else { throw error }
                count += 1
                await rest(error, count)
            }
        }
    }

    /// Goes through the diagram until the attempt is over.
    private func look(
        _ order: KeeperOrder,
        in directory: AttemptDirectory,
        started: (Int32) -> Void
    ) async throws(ProcessError) -> KeeperExit {
        try directory.make()
        for _ in 0..<Self.roundCountMax {
            if let exit = try directory.readExit() { return exit }
            if Task.isCancelled { throw .cancelled(directory: order.directory) }
            guard let lock = try directory.takeLock() else {
                await adopt(directory, started: started)
                continue
            }
            // A keeper may have written its last word and gone between the two questions.
            if let exit = try directory.readExit() { return exit }
            if wishes.contains(order.directory), directory.readKeeper() == nil { return .neverStarted }
            try await keep(order, in: directory, lock: lock, started: started)
        }
        throw .cannotStart(program: keeperPath, SystemError(EAGAIN))
    }

    /// Asks the attempt to end: SIGINT, SIGTERM, SIGKILL with the order's grace periods; the end comes from ``run(_:started:)``.
    ///
    /// An attempt that is not running yet is not started any more.
    package func terminate(directory: String) {
        wishes.insert(directory)
        AttemptDirectory(path: directory).request("terminate")
    }

    /// Starts a keeper and waits for its end.
    private func keep(
        _ order: KeeperOrder,
        in directory: AttemptDirectory,
        lock: consuming Descriptor,
        started: (Int32) -> Void
    ) async throws(ProcessError) {
        let memory = try inMemory(order)
        let channel = try openChannel()
        let keeper = try await Spawn.start(
            [keeperPath, order.directory],
            directory: "/",
            environment: ProcessEnvironment([:]),
            streams: Spawn.Streams(input: memory.number, output: channel.writing.number, inherited: lock.number)
        )
        // The keeper has all three by now; the lock lives as long as its copy.
        _ = consume memory
        _ = consume channel.writing
        _ = consume lock
        await Reactor.shared.waitUntilReadable(channel.reading.number)
        // Nothing need be there to be read then; the keeper finds out by itself that its engine is gone.
        if Task.isCancelled { return Reactor.shared.reapLater(keeper) }
        let answer = ((try? channel.reading.read(Self.answerBytesMax)) ?? []).split(separator: UInt8(ascii: " "))
        let number = answer.count == 2 ? Int32(String(decoding: answer[1].dropLast(), as: UTF8.self)) : nil
        let word = answer.first.map { String(decoding: $0, as: UTF8.self) }
        if word == "agent", let number {
            started(number)
            if wishes.contains(order.directory) { directory.request("terminate") }
        }
        await Reactor.shared.waitUntilReadable(keeper.pidfd.number)
        if Task.isCancelled { return Reactor.shared.reapLater(keeper) }
        var exit = stretto_exit()
        unsafe stretto_reap(keeper.pid, &exit)
        if word == "failed", let number { throw .cannotStart(program: keeperPath, SystemError(number)) }
    }

    /// Makes this process the engine of a keeper that lives, and waits for the keeper's end.
    private func adopt(_ directory: AttemptDirectory, started: (Int32) -> Void) async {
        guard let record = directory.readKeeper(), let keeper = record.identity.open() else {
            // It is just beginning, or it clears up after one that was killed.
            return await directory.waitForKeeper()
        }
        if let engine = ProcessIdentity.current { directory.request("engine \(engine.pid) \(engine.startTicks)") }
        var agent = record.agentPid
        if agent == nil {
            let number = keeper.number
            await directory.waitForAgent { await Reactor.shared.waitUntilReadable(number) }
            agent = directory.readKeeper()?.agentPid
        }
        if let agent { started(agent) }
        if wishes.contains(directory.path) { directory.request("terminate") }
        await Reactor.shared.waitUntilReadable(keeper.number)
        _ = consume keeper
    }

    /// The order as a file that no disk ever holds, because the environment in it is full of keys.
    private func inMemory(_ order: KeeperOrder) throws(ProcessError) -> Descriptor {
        guard let engine = ProcessIdentity.current else { throw .attemptDirectory(path: "/proc/self", .last) }
        do throws(SystemError) {
            return try Descriptor.inMemory(try order.encoded(engine: engine))
        } catch {
            throw .cannotStart(program: keeperPath, error)
        }
    }

    private func openChannel() throws(ProcessError) -> Pipe {
        do throws(SystemError) { return try Pipe() } catch { throw .cannotStart(program: keeperPath, error) }
    }
}

extension KeeperExit {
    /// An attempt that was told to end before it had begun.
    static let neverStarted = KeeperExit(
        status: .unknown,
        reason: .terminated,
        strayCount: 0,
        survivorCount: 0,
        started: Timestamp(milliseconds: 0),
        ended: Timestamp(milliseconds: 0),
        duration: .zero,
        userTime: .zero,
        systemTime: .zero,
        residentBytesMax: 0
    )
}

/// Where the keeper's program is.
package enum KeeperPath {
    /// The environment variable that names another one.
    package static let variable = "STRETTO_KEEPER"

    /// The program that ``variable`` names, else `stretto-keeper` beside the running program; nil where it is not executable.
    package static func find(environment: [String: String] = Environment.current()) -> String? {
        let path =
            environment[variable] ?? Files.folder(of: Files.linkTarget("/proc/self/exe") ?? "") + "/stretto-keeper"
        return Files.isExecutable(path) ? path : nil
    }
}
