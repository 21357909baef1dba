/// What a client says over the connection; one JSON object a line.
package enum ClientMessage: Hashable, Sendable, Codable {
    /// First message; `version` is ``protocolVersion``.
    case hello(version: Int)
    /// `id` comes back in the reply.
    case command(id: Int, Command)
    /// The diff of a task's last contribution.
    case diff(id: Int, TaskID)
    /// What defines the run, its plan with all details among it.
    case plan(id: Int)

    package static let protocolVersion = 1
}

/// What the engine says over the connection; one JSON object a line.
package enum ServerMessage: Hashable, Sendable, Codable {
    /// First message; then a snapshot follows.
    case hello(version: Int, pid: Int32)
    /// The whole state; comes first and again after a reader was too slow.
    case snapshot(RunSnapshot)
    case update(RunUpdate)
    /// nil: taken.
    case reply(id: Int, refusal: Refusal?)
    case diff(id: Int, text: String)
    case plan(id: Int, RunSpec?)
    /// The engine ends; nothing follows.
    case goodbye(Outcome)
}
