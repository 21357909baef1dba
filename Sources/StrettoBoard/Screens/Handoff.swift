import StrettoCore

// HANDOFF.md, rendered.
extension BoardState {
    func drawHandoff(into buffer: inout CellBuffer, in rect: Rect) {
        let isFocused = focus == .side(.handoff) && dialogs.isEmpty
        let title = StyledLine("HANDOFF.md", Style(.title, emphasis: isFocused ? .bold : []))
        let lines = handoffLines(columns: rect.columns)
        let rows = Self.bodyRows(of: rect)
        let top = Step.up.position(from: handoffTop + 1, count: lines.count, rows: rows)
        let isLonger = lines.count > rows && rows > 0
        let end = min(lines.count, top + rows)
        let detail = isLonger ? StyledLine("\(end) of \(lines.count)", .dim) : StyledLine()
        let body = drawTitle(title, detail: detail, isFocused: isFocused, into: &buffer, in: rect)
        let text = body.inset(columns: body.columns > 24 ? 1 : 0)
        if lines.isEmpty {
            let note = "Nothing has been handed over yet."
            buffer.write(note, column: text.column, row: text.row, style: .dim, in: text)
        }
        for (offset, line) in lines.dropFirst(top).prefix(text.rows).enumerated() {
            drawFitted(line, into: &buffer, in: text.line(offset))
        }
    }

    /// The rendered lines for a pane of this width.
    func handoffLines(columns: Int) -> [StyledLine] {
        guard let handoff = snapshot?.handoff, !handoff.isEmpty else { return [] }
        return MarkdownText.render(handoff, columns: columns - (columns > 24 ? 2 : 0), glyphs: glyphs)
    }
}
