import FoundationEssentials
import Glibc
import StrettoBuilders
import StrettoConnection
import StrettoCore
import StrettoEngine
import StrettoGit
import StrettoJournal
import StrettoPlanFile
import StrettoProcess
import Synchronization

/// The engine as a process of its own: it holds the repository's lock, answers on the socket, and outlives every screen.
enum EngineProcess {
    typealias Engine = RunEngine<EngineClock>

    /// How long agents go on when their engine has died: long enough to start it again, short enough that nothing runs
    /// on for a night that nobody watches.
    private static let engineAwayGrace = Duration.seconds(600)

    /// After how many entries a snapshot is due, for tests; docs/testing.md describes it.
    private static let snapshotVariable = "STRETTO_DEBUG_SNAPSHOTS"

    /// Runs the order to the end of its run.
    static func main(orderPath: String) async -> ExitCode {
        Memory.limitHeaps()
        do {
            let order = try EngineOrder.read(orderPath)
            // It may have come that way, and nothing else needs to see it.
            let null = open("/dev/null", O_RDONLY)
            dup2(null, 0)
            close(null)
            return try await run(order)
        } catch let error as RepositoryLockError {
            return refuse(error.exitCode, "\(error)")
        } catch {
            return refuse(.error, "\(error)")
        }
    }

    /// The starter reads one line and turns away; whoever writes to it later must not be ended by that.
    private static func greet(_ greeting: EngineGreeting) {
        let bytes = Array((greeting.line + "\n").utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
        let null = open("/dev/null", O_WRONLY)
        dup2(null, 1)
        close(null)
    }

    private static func refuse(_ code: ExitCode, _ text: String) -> ExitCode {
        greet(.refused(code, text))
        return code
    }

    private static func run(_ order: EngineOrder) async throws -> ExitCode {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGHUP, SIG_IGN)
        // A file that may not grow is an error to wait with, not an end.
        signal(SIGXFSZ, SIG_IGN)
        let publisher = Publisher()
        let fault = try FaultPoint.named(in: Environment.current())
        let place = try await Workplace.find(
            from: order.repository,
            log: { publisher.log($0) },
            gate: fault?.gitGate
        )
        try FileManager.default.createDirectory(atPath: place.paths.directory, withIntermediateDirectories: true)
        var holder = LockHolder(pid: getpid(), started: now(), command: "stretto engine")
        let lock = try RepositoryLock.take(at: place.paths.lock, holder: holder)
        try await place.repository.settleOrphans()
        await Cleaning(place: place).removeRemains()
        LeftOrders.remove(below: place.paths.runs)

        let beginning = try await RunBeginning.of(order.work, in: place)
        let run = beginning.spec.id
        try FileManager.default.createDirectory(atPath: place.paths.run(run), withIntermediateDirectories: true)
        let runLog = RunLog(path: place.runLogPath(run))
        publisher.open(runLog)
        let journal = try await Journal.open(
            at: place.paths.journal,
            for: run,
            snapshotEntriesMin: place.environment[snapshotVariable].flatMap { Int($0) }
        )
        let engine = try await engine(of: beginning, in: place, journal, publisher, fault)
        let socket = try SocketPath.prepare(
            commonDirectory: place.checkout.commonDirectory,
            environment: place.environment
        )
        let server = try listen(at: socket, for: engine, publisher)
        publisher.open(server)
        let statuses = try statusWriter(of: beginning, in: place, publisher)
        if let statuses { publisher.open(statuses) }
        holder.run = run
        holder.socket = socket
        try lock.write(holder)
        Terminations.watch { engine.submit(.stopRun(.now)) { _ in } }
        greet(.ready(socket: socket))

        let outcome = await engine.run(after: beginning.replay, then: beginning.events)
        await statuses?.finish()
        // A journal that cannot be written has been told to everybody already.
        try? await journal.markEnded(run, outcome: outcome, at: now())
        // Everything into the one file, so that whoever copies or moves it has all of it.
        await journal.close()
        await server.close(outcome)
        runLog.writeProcessorTime()
        withExtendedLifetime(lock) {}
        return outcome.exitCode
    }

