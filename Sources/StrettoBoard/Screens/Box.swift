import StrettoCore

// Frames for what lies on top; nothing else on the board has one.
extension BoardState {
    /// Clears a rectangle, frames it, and returns the rectangle inside of the frame.
    ///
    /// The title stands in the upper edge, `hint` at its right and `foot` in the lower edge, each of these two only where it fits.
    func drawBox(
        _ rect: Rect,
        title: StyledLine,
        hint: StyledLine = StyledLine(),
        foot: StyledLine = StyledLine(),
        into buffer: inout CellBuffer
    ) -> Rect {
        buffer.fill(rect)
        guard rect.columns >= 4, rect.rows >= 3 else { return rect }
        let edge = Style.accent
        let top = rect.line(0)
        let bottom = rect.line(rect.rows - 1)
        buffer.fill(top, with: glyphs.horizontal, style: edge)
        buffer.fill(bottom, with: glyphs.horizontal, style: edge)
        let left = Rect(column: rect.column, row: rect.row, columns: 1, rows: rect.rows)
        let right = Rect(column: rect.endColumn - 1, row: rect.row, columns: 1, rows: rect.rows)
        buffer.fill(left, with: glyphs.vertical, style: edge)
        buffer.fill(right, with: glyphs.vertical, style: edge)
        for (corner, column, row) in [
            (glyphs.topLeft, left.column, top.row), (glyphs.topRight, right.column, top.row),
            (glyphs.bottomLeft, left.column, bottom.row), (glyphs.bottomRight, right.column, bottom.row),
        ] {
            buffer.write(String(corner), column: column, row: row, style: edge)
        }
        let titleRoom = Rect(column: top.column + 2, row: top.row, columns: max(0, top.columns - 4), rows: 1)
        drawFitted(padded(title), into: &buffer, in: titleRoom)
        if !hint.isEmpty, title.width + hint.width + 8 <= top.columns {
            let line = padded(hint)
            buffer.write(line, column: top.endColumn - 2 - line.width, row: top.row, in: top)
        }
        let footRoom = Rect(column: bottom.column + 2, row: bottom.row, columns: max(0, bottom.columns - 4), rows: 1)
        if !foot.isEmpty, foot.width + 2 <= footRoom.columns {
            buffer.write(padded(foot), column: footRoom.column, row: footRoom.row, in: footRoom)
        }
        return rect.inset(columns: 2, rows: 1)
    }

    private func padded(_ line: StyledLine) -> StyledLine {
        guard !line.isEmpty else { return line }
        var padded = StyledLine(" ")
        padded.append(line)
        padded.append(" ")
        return padded
    }

    func draw(_ dialog: Dialog, into buffer: inout CellBuffer) {
        switch dialog.content {
        case .help(let help): drawHelp(help, into: &buffer)
        case .palette(let palette): drawPalette(palette, into: &buffer)
        case .question(let question): drawQuestion(question, into: &buffer)
        case .review(let view): drawReview(view, into: &buffer)
        case .planEdit(let view): drawPlanEdit(view, into: &buffer)
        case .spending(let view): drawSpending(view, into: &buffer)
        case .newTask(let form): drawForm(form, into: &buffer)
        case .theme: drawThemes(into: &buffer)
        case .summary: drawSummary(into: &buffer)
        }
    }

    /// A box in the middle of the screen; on a small one the whole of it.
    func box(columns: Int, rows: Int) -> Rect {
        let whole = Rect(size)
        if size.columns < Layout.splitColumnsMin || size.rows < Layout.splitRowsMin {
            return whole.columns >= 24 && whole.rows >= 8
                ? whole.centered(columns: min(columns, whole.columns), rows: min(rows, whole.rows)) : whole
        }
        return whole.inset(columns: 2, rows: 1).centered(columns: columns, rows: rows)
    }
}
