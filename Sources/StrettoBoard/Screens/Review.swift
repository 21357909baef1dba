import StrettoCore

// The review: who did what with which proof, what stands out, what the agent says, and the diff.
extension BoardState {
    /// The facts above the part that scrolls.
    private static let factRows = 3

    var reviewBox: Rect {
        if isSingle { return Rect(size) }
        let columns = diffForm == .split ? Self.splitColumnsMax : Self.unifiedColumnsMax
        return reviewRoom.centered(columns: columns, rows: size.rows)
    }

    /// A low screen leaves no margin above and below, so that all facts have room.
    private var reviewRoom: Rect {
        Rect(size).inset(columns: size.columns >= 100 ? 6 : 2, rows: size.rows >= Self.marginRowsMin ? 2 : 0)
    }

    private static let marginRowsMin = 20

    /// From here on a review has room for the old and the new file beside each other.
    private static let splitColumnsMin = 120
    private static let splitColumnsMax = 220
    private static let unifiedColumnsMax = 132

    /// How diffs are shown: side by side where that is wanted and has room.
    var diffForm: DiffForm { splitsDiffs && hasRoomForSides ? .split : .unified }

    var hasRoomForSides: Bool { !isSingle && reviewRoom.columns >= Self.splitColumnsMin }

    func diffAvailability(of act: Act) -> Availability {
        guard let view = reviewView else { return .disabled("no review is open") }
        switch act {
        case .sideBySide:
            return hasRoomForSides
                ? .ready
                : .disabled(
                    "side by side takes a review of \(Self.splitColumnsMin) columns, this has \(reviewBox.columns)"
                )
        case .otherSide:
            return diffForm == .split && view.cursor != nil
                ? .ready : .disabled("no line of a diff side by side is marked")
        case .find, .copyPatch:
            guard let diff = view.diff else { return .disabled("the diff is on its way") }
            return diff.lineCount > 0 ? .ready : .disabled("the diff is empty")
        default: return view.attempt.checks.isEmpty ? .disabled("nothing was checked") : .ready
        }
    }

    /// Where the part that scrolls is.
    var reviewBody: Rect {
        let inside = reviewBox.inset(columns: 2, rows: 1)
        return inside.top(rows: headRows(of: inside)).rest
    }

    private func headRows(of inside: Rect) -> Int { inside.rows >= 10 ? Self.factRows + 1 : 1 }

    func drawReview(_ view: ReviewView, into buffer: inout CellBuffer) {
        let rect = reviewBox
        var title = StyledLine("Review  ", Style(.dim))
        title.append(name(of: view.task), Style(.title, emphasis: .bold))
        let count = comments(of: view.task).count
        if count > 0 { title.append("   " + Wording.plural(count, "comment"), Style(.review)) }
        let foot = reviewFoot(of: view, columns: rect.columns)
        let inside = drawBox(rect, title: title, hint: fileHint(of: view, beside: title), foot: foot, into: &buffer)
        drawFacts(of: view, into: &buffer, in: inside)
        let body = reviewBody
        let lines = reviewText(of: view, columns: body.columns).lines
        let top = min(view.top, max(0, lines.count - body.rows))
        let found = foundRows(in: view, columns: body.columns)
        for (offset, line) in lines.dropFirst(top).prefix(body.rows).enumerated() {
            drawFitted(line, into: &buffer, in: body.line(offset))
            if found.contains(top + offset), !line.isEmpty { buffer.restyle(body.line(offset), ground: .select) }
        }
        if top + body.rows < lines.count, body.rows > 0 {
            let row = body.endRow - 1
            buffer.write(String(glyphs.down), column: rect.endColumn - 2, row: row, style: .dim, in: rect)
        }
    }

