internal import Glibc
internal import StrettoBoard
internal import StrettoCommand
package import StrettoConnection
package import StrettoCore
internal import StrettoMarkdown
internal import StrettoProcess
internal import StrettoTerminal

/// Shows a run on the board until the person leaves or the engine ends.
///
/// One thread, one `poll` over the terminal, the signals, the engine's socket and the followed files. Nothing else can
/// happen here, so nothing has to be locked.
package struct BoardSession: ~Copyable {
    /// Frames that nobody asked for by a key come at most this often, from beginning to beginning.
    private static let outputFrameInterval = Duration.milliseconds(33)
    /// The frame at which a board whose crash is asked for crashes.
    private static let crashFrame = 3

    private let client: EngineClient
    private let isViewer: Bool
    private let now: () -> Timestamp
    private let clock = ContinuousClock()
    private let poller = Poller()
    private let signals: Signals
    private var screen: Screen
    private var state: BoardState
    private var decoder = KeyDecoder()
    /// When the rest of a sequence that the decoder has begun is waited for no longer.
    private var inputDue: ContinuousClock.Instant?
    private var owed: OwedAnswers
    private var logs: FollowedLogs
    private let mail: BoardMail
    private let reader: LogReader
    private let clipboard: Clipboard
    private let place: Place
    private var plain: PlainStream
    /// The board is left for a while, and events are told as lines.
    private var isAside = false
    private var frameLog: FrameLog?
    private var script: BoardScript?
    /// A script has said how large the screen is.
    private var hasOwnSize = false
    private var lastFrame: ContinuousClock.Instant
    private var wantsFrame = true
    /// Not before the first snapshot, which mostly is on its way: a frame that says nothing would only hold it up.
    private var wantsFrameAtOnce = false
    private var lastID = 0
    private var diffs: [Int: TaskID] = [:]
    /// Commands that the engine has not answered.
    private var commands: [Int: Command] = [:]
    private let plans: PlanDesk
    private var outcome: Outcome?
    private var ending: Ending?
    private var snapshot: RunSnapshot?
    private var frameCount = 0
    /// For the tests of what a crash leaves behind; see docs/testing.md.
    private let crashes: Bool

    /// Takes the terminal over.
    ///
    /// A viewer only looks at a run that somebody else began: a signal that ends it ends nothing else.
    package init(
        _ client: EngineClient,
        isViewer: Bool,
        look: Look,
        place: Place,
        plans: PlanDesk,
        now: @escaping () -> Timestamp
    ) throws {
        let script = try BoardScript(environment: place.environment)
        let frameLog = try FrameLog(environment: place.environment)
        // Before the screen, so that whatever ends us from here on puts the terminal back.
        let signals = try Signals()
        let logs = try FollowedLogs(place.secrets)
        let mail = try BoardMail()
        let reader = try LogReader(mail, place.secrets)
        let theme = look.themes.choice?.theme ?? .slateHarbor
        var screen = try look.screen(theme, environment: place.environment)
        var questions: [TerminalRequest] = [.synchronizedUpdates]
        if look.glyphs != .ascii { questions.append(.ambiguousWidth) }
        // Nothing waits for the answer: the frame is there by then, and is painted anew where it should be light.
        if look.themes.followsTerminal { questions.append(.backgroundColor) }
        for question in questions { try screen.send(question) }
        try screen.send(.mouse(true))
        self.client = client
        self.isViewer = isViewer
        self.plans = plans
        self.now = now
        self.signals = signals
        self.logs = logs
        self.mail = mail
        self.reader = reader
        clipboard = Clipboard(environment: place.environment)
        self.place = place
        plain = PlainStream(zone: place.zone, style: place.lines)
        self.script = script
        self.frameLog = frameLog
        crashes = place.environment["STRETTO_DEBUG_CRASH"] == "board"
        state = BoardState(
            snapshot: nil,
            glyphs: look.glyphs,
            size: screen.currentSize(),
            now: now(),
            themes: look.themes,
            reading: MarkdownReader.read
        )
        state.zone = place.zone
        state.saveFolder = LogSaver.folder(environment: place.environment)
        state.keymap = place.keys
        if let complaint = place.complaint { state.complain(complaint) }
        self.screen = screen
        lastFrame = clock.now
        owed = OwedAnswers(count: questions.count, at: lastFrame)
    }

    /// Runs the board; the terminal is as it was when this returns or throws.
    package consuming func run() throws -> Ending {
        do {
            // The snapshot may have come with the greeting, and then nothing more wakes us for it.
            try readEngine()
            send(.beginAttendance)
            while ending == nil { try turn() }
        } catch TerminalError.hungUp {
            // Whoever closed the terminal did not ask the work to end.
            ending = .left
        }
        // An approval that could still be taken back counts when the board goes.
        for action in state.leave() { if case .send(let command) = action { send(command) } }
        screen.suspend()
        return ending ?? .left
    }

    /// Draws what is due, sleeps until something happens, and takes it.
    private mutating func turn() throws {
        // Not only when its descriptor says so: what came with the greeting, or while something was sent, has been taken from there already.
        try readEngine()
        for input in try logs.show(state.wantedLogs) { try take(input) }
        logs.showTimes(of: state.showsTimes ? state.wantedLogs : [])
        try drawIfDue()
        if try followScript() { return }
        let ready = poller.wait(for: interests, timeout: timeout)
        for readiness in ready { try serve(readiness) }
        try takeWhatIsDue()
    }

    // MARK: Waiting

    private var interests: [Poller.Interest] {
        var interests = [
            Poller.Interest(screen.descriptor, forWriting: screen.wantsToWrite), Poller.Interest(signals.descriptor),
            Poller.Interest(mail.descriptor),
        ]
        if let interest = logs.interest(at: clock.now) { interests.append(interest) }
        if outcome == nil { interests.append(Poller.Interest(client.descriptor)) }
        return interests
    }

    /// The time until something is due that no descriptor tells; nil: nothing.
    private var timeout: Duration? {
        if client.mayHaveMore { return .zero }
        let instant = clock.now
        var waits: [Duration] = []
        if let inputDue { waits.append(inputDue - instant) }
        // A terminal that takes nothing says itself when it does again.
        if wantsFrame, !screen.wantsToWrite, !isAside { waits.append(Self.outputFrameInterval - (instant - lastFrame)) }
        if let wait = logs.wait(at: instant) { waits.append(wait) }
        if let deadline = state.nextDeadline { waits.append(deadline.since(now())) }
        return waits.min().map { max(.zero, $0) }
    }

    /// What time alone brings; checked after every wait, because a flood of output would keep a quiet moment from ever coming.
    private mutating func takeWhatIsDue() throws {
        let instant = clock.now
        if let inputDue, instant >= inputDue { try press(decoder.timeout()) }
        if logs.wait(at: instant) == .zero { try readLogs() }
        if let deadline = state.nextDeadline, deadline <= now() { try take(.tick) }
    }

    private mutating func serve(_ readiness: Poller.Readiness) throws {
        switch readiness.descriptor {
        case signals.descriptor:
            for signal in signals.read() { try take(signal: signal) }
        case screen.descriptor:
            if readiness.isWritable { try screen.flush() }
            if readiness.isReadable { try press(decoder.decode(try screen.read())) }
            // The terminal is gone: read no more of it, and leave the run alone.
            if readiness.isHungUp { ending = .left }
        case mail.descriptor:
            for input in mail.take() {
                try take(input)
                // Somebody pressed a key for these lines.
                if case .logAnswer(_, .lines) = input { wantsFrameAtOnce = true }
            }
        // The next turn begins with it.
        case client.descriptor:
            break
        default:
            try readLogs()
        }
    }

    // MARK: Drawing

    private mutating func drawIfDue() throws {
        let isDue = wantsFrame && clock.now - lastFrame >= Self.outputFrameInterval
        // A terminal that has not taken the last frame gets the newest state later, never a queue of old ones.
        guard wantsFrameAtOnce || isDue, !screen.wantsToWrite, !isAside else { return }
        frameCount += 1
        if crashes, frameCount == Self.crashFrame { fatalError("the crash that STRETTO_DEBUG_CRASH asks for") }
        let begin = clock.now
        let statistics = try screen.draw(state.frame())
        guard !statistics.isSkipped else { return }
        frameLog?.write(rows: statistics.changedRows, bytes: statistics.bytes, begin: begin)
        lastFrame = begin
        wantsFrame = false
        wantsFrameAtOnce = false
    }

    // MARK: Input

    private mutating func press(_ keys: [Key]) throws {
        let instant = clock.now
        inputDue = owed.patience(decoder.patience, at: instant).map { instant + $0 }
        for key in keys {
            if case .reply(let reply) = key {
                owed.take()
                try hear(reply)
            } else if isAside {
                try pressAside(key)
            } else {
                try take(.key(key))
            }
        }
        wantsFrameAtOnce = true
    }

    private mutating func hear(_ reply: TerminalReply) throws {
        switch reply {
        case .mode(2026, state: let state): screen.synchronizesUpdates = (1...3).contains(state)
        case .background(let red, let green, let blue): try take(.background(RGB(red, green, blue)))
        // The glyph took two cells: every frame with such glyphs would be torn.
        case .cursor(column: 2, row: 1): try take(.glyphs(.ascii))
        default: break
        }
    }

    private mutating func take(signal: Int32) throws {
        switch signal {
        case SIGWINCH:
            if !hasOwnSize { try adopt(screen.currentSize()) }
        case SIGINT:
            try press([.control("c")])
        case SIGTSTP:
            try perform(.suspend)
        // Somebody else stopped us, and a shell may have used the terminal since.
        case SIGCONT: if isAside { try screen.resume() } else { try comeBack() }
        // Whoever closed the terminal did not ask the work to end, and whoever only looks at it cannot.
        case SIGHUP: ending = .left
        case SIGTERM where isViewer, SIGQUIT where isViewer: ending = .left
        case SIGTERM, SIGQUIT:
            send(.stopRun(.now))
            ending = .leftStopping(snapshot)
        default:
            break
        }
    }

    private mutating func adopt(_ size: Size) throws {
        screen.resize(to: size)
        try take(.resize(size))
        wantsFrameAtOnce = true
    }

    private mutating func take(_ input: BoardInput) throws {
        frameLog?.note(input)
        for action in state.handle(input, at: now()) { try perform(action) }
        wantsFrame = true
    }

    // MARK: The engine

    private mutating func readEngine() throws {
        guard outcome == nil else { return }
        let messages: [ServerMessage]
        do throws(ConnectionError) {
            messages = try client.receive()
        } catch {
            let sentence = "the engine has ended without a word: `stretto resume` goes on where it was"
            outcome = .broken(sentence)
            try screen.write(line: sentence)
            return try take(.connectionLost(sentence))
        }
        for message in messages {
            switch message {
            case .hello: break
            case .snapshot(let whole):
                if snapshot == nil { wantsFrameAtOnce = true }
                snapshot = whole
                try take(.snapshot(whole))
            case .update(let update):
                snapshot?.apply(update)
                plain.take(update.notices)
                try tellLines()
                try take(.update(update))
            case .reply(let id, let refusal):
                let answered = commands.removeValue(forKey: id).map { BoardInput.answered($0, refusal) }
                if let input = answered ?? refusal.map({ .refused($0.reason) }) { try take(input) }
            case .plan(_, let spec):
                if let spec { try take(.plan(spec)) }
            case .diff(let id, let text):
                if let task = diffs.removeValue(forKey: id) { try take(.diff(task, text)) }
            case .goodbye(let outcome):
                self.outcome = outcome
                try screen.write(line: "the engine has ended: Enter or ~ returns to the board")
                try take(.goodbye(outcome))
            }
        }
    }

    private mutating func send(_ command: Command) {
        lastID += 1
        do throws(ConnectionError) {
            try client.send(.command(id: lastID, command))
            commands[lastID] = command
        } catch .tooLong(let bytesMax) {
            let reason = ConnectionError.tooLong(bytesMax: bytesMax).description
            for action in state.handle(.answered(command, Refusal(reason)), at: now()) { try? perform(action) }
            wantsFrame = true
        } catch {
            // A connection that has ended tells so when it is read.
        }
    }

    private mutating func readLogs() throws {
        for input in logs.read(at: clock.now) {
            if case .output(let source, _) = input { reader.grew(source.path) }
            try take(input)
        }
    }

    // MARK: Actions

    private mutating func perform(_ action: BoardAction) throws {
        switch action {
        case .send(let command):
            send(command)
        case .requestDiff(let task):
            lastID += 1
            diffs[lastID] = task
            try? client.send(.diff(id: lastID, task))
        case .requestPlan:
            lastID += 1
            try? client.send(.plan(id: lastID))
        case .editPlan(let spec):
            try editPlan(of: spec)
        case .readLog(let source, .save(let path, let isProposal)):
            LogSaver.save(source, to: path, isProposal: isProposal, in: place, mail)
        case .readLog(let source, let request):
            reader.ask(source, request)
        case .showLines:
            try stepAside()
        case .runEditor(let path):
            try visit(path) { directory throws(ProcessError) in try Foreground.edit(".", directory: directory) }
        case .runShell(let path):
            try visit(path) { directory throws(ProcessError) in
                // What its last command ended with is nobody's business.
                _ = try Foreground.run("exec \"${SHELL:-/bin/sh}\"", directory: directory)
                return .code(0)
            }
        case .suspend:
            screen.suspend()
            Signals.stopGroup()
            try comeBack()
            // That it goes on is known.
            for signal in signals.read() where signal != SIGCONT { try take(signal: signal) }
        case .redraw:
            screen.repaint()
            wantsFrameAtOnce = true
        case .useTheme(let theme):
            screen.use(theme)
            wantsFrameAtOnce = true
        case .copy(let text):
            try screen.send(.copy(text))
            clipboard.copy(text, mail)
        case .setMouse(let isOn):
            try screen.send(.mouse(isOn))
        case .setTitle(let title):
            try screen.send(.title(title))
        case .bell:
            try screen.send(.bell)
        case .notify(let text):
            try screen.send(.notification(text))
        case .quit(let choice):
            if let outcome {
                ending = .over(outcome, snapshot)
            } else if case .over(let outcome)? = snapshot?.header.phase {
                ending = .over(outcome, snapshot)
            } else {
                ending = choice == .leave ? .left : .leftStopping(snapshot)
            }
        }
    }

    /// Lends the terminal to a program in a worktree; what it changed there is checked anew where the task is in review.
    private mutating func visit(
        _ directory: String,
        _ program: (String) throws(ProcessError) -> ExitStatus
    ) throws {
        try lendTerminal { () throws(ProcessError) in try program(directory) }
        let task = snapshot?.tasks.first { task in
            task.state == .review && task.work?.worktree?.path == directory
        }
        if let task { send(.recheck(task.id)) }
    }

    /// Lends the terminal to an editor with the plan file, and shows what that changed.
    private mutating func editPlan(of spec: RunSpec) throws {
        try lendTerminal { [plans] () throws(ProcessError) in try plans.edit(spec.planPath) }
        try take(.planEdited(plans.compare(spec, snapshot?.tasks ?? [])))
    }

    /// Lends the terminal to a program, and tells how it ended where that was badly.
    private mutating func lendTerminal(to program: () throws(ProcessError) -> ExitStatus) throws {
        screen.suspend()
        let complaint: String?
        do throws(ProcessError) {
            let status = try program()
            complaint = status == .code(0) ? nil : "the editor ended with \(status)"
        } catch {
            complaint = "\(error)"
        }
        try comeBack()
        if let complaint { try take(.refused(complaint)) }
    }

    // MARK: Aside

    private mutating func stepAside() throws {
        isAside = true
        try screen.stepAside()
        try screen.write(line: "-- events as lines; Enter or ~ returns to the board --")
        try tellLines()
    }

    private mutating func tellLines() throws {
        guard isAside else { return }
        for line in plain.takeLines() { try screen.write(line: line) }
    }

    /// Any key that means to go back does, and Ctrl-C asks its question there.
    private mutating func pressAside(_ key: Key) throws {
        if state.returnsFromLines(key) {
            isAside = false
            try screen.stepBack()
            try adopt(screen.currentSize())
            if key == .control("c") { try take(.key(key)) }
        } else if key == .control("z") {
            try perform(.suspend)
        }
    }

    // MARK: A script

    /// Does the next thing that a script says, as soon as it can be done.
    /// - Returns: whether something was done, so that there is no reason to wait.
    private mutating func followScript() throws -> Bool {
        guard let step = script?.next else { return false }
        switch step {
        case .key(let key): try press([key])
        case .idle: guard isIdle else { return false }
        case .wait(let text): guard state.frame().lines.contains(where: { $0.contains(text) }) else { return false }
        case .dump(let path):
            let text = state.frame().lines.joined(separator: "\n") + "\n"
            try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC).writeAll(Array(text.utf8))
        case .size(let size):
            hasOwnSize = true
            try adopt(size)
        }
        script?.advance()
        return true
    }

    /// Whether everything that is known has been read and drawn, and nothing waits to be taken.
    private var isIdle: Bool {
        guard !wantsFrame, !wantsFrameAtOnce, !screen.wantsToWrite, inputDue == nil, !state.isGuarded,
            logs.wait(at: clock.now) == nil, reader.isIdle, mail.isEmpty
        else { return false }
        return poller.wait(for: interests, timeout: .zero).isEmpty
    }

    private mutating func comeBack() throws {
        isAside = false
        try screen.resume()
        try adopt(screen.currentSize())
    }
}
