import StrettoCore

// What holds after every input: a selection that is there, panes within their bounds, and the files that are followed.
extension BoardState {
    /// Brings everything that depends on sizes and tasks back into its bounds.
    mutating func settle() {
        let rows = rows
        if treeSource != tree.source { tree = Tree(source: treeSource, rows: rows, turns: turns) }
        settleSelection(in: rows)
        let panes = paneTasks
        var layout = layout(of: panes.count)
        if !stops.contains(focus) {
            focus = .tasks
            layout = self.layout(of: panes.count)
        }
        settleTree(rows: rows, in: layout)
        if let rect = layout.rect(of: .handoff) {
            handoff.layOut(columns: Self.handoffBody(of: rect).columns, glyphs: glyphs)
        }
        settleReview()
        showMatch()
        remember(panes: panes, in: layout)
    }

    /// The side view that Tab can reach.
    func reachableSide(in layout: Layout) -> Layout.Side? {
        guard let side else { return nil }
        if sideChoice != .automatic { return side }
        return layout.rect(of: side == .handoff ? .handoff : .log) == nil ? nil : side
    }

    /// Selects something else where the selection has no row, and takes that back when the row is there again.
    private mutating func settleSelection(in rows: [TreeRow]) {
        // Who has moved on since does not want to go back.
        if let standIn = hidden?.standIn, standIn != selection { hidden = nil }
        if let lost = hidden?.lost, rows.contains(where: { $0.identity == lost }) {
            selection = lost
            hidden = nil
        }
        guard !rows.contains(where: { $0.identity == selection }) else { return }
        let lost = hidden?.lost ?? selection
        selection = replacement(for: lost, in: rows)
        hidden = filter.trimmed.isEmpty ? nil : lost.map { HiddenSelection(lost: $0, standIn: selection) }
    }

    private func replacement(for lost: TreeRow.Identity?, in rows: [TreeRow]) -> TreeRow.Identity? {
        // Among matches the first one is meant, not the heading above it.
        if filter.trimmed.isEmpty, case .task(let id) = lost, let section = task(id)?.section,
            rows.contains(where: { $0.identity == .section(section) })
        {
            return .section(section)
        }
        let task = rows.first {
            if case .task = $0.identity { true } else { false }
        }
        return (task ?? rows.first)?.identity
    }

    private mutating func settleTree(rows: [TreeRow], in layout: Layout) {
        guard let height = layout.rect(of: .tasks).map({ Self.bodyRows(of: $0) }), height > 0 else { return }
        treeTop = min(treeTop, max(0, rows.count - height))
        guard !isTreeScrolled else { return }
        let index = rows.firstIndex { $0.identity == selection } ?? 0
        treeTop = max(min(treeTop, index), index - height + 1, 0)
    }

    private mutating func settleReview() {
        for index in dialogs.indices {
            guard case .review(var view) = dialogs[index].content, view.diff != nil else { continue }
            view.diff?.layOut(
                columns: reviewBody.columns,
                form: diffForm,
                glyphs: glyphs,
                marking: view.search?.needle
            )
            dialogs[index].content = .review(view)
        }
    }

    private mutating func showMatch() {
        guard !wrapsLines, let (source, piece) = outputPiece, logs[source]?.search != nil,
            let body = outputBody(of: source, in: piece)
        else { return }
        logs[source]?.showMatch(rows: body.rect.rows, columns: body.rect.columns)
    }

    private mutating func remember(panes: [TaskSnapshot], in layout: Layout) {
        for piece in layout.pieces.reversed() {
            let source: LogSource? =
                switch piece.part {
                case .output(let index): index < panes.count ? source(of: panes[index]) : nil
                case .log: logSource
                default: nil
                }
            guard let source else { continue }
            shownSources.removeAll { $0 == source }
            shownSources.append(source)
        }
        guard shownSources.count > Self.followedMax else { return }
        let dropped = shownSources.prefix(shownSources.count - Self.followedMax)
        for source in dropped { logs[source] = nil }
        shownSources.removeFirst(dropped.count)
    }

    /// The rows of a pane below its title and rule.
    static func bodyRows(of rect: Rect) -> Int { max(0, rect.rows - titleRows(of: rect)) }

    /// A pane too low for a title shows only its content.
    static func titleRows(of rect: Rect) -> Int { rect.rows >= 8 ? 2 : rect.rows >= 6 ? 1 : 0 }
}
