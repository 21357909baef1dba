/// Tells what a call of one of Claude Code's tools is about.
enum ClaudeTools {
    /// Arguments that say most about a call, the best first.
    private static let tellingKeys: [StaticString] = [
        "description", "pattern", "query", "url", "path", "file_path", "command", "prompt", "skill", "name",
    ]

    static func call(name: String, input: JSON?) -> ToolCall {
        ToolCall(name: name, kind: kind(name: name, input: input))
    }

    private static func kind(name: String, input: JSON?) -> ToolCall.Kind {
        switch name {
        case "Bash":
            if let command = input?["command"]?.string { return .command(command) }
        case "Write":
            if let path = input?["file_path"]?.string {
                return .edit(path: path, added: lineCount(input?["content"]?.string), removed: 0)
            }
        case "Edit":
            if let path = input?["file_path"]?.string {
                return edit(
                    path: path,
                    old: input?["old_string"]?.string ?? "",
                    new: input?["new_string"]?.string ?? ""
                )
            }
        case "Read":
            if let path = input?["file_path"]?.string { return .read(path: path) }
        default:
            break
        }
        let telling = tellingKeys.lazy.compactMap { input?[$0]?.string }.first
        return .other(summary: telling ?? "")
    }

    /// Lines added and removed, without those that both texts begin or end with.
    private static func edit(path: String, old: String, new: String) -> ToolCall.Kind {
        var before = old.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)[...]
        var after = new.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)[...]
        while let first = before.first, first == after.first {
            before = before.dropFirst()
            after = after.dropFirst()
        }
        while let last = before.last, last == after.last {
            before = before.dropLast()
            after = after.dropLast()
        }
        return .edit(path: path, added: after.count, removed: before.count)
    }

    private static func lineCount(_ text: String?) -> Int {
        guard let text, !text.isEmpty else { return 0 }
        let breaks = text.utf8.count(where: { $0 == 0x0A })
        return text.utf8.last == 0x0A ? breaks : breaks + 1
    }
}
