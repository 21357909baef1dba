/// What front ends see, derived from the scheduler's state.
extension Scheduler {
    /// The whole state for a front end; nil before the run is opened.
    ///
    /// `logPath` is where the event and git log of the run grows.
    package func snapshot(logPath: String) -> RunSnapshot? {
        guard let header = header(logPath: logPath) else { return nil }
        return RunSnapshot(header: header, tasks: records.indices.map { task(at: $0) }, handoff: handoff)
    }

    /// The generated part of HANDOFF.md as it stands now.
    package var handoff: String { handoffText(merging: nil) }

    package var taskOrder: [TaskID] { records.map(\.id) }

    /// The run as a whole; nil before it is opened.
    package func header(logPath: String) -> RunHeader? {
        guard let spec else { return nil }
        return RunHeader(
            run: spec.id,
            planName: spec.plan.name,
            planPath: spec.planPath,
            branch: spec.id.branch,
            phase: visiblePhase,
            started: started,
            ended: ended,
            workers: spec.workers,
            usage: usage,
            countedMicrodollars: records.spent.microdollars,
            budget: spec.budget,
            fault: fault,
            providers: providerSnapshots,
            logPath: logPath,
            startOrder: phase == .planReview ? startOrder : nil,
            planEdition: phase == .planReview ? planEdition : nil
        )
    }

    private var visiblePhase: RunHeader.Phase {
        switch phase {
        case .unopened, .running: .running
        case .planReview: .planReview
        case .draining: .draining
        case .stopping: .stopping
        case .holding(let outcome): .holding(outcome)
        case .concluding: .concluding
        case .over(let outcome): .over(outcome)
        }
    }

    /// One task for a front end, by its index in plan order.
    package func task(at place: Int) -> TaskSnapshot {
        let record = records[place]
        let choice = visibleChoice(place)
        return TaskSnapshot(
            id: record.id,
            name: record.task.name,
            section: record.section,
            description: record.task.description,
            state: state(of: place),
            detail: detail(of: place),
            dependencies: record.task.dependencies,
            releases: releases(of: place),
            builder: choice.builder,
            model: choice.model,
            choice: choice.explanation,
            role: record.role,
            hearing: hearing(of: place),
            worker: record.worker,
            started: record.current?.launched ?? record.current?.ordered,
            changed: record.changed,
            worked: worked(record, isActive: state(of: place).isActive),
            usage: record.attempts.reduce(.zero) { $0 + $1.usage },
            budget: record.task.ownBudget,
            attempts: record.attempts.enumerated().map { offset, attempt in
                AttemptSnapshot(
                    number: offset + 1,
                    worktree: attempt.worktree,
                    process: attempt.process,
                    exit: attempt.exit,
                    contribution: attempt.contribution.map { Self.shown($0, warnings: record.warnings(after: offset)) },
                    checks: attempt.checks,
                    failure: attempt.failure,
                    lack: Evidence.lack(of: attempt),
                    builder: attempt.builder,
                    output: attempt.program?.output,
                    model: attempt.exit?.fallbackModel ?? attempt.model,
                    usage: attempt.usage,
                    launched: attempt.launched,
                    exited: attempt.exited,
                    validator: attempt.validator
                )
            }
        )
    }

    /// A contribution as clients get it: with what validators warn of, and no more paths than a message can hold.
    private static func shown(_ contribution: Contribution, warnings: [String]) -> Contribution {
        let more = contribution.changes.count - changesShownMax
        var short = contribution
        short.findings += warnings
        guard more > 0 else { return short }
        short.changes = Array(contribution.changes.prefix(changesShownMax))
        short.findings.append("\(more) more changed paths are not listed; the diff has them")
        return short
    }

    /// How many changed paths of one attempt clients get.
    private static var changesShownMax: Int { 1000 }

    /// The state that people see: `ready` and `blocked` are told apart from `waiting` here.
    func state(of place: Int) -> TaskState {
        switch records[place].phase {
        case .waiting: isReady(place) ? .ready : culprit(of: place) == nil ? .waiting : .blocked
        case .backoff: .retrying
        case .preparing: .preparing
        case .running: .running
        case .collecting: .checking
        case .review: .review
        case .mergeQueued, .merging: .merging
        case .done: .done
        case .failed: .failed
        case .skipped: .skipped
        case .stopped: .stopped
        case .excluded: .excluded
        }
    }

