/// The run's memory: what agents reported and a merge made part of the run, rendered as HANDOFF.md.
///
/// Rendering is stable: sections in a fixed order, entries in merge order, no times, so that the file merges well.
package struct Handoff: Hashable, Sendable, Codable {
    /// Bytes of the digest that goes into prompts.
    package static let digestBytesMax = 8192
    /// Entries of each kind that are kept; the oldest leave first.
    package static let entriesMax = 500

    private var decisions: [String] = []
    private var debt: [String] = []
    private var patterns: [String] = []
    private var questions: [String] = []

    /// How a task stands, for the first section.
    package struct Status: Hashable, Sendable {
        package var section: String
        package var task: TaskID
        package var name: String
        package var state: TaskState

        package init(section: String, task: TaskID, name: String, state: TaskState) {
            self.section = section
            self.task = task
            self.name = name
            self.state = state
        }
    }

    package init() {}

    package var isEmpty: Bool { decisions.isEmpty && debt.isEmpty && patterns.isEmpty && questions.isEmpty }

    /// Adds what one merged attempt reported.
    package mutating func add(_ report: Report, from task: TaskID) {
        for decision in report.decisions {
            let reason = decision.reason.isEmpty ? "" : ", because " + Self.flat(decision.reason)
            Self.append(Self.entry(decision.decision) + reason + " (\(task))", to: &decisions)
        }
        for entry in report.debt { Self.append(Self.entry(entry) + " (\(task))", to: &debt) }
        for entry in report.patterns { Self.append(Self.entry(entry) + " (\(task))", to: &patterns) }
        for entry in report.questions { Self.append(Self.entry(entry) + " (\(task))", to: &questions) }
    }

    /// The whole text, ending with a newline.
    package func rendered(statuses: [Status]) -> String {
        // Piece by piece into room enough: this is made for every merge, of a line for every task.
        var text = ""
        text.reserveCapacity(statuses.reduce(1024) { $0 + $1.task.text.utf8.count + $1.name.utf8.count + 24 })
        text += "# HANDOFF\n\n## Where things stand\n\n"
        var section: String?
        for status in statuses {
            if status.section != section {
                if section != nil { text += "\n" }
                text += "### " + Self.flat(status.section) + "\n\n"
                section = status.section
            }
            text += status.state == .done || status.state == .excluded ? "- [x] " : "- [ ] "
            text += status.task.text
            // Where a name is all that a plan gives, it is the id as well.
            if status.name != status.task.text {
                text += " "
                text += Self.flat(status.name)
            }
            text += ": "
            text += Self.words(for: status.state)
            text += "\n"
        }
        for line in memoryLines {
            text += line
            text += "\n"
        }
        return text
    }

    /// How a task stands; `waiting` is any state that passes by itself, a task at work included.
    private static func words(for state: TaskState) -> String {
        switch state {
        case .excluded: "done before"
        case .waiting: "not done yet"
        default: state.rawValue
        }
    }

    /// What later prompts carry: the memory without the task list, cut at ``digestBytesMax``.
    package var digest: String {
        guard !isEmpty else { return "" }
        let text = memoryLines.drop { $0.isEmpty }.joined(separator: "\n")
        guard text.utf8.count > Self.digestBytesMax else { return text }
        return String(decoding: text.utf8.prefix(Self.digestBytesMax), as: UTF8.self)
            + "\n(cut; the rest is in HANDOFF.md)"
    }

    private var memoryLines: [String] {
        var lines: [String] = []
        let sections = [
            ("Decisions", decisions), ("Technical debt", debt), ("Patterns in use", patterns),
            ("Open questions", questions),
        ]
        for (title, entries) in sections where !entries.isEmpty {
            lines += ["", "## " + title, ""] + entries.map { "- " + $0 }
        }
        return lines
    }

    private static func append(_ entry: String, to list: inout [String]) {
        // The same report may come again after a retry of the run; saying a thing twice helps nobody.
        guard !list.contains(entry) else { return }
        list.append(entry)
        if list.count > entriesMax { list.removeFirst() }
    }

    /// The text of a list item: one line that begins no heading, list, quotation, block of code or line of its own inside of the item.
    private static func entry(_ text: String) -> String {
        let line = flat(String(text.drop(while: \.isWhitespace)))
        let isBlock = ["#", ">", "- ", "+ ", "* ", "---", "***", "===", "```", "~~~"].contains { line.hasPrefix($0) }
        if isBlock { return "\\" + line }
        let number = line.prefix { $0.isASCII && $0.isNumber }
        guard !number.isEmpty, let mark = line.dropFirst(number.count).first, ".)".contains(mark) else { return line }
        return number + "\\" + line.dropFirst(number.count)
    }

    /// One line, so that an entry cannot forge a heading or end our markers.
    private static func flat(_ text: String) -> String {
        if isFlat(text) { return text }
        let oneLine = text.prefix(1000).split(whereSeparator: \.isNewline).joined(separator: " ")
        return oneLine.split(separator: "<!--", omittingEmptySubsequences: false).joined(separator: "‹!--")
    }

    /// Whether nothing of the text needs changing, as of most names; seen from its bytes, for that is quick.
    private static func isFlat(_ text: String) -> Bool {
        text.utf8.count <= 1000 && text.utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "<") }
    }
}
