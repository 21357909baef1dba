/// What a run did to a task, as its journal tells it.
package enum TaskDeed: Hashable, Sendable {
    /// Done: its work, or proof that none was needed, is in the run's branch since this commit.
    case merged(CommitID)
    /// Done by a command that left nothing to merge.
    case performed
    case skipped

    /// What became of the tasks that the run has brought to an end; the others are not in it.
    package static func all(in entries: [JournalEntry]) -> [TaskID: TaskDeed] {
        var scheduler = Scheduler()
        var merges: [TaskID: CommitID] = [:]
        for entry in entries {
            _ = scheduler.handle(entry.event, at: entry.time)
            if case .merged(let attempt, let receipt) = entry.event { merges[attempt.task] = receipt.commit }
        }
        var deeds: [TaskID: TaskDeed] = [:]
        for place in scheduler.taskOrder.indices {
            let id = scheduler.taskOrder[place]
            switch scheduler.state(of: place) {
            case .done: deeds[id] = merges[id].map { .merged($0) } ?? .performed
            case .skipped: deeds[id] = .skipped
            default: break
            }
        }
        return deeds
    }
}