    /// The keys that count: in the whole review, at a marked line, or while a comment is typed.
    private func reviewFoot(of view: ReviewView, columns: Int) -> StyledLine {
        if let field = view.writing {
            var line = StyledLine("Comment ", .key)
            let keys = keyLine([(glyphs.enter, "keep"), ("Esc", "drop")], gap: 2)
            // On a small screen what is written counts for more than how it is kept.
            let whole = columns - 6 - line.width - 1
            let showsKeys = whole - 2 - keys.width >= Self.commentColumnsMin
            let room = max(1, showsKeys ? whole - 2 - keys.width : whole)
            var text = field.text[...]
            // The end of a long comment stays in sight, for that is where the cursor is.
            while Width.of(String(text)) + (text.count < field.text.count ? 1 : 0) > room, !text.isEmpty {
                text.removeFirst()
            }
            if text.count < field.text.count { line.append(String(glyphs.ellipsis), .dim) }
            line.append(String(text))
            line.append(String(glyphs.caret), .accent)
            if showsKeys {
                line.append("  ")
                line.append(keys)
            }
            return line
        }
        if let needle = view.needle {
            return typedLine(needle, [(glyphs.enter, "find"), ("Esc", "leave")])
        }
        if view.cursor != nil {
            let sides =
                diffForm == .split
                ? [(key(.otherSide(.old), in: .review) + " " + key(.otherSide(.new), in: .review), "old, new")] : []
            return keyLine(
                [(key(.mark, in: .review), "comment"), (key(.askForChanges, in: .review), "send all")] + sides + [
                    ("Esc", "unmark")
                ],
                gap: 2
            )
        }
        var line = fittingKeys(of: [.review], columns: columns - 17, gap: 2)
        if !line.isEmpty { line.append("  ") }
        line.append("Esc", .key)
        line.append(" later", .dim)
        return line
    }

    /// `file 1 of 3   Tab next file`, behind the file's path where there is room and need; while text is looked for, what was found.
    private func fileHint(of view: ReviewView, beside title: StyledLine) -> StyledLine {
        if let search = view.search { return StyledLine(searchTitle(search.needle, search.words), .accent) }
        guard let diff = view.diff, diff.files.count > 1 else { return StyledLine() }
        let start = reviewText(of: view, columns: reviewBody.columns).diffStart
        let positions = annotatedDiff(of: view, columns: reviewBody.columns).positions
        let place = view.cursor.map { start + positions[diff.rows(of: $0).lowerBound] } ?? view.top
        let index = diff.files.lastIndex { start + positions[$0] <= place } ?? 0
        var line = StyledLine("file \(index + 1) of \(diff.files.count)   ", .dim)
        line.append("Tab", .key)
        line.append(" next file", .dim)
        // Where its heading has gone out of sight above, the frame says whose lines these are.
        let room = reviewBox.columns - title.width - line.width - 11
        guard start + positions[diff.files[index]] < view.top, room >= Self.pathColumnsMin,
            let path = diff.path(ofFile: index)
        else { return line }
        var whole = StyledLine(Width.pad(path, columns: min(room, Width.of(path)), ellipsis: glyphs.ellipsis) + "   ")
        whole.append(line)
        return whole
    }

    /// With less room for a comment its keys are left out.
    private static let commentColumnsMin = 24

    /// With less room a path would tell nothing.
    private static let pathColumnsMin = 8

    private func drawFacts(of view: ReviewView, into buffer: inout CellBuffer, in inside: Rect) {
        let rows = headRows(of: inside)
        var lines = [taskFacts(of: view), checkFacts(of: view), costFacts(of: view)]
        if let warning = staleness(of: view) { lines[0] = StyledLine(warning, Style(.warn, emphasis: .bold)) }
        for (offset, line) in lines.prefix(rows == 1 ? 1 : Self.factRows).enumerated() {
            drawFitted(line, into: &buffer, in: inside.line(offset))
        }
        if rows > Self.factRows {
            buffer.fill(inside.line(Self.factRows), with: glyphs.horizontal, style: .rule)
        }
    }

    /// Why what is shown is no longer what an approval would be about; nil while it is.
    private func staleness(of view: ReviewView) -> String? {
        guard let task = task(view.task) else { return "This task is no longer in the plan." }
        if isStale(view) {
            return "The work has changed since this was opened: \(key(.reload, in: .review)) shows the newer one."
        }
        if task.state == .done { return "It is merged, and waits for no review." }
        if task.state != .review { return "It does not wait for a review: \(task.status)." }
        return nil
    }

