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
        switch phase {
        case .over(let outcome):
            // The run was over, but nobody was told.
            effects.append(.finish(outcome))
        case .concluding(.finished):
            if let order = concludeOrder(at: time) { effects.append(.conclude(order)) }
        // Whoever starts the engine again wants the run to go on, whatever it was told before it died.
        case .concluding, .draining, .stopping:
            phase = .running
        case .unopened, .planReview, .running, .holding:
            break
        }
    }

    private mutating func recoverRunning(_ place: Int, at time: Timestamp, _ effects: inout [Effect]) {
        guard let worktree = records[place].current?.worktree else { return }
        effects.append(.run(launchOrder(place, worktree)))
        if let timeout = records[place].task.timeout ?? spec?.plan.settings.timeout {
            let end = (records[place].current?.launched ?? time).advanced(by: timeout)
            effects.append(.startTimer(.timeout(records[place].attempt), max(.zero, end.since(time))))
        }
        let isUnwanted = records[place].intent != nil || records[place].current?.isTimedOut == true
        if isUnwanted { effects.append(.terminate(records[place].attempt)) }
    }
}
