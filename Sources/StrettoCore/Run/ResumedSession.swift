/// A session of an agent's program that a new process is to go on with.
package struct ResumedSession: Hashable, Sendable, Codable {
    /// As the program named it when it began.
    package var id: String
    /// What the session had used when it was left: programs that tell the session's total have it taken away again.
    package var usage: Usage

    package init(id: String, usage: Usage) {
        self.id = id
        self.usage = usage
    }
}
