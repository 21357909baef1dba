import StrettoCore

extension Bench {
    mutating func prepare(_ task: TaskID, _ number: Int = 1) {
        let attempt = AttemptID(task: task, number: number)
        send(.prepared(attempt, Worktree(path: "/w/\(attempt)", base: CommitID("base"))))
    }

    /// Ends the running attempt and keeps its tree; what came of the exit itself is in ``lastExit``.
    mutating func end(
        _ task: TaskID,
        _ number: Int,
        _ verdict: Verdict,
        usage: Usage = .zero,
        trouble: ProviderTrouble? = nil,
        changes: Int = 0
    ) {
        let attempt = AttemptID(task: task, number: number)
        send(.exited(attempt, AgentExit(status: .code(0), verdict: verdict, usage: usage, trouble: trouble)))
        let exitEffects = effects
        let exitRemarks = scheduler.remarks
        let paths = (0..<changes).map { PathChange(path: "f\($0)", kind: .modified, added: 1, removed: 0) }
        let commit = CommitID("c-\(attempt)")
        let contribution = Contribution(base: CommitID("base"), commit: commit, tree: TreeID("t"), changes: paths)
        send(.collected(attempt, contribution, []))
        lastExit = (exitEffects, exitRemarks)
    }

    /// The same for a task's first attempt.
    mutating func end(
        _ task: TaskID,
        _ verdict: Verdict,
        usage: Usage = .zero,
        trouble: ProviderTrouble? = nil,
        changes: Int = 0
    ) {
        end(task, 1, verdict, usage: usage, trouble: trouble, changes: changes)
    }

    /// Meets the trouble in a running attempt that then ends.
    mutating func meet(_ trouble: ProviderTrouble, _ task: TaskID, _ number: Int = 1) {
        prepare(task, number)
        end(task, number, trouble.isBlameless ? .interrupted("cut off") : .failed("no"), trouble: trouble)
    }

    mutating func fail(_ task: TaskID, _ number: Int = 1) {
        prepare(task, number)
        end(task, number, .failed("exit code 1"))
    }
}
