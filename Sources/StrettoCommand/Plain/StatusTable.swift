package import StrettoCore

/// The state of a run as text: one line for the run, then one for each task in plan order.
package enum StatusTable {
    /// Longer ids are cut off in the table, in characters.
    private static let idColumnsMax = 32
    /// Longer names of models are cut off, in characters.
    private static let agentColumnsMax = 24
    /// The width that lines are cut to, in characters.
    package static let columns = 120

    /// The lines, without line feeds and trailing blanks; `now` is for the times of what is still under way.
    package static func lines(_ snapshot: RunSnapshot, now: Timestamp, style: PlainStyle = .bare) -> [String] {
        let rows = snapshot.tasks.map { row($0, now: now) }
        let widths = (0..<6).map { column in rows.map { $0.cells[column].count }.max() ?? 0 }
        let table = rows.map { row in
            let cells = row.cells
            let agent = PlainText.padded(cells[2], columns: widths[2]) + "  "
            let figures = (3..<6).map { PlainText.rightAligned(cells[$0], columns: widths[$0]) }.joined(separator: "  ")
            let start = "  " + PlainText.padded(cells[0], columns: widths[0]) + "  "
            let gap = PlainText.padded("", columns: widths[1] - cells[1].count) + "  "
            let end = gap + agent + figures + "  " + row.detail
            let room = max(0, columns - start.count - cells[1].count)
            return trimmed(start + style.paint(cells[1], row.level) + PlainText.clipped(end, columns: room))
        }
        return [headline(snapshot, now: now)] + limits(snapshot, now: now) + table + gauges(snapshot, now: now)
    }

    /// The run in one line: `payments-v2: running, 4 of 13 done, 18m42, 48.2k tokens, ~$3.42 of ~$10.00, branch ...`.
    package static func headline(_ snapshot: RunSnapshot, now: Timestamp) -> String {
        let header = snapshot.header
        let counted = snapshot.tasks.filter { $0.state != .excluded }
        let parts = [
            phase(header.phase),
            "\(counted.count { $0.state == .done }) of \(counted.count) done",
            Figures.duration((header.ended ?? now).since(header.started)),
            spending(header),
            "branch \(header.branch)",
        ]
        return PlainText.visible(header.planName + ": " + parts.joined(separator: ", "))
    }

    /// What was used of what was allowed: `48.2k tokens, ~$3.42 of ~$10.00`.
    static func spending(_ header: RunHeader) -> String {
        let gauge = BudgetGauge(of: header)
        return gauge.tokens + " tokens, " + gauge.money
    }

    /// Providers that take no attempts now, each with what comes next.
    package static func limits(_ snapshot: RunSnapshot, now: Timestamp) -> [String] {
        snapshot.header.providers.map { provider in
            PlainText.clipped("  limit: " + PlainText.visible(provider.sentence(at: now)), columns: columns)
        }
    }

    /// How fast the run spends, what the rest will probably cost, and who spent what where there are several.
    private static func gauges(_ snapshot: RunSnapshot, now: Timestamp) -> [String] {
        let outlook = Outlook(of: snapshot.tasks, at: now)
        var lines: [String] = []
        let usage = snapshot.header.usage
        if usage.tokens > 0 { lines.append("  used: " + Figures.kinds(of: usage)) }
        if let rate = outlook.rateSentence { lines.append("  rate: " + rate) }
        if let forecast = outlook.sentence { lines.append("  forecast: " + forecast) }
        let spending = Spending(of: snapshot.tasks)
        for (title, parts) in [
            ("section", spending.sections), ("role", spending.roles), ("builder", spending.builders),
            ("model", spending.models),
        ] where parts.count > 1 {
            lines += parts.prefix(partsMax).map { part in
                "  \(title) \(part.name): \(Figures.money(part.usage)), \(Figures.kinds(of: part.usage))"
            }
        }
        if usage.hasMoney { lines.append("  " + Figures.disclaimer) }
        return lines.map { PlainText.clipped(PlainText.visible($0), columns: columns) }
    }

    /// Sections, roles, builders or models that are listed.
    private static let partsMax = 20

    private static func phase(_ phase: RunHeader.Phase) -> String {
        switch phase {
        case .planReview: "the plan waits for approval"
        case .running: "running"
        case .draining: "draining"
        case .stopping: "stopping"
        case .holding(let outcome): "holding, \(outcome.word)"
        case .concluding: "concluding"
        case .over(let outcome): outcome.word
        }
    }

    private struct Row {
        /// Id, state, agent, time, tokens, money.
        var cells: [String]
        var detail: String
        var level: Notice.Level
    }

    private static func row(_ task: TaskSnapshot, now: Timestamp) -> Row {
        let current = task.state.isActive ? task.started.map { now.since($0) } : nil
        let worked = task.worked + (current ?? .zero)
        let isUsed = task.usage.tokens > 0 || task.usage.microdollars != nil
        return Row(
            cells: [
                PlainText.clipped(PlainText.visible(task.id.text), columns: idColumnsMax),
                task.state.rawValue,
                PlainText.clipped(PlainText.visible(task.agent), columns: agentColumnsMax),
                worked > .zero ? Figures.duration(worked) : "",
                isUsed ? Figures.tokens(task.usage.tokens) : "",
                isUsed ? BudgetGauge(of: task).money : "",
            ],
            detail: PlainText.visible(task.detail.isEmpty ? task.name : task.detail),
            level: level(of: task.state)
        )
    }

    private static func level(of state: TaskState) -> Notice.Level {
        switch state {
        case .done: .good
        case .failed, .blocked: .bad
        case .review, .retrying, .stopped: .attention
        case .waiting, .ready, .preparing, .running, .checking, .merging, .skipped, .excluded: .info
        }
    }

    private static func trimmed(_ line: String) -> String {
        var line = line[...]
        while line.last == " " { line.removeLast() }
        return String(line)
    }
}
