extension Scheduler {
    /// After every event: start what may start, then see whether the run is over.
    mutating func advance(at time: Timestamp, _ effects: inout [Effect]) {
        releaseIdleProbes()
        enforceBudgets(&effects)
        if fault == nil {
            if phase == .running || phase == .draining { startMerge(at: time, &effects) }
            if phase == .running { startTasks(at: time, &effects) }
        }
        settle(at: time, &effects)
    }

    // MARK: Tasks

    /// How many contributions may wait for their merges, for each worker, before no new task begins.
    private static var queuedPerWorkerMax: Int { 2 }

    /// Tasks whose dependencies are met, in the order in which they should start.
    ///
    /// Merges go one at a time, and what waits for one grows old: where they do not keep up, nothing starts.
    func readyInOrder() -> [Int] {
        guard records.queued.count < Self.queuedPerWorkerMax * (spec?.workers ?? 1) else { return [] }
        return records.indices.lazy.filter { isReady($0) }.map { claim(of: $0) }.sorted().map(\.place)
    }

    /// Whether the task waits for nothing but a free worker, its resources and its claims.
    func isReady(_ place: Int) -> Bool {
        guard records.phase(place) == .waiting else { return false }
        return records[place].task.dependencies.count == records[place].dependencies.count
            && records[place].dependencies.allSatisfy { records.phase($0) == .released }
    }

    private mutating func startTasks(at time: Timestamp, _ effects: inout [Effect]) {
        failSpentTasks(at: time)
        guard let spec, !budgetIsSpent else { return }
        var free = spec.workers - records.working.count
        guard free > 0 else { return }
        let ready = readyInOrder()
        guard !ready.isEmpty else { return }
        var accounts = accounts
        for place in ready {
            guard free > 0 else { return }
            guard mayStart(place) else { continue }
            let choice = choice(for: place)
            let kind = kind(of: choice, place)
            guard isAdmitted(kind), accounts.allSatisfy({ $0.admits(kind) }) else { continue }
            start(place, choice, allowance: allowance(place, kind, accounts), at: time, &effects)
            for index in accounts.indices { accounts[index].reserve(kind) }
            free -= 1
        }
    }

    private func mayStart(_ place: Int) -> Bool {
        let record = records[place]
        for other in records.working where !record.task.resources.isEmpty {
            if records[other].task.resources.contains(where: record.task.resources.contains) { return false }
        }
        // A judgement begins at the commit of the work, wherever the branch is.
        guard !record.claimedPaths.isEmpty, record.validation == nil else { return true }
        // The retry must begin at a head that no merge under way is about to move, and only one may hold a path.
        guard records.mergingCount == 0 else { return false }
        return !(records.working + records.queued + underJudgement).contains { other in
            other != place && records[other].claimedPaths.contains(where: record.claimedPaths.contains)
        }
    }

    private mutating func start(
        _ place: Int,
        _ choice: AgentChoice,
        allowance: Int?,
        at time: Timestamp,
        _ effects: inout [Effect]
    ) {
        let taken = records.working.compactMap { records[$0].worker }
        let worker = (1...).first { !taken.contains($0) }
        let reason = choice.explanation
        let last = records[place].attempts.last { $0.validator == records[place].validator }
        let isSame = last?.builder == choice.builder && last?.model == choice.model
        records[place].attempts.append(
            AttemptRecord(
                ordered: time,
                builder: choice.builder,
                program: spec?.plan.settings.agents.program(choice.builder),
                model: choice.model,
                reason: reason,
                allowanceMicrodollars: allowance,
                validator: records[place].validator
            )
        )
        if reason != nil, !isSame { remarks.append(.chosen(records[place].id, choice)) }
        admitToProvider(records[place].attempt, kind(of: choice, place))
        move(place, to: .preparing, at: time)
        records[place].worker = worker
        records[place].isAddressed = false
        effects.append(.prepare(prepareOrder(place)))
    }

    // MARK: Merges

    /// Merges go one at a time: conflict retries first, because others wait for them, then in plan order.
    private mutating func startMerge(at time: Timestamp, _ effects: inout [Effect]) {
        guard records.mergingCount == 0 else { return }
        let queued = records.queued
        guard
            let place = queued.first(where: { !records[$0].claimedPaths.isEmpty }) ?? queued.first(where: mayMerge)
        else { return }
        guard records[place].current?.contribution != nil else {
            return raise("\(records[place].attempt) has nothing to merge", &effects)
        }
        move(place, to: .merging, at: time)
        if let order = mergeOrder(place) { effects.append(.merge(order)) }
    }

