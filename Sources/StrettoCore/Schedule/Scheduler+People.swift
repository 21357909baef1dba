extension Scheduler {
    /// Turns a command into the event that it means now, or tells why it cannot be taken.
    package func admit(_ command: Command) throws(Refusal) -> Event {
        if case .over = phase, command != .resumeRun { throw Refusal("the run is over") }
        switch command {
        case .approvePlan(let edition):
            guard phase == .planReview else { throw Refusal("no plan waits for approval") }
            // An approval is for the plan that was seen, not for what somebody else has made of it since.
            if let edition, edition != planEdition {
                throw Refusal("the plan has changed since it was shown: look at it again")
            }
            return .planApproved
        case .revisePlan(let plan):
            return try admitRevision(plan)
        case .reorder(let task, let other):
            return try admitOrder(task, before: other)
        case .approve(let task, let tree):
            return try admitApproval(of: task, tree: tree)
        case .requestChanges(let task, let comment):
            guard case .review = try record(task).phase else { throw Refusal("\(task) is not in review") }
            guard !comment.isEmpty else { throw Refusal("say what should change: the next attempt is told") }
            return .changesRequested(try record(task).attempt, Secrets.mask(comment))
        case .recheck(let task):
            return try admitRecheck(of: task)
        case .skip(let task, let reason):
            return try admitSkip(of: task, reason: Secrets.mask(reason))
        case .retry(let task, let note):
            return try admitRetry(of: task, note: Secrets.mask(note))
        case .stopTask(let task):
            guard try record(task).phase.holdsWorker else { throw Refusal("\(task) is not running") }
            if try record(task).intent == .stop { throw Refusal("\(task) is being stopped already") }
            return .taskStopped(task)
        case .message(let task, let text):
            return try admitMessage(to: task, text)
        case .addTask(let draft):
            return try admitAddition(draft)
        case .stopRun(let mode):
            if phase == .stopping { throw Refusal("the run is already being stopped") }
            return .runStopped(mode)
        case .resumeRun:
            return try admitResumption()
        case .beginAttendance:
            return .attendanceBegan(holdsOnFailure: true)
        case .endAttendance:
            return .attendanceEnded
        }
    }

    private func admitResumption() throws(Refusal) -> Event {
        switch phase {
        case .draining, .holding, .over: return .runResumed
        case .unopened, .running: throw Refusal("the run is not stopped")
        case .planReview: throw Refusal("the plan waits for approval")
        case .stopping, .concluding: throw Refusal("the run is ending: `stretto resume` takes it up again after that")
        }
    }

    func record(_ task: TaskID) throws(Refusal) -> TaskRecord {
        guard let place = index[task] else {
            let near = NearestName.suggestion(for: task.text, among: records.map(\.id.text))
            throw Refusal("there is no task '\(task)' in this run" + (near.map { ": did you mean '\($0)'?" } ?? ""))
        }
        return records[place]
    }

    private func admitApproval(of task: TaskID, tree: TreeID?) throws(Refusal) -> Event {
        let record = try record(task)
        switch record.phase {
        case .review(.gate), .review(.held): break
        case .review(.conflict):
            throw Refusal("\(task) conflicts with the run's branch: retry it, fix it by hand and recheck, or skip it")
        default:
            throw Refusal("\(task) is not in review")
        }
        guard let actual = record.current?.contribution?.tree else { throw Refusal("\(task) has nothing to approve") }
        // An approval is for what was seen, not for what has come since.
        if let tree, tree != actual { throw Refusal("\(task) has changed since it was shown: look at it again") }
        return .approved(record.attempt, actual)
    }

    /// A recheck runs no agent, so it needs no worker; but its checks may need what another task holds.
    private func admitRecheck(of task: TaskID) throws(Refusal) -> Event {
        let record = try record(task)
        guard case .review = record.phase else { throw Refusal("\(task) is not in review") }
        for other in records where other.phase.holdsWorker {
            guard let shared = other.task.resources.first(where: record.task.resources.contains) else { continue }
            throw Refusal("\(other.id) holds the resource '\(shared)': recheck \(task) when it is free")
        }
        return .recheckRequested(record.attempt)
    }

    private func admitSkip(of task: TaskID, reason: String) throws(Refusal) -> Event {
        // A second request while the first one waits for the agent's end would only be noise; another wish may replace it.
        if case .skip = try record(task).intent { throw Refusal("\(task) is being skipped already") }
        switch try record(task).phase {
        case .done: throw Refusal("\(task) is done")
        case .merging: throw Refusal("\(task) is being merged")
        case .skipped, .excluded: throw Refusal("\(task) is skipped already")
        default: return .skipped(task, reason: reason)
        }
    }

    private func admitRetry(of task: TaskID, note: String) throws(Refusal) -> Event {
        switch try record(task).phase {
        case .done: throw Refusal("\(task) is done and merged")
        case .merging: throw Refusal("\(task) is being merged")
        case .excluded: throw Refusal("\(task) is not part of this run")
        case .waiting where try record(task).attempts.isEmpty: throw Refusal("\(task) has not run yet")
        case .skipped:
            let begun = try record(task).dependants.first { !records[$0].attempts.isEmpty }
            if let begun { throw Refusal("\(records[begun].id) has started without \(task)") }
            return .retried(task, note: note)
        default:
            let spent = index[task].flatMap { taskBudgetSentence($0) }
            if let spent { throw Refusal("\(task) cannot run again: \(spent); skip it, or add a task in its place") }
            return .retried(task, note: note)
        }
    }

    // MARK: Events about the run

    mutating func reactToRun(_ event: Event, at time: Timestamp, _ effects: inout [Effect]) {
        switch event {
        case .planApproved:
            isPlanApproved = true
            if phase == .planReview { goOn() }
        case .runStopped(let mode):
            stop(mode, at: time, &effects)
        case .runResumed:
            isRestarting = false
            resume(at: time, &effects)
        case .adjusted(let workers, let gates, let budget, let escalation):
            if let workers { spec?.workers = workers }
            if let gates { adopt(gates) }
            if let budget { spec?.budget = budget }
            if let escalation { spec?.escalation = escalation }
            if phase == .planReview { goOn() }
        case .attendanceBegan(let holdsOnFailure):
            isAttended = true
            spec?.holdsOnFailure = holdsOnFailure
        case .attendanceEnded:
            isAttended = false
            guard spec?.gates.unattended == .auto else { return }
            isPlanApproved = true
            if phase == .planReview { goOn() }
            for place in records.indices where records[place].phase == .review(.gate) {
                queueMerge(place, at: time, &effects)
            }
        default:
            break
        }
    }

    private mutating func adopt(_ gates: Gates) {
        spec?.gates = gates
        // Whoever takes a run up again and asks for the plan gate wants to look, whatever was approved before.
        guard isRestarting, gates.plan == .human else { return }
        isPlanApproved = false
        if phase == .running { phase = .planReview }
    }

    private mutating func stop(_ mode: StopMode, at time: Timestamp, _ effects: inout [Effect]) {
        switch phase {
        case .holding(let outcome):
            conclude(outcome, at: time, &effects)
        case .planReview, .running, .draining:
            phase = mode == .drain ? .draining : .stopping
            guard mode == .now else { return }
            for place in records.indices where records[place].phase == .running {
                effects.append(.terminate(records[place].attempt))
            }
        // A run that is already ending needs no second request.
        case .unopened, .stopping, .concluding, .over:
            break
        }
    }

    private mutating func resume(at time: Timestamp, _ effects: inout [Effect]) {
        let before = phase
        switch before {
        case .draining, .holding, .over: goOn()
        // Nothing was stopped; or agents are being ended, and whoever comes back after that finds their tasks waiting.
        case .unopened, .planReview, .running, .stopping, .concluding: return
        }
        ended = nil
        isAttended = true
        retryProvidersThatNeedPerson()
        guard before != .draining else { return }
        fault = nil
        for place in records.indices {
            switch records[place].phase {
            case .failed, .stopped:
                forgive(place, note: "")
                move(place, to: .waiting, at: time)
            default:
                break
            }
        }
        // Timers and removals ended with the engine that ended the run.
        if case .over = before { restart(at: time, &effects) }
    }

    // MARK: Events about a task

    mutating func reactToPerson(_ event: Event, _ place: Int, at time: Timestamp, _ effects: inout [Effect]) {
        if case .holding = phase { phase = .running }
        switch event {
        case .skipped(_, let reason):
            leave(place, to: .skipped(reason), intent: .skip(reason: reason), at: time, &effects)
        case .retried(_, let note):
            retryProvider(of: place)
            if case .review(.held) = records[place].phase { return move(place, to: .mergeQueued, at: time) }
            if !records[place].phase.holdsWorker { forgive(place, note: note) }
            leave(place, to: .waiting, intent: .retry(note: note), at: time, &effects)
        case .taskStopped:
            leave(place, to: .stopped, intent: .stop, at: time, &effects)
        case .messaged(_, let text):
            hear(text, place, at: time, &effects)
        default:
            break
        }
    }

    /// Moves a task out of whatever it is doing: at once where nothing is under way, otherwise when the step is over.
    mutating func leave(
        _ place: Int,
        to goal: TaskPhase,
        intent: TaskRecord.Intent,
        at time: Timestamp,
        _ effects: inout [Effect]
    ) {
        switch records[place].phase {
        case .running:
            records[place].intent = intent
            effects.append(.terminate(records[place].attempt))
            touch(place)
        case .preparing, .collecting:
            records[place].intent = intent
            touch(place)
        case .review, .mergeQueued:
            dispose(records[place].attempt, &effects)
            updateAttempt(place) { $0.failure = $0.failure ?? "set aside on request" }
            move(place, to: goal, at: time)
        case .waiting, .backoff, .failed, .stopped, .skipped:
            move(place, to: goal, at: time)
        // The merge came first, or the task never was part of the run: the request comes too late.
        case .merging, .done, .excluded:
            break
        }
        if case .skipped = goal { records[place].claimedPaths = [] }
    }

    mutating func reactToReview(_ event: Event, _ place: Int, at time: Timestamp, _ effects: inout [Effect]) {
        guard case .review = records[place].phase else { return }
        switch event {
        case .approved(_, let tree):
            // The journal is in order, so a tree that differs was collected after the approval was admitted.
            guard records[place].current?.contribution?.tree == tree else { return }
            queueMerge(place, at: time, &effects)
        case .changesRequested(_, let comment):
            forgive(place, note: comment)
            leaveSession(place)
            leave(place, to: .waiting, intent: .retry(note: comment), at: time, &effects)
        case .recheckRequested:
            collect(place, .verify, at: time, &effects)
        default:
            break
        }
    }
}
