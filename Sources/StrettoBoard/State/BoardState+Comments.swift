import StrettoCore

// Comments on lines of a review's diff: a cursor in the diff, a line being typed, and what was collected.
extension BoardState {
    /// The most comments of one review.
    private static let commentsMax = 50

    /// Puts a cursor on the first line of the diff that is in sight and can be commented, or takes it away.
    mutating func toggleCursor() {
        changeReview { state, view in
            guard view.cursor == nil, let diff = view.diff else {
                view.cursor = nil
                return
            }
            let start = state.reviewText(of: view, columns: state.reviewBody.columns).diffStart
            let first = diff.line(atOrAfter: view.top - start)
            view.cursor = diff.commentable(from: first, by: 1) ?? diff.commentable(from: first, by: -1)
            state.reveal(&view)
        }
        if reviewView?.cursor == nil, reviewView?.diff != nil { say("no line is marked") }
    }

    mutating func moveCursor(_ step: Step) {
        changeReview { state, view in
            guard let diff = view.diff, let cursor = view.cursor else { return }
            let rows = state.reviewBody.rows
            let target = step.index(from: cursor, count: diff.lineCount, rows: rows)
            let direction = target >= cursor ? 1 : -1
            view.cursor =
                diff.commentable(from: target, by: direction) ?? diff.commentable(from: target, by: -direction)
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

    func comments(of task: TaskID) -> [LineComment] { drafts[task] ?? [] }

    /// The diff's rows with the cursor marked and comments below their lines, and where each of its rows went.
    func annotatedDiff(of view: ReviewView, columns: Int) -> (rows: [StyledLine], positions: [Int]) {
        guard let diff = view.diff else { return ([], []) }
        let comments = comments(of: view.task)
        guard !comments.isEmpty || view.cursor != nil else { return (diff.rows, Array(diff.rows.indices)) }
        var rows: [StyledLine] = []
        var positions: [Int] = []
        let marked = view.cursor.map { diff.rows(of: $0) }
        let notes = Dictionary(comments.map { ($0.place, $0.text) }) { first, _ in first }
        for line in 0..<diff.lineCount {
            for row in diff.rows(of: line) {
                positions.append(rows.count)
                rows.append(marked?.contains(row) == true ? diff.rows[row].on(.select) : diff.rows[row])
            }
            guard let place = diff.place(of: line), let note = notes[place] else { continue }
            rows += StyledLine("\(glyphs.prompt) \(note)", Style(.review))
                .wrapped(columns: max(1, columns - DiffView.gutter), by: .words)
                .map {
                    var row = StyledLine(String(repeating: " ", count: DiffView.gutter))
                    row.append($0)
                    return row
                }
        }
        return (rows, positions)
    }

    /// Brings the marked line into sight.
    private func reveal(_ view: inout ReviewView) {
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
    /// The line on another ground.
    func on(_ ground: Role) -> StyledLine { StyledLine(unchecked: runs.map { TextRun($0.text, $0.style.on(ground)) }) }
}
