import StrettoCore

// Where tokens and money went and what is to come: totals and limits, rate and forecast, then who spent how much.
extension BoardState {
    /// Columns of a row's figures, and of the bar that shows its share.
    private static let attemptsWidth = 10
    private static let tokensWidth = 9
    private static let shareColumns = 12
    /// From this width on rows have a bar.
    private static let shareColumnsMin = 72
    private static let labelWidth = 9
    /// Tasks that are listed, those that cost most.
    private static let tasksMax = 8
    /// Sections, roles, builders or models that are listed.
    private static let partsMax = 20

    var spendingBox: Rect {
        if isSingle { return Rect(size) }
        let columns = min(88, size.columns - 4)
        let count = spendingLines(columns: columns - 4).count
        return box(columns: columns, rows: min(size.rows - 4, count + 2))
    }

    func drawSpending(_ view: SpendingView, into buffer: inout CellBuffer) {
        let rect = spendingBox
        let hint = keyLine([("Esc", "closes")], gap: 0)
        let title = StyledLine("Spending", Style(.title, emphasis: .bold))
        let lines = spendingLines(columns: rect.inset(columns: 2).columns)
        let isLonger = lines.count > rect.rows - 2
        let foot =
            isLonger
            ? keyLine(
                [
                    (
                        "\(key(.scrollSpending(.down), in: .spending)) \(key(.scrollSpending(.up), in: .spending))",
                        "scroll"
                    )
                ],
                gap: 0
            ) : StyledLine()
        let inside = drawBox(rect, title: title, hint: hint, foot: foot, into: &buffer)
        let top = min(view.top, max(0, lines.count - inside.rows))
        for (offset, line) in lines.dropFirst(top).prefix(inside.rows).enumerated() {
            drawFitted(line, into: &buffer, in: inside.line(offset))
        }
        if top + inside.rows < lines.count {
            let row = inside.endRow - 1
            buffer.write(String(glyphs.down), column: rect.endColumn - 2, row: row, style: .dim, in: rect)
        }
        if top > 0 {
            buffer.write(String(glyphs.up), column: rect.endColumn - 2, row: inside.row, style: .dim, in: rect)
        }
    }

    mutating func scrollSpending(_ step: Step) {
        guard case .spending(var view) = dialogs.last?.content else { return }
        let rect = spendingBox
        let count = spendingLines(columns: rect.inset(columns: 2).columns).count
        view.top = step.position(from: view.top, count: count, rows: max(0, rect.rows - 2))
        replaceTop(with: .spending(view))
    }

    // MARK: Lines

    func spendingLines(columns: Int) -> [StyledLine] {
        guard let header else { return [] }
        let spending = Spending(of: tasks)
        // What has only one part says nothing that the totals do not say, unless it names somebody.
        let tables = [
            spending.sections.count > 1 ? table("By section", spending.sections) : nil,
            spending.roles.count > 1 ? table("By role", spending.roles) : nil,
            table("By builder", spending.builders), table("By model", spending.models), dearest,
        ].compactMap(\.self)
        let costWidth = max(6, tables.flatMap(\.rows).map { Width.of($0.cost) }.max() ?? 0) + 2
        var lines = totals(BudgetGauge(of: header), columns: columns)
        for table in tables where !table.rows.isEmpty { lines += self.lines(of: table, costWidth, columns: columns) }
        lines.append(StyledLine())
        var notes = [Figures.disclaimer]
        if header.usage.hasUnpriced {
            notes.append("tokens without a price count at the highest price known")
        } else if header.usage.isEstimate {
            notes.append("+ says that some tokens were never reported, so that the true figure is larger")
        }
        return lines + notes.flatMap { StyledLine.paragraphs($0, .dim, columns: columns) }
    }

    private func totals(_ budget: BudgetGauge, columns: Int) -> [StyledLine] {
        var lines: [StyledLine] = []
        func add(_ label: String, _ text: StyledLine) {
            var line = StyledLine(Width.pad(label, columns: Self.labelWidth), .dim)
            line.append(text)
            lines.append(line)
        }
        add("Cost", figure(budget.money, budget.counted, of: budget.budget.microdollars, columns: columns))
        add("Tokens", figure(budget.tokens, budget.usage.tokens, of: budget.budget.tokens, columns: columns))
        if budget.usage.tokens > 0 {
            let text = Figures.kinds(of: budget.usage)
            for line in StyledLine.paragraphs(text, .dim, columns: columns - Self.labelWidth) { add("", line) }
        }
        for line in foresight {
            let rows = StyledLine.paragraphs(line.text, columns: columns - Self.labelWidth)
            for (index, row) in rows.enumerated() { add(index == 0 ? line.title : "", row) }
        }
        return lines
    }

