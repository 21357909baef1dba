import StrettoCore

// Moving in a review: lines, hunks and files, the two forms of its diff, and the outputs of the checks.
extension BoardState {
    /// Shows the diff the other way, with the same line at the top.
    mutating func toggleSideBySide() {
        var line: Int?
        changeReview { state, view in
            let start = state.reviewText(of: view, columns: state.reviewBody.columns).diffStart
            guard let diff = view.diff, diff.lineCount > 0, view.top >= start else { return }
            let positions = state.annotatedDiff(of: view, columns: state.reviewBody.columns).positions
            line = diff.line(atOrAfter: positions.firstIndex { $0 >= view.top - start } ?? 0)
        }
        splitsDiffs.toggle()
        changeReview { state, view in
            view.diff?.layOut(
                columns: state.reviewBody.columns,
                form: state.diffForm,
                glyphs: state.glyphs,
                marking: view.search?.needle
            )
            guard let diff = view.diff else { return }
            if let line {
                let text = state.reviewText(of: view, columns: state.reviewBody.columns)
                let positions = state.annotatedDiff(of: view, columns: state.reviewBody.columns).positions
                let row = diff.rows(of: line).lowerBound
                let top = text.diffStart + (positions.indices.contains(row) ? positions[row] : 0)
                view.top = min(top, max(0, text.lines.count - state.reviewBody.rows))
            }
            state.reveal(&view)
        }
        say(splitsDiffs ? "old and new side by side" : "one below the other")
    }

    /// Shows the outputs of the checks, or goes back to where the reader was before; whoever has gone on to the diff stays there.
    mutating func toggleCheckOutput() {
        changeReview { state, view in
            let columns = state.reviewBody.columns
            let start = state.reviewText(of: view, columns: columns).diffStart
            view.showsChecks.toggle()
            if view.showsChecks {
                view.topBeforeChecks = view.top
                view.top = 0
            } else if view.top >= start {
                view.top += state.reviewText(of: view, columns: columns).diffStart - start
            } else {
                view.top = view.topBeforeChecks
            }
        }
    }

    mutating func scrollReview(_ step: Step) {
        changeReview { state, view in
            let body = state.reviewBody
            let count = state.reviewText(of: view, columns: body.columns).lines.count
            view.top = step.position(from: view.top, count: count, rows: body.rows)
        }
    }

    /// Goes to one of the lines where a file or a hunk begins; a marked line goes along.
    mutating func go(to rows: KeyPath<DiffView, [Int]>, _ choose: (_ lines: [Int], _ top: Int) -> Int?) {
        changeReview { state, view in
            let body = state.reviewBody
            let text = state.reviewText(of: view, columns: body.columns)
            let positions = state.annotatedDiff(of: view, columns: body.columns).positions
            let starts = (view.diff?[keyPath: rows] ?? []).map { positions[$0] + text.diffStart }
            if view.cursor != nil { return state.goWithCursor(&view, to: starts, choose) }
            guard let line = choose(starts, view.top) else { return }
            // Files near the end come into sight rather than to the top.
            view.top = min(line, max(0, text.lines.count - body.rows))
        }
    }

    /// Goes from the marked line to the first one below such a beginning that something can be said about.
    private func goWithCursor(
        _ view: inout ReviewView,
        to starts: [Int],
        _ choose: (_ lines: [Int], _ top: Int) -> Int?
    ) {
        guard let diff = view.diff, let cursor = view.cursor else { return }
        let body = reviewBody
        let text = reviewText(of: view, columns: body.columns)
        let positions = annotatedDiff(of: view, columns: body.columns).positions
        func place(of line: Int) -> Int { text.diffStart + positions[diff.rows(of: line).lowerBound] }
        let landings = starts.compactMap { start -> (start: Int, line: Int)? in
            guard let row = positions.firstIndex(of: start - text.diffStart) else { return nil }
            let block = diff.block(of: diff.line(atOrAfter: row))
            return diff.commentable(nearBlock: block, goingDown: true, on: view.side).map { (start, $0) }
        }
        guard let chosen = choose(landings.map { place(of: $0.line) }, place(of: cursor)),
            let landing = landings.first(where: { place(of: $0.line) == chosen })
        else { return }
        view.cursor = landing.line
        view.top = min(landing.start, max(0, text.lines.count - body.rows))
        reveal(&view)
    }

    mutating func changeReview(_ body: (BoardState, inout ReviewView) -> Void) {
        guard let index = dialogs.lastIndex(where: { if case .review = $0.content { true } else { false } }),
            case .review(var view) = dialogs[index].content
        else { return }
        body(self, &view)
        dialogs[index].content = .review(view)
    }
}
