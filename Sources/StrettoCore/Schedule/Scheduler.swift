/// Decides what a run does next: events in, effects out.
///
/// It never awaits, reads no clock and iterates no set, so a replay is exact.
///
/// ```
/// waiting ─► preparing ─► running ─► collecting ─► review ─► mergeQueued ─► merging ─► done
///    ▲  ▲                                 │           │                        │
///    │  └─ backoff ◄── counted failure ───┤           │                        │
///    └──── interruption, retry, conflict ─┴───────────┴────────────────────────┘
///                                       failed · skipped · stopped
/// ```
///
/// Where validators judge the work, the task goes from `collecting` through the same four steps once more for each of them.
///
/// A task in `preparing`, `running`, `collecting` or `merging` has exactly one effect under way, whose answer moves it.
/// That is what makes recovery short: ask for that effect again (``Event/recovered``).
package struct Scheduler: Equatable, Sendable {
    /// Failures of the infrastructure in a row after which a task counts as failed.
    package static let troublesMax = 3
    /// The pauses before a tree that could not be kept is tried again; short, because nothing else of the task can go on.
    static let collectionPauses = RetryPolicy(base: .seconds(2), max: .seconds(30))
    /// Interruptions in a row after which a task counts as failed; with the longest pauses that is most of a day.
    package static let interruptionsMax = 100

    /// How the run as a whole stands.
    enum Phase: Equatable, Sendable, Codable {
        case unopened
        case planReview
        case running
        case draining
        case stopping
        case holding(Outcome)
        case concluding(Outcome)
        case over(Outcome)
    }

    /// What the run was opened with, less what has been revised since; nil before.
    package internal(set) var spec: RunSpec?
    var phase: Phase = .unopened
    var records = TaskRecords()
    var index: [TaskID: Int] = [:]
    /// Attempts whose worktrees are being removed.
    var disposals: [AttemptID] = []
    var isAttended = true
    /// Whether somebody has let the plan through its gate; a run that goes on asks again where nobody has.
    var isPlanApproved = false
    /// Counts the changes of what would start, while the plan waits for approval.
    var planEdition = 0
    /// Between ``Event/restarted`` and the event with which the run goes on.
    var isRestarting = false
    var fault: String?
    /// Providers that have met trouble or failures, in the order in which they did.
    var gates: [ProviderGate] = []
    /// Whether a limit of the run is crossed, so that it is told once.
    var isBudgetCrossed = false
    /// What the last event led to that people should know.
    package internal(set) var remarks: [Remark] = []
    var started = Timestamp(milliseconds: 0)
    var ended: Timestamp?
    /// Reports of attempts that were merged, in merge order: what HANDOFF.md is rendered from.
    var memory = Handoff()
    /// Indices of the tasks that the last event may have changed for a reader.
    package internal(set) var touched: [Int] = []

    package init() {}

    /// Takes one event and tells what to do about it, in order.
    /// - Parameters:
    ///   - event: what happened.
    ///   - time: when; never earlier than that of the event before, except where the clock was set back.
    /// - Returns: the effects to perform, none of which may begin before the event is in the journal.
    package mutating func handle(_ event: Event, at time: Timestamp) -> [Effect] {
        touched.removeAll(keepingCapacity: true)
        remarks.removeAll()
        var effects: [Effect] = []
        react(to: event, at: time, &effects)
        endVoidValidations(&effects)
        if phase == .planReview, event.changesStarts { planEdition += 1 }
        if isRestarting { return effects }
        // What only uses up what there is lets nothing begin, unless it shows that a provider works again; most events of a
        // long run are of this kind.
        let isMereProgress = event.isMereProgress && effects.isEmpty && gates.isEmpty
        if isMereProgress { enforceBudgets(&effects) } else { advance(at: time, &effects) }
        return effects
    }

    /// The outcome, once the run is over.
    package var outcome: Outcome? {
        if case .over(let outcome) = phase { outcome } else { nil }
    }

    private mutating func react(to event: Event, at time: Timestamp, _ effects: inout [Effect]) {
        switch event {
        case .opened(let spec): open(spec, at: time, &effects)
        case .restarted: isRestarting = true
        case .recovered:
            isRestarting = false
            recover(at: time, &effects)
        case .planRevised(let plan): revise(plan, at: time)
        case .reordered(let task, let other): reorder(task, before: other)
        case .taskAdded(let addition): add(addition, at: time)
        case .concluded(let trouble): concluded(trouble, at: time, &effects)
        case .planApproved, .runStopped, .runResumed, .adjusted, .attendanceBegan, .attendanceEnded:
            reactToRun(event, at: time, &effects)
        case .skipped(let task, _), .retried(let task, _), .taskStopped(let task), .messaged(let task, _):
            withRecord(task, event, &effects) { $0.reactToPerson(event, $1, at: time, &$2) }
        case .approved(let attempt, _), .changesRequested(let attempt, _), .recheckRequested(let attempt):
            withCurrent(attempt, event, &effects) { $0.reactToReview(event, $1, at: time, &$2) }
        case .disposed(let attempt, let disposal):
            disposed(attempt, disposal)
        case .timerFired(.backoff(let task)):
            withRecord(task, event, &effects) { scheduler, index, _ in scheduler.backoffEnded(index, at: time) }
        case .timerFired(.timeout(let attempt)):
            withCurrent(attempt, event, &effects) { scheduler, index, effects in
                scheduler.timedOut(index, &effects)
            }
        case .timerFired(.collection(let attempt)):
            withCurrent(attempt, event, &effects) { scheduler, index, effects in
                scheduler.collectAgain(index, &effects)
            }
        case .timerFired(.provider(let name, let number)): providerRested(name, number)
        case .prepared(let attempt, _), .prepareFailed(let attempt, _), .started(let attempt, _),
            .usageReported(let attempt, _), .troubleReported(let attempt, _), .exited(let attempt, _),
            .collected(let attempt, _, _),
            .collectFailed(let attempt, _), .merged(let attempt, _), .conflicted(let attempt, _),
            .mergeHeld(let attempt, _):
            withCurrent(attempt, event, &effects) { $0.reactToAnswer(event, $1, at: time, &$2) }
        }
    }

    /// Finds the task's record; an unknown one is a fault.
    private mutating func withRecord(
        _ task: TaskID,
        _ event: Event,
        _ effects: inout [Effect],
        _ body: (inout Scheduler, Int, inout [Effect]) -> Void
    ) {
        guard let index = index[task] else {
            return raise("\(event.name) names task '\(task)', which is not in this run", &effects)
        }
        body(&self, index, &effects)
    }

    /// Finds the record whose current attempt this is; an older attempt's late news changes nothing.
    private mutating func withCurrent(
        _ attempt: AttemptID,
        _ event: Event,
        _ effects: inout [Effect],
        _ body: (inout Scheduler, Int, inout [Effect]) -> Void
    ) {
        withRecord(attempt.task, event, &effects) { scheduler, index, effects in
            guard scheduler.records[index].attempt.number == attempt.number else { return }
            body(&scheduler, index, &effects)
        }
    }

    /// Late, as it may be: the attempt need not be the current one any more.
    private mutating func disposed(_ attempt: AttemptID, _ disposal: Disposal) {
        disposals.removeAll { $0 == attempt }
        guard let place = index[attempt.task], records[place].attempts.indices.contains(attempt.number - 1) else {
            return
        }
        if disposal == .removed { records[place].attempts[attempt.number - 1].worktree = nil }
        touch(place)
    }

    // MARK: What the parts share

    mutating func touch(_ index: Int) {
        touched.append(index)
        touched.append(contentsOf: records[index].dependants)
    }

    mutating func move(_ index: Int, to phase: TaskPhase, at time: Timestamp) {
        let old = records[index].phase
        let settled = old.isOver || phase.isOver
        // All of it was done or skipped before, and is now: nobody further away was or is blocked by that.
        let isNear = !old.blocksDependants && phase.releasesDependants && culprit(of: index) == nil
        records[index].phase = phase
        records[index].changed = time
        if !phase.holdsWorker { records[index].worker = nil }
        touch(index)
        if settled { touchNeighbours(of: index, isNear: isNear) }
    }

    /// Touches all that reads differently when a task is over or is not over any more.
    ///
    /// Whether a far dependant counts as blocked hangs on whole chains, and what else a dependant waits for may now be the last that it
    /// waits for. `isNear` says that no chain reads differently.
    private mutating func touchNeighbours(of index: Int, isNear: Bool) {
        touched.append(contentsOf: records[index].dependencies)
        for dependant in records[index].dependants {
            let open = records[dependant].dependencies.filter { records.phase($0) != .released }
            // The last one open, or the one that no longer is.
            if open.count <= 2 { touched.append(contentsOf: open) }
        }
        if isNear { return }
        var seen = [Bool](repeating: false, count: records.count)
        var chain = records[index].dependants
        while let next = chain.popLast() {
            guard !seen[next] else { continue }
            seen[next] = true
            touched.append(next)
            chain.append(contentsOf: records[next].dependants)
        }
    }

    mutating func updateAttempt(_ index: Int, _ body: (inout AttemptRecord) -> Void) {
        guard let place = records[index].currentPlace else { return }
        body(&records[index].attempts[place])
        touch(index)
    }

    /// Pauses the run: something happened that should be impossible, and going on could do harm.
    mutating func raise(_ text: String, _ effects: inout [Effect]) {
        if fault == nil { fault = text }
        effects.append(.fault(text))
    }

    mutating func dispose(_ attempt: AttemptID, _ effects: inout [Effect]) {
        disposals.append(attempt)
        effects.append(.dispose(attempt))
    }
}

