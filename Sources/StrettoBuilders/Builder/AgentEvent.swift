internal import StrettoCore

/// Something an agent said or did, in words that all builders share.
enum AgentEvent: Hashable, Sendable {
    case began(model: String?, sessionID: String?)
    case text(String)
    case thinking(String)
    case toolCall(ToolCall)
    case toolResult(ToolResult)
    /// Everything that this attempt used so far.
    case usage(Usage)
    /// The provider did not answer as it should, and the agent tries again by itself.
    case retrying(AgentFailure, attempt: Int)
    /// The provider refuses work, or will soon.
    case limit(ProviderLimit)
    case permissionDenied(tool: String, reason: String)
    case question(String)
    /// Going on cannot help: the attempt may as well be ended now.
    case hopeless(AgentFailure)
    /// The agent's own word for the end of a turn. Several may come; the last one counts.
    case result(AgentResult)
    /// For people only.
    case note(String)
}

/// A tool that the agent called.
struct ToolCall: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case command(String)
        case edit(path: String, added: Int, removed: Int)
        case read(path: String)
        /// Any other: the most telling of its arguments, on one line.
        case other(summary: String)
    }

    var name: String
    var kind: Kind
}

/// What a tool answered.
struct ToolResult: Hashable, Sendable {
    var isError: Bool
    var text: String
}

/// A limit of the provider, which is no fault of the task.
struct ProviderLimit: Hashable, Sendable {
    var isReached: Bool
    /// In the provider's words: `five_hour`, `seven_day`.
    var name: String?
    var reset: Timestamp?
}

/// How an agent says that a turn ended.
struct AgentResult: Hashable, Sendable {
    enum Outcome: Hashable, Sendable {
        case answered
        /// Cut short from outside.
        case aborted
        case failed(AgentFailure)
    }

    var outcome: Outcome
    /// The agent's last words: for people, never evidence.
    var text: String
    var duration: Duration?
}

/// Why an agent could not do its work, sorted by who has to act.
struct AgentFailure: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case authentication
        case billing
        case budget
        case promptTooLong
        case refused
        case turns
        case unknownModel
        case usageLimit
        /// The provider refuses because of too many requests.
        case rateLimit
        /// The provider, or the way to it, is broken or overloaded.
        case provider
        case other

        /// Not the task's fault, and passing: such an end does not count as a failed attempt.
        var isPassing: Bool {
            switch self {
            case .usageLimit, .rateLimit, .provider: true
            case .authentication, .billing, .budget, .promptTooLong, .refused, .turns, .unknownModel, .other: false
            }
        }
    }

    var kind: Kind
    /// What the program said, without advice.
    var message: String
}
