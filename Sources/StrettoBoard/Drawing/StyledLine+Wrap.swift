extension StyledLine {
    /// How a line that is too long is broken.
    package enum WrapMode: Hashable, Sendable {
        /// At the last column, as a terminal does: for logs.
        case columns
        /// Between words, and inside of one only where it alone is too long: for prose.
        case words
    }

    /// The line in rows of at most `columns` cells, at least one row; words keep their styles.
    ///
    /// Later rows begin with `indent` blanks, which count. A wide glyph that has no room moves to the next row.
    package func wrapped(columns: Int, by mode: WrapMode = .columns, indent: Int = 0) -> [StyledLine] {
        let columns = max(columns, 1)
        if byteCount <= columns { return [self] }
        let indent = min(max(indent, 0), columns - 1)
        var rows = RowBuilder(columns: columns, indent: indent)
        for run in runs {
            var glyphs = GlyphIterator(run.text)
            while let (glyph, width) = glyphs.next() {
                rows.add(Cell(glyph: glyph, width: UInt8(width), style: run.style), breaksAtBlanks: mode == .words)
            }
        }
        return rows.finish()
    }

    /// The paragraphs of a text in one style, wrapped between words; what needs more than `rowsMax` rows loses its end.
    package static func paragraphs(
        _ text: String,
        _ style: Style = Style(),
        columns: Int,
        rowsMax: Int = 500
    ) -> [StyledLine] {
        var rows: [StyledLine] = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            guard rows.count < rowsMax else { break }
            rows += StyledLine(String(line), style).wrapped(columns: columns, by: .words)
        }
        return Array(rows.prefix(rowsMax))
    }

    /// Cells of a row under construction, and where it may be broken.
    private struct RowBuilder {
        let columns: Int
        let indent: Int
        private var done: [StyledLine] = []
        private var row: [Cell] = []
        private var width = 0
        /// The place after the last blank of the row.
        private var breakIndex: Int?

        init(columns: Int, indent: Int) {
            self.columns = columns
            self.indent = indent
        }

        mutating func add(_ cell: Cell, breaksAtBlanks: Bool) {
            let isBlank = cell.glyph == .blank
            if width + Int(cell.width) > columns {
                // A blank at the end of a row is the break itself.
                if isBlank, breaksAtBlanks {
                    close(keeping: row.count)
                    return
                }
                close(keeping: breaksAtBlanks ? breakIndex ?? row.count : row.count)
            }
            // A wide glyph in a single column cannot be shown.
            guard width + Int(cell.width) <= columns else { return }
            row.append(cell)
            width += Int(cell.width)
            if isBlank, breaksAtBlanks, row.contains(where: { $0.glyph != .blank }) { breakIndex = row.count }
        }

        private mutating func close(keeping count: Int) {
            let rest = row[count...]
            done.append(Self.line(row[..<count]))
            row = Array(repeating: .blank(), count: indent) + rest
            width = row.reduce(0) { $0 + Int($1.width) }
            breakIndex = nil
        }

        mutating func finish() -> [StyledLine] {
            if done.isEmpty || row.count > indent { done.append(Self.line(row[...])) }
            return done
        }

        private static func line(_ cells: ArraySlice<Cell>) -> StyledLine {
            var line = StyledLine()
            for cell in cells { line.append(cell.text, cell.style) }
            return line
        }
    }
}
