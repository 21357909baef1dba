package import StrettoCore

/// Runs one run: takes letters, has the scheduler decide, writes the journal, and lets effects happen. A clerk without opinions.
///
/// All letters that are there make one turn, and a turn is one commit of the journal.
///
/// The order is the promise: an event's effects begin only after its journal entry is on the disk. Every effect is a child
/// of the one task group in ``run(after:then:)``, so nothing outlives that call.
package actor RunEngine<Time: Clock> where Time.Duration == Duration {
    private let journal: any RunJournaling
    private let performer: EffectPerformer<Time>
    let mailbox: Mailbox
    let clock: Time
    let now: @Sendable () -> Timestamp
    let logPath: String
    let publish: @Sendable (RunUpdate) -> Void
    private(set) var scheduler = Scheduler()
    private var sequence = 0
    /// nil before the first update, which is a whole one.
    private var lastHandoff: String?
    /// What front ends know of the run as a whole; nil before the first update.
    private(set) var lastHeader: RunHeader?
    /// What waits for a disk; nil while nothing does.
    var pause: Pause?
    var pauseCount = 0
    /// The attempts whose agents were started or adopted, and are not over.
    var agentsAtWork: [AttemptID] = []

    /// Makes an engine that has not begun.
    /// - Parameters:
    ///   - journal: where entries go before effects begin.
    ///   - worktrees: git, behind its port.
    ///   - agents: processes under keepers, behind their port.
    ///   - checks: checks as processes, behind their port.
    ///   - clock: measures pauses and timeouts.
    ///   - now: tells the wall time that rides on events.
    ///   - logPath: told to front ends: where the event and git log grows.
    ///   - publish: called in order with everything that front ends may want to know, the first time with every task and
    ///     HANDOFF.md; must not block.
    package init(
        journal: any RunJournaling,
        worktrees: any WorktreeProviding,
        agents: any AgentRunning,
        checks: any CheckRunning,
        clock: Time,
        now: @escaping @Sendable () -> Timestamp,
        logPath: String = "",
        publish: @escaping @Sendable (RunUpdate) -> Void = { _ in }
    ) {
        let mailbox = Mailbox()
        self.journal = journal
        self.mailbox = mailbox
        self.now = now
        self.logPath = logPath
        self.publish = publish
        self.clock = clock
        performer = EffectPerformer(
            worktrees: worktrees,
            agents: agents,
            checks: checks,
            clock: clock,
            post: { mailbox.post($0) }
        )
    }

    /// Asks for something from any thread.
    /// - Parameters:
    ///   - command: what a person wants.
    ///   - reply: called once, when the command is in the journal or refused.
    nonisolated package func submit(_ command: Command, reply: @escaping @Sendable (Refusal?) -> Void) {
        mailbox.post(.command(command, reply: reply))
    }

    /// Fetches the diff of a task's last contribution.
    nonisolated package func requestDiff(of task: TaskID, reply: @escaping @Sendable (String) -> Void) {
        mailbox.post(.diff(task, reply: reply))
    }

    /// Tells what defines the run; nil before it is opened.
    nonisolated package func requestPlan(reply: @escaping @Sendable (RunSpec?) -> Void) {
        mailbox.post(.plan(reply: reply))
    }

    /// The state for front ends; nil before the run is opened.
    package var snapshot: RunSnapshot? { scheduler.snapshot(logPath: logPath) }

    /// Runs to the end of the run.
    /// - Parameters:
    ///   - replay: what the journal already holds of this run.
    ///   - events: what comes first now: `.opened` for a new run, `.recovered` and perhaps more for an old one.
    /// - Returns: how the run ended; `.broken` when the journal could not be written for another reason than a disk that takes
    ///   nothing more, or when a person ended the engine while it waited for such a disk.
    package func run(after replay: Replay = Replay(), then events: [Event]) async -> Outcome {
        scheduler = replay.scheduler
        sequence = replay.sequence
        // Clients may have been quicker: they could connect before this call.
        mailbox.postFirst(events.map { .event($0) })
        return await withDiscardingTaskGroup { children in
            for await _ in mailbox.signals {
                if let outcome = await takeLetters(&children) {
                    // Timers are all that can be left.
                    children.cancelAll()
                    return outcome
                }
            }
            return .broken("the engine's task was cancelled")
        }
    }

    private func takeLetters(_ children: inout DiscardingTaskGroup) async -> Outcome? {
        let letters = mailbox.takeAll()
        if pause?.turn != nil || pause?.isEnding == true { return await hold(letters, &children) }
        var turn = Turn()
        for letter in letters { take(letter, &turn, &children) }
        if pause?.isEnding == true {
            // What came with the wish to end is left as after a crash.
            for reply in turn.replies { reply(Refusal(Pause.endingRefusal)) }
            return agentsAtWork.isEmpty ? .broken(Pause.endingSentence) : nil
        }
        return await complete(turn, &children)
    }

    private func take(_ letter: Letter, _ turn: inout Turn, _ children: inout DiscardingTaskGroup) {
        switch letter {
        case .event(let event):
            handle(event, &turn)
        case .command(.stopRun(.now), let reply) where pause != nil:
            reply(nil)
            endInPause(&children)
        case .command(let command, let reply):
            if command == .resumeRun, pause != nil {
                reply(nil)
                return retryEffects(&children)
            }
            do throws(Refusal) {
                handle(try scheduler.admit(command), &turn)
                turn.replies.append(reply)
            } catch {
                reply(error)
            }
        case .diff(let task, let reply):
            answerDiff(of: task, reply, &children)
        case .plan(let reply):
            reply(scheduler.spec)
        case .refused, .accepted, .tryAgain:
            takeNews(of: letter, &children)
        }
    }

    func answerDiff(
        of task: TaskID,
        _ reply: @escaping @Sendable (String) -> Void,
        _ children: inout DiscardingTaskGroup
    ) {
        guard let contribution = scheduler.task(task)?.contributed?.contribution else { return reply("") }
        children.addTask { [performer] in reply(await performer.diff(contribution)) }
    }

    /// Writes what a turn led to, and lets it happen.
    func complete(_ turn: Turn, _ children: inout DiscardingTaskGroup) async -> Outcome? {
        guard !turn.entries.isEmpty else { return nil }
        do throws(Trouble) {
            try await journal.append(turn.entries, leadingTo: scheduler)
        } catch {
            // Before anybody has seen the run there is nothing that could wait: whoever starts it learns of it at once.
            if error.isDiskRefusal, lastHeader != nil {
                beginPause(error, &children)
                pause?.turn = turn
                return nil
            }
            let sentence = "the journal cannot be written, so the run ends here: \(error.message)"
            for reply in turn.replies { reply(Refusal(sentence)) }
            return .broken(sentence)
        }
        // Before the turn itself, which may be the run's last one.
        endPauseIfOver()
        for reply in turn.replies { reply(nil) }
        publishChanges(of: turn)
        for effect in turn.effects {
            if case .finish(let outcome) = effect { return outcome }
            begin(effect, &children)
        }
        return nil
    }

    /// Lets an effect happen; one that had found no room before is told of when it has found some.
    func begin(_ effect: Effect, again: Bool = false, _ children: inout DiscardingTaskGroup) {
        if case .run(let order) = effect { agentsAtWork.append(order.attempt) }
        children.addTask { [performer] in await performer.perform(effect, again: again) }
    }

    private func handle(_ event: Event, _ turn: inout Turn) {
        noteEnd(event)
        let time = now()
        sequence += 1
        turn.entries.append(JournalEntry(sequence: sequence, time: time, event: event))
        turn.effects += scheduler.handle(event, at: time)
        turn.touched += scheduler.touched
        turn.notices += Narrator.notices(for: event, at: time, after: scheduler)
    }

    private func publishChanges(of turn: Turn) {
        guard var header = scheduler.header(logPath: logPath) else { return }
        header.fault = header.fault ?? pause?.sentence
        lastHeader = header
        let isWhole = lastHandoff == nil || turn.entries.contains { $0.event.changesOrder }
        let places = isWhole ? Array(scheduler.taskOrder.indices) : Array(Set(turn.touched)).sorted()
        var update = RunUpdate(header: header, tasks: places.map { scheduler.task(at: $0) }, notices: turn.notices)
        if isWhole { update.taskOrder = scheduler.taskOrder }
        if isWhole || turn.entries.contains(where: { $0.event.mayChangeHandoff }) {
            let handoff = scheduler.handoff
            if handoff != lastHandoff {
                update.handoff = handoff
                lastHandoff = handoff
            }
        }
        publish(update)
    }
}

/// What one look into the mailbox led to.
struct Turn {
    var entries: [JournalEntry] = []
    var effects: [Effect] = []
    var touched: [Int] = []
    var notices: [Notice] = []
    var replies: [@Sendable (Refusal?) -> Void] = []
}

extension Event {
    /// Whether tasks may have come, gone or moved.
    fileprivate var changesOrder: Bool {
        switch self {
        case .opened, .recovered, .planRevised, .taskAdded: true
        default: false
        }
    }

    /// Whether HANDOFF.md may read differently afterwards; progress of a running attempt never changes it.
    fileprivate var mayChangeHandoff: Bool {
        switch self {
        case .prepared, .started, .usageReported, .troubleReported, .timerFired, .disposed: false
        default: true
        }
    }
}
