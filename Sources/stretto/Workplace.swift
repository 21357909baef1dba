import FoundationEssentials
import StrettoConnection
import StrettoCore
import StrettoGit
import StrettoJournal
import StrettoProcess

/// The repository that a command works in, and where its engine keeps what it keeps.
struct Workplace {
    let checkout: Checkout
    let paths: StatePaths
    let environment: [String: String]
    private let survey: Survey

    /// What a run could start from; looked at once, and only where it is asked for, because that takes git its time in a large checkout.
    var repository: Repository { get async throws { try await survey.repository() } }

    static func find(
        from directory: String,
        log: @escaping Git.Log = { _ in },
        gate: Git.Gate? = nil
    ) async throws -> Workplace {
        let environment = Environment.current()
        let checkout = try await Checkout.find(from: directory, environment: environment, log: log, gate: gate)
        let paths = try StatePaths(commonDirectory: checkout.commonDirectory, environment: environment)
        return Workplace(checkout: checkout, paths: paths, environment: environment, survey: Survey(of: checkout))
    }

    /// Refuses what only a person may do when an agent of this repository's own runs asks for it.
    ///
    /// The engine refuses agents on its socket; this is the same rule for commands that need no engine.
    func requirePerson(to what: String) throws {
        guard let marker = environment["STRETTO_ATTEMPT"], marker.hasPrefix(paths.directory + "/") else { return }
        throw Refusal("an agent cannot \(what): that is for the person who runs it")
    }

    /// The engine that holds this repository now; nil when none does.
    /// - Throws: where there is one that does not answer: it is stopped, or hangs.
    func liveEngine() throws(Refusal) -> LockHolder? { try connectedEngine()?.holder }

    /// The same with the connection by which that was found out.
    func connectedEngine() throws(Refusal) -> (holder: LockHolder, client: EngineClient)? {
        guard let holder = RepositoryLock.lastHolder(at: paths.lock), let socket = holder.socket,
            SocketPath.isOwn(socket, commonDirectory: checkout.commonDirectory)
        else { return nil }
        // The file outlives its writer: only a socket that somebody listens at is an engine.
        do throws(ConnectionError) {
            return (holder, try EngineClient(connectingTo: socket))
        } catch .noAnswer, .system {
            // The kernel still lets us in, or has no room for more who wait: its process is there.
            throw Refusal(Self.sentence(aboutSilent: holder))
        } catch {
            return nil
        }
    }

    private static func sentence(aboutSilent holder: LockHolder) -> String {
        "the engine (process \(holder.pid)\(holder.run.map { ", run \($0)" } ?? "")) holds this repository but does not answer: "
            + "where it was stopped, `kill -CONT \(holder.pid)` wakes it; where it hangs, `kill -KILL \(holder.pid)` ends it, "
            + "and `stretto resume` then goes on without loss"
    }

    /// Runs of this repository, oldest first; empty where there never was one.
    func runs() throws -> [RunRecord] {
        guard FileManager.default.fileExists(atPath: paths.journal) else { return [] }
        return try Journal.runs(at: paths.journal)
    }

    /// The state of a run as its journal tells it.
    func replay(_ run: RunID) throws -> Scheduler {
        try Journal.replay(of: run, at: paths.journal).scheduler
    }

    /// The event and git log of a run.
    func runLogPath(_ run: RunID) -> String { paths.run(run) + "/run.log" }

    /// A path as it is written into journals and prompts: relative to the root where it lies inside.
    func relativePath(of path: String) -> String {
        let absolute = Self.absolute(path)
        let root = checkout.topLevel + "/"
        return absolute.hasPrefix(root) ? String(absolute.dropFirst(root.count)) : absolute
    }

    /// The plan file of a run, absolute again.
    func absolutePath(ofPlan path: String) -> String {
        path.hasPrefix("/") ? path : checkout.topLevel + "/" + path
    }

    static func absolute(_ path: String) -> String {
        let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        return URL(filePath: whole).standardizedFileURL.path(percentEncoded: false)
    }
}

/// A look at a checkout that is taken once.
private actor Survey {
    private let checkout: Checkout
    private var found: Repository?

    init(of checkout: Checkout) { self.checkout = checkout }

    func repository() async throws -> Repository {
        if let found { return found }
        let repository = try await checkout.survey()
        found = repository
        return repository
    }
}

/// The wall clock.
func now() -> Timestamp {
    Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
}
