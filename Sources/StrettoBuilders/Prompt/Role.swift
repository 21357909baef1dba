/// A job: what its file under `.claude/agents/` says about it.
struct Role: Hashable, Sendable {
    var name: String
    /// Tools that the agent may use without asking, on top of editing files.
    var tools: [String]
    var model: String?
    /// The part of the prompt that describes the job.
    var body: String

    /// The name of a role where a task names none.
    static let defaultName = "coder"

    /// A role's file is at most this long.
    static let bytesMax = 256 << 10

    /// The role that comes with Stretto, under any name.
    static func standard(named name: String) -> Role {
        Role(name: name, tools: [], model: nil, body: standardBody)
    }

    private static let standardBody = """
        You are a careful software engineer, working alone in a git worktree of your own.

        - Read the code around your task before you change anything, and follow its style.
        - Do the whole task and nothing else. Keep the change as small as it can honestly be.
        - Write or adapt tests for what you change, and run them before you finish.
        - Commit or leave your changes in the worktree as you like: both are collected. Never switch branches, never push,
          never touch other worktrees or the git configuration.
        - Nobody can answer while you work. Where the task leaves something open, decide, and report the decision.
        """

    /// The role of a validator that no file describes, under any name.
    static func judge(named name: String) -> Role {
        Role(name: name, tools: [], model: nil, body: judgeBody)
    }

    private static let judgeBody = """
        You judge what another agent did, alone in a git worktree of your own.

        - Read the task first, then the whole change, then the code around it.
        - Believe nothing that you can try: run the tests, run the program, look at what it prints.
        - Look for what was asked and is missing, for what worked and is broken, and for what nobody asked for.
        - Each finding says what is wrong, where, and how you know. Matters of taste are no findings.
        """

    /// Reads a role's file; text without a complete frontmatter is all body.
    init(named name: String, file: String) {
        let parts = Frontmatter.split(file)
        self.name = name
        tools = parts.fields.first { $0.key == "tools" }?.values.filter(Self.isTool) ?? []
        model = parts.fields.first { $0.key == "model" }?.values.first.flatMap { $0.isEmpty ? nil : $0 }
        body = parts.body.trimmed
    }

    init(name: String, tools: [String], model: String?, body: String) {
        self.name = name
        self.tools = tools
        self.model = model
        self.body = body
    }

    /// `Bash`, `Bash(git status:*)`, `mcp__server__tool`; anything else could not be told from an option.
    private static func isTool(_ text: String) -> Bool {
        guard let first = text.first, first.isLetter, text.utf8.count <= 200 else { return false }
        return !text.contains { $0.isNewline || $0 == "," }
    }

    /// Whether a role's name can be a file's name without leaving its directory.
    static func isFileName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 100 && !name.hasPrefix(".") && !name.contains("/") && !name.contains("\0")
    }
}

/// The lines between two `---` at the head of a markdown file: the little of YAML that such files use.
enum Frontmatter {
    struct Field: Hashable {
        var key: String
        /// One for a scalar; the items of a list, written inline or below.
        var values: [String]
    }

    /// The fields and what follows them.
    ///
    /// Without two marks, or with text before the first, everything is body.
    static func split(_ text: String) -> (fields: [Field], body: String) {
        // Swift takes CR LF for one character, which is no line feed.
        var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        if lines.first?.hasPrefix("\u{FEFF}") == true { lines[0] = lines[0].dropFirst() }
        guard lines.first?.trimmingEnd == "---",
            let end = lines.dropFirst().firstIndex(where: { $0.trimmingEnd == "---" })
        else { return ([], text) }
        return (fields(lines[1..<end]), lines[(end + 1)...].joined(separator: "\n"))
    }

    private static func fields(_ lines: ArraySlice<Substring>) -> [Field] {
        var fields: [Field] = []
        for line in lines {
            let isIndented = line.first == " " || line.first == "\t"
            let content = String(line).trimmed
            if content.isEmpty || content.hasPrefix("#") { continue }
            if content.hasPrefix("- "), !fields.isEmpty {
                fields[fields.count - 1].values.append(unquoted(String(content.dropFirst(2)).trimmed))
            } else if !isIndented, let colon = content.firstIndex(of: ":") {
                let value = String(content[content.index(after: colon)...]).trimmed
                fields.append(Field(key: String(content[..<colon]).trimmed, values: values(value)))
            }
        }
        return fields
    }

    /// `a`, `"a"`, `[a, b]` and, as agents' files have it, `a, b` for lists of tools.
    private static func values(_ text: String) -> [String] {
        if text.isEmpty || text == "|" || text == ">" { return [] }
        if text.hasPrefix("["), text.hasSuffix("]") { return items(String(text.dropFirst().dropLast())) }
        if text.hasPrefix("\"") || text.hasPrefix("'") { return [unquoted(text)] }
        return items(text)
    }

    /// Splits at commas outside brackets: `Bash(a, b), Read` is two.
    private static func items(_ text: String) -> [String] {
        var items: [String] = []
        var item = ""
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth <= 0 {
                items.append(item)
                item = ""
            } else {
                item.append(character)
            }
        }
        items.append(item)
        return items.map { unquoted($0.trimmed) }.filter { !$0.isEmpty }
    }

    private static func unquoted(_ text: String) -> String {
        for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
            return String(text.dropFirst().dropLast())
        }
        return text
    }
}

extension Substring {
    fileprivate var trimmingEnd: Substring {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
