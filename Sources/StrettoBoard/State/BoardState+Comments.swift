import StrettoCore

// Comments on lines of a review's diff: a cursor in the diff, a line being typed, and what was collected.
extension BoardState {
    /// The most comments of one review.
    private static let commentsMax = 50

    /// Puts a cursor on the line that was found, where it is in sight, else on the first one that is and can be commented, or takes it
    /// away.
    mutating func toggleCursor() {
        changeReview { state, view in
            guard view.cursor == nil, let diff = view.diff else {
                view.cursor = nil
                return
            }
            let body = state.reviewBody
            let start = state.reviewText(of: view, columns: body.columns).diffStart
            let isInSight = state.foundRows(in: view, columns: body.columns).overlaps(view.top..<view.top + body.rows)
            let found = isInSight ? view.search?.found : nil
            view.cursor = diff.commentable(
                nearBlock: diff.block(of: found ?? diff.line(atOrAfter: view.top - start)),
                goingDown: true,
                on: view.side
            )
            state.reveal(&view)
        }
        if reviewView?.cursor == nil, reviewView?.diff != nil { say("no line is marked") }
    }

    mutating func moveCursor(_ step: Step) {
        changeReview { state, view in
            guard let diff = view.diff, let cursor = view.cursor else { return }
            let rows = state.reviewBody.rows
            let block = diff.block(of: cursor)
            let target = step.index(from: block, count: diff.blockCount, rows: rows)
            view.cursor = diff.commentable(nearBlock: target, goingDown: target >= block, on: view.side) ?? cursor
            state.reveal(&view)
        }
    }

    /// Marks the other half of a diff side by side, where the line has one.
    mutating func moveCursor(to side: DiffSide) {
        changeReview { state, view in
            view.side = side
            guard let diff = view.diff, let cursor = view.cursor else { return }
            view.cursor = diff.commentable(inBlock: diff.block(of: cursor), on: side) ?? cursor
            state.reveal(&view)
        }
    }

    /// Starts typing about the marked line; what was written about it before can be changed.
    mutating func startComment() {
        changeReview { state, view in
            guard let place = view.cursor.flatMap({ view.diff?.place(of: $0) }) else { return }
            var field = TextField()
            field.insert(state.comments(of: view.task).first { $0.place == place }?.text ?? "")
            view.writing = field
        }
    }

    mutating func typeComment(_ key: Key) -> Bool {
        guard var field = reviewView?.writing else { return false }
        switch key {
        case .enter: keepComment()
        case .escape: changeReview { $1.writing = nil }
        default:
            guard Self.edit(&field, with: key) else { return false }
            changeReview { $1.writing = field }
        }
        return true
    }

    /// Keeps what was typed; nothing typed takes the line's comment away.
    private mutating func keepComment() {
        guard let view = reviewView, let field = view.writing,
            let place = view.cursor.flatMap({ view.diff?.place(of: $0) })
        else { return }
        changeReview { $1.writing = nil }
        var kept = comments(of: view.task)
        let index = kept.firstIndex { $0.place == place }
        if let index { kept.remove(at: index) }
        if !field.trimmed.isEmpty {
            guard kept.count < Self.commentsMax else {
                return say("\(Self.commentsMax) comments are enough for one attempt")
            }
            kept.insert(LineComment(place: place, text: field.trimmed), at: index ?? kept.count)
        }
        drafts[view.task] = kept.isEmpty ? nil : kept
    }

    /// Keeps what was written to an agent, for the next time.
    mutating func keepNote(of question: Question) {
        guard question.subject.isToAgent, let task = question.task, let note = question.note else { return }
        notes[task] = note.trimmed.isEmpty ? nil : note
    }

    /// What is there to be sent once more, in words.
    func keptSentence(of task: TaskID) -> String {
        let count = comments(of: task).count
        let parts = (count > 0 ? [Wording.plural(count, "comment")] : []) + (notes[task] == nil ? [] : ["the note"])
        guard !parts.isEmpty else { return "nothing is lost" }
        let verb = count == 1 && parts.count == 1 || parts == ["the note"] ? "is" : "are"
        return "\(parts.joined(separator: " and ")) \(verb) kept"
    }

    func comments(of task: TaskID) -> [LineComment] { drafts[task] ?? [] }

    /// The diff's rows with the cursor marked and comments below their lines, and where each of its rows went.
    func annotatedDiff(of view: ReviewView, columns: Int) -> (rows: [StyledLine], positions: [Int]) {
        guard let diff = view.diff else { return ([], []) }
        let comments = comments(of: view.task)
        guard !comments.isEmpty || view.cursor != nil else { return (diff.rows, Array(diff.rows.indices)) }
        var rows: [StyledLine] = []
        var positions: [Int] = []
        let marked = view.cursor.map { (rows: diff.rows(of: $0), columns: diff.columns(of: $0)) }
        let notes = Dictionary(comments.map { ($0.place, $0.text) }) { first, _ in first }
        for block in 0..<diff.blockCount {
            for row in diff.rows(ofBlock: block) {
                positions.append(rows.count)
                let isMarked = marked?.rows.contains(row) == true
                rows.append(isMarked ? diff.rows[row].on(.select, columns: marked?.columns ?? 0..<0) : diff.rows[row])
            }
            for line in diff.lines(ofBlock: block) {
                guard let place = diff.place(of: line), let note = notes[place] else { continue }
                let indent = diff.columns(of: line).lowerBound + DiffView.gutter
                rows += StyledLine("\(glyphs.prompt) \(note)", Style(.review))
                    .wrapped(columns: max(1, min(columns, diff.columns(of: line).upperBound) - indent), by: .words)
                    .map {
                        var row = StyledLine(String(repeating: " ", count: indent))
                        row.append($0)
                        return row
                    }
            }
        }
        return (rows, positions)
    }

    /// Brings the marked line into sight.
    func reveal(_ view: inout ReviewView) {
        guard let diff = view.diff, let cursor = view.cursor else { return }
        let body = reviewBody
        let start = reviewText(of: view, columns: body.columns).diffStart
        let positions = annotatedDiff(of: view, columns: body.columns).positions
        let rows = diff.rows(of: cursor)
        guard !rows.isEmpty, rows.upperBound <= positions.count else { return }
        let first = start + positions[rows.lowerBound]
        let last = start + positions[rows.upperBound - 1]
        view.top = max(0, min(max(view.top, last - body.rows + 1), first))
    }
}

extension StyledLine {
    /// The line with some of its columns on another ground.
    func on(_ ground: Role, columns: Range<Int>) -> StyledLine {
        var line = StyledLine()
        var column = 0
        for run in runs {
            var glyphs = GlyphIterator(run.text)
            while let (glyph, width) = glyphs.next() {
                line.append(glyph.text, columns.contains(column) ? run.style.on(ground) : run.style)
                column += width
            }
        }
        return line
    }
}
