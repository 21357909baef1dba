import StrettoCore

// The plan gate's screen: who starts when in the tree, what a task is to do beside it, and what an edit changed on top.
extension BoardState {
    // MARK: The tree

    /// A task that waits for the plan's approval: its name, what is special about it, and its turn.
    func drawPlanned(_ task: TaskSnapshot, turns: [TaskID: Int], into buffer: inout CellBuffer, in line: Rect) {
        let isRoomy = line.columns > 24
        var start = line.column + (isRoomy ? 3 : 1)
        let mark = String(task.state.glyph(glyphs))
        buffer.write(mark, column: start, row: line.row, style: Style(task.state.role), in: line)
        start += 2
        var end = line.endColumn - 1
        let width = "\(turns.count)".utf8.count
        if let turn = turns[task.id] {
            let style: Style = task.state == .ready ? .text : .dim
            writeRight("\(turn)", at: end, style: style, into: &buffer, in: line)
        }
        end -= width + 2
        let remark = remark(about: task)
        let nameWidth = Width.of(task.name)
        let room = max(end - start - nameWidth - 2, min(12, (end - start) / 2))
        if isRoomy, !remark.isEmpty, room > 3 {
            let text = Width.fit(remark.text, columns: room, ellipsis: glyphs.ellipsis)
            let style = remark.runs.first?.style ?? .dim
            writeRight(text, at: end, style: style, into: &buffer, in: line)
            end -= Width.of(text) + 1
        }
        let name = Width.fit(task.name, columns: end - start, ellipsis: glyphs.ellipsis)
        buffer.write(name, column: start, row: line.row, style: task.state.nameStyle, in: line)
    }

    /// What is special about a task in the plan: left out, changed by an edit, or what it waits for.
    private func remark(about task: TaskSnapshot) -> StyledLine {
        switch task.state {
        case .skipped: return StyledLine("left out", .dim)
        case .excluded: return StyledLine(task.status, .dim)
        default: break
        }
        switch gate.news[task.id] {
        case .added: return StyledLine("new", Style(.add))
        case .changed: return StyledLine("changed", .accent)
        case .removed, nil: break
        }
        return task.detail.isEmpty ? StyledLine() : StyledLine(task.detail, .dim)
    }

    // MARK: A task of the plan

    func drawPlanCard(of task: TaskSnapshot, into buffer: inout CellBuffer, in rect: Rect) {
        let lines = planCard(of: task, columns: rect.columns)
        let top = min(gate.cardTop, max(0, lines.count - rect.rows))
        for (offset, line) in lines.dropFirst(top).prefix(rect.rows).enumerated() {
            drawFitted(line, into: &buffer, in: rect.line(offset))
        }
        if top + rect.rows < lines.count, rect.rows > 0 {
            let row = rect.endRow - 1
            buffer.write(String(glyphs.down), column: rect.endColumn - 1, row: row, style: .dim, in: rect)
        }
    }

    /// The rows and columns of an output pane that its content gets.
    static func outputBody(of rect: Rect) -> Rect {
        let body = rect.top(rows: titleRows(of: rect)).rest
        let rows = outputRows(of: rect, isLog: false)
        return body.top(rows: rows).part.inset(columns: body.columns > 24 ? 1 : 0)
    }

    /// Everything that is known of a task before it has run.
    func planCard(of task: TaskSnapshot, columns: Int) -> [StyledLine] {
        var lines: [StyledLine] = []
        func add(_ name: String, _ text: String, _ style: Style = .text) {
            guard !text.isEmpty else { return }
            for (index, part) in StyledLine.paragraphs(text, style, columns: max(8, columns - 10)).enumerated() {
                var line = label(index == 0 ? name : "")
                line.append(part)
                lines.append(line)
            }
        }
        add("Starts", startText(of: task))
        add("After", names(task.dependencies))
        let all = tasks
        add("Before", names(all.indices.filter { all[$0].dependencies.contains(task.id) }.map { all[$0].id }))
        let planned = planned(task.id)
        add("By", agentText(of: task))
        add("Command", planned?.command ?? "")
        let checks = (gate.spec?.plan.settings.checks ?? []) + (planned?.checks ?? [])
        add("Checks", checks.map(\.name).joined(separator: ", "))
        if let planned { addTerms(of: planned, add) }
        if !task.description.isEmpty {
            lines.append(StyledLine())
            lines += MarkdownText.lines(read(task.description), columns: columns, glyphs: glyphs)
        }
        return lines
    }

