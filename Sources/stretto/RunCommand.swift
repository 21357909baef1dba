import FoundationEssentials
import Glibc
import StrettoCommand
import StrettoConnection
import StrettoCore
import StrettoFrontEnd
import StrettoGit
import StrettoJournal
import StrettoPlanFile
import StrettoProcess

/// `run`, `resume` and `attach`: start an engine or find the one that runs, then show it.
enum RunCommand {
    static func run(_ options: RunOptions) async throws -> ExitCode {
        let plan = try PlanCommands.read(options.planPath)
        try checkScope(options.scope, in: plan)
        let place = try await Workplace.find(from: ".")
        let repository = try await place.repository
        if options.isDryRun { return try await dryRun(plan, options, in: place) }
        try place.requirePerson(to: "start a run here")
        if let code = lockedCode(in: place) { return code }

        if let last = try await unfinishedRun(for: options, in: place) {
            if options.base != nil {
                throw Refusal("run \(last.id) goes on from its own base: --fresh starts anew from another one")
            }
            let before = try place.replay(last.id)
            let spec = before.spec
            // An edited plan's budget comes first, and the flags are put on top of that.
            let isEdited = spec?.plan.settings.budget != plan.settings.budget
            let budget = isEdited ? plan.settings.budget : spec?.budget ?? plan.settings.budget
            return try await goOn(
                last,
                after: before,
                with: plan,
                try changes(by: options, of: spec, after: budget, in: plan),
                in: place,
                options.answersYes,
                options.display
            )
        }
        let base = try await base(for: plan, options, in: place)
        let wanted = try await planForNewRun(plan, options, from: base, in: place)
        if options.scope == .all || options.scope == .single, wanted.isOver {
            return nothingToDo(options)
        }
        warn(of: plan, options, from: repository, in: place)
        let open = Set(plan.openTasks)
        let spec = RunSpec(
            id: RunID(""),
            plan: wanted,
            planPath: place.relativePath(of: options.planPath),
            base: base,
            workers: options.workers ?? plan.settings.workers ?? PlanSettings.workersDefault,
            gates: options.gates(over: plan.settings.gates),
            budget: try RunLimits.budget(options.budget, in: plan),
            escalation: try RunLimits.escalation(options.escalation, in: plan),
            scope: options.scope,
            holdsOnFailure: frontEnd(options.display) == .board,
            leavesPlanFile: options.leavesPlanFile,
            doneAgain: wanted.openTasks.filter { !open.contains($0) }
        )
        return try await start(.begin(spec), in: place, options.display)
    }

    static func resume(_ options: ResumeOptions) async throws -> ExitCode {
        let place = try await Workplace.find(from: ".")
        try place.requirePerson(to: "resume a run here")
        if try place.liveEngine() != nil {
            let header = try await ReadCommands.snapshot(in: place).header
            if header.phase == .stopping {
                Output.error("the run is being stopped now, and that cannot be taken back: resume it when it has ended")
            } else if header.phase == .draining || header.fault != nil {
                try await SteerCommand.send(.resumeRun)
            }
            return try await attach(options.display)
        }
        guard let last = try await place.runsWithBranch().last, last.outcome != .finished else {
            throw Refusal("no run waits to be resumed in \(place.checkout.topLevel): `stretto run PLAN` starts one")
        }
        let path = place.absolutePath(ofPlan: last.planPath)
        let plan = FileManager.default.fileExists(atPath: path) ? try PlanCommands.read(path) : nil
        let changes = EngineOrder.Changes(
            holdsOnFailure: frontEnd(options.display) == .board,
            leavesPlanFile: options.leavesPlanFile
        )
        let before = try place.replay(last.id)
        return try await goOn(last, after: before, with: plan, changes, in: place, options.answersYes, options.display)
    }

    static func attach(_ display: DisplayOptions) async throws -> ExitCode {
        // Somebody waits for a screen: what it is to look like is found out while git answers.
        async let settings = boardSettings(display)
        let place = try await Workplace.find(from: ".")
        return try await show(display, try await settings, asViewer: true, in: place) {
            guard let engine = try place.connectedEngine() else { throw try place.noEngine() }
            return engine.client
        }
    }

    // MARK: Before a start

