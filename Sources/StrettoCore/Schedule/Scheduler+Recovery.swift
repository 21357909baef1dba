extension Scheduler {
    /// After a restart: asks again for every effect that was under way.
    ///
    /// Each finds its own traces and answers as if nothing had happened.
    mutating func recover(at time: Timestamp, _ effects: inout [Effect]) {
        isAttended = true
        retryProvidersThatNeedPerson()
        restart(at: time, &effects)
        switch phase {
        case .over(let outcome):
            // The run was over, but nobody was told.
            effects.append(.finish(outcome))
        case .concluding(.finished):
            if let order = concludeOrder(at: time) { effects.append(.conclude(order)) }
        // Whoever starts the engine again wants the run to go on, whatever it was told before it died.
        case .concluding, .draining, .stopping:
            goOn()
        case .unopened, .planReview, .running, .holding:
            break
        }
    }

    /// Asks again for every effect of tasks that is under way by the record, but died with an engine.
    mutating func restart(at time: Timestamp, _ effects: inout [Effect]) {
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
                let whole = spec?.plan.settings.backoffMax ?? .zero
                let rest = left(until: records[place].backoffEnd ?? time, at: time, of: whole)
                effects.append(.startTimer(.backoff(records[place].id), rest))
            case .waiting, .review, .mergeQueued, .done, .failed, .skipped, .stopped, .excluded:
                break
            }
        }
        restartProviders(at: time, &effects)
        effects.append(contentsOf: disposals.map { .dispose($0) })
    }

    /// What is left of a delay that ends then; never more than the whole, though the clock may have been set back.
    private func left(until end: Timestamp, at time: Timestamp, of whole: Duration) -> Duration {
        min(max(.zero, end.since(time)), whole)
    }

    private mutating func recoverRunning(_ place: Int, at time: Timestamp, _ effects: inout [Effect]) {
        guard let worktree = records[place].current?.worktree else { return }
        effects.append(.run(launchOrder(place, worktree)))
        if let timeout = records[place].task.timeout ?? spec?.plan.settings.timeout {
            let end = (records[place].current?.launched ?? time).advanced(by: timeout)
            effects.append(.startTimer(.timeout(records[place].attempt), left(until: end, at: time, of: timeout)))
        }
        let attempt = records[place].current
        let isUnwanted = records[place].intent != nil || attempt?.isTimedOut == true || attempt?.isOverBudget == true
        if isUnwanted { effects.append(.terminate(records[place].attempt)) }
    }
}
