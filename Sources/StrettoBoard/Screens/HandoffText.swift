/// The markdown of HANDOFF.md as lines of a width: headings, lists, checkboxes, quotes and code; other text is wrapped as it is.
struct HandoffText {
    private let columns: Int
    private let glyphs: Glyphs
    private(set) var lines: [StyledLine] = []
    private var isBelowRule = false

    init(_ text: String, columns: Int, glyphs: Glyphs) {
        self.columns = max(1, columns)
        self.glyphs = glyphs
        var isCode = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isCode.toggle()
            } else if isCode {
                addCode(line)
            } else {
                add(line)
            }
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
    }

    private mutating func add(_ line: Substring) {
        // The engine's marks around its part are for programs.
        if line.hasPrefix("<!--") { return }
        let body = line.drop { $0 == " " }
        let level = body.prefix { $0 == "#" }.count
        if body.isEmpty {
            // One blank line parts things; below a heading's rule none is needed.
            if lines.last?.isEmpty == false, !isBelowRule { lines.append(StyledLine()) }
            return
        }
        isBelowRule = false
        if (1...6).contains(level), body.dropFirst(level).first == " " {
            addHeading(String(body.dropFirst(level + 1)), level: level)
        } else if body.hasPrefix("> ") {
            addWrapped(body.dropFirst(2), lead: "\(glyphs.heavyVertical) ", indent: 0, repeatsLead: true, style: .dim)
        } else if let (mark, rest) = item(body) {
            addWrapped(rest, lead: mark + " ", indent: line.count - body.count + 1)
        } else {
            addWrapped(body, lead: "", indent: 0)
        }
    }

    private mutating func addHeading(_ text: String, level: Int) {
        let title = Width.fit(text, columns: columns, ellipsis: glyphs.ellipsis)
        lines.append(StyledLine(title, Style(.heading, emphasis: .bold)))
        guard level <= 2 else { return }
        let rule = level == 1 ? glyphs.doubleHorizontal : glyphs.horizontal
        lines.append(StyledLine(String(repeating: rule, count: Width.of(title)), .rule))
        isBelowRule = true
    }

    /// A list item's mark as it is shown, and its text.
    private func item(_ body: Substring) -> (mark: String, rest: Substring)? {
        for mark in ["- ", "* ", "+ "] where body.hasPrefix(mark) {
            let rest = body.dropFirst(2)
            if rest.hasPrefix("[ ] ") { return ("[ ]", rest.dropFirst(4)) }
            if rest.hasPrefix("[x] ") || rest.hasPrefix("[X] ") { return ("[x]", rest.dropFirst(4)) }
            return (String(glyphs.bullet), rest)
        }
        let number = body.prefix { $0.isASCII && $0.isNumber }
        guard !number.isEmpty, number.count < 4, body.dropFirst(number.count).hasPrefix(". ") else { return nil }
        return (number + ".", body.dropFirst(number.count + 2))
    }

    private mutating func addWrapped(
        _ text: Substring,
        lead: String,
        indent: Int,
        repeatsLead: Bool = false,
        style: Style = .text
    ) {
        // A list may be nested deeper than a narrow pane is wide.
        let indent = min(indent, columns / 3)
        let room = max(1, columns - indent - Width.of(lead))
        for (index, part) in Paragraph.wrap(String(text), columns: room).enumerated() {
            var line = StyledLine(String(repeating: " ", count: indent))
            let isLead = index == 0 || repeatsLead
            line.append(isLead ? lead : String(repeating: " ", count: Width.of(lead)), .accent)
            line.append(Self.inline(part, style: style))
            lines.append(line)
        }
    }

    /// Code between backticks, without them.
    private static func inline(_ text: String, style: Style) -> StyledLine {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false)
        // An odd backtick is text: the other half stands in another line or nowhere.
        guard parts.count % 2 == 1 else { return StyledLine(text, style) }
        var line = StyledLine()
        for (index, part) in parts.enumerated() { line.append(String(part), index % 2 == 1 ? Style(.code) : style) }
        return line
    }

    private mutating func addCode(_ line: Substring) {
        var styled = StyledLine("\(glyphs.heavyVertical) ", .rule)
        styled.append(String(line), Style(.code))
        lines.append(styled)
    }
}
