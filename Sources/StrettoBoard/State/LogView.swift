/// One file's output and where its reader is in it.
struct LogView: Sendable {
    private(set) var window = LogWindow()
    private var position = LogPosition()
    /// Whether the first bytes that came were the file's first.
    private let isWhole: Bool
    /// How many lines there were when the reader stopped following.
    private var lineCountKnown = 0
    /// What is looked for, and the line that was gone to last.
    private(set) var search: LogSearch?
    private var foundLine: Int?

    init(isWhole: Bool = true) { self.isWhole = isWhole }

    mutating func append(_ bytes: [UInt8]) {
        window.append(bytes)
        search?.update(from: window, wholeCount: window.wholeLineCount)
    }

    var isEmpty: Bool { window.lineNumbers.isEmpty }
    var isFollowing: Bool { position.isFollowing }

    /// Whether every line of the file can be had here.
    var keepsAll: Bool { isWhole && window.droppedCount == 0 }

    /// Lines that came since the reader stopped following.
    var newCount: Int { isFollowing ? 0 : max(0, window.lineCount - lineCountKnown) }

    /// Lines below the last one shown.
    func linesBelow(rows: Int) -> Int { position.linesBelow(in: window, rows: rows) }

    /// Whether the reader is at the first line that can be had while the file has earlier ones.
    func isBelowGap(rows: Int) -> Bool {
        guard !isFollowing, !isWhole || window.droppedCount > 0 else { return false }
        return position.visible(in: window, rows: rows).lowerBound == window.lineNumbers.lowerBound
    }

    func visible(rows: Int) -> [StyledLine] {
        position.visible(in: window, rows: rows).compactMap { number in
            window[number].map { search?.marking($0) ?? $0 }
        }
    }

    /// What is in sight with long lines wrapped: from the line at the top on, or up to the end while following.
    func wrapped(rows: Int, columns: Int) -> [StyledLine] {
        var shown: [StyledLine] = []
        for line in isFollowing ? visible(rows: rows).reversed() : visible(rows: rows) {
            // What is longer than the view needs no more rows than it has.
            let pieces = line.wrapped(columns: columns).prefix(isFollowing ? .max : rows)
            shown = isFollowing ? pieces + shown : shown + pieces
            if shown.count >= rows { break }
        }
        return isFollowing ? shown.suffix(rows) : Array(shown.prefix(rows))
    }

    // MARK: Searching

    /// Looks for a text from the end of what is in sight upwards, where the newest is; an empty text ends the search.
    mutating func find(_ text: String, rows: Int) {
        foundLine = nil
        guard !text.isEmpty else {
            search = nil
            return
        }
        var search = LogSearch(text)
        search.update(from: window, wholeCount: window.wholeLineCount)
        self.search = search
        let end = position.visible(in: window, rows: rows).upperBound
        if let line = search.previous(before: end)?.line { go(to: line, rows: rows) }
    }

    /// Goes to the next or the previous line that was found.
    /// - Returns: whether it had to go around the end.
    mutating func findNext(isDown: Bool, rows: Int) -> Bool {
        let visible = position.visible(in: window, rows: rows)
        let from = foundLine ?? (isDown ? visible.lowerBound - 1 : visible.upperBound)
        guard let hit = isDown ? search?.next(after: from) : search?.previous(before: from) else { return false }
        go(to: hit.line, rows: rows)
        return hit.isAround
    }

    /// `3 of 17`, or that there is nothing; nil while nothing is looked for.
    var searchCount: String? {
        guard let search else { return nil }
        guard !search.lines.isEmpty else { return "not found" }
        let ordinal = foundLine.flatMap { search.ordinal(of: $0) }
        return ordinal.map { "\($0) of \(search.lines.count)" } ?? Wording.plural(search.lines.count, "line")
    }

    /// Brings a line into the upper third of the view.
    private mutating func go(to line: Int, rows: Int) {
        foundLine = line
        if isFollowing { lineCountKnown = window.lineCount }
        position.go(to: max(line - rows / 3, window.lineNumbers.lowerBound))
    }

    mutating func scroll(_ step: Step, rows: Int) {
        let wasFollowing = isFollowing
        // What is in sight as a whole has nothing to scroll: it goes on following.
        if wasFollowing, window.lineNumbers.count <= rows { return }
        switch step {
        case .top: position.goToTop(of: window)
        case .bottom: position.follow()
        default: position.scroll(by: step.lines(inRows: rows) ?? 0, in: window, rows: rows)
        }
        if wasFollowing, !isFollowing { lineCountKnown = window.lineCount }
    }

    mutating func toggleFollow(rows: Int) {
        if isFollowing {
            position.hold(in: window, rows: rows)
            lineCountKnown = window.lineCount
        } else {
            position.follow()
        }
    }
}