    private func detail(of place: Int) -> String {
        let record = records[place]
        switch record.phase {
        case .waiting:
            return waitingDetail(place)
        case .backoff:
            if record.interruptionCount > 0 || record.troubleCount > 0 { return "interrupted, again soon" }
            if let validator = record.validator { return "\(validator), again soon" }
            return "retry \(record.failureCount) of \(max(1, attemptsMax(place) - 1))"
        case .preparing, .running, .collecting, .merging:
            if record.intent != nil || record.current?.isTimedOut == true { return "ending" }
            return record.validator ?? (record.attempts.count > 1 ? "attempt \(record.attempts.count)" : "")
        case .review(.gate): return record.current.flatMap(Evidence.lack)?.word ?? "review"
        case .review(.conflict): return "conflict"
        case .review(.held): return "held"
        case .mergeQueued: return "waits to merge"
        case .done:
            if record.current?.contribution?.changes.isEmpty == true { return "no change" }
            if let lack = record.current.flatMap(Evidence.lack) { return lack.word }
            if record.current?.isValidated == true {
                return record.workPlace.map { record.warnings(after: $0).isEmpty } == false ? "warning" : ""
            }
            return record.current?.checks.isEmpty == true && builder(of: place) != .command ? "no checks" : ""
        case .failed(let reason): return Narrator.headline(of: reason)
        case .skipped(let reason): return reason
        case .stopped: return ""
        case .excluded: return record.task.status.isOver ? "before" : "not in this run"
        }
    }

    private func waitingDetail(_ place: Int) -> String {
        let record = records[place]
        if let culprit = culprit(of: place) {
            if case .stopped = records[culprit].phase { return "\(records[culprit].id) was stopped" }
            return "\(records[culprit].id) failed"
        }
        if let open = records[place].dependencies.first(where: { !records[$0].phase.releasesDependants }) {
            return "after \(records[open].id)"
        }
        if records[place].conflictRetryIsUsed, !records[place].claimedPaths.isEmpty { return "retry after conflict" }
        if let closure = closedGate(for: place)?.closure { return closure.word }
        if isBudgetCrossed { return "budget" }
        return record.validator.map { "for \($0)" } ?? ""
    }

    /// The nearest failed or stopped task that this one waits for, directly or not.
    func culprit(of place: Int) -> Int? {
        guard records.culpritCount > 0 else { return nil }
        var seen = [Bool](repeating: false, count: records.count)
        var open = records[place].dependencies
        while let next = open.popLast() {
            guard !seen[next] else { continue }
            seen[next] = true
            switch records.phase(next) {
            case .lost: return next
            case .released: continue
            default: open.append(contentsOf: records[next].dependencies)
            }
        }
        return nil
    }

    /// Tasks that could start at once if this one were skipped now.
    private func releases(of place: Int) -> [TaskID] {
        guard !records[place].phase.releasesDependants else { return [] }
        return records[place].dependants.filter { dependant in
            records[dependant].phase == .waiting
                && records[dependant].dependencies.allSatisfy { $0 == place || records[$0].phase.releasesDependants }
        }.map { records[$0].id }
    }

    /// Time in work of the attempts that are over, validators' included; what is still checked or merged is not.
    private func worked(_ record: TaskRecord, isActive: Bool) -> Duration {
        record.attempts.dropLast(isActive ? 1 : 0).reduce(.zero) { sum, attempt in
            guard let launched = attempt.launched, let exited = attempt.exited else { return sum }
            return sum + max(.zero, exited.since(launched))
        }
    }
}

extension TaskRecord {
    /// What those warn of who judged the attempt at this place.
    fileprivate func warnings(after place: Int) -> [String] {
        guard attempts[place].validator == nil else { return [] }
        return attempts[(place + 1)...].prefix { $0.validator != nil }.compactMap { attempt in
            guard let validator = attempt.validator, let word = attempt.exit?.report?.validation, word.verdict == .warn
            else { return nil }
            return Evidence.finding(of: word, by: validator)
        }
    }
}
