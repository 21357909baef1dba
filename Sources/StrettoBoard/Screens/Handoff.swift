import StrettoCore

// HANDOFF.md, rendered; a bar stands before what has changed lately.
extension BoardState {
    func drawHandoff(into buffer: inout CellBuffer, in rect: Rect) {
        let isFocused = focus == .side(.handoff) && dialogs.isEmpty
        let title = StyledLine("HANDOFF.md", Style(.title, emphasis: isFocused ? .bold : []))
        let body = drawTitle(title, detail: handoffDetail(in: rect), isFocused: isFocused, into: &buffer, in: rect)
        let text = Self.handoffBody(of: rect)
        if handoff.isEmpty {
            let note = handoffDue != nil ? "Reading it\(glyphs.ellipsis)" : "Nothing has been handed over yet."
            buffer.write(note, column: text.column, row: text.row, style: .dim, in: text)
        }
        let top = Step.up.position(from: handoff.top + 1, count: handoff.rows.count, rows: text.rows)
        for (offset, row) in handoff.rows.dropFirst(top).prefix(text.rows).enumerated() {
            let line = text.line(offset)
            drawFitted(handoff.search?.needle.marking(row.line) ?? row.line, into: &buffer, in: line)
            if handoff.search?.found == top + offset { buffer.restyle(line, ground: .select) }
            guard handoff.isMarked(row) else { continue }
            buffer.write(
                String(glyphs.cursor),
                column: text.column - 1,
                row: text.row + offset,
                style: .accent,
                in: body
            )
        }
    }

    /// How a search stands, else how much is new, and how far down the reader is.
    private func handoffDetail(in rect: Rect) -> StyledLine {
        if let search = handoff.search { return StyledLine(searchTitle(search.needle, search.words), .accent) }
        var detail = StyledLine()
        if handoff.markedCount > 0 { detail.append("\(handoff.markedCount) new", .accent) }
        let rows = Self.bodyRows(of: rect)
        let count = handoff.rows.count
        guard count > rows, rows > 0 else { return detail }
        let top = Step.up.position(from: handoff.top + 1, count: count, rows: rows)
        if !detail.isEmpty { detail.append("   ") }
        detail.append("\(min(count, top + rows)) of \(count)", .dim)
        return detail
    }

    /// Where the text stands in its pane: with a column for marks before it, unless the pane has none to spare.
    static func handoffBody(of rect: Rect) -> Rect {
        let body = rect.top(rows: titleRows(of: rect)).rest
        if body.columns > 24 { return body.inset(columns: 1) }
        return body.columns >= 8 ? body.leading(columns: 1).rest : body
    }
}
