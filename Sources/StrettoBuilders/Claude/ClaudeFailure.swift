/// Sorts what claude says about a failure.
///
/// API failures come as `subtype: success` with `is_error: true`, so the subtype is asked last; the text never decides.
enum ClaudeFailure {
    /// What a `result` line says about its turn.
    ///
    /// `word` is the `error` of the synthetic message before it, which sorts some failures that the result does not.
    static func outcome(ofResult value: JSON, word: String?) -> AgentResult.Outcome {
        let isError = value["is_error"]?.bool ?? (value["subtype"]?.string != "success")
        guard isError else { return .answered }
        let kind: AgentFailure.Kind
        switch value["terminal_reason"]?.string {
        case "aborted_streaming", "aborted_tools": return .aborted
        case "budget_exhausted": kind = .budget
        case "max_turns": kind = .turns
        case "prompt_too_long": kind = .promptTooLong
        default:
            if value["stop_reason"]?.string == "refusal" {
                kind = .refused
            } else if value["api_error"]?.string == "usage_limit_reached" {
                kind = .usageLimit
            } else {
                kind = Self.kind(word: word, status: value["api_error_status"]?.integer)
            }
        }
        return .failed(AgentFailure(kind: kind, message: message(of: value)))
    }

    /// Sorts an API failure by claude's word for it, then by its HTTP status.
    static func kind(word: String?, status: Int?) -> AgentFailure.Kind {
        switch word {
        case "authentication_failed": return .authentication
        case "billing_error": return .billing
        case "model_not_found": return .unknownModel
        case "overloaded", "server_error": return .provider
        case "rate_limit": return .rateLimit
        default: break
        }
        switch status {
        case 401, 403: return .authentication
        case 402: return .billing
        case 404: return .unknownModel
        case 429: return .rateLimit
        case .some(500...599): return .provider
        default: return .other
        }
    }

    private static func message(of value: JSON) -> String {
        if let text = value["result"]?.string, !text.isEmpty { return text }
        let errors = value["errors"]?.elements.compactMap(\.string) ?? []
        if !errors.isEmpty { return errors.joined(separator: "; ") }
        return value["terminal_reason"]?.string ?? value["subtype"]?.string ?? "it failed without saying why"
    }
}
