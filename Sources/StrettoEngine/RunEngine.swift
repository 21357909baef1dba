package import StrettoCore

/// Runs one run: takes letters, has the scheduler decide, writes the journal, and lets effects happen. A clerk without opinions.
///
/// The order is the promise: an event's effects begin only after its journal entry is on the disk. Every effect is a child
/// of the one task group in ``run(replaying:then:)``, so nothing outlives that call.
package actor RunEngine<Time: Clock> where Time.Duration == Duration {
    private let journal: any RunJournaling
    private let performer: EffectPerformer<Time>
    private let mailbox: Mailbox
    private let now: @Sendable () -> Timestamp
    private let logPath: String
    private let publish: @Sendable (RunUpdate) -> Void
    private var scheduler = Scheduler()
    private var sequence = 0
    /// nil before the first update, which is a whole one.
    private var lastHandoff: String?

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
        performer = EffectPerformer(
            worktrees: worktrees,
            agents: agents,
            checks: checks,
            clock: clock,
            post: { mailbox.post(.event($0)) }
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

    /// The state for front ends; nil before the run is opened.
    package var snapshot: RunSnapshot? { scheduler.snapshot(logPath: logPath) }

    /// Runs to the end of the run.
    /// - Parameters:
    ///   - entries: what the journal already holds of this run; replayed, its effects are not repeated.
    ///   - events: what comes first now: `.opened` for a new run, `.recovered` and perhaps more for an old one.
    /// - Returns: how the run ended; `.broken` when the journal could not be written.
    package func run(replaying entries: [JournalEntry] = [], then events: [Event]) async -> Outcome {
        for entry in entries {
            _ = scheduler.handle(entry.event, at: entry.time)
            sequence = entry.sequence
        }
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
        var turn = Turn()
        for letter in mailbox.takeAll() {
            switch letter {
            case .event(let event):
                handle(event, &turn)
            case .command(let command, let reply):
                do throws(Refusal) {
                    handle(try scheduler.admit(command), &turn)
                    turn.replies.append(reply)
                } catch {
                    reply(error)
                }
            case .diff(let task, let reply):
                guard
                    let contribution = scheduler.task(task)?.attempts.last(where: { $0.contribution != nil })?
                        .contribution
                else {
                    reply("")
                    continue
                }
                children.addTask { [performer] in reply(await performer.diff(contribution)) }
            }
        }
        guard !turn.entries.isEmpty else { return nil }
        do {
            try await journal.append(turn.entries)
        } catch {
            let sentence = "the journal cannot be written, so the run pauses here: \(error)"
            for reply in turn.replies { reply(Refusal(sentence)) }
            return .broken(sentence)
        }
        for reply in turn.replies { reply(nil) }
        publishChanges(of: turn)
        for effect in turn.effects {
            if case .finish(let outcome) = effect { return outcome }
            children.addTask { [performer] in await performer.perform(effect) }
        }
        return nil
    }

    private func handle(_ event: Event, _ turn: inout Turn) {
        let time = now()
        sequence += 1
        turn.entries.append(JournalEntry(sequence: sequence, time: time, event: event))
        turn.effects += scheduler.handle(event, at: time)
        turn.touched += scheduler.touched
        turn.notices += Narrator.notices(for: event, at: time, after: scheduler)
    }

    private func publishChanges(of turn: Turn) {
        guard let header = scheduler.header(logPath: logPath) else { return }
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
private struct Turn {
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
        case .opened, .recovered, .planRevised: true
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
