import StrettoCore

// The first lines: which run it is, how its tasks stand, what it took.
extension BoardState {
    /// The time of the run: it stands still while no task is at work, so that an idle board needs no clock.
    var elapsed: Duration {
        guard let header else { return .zero }
        let end: Timestamp
        if let ended = header.ended {
            end = ended
        } else if !tasks.places(where: \.isActive).isEmpty {
            end = now
        } else {
            let tasks = tasks
            end = tasks.indices.map { tasks[$0].changed }.max() ?? header.started
        }
        return max(.zero, end.since(header.started))
    }

    func drawStatus(into buffer: inout CellBuffer, in rect: Rect) {
        buffer.write(shortStatus, column: rect.column, row: rect.row, in: rect)
    }

    /// `●3 ◆1 4/13`; on a screen without room for a sentence about it also that the engine is gone.
    private var shortStatus: StyledLine {
        if case .lost = link { return StyledLine("\(glyphs.failed) no engine: q", Style(.bad, emphasis: .bold)) }
        var line = StyledLine()
        for (state, count) in [(TaskState.running, tally.running), (.review, tally.review), (.failed, tally.failed)]
        where count > 0 {
            line.append("\(state.glyph(glyphs))\(count)", Style(state.role))
            line.append(" ")
        }
        line.append(tally.progress, Style(.text))
        return line
    }

    func drawHeader(into buffer: inout CellBuffer, in rect: Rect) {
        let inner = rect.inset(columns: rect.columns > 2 ? 1 : 0)
        guard let header else {
            buffer.write("Waiting for the engine", column: inner.column, row: inner.row, style: .dim, in: inner)
            return
        }
        guard rect.columns >= Layout.splitColumnsMin else {
            let status = shortStatus
            let width = status.width
            buffer.write(status, column: max(inner.column, inner.endColumn - width), row: inner.row, in: inner)
            let room = inner.leading(columns: inner.columns - width - 2).part
            let name = Width.fit(header.planName, columns: room.columns, ellipsis: glyphs.ellipsis)
            buffer.write(name, column: room.column, row: room.row, style: Style(.title, emphasis: .bold), in: room)
            return
        }
        let right = headerFigures(for: rect.columns)
        let width = right.width
        buffer.write(right, column: inner.endColumn - width, row: inner.row, in: inner)
        var left = StyledLine(header.planName, Style(.title, emphasis: .bold))
        if rect.columns >= 100 {
            left.append("   " + Self.lastComponent(of: header.planPath), .dim)
        }
        if rect.columns >= 150 {
            left.append("   run \(header.run)", .dim)
        }
        drawFitted(left, into: &buffer, in: inner.leading(columns: inner.columns - width - 3).part)
    }

    private func headerFigures(for columns: Int) -> StyledLine {
        let tally = tally
        var counts: [(TaskState, Int, String)] = [
            (.running, tally.running, "running"), (.review, tally.review, "review"), (.done, tally.settled, "done"),
            (.failed, tally.failed, "failed"), (.waiting, tally.waiting, "waiting"),
        ]
        // What a person has stopped is rare, and no failure.
        if tally.stopped > 0 { counts.insert((.stopped, tally.stopped, "stopped"), at: 4) }
        var line = StyledLine()
        for (state, count, word) in counts {
            // A zero keeps its place, quietly.
            let style = count == 0 ? Style.dim : Style(state.role, emphasis: state == .review ? .bold : [])
            line.append("\(state.glyph(glyphs))\(count)", style)
            if columns >= 110 { line.append(" \(word)", count == 0 ? .dim : .text) }
            line.append(columns >= 150 ? "   " : "  ")
        }
        line.append(columns >= 80 ? "   " : " ")
        line.append(Figures.duration(elapsed))
        if columns >= 70 {
            line.append("  ")
            if columns >= 110, let wait = providerWait {
                line.append("limit " + Figures.duration(wait) + "  ", Style(.warn))
            }
            line.append(costText(for: columns), isOverBudget ? Style(.bad, emphasis: .bold) : .text)
        }
        return line
    }

    /// What the run cost, of what it may cost.
    private func costText(for columns: Int) -> String {
        guard let header else { return "" }
        let budget = BudgetGauge(of: header)
        return columns >= Self.wideCostColumnsMin ? budget.money : budget.shortMoney
    }

    /// From this width on the header has room for what is known and for what counts.
    private static let wideCostColumnsMin = 130

    /// Whether a limit is reached, so that nothing more begins.
    private var isOverBudget: Bool { header.map { BudgetGauge(of: $0).isSpent } ?? false }

    static func lastComponent(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// The whole-width rule of what is settled, with its percentage.
    func drawProgress(into buffer: inout CellBuffer, in rect: Rect) {
        let tally = tally
        let percent = "\(tally.percent)%"
        let inner = rect.inset(columns: 1)
        guard inner.columns > 8, header != nil else { return }
        let bar = gauge(tally.settled, of: max(1, tally.total), columns: inner.columns - 6)
        buffer.write(bar, column: inner.column, row: inner.row, in: inner)
        buffer.write(percent, column: inner.endColumn - percent.utf8.count, row: inner.row, style: .dim, in: inner)
    }
}