    /// The run of this plan that goes on instead of a new one; nil where a new one begins.
    private static func unfinishedRun(for options: RunOptions, in place: Workplace) async throws -> RunRecord? {
        guard !options.startsFresh, !options.runsAgain, options.scope == .all else { return nil }
        let planPath = place.relativePath(of: options.planPath)
        let last = try await place.runsWithBranch().last { $0.planPath == planPath }
        return last?.outcome == .finished ? nil : last
    }

    private static func nothingToDo(_ options: RunOptions) -> ExitCode {
        let hint = options.runsAgain ? " by a person's word" : "; --again does again what earlier runs did"
        let sentence = "nothing to do: every task of \(options.planPath) is over" + hint
        // Whoever asked for JSON reads nothing else on standard output.
        if frontEnd(options.display) == .json { Output.error(sentence) } else { Output.line(sentence) }
        return .goalMet
    }

    private static func base(
        for plan: Plan,
        _ options: RunOptions,
        in place: Workplace
    ) async throws -> CommitID {
        try await place.repository.resolve(options.base ?? plan.settings.base ?? "HEAD")
    }

    /// The plan with those statuses that count for a run from this base.
    /// - Throws: where a status claims work that is not in the base.
    private static func planForNewRun(
        _ plan: Plan,
        _ options: RunOptions,
        from base: CommitID,
        in place: Workplace
    ) async throws -> Plan {
        let earlier = try EarlierRuns(of: plan, at: place.relativePath(of: options.planPath), in: place)
        let plan = options.runsAgain ? earlier.again(plan) : plan
        switch options.scope {
        case .all, .single:
            try await earlier.demandWork(of: plan, in: base)
            return plan
        case .from(let task):
            // What stands before it counts as done, whatever its status is; it itself is wanted.
            let before = plan.tasks.prefix { $0.id != task }.map { ($0.id, PlanStatus.verified) }
            let wanted = plan.settingStatuses([task: .pending])
            let asked = wanted.settingStatuses(Dictionary(before, uniquingKeysWith: { $1 }))
            try await earlier.demandWork(of: asked, in: base)
            return wanted
        case .only(let tasks):
            // Whoever names a task wants it done, again if need be.
            return plan.settingStatuses(Dictionary(tasks.map { ($0, .pending) }, uniquingKeysWith: { $1 }))
        }
    }

    private static func changes(
        by options: RunOptions,
        of spec: RunSpec?,
        after before: Budget,
        in plan: Plan
    ) throws -> EngineOrder.Changes {
        EngineOrder.Changes(
            workers: options.workers,
            gates: gates(by: options, of: spec, in: plan),
            budget: try RunLimits.budget(options.budget, after: before, in: plan),
            escalation: try RunLimits.escalation(options.escalation, in: plan),
            holdsOnFailure: frontEnd(options.display) == .board,
            leavesPlanFile: options.leavesPlanFile
        )
    }

    /// The gates of a run that goes on; nil where no flag changes them.
    private static func gates(by options: RunOptions, of spec: RunSpec?, in plan: Plan) -> Gates? {
        guard options.preset != nil || options.reviewsPlan else { return nil }
        // An edited plan's gates come first, and the flags are put on top of those.
        let isEdited = spec?.plan.settings.gates != plan.settings.gates
        return options.gates(over: isEdited ? plan.settings.gates : spec?.gates ?? plan.settings.gates)
    }

    /// Goes on with a run that stands as `scheduler` says.
    private static func goOn(
        _ record: RunRecord,
        after scheduler: Scheduler,
        with plan: Plan?,
        _ changes: EngineOrder.Changes,
        in place: Workplace,
        _ answersYes: Bool,
        _ display: DisplayOptions
    ) async throws -> ExitCode {
        var changes = changes
        changes.file = plan
        if plan == nil { try demandNoSecrets(of: scheduler, record) }
        let tasks = scheduler.snapshot(logPath: "")?.tasks ?? []
        let again = scheduler.spec?.doneAgain ?? []
        if let old = scheduler.spec?.plan,
            let plan = plan.map({ old.asAsked(by: $0, tasks, doing: again) }), plan != old
        {
            Output.error("the plan has changed since run \(record.id) last ran:")
            for change in PlanComparison.between(old: old, new: plan) { Output.error("  \(change)") }
            guard answersYes || askToGoOn() else {
                Output.error("nothing was started; `stretto run --fresh` starts the edited plan anew")
                return .stopped
            }
            changes.plan = plan
        }
        let done = tasks.count { $0.state == .done }
        Output.error("continuing run \(record.id) with \(PlainText.counted(done, "task")) done; --fresh starts anew")
        return try await start(.goOn(record.id, changes: changes), in: place, display)
    }

