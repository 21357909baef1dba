import StrettoCore

// The panes with output: a task's, and the run's own log.
extension BoardState {
    func drawOutput(_ index: Int, into buffer: inout CellBuffer, in rect: Rect) {
        let isFocused = focus == .output(index) && dialogs.isEmpty
        let tasks = paneTasks
        guard index < tasks.count else {
            _ = drawTitle(StyledLine(), detail: StyledLine(), isFocused: isFocused, into: &buffer, in: rect)
            return
        }
        let task = tasks[index]
        let title = StyledLine(task.name, Style(.title, emphasis: isFocused || index == 0 ? .bold : []))
        let nameColumns = 3 + min(Width.of(task.name), rect.columns / 2)
        let room = rect.columns - 2 - max(Self.titleColumnsMin, nameColumns)
        let detail = paneDetail(of: task, columns: room)
        var body = drawTitle(title, detail: detail, isFocused: isFocused, into: &buffer, in: rect)
        if rect.rows >= Self.usageRowsMin {
            let (foot, rest) = body.bottom(rows: 2)
            drawFailure(of: task, into: &buffer, in: foot.line(0).inset(columns: 1))
            drawUsage(of: task, into: &buffer, in: foot.line(1).inset(columns: 1))
            body = rest
        }
        let text = body.inset(columns: body.columns > 24 ? 1 : 0)
        let piece = Layout.Piece(part: .output(index), rect: rect)
        guard let source = source(of: task), let output = outputBody(of: source, in: piece) else {
            return drawCard(of: task, into: &buffer, in: text)
        }
        draw(output, of: source, into: &buffer)
    }

    func drawLog(into buffer: inout CellBuffer, in rect: Rect) {
        let isFocused = focus == .side(.log) && dialogs.isEmpty
        let title = StyledLine("Events and git", Style(.title, emphasis: isFocused ? .bold : []))
        let word = searchTitle(of: logSource).map { StyledLine($0, .accent) }
        let detail = word ?? StyledLine(Self.lastComponent(of: header?.logPath ?? ""), .dim)
        let body = drawTitle(title, detail: detail, isFocused: isFocused, into: &buffer, in: rect)
        let text = body.inset(columns: body.columns > 24 ? 1 : 0)
        guard let source = logSource, let output = outputBody(of: source, in: Layout.Piece(part: .log, rect: rect))
        else {
            buffer.write("Nothing has been logged yet.", column: text.column, row: text.row, style: .dim, in: text)
            return
        }
        draw(output, of: source, into: &buffer)
    }

    /// `claude sonnet · w2 · ● 6m10s`, without its first parts where the pane is narrow; that another stream is shown stays to the last.
    private func paneDetail(of task: TaskSnapshot, columns: Int) -> StyledLine {
        let dot = " \(glyphs.dot) "
        var state = mark(of: task)
        state.append(" ")
        if task.state == .running, let clock = task.clock(at: now) {
            state.append(Figures.duration(clock))
        } else {
            state.append(word(of: task))
        }
        if let word = searchTitle(of: source(of: task)) { state = StyledLine(word, .accent) }
        let stream = streams[task.id] ?? .readable
        let worker = task.worker.map { "w\($0)" }
        let isOther = stream != .readable
        // From the most to the least that is said; the model goes first, then its builder.
        let forms: [[String?]] = [
            [task.agent, isOther ? stream.word : nil, worker],
            [task.builder.rawValue, isOther ? stream.word : nil, worker],
            [isOther ? stream.word : nil, worker],
            [isOther ? stream.shortWord : nil, worker],
            [isOther ? stream.shortWord : nil],
        ]
        for form in forms {
            var line = StyledLine()
            for part in form.compactMap(\.self) { line.append(part + dot, .dim) }
            line.append(state)
            if line.width <= columns { return line }
        }
        return isOther ? StyledLine(stream.shortWord, .dim) : state
    }

