import StrettoCore

// The task tree: sections, tasks, and beside each name as many figures as there is room for.
extension BoardState {
    func drawTree(into buffer: inout CellBuffer, in rect: Rect) {
        let isFocused = focus == .tasks && dialogs.isEmpty
        var title = StyledLine(isAtGate ? "Plan" : "Tasks", Style(.title, emphasis: isFocused ? .bold : []))
        if isFiltering || !filter.text.isEmpty {
            title = StyledLine("/", .key)
            title.append(filter.text, .text)
            if isFiltering { title.append(String(glyphs.caret), .accent) }
        }
        let rows = rows
        var detail = StyledLine(isAtGate ? Wording.plural(tally.total, "task") : tally.progress, .dim)
        if !filter.trimmed.isEmpty { detail = StyledLine("\(rows.taskCount) of \(tasks.count)", .accent) }
        let body = drawTitle(title, detail: detail, isFocused: isFocused, into: &buffer, in: rect)
        if rows.isEmpty {
            let text = tasks.isEmpty ? (header == nil ? "" : "This plan has no tasks.") : "No task matches."
            buffer.write(text, column: body.column + 2, row: body.row, style: .dim, in: body)
        }
        // A board that was resized between inputs may have more room than the last scroll knew of.
        let top = min(treeTop, max(0, rows.count - body.rows))
        // Made once for all rows: it goes through the whole plan.
        let turns = isAtGate ? turns : [:]
        let columns = TreeColumns(width: body.columns, isSingle: isSingle, hasCosts: hasCosts)
        for (offset, row) in rows.dropFirst(top).prefix(body.rows).enumerated() {
            draw(row, columns, turns: turns, into: &buffer, in: body.line(offset))
        }
        drawMore(above: top, below: rows.count - top - body.rows, into: &buffer, in: body)
    }

    /// Small arrows at the right edge where the list goes on.
    private func drawMore(above: Int, below: Int, into buffer: inout CellBuffer, in body: Rect) {
        guard body.columns > 24, body.rows > 1 else { return }
        if above > 0 {
            buffer.write(String(glyphs.up), column: body.endColumn - 1, row: body.row, style: .dim, in: body)
        }
        if below > 0 {
            buffer.write(String(glyphs.down), column: body.endColumn - 1, row: body.endRow - 1, style: .dim, in: body)
        }
    }

    /// Whether anything costs anything, so that costs have a column.
    private var hasCosts: Bool { !isAtGate && tasks.contains { $0.builder != .command || $0.usage != .zero } }

    private func draw(
        _ row: TreeRow,
        _ columns: TreeColumns,
        turns: [TaskID: Int],
        into buffer: inout CellBuffer,
        in line: Rect
    ) {
        switch row.content {
        case .section(let name, let isFolded, let tally, let usage):
            drawSection(name, columns, isFolded: isFolded, tally: tally, usage: usage, into: &buffer, in: line)
        case .task(let task) where isAtGate: drawPlanned(task, turns: turns, into: &buffer, in: line)
        case .task(let task):
            draw(task, columns, into: &buffer, in: line)
        }
        guard row.identity == selection else { return }
        buffer.restyle(line, ground: .select)
        let bar = Rect(column: line.column + (line.columns > 24 ? 1 : 0), row: line.row, columns: 1, rows: 1)
        let isFolder = buffer[bar.column, bar.row].glyph != .blank
        // The bar tells the selection without any colour; a section keeps its arrow and has the bar before it.
        let column = isFolder ? max(line.column, bar.column - 1) : bar.column
        let style = Style(focus == .tasks ? .accent : .dim, ground: .select)
        buffer.write(String(glyphs.cursor), column: column, row: line.row, style: style, in: line)
    }

