import StrettoCore

// Questions before what cannot be taken back, and the summary at the end.
extension BoardState {
    func drawQuestion(_ question: Question, into buffer: inout CellBuffer) {
        let columns = min(66, size.columns)
        let facts = facts(for: question, columns: columns - 4)
        let rect = box(
            columns: columns,
            rows: facts.count + 1 + (question.note == nil ? 0 : 2) + question.choices.count + 2
        )
        var title = StyledLine(question.title, Style(.title, emphasis: .bold))
        if let task = question.task { title.append("  " + name(of: task)) }
        let keys =
            question.isWriting
            ? [(glyphs.enter, "to the choices"), ("Esc", "cancel")]
            : [(glyphs.enter, "take the marked one")]
                + (question.note == nil ? [] : [(key(.note, in: .question), "note")])
                + [("Esc", "cancel")]
        let foot = keyLine(keys, gap: 3, columns: rect.columns - 6)
        let inside = drawBox(rect, title: title, foot: foot, into: &buffer)
        // On a screen too low for everything the choices matter most, then a note being written, then what the answer would mean.
        let spare = max(0, inside.rows - question.choices.count)
        var noteRows = 0
        if question.note != nil { noteRows = question.isWriting ? min(2, max(1, spare)) : spare > 2 ? 2 : 0 }
        let (top, rest) = inside.top(rows: min(facts.count + 1, max(0, spare - noteRows)))
        drawLines(facts, into: &buffer, in: top)
        let (middle, bottom) = rest.top(rows: noteRows)
        if noteRows > 0, let note = question.note {
            drawNote(note, isWriting: question.isWriting, into: &buffer, in: middle.line(0))
        }
        let titleColumns = (question.choices.map { Width.of($0.title) }.max() ?? 0) + 1
        for (index, choice) in question.choices.enumerated() {
            let isMarked = index == question.marked && !question.isWriting
            draw(choice, isMarked: isMarked, titleColumns: titleColumns, into: &buffer, in: bottom.line(index))
        }
    }

    private func drawNote(_ note: TextField, isWriting: Bool, into buffer: inout CellBuffer, in line: Rect) {
        let start = buffer.write("Note ", column: line.column, row: line.row, style: .dim, in: line)
        let field = Rect(column: start, row: line.row, columns: line.endColumn - start, rows: 1)
        drawField(note, isFocused: isWriting, empty: isWriting ? "" : "none", into: &buffer, in: field)
    }

    private func draw(
        _ choice: Question.Choice,
        isMarked: Bool,
        titleColumns: Int,
        into buffer: inout CellBuffer,
        in line: Rect
    ) {
        let letter = choice.letter.map(String.init) ?? "Esc"
        let room = max(0, line.columns - 2 - letter.utf8.count - 1)
        let title = Width.pad(choice.title, columns: min(titleColumns, room), ellipsis: glyphs.ellipsis)
        let after = buffer.write(title, column: line.column + 2, row: line.row, in: line)
        let hintRoom = line.endColumn - 5 - after
        let hint = Width.fit(choice.hint, columns: hintRoom, ellipsis: glyphs.ellipsis)
        buffer.write(hint, column: after + 1, row: line.row, style: .dim, in: line)
        writeRight(letter, at: line.endColumn, style: .key, into: &buffer, in: line)
        if isMarked {
            buffer.restyle(line, ground: .select)
            let style = Style(.accent, ground: .select)
            buffer.write(String(glyphs.cursor), column: line.column, row: line.row, style: style, in: line)
        }
    }

    /// What the answer would mean, with the names of the tasks that it concerns.
    func facts(for question: Question, columns: Int) -> [StyledLine] {
        let task = question.task.flatMap { self.task($0) }
        let worker = task?.builder == .command ? "Its command" : "Its agent"
        var sentences: [String] = []
        switch question.subject {
        case .retryFailed:
            let names = tasks(in: .failed).map(\.name)
            sentences = [
                names.isEmpty ? "None has failed any more." : "Failed: \(Wording.list(names, shown: 8)).",
                "New attempts begin in fresh worktrees. What the last ones did is kept.",
            ]
        case .retry:
            sentences = isAtWork(task) ? ["\(worker) is ended first."] : []
            sentences.append("A new attempt begins in a fresh worktree. What the last one did is kept.")
        case .skip:
            let released = task?.releases.map(name(of:)) ?? []
            sentences =
                released.isEmpty
                ? ["Nothing waits for it."] : ["This releases \(Wording.list(released, shown: 8))."]
            if isAtWork(task) {
                sentences.append("\(worker) is ended; what it wrote is kept, but not merged.")
            } else if task?.contributed != nil {
                sentences.append("Its work is kept, but not merged.")
            }
        case .changes:
            sentences = Self.whatBecomesOfChanges(to: task)
            let count = question.task.map { comments(of: $0).count } ?? 0
            if count > 0 {
                sentences.append("\(Wording.plural(count, "comment")) on lines \(count == 1 ? "goes" : "go") along.")
            }
        case .message:
            sentences = task.map { [whatBecomesOfMessage(to: $0)] } ?? []
        case .stopTask:
            sentences = ["\(worker) is ended. What it wrote is kept, and it can be retried."]
        case .leaveGate:
            sentences = ["Nothing has started. The plan waits for your approval, also without a board."]
        case .stopRun, .quit:
            let running = tally.running
            let names = tasks.filter { $0.state.isActive }.map(\.name)
            sentences = [
                running == 0
                    ? "Nothing is at work right now."
                    : "At work: \(Wording.list(names, shown: 4))."
            ]
            if tally.review > 0 { sentences.append("Waiting for your review: \(tally.review).") }
        }
        return sentences.flatMap { StyledLine.paragraphs($0, columns: columns) }
    }

