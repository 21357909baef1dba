/// A table as rows: columns as wide as they need to be, narrower ones with wrapped cells where there is no room, else one entry a row.
struct MarkdownTable {
    private let table: Markdown.Table
    private let glyphs: Glyphs
    /// What each column would like to have.
    private let widths: [Int]

    /// A column narrower than this says nothing.
    private static let columnMin = 6
    /// Blanks and the rule between two columns.
    private static let gap = 3

    init(_ table: Markdown.Table, glyphs: Glyphs) {
        self.table = table
        self.glyphs = glyphs
        widths = table.header.indices.map { column in
            ([table.header] + table.rows).map { $0[column].width }.max() ?? 0
        }
    }

    func lines(columns: Int) -> [StyledLine] {
        guard let widths = fitted(to: columns) else { return entries(columns: columns) }
        let header = table.header.map { $0.restyled(.text, as: .heading, adding: .bold) }
        let rule = widths.reduce(0, +) + Self.gap * (widths.count - 1)
        return row(header, widths) + [StyledLine(String(repeating: glyphs.horizontal, count: rule), .rule)]
            + table.rows.flatMap { row($0, widths) }
    }

    /// The widths with the widest columns made narrower until all have room; nil where they would become too narrow.
    private func fitted(to columns: Int) -> [Int]? {
        let room = columns - Self.gap * (widths.count - 1)
        guard room > 0 else { return nil }
        var excess = widths.reduce(0, +) - room
        var widths = widths
        while excess > 0 {
            guard let widest = widths.max(), widest > Self.columnMin else { return nil }
            let places = widths.indices.filter { widths[$0] == widest }
            let next = max(widths.filter { $0 < widest }.max() ?? 0, Self.columnMin)
            let step = min(widest - next, max(1, excess / places.count))
            for place in places where excess > 0 {
                widths[place] -= step
                excess -= step
            }
        }
        return widths
    }

    private func row(_ cells: [StyledLine], _ widths: [Int]) -> [StyledLine] {
        let parts = zip(cells, widths).map { $0.wrapped(columns: max($1, 1), by: .words) }
        return (0..<(parts.map(\.count).max() ?? 0)).map { index in
            var line = StyledLine()
            for (column, part) in parts.enumerated() {
                if column > 0 { line.append(" \(glyphs.vertical) ", .rule) }
                line.append(padded(index < part.count ? part[index] : StyledLine(), to: widths[column], column))
            }
            return line
        }
    }

    private func padded(_ cell: StyledLine, to width: Int, _ column: Int) -> StyledLine {
        let space = max(0, width - cell.width)
        let left =
            switch table.alignments[column] {
            case .leading: 0
            case .center: space / 2
            case .trailing: space
            }
        let blanks = { (count: Int) in StyledLine(String(repeating: " ", count: count)) }
        return blanks(left) + cell + blanks(space - left)
    }

    /// Every row as lines of name and value, for panes in which no columns fit.
    private func entries(columns: Int) -> [StyledLine] {
        var lines: [StyledLine] = []
        for row in table.rows.isEmpty ? [table.header] : table.rows {
            if !lines.isEmpty { lines.append(StyledLine()) }
            for (name, value) in zip(table.header, row) where !value.isEmpty {
                var line = name.restyled(.text, as: .heading, adding: .bold)
                if !table.rows.isEmpty {
                    line.append(": ")
                    line.append(value)
                }
                lines += line.wrapped(columns: columns, by: .words)
            }
        }
        return lines
    }
}
