internal import StrettoCore

/// Sorts what claude says about a failure.
///
/// API failures come as `subtype: success` with `is_error: true`, so the subtype is asked last. What decides is, in this
/// order: why the turn ended, claude's own names for the failure, the API's, the HTTP status. An agent's text never does.
enum ClaudeFailure {
    /// Where it is to resume a session that it does not have; no turn began, so nothing of this is an agent's word.
    private static let lostSessionPhrase = "No conversation found with session ID"

    /// What a `result` line says about its turn.
    ///
    /// `word` is the `error` of the synthetic message before it, which sorts some failures that the result does not.
    static func outcome(ofResult value: JSON, word: String?) -> AgentResult.Outcome {
        // What is there and is no plain `false` says that something went wrong.
        let isError = value["is_error"].map { $0.bool ?? true } ?? (value["subtype"]?.string != "success")
        guard isError else { return .answered }
        let reason = value["terminal_reason"]?.string
        if reason == "aborted_streaming" || reason == "aborted_tools" { return .aborted }
        let message = message(of: value)
        if reason == nil, message.hasPrefix(lostSessionPhrase) {
            return .failed(AgentFailure(kind: .sessionLost, message: message))
        }
        var kind =
            kind(terminalReason: reason) ?? kind(subtype: value["subtype"]?.string)
            ?? (value["stop_reason"]?.string == "refusal" ? .refusal : nil)
            ?? kind(
                error: value["api_error"]?.string,
                word: word,
                type: value["api_error_type"]?.string,
                status: value["api_error_status"]?.integer
            )
        if kind == .other || kind == .rateLimited, isLimitNotice(message) { kind = .usageLimit }
        return .failed(AgentFailure(kind: kind, message: message, reset: ResetTime(in: message, ifLimit: kind)))
    }

    /// Whether an error of a version without a name for it is claude's own sentence about a reached limit.
    ///
    /// What the API said comes behind claude's own words for that.
    private static func isLimitNotice(_ message: String) -> Bool {
        !message.hasPrefix("API Error") && ResetTime(limitNoticeIn: message) != nil
    }

    private static func kind(terminalReason: String?) -> ProviderTrouble.Kind? {
        switch terminalReason {
        case "budget_exhausted": .attemptBudget
        case "max_turns": .turnLimit
        case "prompt_too_long": .contextOverflow
        default: nil
        }
    }

    private static func kind(subtype: String?) -> ProviderTrouble.Kind? {
        switch subtype {
        case "error_max_turns": .turnLimit
        case "error_max_budget_usd": .attemptBudget
        default: nil
        }
    }

    /// Sorts an API failure by claude's name for it, its word, the API's type of error, and the HTTP status.
    static func kind(error: String?, word: String?, type: String?, status: Int?) -> ProviderTrouble.Kind {
        named(error) ?? named(word) ?? named(type) ?? kind(status: status)
    }

    private static func named(_ name: String?) -> ProviderTrouble.Kind? {
        switch name {
        case "usage_limit_reached": .usageLimit
        case "rate_limit", "rate_limit_error": .rateLimited
        case "overloaded", "overloaded_error", "server_error", "api_error", "timeout_error": .overloaded
        case "connection_failed", "connection_error", "timeout": .unreachable
        case "authentication_failed", "authentication_error", "permission_error", "oauth_org_not_allowed": .refusedLogin
        case "billing_error": .noCredit
        case "model_not_found", "not_found_error": .unknownModel
        case "max_output_tokens": .outputLimit
        case "request_too_large": .contextOverflow
        // "unknown" and "invalid_request" say less than what comes after them.
        default: nil
        }
    }

    static func kind(status: Int?) -> ProviderTrouble.Kind {
        switch status {
        case 400, 422: .badRequest
        case 401, 403: .refusedLogin
        case 402: .noCredit
        case 404: .unknownModel
        case 413: .contextOverflow
        case 429: .rateLimited
        case .some(500...599): .overloaded
        default: .other
        }
    }

    private static func message(of value: JSON) -> String {
        if let text = value["result"]?.string(bytesMax: ProviderTrouble.messageBytesMax), !text.isEmpty { return text }
        let errors = value["errors"]?.elements.compactMap { $0.string(bytesMax: ProviderTrouble.messageBytesMax) } ?? []
        if !errors.isEmpty { return errors.joined(separator: "; ") }
        return value["terminal_reason"]?.string ?? value["subtype"]?.string ?? "it failed without saying why"
    }
}
