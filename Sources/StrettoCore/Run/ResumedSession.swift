/// A session of an agent's program that a new process is to go on with.
package struct ResumedSession: Hashable, Sendable, Codable {
    /// As the program named it when it began.
    package var id: String
    /// What the session had used when it was left: programs that tell the session's total have it taken away again.
    package var usage: Usage
    /// What the session has written so far, kept as a commit, because the new worktree does not hold it; nil for nothing.
    package var work: CommitID?

    package init(id: String, usage: Usage, work: CommitID? = nil) {
        self.id = id
        self.usage = usage
        self.work = work
    }
}
