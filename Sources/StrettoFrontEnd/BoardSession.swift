internal import Glibc
package import StrettoBoard
package import StrettoConnection
package import StrettoCore
internal import StrettoProcess
internal import StrettoTerminal

/// Shows a run on the board until the person leaves or the engine ends.
///
/// One thread, one `poll` over the terminal, the signals, the engine's socket and the followed files. Nothing else can
/// happen here, so nothing has to be locked.
package struct BoardSession: ~Copyable {
    /// How the board is to look.
    package struct Look: Sendable {
        package var term: String
        package var theme: Theme
        package var depth: ColorDepth
        package var glyphs: Glyphs

        package init(term: String, theme: Theme, depth: ColorDepth, glyphs: Glyphs) {
            self.term = term
            self.theme = theme
            self.depth = depth
            self.glyphs = glyphs
        }
    }

    /// How a session ended.
    package enum Ending: Hashable, Sendable {
        /// The engine ended; the snapshot is for the summary.
        case over(Outcome, RunSnapshot?)
        /// The person left and the run goes on.
        case left
        /// The person left and the run ends as they asked: somebody should wait for that.
        case leftStopping
    }

    /// Frames that nobody asked for by a key come at most this often.
    private static let outputFrameInterval = Duration.milliseconds(33)
    /// How long a lone Esc waits for the rest of a sequence.
    private static let escapeDelay = Duration.milliseconds(25)
    /// What is read of one file before other descriptors have their turn.
    private static let burstBytesMax = 256 << 10
    /// The frame at which a board whose crash is asked for crashes.
    private static let crashFrame = 3
    /// What is read of an old log; more of it is in the file.
    private static let tailBytesMax = 4 << 20

    private let client: EngineClient
    private let now: () -> Timestamp
    private let clock = ContinuousClock()
    private let poller = Poller()
    private let signals: Signals
    /// Where standard error goes while the screen is there.
    private let errors: Descriptor
    private var screen: Screen
    private var state: BoardState
    private var decoder = KeyDecoder()
    private var followed: [LogSource: TranscriptFeed] = [:]
    private let follower: LogFollower
    private var lastFrame: ContinuousClock.Instant
    private var wantsFrame = true
    private var wantsFrameAtOnce = true
    private var lastID = 0
    private var diffs: [Int: TaskID] = [:]
    private var outcome: Outcome?
    private var ending: Ending?
    private var snapshot: RunSnapshot?
    private var frameCount = 0
    /// For the tests of what a crash leaves behind; see docs/testing.md.
    private let crashes = Environment.current()["STRETTO_DEBUG_CRASH"] == "board"

    /// Takes the terminal over.
    package init(_ client: EngineClient, look: Look, now: @escaping () -> Timestamp) throws {
        // Before the screen, so that whatever ends us from here on puts the terminal back.
        let signals = try Signals()
        let follower = try LogFollower()
        // What a library or a crash has to say would tear the board apart; it is repeated once the screen is gone.
        let errors = Self.namelessFile()
        let errorLog: Int32? = errors.number < 0 ? nil : errors.number
        var screen = try Screen(term: look.term, theme: look.theme, depth: look.depth, errorLog: errorLog)
        try screen.send(.synchronizedUpdates)
        try screen.send(.mouse(true))
        self.client = client
        self.now = now
        self.signals = signals
        self.errors = errors
        self.follower = follower
        state = BoardState(snapshot: nil, glyphs: look.glyphs, size: screen.currentSize(), now: now())
        self.screen = screen
        lastFrame = clock.now
    }

    /// A file that is gone with its descriptor, whose number is negative where none can be made.
    private static func namelessFile() -> Descriptor {
        let folder = Environment.current()["TMPDIR"] ?? "/tmp"
        var path = Array((folder + "/stretto-" + String(repeating: "X", count: 6)).utf8CString)
        let number = mkstemp(&path)
        if number >= 0 {
            unlink(path)
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        }
        return Descriptor(owning: number)
    }

    /// Runs the board; the terminal is as it was when this returns or throws.
    package consuming func run() throws -> Ending {
        // The snapshot may have come with the greeting, and then nothing more wakes us for it.
        try readEngine()
        while ending == nil {
            try follow()
            try drawIfDue()
            let ready = poller.wait(for: interests, timeout: timeout)
            if ready.isEmpty { try pause() }
            for readiness in ready { try serve(readiness) }
        }
        screen.suspend()
        return ending ?? .left
    }

    // MARK: Waiting

    private var interests: [Poller.Interest] {
        [
            Poller.Interest(screen.descriptor, forWriting: screen.wantsToWrite),
            Poller.Interest(signals.descriptor),
            Poller.Interest(follower.descriptor),
        ] + (outcome == nil ? [Poller.Interest(client.descriptor)] : [])
    }

    /// The time until something is due that no descriptor tells; nil: nothing.
    private var timeout: Duration? {
        var waits: [Duration] = []
        if decoder.waitsForMore { waits.append(Self.escapeDelay) }
        if wantsFrame { waits.append(max(.zero, Self.outputFrameInterval - (clock.now - lastFrame))) }
        if let deadline = state.nextDeadline { waits.append(max(.zero, deadline.since(now()))) }
        return waits.min()
    }

    private mutating func pause() throws {
        if decoder.waitsForMore { try press(decoder.timeout()) }
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
        case follower.descriptor:
            try readFollowed()
        case client.descriptor:
            try readEngine()
        default:
            break
        }
    }

    // MARK: Drawing

    private mutating func drawIfDue() throws {
        let isDue = wantsFrame && clock.now - lastFrame >= Self.outputFrameInterval
        guard wantsFrameAtOnce || isDue else { return }
        frameCount += 1
        if crashes, frameCount == Self.crashFrame { fatalError("the crash that STRETTO_DEBUG_CRASH asks for") }
        let statistics = try screen.draw(state.frame())
        // A terminal that has not taken the last frame gets the newest state later, never a queue of old ones.
        guard !statistics.isSkipped else { return }
        lastFrame = clock.now
        wantsFrame = false
        wantsFrameAtOnce = false
    }

    // MARK: Input

    private mutating func press(_ keys: [Key]) throws {
        for key in keys {
            if case .reply(let reply) = key {
                try hear(reply)
            } else {
                try take(.key(key))
            }
        }
        wantsFrameAtOnce = true
    }

    private mutating func hear(_ reply: TerminalReply) throws {
        if case .mode(2026, state: let state) = reply { screen.synchronizesUpdates = state == 1 || state == 2 }
    }

    private mutating func take(signal: Int32) throws {
        switch signal {
        case SIGWINCH:
            try adopt(screen.currentSize())
        case SIGINT:
            try press([.control("c")])
        case SIGTSTP:
            try perform(.suspend)
        case SIGTERM, SIGQUIT:
            send(.stopRun(.now))
            ending = .leftStopping
        // Whoever closed the terminal did not ask the work to end.
        case SIGHUP:
            ending = .left
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
        for action in state.handle(input, at: now()) { try perform(action) }
        wantsFrame = true
    }

    // MARK: The engine

    private mutating func readEngine() throws {
        let messages: [ServerMessage]
        do throws(ConnectionError) {
            messages = try client.receive()
        } catch {
            guard outcome == nil else { return }
            let sentence = "the engine has ended without a word: `stretto resume` goes on where it was"
            outcome = .broken(sentence)
            return try take(.connectionLost(sentence))
        }
        for message in messages {
            switch message {
            case .hello: break
            case .snapshot(let whole):
                snapshot = whole
                try take(.snapshot(whole))
            case .update(let update):
                snapshot?.apply(update)
                try take(.update(update))
            case .reply(_, let refusal):
                if let refusal { try take(.refused(refusal.reason)) }
            case .diff(let id, let text):
                if let task = diffs.removeValue(forKey: id) { try take(.diff(task, text)) }
            case .goodbye(let outcome):
                self.outcome = outcome
                try take(.goodbye(outcome))
            }
        }
    }

    private mutating func send(_ command: Command) {
        lastID += 1
        // A connection that has ended tells so when it is read.
        try? client.send(.command(id: lastID, command))
    }

    // MARK: Files

    /// Follows exactly the files that the board shows.
    private mutating func follow() throws {
        let wanted = state.wantedLogs
        guard wanted.count != followed.count || wanted.contains(where: { followed[$0] == nil }) else { return }
        for source in followed.keys where !wanted.contains(source) {
            followed[source] = nil
            if !wanted.contains(where: { $0.path == source.path }) { follower.unfollow(source.path) }
        }
        for source in wanted where followed[source] == nil {
            followed[source] = TranscriptFeed(source)
            try take(.outputBegan(source))
            follower.unfollow(source.path)
            try follower.follow(source.path, tailBytesMax: Self.tailBytesMax)
            try read(source.path)
        }
    }

    private mutating func readFollowed() throws {
        for path in follower.takeChanges() { try read(path) }
    }

    private mutating func read(_ path: String) throws {
        while true {
            let bytes = follower.readNew(path, bytesMax: Self.burstBytesMax)
            guard !bytes.isEmpty else { return }
            for source in followed.keys where source.path == path {
                let text = followed[source]?.render(bytes) ?? []
                if !text.isEmpty { try take(.output(source, text)) }
            }
            if bytes.count < Self.burstBytesMax { return }
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
        case .runEditor(let path):
            // The editor is a command line of the user's own, such as `code --wait`.
            try visit(path, "exec ${VISUAL:-${EDITOR:-vi}} .")
        case .runShell(let path):
            try visit(path, "exec \"${SHELL:-/bin/sh}\"")
        case .suspend:
            screen.suspend()
            Signals.stopGroup()
            try comeBack()
        case .redraw:
            screen.repaint()
            wantsFrameAtOnce = true
        case .copy(let text):
            try screen.send(.copy(text))
        case .setTitle(let title):
            try screen.send(.title(title))
        case .bell:
            try screen.send(.bell)
        case .quit(let choice):
            if let outcome {
                ending = .over(outcome, snapshot)
            } else if case .over(let outcome)? = snapshot?.header.phase {
                ending = .over(outcome, snapshot)
            } else {
                ending = choice == .leave ? .left : .leftStopping
            }
        }
    }

    /// Lends the terminal to a program in a worktree; what it changed there is checked anew where the task is in review.
    private mutating func visit(_ directory: String, _ commandLine: String) throws {
        screen.suspend()
        do throws(ProcessError) {
            _ = try Foreground.run(commandLine, directory: directory)
        } catch {
            try take(.refused("\(error)"))
        }
        try comeBack()
        let task = snapshot?.tasks.first { task in
            task.state == .review && task.attempts.last?.worktree?.path == directory
        }
        if let task { send(.recheck(task.id)) }
    }

    private mutating func comeBack() throws {
        try screen.resume()
        try adopt(screen.currentSize())
    }
}