    private func addTerms(of task: PlanTask, _ add: (String, String, Style) -> Void) {
        add("Files", task.files.joined(separator: ", "), .text)
        add("Shares", task.resources.joined(separator: ", "), .text)
        let gates = gate.spec?.gates
        if (task.review ?? gates?.task) == .human { add("Review", "by you, before it is merged", Style(.review)) }
        var limits: [String] = []
        if let attempts = task.attemptsMax ?? gate.spec?.plan.settings.attemptsMax {
            limits.append(Wording.plural(attempts, "attempt"))
        }
        if let timeout = task.timeout ?? gate.spec?.plan.settings.timeout { limits.append(Figures.duration(timeout)) }
        if let money = task.budgetMicrodollars { limits.append(Figures.money(microdollars: money)) }
        if let tokens = task.budgetTokens { limits.append(Figures.tokens(tokens) + " tok") }
        add("Limits", limits.joined(separator: "   "), .text)
        if task.priority != 0 { add("Priority", "\(task.priority)", .text) }
    }

    private func startText(of task: TaskSnapshot) -> String {
        switch task.state {
        case .skipped: return "not at all: \(key(.leaveOut, in: .gate)) takes it in again"
        case .excluded: return "not at all: \(task.status)"
        default: break
        }
        guard let turn = turns[task.id] else { return task.state.word }
        return "number \(turn) of \(startOrder.count)" + (task.state == .ready ? ", waits for nothing" : "")
    }

    private func agentText(of task: TaskSnapshot) -> String {
        var parts = [task.builder.rawValue]
        if let model = task.model { parts.append(model) }
        if let role = task.role { parts.append("as \(role)") }
        return parts.joined(separator: "   ") + (task.choice.map { " (\($0))" } ?? "")
    }

    private func names(_ tasks: [TaskID]) -> String { Wording.list(tasks.map(name(of:)), shown: 12) }

    // MARK: The edited plan

    private func planEditBox(of view: PlanEditView) -> Rect {
        if isSingle { return Rect(size) }
        let columns = min(100, size.columns - 8)
        let count = planEditLines(of: view, columns: columns - 4).count
        return box(columns: columns, rows: min(max(count + 2, 8), size.rows - 4))
    }

    func planEditBody(of view: PlanEditView) -> Rect { planEditBox(of: view).inset(columns: 2, rows: 1) }

    func drawPlanEdit(_ view: PlanEditView, into buffer: inout CellBuffer) {
        let rect = planEditBox(of: view)
        let title = StyledLine(
            view.plan == nil ? "The plan cannot be read" : "The edited plan",
            Style(.title, emphasis: .bold)
        )
        var foot = fittingKeys(of: [.planEdit], columns: rect.columns - 20, gap: 3)
        if !foot.isEmpty { foot.append("   ") }
        foot.append(keyLine([("Esc", "leave it")], gap: 0))
        let inside = drawBox(rect, title: title, hint: counts(of: view), foot: foot, into: &buffer)
        let lines = planEditLines(of: view, columns: inside.columns)
        let top = min(view.top, max(0, lines.count - inside.rows))
        for (offset, line) in lines.dropFirst(top).prefix(inside.rows).enumerated() {
            drawFitted(line, into: &buffer, in: inside.line(offset))
        }
        if top + inside.rows < lines.count, inside.rows > 0 {
            let row = inside.endRow - 1
            buffer.write(String(glyphs.down), column: rect.endColumn - 2, row: row, style: .dim, in: rect)
        }
    }

    /// `1 added   1 removed   2 changes`: a task may have several.
    private func counts(of view: PlanEditView) -> StyledLine {
        guard case .changed(_, let differences) = view.edit else { return StyledLine() }
        let words: [(PlanDifference.Kind, String)] = [(.added, "added"), (.removed, "removed"), (.changed, "change")]
        let parts = words.compactMap { kind, word in
            let count = differences.count { $0.kind == kind }
            return count == 0 ? nil : kind == .changed ? Wording.plural(count, word) : "\(count) \(word)"
        }
        return StyledLine(parts.joined(separator: "   "), .dim)
    }

    func planEditLines(of view: PlanEditView, columns: Int) -> [StyledLine] {
        switch view.edit {
        case .same: return []
        case .broken(let problems):
            return problems.flatMap { entry(String(glyphs.failed), $0, Style(.bad), columns: columns) }
        case .changed(_, let differences):
            return differences.flatMap { difference in
                let (mark, role): (String, Role) =
                    switch difference.kind {
                    case .added: ("+", .add)
                    case .removed: ("-", .del)
                    case .changed: ("~", .accent)
                    }
                return entry(mark, difference.text, Style(role), columns: columns)
            }
        }
    }

    private func entry(_ mark: String, _ text: String, _ style: Style, columns: Int) -> [StyledLine] {
        StyledLine.paragraphs(text, columns: max(8, columns - 3)).enumerated().map { index, part in
            var line = StyledLine(index == 0 ? mark + "  " : "   ", style)
            line.append(part)
            return line
        }
    }
}
