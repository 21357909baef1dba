internal import StrettoCore
internal import StrettoProcess

/// Reads `codex exec --json`: one JSON object a line, keys in any order, types unknown to us ignored.
struct CodexDecoder: JSONLineDecoder {
    var lines = LineSplitter()
    private var usage: CodexUsage
    /// Items that have begun and not ended, oldest first.
    private var open: [String] = []

    /// More at once are not kept in mind; one that is forgotten shows its call twice.
    private static let openCountMax = 256
    private static let idBytesMax = 128
    private static let messageBytesMax = 16 << 10

    init(_ context: StreamContext = StreamContext()) { usage = CodexUsage(context) }

    mutating func finish() -> [AgentEvent] {
        let last = lastLine()
        guard usage.isUnsettled else { return last }
        return last + [.usage(usage.total)]
    }

    mutating func events(of value: JSON) -> [AgentEvent] {
        switch value["type"]?.string(bytesMax: 64) {
        case "thread.started":
            return [.began(model: nil, sessionID: value["thread_id"]?.string(bytesMax: Self.idBytesMax))]
        case "turn.started":
            usage.turnBegan()
            return []
        case "item.started":
            return value["item"].map { itemBegan($0) } ?? []
        case "item.completed":
            return value["item"].map { itemEnded($0) } ?? []
        case "turn.completed":
            usage.turnEnded(value["usage"])
            return [.usage(usage.total), .result(AgentResult(outcome: .answered, text: "", duration: nil))]
        case "turn.failed":
            let message = value["error"]?["message"]?.string(bytesMax: Self.messageBytesMax) ?? "the turn failed"
            let failure = CodexFailure.failure(message)
            usage.turnEnded(nil)
            return [.usage(usage.total), .result(AgentResult(outcome: .failed(failure), text: "", duration: nil))]
        case "error":
            return Self.error(value["message"]?.string(bytesMax: Self.messageBytesMax) ?? "")
        default:
            return []
        }
    }

    /// An `error` is not the end: most of them say that codex tries again.
    private static func error(_ message: String) -> [AgentEvent] {
        guard let retry = CodexFailure.retry(message) else { return [.complaint(CodexFailure.failure(message))] }
        let retrying = AgentEvent.retrying(retry.failure, attempt: retry.attempt)
        // The same key is refused again each time.
        return retry.failure.kind == .refusedLogin ? [retrying, .hopeless(retry.failure)] : [retrying]
    }

    // MARK: Items

    private mutating func itemBegan(_ item: JSON) -> [AgentEvent] {
        let calls = calls(item)
        if !calls.isEmpty, let id = item["id"]?.string(bytesMax: Self.idBytesMax) {
            open.append(id)
            if open.count > Self.openCountMax { open.removeFirst() }
        }
        return calls
    }

    private mutating func itemEnded(_ item: JSON) -> [AgentEvent] {
        switch item["type"]?.string(bytesMax: 64) {
        case "agent_message":
            guard let text = item["text"]?.string, !text.isEmpty else { return [] }
            usage.noteOutput(bytes: text.utf8.count)
            return [.text(text)]
        case "reasoning":
            guard let text = item["text"]?.string, !text.isEmpty else { return [] }
            usage.noteOutput(bytes: text.utf8.count)
            return [.thinking(text)]
        case "error":
            // A warning: what ends a turn is no item.
            return item["message"]?.string(bytesMax: Self.messageBytesMax).map { [.note($0)] } ?? []
        case "todo_list":
            let tasks = item["items"]?.elements.compactMap { $0["text"]?.string(bytesMax: 500) } ?? []
            return tasks.isEmpty ? [] : [.note("plans: " + tasks.joined(separator: "; "))]
        default:
            break
        }
        var events: [AgentEvent] = []
        let id = item["id"]?.string(bytesMax: Self.idBytesMax)
        if let place = open.firstIndex(where: { $0 == id }) {
            open.remove(at: place)
        } else {
            // A call that ended at once has no beginning of its own.
            events += calls(item)
        }
        return events + results(item)
    }

    private func calls(_ item: JSON) -> [AgentEvent] {
        switch item["type"]?.string(bytesMax: 64) {
        case "command_execution":
            let command = item["command"]?.string(bytesMax: ClaudeDecoder.resultBytesMax) ?? ""
            return [.toolCall(ToolCall(name: "shell", kind: .command(Self.unwrapped(command))))]
        case "file_change":
            return (item["changes"]?.elements ?? []).prefix(Self.openCountMax).map { change in
                let path = change["path"]?.string(bytesMax: 4096) ?? "a file"
                let how = change["kind"]?.string(bytesMax: 16) ?? "update"
                return .toolCall(ToolCall(name: "patch", kind: .change(path: path, how: how)))
            }
        case "mcp_tool_call":
            let name = [item["server"], item["tool"]].compactMap { $0?.string(bytesMax: 128) }.joined(separator: ".")
            return [.toolCall(ToolCall(name: name, kind: .other(summary: "")))]
        case "web_search":
            let query = item["query"]?.string(bytesMax: 1000) ?? ""
            return [.toolCall(ToolCall(name: "search", kind: .other(summary: query)))]
        default:
            return []
        }
    }

