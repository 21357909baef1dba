internal import StrettoCore

/// Sorts what codex says about a failure.
///
/// Its stream has no codes, only its own sentences on its error channel. Those that begin with an HTTP status are sorted by
/// that, a body of the API by its code, the rest by codex's fixed wording; an agent's messages are never looked at.
enum CodexFailure {
    /// A sentence of an `error` or `turn.failed`.
    static func failure(_ message: String) -> AgentFailure {
        let kind = kind(message)
        return AgentFailure(
            kind: kind,
            message: message,
            family: kind == .usageLimit ? limitedFamily(message) : nil,
            reset: ResetTime(in: message, ifLimit: kind)
        )
    }

    /// The model of `You've hit your usage limit for MODEL. Switch to another model now, ...`; nil where all are meant.
    private static func limitedFamily(_ message: String) -> String? {
        guard let head = message.firstRange(of: "hit your usage limit for ") else { return nil }
        let name = message[head.upperBound...].firstRange(of: ". ").map { message[head.upperBound..<$0.lowerBound] }
        guard let name, (1...familyBytesMax).contains(name.utf8.count) else { return nil }
        return Secrets.mask(name.lowercased()).harmless
    }

    private static let familyBytesMax = 64

    /// What is tried again: `Reconnecting... 2/5 (WHY)`, `Reconnecting... waiting for network (WHY)`; nil for anything else.
    static func retry(_ message: String) -> (failure: AgentFailure, attempt: Int)? {
        let head = "Reconnecting..."
        guard message.hasPrefix(head) else { return nil }
        let rest = String(message.dropFirst(head.count)).trimmed
        let attempt = Int(rest.prefix { $0.isNumber }) ?? 1
        var reason = rest.drop { $0 != "(" }.dropFirst()
        if reason.last == ")" { reason = reason.dropLast() }
        if rest.hasPrefix("waiting for network") {
            return (AgentFailure(kind: .unreachable, message: String(reason)), attempt)
        }
        return (failure(reason.isEmpty ? rest : String(reason)), attempt)
    }

    private static func kind(_ message: String) -> ProviderTrouble.Kind {
        if let body = body(message) { return body }
        let text = message.lowercased()
        if let status = status(text) {
            let kind = ClaudeFailure.kind(status: status)
            // An empty account is a 429 too.
            return kind == .rateLimited && text.contains("insufficient_quota") ? .noCredit : kind
        }
        return phrases.first { text.contains($0.phrase) }?.kind ?? .other
    }

    /// The first that is found decides.
    private static let phrases: [(phrase: String, kind: ProviderTrouble.Kind)] = [
        ("hit your usage limit", .usageLimit), ("usage limit reached", .usageLimit),
        ("out of credits", .noCredit), ("quota exceeded", .noCredit), ("billing details", .noCredit),
        ("ran out of room in the model", .contextOverflow), ("context window", .contextOverflow),
        ("experiencing high demand", .overloaded), ("at capacity", .overloaded), ("overloaded", .overloaded),
        ("internal server error", .overloaded),
        ("missing environment variable", .refusedLogin), ("not logged in", .refusedLogin),
        ("access token could not be refreshed", .refusedLogin), ("log out and sign in again", .refusedLogin),
        ("please log in", .refusedLogin),
        ("rate limit", .rateLimited),
        ("stream disconnected", .unreachable), ("connection failed", .unreachable),
        ("error sending request", .unreachable), ("network error", .unreachable), ("timed out", .unreachable),
        ("idle timeout", .unreachable),
        ("is not supported when using codex with", .unknownModel),
    ]

    private static let statusHeads = ["unexpected status ", "last status: ", "http status: ", "status code "]

    private static func status(_ text: String) -> Int? {
        for head in statusHeads {
            // Only where codex itself says it: near the beginning, not in what a server said.
            guard let range = text.prefix(64).ranges(of: head).first else { continue }
            let digits = text[range.upperBound...].prefix(3)
            if let status = Int(digits), (100...599).contains(status) { return status }
        }
        return nil
    }

    /// The API's own error object, which codex passes on as it is.
    private static func body(_ message: String) -> ProviderTrouble.Kind? {
        guard message.hasPrefix("{"), let error = (try? JSONParser.parse(Array(message.utf8)))?["error"] else {
            return nil
        }
        switch error["code"]?.string ?? error["type"]?.string {
        case "context_length_exceeded": return .contextOverflow
        case "insufficient_quota": return .noCredit
        case "usage_limit_reached": return .usageLimit
        case "rate_limit_exceeded", "rate_limit_error", "requests", "tokens": return .rateLimited
        case "invalid_api_key", "authentication_error", "invalid_authentication": return .refusedLogin
        case "model_not_found": return .unknownModel
        case "server_error", "server_is_overloaded", "overloaded_error": return .overloaded
        case "content_policy_violation", "cyber_policy_violation": return .refusal
        case "invalid_request_error", "invalid_value", "invalid_prompt": return .badRequest
        default: return .other
        }
    }
}
