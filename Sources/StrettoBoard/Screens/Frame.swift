import StrettoCore

// The whole screen: each part in its own rectangle, then the dialogs, which no pane can reach.
extension BoardState {
    /// The screen as it is to be painted, always of the board's ``size``.
    package func frame() -> CellBuffer {
        var buffer = CellBuffer(size)
        let layout = layout
        for piece in layout.pieces { draw(piece, of: layout, into: &buffer) }
        for (index, dialog) in dialogs.enumerated() {
            // Everything below the last dialog steps back, unless it is what the dialog is about.
            if index == dialogs.count - 1, !dialog.isAboutColors { buffer.restyle(buffer.bounds, as: Style(.backdrop)) }
            draw(dialog, into: &buffer)
        }
        return buffer
    }

    private func draw(_ piece: Layout.Piece, of layout: Layout, into buffer: inout CellBuffer) {
        let rect = piece.rect
        switch piece.part {
        case .status: drawStatus(into: &buffer, in: rect)
        case .header: drawHeader(into: &buffer, in: rect)
        case .progress: drawProgress(into: &buffer, in: rect)
        case .tasks: drawTree(into: &buffer, in: rect)
        case .output(let index): drawOutput(index, into: &buffer, in: rect)
        case .handoff: drawHandoff(into: &buffer, in: rect)
        case .log: drawLog(into: &buffer, in: rect)
        case .gauges: drawGauges(into: &buffer, in: rect)
        case .events: drawEvents(into: &buffer, in: rect)
        case .notice: drawNotice(into: &buffer, in: rect)
        case .footer: drawFooter(into: &buffer, in: rect)
        case .divider: buffer.fill(rect, with: glyphs.vertical, style: .rule)
        case .rule: buffer.fill(rect, with: glyphs.horizontal, style: .rule)
        case .blank: break
        }
    }

    /// What a title keeps for itself of its line; a detail that does not leave it so much is not shown.
    static let titleColumnsMin = 10

    /// Draws a pane's title and the rule below it, heavy with the focus, and returns what is left for the content.
    ///
    /// `detail` stands at the right end and is left out where it would touch the title.
    func drawTitle(
        _ title: StyledLine,
        detail: StyledLine,
        isFocused: Bool,
        into buffer: inout CellBuffer,
        in rect: Rect
    ) -> Rect {
        let rows = Self.titleRows(of: rect)
        let (head, body) = rect.top(rows: rows)
        guard rows > 0 else { return body }
        let line = head.line(0)
        if isFocused {
            buffer.write(String(glyphs.heavyVertical), column: line.column, row: line.row, style: .accent, in: line)
        }
        let room = line.columns - 2
        let detailWidth = detail.width
        let showsDetail = detailWidth > 0 && detailWidth + Self.titleColumnsMin <= room
        let titleRoom = showsDetail ? room - detailWidth - 2 : room
        let inner = Rect(column: line.column + 2, row: line.row, columns: max(0, titleRoom), rows: 1)
        drawFitted(title, into: &buffer, in: inner)
        if showsDetail {
            buffer.write(detail, column: line.endColumn - 1 - detailWidth, row: line.row, in: line)
        }
        if rows > 1 {
            let glyph = isFocused ? glyphs.heavyHorizontal : glyphs.horizontal
            buffer.fill(head.line(1), with: glyph, style: isFocused ? .accent : .rule)
        }
        return body
    }

    /// Writes a line from a column on, with an ellipsis at each end that lies outside of the rectangle.
    func drawFitted(_ line: StyledLine, into buffer: inout CellBuffer, in rect: Rect, scrollX: Int = 0) {
        buffer.write(line, column: rect.column, row: rect.row, in: rect, scrollX: scrollX)
        guard rect.columns > 0 else { return }
        if line.isWider(than: scrollX + rect.columns) { drawEllipsis(at: rect.endColumn - 1, into: &buffer, in: rect) }
        if scrollX > 0, !line.isEmpty { drawEllipsis(at: rect.column, into: &buffer, in: rect) }
    }

    /// Writes lines of text one below the other; where not all have room, the last one says so.
    func drawLines(_ lines: [StyledLine], into buffer: inout CellBuffer, in rect: Rect) {
        for (offset, line) in lines.prefix(rect.rows).enumerated() {
            var line = line
            if offset == rect.rows - 1, lines.count > rect.rows { line.append(" \(glyphs.ellipsis)", .dim) }
            drawFitted(line, into: &buffer, in: rect.line(offset))
        }
    }

    private func drawEllipsis(at column: Int, into buffer: inout CellBuffer, in rect: Rect) {
        let style = buffer[column, rect.row].style
        buffer.write(String(glyphs.ellipsis), column: column, row: rect.row, style: style, in: rect)
    }

    /// A line of bars for the newest of some numbers, the highest of them the full height; empty where there is nothing to see.
    func sparkline(_ values: [Int], columns: Int) -> StyledLine {
        let values = values.suffix(max(0, columns))
        guard let most = values.max(), most > 0 else { return StyledLine() }
        var line = StyledLine()
        for value in values {
            let step = value == 0 ? 0 : max(1, value * (glyphs.spark.count - 1) / most)
            line.append(String(glyphs.spark[step]), value == 0 ? Style(.gaugeRest) : Style(.gaugeFill))
        }
        return line
    }

    /// A bar of `columns` cells, filled up to a part of the whole.
    func gauge(_ value: Int, of limit: Int, columns: Int) -> StyledLine {
        guard columns > 0 else { return StyledLine() }
        let isOver = limit > 0 && value > limit
        let share = limit > 0 ? Double(min(max(value, 0), limit)) / Double(limit) : 0
        var filled = Int(share * Double(columns) + 0.5)
        // Something is never nothing, and not quite all is not all.
        if value > 0, filled == 0 { filled = 1 }
        if value < limit, filled == columns { filled = columns - 1 }
        var line = StyledLine()
        line.append(String(repeating: glyphs.gaugeFill, count: filled), Style(isOver ? .gaugeOver : .gaugeFill))
        line.append(String(repeating: glyphs.gaugeRest, count: columns - filled), Style(.gaugeRest))
        return line
    }
}

extension StyledLine {
    /// Adds another line's pieces at the end.
    mutating func append(_ other: StyledLine) {
        for run in other.runs { append(run.text, run.style) }
    }
}
