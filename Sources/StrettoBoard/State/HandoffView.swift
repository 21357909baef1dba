import StrettoCore

/// HANDOFF.md as its pane shows it: where the reader is, and what has changed since they may have looked.
struct HandoffView: Sendable {
    /// How long a change is marked.
    static let markTime = Duration.seconds(30)

    private(set) var document = Markdown()
    /// The document for ``columns``.
    private(set) var rows: [MarkdownText.Row] = []
    /// The first row in sight.
    private(set) var top = 0
    private var columns = 0
    private var glyphs = Glyphs.unicode
    /// The text that the document was read from.
    private var text = ""
    private var pieces: [Markdown.Piece] = []
    /// Until when pieces that are new are marked, by their places.
    private var marks: [Int: Timestamp] = [:]

    /// What is looked for, and the rows where it is.
    private(set) var search: PageSearch?

    var isEmpty: Bool { pieces.isEmpty }

    /// When the next mark goes; nil while nothing is marked.
    var deadline: Timestamp? { marks.values.min() }

    /// Whether a row belongs to something that has changed lately; a blank one never.
    func isMarked(_ row: MarkdownText.Row) -> Bool {
        !row.line.isEmpty && marks[row.piece] != nil
    }

    /// How many pieces are marked.
    var markedCount: Int { marks.count }

    /// Takes the document in its newest form; what is new in it is marked, unless there was none before.
    mutating func take(_ text: String, at now: Timestamp, by read: Markdown.Reader) {
        guard text != self.text else { return }
        let isFirst = self.text.isEmpty
        self.text = text
        let place = place
        let before = pieces
        document = read(text)
        pieces = document.pieces
        marks = isFirst ? [:] : marks(since: before, newUntil: now.advanced(by: Self.markTime))
        render()
        go(to: place)
    }

    /// The marks of the pieces that were there before, and one for each that was not.
    ///
    /// Changes are small and documents may be long: what is the same at the beginning and at the end is only compared.
    private func marks(since before: [Markdown.Piece], newUntil end: Timestamp) -> [Int: Timestamp] {
        let most = min(before.count, pieces.count)
        var (head, tail) = (0, 0)
        while head < most, before[head] == pieces[head] { head += 1 }
        while head + tail < most, before[before.count - 1 - tail] == pieces[pieces.count - 1 - tail] { tail += 1 }
        var kept: [Int: Timestamp] = [:]
        var known: [Markdown.Piece: [Timestamp?]] = [:]
        for index in head..<before.count - tail { known[before[index], default: []].append(marks[index]) }
        for (index, mark) in marks {
            if index < head { kept[index] = mark }
            if index >= before.count - tail { kept[index + pieces.count - before.count] = mark }
        }
        for index in head..<pieces.count - tail { kept[index] = known[pieces[index]]?.popLast() ?? end }
        return kept
    }

    /// Takes marks away whose time is over.
    mutating func forgetMarks(at now: Timestamp) {
        if !marks.isEmpty { marks = marks.filter { $0.value > now } }
    }

    /// Brings the rows to a width; the reader stays where they are in the text.
    mutating func layOut(columns: Int, glyphs: Glyphs) {
        guard columns != self.columns || glyphs != self.glyphs else { return }
        let place = place
        self.columns = columns
        self.glyphs = glyphs
        render()
        go(to: place)
    }

    mutating func scroll(_ step: Step, rows count: Int) {
        top = step.position(from: top, count: rows.count, rows: count)
    }

    private mutating func render() {
        rows = columns > 0 ? MarkdownText.rows(document, in: pieces, columns: columns, glyphs: glyphs) : []
        guard let needle = search?.needle else { return }
        let rows = rows(with: needle)
        search?.move(to: rows)
    }

    // MARK: Searching

    /// Looks for a text from the first row in sight downwards, and around the end; nil ends the search.
    mutating func find(_ needle: LogNeedle?, rows count: Int) {
        search = needle.map { PageSearch($0, in: rows(with: $0), from: top) }
        reveal(rows: count)
    }

    /// Goes to the next or the previous match.
    /// - Returns: the end at which it began again; nil where it did not.
    mutating func findNext(isDown: Bool, rows count: Int) -> LogMatch.End? {
        let end = search?.goOn(isDown: isDown)
        reveal(rows: count)
        return end
    }

    /// Brings the match that was gone to into the upper third of the pane, unless it is in sight.
    private mutating func reveal(rows count: Int) {
        guard let found = search?.found else { return }
        let first = Step.up.position(from: top + 1, count: rows.count, rows: count)
        if !(first..<first + count).contains(found) { top = max(0, found - count / 3) }
    }

    /// The rows in which a match begins; one may go on in the next row, for lines are broken where the pane ends.
    private func rows(with needle: LogNeedle) -> [Int] {
        var found: [Int] = []
        var index = 0
        while index < rows.count {
            let end = rows[index...].firstIndex { $0.piece != rows[index].piece } ?? rows.count
            var text = ""
            var starts: [Int] = []
            for row in rows[index..<end] {
                // A row may end with the blank at which the line was broken.
                if !text.isEmpty, text.last != " " { text += " " }
                starts.append(text.utf8.count)
                text += row.line.text.drop { $0 == " " }
            }
            for start in needle.starts(in: text) {
                let row = index + (starts.lastIndex { $0 <= start } ?? 0)
                if found.last != row { found.append(row) }
            }
            index = end
        }
        return found
    }

    // MARK: The reader's place

    /// The pieces from the one at the top of the pane upwards to its heading and beyond, and how far into the first the reader is.
    private struct Place {
        var pieces: [(piece: Markdown.Piece, ordinal: Int)] = []
        var offset = 0
    }

    /// Pieces above the reader's that are tried where theirs is gone.
    private static let placesMax = 1_000

    private var place: Place? {
        guard top > 0, top < rows.count, rows[top].piece < pieces.count else { return nil }
        let index = rows[top].piece
        var ordinals: [Markdown.Piece: Int] = [:]
        let seen = pieces[...index].map { piece in
            ordinals[piece, default: 0] += 1
            return (piece: piece, ordinal: ordinals[piece, default: 0])
        }
        let first = rows.firstIndex { $0.piece == index } ?? top
        return Place(pieces: seen.suffix(Self.placesMax).reversed(), offset: top - first)
    }

    /// Goes to where the reader was: to the same piece, or where that is gone, to what stood above it, at last its heading.
    private mutating func go(to place: Place?) {
        guard let place else {
            top = min(top, max(0, rows.count - 1))
            return
        }
        var indices: [Markdown.Piece: [Int]] = [:]
        for (index, piece) in pieces.enumerated() { indices[piece, default: []].append(index) }
        for (distance, candidate) in place.pieces.enumerated() {
            guard let found = indices[candidate.piece] else { continue }
            let index = found[min(candidate.ordinal, found.count) - 1]
            let range = rows.indices.filter { rows[$0].piece == index }
            // Apart from the blank row above it, unless that is where they were.
            guard let last = range.last, let first = range.first(where: { !rows[$0].line.isEmpty }) else { continue }
            top = distance == 0 ? min(range[0] + place.offset, last) : first
            return
        }
        top = 0
    }
}
