/// One item of codex's stream: something that the agent said, or a tool that it called.
struct CodexItem {
    private enum Kind { case message, reasoning, warning, plan, command, change, tool, search }

    /// By their types, the frequent ones first.
    private static let kinds: [(text: StaticString, choice: Kind)] = [
        ("command_execution", .command), ("file_change", .change), ("agent_message", .message),
        ("reasoning", .reasoning), ("mcp_tool_call", .tool), ("web_search", .search), ("todo_list", .plan),
        // What ends a turn is no item.
        ("error", .warning),
    ]

    private let kind: Kind
    private let value: JSON

    static let messageBytesMax = 16 << 10
    private static let idBytesMax = 128
    private static let changeCountMax = 256

    /// Nil for an item of a type that is unknown to us.
    init?(_ value: JSON?) {
        guard let value, let kind = value.choice(of: "type", among: Self.kinds) else { return nil }
        self.kind = kind
        self.value = value
    }

    var id: String? { value.string(of: "id", bytesMax: Self.idBytesMax) }

    /// Whether a tool was called: such an item begins and ends.
    var isCall: Bool {
        switch kind {
        case .command, .change, .tool, .search: true
        case .message, .reasoning, .warning, .plan: false
        }
    }

    /// What was said, where it is no call.
    var words: AgentEvent? {
        switch kind {
        case .message: text.map { .text($0) }
        case .reasoning: text.map { .thinking($0) }
        case .warning: value.string(of: "message", bytesMax: Self.messageBytesMax).map { .note($0) }
        case .plan: plan
        case .command, .change, .tool, .search: nil
        }
    }

    private var text: String? { value["text"]?.string.flatMap { $0.isEmpty ? nil : $0 } }

    private var plan: AgentEvent? {
        let steps = value["items"]?.elements.compactMap { $0.string(of: "text", bytesMax: 500) } ?? []
        return steps.isEmpty ? nil : .note("plans: " + steps.joined(separator: "; "))
    }

    // MARK: Calls

    /// Appends what was called: a change of several files is a call for each.
    func appendCalls(to events: inout [AgentEvent]) {
        switch kind {
        case .command:
            let command = value.string(of: "command", bytesMax: ClaudeDecoder.resultBytesMax) ?? ""
            events.append(.toolCall(ToolCall(name: "shell", kind: .command(Self.unwrapped(command)))))
        case .change:
            for change in value["changes"]?.elements.prefix(Self.changeCountMax) ?? [] {
                let path = change.string(of: "path", bytesMax: 4096) ?? "a file"
                let how = change.string(of: "kind", bytesMax: 16) ?? "update"
                events.append(.toolCall(ToolCall(name: "patch", kind: .change(path: path, how: how))))
            }
        case .tool:
            let names = [value["server"], value["tool"]].compactMap { $0?.string(bytesMax: 128) }
            events.append(.toolCall(ToolCall(name: names.joined(separator: "."), kind: .other(summary: ""))))
        case .search:
            let query = value.string(of: "query", bytesMax: 1000) ?? ""
            events.append(.toolCall(ToolCall(name: "search", kind: .other(summary: query))))
        case .message, .reasoning, .warning, .plan:
            break
        }
    }

    /// What the call answered; nil where it tells nothing.
    var result: ToolResult? {
        let hasFailed = value["status"]?.isString("failed") == true
        switch kind {
        case .command:
            return commandResult(hasFailed: hasFailed)
        case .change:
            return hasFailed ? ToolResult(isError: true, text: "the change was refused") : nil
        case .tool:
            if let error = value["error"]?["message"]?.string(bytesMax: Self.messageBytesMax) {
                return ToolResult(isError: true, text: error)
            }
            let texts = value["result"]?["content"]?.elements.compactMap {
                $0.string(of: "text", bytesMax: ClaudeDecoder.resultBytesMax)
            }
            return ToolResult(isError: hasFailed, text: (texts ?? []).joined(separator: "\n"))
        case .search, .message, .reasoning, .warning, .plan:
            return nil
        }
    }

    private func commandResult(hasFailed: Bool) -> ToolResult {
        let code = value["exit_code"]?.integer
        var text = value.string(of: "aggregated_output", bytesMax: ClaudeDecoder.resultBytesMax) ?? ""
        let isError = hasFailed || (code ?? 0) != 0
        if isError, let code { text += (text.isEmpty || text.hasSuffix("\n") ? "" : "\n") + "exit code \(code)" }
        return ToolResult(isError: isError, text: text)
    }

    // MARK: The shell around a command

    private static let shells = ["/bin/bash -lc ", "bash -lc ", "/bin/sh -c "].map { Array($0.utf8) }

    /// The command without the shell around it: `/bin/bash -lc 'cat x'` is `cat x`.
    ///
    /// By bytes, because most of a long run's items are commands, and characters cost twenty times as much.
    static func unwrapped(_ command: String) -> String {
        var command = command
        return command.withUTF8 { bytes in
            guard let shell = shells.first(where: { bytes.starts(with: $0) }) else {
                return String(decoding: bytes, as: UTF8.self)
            }
            let body = bytes.dropFirst(shell.count)
            guard body.count > 1, let quote = body.first, quote == body.last,
                quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
            else { return String(decoding: body, as: UTF8.self) }
            let inner = body.dropFirst().dropLast()
            guard inner.contains(UInt8(ascii: "\\")) else { return String(decoding: inner, as: UTF8.self) }
            let plain = quote == UInt8(ascii: "'") ? unquotedSingle(inner) : unquotedDouble(inner)
            return String(decoding: plain, as: UTF8.self)
        }
    }

    /// Between single quotes a backslash is itself; only `'\''` is a quote.
    private static func unquotedSingle(_ inner: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
        var plain: [UInt8] = []
        var rest = inner
        while let byte = rest.popFirst() {
            plain.append(byte)
            if byte == UInt8(ascii: "'"), rest.starts(with: #"\''"#.utf8) { rest = rest.dropFirst(3) }
        }
        return plain
    }

    /// Between double quotes a backslash is itself unless one of four characters follows.
    private static func unquotedDouble(_ inner: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
        var plain: [UInt8] = []
        var rest = inner
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), let next = rest.first, #""\$`"#.utf8.contains(next) {
                plain.append(next)
                rest = rest.dropFirst()
            } else {
                plain.append(byte)
            }
        }
        return plain
    }
}
