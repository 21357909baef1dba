/// Markdown as people read it in a terminal: enough of it for HANDOFF.md and what agents report.
///
/// Headings, lists, checkboxes, quotes, fenced code, rules, and within a line code, bold, italic and links. What it does not know, such as tables,
/// stays as it was written, so nothing is lost.
enum MarkdownText {
    /// The most text that is rendered, in bytes; a last line tells of more.
    static let bytesMax = 1 << 20

    /// The text in rows of at most `columns` cells; code is not wrapped, and may be longer.
    static func render(_ text: String, columns: Int, glyphs: Glyphs = .unicode) -> [StyledLine] {
        var renderer = Renderer(columns: max(columns, 1), glyphs: glyphs)
        let isCut = text.utf8.count > bytesMax
        let shown = isCut ? String(decoding: text.utf8.prefix(bytesMax), as: UTF8.self) : text
        for line in shown.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) { renderer.add(line) }
        renderer.endParagraph()
        if isCut {
            renderer.rows.append(
                StyledLine("\(glyphs.ellipsis) \(text.utf8.count - bytesMax) more bytes", Style(.warn))
            )
        }
        while renderer.rows.last?.isEmpty == true { renderer.rows.removeLast() }
        return renderer.rows
    }

    private struct Renderer {
        let columns: Int
        let glyphs: Glyphs
        var rows: [StyledLine] = []
        /// The lines of the paragraph or item under way, which flow together.
        private var paragraph = ""
        private var prefix = StyledLine()
        private var indent = 0
        /// What ends the code block under way.
        private var fence: String?
        private var isInComment = false
        /// A heading came last: what follows needs no blank line to stand apart.
        private var isBelowHeading = false

        init(columns: Int, glyphs: Glyphs) {
            self.columns = columns
            self.glyphs = glyphs
        }

        mutating func add(_ line: Substring) {
            let content = line.drop { $0 == " " || $0 == "\t" }
            if let fence {
                if content.hasPrefix(fence) {
                    self.fence = nil
                } else {
                    var row = StyledLine("\(glyphs.heavyVertical) ", Style(.rule))
                    for run in VisibleText.line(line, style: Style(.code)).runs { row.append(run.text, run.style) }
                    rows.append(row)
                }
                return
            }
            if isInComment || content.hasPrefix("<!--") {
                endParagraph()
                isInComment = !content.contains("-->")
                return
            }
            if content.hasPrefix("```") || content.hasPrefix("~~~") {
                endParagraph()
                isBelowHeading = false
                fence = String(content.prefix(3))
                return
            }
            if content.isEmpty {
                endParagraph()
                if !isBelowHeading, rows.last?.isEmpty == false { rows.append(StyledLine()) }
                return
            }
            addBlock(content, depth: line.count - content.count)
        }

        private mutating func addBlock(_ content: Substring, depth: Int) {
            isBelowHeading = false
            if let (level, title) = heading(content) {
                endParagraph()
                addHeading(title, level: level)
            } else if isRule(content) {
                endParagraph()
                rows.append(StyledLine(String(repeating: glyphs.horizontal, count: columns), Style(.rule)))
            } else if content.first == ">" {
                endParagraph()
                let quoted = content.drop { $0 == ">" || $0 == " " }
                start(StyledLine("\(glyphs.vertical) ", Style(.rule)), indent: 2, with: quoted)
                endParagraph(style: Style(.dim))
            } else if let (mark, rest) = item(content) {
                endParagraph()
                let margin = String(repeating: " ", count: min(depth, columns / 2))
                var prefix = StyledLine(margin + mark + " ", Style(.accent))
                var rest = rest
                // A box is a mark of its own.
                for (box, role) in [("[ ]", Role.dim), ("[x]", .ok), ("[X]", .ok)] where rest.hasPrefix(box + " ") {
                    prefix = StyledLine(margin + box.lowercased() + " ", Style(role))
                    rest = rest.dropFirst(4)
                }
                start(prefix, indent: prefix.width, with: rest)
            } else if content.first == "|" {
                endParagraph()
                rows.append(VisibleText.line(content, style: Style(.text)))
            } else {
                paragraph += (paragraph.isEmpty ? "" : " ") + content
            }
        }

        private mutating func start(_ prefix: StyledLine, indent: Int, with text: Substring) {
            self.prefix = prefix
            self.indent = indent
            paragraph = String(text)
        }

        mutating func endParagraph(style: Style = Style()) {
            defer {
                paragraph = ""
                prefix = StyledLine()
                indent = 0
            }
            guard !paragraph.isEmpty || !prefix.isEmpty else { return }
            var line = prefix
            for run in InlineMarkdown.parse(paragraph, style: style) { line.append(run.text, run.style) }
            rows += line.wrapped(columns: columns, by: .words, indent: indent)
        }

        private mutating func addHeading(_ title: Substring, level: Int) {
            if rows.last?.isEmpty == false { rows.append(StyledLine()) }
            let line = StyledLine(InlineMarkdown.parse(String(title), style: Style(.heading, emphasis: .bold)))
            let wrapped = line.wrapped(columns: columns, by: .words)
            rows += wrapped
            isBelowHeading = true
            guard level <= 2 else { return }
            let width = wrapped.map(\.width).max() ?? 0
            let rule = level == 1 ? glyphs.doubleHorizontal : glyphs.horizontal
            rows.append(StyledLine(String(repeating: rule, count: width), Style(.rule)))
        }

        private func heading(_ content: Substring) -> (level: Int, title: Substring)? {
            let level = content.prefix { $0 == "#" }.count
            guard (1...6).contains(level), content.dropFirst(level).first == " " else { return nil }
            var title = content.dropFirst(level + 1).drop { $0 == " " }
            while title.last == "#" || title.last == " " { title.removeLast() }
            return (level, title)
        }

        private func isRule(_ content: Substring) -> Bool {
            let marks = content.filter { $0 != " " }
            guard marks.count >= 3, let first = marks.first, "-*_".contains(first) else { return false }
            return marks.allSatisfy { $0 == first }
        }

        private func item(_ content: Substring) -> (mark: String, rest: Substring)? {
            if let first = content.first, "-*+".contains(first), content.dropFirst().first == " " {
                return (String(glyphs.bullet), content.dropFirst(2).drop { $0 == " " })
            }
            let digits = content.prefix { $0.isASCII && $0.isNumber }
            guard (1...9).contains(digits.count) else { return nil }
            let rest = content.dropFirst(digits.count)
            guard rest.hasPrefix(". ") || rest.hasPrefix(") ") else { return nil }
            return (digits + ".", rest.dropFirst(2).drop { $0 == " " })
        }
    }
}
