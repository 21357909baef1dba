import StrettoCore

// The form for a new task.
extension BoardState {
    private static let labelColumns = 8

    func drawForm(_ form: TaskForm, into buffer: inout CellBuffer) {
        let columns = min(size.columns >= 110 ? 92 : 70, size.columns)
        let note = formNote(of: form, columns: columns - 4)
        let rect = box(columns: columns, rows: TaskForm.Field.allCases.count + note.count + 3)
        let title = StyledLine("New task in this run", Style(.title, emphasis: .bold))
        let keys = [(glyphs.enter, "add"), ("Tab", "next field"), ("Esc", "later")]
        let foot = keyLine(keys, gap: 3, columns: rect.columns - 6)
        let inside = drawBox(rect, title: title, foot: foot, into: &buffer)
        for (row, field) in TaskForm.Field.allCases.enumerated() where row < inside.rows {
            draw(field, of: form, into: &buffer, in: inside.line(row))
        }
        drawLines(note, into: &buffer, in: inside.top(rows: TaskForm.Field.allCases.count + 1).rest)
    }

    /// Why it cannot be added as it is, or who would do it and what adding it means.
    private func formNote(of form: TaskForm, columns: Int) -> [StyledLine] {
        if let reason = form.reason { return StyledLine.paragraphs(reason, Style(.bad), columns: columns) }
        let text =
            "By takes claude, codex, command or an agent of your own. After and Before take tasks, with commas between them. The "
            + "task joins the run, not the plan file."
        return StyledLine.paragraphs(doer(of: form), Style(.accent), columns: columns)
            + StyledLine.paragraphs(text, .dim, columns: columns)
    }

    /// Who would do the task, in a sentence.
    private func doer(of form: TaskForm) -> String {
        let builder = form.text(.builder)
        if builder == BuilderName.command.rawValue {
            return "The shell runs what you write, as a command; no agent takes part."
        }
        if !builder.isEmpty { return "The agent \(builder) does it, and spends tokens." }
        guard let standard = form.standard else { return "An agent does it, as the plan has it, and spends tokens." }
        let unless = standard.isRuled ? ", unless a rule of the plan chooses another one" : ""
        return "The agent \(standard.builder) does it, as the plan has it\(unless), and spends tokens."
    }

    /// What an empty field means.
    private func placeholder(of field: TaskForm.Field, in form: TaskForm) -> String {
        switch field {
        case .what: form.text(.builder) == BuilderName.command.rawValue ? "the command" : "what is to be done"
        case .after: "it may start at once"
        case .before: "nothing waits for it"
        case .builder: (form.standard.map { "\($0.builder.rawValue), " } ?? "") + "as the plan has it"
        }
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
            empty: placeholder(of: field, in: form),
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
