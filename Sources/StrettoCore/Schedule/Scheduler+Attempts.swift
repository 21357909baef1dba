extension Scheduler {
    /// The answers to effects: each is expected in one phase only, and moves the task on.
    mutating func reactToAnswer(_ event: Event, _ place: Int, at time: Timestamp, _ effects: inout [Effect]) {
        switch (records[place].phase, event) {
        case (.preparing, .prepared(_, let worktree)):
            prepared(place, worktree, at: time, &effects)
        case (.preparing, .prepareFailed(_, let trouble)):
            prepareFailed(place, trouble, at: time, &effects)
        case (.running, .started(_, let process)):
            updateAttempt(place) { attempt in
                if attempt.finding == .sought { attempt.finding = .adopted }
                attempt.process = process
                if attempt.launched == nil { attempt.launched = time }
            }
        case (.running, .usageReported(_, let usage)):
            updateAttempt(place) { $0.usage = usage }
            if usage.tokens > 0 { noteAnswer(place) }
        case (.running, .troubleReported(_, let trouble)):
            meetTrouble(trouble, place, at: time, &effects)
        case (.running, .exited(_, let exit)):
            exited(place, exit, at: time, &effects)
        case (.collecting(let ending), .collected(_, let contribution, let checks)):
            updateAttempt(place) { attempt in
                attempt.contribution = contribution
                attempt.checks = checks
            }
            records[place].troubleCount = 0
            collected(place, ending, at: time, &effects)
        case (.collecting(let ending), .collectFailed(_, let trouble)):
            collectFailed(place, ending, trouble, at: time, &effects)
        case (.merging, .merged(_, _)):
            merged(place, at: time, &effects)
        case (.merging, .conflicted(_, let conflict)):
            conflicted(place, conflict, at: time, &effects)
        case (.merging, .mergeHeld(_, let reason)):
            move(place, to: .review(.held(reason)), at: time)
        // Progress and exit come from two places; news of a process that has already ended changes nothing.
        case (_, .started), (_, .usageReported), (_, .troubleReported):
            break
        default:
            raise("\(event.name) cannot happen to \(records[place].attempt) while it is \(state(of: place))", &effects)
        }
    }

    private mutating func prepared(
        _ place: Int,
        _ worktree: Worktree,
        at time: Timestamp,
        _ effects: inout [Effect]
    ) {
        updateAttempt(place) { $0.worktree = worktree }
        records[place].troubleCount = 0
        if records[place].intent != nil || phase == .stopping {
            // Nothing ran in it, so there is nothing to keep.
            let attempt = records[place].attempt
            updateAttempt(place) { $0.failure = "ended before it began" }
            dispose(attempt, &effects)
            return settleIntent(place, or: .waiting, at: time)
        }
        guard mayStillBegin(place) else {
            updateAttempt(place) { $0.failure = "held back before it began" }
            dispose(records[place].attempt, &effects)
            return move(place, to: .waiting, at: time)
        }
        move(place, to: .running, at: time)
        updateAttempt(place) { $0.launched = time }
        effects.append(.run(launchOrder(place, worktree)))
        if let timeout = records[place].task.timeout ?? spec?.plan.settings.timeout {
            effects.append(.startTimer(.timeout(records[place].attempt), timeout))
        }
    }

    /// Whether the task would be started now as well: a limit may have been met while its worktree was made, which can take minutes of setup.
    private func mayStillBegin(_ place: Int) -> Bool { !budgetIsSpent && passesGates(place) }

    private mutating func prepareFailed(
        _ place: Int,
        _ trouble: Trouble,
        at time: Timestamp,
        _ effects: inout [Effect]
    ) {
        updateAttempt(place) { $0.failure = trouble.message }
        // A setup command may have failed in a whole checkout, which nobody needs any more.
        dispose(records[place].attempt, &effects)
        if records[place].intent != nil || phase == .stopping {
            return settleIntent(place, or: .waiting, at: time)
        }
        records[place].troubleCount += 1
        if records[place].troubleCount >= Self.troublesMax || !trouble.isPassing {
            return move(place, to: .failed(trouble.message), at: time)
        }
        backOff(place, failures: records[place].troubleCount, at: time, &effects)
    }

    private mutating func exited(_ place: Int, _ exit: AgentExit, at time: Timestamp, _ effects: inout [Effect]) {
        updateAttempt(place) { attempt in
            attempt.exit = exit
            // What was reported before a crash was used, whatever its end still knows of it.
            if exit.usage.tokens >= attempt.usage.tokens { attempt.usage = exit.usage }
            attempt.exited = time
        }
        if let trouble = exit.trouble { meetTrouble(trouble, place, at: time, &effects) }
        let ending: TaskPhase.Ending
        if records[place].intent != nil {
            ending = .interrupt("ended on request")
        } else if records[place].current?.isTimedOut == true {
            ending = .fail("it did not finish within its timeout")
        } else {
            switch exit.verdict {
            case .completed: ending = .verify
            // An agent that we are ending says whatever it likes on its way out.
            case .failed(let reason): ending = isExcused(place, exit) ? .interrupt(reason) : .fail(reason)
            case .interrupted(let reason): ending = .interrupt(reason)
            }
        }
        collect(place, ending, at: time, &effects)
    }

    /// Whether a failure does not count: we ended the agent, or it spent all that it was given.
    private func isExcused(_ place: Int, _ exit: AgentExit) -> Bool {
        guard phase != .stopping, let attempt = records[place].current, !attempt.isOverBudget else { return true }
        guard exit.trouble?.kind == .attemptBudget, let allowance = attempt.allowanceMicrodollars else { return false }
        return exit.usage.chargedMicrodollars >= allowance
    }

    /// Keeps the attempt's tree, whatever became of it; checks run only where it may go on.
    mutating func collect(_ place: Int, _ ending: TaskPhase.Ending, at time: Timestamp, _ effects: inout [Effect]) {
        guard records[place].current?.worktree != nil else {
            return raise("\(records[place].attempt) has no worktree to collect", &effects)
        }
        move(place, to: .collecting(ending), at: time)
        if let order = collectOrder(place, ending) { effects.append(.collect(order)) }
    }

    private mutating func collected(
        _ place: Int,
        _ ending: TaskPhase.Ending,
        at time: Timestamp,
        _ effects: inout [Effect]
    ) {
        let isJudgement = records[place].validation != nil
        if ending != .verify || records[place].intent != nil || isJudgement {
            dispose(records[place].attempt, &effects)
        }
        settleEnding(place, ending, at: time, &effects)
    }

    private mutating func collectFailed(
        _ place: Int,
        _ ending: TaskPhase.Ending,
        _ trouble: Trouble,
        at time: Timestamp,
        _ effects: inout [Effect]
    ) {
        // The work is done and paid for: what passes by itself must not cost another attempt.
        records[place].troubleCount += 1
        if trouble.isPassing, records[place].troubleCount < Self.troublesMax {
            let pause = Self.collectionPauses.pause(afterFailures: records[place].troubleCount)
            return effects.append(.startTimer(.collection(records[place].attempt), pause))
        }
        records[place].troubleCount = 0
        let failing: TaskPhase.Ending = ending == .verify ? .fail(trouble.message) : ending
        updateAttempt(place) { $0.failure = trouble.message }
        // A worktree that is not proved to be kept is set aside and told of, not removed.
        dispose(records[place].attempt, &effects)
        settleEnding(place, failing, at: time, &effects)
    }

    mutating func collectAgain(_ place: Int, _ effects: inout [Effect]) {
        guard case .collecting(let ending) = records[place].phase, let order = collectOrder(place, ending) else {
            return
        }
        effects.append(.collect(order))
    }

    private mutating func settleEnding(
        _ place: Int,
        _ ending: TaskPhase.Ending,
        at time: Timestamp,
        _ effects: inout [Effect]
    ) {
        if let intent = records[place].intent {
            let reason = intent == .hear ? "interrupted by a message" : "ended on request"
            updateAttempt(place) { $0.failure = $0.failure ?? reason }
            return settleIntent(place, or: .waiting, at: time)
        }
        switch ending {
        case .verify:
            verified(place, at: time, &effects)
        case .fail(let reason):
            failed(place, reason, at: time, &effects)
        case .interrupt(let reason):
            interrupted(place, reason, at: time, &effects)
        }
    }

    /// Not counted as a failure; but whatever cut it off may still be there, so it pauses like one.
    private mutating func interrupted(
        _ place: Int,
        _ reason: String,
        at time: Timestamp,
        _ effects: inout [Effect]
    ) {
        updateAttempt(place) { $0.failure = reason }
        leaveSession(place)
        // A run that is being stopped ends its agents itself.
        guard phase != .stopping else { return move(place, to: .waiting, at: time) }
        // What the provider or the budget cut off waits for them, and for nothing else.
        if let exit = records[place].current?.exit, exit.trouble?.isProviderWide == true || isExcused(place, exit) {
            return move(place, to: .waiting, at: time)
        }
        records[place].interruptionCount += 1
        if records[place].interruptionCount >= Self.interruptionsMax {
            move(place, to: .failed("interrupted \(Self.interruptionsMax) times in a row: \(reason)"), at: time)
        } else if records[place].current?.exit?.trouble?.kind == .sessionLost {
            // The next attempt starts afresh: nothing has to pass before.
            move(place, to: .waiting, at: time)
        } else {
            backOff(place, failures: records[place].interruptionCount, at: time, &effects)
        }
    }

    private mutating func verified(_ place: Int, at time: Timestamp, _ effects: inout [Effect]) {
        guard let attempt = records[place].current else { return }
        if records[place].validation != nil { return judged(place, at: time, &effects) }
        records[place].interruptionCount = 0
        if let failure = Evidence.failure(of: attempt) {
            dispose(records[place].attempt, &effects)
            return failed(place, failure, at: time, &effects)
        }
        noteSuccess(place)
        if beginValidation(place, at: time) { return }
        goOnToMerge(place, at: time, &effects)
    }

    /// The work is proved to be good: to the person who wants to see it, or to its merge.
    mutating func goOnToMerge(_ place: Int, at time: Timestamp, _ effects: inout [Effect]) {
        if asksPerson(place) {
            move(place, to: .review(.gate), at: time)
        } else {
            queueMerge(place, at: time, &effects)
        }
    }

    /// Sends the work on its way to the run's branch; without a change there is nothing to merge.
    mutating func queueMerge(_ place: Int, at time: Timestamp, _ effects: inout [Effect]) {
        guard records[place].current?.contribution?.changes.isEmpty == false else {
            remember(place)
            dispose(records[place].attempt, &effects)
            return move(place, to: .done, at: time)
        }
        move(place, to: .mergeQueued, at: time)
    }

    private mutating func merged(_ place: Int, at time: Timestamp, _ effects: inout [Effect]) {
        remember(place)
        records[place].claimedPaths = []
        dispose(records[place].attempt, &effects)
        move(place, to: .done, at: time)
    }

    private mutating func conflicted(
        _ place: Int,
        _ conflict: MergeConflict,
        at time: Timestamp,
        _ effects: inout [Effect]
    ) {
        let finding = Evidence.finding(of: conflict)
        records[place].findings.append(finding)
        guard !records[place].conflictRetryIsUsed else {
            records[place].claimedPaths = []
            return move(place, to: .review(.conflict(finding)), at: time)
        }
        records[place].conflictRetryIsUsed = true
        let changed = records[place].current?.contribution?.changes.map(\.path) ?? []
        records[place].claimedPaths = conflict.paths.isEmpty ? changed : conflict.paths
        updateAttempt(place) { $0.failure = finding }
        dispose(records[place].attempt, &effects)
        move(place, to: .waiting, at: time)
    }

    /// A counted failure: again after a pause, or over.
    ///
    /// `isLast` ends the task although it has attempts left.
    mutating func failed(
        _ place: Int,
        _ reason: String,
        isLast: Bool = false,
        at time: Timestamp,
        _ effects: inout [Effect]
    ) {
        if records[place].validation != nil { return failedToJudge(place, reason, at: time, &effects) }
        updateAttempt(place) { $0.failure = reason }
        records[place].findings.append(reason)
        records[place].failureCount += 1
        records[place].interruptionCount = 0
        noteFailure(place, at: time, &effects)
        if isLast || records[place].failureCount >= attemptsMax(place) {
            records[place].claimedPaths = []
            move(place, to: .failed(reason), at: time)
        } else {
            backOff(place, failures: records[place].failureCount, at: time, &effects)
        }
    }

    mutating func backOff(_ place: Int, failures: Int, at time: Timestamp, _ effects: inout [Effect]) {
        guard let settings = spec?.plan.settings else { return }
        let pause = RetryPolicy(base: settings.backoffBase, max: settings.backoffMax).pause(afterFailures: failures)
        records[place].backoffEnd = time.advanced(by: pause)
        move(place, to: .backoff, at: time)
        effects.append(.startTimer(.backoff(records[place].id), pause))
    }

    mutating func backoffEnded(_ place: Int, at time: Timestamp) {
        // A person may have been quicker than the timer.
        guard records[place].phase == .backoff else { return }
        records[place].backoffEnd = nil
        move(place, to: .waiting, at: time)
    }

    mutating func timedOut(_ place: Int, _ effects: inout [Effect]) {
        // The exit and the timer race; whichever comes second finds nothing to do.
        guard records[place].phase == .running else { return }
        updateAttempt(place) { $0.isTimedOut = true }
        effects.append(.terminate(records[place].attempt))
    }

    /// Does what a person asked for while the attempt was under way.
    mutating func settleIntent(_ place: Int, or phase: TaskPhase, at time: Timestamp) {
        let intent = records[place].intent
        records[place].intent = nil
        switch intent {
        case .skip(let reason):
            move(place, to: .skipped(reason), at: time)
        case .stop:
            records[place].validation?.isVoid = true
            leaveSession(place)
            move(place, to: .stopped, at: time)
        case .retry(let note):
            forgive(place, note: note)
            move(place, to: .waiting, at: time)
        case .hear:
            leaveSession(place)
            records[place].isAddressed = true
            move(place, to: .waiting, at: time)
        case nil:
            move(place, to: phase, at: time)
        }
    }

    /// A person's retry begins the count anew.
    mutating func forgive(_ place: Int, note: String) {
        records[place].failureCount = 0
        records[place].troubleCount = 0
        records[place].interruptionCount = 0
        records[place].conflictRetryIsUsed = false
        records[place].backoffEnd = nil
        records[place].rejectionCount = nil
        records[place].validation?.isVoid = true
        if !note.isEmpty { records[place].findings.append("The person who reviews this says: " + note) }
    }

    func attemptsMax(_ place: Int) -> Int {
        records[place].task.attemptsMax ?? spec?.plan.settings.attemptsMax ?? 1
    }

    private func asksPerson(_ place: Int) -> Bool {
        guard let gates = spec?.gates else { return false }
        let policy = records[place].task.review ?? gates.task
        return policy == .human && (isAttended || gates.unattended == .human)
    }

    /// Adds what the attempt reported to the run's memory.
    private mutating func remember(_ place: Int) {
        guard let report = records[place].current?.exit?.report else { return }
        memory.add(report, from: records[place].id)
    }
}