    func label(_ text: String) -> StyledLine {
        StyledLine(Width.pad(text, columns: 10, ellipsis: glyphs.ellipsis), .dim)
    }

    private func taskFacts(of view: ReviewView) -> StyledLine {
        var line = label("Task")
        line.append(view.task.text)
        if let task = task(view.task) {
            line.append("   \(task.builder.rawValue)", .dim)
            if task.state == .review, !task.detail.isEmpty, task.detail != task.state.word {
                line.append("   \(task.detail)", Style(.review))
            }
        }
        line.append("   attempt ", .dim)
        line.append("\(view.attempt.number)")
        if let contribution = view.attempt.contribution {
            line.append("   base ", .dim)
            line.append(contribution.base.short)
            line.append("   tree ", .dim)
            line.append(String(contribution.tree.text.prefix(8)))
        }
        return line
    }

    private func checkFacts(of view: ReviewView) -> StyledLine {
        var line = label("Checks")
        if view.attempt.checks.isEmpty { line.append("none", Style(.warn)) }
        for check in view.attempt.checks {
            line.append("\(check.passed ? glyphs.done : glyphs.failed) ", Style(check.passed ? .ok : .bad))
            line.append(check.name)
            if !check.passed { line.append(" \(check.status)", Style(.bad)) }
            line.append("   ")
        }
        return line
    }

    private func costFacts(of view: ReviewView) -> StyledLine {
        guard let task = task(view.task) else { return label("Cost") }
        var line = label("Cost")
        if task.usage == .zero {
            line.append("none reported", .dim)
        } else {
            line.append(Wording.money(task.usage))
            line.append("   \(Figures.tokens(task.usage.tokens))")
            line.append(" tok", .dim)
        }
        if task.usage.turns > 0 { line.append("   \(Wording.plural(task.usage.turns, "turn"))") }
        line.append("   \(Figures.duration(task.worked))")
        if let changes = view.attempt.contribution?.changes {
            line.append("   \(Wording.plural(changes.count, "file"))  ", .dim)
            line.append("+\(changes.reduce(0) { $0 + $1.added })", Style(.add))
            line.append(" -\(changes.reduce(0) { $0 + $1.removed })", Style(.del))
        }
        return line
    }

    // MARK: What scrolls

    /// All lines below the facts, and the index of the diff's first one among them.
    func reviewText(of view: ReviewView, columns: Int) -> (lines: [StyledLine], diffStart: Int) {
        var lines: [StyledLine] = []
        addFindings(of: view, columns: columns, to: &lines)
        addReport(of: view, columns: columns, to: &lines)
        addFiles(of: view, columns: columns, to: &lines)
        let start = lines.count
        if let diff = view.diff {
            lines += annotatedDiff(of: view, columns: columns).rows
            if diff.rows.isEmpty { lines.append(StyledLine("The diff is empty.", .dim)) }
        } else {
            lines.append(StyledLine("The diff is on its way.", .dim))
        }
        return (lines, start)
    }

    /// What must not be overlooked comes first.
    private func addFindings(of view: ReviewView, columns: Int, to lines: inout [StyledLine]) {
        let findings = view.attempt.contribution?.findings ?? []
        for finding in findings {
            addEntry("Finding", finding, style: Style(.warn), columns: columns, to: &lines)
        }
        if view.showsChecks {
            for check in view.attempt.checks { addOutput(of: check, columns: columns, to: &lines) }
        }
        for check in view.attempt.checks where !check.passed && !view.showsChecks {
            let end = check.output.split(separator: "\n").suffix(Self.checkLinesMax).joined(separator: "\n")
            let text = end.isEmpty ? "\(check.name): \(check.status)" : "\(check.name): \(check.status)\n\(end)"
            addEntry("Failed", text, style: Style(.bad), columns: columns, to: &lines)
        }
        if let failure = view.attempt.failure {
            addEntry("Trouble", failure, style: Style(.bad), columns: columns, to: &lines)
        }
        if !lines.isEmpty { lines.append(StyledLine()) }
    }

