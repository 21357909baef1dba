import StrettoCore

/// What `status --json` prints: the snapshot, where its tokens went, and what is to come.
struct StatusDocument: Encodable {
    let header: RunHeader
    let tasks: [TaskSnapshot]
    let handoff: String
    let spending: Spending
    let outlook: Outlook

    init(_ snapshot: RunSnapshot, now: Timestamp) {
        header = snapshot.header
        tasks = snapshot.tasks
        handoff = snapshot.handoff
        spending = Spending(of: snapshot.tasks)
        outlook = Outlook(of: snapshot.tasks, at: now)
    }
}