    /// What the journal does not hold must not be needed where the plan file is gone.
    private static func demandNoSecrets(of scheduler: Scheduler, _ record: RunRecord) throws(Refusal) {
        guard let plan = scheduler.spec?.plan else { return }
        let over: [TaskState] = [.done, .skipped, .excluded]
        let open = (scheduler.snapshot(logPath: "")?.tasks ?? []).filter { !over.contains($0.state) }.map(\.id)
        let lacking = plan.tasks.filter { open.contains($0.id) && $0.lacksSecrets }.map(\.id.text)
        guard !lacking.isEmpty || plan.settings.lacksSecrets else { return }
        let who = lacking.isEmpty ? "the setup or the checks of its meta need" : "task \(lacking[0]) needs"
        throw Refusal(
            "\(record.planPath) is gone, and \(who) variables or keys that stood only there: "
                + "put the file back, and `stretto resume` goes on"
        )
    }

    /// Without a terminal nobody can be asked, and what was shown has to do.
    private static func askToGoOn() -> Bool {
        guard isatty(0) == 1, isatty(2) == 1 else { return true }
        Output.write("Go on with the edited plan? [Y/n] ", to: 2)
        let answer = readLine()?.lowercased() ?? "n"
        return answer.isEmpty || answer.hasPrefix("y")
    }

    private static func checkScope(_ scope: RunSpec.Scope, in plan: Plan) throws {
        let named: [TaskID]
        switch scope {
        case .all, .single: named = []
        case .only(let tasks): named = tasks
        case .from(let task): named = [task]
        }
        let known = plan.tasks.map(\.id)
        for task in named where !known.contains(task) {
            let near = NearestName.suggestion(for: task.text, among: known.map(\.text))
            throw Refusal("the plan has no task '\(task)'" + (near.map { ": did you mean '\($0)'?" } ?? ""))
        }
    }

    private static func warn(of plan: Plan, _ options: RunOptions, from repository: Repository, in place: Workplace) {
        // The plan is read from the checkout, so what changed in it is in the run.
        // In the plans of earlier runs Stretto itself writes.
        let plans = [place.relativePath(of: options.planPath)] + ((try? place.runs()) ?? []).map(\.planPath)
        let count = repository.changedPaths.count { !plans.contains($0) }
        if count > 0, options.base == nil, plan.settings.base == nil {
            Output.error(
                "the run starts from \(repository.head.short); your \(count) uncommitted "
                    + "change\(count == 1 ? " is" : "s are") not in it"
            )
        }
    }

    private static func dryRun(
        _ plan: Plan,
        _ options: RunOptions,
        in place: Workplace
    ) async throws -> ExitCode {
        var plan = plan
        if try await unfinishedRun(for: options, in: place) == nil {
            let base = try await base(for: plan, options, in: place)
            plan = try await planForNewRun(plan, options, from: base, in: place)
        }
        let workers = options.workers ?? plan.settings.workers ?? PlanSettings.workersDefault
        let head = try await place.repository.head
        Output.line(
            "\(plan.name): \(Counted.words(plan.tasks.count, "task")), \(Counted.words(workers, "worker")), "
                + "from \(head.short)"
        )
        Output.line("these can start at once:")
        let escalation = try RunLimits.escalation(options.escalation, in: plan)
        ReadyList.lines(PlanCommands.readyTasks(of: plan, scope: options.scope, escalation: escalation)).forEach(
            Output.line
        )
        Output.line("nothing was started and nothing was changed")
        return .goalMet
    }

    private static func lockedCode(in place: Workplace) -> ExitCode? {
        do throws(Refusal) {
            guard let holder = try place.liveEngine() else { return nil }
            Output.error("\(sentence(about: holder)): `stretto attach` shows it")
        } catch {
            Output.error("\(error)")
        }
        return .locked
    }

    private static func sentence(about holder: LockHolder) -> String {
        "run \(holder.run.map(\.text) ?? "?") is under way here (engine process \(holder.pid))"
    }

