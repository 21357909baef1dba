import StrettoCore

/// An approval that can still be taken back: the engine does not know of it yet.
struct PendingApproval: Hashable, Sendable {
    /// How long it waits.
    static let undoTime = Duration.seconds(10)

    let task: TaskID
    let tree: TreeID?
    let given: Timestamp

    var due: Timestamp { given.advanced(by: Self.undoTime) }

    /// A clock that was set back does not keep it waiting.
    func isDue(at now: Timestamp) -> Bool { now >= due || now < given }
}

extension BoardState {
    /// Every approval that still waits, for a front end that is about to leave: what a person has decided is not lost with the screen.
    package mutating func leave() -> [BoardAction] { send { _ in true } }

    func approval(of task: TaskID) -> PendingApproval? { approvals.first { $0.task == task } }

    /// Whole seconds until an approval is sent, at least one.
    func secondsLeft(of approval: PendingApproval) -> Int64 { max(1, approval.due.since(now).wholeSeconds) }

    /// Sends what nobody has taken back in time.
    mutating func sendDueApprovals() -> [BoardAction] {
        let now = now
        return send { $0.isDue(at: now) }
    }

    /// Sends the newest approval before its time.
    mutating func sendNewestApproval() -> [BoardAction] {
        let newest = approvals.last
        return send { $0 == newest }
    }

    mutating func approve(_ task: TaskID, tree: TreeID?) -> [BoardAction] {
        // Who approves again does not want to wait.
        if approvals.contains(where: { $0.task == task && $0.tree == tree }) { return send { $0.task == task } }
        approvals.removeAll { $0.task == task }
        approvals.append(PendingApproval(task: task, tree: tree, given: now))
        toast = nil
        return []
    }

    /// Takes the newest approval back.
    mutating func takeApprovalBack() {
        guard let approval = approvals.popLast() else { return }
        say("\(name(of: approval.task)) is not approved")
    }

    private mutating func send(where isChosen: (PendingApproval) -> Bool) -> [BoardAction] {
        let chosen = approvals.filter(isChosen)
        guard !chosen.isEmpty else { return [] }
        approvals.removeAll(where: isChosen)
        if let silence {
            say("not approved: \(silence)", isBad: true)
            return []
        }
        if let last = chosen.last { say("approving \(name(of: last.task))") }
        return chosen.map { .send(.approve($0.task, tree: $0.tree)) }
    }
}
