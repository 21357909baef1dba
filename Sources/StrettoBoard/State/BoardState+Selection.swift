import StrettoCore

// Marking output with the mouse: from the press to the copy.
extension BoardState {
    /// Begins where the button went down, if that is on output.
    mutating func beginSelection(at event: MouseEvent) {
        selected = nil
        guard dialogs.isEmpty, let (source, body) = outputBody(under: event),
            let spot = body.spot(column: event.column, row: event.row)
        else { return }
        pressed = LogSelection(source: source, anchor: spot, head: spot)
    }

    /// Follows the pointer; above and below of the output it draws the output along.
    mutating func dragSelection(to event: MouseEvent) {
        guard dialogs.isEmpty, var selection = selected ?? pressed,
            let piece = layout.pieces.first(where: { outputSource(of: $0.part) == selection.source })
        else { return }
        guard let body = outputBody(of: selection.source, in: piece) else { return }
        if event.row < body.rect.row {
            scroll(piece.part, .up)
        } else if event.row >= body.rect.endRow {
            scroll(piece.part, .down)
        }
        let row = min(max(event.row, body.rect.row), body.rect.endRow - 1)
        let moved = outputBody(of: selection.source, in: piece) ?? body
        guard let spot = moved.spot(column: event.column, row: row) else { return }
        selection.head = spot
        // A hand that shakes in a click marks nothing.
        if selected != nil || spot != selection.anchor { selected = selection }
    }

    /// Copies what is marked when the button comes up.
    mutating func endSelection() -> [BoardAction] {
        pressed = nil
        return selected == nil ? [] : copyPane()
    }

    /// What the mouse has marked; nil where nothing is, or it has left what can be had.
    var selectedText: String? {
        guard let selected, let view = logs[selected.source] else { return nil }
        let lines = view.lines(from: selected.first.start, to: selected.last.start)
        guard !lines.isEmpty else { return nil }
        return lines.map { $0.line.text(inColumns: selected.columns(ofLine: $0.start)) }.joined(separator: "\n")
    }

    /// Copies what is marked, else the lines that the pane shows, whole also where it shows only a part of one.
    mutating func copyPane() -> [BoardAction] {
        let text: String
        if let marked = selectedText {
            text = marked
        } else if let (source, piece) = outputPiece, let view = logs[source],
            let rows = outputBody(of: source, in: piece)?.rows, let first = rows.first, let last = rows.last
        {
            text = view.lines(from: first.start, to: last.start).map(\.line.text).joined(separator: "\n")
        } else {
            return []
        }
        return [.copy(text)]
    }

    mutating func take(_ copied: CopyReport) {
        let lines = Wording.plural(copied.lineCount, "line")
        let amount = copied.isCut ? "the beginning of \(lines)" : lines
        say("copied \(amount): \(Wording.list(copied.ways))")
    }

    // MARK: Where output is

    /// The output of one part of the screen, if it shows some.
    func outputSource(of part: Layout.Part) -> LogSource? {
        switch part {
        case .output(let index):
            let tasks = paneTasks
            return index < tasks.count ? source(of: tasks[index]) : nil
        case .log: return logSource
        default: return nil
        }
    }

    private func outputBody(under event: MouseEvent) -> (LogSource, OutputBody)? {
        guard let piece = layout.pieces.first(where: { $0.rect.contains(column: event.column, row: event.row) }),
            let source = outputSource(of: piece.part), let body = outputBody(of: source, in: piece)
        else { return nil }
        return (source, body)
    }
}

/// What became of a text that was copied.
package struct CopyReport: Hashable, Sendable {
    /// How many lines the text has.
    package let lineCount: Int
    /// Only its beginning went everywhere.
    package let isCut: Bool
    /// Whereto it went: `terminal (OSC 52)`, `tmux`, the name of a program.
    package let ways: [String]

    package init(lineCount: Int, isCut: Bool, ways: [String]) {
        self.lineCount = lineCount
        self.isCut = isCut
        self.ways = ways
    }
}
