internal import Glibc
package import StrettoCommand
package import StrettoConnection
package import StrettoCore
internal import StrettoProcess
internal import StrettoTerminal

/// Shows a run as lines and takes line commands from standard input: for screen readers, logs, scripts and other agents.
///
/// One thread, one `poll`: it sleeps until the engine, standard input or a signal has something to say.
package struct LineSession {
    /// What the lines look like.
    package enum Style: Sendable {
        /// A line for people for each event, then a summary.
        case plain(PlainStyle)
        /// Every message of the connection as it came, one JSON object a line; docs/protocol.md describes them.
        case json
    }

    /// The longest command line that is read from standard input, in bytes.
    private static let commandBytesMax = 64 << 10

    private let client: EngineClient
    private let isViewer: Bool
    private let style: Style
    private let zone: Duration
    private let now: () -> Timestamp
    private var snapshot: RunSnapshot?
    private var typed: [UInt8] = []
    private var isReadingInput = true
    /// Somebody wants this session to end, and the run to go on.
    private var hasLeft = false
    private var interruptCount = 0
    private var lastID = 0
    /// Tasks whose diffs are on their way, to be reviewed.
    private var reviews: [Int: TaskID] = [:]
    /// Moves that the engine has not answered.
    private var moves: Set<Int> = []
    /// Which edition of the plan was shown last; nil while none was.
    private var shownEdition: Int?

    /// A session over a connection; with a `snapshot` it goes on where a board has left.
    ///
    /// A viewer only looks at a run that somebody else began: a signal that ends it ends nothing else. `zone` is how far local time is ahead
    /// of UTC, `now` the wall clock.
    package init(
        _ client: EngineClient,
        isViewer: Bool,
        style: Style,
        snapshot: RunSnapshot? = nil,
        zone: Duration,
        now: @escaping () -> Timestamp
    ) {
        self.snapshot = snapshot
        self.client = client
        self.isViewer = isViewer
        self.style = style
        self.zone = zone
        self.now = now
    }

    /// Shows the run to its end.
    /// - Returns: the exit code of the run's outcome; `goalMet` when the session leaves and the run goes on.
    package mutating func run() throws -> ExitCode {
        let signals = try Signals()
        let poller = Poller()
        while true {
            // What came with the greeting, or while something was sent, no descriptor tells any more.
            if let code = try readEngine() { return code }
            // What is typed ahead waits for the first snapshot: only that knows the tasks.
            let takesInput = isReadingInput && snapshot != nil
            let watched = [client.descriptor, signals.descriptor] + (takesInput ? [0] : [])
            let timeout: Duration? = client.mayHaveMore ? .zero : nil
            let ready = poller.wait(for: watched.map { Poller.Interest($0) }, timeout: timeout).map(\.descriptor)
            if ready.contains(signals.descriptor) { signals.read().forEach { take($0) } }
            if ready.contains(0) { readInput() }
            if hasLeft { return .goalMet }
        }
    }

    // MARK: The engine

    private mutating func readEngine() throws -> ExitCode? {
        let messages: [ServerMessage]
        do throws(ConnectionError) {
            messages = try client.receive()
        } catch {
            guard error == .closed else { throw error }
            throw Refusal("the engine has ended without a word: `stretto resume` goes on where it was")
        }
        for message in messages {
            if case .json = style { StandardOutput.write(try MessageCodec.line(message)) }
            switch message {
            case .hello, .plan:
                break
            case .diff(let id, let text):
                if let task = reviews.removeValue(forKey: id) { show(text, of: task) }
            case .snapshot(let snapshot):
                if self.snapshot == nil { say(StatusTable.headline(snapshot, now: now())) }
                self.snapshot = snapshot
            case .update(let update):
                snapshot?.apply(update)
                for notice in update.notices { tell(notice) }
            case .reply(let id, let refusal):
                if let refusal { say("refused: \(refusal)") }
                if moves.remove(id) != nil, refusal == nil { say("moved: 'plan' shows the order") }
            case .goodbye(let outcome):
                summarise(outcome)
                return outcome.exitCode
            }
        }
        return nil
    }

    /// What there is to judge about a task, and its diff, of which a terminal obeys nothing but colours.
    private func show(_ diff: String, of id: TaskID) {
        guard let task = snapshot?.tasks.first(where: { $0.id == id }) else { return }
        do throws(Refusal) {
            try ReviewText.lines(task).forEach(say)
            say("diff:")
            var filter = TerminalFilter()
            say(String(decoding: filter.pass(Array(diff.utf8)), as: UTF8.self))
            say(ReviewText.choices(task))
        } catch {
            say("refused: \(error)")
        }
    }

    private mutating func showPlan() {
        guard let snapshot, snapshot.header.phase == .planReview else {
            return say("refused: no plan waits for approval")
        }
        PlanText.lines(snapshot).forEach(say)
        shownEdition = snapshot.header.planEdition
    }

    private func tell(_ notice: Notice) {
        guard case .plain(let style) = style else { return }
        StandardOutput.write(NoticeLine.text(notice, zone: zone, style: style) + "\n")
    }

    private func say(_ line: String) {
        guard case .plain = style else { return }
        StandardOutput.write(line + "\n")
    }

    private func summarise(_ outcome: Outcome) {
        guard let snapshot else { return }
        say("")
        for line in RunSummary.lines(snapshot, outcome: outcome, now: now()) { say(line) }
    }

    // MARK: The person

    private mutating func readInput() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(0, &buffer, buffer.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return }
        guard count > 0 else {
            isReadingInput = false
            obey(typed)
            // Whoever only looks does not know who else is there.
            if !isViewer { send(.endAttendance) }
            return
        }
        typed += buffer.prefix(count)
        while let end = typed.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Array(typed[..<end])
            typed.removeFirst(end + 1)
            obey(line)
        }
        if typed.count > Self.commandBytesMax { typed.removeAll() }
    }

    private mutating func obey(_ line: [UInt8]) {
        do throws(Refusal) {
            let tasks = snapshot?.tasks.map(\.id) ?? []
            switch try LineCommand.parse(String(decoding: line, as: UTF8.self), tasks: tasks) {
            case .nothing: break
            case .send(.approvePlan): send(.approvePlan(edition: shownEdition))
            case .send(let command):
                send(command)
                if case .reorder = command { moves.insert(lastID) }
            case .review(let task):
                lastID += 1
                reviews[lastID] = task
                try? client.send(.diff(id: lastID, task))
            case .plan: showPlan()
            case .status:
                if let snapshot { StatusTable.lines(snapshot, now: now()).forEach(say) }
            case .help: LineCommand.helpLines.forEach(say)
            case .detach: leave()
            }
        } catch {
            say("refused: \(error)")
        }
    }

    private mutating func leave() {
        say("the run goes on without a screen: `stretto attach` shows it, `stretto stop` ends it")
        hasLeft = true
    }

    private mutating func take(_ signal: Int32) {
        switch signal {
        // Whoever closed the terminal did not ask the work to end, and whoever only looks at it cannot.
        case SIGHUP: leave()
        case SIGINT where isViewer, SIGTERM where isViewer, SIGQUIT where isViewer: leave()
        case SIGINT:
            interruptCount += 1
            if interruptCount == 1 {
                say("running tasks finish, nothing new starts; Ctrl-C again ends them now")
                send(.stopRun(.drain))
            } else {
                send(.stopRun(.now))
            }
        case SIGTERM, SIGQUIT:
            send(.stopRun(.now))
        default:
            break
        }
    }

    private mutating func send(_ command: Command) {
        lastID += 1
        // Where the connection has ended, the next read tells how.
        try? client.send(.command(id: lastID, command))
    }
}

/// Standard output without buffering, so that lines come when they are said.
enum StandardOutput {
    static func write(_ text: String) { write(Array(text.utf8)) }

    /// A reader that went away is no reason to stop: the run goes on, and so does its supervision.
    static func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