    /// What asking for changes leads to: a command reads nothing by itself.
    private static func whatBecomesOfChanges(to task: TaskSnapshot?) -> [String] {
        if task?.builder == .command {
            return [
                "Its command runs again in a fresh worktree. It can read what you write here in the file that $STRETTO_PROMPT names; "
                    + "most commands do not."
            ]
        }
        return [
            "Its agent goes on with its own session in a fresh worktree, and reads first what you write here.",
            "Where there is no session to go on with, it begins anew.",
        ]
    }

    /// Whether an answer would end the task's agent.
    private func isAtWork(_ task: TaskSnapshot?) -> Bool { task?.state.isActive == true }

    // MARK: Summary

    func drawSummary(into buffer: inout CellBuffer) {
        guard let outcome else { return }
        let columns = min(74, size.columns)
        let parts = summary(of: outcome, columns: columns - 4)
        let blocks = [parts.ending, parts.tasks + parts.figures, parts.next, parts.note].filter { !$0.isEmpty }
        var lines = Array(blocks.joined(separator: [StyledLine()]))
        // Where not everything has room, what to do next goes before figures that stand elsewhere too.
        if lines.count + 2 > size.rows {
            lines = parts.ending + parts.tasks + parts.next + parts.figures + parts.note
        }
        let rect = box(columns: columns, rows: lines.count + 2)
        let isGood = outcome == .finished
        let glyph = isGood ? glyphs.done : glyphs.stopped
        var title = StyledLine("\(glyph) ", Style(isGood ? .ok : .warn))
        title.append(header?.planName ?? "Run", Style(.title, emphasis: .bold))
        let foot = fittingKeys(of: [.summary], columns: columns - 4, gap: 3)
        let inside = drawBox(rect, title: title, foot: foot, into: &buffer)
        drawLines(lines, into: &buffer, in: inside)
    }

    /// What there is to say at the end of a run.
    private struct Summary {
        var ending: [StyledLine] = []
        /// How the tasks stand.
        var tasks: [StyledLine] = []
        /// What they took.
        var figures: [StyledLine] = []
        /// What to do now.
        var next: [StyledLine] = []
        /// What is to be known about costs.
        var note: [StyledLine] = []
    }

    private func summary(of outcome: Outcome, columns: Int) -> Summary {
        let sentence = Self.sentence(for: outcome, names: name(of:)) + "."
        var summary = Summary()
        summary.ending = StyledLine.paragraphs(sentence, Style(.text, emphasis: .bold), columns: columns)
        guard let header else { return summary }
        func add(_ label: String, _ value: String, to lines: inout [StyledLine]) {
            let rows = StyledLine.paragraphs(value, columns: max(1, columns - 9))
            for (index, row) in rows.enumerated() {
                var line = StyledLine(Width.pad(index == 0 ? label : "", columns: 9), .dim)
                line.append(row)
                lines.append(line)
            }
        }
        let tally = tally
        let parts = [
            (tally.done, "done"), (tally.skipped, "skipped"), (tally.failed, "failed"), (tally.stopped, "stopped"),
            (tally.review, "in review"), (tally.running, "not finished"), (tally.waiting, "not done yet"),
        ]
        let counts = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        add("Tasks", "\(tally.progress)   \(counts)", to: &summary.tasks)
        let budget = BudgetGauge(of: header)
        add("Cost", budget.money, to: &summary.figures)
        add("Tokens", budget.tokens, to: &summary.figures)
        add("Time", Figures.duration(elapsed), to: &summary.figures)
        if let rate = Outlook.averageSentence(of: header, at: now) {
            add("Burn", rate + " on average", to: &summary.figures)
        }
        if outcome != .finished, let rest = Outlook(of: tasks, at: now).sentence {
            add("Rest", rest, to: &summary.figures)
        }
        add("Branch", header.branch, to: &summary.figures)
        switch outcome {
        case .stopped, .needsHuman: add("Next", "stretto resume goes on from here", to: &summary.next)
        case .finished: add("Next", "stretto land   takes the branch into yours", to: &summary.next)
        default:
            if tally.done > 0 { add("Next", "stretto land   takes what is done into your branch", to: &summary.next) }
            add("", "stretto log    tells what happened", to: &summary.next)
        }
        if header.usage.microdollars != nil {
            summary.note = StyledLine.paragraphs(Figures.disclaimer, .dim, columns: columns)
        }
        return summary
    }
}
