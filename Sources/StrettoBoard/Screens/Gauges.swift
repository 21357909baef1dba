import StrettoCore

// What the run has used of what it may use, and the last events.
extension BoardState {
    private struct Gauge {
        var name: String
        var value: Int
        /// nil: there is no limit, and no bar.
        var limit: Int?
        var text: String
        var style = Style.text
        /// What stands in the place of the bar.
        var trail: [Int] = []
    }

    private var gauges: [Gauge] {
        guard let header else { return [] }
        let busy = tasks.places(where: \.isActive).count
        let budget = BudgetGauge(of: header)
        let spent = Style(.bad, emphasis: .bold)
        return [
            Gauge(
                name: "cost",
                value: budget.counted,
                limit: header.budget.microdollars,
                text: budget.money,
                style: budget.isMoneySpent ? spent : .text
            ),
            Gauge(
                name: "tokens",
                value: header.usage.tokens,
                limit: header.budget.tokens,
                text: budget.tokens,
                style: budget.areTokensSpent ? spent : .text
            ),
            Gauge(name: "time", value: 0, limit: nil, text: Figures.duration(elapsed)),
            Gauge(name: "workers", value: busy, limit: header.workers, text: "\(busy) of \(header.workers) busy"),
        ]
    }

    /// Whether agents do any of the tasks, so that there is something to spend.
    var spends: Bool {
        let tasks = tasks
        return tasks.indices.contains { tasks[$0].builder != .command }
    }

    /// How fast the run spends and what the rest will probably cost, each with its name; empty where nothing is spent.
    var foresight: [(title: String, text: String)] {
        guard let header, spends else { return [] }
        let outlook = Outlook(of: tasks, at: now)
        let average = Outlook.averageSentence(of: header, at: header.started.advanced(by: elapsed))
        let burn = outlook.rateSentence ?? average.map { $0 + " on average" } ?? "nothing yet"
        let unknown =
            outlook.tokens == nil ? "known once agents have done \(Outlook.evidenceMin) tasks" : "nothing more"
        let rest = outlook.tasksLeft == 0 ? "no task is left" : outlook.sentence ?? unknown
        return [("Burn", burn), ("Rest", rest)]
    }

    func drawGauges(into buffer: inout CellBuffer, in rect: Rect) {
        if rect.rows >= 4 { return drawGaugeBlock(into: &buffer, in: rect) }
        drawGaugeLine(into: &buffer, in: rect)
        if rect.rows > 1 { drawForesight(into: &buffer, in: rect.line(1)) }
    }

    /// Columns between two gauges of a line, and the most that a bar takes there.
    private static let gaugeGap = 4
    private static let gaugeBarMax = 16
    /// The most columns of a sparkline in a line.
    private static let trailMax = 12

    private func drawGaugeLine(into buffer: inout CellBuffer, in rect: Rect) {
        let inner = rect.inset(columns: 1)
        let gauges = gauges
        let fixed = gauges.reduce(0) { $0 + $1.name.utf8.count + 1 + Width.of($1.text) + Self.gaugeGap }
        let bars = gauges.count { $0.limit != nil }
        let room = bars == 0 ? 0 : min(Self.gaugeBarMax, (inner.columns - fixed + Self.gaugeGap) / bars - 1)
        var column = inner.column
        for gauge in gauges {
            column = buffer.write(gauge.name, column: column, row: inner.row, style: .dim, in: inner) + 1
            if let limit = gauge.limit, room >= 4 {
                let bar = self.gauge(gauge.value, of: limit, columns: room)
                column = buffer.write(bar, column: column, row: inner.row, in: inner) + 1
            }
            let end = buffer.write(gauge.text, column: column, row: inner.row, style: gauge.style, in: inner)
            column = end + Self.gaugeGap
        }
    }

    /// The rate and the forecast in a line, with the key to the rest at its end where there is room.
    private func drawForesight(into buffer: inout CellBuffer, in line: Rect) {
        let inner = line.inset(columns: 1)
        var column = inner.column
        let foresight = foresight
        let used = foresight.reduce(0) { $0 + $1.title.utf8.count + 1 + Width.of($1.text) + Self.gaugeGap }
        for (index, part) in foresight.enumerated() {
            column = buffer.write(part.title.lowercased(), column: column, row: inner.row, style: .dim, in: inner) + 1
            if index == 0, let runTrail {
                let trail = sparkline(runTrail.slots(at: now), columns: min(Self.trailMax, inner.columns - used - 1))
                if !trail.isEmpty { column = buffer.write(trail, column: column, row: inner.row, in: inner) + 1 }
            }
            column = buffer.write(part.text, column: column, row: inner.row, in: inner) + Self.gaugeGap
        }
        let hint = keyLine([(key(.spending), "spending")], gap: 0)
        if column + hint.width <= inner.endColumn {
            buffer.write(hint, column: inner.endColumn - hint.width, row: inner.row, in: inner)
        }
    }

