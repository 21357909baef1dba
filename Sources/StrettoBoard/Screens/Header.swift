import StrettoCore

// The first lines: which run it is, how its tasks stand, what it took.
extension BoardState {
    /// The time of the run up to its end, or up to now: on a board that sleeps, up to the input that was drawn last.
    var elapsed: Duration {
        guard let header else { return .zero }
        return max(.zero, (header.ended ?? now).since(header.started))
    }

    /// The only line of a screen: figures that have no room whole are left out, the least urgent first.
    func drawStatus(into buffer: inout CellBuffer, in rect: Rect) {
        var line = shortStatus(columns: rect.columns)
        if line.isEmpty, header != nil { line = StyledLine(String(tally.state.glyph(glyphs)), Style(tally.state.role)) }
        buffer.write(line, column: rect.column, row: rect.row, in: rect)
    }

    /// `●3 ◆1 4/13`; on a screen without room for a sentence about it also that the engine is gone, or how long an
    /// approval can be taken back.
    private func shortStatus(columns: Int) -> StyledLine {
        if case .lost = link { return StyledLine("\(glyphs.failed) no engine: q", Style(.bad, emphasis: .bold)) }
        if size.rows < Layout.treeRowsMin || size.columns < Layout.treeColumnsMin, let approval = approvals.last {
            let left = "\(secondsLeft(of: approval))"
            let forms = ["\(glyphs.done) \(left) s", left].filter { Width.of($0) <= columns }
            return StyledLine(forms.first ?? "", Style(.ok, emphasis: .bold))
        }
        let tally = tally
        // As they are read, each with how urgent it is.
        let counts: [(urgency: Int, state: TaskState, count: Int)] = [
            (2, .running, tally.running), (0, .review, tally.review), (1, .failed, tally.failed),
        ]
        var figures = counts.filter { $0.count > 0 }.map { item in
            (item.urgency, StyledLine("\(item.state.glyph(glyphs))\(item.count)", Style(item.state.role)))
        }
        if !tally.progress.isEmpty { figures.append((3, StyledLine(tally.progress))) }
        while figures.reduce(-1, { $0 + $1.1.width + 1 }) > columns {
            guard let last = figures.indices.max(by: { figures[$0].0 < figures[$1].0 }) else { break }
            figures.remove(at: last)
        }
        var line = StyledLine()
        for (_, figure) in figures {
            if !line.isEmpty { line.append(" ") }
            line.append(figure)
        }
        return line
    }

    /// From this width on the header has room for every count.
    private static let countsColumnsMin = 60

    func drawHeader(into buffer: inout CellBuffer, in rect: Rect) {
        // A low screen has no other line for what is being typed, or for a notice.
        if isTypingInFooter, layout.rect(of: .footer) == nil { return drawFooter(into: &buffer, in: rect) }
        if !approvals.isEmpty, layout.rect(of: .notice) == nil { return drawNotice(into: &buffer, in: rect) }
        let inner = rect.inset(columns: rect.columns > 2 ? 1 : 0)
        guard let header else {
            buffer.write("Waiting for the engine", column: inner.column, row: inner.row, style: .dim, in: inner)
            return
        }
        guard rect.columns >= Self.countsColumnsMin else {
            let status = shortStatus(columns: inner.columns)
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
        let room = inner.leading(columns: inner.columns - width - 3).part
        var left = StyledLine(header.planName, Style(.title, emphasis: .bold))
        let more = [(100, Self.lastComponent(of: header.planPath)), (150, "run \(header.run)")]
        for (columnsMin, text) in more where rect.columns >= columnsMin {
            // Half a name of a file helps nobody.
            if left.width + 3 + Width.of(text) <= room.columns { left.append("   " + text, .dim) }
        }
        drawFitted(left, into: &buffer, in: room)
    }

    private func headerFigures(for columns: Int) -> StyledLine {
        let tally = tally
        var counts: [(TaskState, Int, String)] = [
            (.running, tally.running, "running"), (.review, tally.review, "review"), (.done, tally.done, "done"),
            (.failed, tally.failed, "failed"), (.waiting, tally.waiting, "waiting"),
        ]
        // What a person has stopped or left out is rare, and neither a failure nor done.
        if tally.stopped > 0 { counts.insert((.stopped, tally.stopped, "stopped"), at: 4) }
        if tally.skipped > 0 { counts.insert((.skipped, tally.skipped, "skipped"), at: 3) }
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
