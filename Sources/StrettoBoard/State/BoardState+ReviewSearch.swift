import StrettoCore

// Finding text in the diff of a review.
extension BoardState {
    mutating func startFindingInReview() { changeReview { $1.needle = TextField() } }

    /// Takes a key of the text that is being typed.
    /// - Returns: whether it is one.
    mutating func typeReviewNeedle(_ key: Key) -> Bool {
        guard var field = reviewView?.needle else { return false }
        switch key {
        case .enter:
            changeReview { $1.needle = nil }
            findInReview(LogNeedle(field.text))
        case .escape: changeReview { $1.needle = nil }
        default:
            guard Self.edit(&field, with: key) else { return false }
            changeReview { $1.needle = field }
        }
        return true
    }

    /// Looks for a text from the first line of the diff in sight downwards, and around the end; nil ends the search.
    mutating func findInReview(_ needle: LogNeedle?) {
        changeReview { state, view in
            view.search = nil
            guard let diff = view.diff, let needle else { return }
            let columns = state.reviewBody.columns
            let top = view.top - state.reviewText(of: view, columns: columns).diffStart
            let row = state.annotatedDiff(of: view, columns: columns).positions.firstIndex { $0 >= top } ?? 0
            view.search = PageSearch(needle, in: diff.lines(with: needle), from: diff.line(atOrAfter: row))
            state.revealFound(in: &view)
        }
        if let needle, hasFoundNothing { say("no '\(needle.text)' in the diff") }
    }

    mutating func findNextInReview(isDown: Bool) {
        var end: LogMatch.End?
        changeReview { state, view in
            end = view.search?.goOn(isDown: isDown)
            state.revealFound(in: &view)
        }
        if let end { say("from the \(end.rawValue) again") }
    }

    /// The lines below the facts that the found line of the diff takes; none while nothing is found.
    func foundRows(in view: ReviewView, columns: Int) -> Range<Int> {
        guard let diff = view.diff, let line = view.search?.found else { return 0..<0 }
        let start = reviewText(of: view, columns: columns).diffStart
        let positions = annotatedDiff(of: view, columns: columns).positions
        let rows = diff.rows(of: line)
        guard !rows.isEmpty, rows.upperBound <= positions.count else { return 0..<0 }
        return start + positions[rows.lowerBound]..<start + positions[rows.upperBound - 1] + 1
    }

    /// Brings the found line into the upper third, unless it is in sight; a marked line goes along.
    private func revealFound(in view: inout ReviewView) {
        let body = reviewBody
        let rows = foundRows(in: view, columns: body.columns)
        guard let diff = view.diff, let line = view.search?.found, !rows.isEmpty else { return }
        if rows.lowerBound < view.top || rows.upperBound > view.top + body.rows {
            let count = reviewText(of: view, columns: body.columns).lines.count
            view.top = min(max(0, rows.lowerBound - body.rows / 3), max(0, count - body.rows))
        }
        guard view.cursor != nil else { return }
        view.cursor = diff.commentable(nearBlock: diff.block(of: line), goingDown: true, on: view.side) ?? view.cursor
    }
}
