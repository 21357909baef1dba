extension Scheduler {
    /// After a restart: asks again for every effect that was under way.
    ///
    /// Each finds its own traces and answers as if nothing had happened.
    mutating func recover(at time: Timestamp, _ effects: inout [Effect]) {
        isAttended = true
        for place in records.indices {
            switch records[place].phase {
            case .preparing:
                effects.append(.prepare(prepareOrder(place)))
            case .running:
                recoverRunning(place, at: time, &effects)
            case .collecting(let ending):
                if let order = collectOrder(place, ending) { effects.append(.collect(order)) }
            case .merging:
                if let order = mergeOrder(place) { effects.append(.merge(order)) }
            case .backoff:
                let end = records[place].backoffEnd ?? time
                effects.append(.startTimer(.backoff(records[place].id), max(.zero, end.since(time))))
            case .waiting, .review, .mergeQueued, .done, .failed, .skipped, .stopped, .excluded:
                break
            }
        }
        effects.append(contentsOf: disposals.map { .dispose($0) })
        if case .concluding = phase, let order = concludeOrder(at: time) { effects.append(.conclude(order)) }
        // The run was over, but nobody was told.
        if case .over(let outcome) = phase { effects.append(.finish(outcome)) }
        // A run that was being stopped when its engine died was not stopped by anybody who still waits for that.
        if phase == .stopping, !records.contains(where: { $0.phase.isInFlight }) { phase = .draining }
    }

    private mutating func recoverRunning(_ place: Int, at time: Timestamp, _ effects: inout [Effect]) {
        guard let worktree = records[place].current?.worktree else { return }
        effects.append(.run(launchOrder(place, worktree)))
        if let timeout = records[place].task.timeout ?? spec?.plan.settings.timeout {
            let end = (records[place].current?.launched ?? time).advanced(by: timeout)
            effects.append(.startTimer(.timeout(records[place].attempt), max(.zero, end.since(time))))
        }
        let isUnwanted = records[place].intent != nil || records[place].current?.isTimedOut == true
        if isUnwanted || phase == .stopping { effects.append(.terminate(records[place].attempt)) }
    }
}