    /// A bar where there is a limit, then the figure.
    private func figure(_ text: String, _ value: Int, of limit: Int?, columns: Int) -> StyledLine {
        guard let limit else { return StyledLine(text) }
        let room = min(Self.barColumnsMax, columns - Self.labelWidth - Width.of(text) - 2)
        var line = room >= 4 ? gauge(value, of: limit, columns: room) : StyledLine()
        if !line.isEmpty { line.append("  ") }
        line.append(text, value >= limit ? Style(.bad, emphasis: .bold) : .text)
        return line
    }

    private static let barColumnsMax = 32
    /// In less the attempts go, and the cost stays.
    private static let attemptsColumnsMin = 44

    private struct Row {
        var name: String
        var attempts: Int
        var tokens: Int
        var cost: String
        /// Of what the whole table has.
        var share: Int
    }

    private struct Table {
        var title: String
        var rows: [Row]
        /// What all rows have together, those included that are not listed.
        var total: Int
        var hiddenCount: Int
    }

    private func table(_ title: String, _ parts: [Spending.Part]) -> Table {
        let rows = parts.prefix(Self.partsMax).map { part in
            Row(
                name: part.name.isEmpty ? "no section" : part.name,
                attempts: part.attempts,
                tokens: part.usage.tokens,
                cost: Figures.money(part.usage),
                share: part.usage.chargedMicrodollars
            )
        }
        let total = parts.reduce(0) { $0 + $1.usage.chargedMicrodollars }
        return Table(title: title, rows: rows, total: total, hiddenCount: parts.count - rows.count)
    }

    /// The tasks that cost most, with their own limits.
    private var dearest: Table {
        let used = tasks.filter { $0.usage.tokens > 0 }.map { (task: $0, budget: BudgetGauge(of: $0)) }
        let sorted = used.enumerated().sorted { left, right in
            let (first, second) = (left.element.budget.counted, right.element.budget.counted)
            return first == second ? left.offset < right.offset : first > second
        }
        let rows = sorted.prefix(Self.tasksMax).map(\.element).map { task, budget in
            Row(
                name: task.name,
                attempts: max(1, task.attempts.count),
                tokens: task.usage.tokens,
                cost: budget.money,
                share: budget.counted
            )
        }
        let total = used.reduce(0) { $0 + $1.budget.counted }
        return Table(title: "Dearest tasks", rows: rows, total: total, hiddenCount: used.count - rows.count)
    }

    /// A heading and its rows, figures in columns at the right.
    private func lines(of table: Table, _ costWidth: Int, columns: Int) -> [StyledLine] {
        let shareWidth = columns >= Self.shareColumnsMin && table.total > 0 ? Self.shareColumns + 2 : 0
        let attemptsWidth = columns >= Self.attemptsColumnsMin ? Self.attemptsWidth : 0
        let figures = attemptsWidth + Self.tokensWidth + costWidth + shareWidth
        let nameWidth = max(8, columns - figures)
        func line(_ name: StyledLine, _ cells: [String], _ style: Style) -> StyledLine {
            var line = name
            line.append(String(repeating: " ", count: max(0, nameWidth - name.width)))
            for (cell, width) in zip(cells, [attemptsWidth, Self.tokensWidth, costWidth]) where width > 0 {
                line.append(Width.pad(cell, columns: width, alignment: .trailing), style)
            }
            return line
        }
        let heading = StyledLine(table.title, Style(.heading, emphasis: .bold))
        var lines = [StyledLine(), line(heading, ["attempts", "tokens", "cost"], .dim)]
        for row in table.rows {
            let name = Width.fit(row.name, columns: nameWidth - 2, ellipsis: glyphs.ellipsis)
            var text = line(StyledLine(" " + name), ["\(row.attempts)", Figures.tokens(row.tokens), row.cost], .text)
            if shareWidth > 0 {
                text.append("  ")
                text.append(gauge(row.share, of: table.total, columns: Self.shareColumns))
            }
            lines.append(text)
        }
        if table.hiddenCount > 0 { lines.append(StyledLine(" and \(table.hiddenCount) more", .dim)) }
        return lines
    }
}
