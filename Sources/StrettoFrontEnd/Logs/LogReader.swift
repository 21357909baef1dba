internal import StrettoBoard
internal import StrettoCore
internal import StrettoProcess
internal import StrettoTerminal

/// Reads whole log files on a thread of its own, so that no key ever waits for a disk or for 100 MB.
///
/// ```
/// session ── ask, grew ──► orders ── wake-up ──► thread: a slice of 4 ms, then new orders
///         ◄──────────── mail ◄───────────────────┘
/// ```
final class LogReader: Sendable {
    private let desk: LogDesk

    /// A reader that posts its answers.
    /// - Throws: where the system has no descriptor left.
    init(_ mail: BoardMail, _ secrets: KnownSecrets) throws(SystemError) {
        desk = try LogDesk(mail)
        OwnThread.start { [desk] in LogReaderThread(desk, secrets).run() }
    }

    deinit { desk.order(.end) }

    /// Asks for something in a file; the answers come as they are found.
    func ask(_ source: LogSource, _ request: LogRequest) { desk.order(.request(source, request)) }

    /// Tells that a file may have grown.
    func grew(_ path: String) { desk.order(.grew(path)) }

    /// Whether everything that was asked has been answered; when it has, the mail's bell has rung.
    var isIdle: Bool { desk.isIdle }
}

/// What session and thread have in common.
private final class LogDesk: Sendable {
    enum Order: Sendable {
        case request(LogSource, LogRequest)
        case grew(String)
        case end
    }

    private struct State {
        var orders: [Order] = []
        var isWorking = false
        var hasHunts = false
    }

    private let state = Lock(State())
    private let mail: BoardMail
    let ordered: WakeUp

    init(_ mail: BoardMail) throws(SystemError) {
        self.mail = mail
        ordered = try WakeUp()
    }

    func order(_ order: Order) {
        state.withLock { state in
            // Output tells again and again, mostly without anybody who searches.
            if case .grew(let path) = order {
                if !state.hasHunts, state.orders.isEmpty { return }
                if case .grew(path)? = state.orders.last { return }
            }
            state.orders.append(order)
            ordered.ring()
        }
    }

    /// The orders that have come; `isWorking` tells whether the thread would go on without any, `hasHunts` whether growth concerns it.
    func takeOrders(isWorking: Bool, hasHunts: Bool) -> [Order] {
        ordered.clear()
        let (orders, hasFinished) = state.withLock { state in
            let orders = state.orders
            let wasWorking = state.isWorking
            state.orders = []
            state.isWorking = isWorking || !orders.isEmpty
            // What is ordered now may begin a search.
            state.hasHunts = hasHunts || !orders.isEmpty
            return (orders, wasWorking && !state.isWorking)
        }
        // Whoever waits for quiet has been told of nothing else.
        if hasFinished { mail.ring() }
        return orders
    }

    func answer(_ source: LogSource, _ answer: LogAnswer) { mail.post(.logAnswer(source, answer)) }

    var isIdle: Bool { state.withLock { $0.orders.isEmpty && !$0.isWorking } }
}

/// The thread's own: searches under way, oldest first.
private final class LogReaderThread {
    /// How long it works before it looks for new orders.
    private static let sliceTime = Duration.milliseconds(4)
    /// How often a search tells how far it has come.
    private static let reportInterval = Duration.milliseconds(50)
    /// More searches at once are not kept; the oldest one goes.
    private static let huntsMax = 16

    private let desk: LogDesk
    private let secrets: KnownSecrets
    private let clock = ContinuousClock()
    private var hunts: [LogHunt] = []
    private var reported: [LogSource: LogTally] = [:]
    private var lastReport: ContinuousClock.Instant

    init(_ desk: LogDesk, _ secrets: KnownSecrets) {
        self.desk = desk
        self.secrets = secrets
        lastReport = clock.now
    }

    func run() {
        let poller = Poller()
        while true {
            let isBusy = hunts.contains { $0.isBusy }
            let orders = desk.takeOrders(isWorking: isBusy, hasHunts: !hunts.isEmpty)
            if orders.isEmpty, !isBusy {
                _ = poller.wait(for: [Poller.Interest(desk.ordered.descriptor)])
                continue
            }
            for order in orders {
                switch order {
                case .end: return
                case .grew(let path): grow(path)
                case .request(let source, let request): take(request, of: source)
                }
            }
            work()
        }
    }

    private func take(_ request: LogRequest, of source: LogSource) {
        switch request {
        case .lines(let place):
            desk.answer(source, .lines(try? LogFile(source, secrets).excerpt(around: place)))
        case .find(let needle, let place):
            end(source)
            guard let hunt = try? LogHunt(source, needle, before: place, secrets) else {
                var tally = LogTally()
                tally.isComplete = true
                return desk.answer(source, .counted(tally, needle))
            }
            hunts.append(hunt)
            if hunts.count > Self.huntsMax { end(hunts[0].source) }
        case .findNext(let isDown, let place):
            change(source) { hunt in hunt.want(isDown: isDown, orFrom: place) }
        case .endSearch:
            end(source)
        // Has a thread of its own, so that nothing waits for a slow disk.
        case .save: break
        }
    }

    private func grow(_ path: String) {
        for hunt in hunts where hunt.source.path == path {
            change(hunt.source) { hunt throws(SystemError) in try hunt.grow() }
        }
    }

    private func end(_ source: LogSource) {
        hunts.removeAll { $0.source == source }
        reported[source] = nil
    }

    private func change(_ source: LogSource, _ body: (inout LogHunt) throws(SystemError) -> Void) {
        guard let index = hunts.firstIndex(where: { $0.source == source }) else { return }
        do throws(SystemError) {
            try body(&hunts[index])
            try tell(at: index)
        } catch {
            // What can no longer be read has no matches any more.
            end(source)
        }
    }

    /// One slice of time for the newest search that has something to do.
    private func work() {
        guard let source = hunts.last(where: { $0.isBusy })?.source else { return }
        let begin = clock.now
        change(source) { hunt throws(SystemError) in
            while hunt.isBusy, clock.now - begin < Self.sliceTime { try hunt.step() }
        }
    }

    /// Answers what the search can answer by now.
    private func tell(at index: Int) throws(SystemError) {
        // Of several that were wanted at once the board gets all: each may have gone around an end.
        var match: LogMatch?
        while let next = try hunts[index].grant() {
            match = next
            desk.answer(hunts[index].source, .found(next, hunts[index].needle))
        }
        let hunt = hunts[index]
        let tally = hunt.tally
        guard tally != reported[hunt.source] else { return }
        guard match != nil || tally.isComplete || clock.now - lastReport >= Self.reportInterval else { return }
        lastReport = clock.now
        reported[hunt.source] = tally
        desk.answer(hunt.source, .counted(tally, hunt.needle))
    }
}
