internal import StrettoCore
internal import StrettoProcess

/// Reads `claude -p --output-format stream-json --verbose`: one JSON object a line, keys in any order, types unknown to us ignored.
struct ClaudeDecoder: JSONLineDecoder {
    var lines = LineSplitter()
    private var usage: ClaudeUsage
    /// The word for the API failure that the next result tells of.
    private var failureWord: String?

    /// Of a tool's answer, so many bytes are decoded; the raw output has the rest.
    static let resultBytesMax = 64 << 10

    init(_ context: StreamContext = StreamContext()) { usage = ClaudeUsage(context) }

    mutating func read(_ value: JSON, into events: inout [AgentEvent]) {
        switch value["type"]?.string(bytesMax: 64) {
        case "assistant": events += assistant(value)
        case "user": events += Self.toolResults(value)
        case "result": events += result(value)
        case "system": events += system(value)
        case "rate_limit_event": events += Self.limit(value)
        default: break
        }
    }

    // MARK: Messages

    private mutating func assistant(_ value: JSON) -> [AgentEvent] {
        guard let message = value["message"] else { return [] }
        // A synthetic message says in words what its result will say; only its sorting is its own.
        if value["is_api_error_message"]?.bool == true {
            failureWord = value["error"]?.string
            return value["api_error_params"].map(Self.limit) ?? []
        }
        failureWord = nil
        let before = usage.total
        usage.note(message: message)
        var events = message["content"]?.elements.flatMap(Self.block) ?? []
        if usage.total != before { events.append(.usage(usage.total)) }
        return events
    }

    private static func block(_ block: JSON) -> [AgentEvent] {
        switch block["type"]?.string {
        case "text":
            return block["text"]?.string.map { [.text($0)] } ?? []
        case "thinking":
            return block["thinking"]?.string.map { $0.isEmpty ? [] : [.thinking($0)] } ?? []
        case "tool_use":
            let call = ClaudeTools.call(name: block["name"]?.string ?? "tool", input: block["input"])
            if call.name == "AskUserQuestion" {
                let asked = block["input"]?["questions"]?.elements.compactMap { $0["question"]?.string } ?? []
                return asked.map { .question($0) }
            }
            return [.toolCall(call)]
        default:
            return []
        }
    }

    private static func toolResults(_ value: JSON) -> [AgentEvent] {
        guard let content = value["message"]?["content"] else { return [] }
        return content.elements.compactMap { block in
            guard block["type"]?.string == "tool_result" else { return nil }
            let isError = block["is_error"]?.bool ?? false
            return .toolResult(ToolResult(isError: isError, text: text(of: block["content"])))
        }
    }

    /// Content is a string, or blocks of which the texts count.
    private static func text(of content: JSON?) -> String {
        if let text = content?.string(bytesMax: resultBytesMax) { return text }
        let texts = content?.elements.compactMap { $0["text"]?.string(bytesMax: resultBytesMax) } ?? []
        return texts.joined(separator: "\n")
    }

    // MARK: System

    private mutating func system(_ value: JSON) -> [AgentEvent] {
        switch value["subtype"]?.string {
        case "init":
            return [.began(model: value["model"]?.string, sessionID: value["session_id"]?.string)]
        case "api_retry":
            return retry(value)
        case "permission_denied":
            let tool = value["tool_name"]?.string ?? "a tool"
            return [.permissionDenied(tool: tool, reason: value["message"]?.string ?? "")]
        case "model_fallback":
            let text = value["content"]?.string(bytesMax: 500) ?? "another model goes on"
            return [.fellBack(model: value["fallback_model"]?.string(bytesMax: 128) ?? "another model", text: text)]
        case "compact_boundary", "informational", "notification":
            let text = value["content"]?.string ?? value["text"]?.string ?? value["subtype"]?.string ?? ""
            return [.note(text)]
        default:
            return []
        }
    }

    private mutating func retry(_ value: JSON) -> [AgentEvent] {
        let status = value["error_status"]?.integer
        let attempt = value["attempt"]?.integer ?? 1
        let word = value["error"]?.string ?? "unknown"
        let failure = AgentFailure(
            kind: status == nil ? .unreachable : ClaudeFailure.kind(error: nil, word: word, type: nil, status: status),
            message: status.map { "HTTP status \($0) (\(word))" } ?? "no connection to the provider"
        )
        let retrying = AgentEvent.retrying(failure, attempt: attempt)
        // With a key that is refused once, claude goes on for three minutes, always with the same key.
        return failure.kind == .refusedLogin ? [retrying, .hopeless(failure)] : [retrying]
    }

    /// Limits of one family of models, by claude's names for them; the program calls the last one "Fable limit".
    private static let familyLimits = [
        "seven_day_opus": "opus", "seven_day_sonnet": "sonnet", "seven_day_overage_included": "fable",
    ]

    private static func limit(_ value: JSON) -> [AgentEvent] {
        guard let info = value["rate_limit_info"] else { return [] }
        let status = info["status"]?.string
        guard status == "rejected" || status == "allowed_warning" else { return [] }
        // Seconds since 1970; a bound keeps an absurd one from overflowing.
        let reset = info["resetsAt"]?.integer.flatMap { (0...253_402_300_799).contains($0) ? $0 : nil }
        return [
            .limit(
                ProviderLimit(
                    isReached: status == "rejected",
                    name: info["rateLimitType"]?.string,
                    family: info["rateLimitType"]?.string.flatMap { familyLimits[$0] },
                    reset: reset.map { Timestamp(milliseconds: Int64($0) * 1000) }
                )
            )
        ]
    }

    // MARK: Result

    private mutating func result(_ value: JSON) -> [AgentEvent] {
        usage.note(result: value)
        let milliseconds = value["duration_ms"]?.integer.flatMap { (0...(1 << 40)).contains($0) ? $0 : nil }
        let result = AgentResult(
            outcome: ClaudeFailure.outcome(ofResult: value, word: failureWord),
            text: value["result"]?.string(bytesMax: Self.resultBytesMax) ?? "",
            duration: milliseconds.map { .milliseconds($0) }
        )
        failureWord = nil
        return [.usage(usage.total), .result(result)]
    }
}