    // MARK: The start

    private static func start(
        _ work: EngineOrder.Work,
        in place: Workplace,
        _ display: DisplayOptions
    ) async throws -> ExitCode {
        // What keeps the board from opening is told before anything is done that nobody would see.
        let settings = try boardSettings(display)
        do {
            let socket = try await EngineLauncher.start(work, in: place)
            return try await show(display, settings, asViewer: false, in: place) {
                try EngineClient(connectingTo: socket)
            }
        } catch let refused as EngineLauncher.Refused {
            Output.error(refused.text)
            return refused.code
        }
    }

    private static func frontEnd(_ display: DisplayOptions) -> FrontEndChoice {
        let environment = Environment.current()
        return FrontEndChoice.decide(
            display.output,
            in: .init(
                stdinIsTerminal: isatty(0) == 1,
                stdoutIsTerminal: isatty(1) == 1,
                term: environment["TERM"],
                ci: environment["CI"]
            )
        )
    }

    /// What the board needs to know beside the run; nil where it is not to be shown.
    private static func boardSettings(_ display: DisplayOptions) throws -> BoardSettings? {
        frontEnd(display) == .board ? try BoardSettings(display, environment: Environment.current()) : nil
    }

    /// Connects and shows the run on a thread of its own: a session blocks until it is over, and nothing may block the pool.
    private static func show(
        _ display: DisplayOptions,
        _ settings: BoardSettings?,
        asViewer isViewer: Bool,
        in place: Workplace,
        connect: @escaping @Sendable () throws -> EngineClient
    ) async throws -> ExitCode {
        try await withCheckedThrowingContinuation { continuation in
            OwnThread.start {
                let result = Result { try session(with: connect(), display, settings, asViewer: isViewer, in: place) }
                continuation.resume(with: result)
            }
        }
    }

    private static func session(
        with client: EngineClient,
        _ display: DisplayOptions,
        _ settings: BoardSettings?,
        asViewer isViewer: Bool,
        in place: Workplace
    ) throws -> ExitCode {
        // Whoever runs Stretto twice in a row must not meet the first engine in the second run.
        defer { client.waitUntilEngineIsOver() }
        if let settings { return try showBoard(client, display, settings, asViewer: isViewer, in: place) }
        guard frontEnd(display) == .json else { return try lines(client, display, asViewer: isViewer) }
        var session = LineSession(client, isViewer: isViewer, style: .json, zone: LocalTime.zone(), now: now)
        return try session.run()
    }

    private static func lines(
        _ client: EngineClient,
        _ display: DisplayOptions,
        asViewer isViewer: Bool,
        from snapshot: RunSnapshot? = nil
    ) throws -> ExitCode {
        let style = PlainStyle.decide(
            display.color,
            stdoutIsTerminal: isatty(1) == 1,
            environment: Environment.current()
        )
        var session = LineSession(
            client,
            isViewer: isViewer,
            style: .plain(style),
            snapshot: snapshot,
            zone: LocalTime.zone(),
            now: now
        )
        return try session.run()
    }

    private static func showBoard(
        _ client: EngineClient,
        _ display: DisplayOptions,
        _ settings: BoardSettings,
        asViewer isViewer: Bool,
        in workplace: Workplace
    ) throws -> ExitCode {
        // They are found on the shell's screen again when the board is left.
        settings.keys.problems.forEach(Output.error)
        let place = BoardSession.Place(
            zone: settings.zone,
            lines: settings.lines,
            environment: settings.environment,
            secrets: workplace.knownSecrets,
            keys: settings.keys.keymap,
            complaint: settings.keys.complaint
        )
        let session = try BoardSession(
            client,
            isViewer: isViewer,
            look: settings.look,
            place: place,
            plans: workplace.planDesk,
            now: now
        )
        switch try session.run() {
        case .over(let outcome, let snapshot):
            if let snapshot { RunSummary.lines(snapshot, outcome: outcome, now: now()).forEach(Output.line) }
            return outcome.exitCode
        case .left:
            Output.line("the run goes on without a screen: `stretto attach` shows it, `stretto stop` ends it")
            return .goalMet
        case .leftStopping(let snapshot):
            return try lines(client, display, asViewer: isViewer, from: snapshot)
        }
    }
}