    /// A window onto the output, with a line about what waits below for a reader who has scrolled up.
    private func draw(_ body: OutputBody, of source: LogSource, into buffer: inout CellBuffer) {
        guard let view = logs[source] else { return }
        if let gap = body.gapLine {
            let note = earlierOutput(of: source, columns: gap.columns)
            buffer.write(note, column: gap.column, row: gap.row, style: .dim, in: gap)
        }
        let times = Rect(
            column: body.rect.column - body.timeColumns,
            row: body.rect.row,
            columns: body.timeColumns,
            rows: body.rect.rows
        )
        for (offset, row) in body.rows.enumerated() {
            let line = body.rect.line(offset)
            drawFitted(row.line, into: &buffer, in: line, scrollX: body.scrollX)
            if row.start == body.found { buffer.restyle(line, ground: .select) }
            restyleSelection(of: row, source, scrollX: body.scrollX, into: &buffer, in: line)
            guard row.column == 0 else { continue }
            if let time = view.times.time(at: row.start) {
                buffer.write(time.clock(zone: zone), column: times.column, row: line.row, style: .dim, in: times)
            }
            if view.marks.contains(row.start), times.column > 0 {
                buffer.write(String(glyphs.folded), column: times.column - 1, row: line.row, style: Style(.review))
            }
        }
        guard let line = body.standingLine else { return }
        buffer.fill(line, with: glyphs.horizontal, style: .rule)
        let text = Width.fit(
            " \(glyphs.down) \(standing(of: view, rows: body.rect.rows)) \(glyphs.dot) \(key(.move(.bottom))) to follow ",
            columns: line.columns,
            ellipsis: glyphs.ellipsis
        )
        let column = line.column + max(0, (line.columns - Width.of(text)) / 2)
        buffer.write(text, column: column, row: line.row, style: Style(view.newCount > 0 ? .accent : .dim), in: line)
    }

    /// Shows what of a row the mouse has marked.
    private func restyleSelection(
        of row: LogView.Row,
        _ source: LogSource,
        scrollX: Int,
        into buffer: inout CellBuffer,
        in line: Rect
    ) {
        guard let selected, selected.source == source else { return }
        let columns = selected.columns(ofLine: row.start).clamped(to: row.column..<row.column + max(row.line.width, 1))
        guard !columns.isEmpty else { return }
        let rect = Rect(
            column: line.column + columns.lowerBound - row.column - scrollX,
            row: line.row,
            columns: columns.count,
            rows: 1
        )
        buffer.restyle(line.intersection(rect), emphasis: .reverse)
    }

    /// What lies below what is in sight; where that is far from the end, how far the reader is in the file.
    private func standing(of view: LogView, rows: Int) -> String {
        let below = view.linesBelow(rows: rows)
        let place = below == nil ? "at \(view.percentAbove(rows: rows))%" : nil
        var news: String? = view.newCount > 0 ? Wording.plural(view.newCount, "new line") : nil
        if view.hasUncounted { news = "\(view.newCount)+ new lines" }
        if place != nil || news != nil { return [place, news].compactMap(\.self).joined(separator: " \(glyphs.dot) ") }
        return below ?? 0 > 0 ? "\(below ?? 0) below" : "held"
    }

    /// Which file cannot be read; a path that is too long loses its front.
    private func earlierOutput(of source: LogSource, columns: Int) -> String {
        let lead = "\(glyphs.ellipsis) earlier output cannot be read: "
        var path = source.path[...]
        while Width.of(lead) + Width.of(String(path)) + 1 > columns, let slash = path.dropFirst().firstIndex(of: "/") {
            path = path[slash...]
        }
        let cut = path.count < source.path.count ? String(glyphs.ellipsis) : ""
        return Width.fit(lead + cut + path, columns: columns, ellipsis: glyphs.ellipsis)
    }

    /// Why the task is where it is, below what it wrote.
    private func drawFailure(of task: TaskSnapshot, into buffer: inout CellBuffer, in line: Rect) {
        guard [.failed, .retrying].contains(task.state), !task.detail.isEmpty else { return }
        let hint =
            (streams[task.id] ?? .readable) == .errors
            ? StyledLine() : keyLine([(key(.stream), "error output")], gap: 0)
        let showsHint = line.columns >= Width.of(task.detail) + hint.width + 5
        var text = StyledLine("\(task.state.glyph(glyphs)) ", Style(task.state.role))
        text.append(task.detail, Style(task.state.role))
        drawFitted(text, into: &buffer, in: line)
        if showsHint { buffer.write(hint, column: line.endColumn - hint.width, row: line.row, in: line) }
    }