    /// Everything that is known of one check: its output keeps the colours that it has.
    private func addOutput(of check: CheckResult, columns: Int, to lines: inout [StyledLine]) {
        var head = StyledLine("\(check.passed ? glyphs.done : glyphs.failed) ", Style(check.passed ? .ok : .bad))
        head.append(check.name)
        head.append("   \(check.status)   \(Figures.duration(check.duration))", .dim)
        var window = LogWindow()
        window.append(LogText(verbatim: Array(check.output.utf8), offset: 0))
        let output = window.lineNumbers.compactMap { window[$0] }
        let rows = output.flatMap { $0.wrapped(columns: max(8, columns - 10)) }
        addEntry("Check", [head] + (rows.isEmpty ? [StyledLine("it printed nothing", .dim)] : rows), to: &lines)
    }

    /// Lines of a failed check's output that the review shows.
    private static let checkLinesMax = 6

    private func addReport(of view: ReviewView, columns: Int, to lines: inout [StyledLine]) {
        let before = lines.count
        if let lack = view.attempt.lack {
            addEntry(
                lack == .report ? "No report" : "No proof",
                lack.hint,
                style: Style(.review),
                columns: columns,
                to: &lines
            )
        }
        let report = view.attempt.exit?.report ?? Report(status: .completed)
        if !view.message.blocks.isEmpty {
            let text = MarkdownText.lines(view.message, columns: max(8, columns - 10), glyphs: glyphs)
            addEntry("Says", text, to: &lines)
        }
        for question in report.questions {
            addEntry("Asks", question, style: Style(.review), columns: columns, to: &lines)
        }
        for decision in report.decisions {
            let reason = decision.reason.isEmpty ? "" : " (\(decision.reason))"
            addEntry("Decided", decision.decision + reason, columns: columns, to: &lines)
        }
        for debt in report.debt { addEntry("Left open", debt, columns: columns, to: &lines) }
        if lines.count > before { lines.append(StyledLine()) }
    }

    private func addFiles(of view: ReviewView, columns: Int, to lines: inout [StyledLine]) {
        let changes = view.attempt.contribution?.changes ?? []
        guard !changes.isEmpty else { return }
        let addedWidth = changes.map { "\($0.added)".utf8.count + 1 }.max() ?? 0
        let removedWidth = changes.map { "\($0.removed)".utf8.count + 1 }.max() ?? 0
        let longest = changes.map { Width.of($0.path) }.max() ?? 0
        let room = max(8, min(longest, columns - 12 - addedWidth - removedWidth))
        for change in changes {
            let (mark, role): (String, Role) =
                switch change.kind {
                case .added: ("A", .add)
                case .modified: ("M", .text)
                case .deleted: ("D", .del)
                }
            var line = StyledLine(" \(mark)  ", Style(role))
            line.append(Width.pad(change.path, columns: room, ellipsis: glyphs.ellipsis) + "   ")
            let added = change.added > 0 ? "+\(change.added)" : ""
            let removed = change.removed > 0 ? "-\(change.removed)" : ""
            line.append(Width.pad(added, columns: addedWidth, alignment: .trailing), Style(.add))
            line.append(" ")
            line.append(Width.pad(removed, columns: removedWidth, alignment: .trailing), Style(.del))
            lines.append(line)
        }
        lines.append(StyledLine())
    }

    private func addEntry(
        _ name: String,
        _ text: String,
        style: Style = .text,
        columns: Int,
        to lines: inout [StyledLine]
    ) {
        addEntry(name, StyledLine.paragraphs(text, style, columns: max(8, columns - 10)), to: &lines)
    }

    private func addEntry(_ name: String, _ parts: [StyledLine], to lines: inout [StyledLine]) {
        for (index, part) in parts.enumerated() {
            var line = label(index == 0 ? name : "")
            line.append(part)
            lines.append(line)
        }
    }
}
