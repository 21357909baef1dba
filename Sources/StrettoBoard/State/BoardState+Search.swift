import StrettoCore

// Finding text in the output or the document that has the focus, and what else only the file of a log can tell.
extension BoardState {
    /// Starts typing: a filter where the tree has the focus, a text to find in an open review or where a pane with output has the focus.
    mutating func startFinding() {
        if reviewView != nil { return startFindingInReview() }
        guard findsInOutput || focus == .side(.handoff) else {
            isFiltering = true
            return
        }
        isSearching = true
        needle.clear()
    }

    /// Whether the focus is on output that can be searched.
    var findsInOutput: Bool {
        switch focus {
        case .output, .side(.log): outputView != nil
        case .tasks, .side(.handoff): false
        }
    }

    /// Whether a search is under way or done where the focus is.
    var isLookingForText: Bool {
        if let view = reviewView { return view.search != nil }
        if focus == .side(.handoff) { return handoff.search != nil }
        return outputView.flatMap { logs[$0.source]?.search } != nil
    }

    /// Whether that search has nothing to go to.
    var hasFoundNothing: Bool {
        if let view = reviewView { return view.search?.places.isEmpty == true }
        if focus == .side(.handoff) { return handoff.search?.places.isEmpty == true }
        guard let tally = outputView.flatMap({ logs[$0.source]?.search?.tally }) else { return false }
        return tally.isComplete && tally.count == 0
    }

    mutating func findNext(isDown: Bool) -> [BoardAction] {
        if reviewView != nil {
            findNextInReview(isDown: isDown)
            return []
        }
        if focus == .side(.handoff) {
            if let end = handoff.findNext(isDown: isDown, rows: handoffRows) { say("from the \(end.rawValue) again") }
            return []
        }
        guard let (source, rows) = outputView, let view = logs[source] else { return [] }
        return [.readLog(source, view.findNext(isDown: isDown, rows: rows))]
    }

    /// What the search of a file has found, for its pane's title: `/error 3 of 17`.
    func searchTitle(of source: LogSource?) -> String? {
        guard let source, let search = logs[source]?.search else { return nil }
        return searchTitle(search.needle, search.words)
    }

    func searchTitle(_ needle: LogNeedle, _ words: String) -> String {
        "/" + Width.fit(needle.text, columns: 16, ellipsis: glyphs.ellipsis) + " " + words
    }

    /// Ends the search of the focused output.
    /// - Returns: what is to be done for it; nil where there was none.
    mutating func endSearch() -> [BoardAction]? {
        if focus == .side(.handoff) {
            guard handoff.search != nil else { return nil }
            handoff.find(nil, rows: handoffRows)
            return []
        }
        guard let (source, _) = outputView, logs[source]?.search != nil else { return nil }
        return find(nil)
    }

    /// The rows in which HANDOFF.md is shown.
    private var handoffRows: Int { layout.rect(of: .handoff).map { Self.bodyRows(of: $0) } ?? 1 }

    private mutating func find(_ needle: LogNeedle?) -> [BoardAction] {
        if focus == .side(.handoff) {
            handoff.find(needle, rows: handoffRows)
            if let needle, hasFoundNothing { say("no '\(needle.text)' here") }
            return []
        }
        guard let (source, rows) = outputView, let request = logs[source]?.find(needle, rows: rows) else { return [] }
        return [.readLog(source, request)]
    }

    /// Takes a key of the text that is being typed; nil where it is none.
    mutating func typeNeedle(_ key: Key) -> [BoardAction]? {
        switch key {
        case .enter:
            isSearching = false
            return find(LogNeedle(needle.text))
        case .escape:
            isSearching = false
            needle.clear()
        default: return Self.edit(&needle, with: key) ? [] : nil
        }
        return []
    }

    // MARK: Answers

    mutating func take(_ answer: LogAnswer, of source: LogSource) {
        switch answer {
        case .lines(let lines): logs[source]?.take(lines)
        case .found(let match, let needle):
            guard logs[source]?.search?.needle == needle else { return }
            let rows = rows(of: source)
            logs[source]?.take(match, of: needle, rows: rows)
            if let end = match.restart { say("from the \(end.rawValue) again") }
        case .counted(let tally, let needle):
            logs[source]?.take(tally, of: needle)
            if tally.isComplete, tally.count == 0, outputView?.source == source { say("no '\(needle.text)' here") }
        case .saved(let path, let count): say("saved \(Figures.bytes(count)) to \(path)")
        }
    }

    /// The rows in which a file's output is shown, or would be.
    private func rows(of source: LogSource) -> Int {
        guard let view = outputView, view.source == source else { return Self.usageRowsMin }
        return view.rows
    }

    /// What readers have scrolled to and is not at hand.
    mutating func missingLines() -> [BoardAction] {
        var actions: [BoardAction] = []
        for source in shownSources {
            if let place = logs[source]?.nextRequest() { actions.append(.readLog(source, .lines(around: place))) }
        }
        return actions
    }
}
