extension TaskState {
    /// The word that a plan file has for it; nil where the file's own word stays, because the run is not for the task.
    ///
    /// What waits for a person is `suspended`, also a task that was stopped; what is blocked has not been touched.
    package var planStatus: PlanStatus? {
        switch self {
        case .waiting, .ready, .blocked: .pending
        case .preparing, .running, .checking, .merging, .retrying: .inProgress
        case .review, .stopped: .suspended
        case .done: .completed
        case .failed: .failed
        case .skipped: .skipped
        case .excluded: nil
        }
    }
}

extension Plan {
    /// Whether no task is left to be done, by the statuses of tasks and sections.
    package var isOver: Bool {
        sections.allSatisfy { $0.status.isOver || $0.tasks.allSatisfy(\.status.isOver) }
    }

    /// The tasks, in plan order, that neither their own status nor their section's calls over.
    package var openTasks: [TaskID] {
        sections.filter { !$0.status.isOver }.flatMap { $0.tasks.filter { !$0.status.isOver }.map(\.id) }
    }

    /// The plan with other statuses for some of its tasks.
    package func settingStatuses(_ statuses: [TaskID: PlanStatus]) -> Plan {
        var plan = self
        for section in plan.sections.indices {
            for task in plan.sections[section].tasks.indices {
                guard let status = statuses[plan.sections[section].tasks[task].id] else { continue }
                plan.sections[section].tasks[task].status = status
            }
        }
        return plan
    }

    /// This plan as people left it: statuses that a run wrote itself are put back to those that the run began with.
    ///
    /// What a person can say by a status to a run that goes on is that a task is over; every other word is the run's own.
    /// - Parameters:
    ///   - tasks: the run's tasks as they stand.
    ///   - old: the plan that the run has.
    ///   - again: tasks that the file called over before the run began, which does them nevertheless: the same word in it
    ///     is no news.
    /// - Returns: the plan to compare with `old`, and to go on with.
    package func settingAsideStatuses(of tasks: [TaskSnapshot], since old: Plan, doing again: [TaskID] = []) -> Plan {
        let before = Dictionary(old.tasks.map { ($0.id, $0.status) }, uniquingKeysWith: { first, _ in first })
        let states = Dictionary(tasks.map { ($0.id, $0.state) }, uniquingKeysWith: { first, _ in first })
        let again = Set(again)
        var own: [TaskID: PlanStatus] = [:]
        for task in self.tasks {
            guard let earlier = before[task.id] else { continue }
            let isPlain = !task.status.isOver && !earlier.isOver
            let isOld = !earlier.isOver && again.contains(task.id)
            if isPlain || isOld || task.status == states[task.id]?.planStatus { own[task.id] = earlier }
        }
        return settingStatuses(own)
    }
}