    /// What the task's attempts used of what they may use, at the bottom of its pane.
    private func drawUsage(of task: TaskSnapshot, into buffer: inout CellBuffer, in line: Rect) {
        let budget = BudgetGauge(of: task)
        let isUsed = task.usage.tokens > 0
        var more: [String] = []
        if task.usage.turns > 0 { more.append(Wording.plural(task.usage.turns, "turn")) }
        if task.attempts.count > 1 { more.append("attempt \(task.attempts.count)") }
        func text(_ money: String, barColumns: Int) -> StyledLine {
            var parts: [StyledLine] = []
            if isUsed || budget.budget.tokens != nil {
                parts.append(StyledLine(budget.tokens + " tok", budget.areTokensSpent ? Style(.bad) : .dim))
            }
            if isUsed || budget.budget.microdollars != nil {
                var part = StyledLine()
                if let limit = budget.budget.microdollars, barColumns > 0 {
                    part.append(gauge(budget.counted, of: limit, columns: barColumns))
                    part.append(" ")
                }
                part.append(money, budget.isMoneySpent ? Style(.bad) : .dim)
                parts.append(part)
            }
            parts += more.map { StyledLine($0, .dim) }
            var line = StyledLine()
            for (index, part) in parts.enumerated() {
                if index > 0 { line.append("   ") }
                line.append(part)
            }
            return line
        }
        var forms = [
            text(budget.money, barColumns: Self.usageBarColumns), text(budget.money, barColumns: 0),
            text(budget.shortMoney, barColumns: 0),
        ]
        // Whole figures, and the fewer where not all of them fit.
        while more.popLast() != nil { forms.append(text(budget.shortMoney, barColumns: 0)) }
        let shown = forms.first { $0.width <= line.columns } ?? forms[forms.count - 1]
        drawFitted(shown, into: &buffer, in: line)
        drawTrail(of: task, into: &buffer, in: line.leading(columns: shown.width + 3).rest)
    }

    private static let trailMax = 12

    /// How fast the task's agent uses tokens, at the right end where there is room.
    private func drawTrail(of task: TaskSnapshot, into buffer: inout CellBuffer, in rest: Rect) {
        guard let trail = taskTrails[task.id], trail.tokensPerMinute(at: now) > 0 else { return }
        var line = sparkline(trail.slots(at: now), columns: Self.trailMax)
        line.append(" \(Figures.tokens(trail.tokensPerMinute(at: now))) tok/min", .dim)
        if line.width <= rest.columns {
            buffer.write(line, column: rest.endColumn - line.width, row: rest.row, in: rest)
        }
    }

    private static let usageBarColumns = 8

    // MARK: A task without output

    /// What is known about a task that has written nothing: why, what it waits for, what it is to do.
    private func drawCard(of task: TaskSnapshot, into buffer: inout CellBuffer, in rect: Rect) {
        if isAtGate { return drawPlanCard(of: task, into: &buffer, in: rect) }
        drawLines(card(of: task, columns: rect.columns), into: &buffer, in: rect)
    }

    private func card(of task: TaskSnapshot, columns: Int) -> [StyledLine] {
        var lines: [StyledLine] = []
        func add(_ text: String, _ style: Style = .text) {
            lines += StyledLine.paragraphs(text, style, columns: columns)
        }
        var state = mark(of: task)
        state.append(" ")
        state.append(word(of: task))
        if !task.detail.isEmpty, task.detail != task.state.word {
            state.append("   " + Width.fit(task.detail, columns: columns - 14, ellipsis: glyphs.ellipsis), .dim)
        }
        lines.append(state)
        let missing = task.dependencies.compactMap { self.task($0) }.filter {
            $0.state != .done && $0.state != .skipped
        }
        if !missing.isEmpty, !task.state.isOver {
            add("")
            add("Waits for \(Wording.list(missing.map(\.name)))")
        }
        if let failure = task.attempts.last?.failure {
            add("")
            add(failure, Style(.bad))
        }
        if !task.description.isEmpty {
            add("")
            add(task.description, .dim)
        }
        return lines
    }
}