    private func drawGaugeBlock(into buffer: inout CellBuffer, in rect: Rect) {
        let inner = rect.inset(columns: 1)
        buffer.write("Budget", column: inner.column, row: inner.row, style: .title, in: inner)
        if spends {
            let hint = keyLine([(key(.spending), "spending")], gap: 0)
            buffer.write(hint, column: inner.endColumn - hint.width, row: inner.row, in: inner)
        }
        var foresight = foresight.map { Gauge(name: $0.title.lowercased(), value: 0, limit: nil, text: $0.text) }
        if !foresight.isEmpty { foresight[0].trail = runTrail?.slots(at: now) ?? [] }
        let gauges = gauges + foresight
        let textWidth = max(18, gauges.map { Width.of($0.text) }.max() ?? 0)
        for (index, gauge) in gauges.prefix(max(0, rect.rows - 1)).enumerated() {
            let line = inner.line(index + 1)
            buffer.write(gauge.name, column: line.column + 2, row: line.row, style: .dim, in: line)
            let start = line.column + 11
            let barColumns = min(44, line.endColumn - start - textWidth - 2)
            if let limit = gauge.limit, barColumns >= 4 {
                let bar = self.gauge(gauge.value, of: limit, columns: barColumns)
                buffer.write(bar, column: start, row: line.row, in: line)
            }
            let trail = sparkline(gauge.trail, columns: barColumns)
            buffer.write(trail, column: start, row: line.row, in: line)
            let textColumn = start + max(0, barColumns) + 2
            buffer.write(gauge.text, column: textColumn, row: line.row, style: gauge.style, in: line)
        }
    }

    func drawEvents(into buffer: inout CellBuffer, in rect: Rect) {
        let inner = rect.inset(columns: 1)
        buffer.write("Events", column: inner.column, row: inner.row, style: .title, in: inner)
        if notices.isEmpty {
            drawFitted(StyledLine("nothing since you came; @ shows all", .dim), into: &buffer, in: inner.line(1))
        }
        for (offset, notice) in notices.reversed().prefix(max(0, rect.rows - 1)).enumerated() {
            let line = inner.line(offset + 1)
            var text = StyledLine(Self.clockTime(notice.time, since: header?.started) + "  ", .dim)
            text.append(Width.pad(notice.word, columns: 10, ellipsis: glyphs.ellipsis), Style(notice.level.role))
            let name = notice.task.map { task($0)?.name ?? $0.text } ?? "run"
            text.append(Width.pad(name, columns: 18, ellipsis: glyphs.ellipsis) + "  ")
            text.append(words(of: notice), .dim)
            drawFitted(text, into: &buffer, in: line)
        }
    }

    /// A notice's text without the task's name and the notice's word at its start: they stand before it already.
    func words(of notice: Notice) -> String {
        var text = notice.text[...]
        for told in [notice.task.map(name(of:)) ?? "", notice.word] where !told.isEmpty && text.hasPrefix(told) {
            let rest = text.dropFirst(told.count)
            // A longer word that only begins alike says something else.
            guard rest.isEmpty || rest.first.map(", :".contains) == true else { continue }
            text = rest.drop { ", :".contains($0) }
        }
        return String(text)
    }

    /// When something was, as time since the run began: the board knows no time zone.
    private static func clockTime(_ time: Timestamp, since start: Timestamp?) -> String {
        guard let start else { return Width.pad("", columns: 6) }
        return Width.pad(Figures.duration(max(.zero, time.since(start))), columns: 6, alignment: .trailing)
    }
}

extension Notice.Level {
    var role: Role {
        switch self {
        case .info: .run
        case .good: .ok
        case .attention: .review
        case .bad: .bad
        }
    }

    func glyph(_ glyphs: Glyphs) -> Character {
        switch self {
        case .info: glyphs.running
        case .good: glyphs.done
        case .attention: glyphs.review
        case .bad: glyphs.failed
        }
    }
}