extension Event {
    /// Whether it tells only how an agent fares that is at work already.
    var isMereProgress: Bool {
        switch self {
        case .started, .usageReported: true
        default: false
        }
    }

    /// Whether it changes what would start once the plan is approved.
    var changesStarts: Bool {
        switch self {
        case .planRevised, .reordered, .skipped, .retried, .taskAdded: true
        default: false
        }
    }

    /// The event's name without its values, for faults and logs.
    package var name: String {
        switch self {
        case .opened: "opened"
        case .restarted: "restarted"
        case .recovered: "recovered"
        case .planRevised: "planRevised"
        case .prepared: "prepared"
        case .prepareFailed: "prepareFailed"
        case .started: "started"
        case .usageReported: "usageReported"
        case .troubleReported: "troubleReported"
        case .exited: "exited"
        case .collected: "collected"
        case .collectFailed: "collectFailed"
        case .merged: "merged"
        case .conflicted: "conflicted"
        case .mergeHeld: "mergeHeld"
        case .disposed: "disposed"
        case .timerFired: "timerFired"
        case .concluded: "concluded"
        case .planApproved: "planApproved"
        case .reordered: "reordered"
        case .approved: "approved"
        case .changesRequested: "changesRequested"
        case .recheckRequested: "recheckRequested"
        case .skipped: "skipped"
        case .retried: "retried"
        case .taskStopped: "taskStopped"
        case .messaged: "messaged"
        case .taskAdded: "taskAdded"
        case .runStopped: "runStopped"
        case .runResumed: "runResumed"
        case .adjusted: "adjusted"
        case .attendanceBegan: "attendanceBegan"
        case .attendanceEnded: "attendanceEnded"
        }
    }
}