    private func results(_ item: JSON) -> [AgentEvent] {
        let hasFailed = item["status"]?.isString("failed") == true
        switch item["type"]?.string(bytesMax: 64) {
        case "command_execution":
            let code = item["exit_code"]?.integer
            var text = item["aggregated_output"]?.string(bytesMax: ClaudeDecoder.resultBytesMax) ?? ""
            let isError = hasFailed || (code ?? 0) != 0
            if isError, let code { text += (text.isEmpty || text.hasSuffix("\n") ? "" : "\n") + "exit code \(code)" }
            return [.toolResult(ToolResult(isError: isError, text: text))]
        case "file_change":
            return hasFailed ? [.toolResult(ToolResult(isError: true, text: "the change was refused"))] : []
        case "mcp_tool_call":
            if let error = item["error"]?["message"]?.string(bytesMax: Self.messageBytesMax) {
                return [.toolResult(ToolResult(isError: true, text: error))]
            }
            let texts = item["result"]?["content"]?.elements.compactMap {
                $0["text"]?.string(bytesMax: ClaudeDecoder.resultBytesMax)
            }
            return [.toolResult(ToolResult(isError: hasFailed, text: (texts ?? []).joined(separator: "\n")))]
        default:
            return []
        }
    }

    /// The command without the shell around it: `/bin/bash -lc 'cat x'` is `cat x`.
    private static func unwrapped(_ command: String) -> String {
        guard let head = ["/bin/bash -lc ", "bash -lc ", "/bin/sh -c "].first(where: { command.hasPrefix($0) }) else {
            return command
        }
        let body = command.dropFirst(head.count)
        guard let quote = body.first, quote == "'" || quote == "\"", body.count > 1, body.last == quote else {
            return String(body)
        }
        let inner = body.dropFirst().dropLast()
        guard quote == "\"" else { return String(inner).replacing("'\\''", with: "'") }
        return String(inner).replacing("\\\"", with: "\"").replacing("\\\\", with: "\\")
    }
}

/// What one codex process used, from figures that count from the beginning of the session.
struct CodexUsage: Sendable {
    private let context: StreamContext
    private var session: Usage
    private var turns = 0
    /// Since the last figures, so many bytes of the agent's own words came.
    private var unreportedBytes = 0
    private var isMidTurn = false
    private var isIncomplete = false

    /// A token is about so many bytes of English or code.
    private static let bytesOfToken = 4

    init(_ context: StreamContext) {
        self.context = context
        session = context.before
    }

    /// Whether something was used that no figures have told.
    var isUnsettled: Bool { isMidTurn }

    mutating func turnBegan() { isMidTurn = true }

    mutating func noteOutput(bytes: Int) { unreportedBytes += min(bytes, 1 << 30) }

    /// Takes the session's total; nil where the turn told none: what it wrote is then estimated.
    mutating func turnEnded(_ figures: JSON?) {
        isMidTurn = false
        turns += 1
        guard let figures else {
            isIncomplete = isIncomplete || unreportedBytes > 0
            return
        }
        // The session's figures hold what earlier turns did not tell.
        unreportedBytes = 0
        isIncomplete = false
        session = Usage(
            inputTokens: Usage.tokenCount(figures["input_tokens"]),
            outputTokens: Usage.tokenCount(figures["output_tokens"]),
            cachedTokens: Usage.tokenCount(figures["cached_input_tokens"]),
            cacheWriteTokens: Usage.tokenCount(figures["cache_write_input_tokens"])
        )
    }

    /// What this process used: the session's total without what it was before.
    var total: Usage {
        let before = context.before
        let tokens = ModelUsage(
            model: context.model ?? "",
            inputTokens: max(0, session.inputTokens - before.inputTokens),
            outputTokens: max(0, session.outputTokens - before.outputTokens) + unreportedBytes / Self.bytesOfToken,
            cachedTokens: max(0, session.cachedTokens - before.cachedTokens),
            cacheWriteTokens: max(0, session.cacheWriteTokens - before.cacheWriteTokens)
        )
        var usage = context.prices.usage(of: tokens)
        usage.turns = turns
        usage.isEstimate = isIncomplete || isMidTurn
        return usage
    }
}
