/// What is done about a step in which an engine died: one table, which ARCHITECTURE.md shows word for word.
///
/// The journal's state tells the step, and the step its effect (``Scheduler/restart(at:_:)``). The facts about the world are the traces that
/// an earlier try of the same effect left. They are looked for by the effect itself, at the moment of its deed and not before, so that
/// nothing can change between the look and the deed.
package enum Recovery {
    /// Where a task, or the run, stands so that an effect is under way by the journal.
    package enum Step: String, CaseIterable, Sendable {
        case preparing
        case running
        case collecting
        case merging
        case removing
        case pausing
        case concluding
        case over
    }

    /// What an earlier try may have left.
    package enum Trace: String, CaseIterable, Sendable {
        /// It never began, or nothing of it is left.
        case nothing
        /// It began, and whoever worked on it is gone.
        case half
        /// It is done, and nobody has noted it.
        case whole
        /// A process of its own is still at it.
        case atWork = "at work"
    }

    /// What the effect does about a trace, and thereby answers.
    package enum Deed: String, Sendable {
        /// Does it from the start, as if for the first time.
        case begin
        /// Makes whole what is half: the same work, and nothing of it twice.
        case complete
        /// Ends what is left and tells that the try was interrupted; what it made is kept, and another attempt follows.
        case giveUp = "give up"
        /// Does nothing and answers what the earlier try would have answered.
        case answer
        /// Joins whoever is at work and answers with them.
        case adopt
        /// Lets whoever is at work come to an end, and looks again.
        case wait
    }

    /// The effect that is asked for again in a step, by its name in ``Effect``.
    package static func effect(in step: Step) -> String {
        switch step {
        case .preparing: "prepare"
        case .running: "run"
        case .collecting: "collect"
        case .merging: "merge"
        case .removing: "dispose"
        case .pausing: "startTimer"
        case .concluding: "conclude"
        case .over: "finish"
        }
    }

    /// The table: what that effect does about each trace; nil where the step leaves no such trace.
    package static func deed(in step: Step, finding trace: Trace) -> Deed? {
        switch (step, trace) {
        // An agent is never started twice for one attempt: it may have spent money and done half of its work.
        case (.running, .nothing): .begin
        case (.running, .half): .giveUp
        case (.running, .whole): .answer
        case (.running, .atWork): .adopt
        // A pause is only what is left of it, and the end of a run is only told.
        case (.pausing, .nothing), (.over, .nothing): .begin
        case (.pausing, _), (.over, _): nil
        // Everything else is work of git and programs of the engine's, which can be repeated.
        case (_, .nothing): .begin
        case (_, .half): .complete
        case (_, .whole): .answer
        case (_, .atWork): .wait
        }
    }
}

extension Recovery.Step {
    /// The step of a task in this phase; nil where no effect is under way.
    init?(_ phase: TaskPhase) {
        switch phase {
        case .preparing: self = .preparing
        case .running: self = .running
        case .collecting: self = .collecting
        case .merging: self = .merging
        case .backoff: self = .pausing
        case .waiting, .review, .mergeQueued, .done, .failed, .skipped, .stopped, .excluded: return nil
        }
    }
}

extension Scheduler {
    /// After a restart: asks again for every effect that was under way.
    mutating func recover(at time: Timestamp, _ effects: inout [Effect]) {
        isAttended = true
        retryProvidersThatNeedPerson()
        restart(at: time, &effects)
        switch phase {
        case .over(let outcome):
            // The run was over, but nobody was told.
            effects.append(.finish(outcome))
        // Whoever starts the engine again wants the run to go on, whatever it was told before it died; and what it
        // held or ended for may have been mended by an edited plan, as a finished one may have grown. What is still
        // over is concluded again at once.
        case .concluding, .draining, .stopping, .holding:
            goOn()
        case .unopened, .planReview, .running:
            break
        }
    }

    /// Asks again for every effect of tasks that is under way by the record, but died with an engine.
    mutating func restart(at time: Timestamp, _ effects: inout [Effect]) {
        for place in records.indices {
            guard let step = Recovery.Step(records[place].phase) else { continue }
            askAgain(step, place, at: time, &effects)
        }
        restartProviders(at: time, &effects)
        effects.append(contentsOf: disposals.map { .dispose($0) })
    }

    private mutating func askAgain(
        _ step: Recovery.Step,
        _ place: Int,
        at time: Timestamp,
        _ effects: inout [Effect]
    ) {
        switch (step, records[place].phase) {
        case (.preparing, _):
            effects.append(.prepare(prepareOrder(place)))
        case (.running, _):
            runAgain(place, at: time, &effects)
        case (.collecting, .collecting(let ending)):
            if let order = collectOrder(place, ending) { effects.append(.collect(order)) }
        case (.merging, _):
            if let order = mergeOrder(place) { effects.append(.merge(order)) }
        case (.pausing, _):
            let whole = spec?.plan.settings.backoffMax ?? .zero
            let rest = left(until: records[place].backoffEnd ?? time, at: time, of: whole)
            effects.append(.startTimer(.backoff(records[place].id), rest))
        case (.collecting, _), (.removing, _), (.concluding, _), (.over, _):
            break
        }
    }

    private mutating func runAgain(_ place: Int, at time: Timestamp, _ effects: inout [Effect]) {
        guard let worktree = records[place].current?.worktree else { return }
        // One that never told of its process may not have begun.
        if records[place].current?.process != nil { updateAttempt(place) { $0.finding = .sought } }
        effects.append(.run(launchOrder(place, worktree)))
        if let timeout = records[place].task.timeout ?? spec?.plan.settings.timeout {
            let end = (records[place].current?.launched ?? time).advanced(by: timeout)
            effects.append(.startTimer(.timeout(records[place].attempt), left(until: end, at: time, of: timeout)))
        }
        let attempt = records[place].current
        let isUnwanted = records[place].intent != nil || attempt?.isTimedOut == true || attempt?.isOverBudget == true
        if isUnwanted { effects.append(.terminate(records[place].attempt)) }
    }

    /// What is left of a delay that ends then; never more than the whole, though the clock may have been set back.
    private func left(until end: Timestamp, at time: Timestamp, of whole: Duration) -> Duration {
        min(max(.zero, end.since(time)), whole)
    }
}