    /// A merge that touches a path which a conflict's retry has claimed would make that retry conflict again.
    private func mayMerge(_ place: Int) -> Bool {
        let changed = records[place].current?.contribution?.changes.map(\.path) ?? []
        return !(records.working + underJudgement).contains { other in
            records[other].isResolvingConflict && records[other].claimedPaths.contains(where: changed.contains)
        }
    }

    // MARK: The end

    /// Ends, holds or concludes the run once nothing is under way and nothing can start.
    private mutating func settle(at time: Timestamp, _ effects: inout [Effect]) {
        switch phase {
        case .running, .draining, .stopping:
            guard disposals.isEmpty, records.inFlightCount == 0 else { return }
            guard let outcome = verdict() else { return }
            if spec?.holdsOnFailure == true, isAttended, phase == .running, outcome.invitesRetry {
                phase = .holding(outcome)
            } else {
                conclude(outcome, at: time, &effects)
            }
        case .planReview:
            // A plan that was edited while tasks were at work waits with them.
            guard disposals.isEmpty, records.inFlightCount == 0 else { return }
            if !isAttended, spec?.gates.unattended == .human { conclude(.needsHuman([]), at: time, &effects) }
        case .holding(let outcome):
            // Nobody is left whose decision it waits for.
            if !isAttended { conclude(outcome, at: time, &effects) }
        case .unopened, .concluding, .over:
            break
        }
    }

    /// How the run ends, given that no effect is under way; nil while something will still happen.
    private func verdict() -> Outcome? {
        let open = records.filter { !$0.phase.isOver }
        let reviews = records.filter { if case .review = $0.phase { true } else { false } }.map(\.id)
        let lost = records.filter { if case .failed = $0.phase { true } else { false } }.map(\.id)
        if open.isEmpty, lost.isEmpty, !records.contains(where: { $0.phase == .stopped }) { return .finished }
        if let fault { return .broken(fault) }
        if phase == .stopping { return .stopped }
        if open.contains(where: { $0.phase == .mergeQueued }) { return nil }
        if phase == .draining { return .stopped }
        if open.contains(where: { $0.phase == .backoff }) { return nil }
        let held = budgetIsSpent ? (byTimer: [], byPerson: []) : heldTasks
        if !held.byTimer.isEmpty { return nil }
        let waiting = reviews + held.byPerson.map { records[$0].id }
        if !waiting.isEmpty { return isAttended ? nil : .needsHuman(waiting) }
        if budgetIsSpent, records.indices.contains(where: { isReady($0) }) { return .overBudget(budgetSentence) }
        if !lost.isEmpty { return .failed(lost) }
        if records.contains(where: { $0.phase == .stopped }) { return .stopped }
        return .stuck(blockingPath())
    }

    /// The chain of waiting tasks that cannot go on, in words.
    private func blockingPath() -> String {
        guard let first = records.indices.first(where: { !records[$0].phase.isOver }) else { return "nothing is left" }
        var path = [first]
        while let next = blocker(of: path[path.count - 1]) {
            if let start = path.firstIndex(of: next) {
                let circle = (path[start...] + [next]).map { records[$0].id.text }
                return "these tasks wait for each other: " + circle.joined(separator: " → ")
            }
            path.append(next)
        }
        let last = records[path[path.count - 1]]
        let missing = last.task.dependencies.first { index[$0] == nil }
        let reason = missing.map { "'\(last.id)' waits for '\($0)', which is not in this plan" }
        return reason ?? "nothing can start: " + path.map { records[$0].id.text }.joined(separator: " → ")
    }

    private func blocker(of place: Int) -> Int? {
        records[place].dependencies.first { !records[$0].phase.releasesDependants }
    }

    mutating func conclude(_ outcome: Outcome, at time: Timestamp, _ effects: inout [Effect]) {
        phase = .concluding(outcome)
        if let order = concludeOrder(at: time) { effects.append(.conclude(order)) }
    }

    mutating func concluded(_ trouble: Trouble?, at time: Timestamp, _ effects: inout [Effect]) {
        guard case .concluding(let outcome) = phase else { return }
        phase = .over(outcome)
        ended = time
        effects.append(.finish(outcome))
    }
}

extension Outcome {
    /// Whether a person at the board may still turn it into a success.
    var invitesRetry: Bool {
        switch self {
        case .failed, .stuck, .overBudget, .stopped: true
        case .finished, .needsHuman, .broken: false
        }
    }
}
