import FoundationEssentials
import Glibc
import StrettoCommand
import StrettoConnection
import StrettoCore
import StrettoGit
import StrettoJournal
import StrettoProcess

/// What the commands need that care for runs which are over.
extension Workplace {
    /// The runs that can be gone on with: a discarded one has no branch to merge into; oldest first.
    func runsWithBranch() async throws -> [RunRecord] {
        let names = Set(try await repository.runs().map(\.run))
        return try runs().filter { names.contains($0.id) }
    }

    /// The newest run, if its engine has gone without ending it; nil while an engine is there.
    func abandonedRun() throws -> RunID? {
        guard try liveEngine() == nil, let last = try runs().last, last.outcome == nil else { return nil }
        return last.id
    }

    /// Why there is no engine to talk to, and what to do.
    func noEngine() throws -> Refusal {
        if let run = try abandonedRun() { return Refusal(Self.sentence(ofAbandoned: run)) }
        return Refusal("no run is under way in \(checkout.topLevel): `stretto run PLAN` starts one")
    }

    /// What to do about a run whose engine is gone.
    static func sentence(ofAbandoned run: RunID) -> String {
        "the engine of run \(run) is gone, and its agents may still be at work: `stretto resume` finds them and goes on"
    }

    /// The right to change what an engine would work on; refused while one lives.
    ///
    /// Taking it empties the lock of a dead engine, so that engine's socket goes, too: nobody would know of it afterwards.
    func takeLock(for command: String) throws -> RepositoryLock {
        try FileManager.default.createDirectory(atPath: paths.directory, withIntermediateDirectories: true)
        let last = RepositoryLock.lastHolder(at: paths.lock)
        let lock = try RepositoryLock.take(
            at: paths.lock,
            holder: LockHolder(pid: getpid(), started: now(), command: command)
        )
        if let socket = last?.socket { SocketPath.remove(socket, commonDirectory: checkout.commonDirectory) }
        return lock
    }

    /// The commits that a run's attempts started from; none where the journal does not know the run.
    func bases(of run: RunID) -> [AttemptID: CommitID] {
        var bases: [AttemptID: CommitID] = [:]
        for task in (try? replay(run))?.snapshot(logPath: "")?.tasks ?? [] {
            for attempt in task.attempts {
                bases[AttemptID(task: task.id, number: attempt.number)] =
                    attempt.contribution?.base ?? attempt.worktree?.base
            }
        }
        return bases
    }

    /// The worktrees of a run that nobody works in, to be cleared away.
    func worktrees(of run: RunID) async throws -> GitWorktrees {
        let repository = try await repository
        return GitWorktrees(
            repository: repository,
            run: run,
            base: (try? replay(run))?.spec?.base ?? repository.head,
            worktreesRoot: paths.worktrees,
            enginePaths: []
        )
    }

    /// Throws where an agent of the run still lives under its keeper, with no engine.
    func demandNoAgents(of run: RunID) throws {
        guard let keeper = LivingKeeper.all(below: paths.run(run)).first else { return }
        throw Refusal(
            "an agent of run \(run) still runs under keeper process \(keeper.pid): `stretto resume` takes it up again, "
                + "and without an engine it ends by itself within 10 minutes"
        )
    }
}

/// A question before something goes.
enum Question {
    /// Whether to go on: by `--yes`, or by a person at the terminal.
    /// - Throws: where there is nobody to be asked.
    static func ask(_ text: String, answersYes: Bool) throws -> Bool {
        if answersYes { return true }
        guard isatty(0) == 1, isatty(2) == 1 else {
            throw Refusal("nothing was changed, for there is no terminal to ask at: --yes goes on without asking")
        }
        Output.write("\(text) [y/N] ", to: 2)
        return readLine()?.lowercased().hasPrefix("y") ?? false
    }
}