    private static func engine(
        of beginning: RunBeginning,
        in place: Workplace,
        _ journal: Journal,
        _ publisher: Publisher,
        _ fault: FaultPoint?
    ) async throws -> Engine {
        let spec = beginning.spec
        guard let keeperPath = KeeperPath.find(environment: place.environment) else {
            throw Refusal("stretto-keeper is not beside this program: `stretto doctor` tells how to mend that")
        }
        let worktrees = GitWorktrees(
            repository: try await place.repository,
            run: spec.id,
            base: spec.base,
            worktreesRoot: place.paths.worktrees,
            enginePaths: [GitWorktrees.handoffPath, spec.planPath],
            writtenByEngine: beginning.leavesPlanFile ? [] : [place.absolutePath(ofPlan: spec.planPath)],
            spares: SparePolicy(countMax: spec.workers)
        )
        try await worktrees.open()
        let agents = BuilderAgents(
            run: spec.id,
            repository: place.checkout.topLevel,
            attemptsRoot: place.paths.run(spec.id),
            environment: place.environment,
            keepers: keepers(keeperPath, publisher),
            engineAwayGrace: engineAwayGrace,
            prices: try PriceList.load(environment: place.environment)
        )
        let checks = ShellChecks(environment: place.environment, repository: place.checkout.commonDirectory)
        return Engine(
            journal: fault.map { FaultyJournal(journal: journal, fault: $0) } ?? journal,
            worktrees: worktrees,
            agents: fault.map { FaultyAgents(agents: agents, fault: $0) } ?? agents,
            checks: fault.map { FaultyChecks(checks: checks, fault: $0) } ?? checks,
            clock: try EngineClock(environment: place.environment),
            now: now,
            logPath: place.runLogPath(spec.id),
            publish: { publisher.publish($0) }
        )
    }

    private static func keepers(_ path: String, _ publisher: Publisher) -> Keepers {
        Keepers(keeperPath: path) { error, count in
            if count == 1 {
                let text = "\(error). An agent may be at work there, so its task waits until that can be told"
                publisher.tell(Notice(time: now(), level: .attention, word: "agent", text: text))
            }
            await Keepers.pause(count)
        }
    }

    /// Nil where the plan file is to be left alone.
    private static func statusWriter(
        of beginning: RunBeginning,
        in place: Workplace,
        _ publisher: Publisher
    ) throws(SystemError) -> StatusWriter? {
        guard !beginning.leavesPlanFile else { return nil }
        let file = StatusFile(
            path: place.absolutePath(ofPlan: beginning.spec.planPath),
            plan: beginning.plan.asInFile,
            scratchDirectory: place.paths.directory
        )
        return try StatusWriter(file) { text in
            publisher.tell(Notice(time: now(), level: .attention, word: "plan", text: text))
        }
    }

    private static func listen(
        at path: String,
        for engine: Engine,
        _ publisher: Publisher
    ) throws -> ConnectionServer {
        try ConnectionServer(
            path: path,
            handlers: ConnectionHandlers(
                command: { command, reply in
                    engine.submit(command) { refusal in
                        // Before the news of it, so that statuses go to tasks that the file has.
                        if refusal == nil, case .revisePlan(let plan) = command { publisher.adopt(plan.asInFile) }
                        reply(refusal)
                    }
                },
                diff: { task, reply in engine.requestDiff(of: task, reply: reply) },
                plan: { reply in engine.requestPlan(reply: reply) }
            )
        )
    }
}

/// Where an engine's news go: the run's log and the connected front ends, each from the moment it is there.
private final class Publisher: Sendable {
    private struct State {
        var runLog: RunLog?
        var server: ConnectionServer?
        var statuses: StatusWriter?
        /// Of the last update.
        var header: RunHeader?
    }

    private let state = Mutex(State())

    func open(_ runLog: RunLog) { state.withLock { $0.runLog = runLog } }
    func open(_ server: ConnectionServer) { state.withLock { $0.server = server } }
    func open(_ statuses: StatusWriter) { state.withLock { $0.statuses = statuses } }
    func log(_ call: GitCall) { state.withLock { $0.runLog }?.write(call) }

    func adopt(_ plan: Plan) { state.withLock { $0.statuses }?.adopt(plan) }

    func publish(_ update: RunUpdate) {
        let statuses = state.withLock { state in
            let isFirst = state.header == nil
            state.header = update.header
            state.runLog?.write(update.notices)
            if isFirst {
                // The first update of an engine is a whole one, so it makes a snapshot.
                let handoff = update.handoff ?? ""
                let snapshot = RunSnapshot(header: update.header, tasks: update.tasks, handoff: handoff)
                state.server?.start(snapshot, notices: update.notices)
            } else {
                state.server?.publish(update)
            }
            return state.statuses
        }
        statuses?.note(update.tasks, update.header)
    }

    /// A line of which the engine's core knows nothing; under the lock, so that no update comes in between with a newer header.
    func tell(_ notice: Notice) {
        state.withLock { state in
            state.runLog?.write([notice])
            guard let header = state.header else { return }
            state.server?.publish(RunUpdate(header: header, notices: [notice]))
        }
    }
}
