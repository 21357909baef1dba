/// What an engine found when it took up a run, in one line.
enum RecoveryText {
    /// `continuing run demo-1: 3 of 8 tasks done, 2 agents to find again, 1 merge to finish`.
    ///
    /// What became of the agents shows by and by: each is told as adopted, found or lost.
    static func sentence(of scheduler: Scheduler) -> String {
        let phases = scheduler.records.map(\.phase)
        let total = phases.count { $0 != .excluded }
        let done = phases.count { $0 == .done }
        func count(_ step: Recovery.Step) -> Int { phases.count { Recovery.Step($0) == step } }
        let parts = [
            part(
                scheduler.records.count { $0.phase == .running && $0.current?.finding == .sought },
                "agent",
                "to find again"
            ),
            part(count(.preparing), "worktree", "to make ready"),
            part(count(.collecting), "tree", "to keep"),
            part(count(.merging), "merge", "to finish"),
            part(count(.pausing), "pause", "to sit out"),
            part(scheduler.disposals.count, "worktree", "to remove"),
        ]
        let run = scheduler.spec.map { " run \($0.id)" } ?? ""
        let tasks = "\(done) of \(total) task\(total == 1 ? "" : "s") done"
        return (["continuing\(run): \(tasks)"] + parts.compactMap(\.self)).joined(separator: ", ")
    }

    private static func part(_ count: Int, _ noun: String, _ verb: String) -> String? {
        count == 0 ? nil : "\(count) \(noun)\(count == 1 ? "" : "s") \(verb)"
    }
}

extension Scheduler {
    /// What is known of an agent that an earlier engine started.
    func finding(of attempt: AttemptID) -> AttemptRecord.Finding? {
        guard let place = index[attempt.task], records[place].attempts.indices.contains(attempt.number - 1) else {
            return nil
        }
        return records[place].attempts[attempt.number - 1].finding
    }
}