    private func drawSection(
        _ name: String,
        _ columns: TreeColumns,
        isFolded: Bool,
        tally: Tally,
        usage: Usage,
        into buffer: inout CellBuffer,
        in line: Rect
    ) {
        let state = tally.state
        var start = line.column + 1
        let arrow = isFolded ? glyphs.folded : glyphs.unfolded
        buffer.write(String(arrow), column: start, row: line.row, style: .dim, in: line)
        start += 2
        let mark = String(state.glyph(glyphs))
        buffer.write(mark, column: start, row: line.row, style: Style(state.role), in: line)
        start += 2
        var end = line.endColumn - 1
        if columns.showsCost, usage.tokens > 0 || usage.microdollars != nil {
            writeRight(Wording.money(usage), at: end, style: .dim, into: &buffer, in: line)
            end -= TreeColumns.costWidth
        }
        let progress = isAtGate ? Wording.plural(tally.total - tally.skipped, "task") : tally.progress
        if columns.showsProgress {
            writeRight(progress, at: end, style: .dim, into: &buffer, in: line)
            end -= progress.utf8.count + 1
        }
        let name = Width.fit(name, columns: end - start, ellipsis: glyphs.ellipsis)
        let style = Style(state == .done || state == .excluded ? .dim : .heading)
        buffer.write(name, column: start, row: line.row, style: style, in: line)
    }

    private func draw(_ task: TaskSnapshot, _ columns: TreeColumns, into buffer: inout CellBuffer, in line: Rect) {
        let isIndented = line.columns > 24
        var start = line.column + (isIndented ? 3 : 1)
        buffer.write(mark(of: task), column: start, row: line.row, in: line)
        start += 2
        var end = line.endColumn - (isIndented ? 1 : 0)
        let nameWidth = Width.of(task.name)
        let clock = task.clock(at: now)
        if columns.showsCost {
            let cost = task.usage == .zero ? "" : Wording.money(task.usage)
            writeRight(cost, at: end, style: .dim, into: &buffer, in: line)
            // A task without a price leaves its column to its words.
            if !cost.isEmpty || showsClock(of: task) { end -= TreeColumns.costWidth }
        }
        if showsClock(of: task) {
            if columns.showsTime, let clock {
                let style: Style = task.state.isActive ? .text : .dim
                writeRight(Figures.duration(clock), at: end, style: style, into: &buffer, in: line)
                end -= TreeColumns.timeWidth
            }
            if columns.showsWorker, let worker = task.worker {
                writeRight("w\(worker)", at: end, style: .dim, into: &buffer, in: line)
                end -= TreeColumns.workerWidth
            }
        } else if columns.showsStatus {
            let room = max(end - start - nameWidth - 2, min(12, (end - start) / 2))
            var status = status(of: task)
            // Half a reason says less than the word.
            if task.state == .failed, status.width > room { status = word(of: task) }
            if let approval = approval(of: task.id) {
                status = StyledLine("in \(secondsLeft(of: approval)) s", Style(.ok))
            }
            let text = Width.fit(status.text, columns: room, ellipsis: glyphs.ellipsis)
            let style = status.runs.first?.style ?? .text
            writeRight(text, at: end, style: style, into: &buffer, in: line)
            end -= Width.of(text) + 1
        }
        let name = Width.fit(task.name, columns: end - start, ellipsis: glyphs.ellipsis)
        buffer.write(name, column: start, row: line.row, style: task.state.nameStyle, in: line)
    }

    /// Whether a task's time says more than its state's word.
    private func showsClock(of task: TaskSnapshot) -> Bool {
        (task.state == .running || task.state == .done) && task.clock(at: now) != nil
    }

    /// Whether the screen has room for only one pane.
    var isSingle: Bool { size.columns < Layout.splitColumnsMin || size.rows < Layout.splitRowsMin }

    func writeRight(_ text: String, at end: Int, style: Style, into buffer: inout CellBuffer, in clip: Rect) {
        buffer.write(text, column: end - Width.of(text), row: clip.row, style: style, in: clip)
    }
}

/// Which figures stand beside a task's name, by the width of the tree.
struct TreeColumns: Hashable, Sendable {
    static let costWidth = 9
    static let timeWidth = 6
    static let workerWidth = 4

    let showsTime: Bool
    let showsCost: Bool
    let showsWorker: Bool
    /// The state's words of tasks that do not run.
    let showsStatus: Bool
    let showsProgress: Bool

    /// The columns of a tree this wide.
    ///
    /// Rows lose the cost first, then the worker, then the time, which stands for the word of a state: see docs/decisions/0026. `hasCosts` says
    /// whether there are any.
    init(width: Int, isSingle: Bool, hasCosts: Bool) {
        showsTime = width >= 28
        showsCost = hasCosts && width >= (isSingle ? 44 : 38)
        showsWorker = width >= (showsCost ? 44 : isSingle ? 36 : 28)
        showsStatus = width >= 26
        showsProgress = width >= 18
    }
}
