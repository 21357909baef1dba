internal import StrettoCore

/// Something an agent said or did, in words that all builders share.
///
/// What is large and rare is held indirectly: events are copied by the million, and most of them are text and calls.
enum AgentEvent: Hashable, Sendable {
    case began(model: String?, sessionID: String?)
    case text(String)
    case thinking(String)
    case toolCall(ToolCall)
    case toolResult(ToolResult)
    /// Everything that this attempt used so far.
    indirect case usage(Usage)
    /// An error that may or may not be the end; what comes after it tells.
    indirect case complaint(AgentFailure)
    /// The provider did not answer as it should, and the agent tries again by itself.
    indirect case retrying(AgentFailure, attempt: Int)
    /// The provider refuses work, or will soon.
    indirect case limit(ProviderLimit)
    /// The service had no room for the model, so another one of the program's choice goes on; with the program's sentence.
    case fellBack(model: String, text: String)
    case permissionDenied(tool: String, reason: String)
    case question(String)
    /// Going on cannot help: the attempt may as well be ended now.
    indirect case hopeless(AgentFailure)
    /// The agent's own word for the end of a turn. Several may come; the last one counts.
    indirect case result(AgentResult)
    /// For people only.
    case note(String)
}

/// A tool that the agent called.
struct ToolCall: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case command(String)
        case edit(path: String, added: Int, removed: Int)
        case read(path: String)
        /// A file was changed, the agent does not say by how much; `how` is its word: add, update, delete.
        case change(path: String, how: String)
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
    /// The family of models that it is about; nil: all of them.
    var family: String?
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

/// Why an agent could not do its work, sorted by what has to happen next.
struct AgentFailure: Hashable, Sendable {
    var kind: ProviderTrouble.Kind
    /// What the program said, without advice.
    var message: String
    /// The family of models that it is about; nil: all of them.
    var family: String?
    /// When it is over, where the program's own words for it tell.
    var reset: ResetTime?

    init(kind: ProviderTrouble.Kind, message: String, family: String? = nil, reset: ResetTime? = nil) {
        self.kind = kind
        self.message = message
        self.family = family
        self.reset = reset
    }
}
