import StrettoCore

/// How a pane's output lies on the screen: the same for drawing and for the mouse.
struct OutputBody: Hashable, Sendable {
    /// The cells of the text.
    var rect: Rect
    /// Columns for times before the text; 0 without them.
    var timeColumns = 0
    /// How many columns of each line lie left of the view.
    var scrollX = 0
    /// Where the line begins whose match was gone to.
    var found: Int?
    /// The line about earlier output that cannot be read.
    var gapLine: Rect?
    /// The line about what waits below.
    var standingLine: Rect?
    var rows: [LogView.Row]

    /// Which cell of which line lies under a cell of the screen; below the last line that one's end.
    func spot(column: Int, row: Int) -> LogSelection.Spot? {
        guard !rows.isEmpty, row >= rect.row else { return nil }
        let index = min(row - rect.row, rows.count - 1)
        let place = row - rect.row < rows.count ? max(0, column - rect.column) : Size.sideMax
        return LogSelection.Spot(start: rows[index].start, column: rows[index].column + scrollX + place)
    }
}

extension BoardState {
    /// `14:03:22` and a blank.
    private static let timeColumns = 9
    /// Narrower panes have no room for times.
    private static let timedColumnsMin = 36

    /// Where a part of the screen shows output.
    func textRect(of piece: Layout.Piece) -> Rect {
        var body = piece.rect.top(rows: Self.titleRows(of: piece.rect)).rest
        if case .output = piece.part, piece.rect.rows >= Self.usageRowsMin { body = body.bottom(rows: 2).rest }
        return body.inset(columns: body.columns > 24 ? 1 : 0)
    }

    /// How a file's output lies in a part of the screen; nil while there is none.
    func outputBody(of source: LogSource, in piece: Layout.Piece) -> OutputBody? {
        guard let view = logs[source], !view.isEmpty else { return nil }
        var rect = textRect(of: piece)
        var body = OutputBody(rect: rect, rows: [])
        // The line about following stands in a row of its own.
        if !view.isFollowing, rect.rows >= 2 {
            let (line, rest) = rect.bottom(rows: 1)
            body.standingLine = line
            rect = rest
        }
        if rect.rows > 2, view.isBelowGap(rows: rect.rows) {
            let (line, rest) = rect.top(rows: 1)
            body.gapLine = line
            rect = rest
        }
        // The log of events carries its own times.
        if showsTimes, source.builder != nil, rect.columns >= Self.timedColumnsMin {
            body.timeColumns = Self.timeColumns
            rect = rect.leading(columns: Self.timeColumns).rest
        }
        body.rect = rect
        body.found = view.foundStart(rows: rect.rows)
        body.scrollX = wrapsLines ? 0 : view.scrollX
        body.rows = Array(
            (wrapsLines ? view.wrapped(rows: rect.rows, columns: rect.columns) : view.visible(rows: rect.rows))
                .prefix(rect.rows)
        )
        return body
    }
}
