import FoundationEssentials
import Glibc
import StrettoBuilders
import StrettoConnection
import StrettoCore
import StrettoEngine
import StrettoGit
import StrettoJournal
import StrettoProcess
import Synchronization

/// The engine as a process of its own: it holds the repository's lock, answers on the socket, and outlives every screen.
enum EngineProcess {
    typealias Engine = RunEngine<SuspendingClock>

    /// How long agents go on when their engine has died: long enough to start it again, short enough that nothing runs
    /// on for a night that nobody watches.
    private static let engineAwayGrace = Duration.seconds(600)

    /// Runs the order to the end of its run.
    static func main(orderPath: String) async -> ExitCode {
        do {
            let order = try EngineOrder.take(from: orderPath)
            return try await run(order)
        } catch let error as RepositoryLockError {
            return refuse(.locked, "\(error)")
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
        let log = Mutex<RunLog?>(nil)
        let place = try await Workplace.find(from: order.repository) { call in log.withLock { $0 }?.write(call) }
        try FileManager.default.createDirectory(atPath: place.paths.directory, withIntermediateDirectories: true)
        var holder = LockHolder(pid: getpid(), started: now(), command: "stretto engine")
        let lock = try RepositoryLock.take(at: place.paths.lock, holder: holder)

        let plan = try await RunBeginning.of(order.work, in: place)
        let runFolder = place.paths.run(plan.spec.id)
        try FileManager.default.createDirectory(atPath: runFolder, withIntermediateDirectories: true)
        let runLog = RunLog(path: runFolder + "/run.log")
        log.withLock { $0 = runLog }

        let journal = try await Journal.open(at: place.paths.journal, for: plan.spec.id)
        let worktrees = GitWorktrees(
            repository: place.repository,
            run: plan.spec.id,
            base: plan.spec.base,
            worktreesRoot: place.paths.worktrees,
            enginePaths: [GitWorktrees.handoffPath, plan.spec.planPath]
        )
        try await worktrees.open()

        guard let keeperPath = KeeperPath.find(environment: place.environment) else {
            throw Refusal("stretto-keeper is not beside this program: `stretto doctor` tells how to mend that")
        }
        let agents = BuilderAgents(
            run: plan.spec.id,
            repository: place.repository.topLevel,
            attemptsRoot: runFolder,
            environment: place.environment,
            keepers: Keepers(keeperPath: keeperPath),
            engineAwayGrace: engineAwayGrace
        )
        let server = Mutex<ConnectionServer?>(nil)
        let isFirst = Atomic(true)
        let engine = Engine(
            journal: journal,
            worktrees: worktrees,
            agents: agents,
            checks: ShellChecks(environment: place.environment),
            clock: SuspendingClock(),
            now: now,
            logPath: runFolder + "/run.log",
            publish: { update in
                runLog.write(update.notices)
                guard let server = server.withLock({ $0 }) else { return }
                // The first update of an engine is a whole one.
                if let handoff = update.handoff, isFirst.exchange(false, ordering: .relaxed) {
                    server.start(RunSnapshot(header: update.header, tasks: update.tasks, handoff: handoff))
                }
                server.publish(update)
            }
        )
        let socket = try SocketPath.prepare(
            commonDirectory: place.repository.commonDirectory,
            environment: place.environment
        )
        let listening = try ConnectionServer(
            path: socket,
            handlers: ConnectionHandlers(
                command: { command, reply in engine.submit(command, reply: reply) },
                diff: { task, reply in engine.requestDiff(of: task, reply: reply) }
            )
        )
        server.withLock { $0 = listening }
        holder.run = plan.spec.id
        holder.socket = socket
        try lock.write(holder)
        Terminations.watch { engine.submit(.stopRun(.now)) { _ in } }
        greet(.ready(socket: socket))

        let outcome = await engine.run(replaying: plan.entries, then: plan.events)
        // A journal that cannot be written has been told to everybody already.
        try? await journal.markEnded(plan.spec.id, outcome: outcome, at: now())
        await listening.close(outcome)
        withExtendedLifetime(lock) {}
        return outcome.exitCode
    }
}

/// What a run begins with: its definition, what its journal already holds, and the first events.
struct RunBeginning {
    var spec: RunSpec
    var entries: [JournalEntry]
    var events: [Event]

    static func of(_ work: EngineOrder.Work, in place: Workplace) async throws -> RunBeginning {
        switch work {
        case .begin(var spec):
            spec.id = try freshID(for: spec.plan.name, in: place)
            return RunBeginning(spec: spec, entries: [], events: [.opened(spec)])
        case .goOn(let run, let revised, let holdsOnFailure):
            let entries = try Journal.entries(of: run, at: place.paths.journal)
            var scheduler = Scheduler()
            for entry in entries { _ = scheduler.handle(entry.event, at: entry.time) }
            guard let spec = scheduler.spec else { throw Refusal("the journal of run \(run) has no beginning") }
            // Attendance comes first where the run is over, so that going on cannot end it again at once.
            let attendance = Event.attendanceBegan(holdsOnFailure: holdsOnFailure)
            let revision = revised.map { [Event.planRevised($0)] } ?? []
            let isOver = scheduler.outcome != nil
            let events = isOver ? revision + [attendance, .runResumed] : [.recovered] + revision + [attendance]
            return RunBeginning(spec: spec, entries: entries, events: events)
        }
    }

    /// The plan's name as a branch can bear it, with the first number that no run has.
    private static func freshID(for name: String, in place: Workplace) throws -> RunID {
        let letters = name.lowercased().unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                ? Character(scalar) : "-"
        }
        let words = String(letters).split(separator: "-").joined(separator: "-").prefix(40)
        let slug = words.isEmpty ? "run" : String(words)
        let taken = Set(try place.runs().map(\.id.text))
        let number = (1...).first { !taken.contains("\(slug)-\($0)") } ?? 1
        return RunID("\(slug)-\(number)")
    }
}

/// Being asked to end by a signal, on a thread of its own, because the pool's threads take none.
enum Terminations {
    /// Keeps the signals from every thread that is started later; to be called first of all.
    static func block() {
        var signals = awaited
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    static func watch(_ body: @escaping @Sendable () -> Void) {
        let watch = Watch(signals: awaited, body: body)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(watch).toOpaque()
        pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                let watch = Unmanaged<Watch>.fromOpaque(context).takeRetainedValue()
                while true {
                    var number: Int32 = 0
                    guard sigwait(&watch.signals, &number) == 0 else { continue }
                    watch.body()
                }
            },
            context
        )
        pthread_detach(thread)
    }

    private static var awaited: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        return signals
    }

    private final class Watch {
        var signals: sigset_t
        let body: @Sendable () -> Void

        init(signals: sigset_t, body: @escaping @Sendable () -> Void) {
            self.signals = signals
            self.body = body
        }
    }
}
