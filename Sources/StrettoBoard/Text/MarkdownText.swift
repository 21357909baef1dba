/// Markdown as rows of a terminal, for HANDOFF.md and what agents and plans say.
///
/// Code and tables that a pane has no room for are cut at its edge by whoever draws; everything else is wrapped between words.
struct MarkdownText {
    /// One row, and the piece that it shows.
    struct Row: Hashable, Sendable {
        var line: StyledLine
        /// An index into ``Markdown/pieces``; the list of links at the end has one more.
        var piece: Int
    }

    private let glyphs: Glyphs

    /// The rows of a text in its ``Markdown/pieces``, of at most `columns` cells each but for code.
    static func rows(_ markdown: Markdown, in pieces: [Markdown.Piece], columns: Int, glyphs: Glyphs) -> [Row] {
        let text = MarkdownText(glyphs: glyphs)
        let columns = max(columns, 1)
        var rows: [Row] = []
        for (index, piece) in pieces.enumerated() {
            let lines = text.lines(of: piece.block, columns: columns)
            if index > 0, text.isApart(piece, from: pieces[index - 1]) {
                rows.append(Row(line: StyledLine(), piece: index))
            }
            rows += lines.map { Row(line: $0, piece: index) }
        }
        let notes = text.notes(of: markdown, columns: columns)
        if !notes.isEmpty, !rows.isEmpty { rows.append(Row(line: StyledLine(), piece: pieces.count)) }
        return rows + notes.map { Row(line: $0, piece: pieces.count) }
    }

    /// The rows alone.
    static func lines(_ markdown: Markdown, columns: Int, glyphs: Glyphs = .unicode) -> [StyledLine] {
        rows(markdown, in: markdown.pieces, columns: columns, glyphs: glyphs).map(\.line)
    }

    /// Whether a blank row parts a piece from the one above it.
    private func isApart(_ piece: Markdown.Piece, from above: Markdown.Piece) -> Bool {
        if case .heading = piece.block { return true }
        if case .heading(let level, _) = above.block, level <= Self.ruledLevelMax { return false }
        guard piece.continuesList, case .list(let list) = piece.block else { return true }
        return !list.isTight
    }

    /// Where links go, and what was left out.
    private func notes(of markdown: Markdown, columns: Int) -> [StyledLine] {
        var lines: [StyledLine] = []
        for (index, link) in markdown.links.enumerated() {
            let mark = "[\(index + 1)] "
            lines += prefixed(StyledLine(mark, .dim), below: mark.utf8.count, columns: columns) { columns in
                VisibleText.line(link, style: Style(.link)).wrapped(columns: columns)
            }
        }
        if markdown.unreadBytes > 0 {
            let text = "\(glyphs.ellipsis) \(Wording.plural(markdown.unreadBytes, "more byte"))"
            lines += StyledLine(text, Style(.warn)).wrapped(columns: columns, by: .words)
        }
        return lines
    }

    // MARK: Blocks

    /// Headings up to here have a rule below them.
    private static let ruledLevelMax = 2

    private func lines(of block: Markdown.Block, columns: Int) -> [StyledLine] {
        switch block {
        case .heading(let level, let text): return heading(text, level: level, columns: columns)
        case .paragraph(let lines): return lines.flatMap { $0.wrapped(columns: columns, by: .words) }
        case .code(let text):
            let mark = StyledLine("\(glyphs.heavyVertical) ", .rule)
            return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                mark + VisibleText.line(line, style: Style(.code))
            }
        case .quote(let blocks):
            return prefixed(StyledLine("\(glyphs.vertical) ", .rule), repeats: true, below: 2, columns: columns) {
                lines(of: blocks, columns: $0).map { $0.dimmed }
            }
        case .list(let list): return lines(of: list, columns: columns)
        case .table(let table): return MarkdownTable(table, glyphs: glyphs).lines(columns: columns)
        case .rule: return [StyledLine(String(repeating: glyphs.horizontal, count: columns), .rule)]
        case .verbatim(let text):
            return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
                VisibleText.line(line, style: .dim).wrapped(columns: columns)
            }
        }
    }

    /// Blocks below each other, apart from what follows a heading.
    private func lines(of blocks: [Markdown.Block], isTight: Bool = false, columns: Int) -> [StyledLine] {
        // Most entries of most lists are one line each.
        if blocks.count == 1 { return lines(of: blocks[0], columns: columns) }
        var lines: [StyledLine] = []
        for (index, block) in blocks.enumerated() {
            let piece = Markdown.Piece(block: block, continuesList: false)
            let above = index > 0 ? Markdown.Piece(block: blocks[index - 1], continuesList: false) : nil
            if let above, !isTight, isApart(piece, from: above) { lines.append(StyledLine()) }
            lines += self.lines(of: block, columns: columns)
        }
        return lines
    }

    private func heading(_ text: StyledLine, level: Int, columns: Int) -> [StyledLine] {
        let rows = text.restyled(.text, as: .heading, adding: .bold).wrapped(columns: columns, by: .words)
        guard level <= Self.ruledLevelMax else { return rows }
        let width = rows.map(\.width).max() ?? 0
        let rule = level == 1 ? glyphs.doubleHorizontal : glyphs.horizontal
        return rows + [StyledLine(String(repeating: rule, count: width), .rule)]
    }

    private func lines(of list: Markdown.List, columns: Int) -> [StyledLine] {
        var lines: [StyledLine] = []
        for (index, item) in list.items.enumerated() {
            if index > 0, !list.isTight { lines.append(StyledLine()) }
            let mark =
                switch item.mark {
                case .bullet: StyledLine("\(glyphs.bullet) ", .accent)
                case .number(let number): StyledLine("\(number). ", .accent)
                case .open: StyledLine("[ ] ", .dim)
                case .done: StyledLine("[x] ", Style(.ok))
                }
            lines += prefixed(mark, below: mark.width, columns: columns) { columns in
                self.lines(of: item.blocks, isTight: list.isTight, columns: columns)
            }
        }
        return lines
    }

    /// A block behind a mark that stands before its first row, or before each; without the mark where that would take most of the room.
    private func prefixed(
        _ mark: StyledLine,
        repeats: Bool = false,
        below indent: Int,
        columns: Int,
        _ content: (_ columns: Int) -> [StyledLine]
    ) -> [StyledLine] {
        guard columns >= 2 * indent else { return content(columns) }
        let margin = StyledLine(String(repeating: " ", count: indent))
        let rows = content(columns - indent)
        return (rows.isEmpty ? [StyledLine()] : rows).enumerated().map { index, row in
            if index == 0 || repeats { return mark + row }
            return row.isEmpty ? row : margin + row
        }
    }
}

extension StyledLine {
    /// One line behind the other.
    static func + (left: StyledLine, right: StyledLine) -> StyledLine {
        var line = left
        line.append(right)
        return line
    }

    /// The line with plain text stepping back.
    fileprivate var dimmed: StyledLine { restyled(.text, as: .dim) }

    /// The line with everything of one role in another, and with more emphasis where it is.
    func restyled(_ role: Role, as other: Role, adding emphasis: Emphasis = []) -> StyledLine {
        var line = StyledLine()
        for run in runs {
            var style = run.style
            if style.role == role {
                style.role = other
                style.emphasis.formUnion(emphasis)
            }
            line.append(run.text, style)
        }
        return line
    }
}
