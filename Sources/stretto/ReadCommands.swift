import FoundationEssentials
import Glibc
import StrettoBuilders
import StrettoCommand
import StrettoConnection
import StrettoCore
import StrettoGit
import StrettoJournal
import StrettoProcess
import StrettoTerminal

/// `status`, `log` and `diff`: what is known of the last run, from its engine or, when none runs, from its journal.
enum ReadCommands {
    static func status(_ format: DocumentFormat) async throws -> ExitCode {
        let place = try await Workplace.find(from: ".")
        let snapshot = try await snapshot(in: place)
        // Without an engine nothing moves, whatever the journal says last.
        if let run = try? place.abandonedRun() { Output.error(Workplace.sentence(ofAbandoned: run)) }
        // One that lives was not given up, and git need not be asked.
        let isLive = ((try? place.liveEngine()) ?? nil) != nil
        if !isLive, try await place.repository.discardedRuns().contains(snapshot.header.run) {
            Output.error("run \(snapshot.header.run) was given up: `stretto discard --undo` brings its branch back")
        }
        switch format {
        case .json: try Output.json(StatusDocument(snapshot, now: now()))
        case .text:
            let style = PlainStyle.decide(
                .auto,
                stdoutIsTerminal: isatty(1) == 1,
                environment: Environment.current()
            )
            StatusTable.lines(snapshot, now: now(), style: style).forEach(Output.line)
        }
        return .goalMet
    }

    static func diff(_ task: TaskID) async throws -> ExitCode {
        let place = try await Workplace.find(from: ".")
        let snapshot = try await snapshot(in: place)
        Output.write(try await diff(of: try find(task, in: snapshot), of: snapshot.header.run, in: place), to: 1)
        return .goalMet
    }

    static func review(_ task: TaskID) async throws -> ExitCode {
        let place = try await Workplace.find(from: ".")
        let snapshot = try await snapshot(in: place)
        let known = try find(task, in: snapshot)
        try ReviewText.lines(known).forEach(Output.line)
        Output.line("diff:")
        let text = Array(try await diff(of: known, of: snapshot.header.run, in: place).utf8)
        var filter = isatty(1) == 1 ? TerminalFilter() : nil
        _ = Output.write(filter?.pass(text) ?? text, to: 1)
        return .goalMet
    }

    private static func diff(of task: TaskSnapshot, of run: RunID, in place: Workplace) async throws -> String {
        guard let contribution = task.contributed?.contribution else {
            throw Refusal("\(task.id) has no kept work yet: `stretto log \(task.id)` shows what it does")
        }
        let worktrees = GitWorktrees(
            repository: try await place.repository,
            run: run,
            base: contribution.base,
            worktreesRoot: place.paths.worktrees,
            enginePaths: []
        )
        return await worktrees.diff(contribution, bytesMax: 64 << 20)
    }

    static func log(_ options: LogOptions) async throws -> ExitCode {
        let place = try await Workplace.find(from: ".")
        let snapshot = try await snapshot(in: place)
        guard let task = options.task else {
            try printRunLog(place.runLogPath(snapshot.header.run), options, in: place)
            return .goalMet
        }
        let known = try find(task, in: snapshot)
        let attempt =
            options.attempt.map { number in known.attempts.first { $0.number == number } } ?? known.attempts.last
        guard let attempt else {
            let count = known.attempts.count
            throw Refusal("\(task) has \(count == 0 ? "no attempt" : "\(count) attempts"), so there is no such log")
        }
        guard let process = attempt.process else {
            throw Refusal("attempt \(attempt.number) of \(task) has no output yet")
        }
        let builder = options.isRaw ? .command : attempt.builder
        let output = options.isRaw ? nil : attempt.output
        let renderer = TranscriptRenderer(builder: builder, output: output)
        let secrets = place.knownSecrets
        try print(process.outputPath, renderer, secrets, follows: options.follows)
        if !options.follows {
            try print(process.errorPath, TranscriptRenderer(builder: .command), secrets, follows: false)
        }
        return .goalMet
    }

    /// The run's log grows as long as its engine lives, so whoever follows it is released then; without one it is whole.
    private static func printRunLog(_ path: String, _ options: LogOptions, in place: Workplace) throws {
        let renderer = TranscriptRenderer(builder: .command)
        guard options.follows, let holder = (try? place.liveEngine()) ?? nil,
            let engine = ProcessIdentity(pid: holder.pid)?.open()
        else { return try print(path, renderer, .none, follows: false) }
        try print(path, renderer, .none, follows: true, untilReadable: engine.number)
        _ = consume engine
    }

    /// Prints a log; followed, until what `end` stands for is over, or until Ctrl-C, as `tail -f` does.
    private static func print(
        _ path: String,
        _ renderer: TranscriptRenderer,
        _ secrets: KnownSecrets,
        follows: Bool,
        untilReadable end: Int32? = nil
    ) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw Refusal("\(path) is gone: `stretto prune` takes the logs of runs that are over")
        }
        var renderer = renderer
        let follower = try LogFollower()
        try follower.follow(path, tailBytesMax: .max)
        let poller = Poller()
        let watched = ([follower.descriptor] + [end].compactMap(\.self)).map { Poller.Interest($0) }
        var cover = SecretCover(secrets)
        var filter = isatty(1) == 1 ? TerminalFilter() : nil
        var isGrowing = follows
        while true {
            while true {
                let chunk = follower.readNew(path, bytesMax: 64 << 10)
                guard !chunk.isEmpty else { break }
                let text = cover.cover(renderer.render(chunk))
                guard Output.write(filter?.pass(text) ?? text, to: 1) else { return }
            }
            guard isGrowing else {
                _ = Output.write(cover.cover(renderer.finish()), to: 1)
                return
            }
            // What was written before the end is read after it.
            if poller.wait(for: watched).contains(where: { $0.descriptor == end }) { isGrowing = false }
            _ = follower.takeChanges()
        }
    }

    // MARK: Where the answers come from

    static func snapshot(in place: Workplace) async throws -> RunSnapshot {
        do throws(Refusal) {
            if let engine = try place.connectedEngine() { return try snapshot(from: engine.client) }
        } catch {
            // What the journal says is true all the same.
            Output.error("\(error)")
        }
        guard let last = try place.runs().last,
            let snapshot = try place.replay(last.id).snapshot(logPath: place.runLogPath(last.id))
        else { throw Refusal("no run has been here yet: `stretto run PLAN` starts one") }
        return snapshot
    }

    private static func snapshot(from client: EngineClient) throws(Refusal) -> RunSnapshot {
        do {
            while let message = try client.next(timeout: .seconds(30)) {
                if case .snapshot(let snapshot) = message { return snapshot }
            }
        } catch {
            throw Refusal("\(error)")
        }
        throw Refusal("the engine did not answer within 30 s: what follows is from its journal")
    }

    private static func find(_ task: TaskID, in snapshot: RunSnapshot) throws -> TaskSnapshot {
        if let found = snapshot.tasks.first(where: { $0.id == task }) { return found }
        let near = NearestName.suggestion(for: task.text, among: snapshot.tasks.map(\.id.text))
        throw Refusal(
            "run \(snapshot.header.run) has no task '\(task)'" + (near.map { ": did you mean '\($0)'?" } ?? "")
        )
    }
}
