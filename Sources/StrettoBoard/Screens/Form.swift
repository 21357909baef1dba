import StrettoCore

// The form for a new task.
extension BoardState {
    private static let labelColumns = 8

    func drawForm(_ form: TaskForm, into buffer: inout CellBuffer) {
        let columns = min(size.columns >= 110 ? 92 : 70, size.columns)
        let note = formNote(of: form, columns: columns - 4)
        let rect = box(columns: columns, rows: TaskForm.Field.allCases.count + note.count + 3)
        let title = StyledLine("New task in this run", Style(.title, emphasis: .bold))
        let foot = keyLine([(String(glyphs.enter), "add"), ("Tab", "next field"), ("Esc", "later")], gap: 3)
        let inside = drawBox(rect, title: title, foot: foot, into: &buffer)
        for (row, field) in TaskForm.Field.allCases.enumerated() where row < inside.rows {
            draw(field, of: form, into: &buffer, in: inside.line(row))
        }
        let start = TaskForm.Field.allCases.count + 1
        for (offset, line) in note.enumerated() where start + offset < inside.rows {
            drawFitted(line, into: &buffer, in: inside.line(start + offset))
        }
    }

    /// Why it cannot be added as it is, or what adding it means.
    private func formNote(of form: TaskForm, columns: Int) -> [StyledLine] {
        if let reason = form.reason { return StyledLine.paragraphs(reason, Style(.bad), columns: columns) }
        let text = "The task is in the run, not in the plan file. Several tasks are parted by commas."
        return StyledLine.paragraphs(text, .dim, columns: columns)
    }

    private func draw(_ field: TaskForm.Field, of form: TaskForm, into buffer: inout CellBuffer, in line: Rect) {
        let isFocused = field == form.field
        let label = Width.pad(field.rawValue, columns: Self.labelColumns)
        let style: Style = isFocused ? Style(.key) : .dim
        let start = buffer.write(label, column: line.column, row: line.row, style: style, in: line)
        let room = Rect(column: start, row: line.row, columns: max(0, line.endColumn - start), rows: 1)
        drawField(
            form.texts[field] ?? TextField(),
            isFocused: isFocused,
            empty: field.placeholder,
            into: &buffer,
            in: room
        )
    }

    /// A text being typed: its end stays in sight, for that is where the cursor is.
    func drawField(
        _ field: TextField,
        isFocused: Bool,
        empty: String,
        into buffer: inout CellBuffer,
        in room: Rect
    ) {
        var text = field.text[...]
        while Width.of(String(text)) > max(0, room.columns - 1), !text.isEmpty { text.removeFirst() }
        var end = buffer.write(String(text), column: room.column, row: room.row, in: room)
        if isFocused {
            end = buffer.write(String(glyphs.caret), column: end, row: room.row, style: .accent, in: room)
        }
        guard field.text.isEmpty else { return }
        let rest = Rect(column: end, row: room.row, columns: max(0, room.endColumn - end), rows: 1)
        drawFitted(StyledLine(empty, .dim), into: &buffer, in: rest)
    }
}
