/// A part of a log that was marked with the mouse: from one cell of a line to one of the same or another line, both included.
struct LogSelection: Hashable, Sendable {
    /// A cell of a line.
    struct Spot: Hashable, Comparable, Sendable {
        /// Where in the file the line begins.
        var start: Int
        /// The cell, counted from the line's first one also where the line is wrapped.
        var column: Int

        static func < (left: Spot, right: Spot) -> Bool {
            (left.start, left.column) < (right.start, right.column)
        }
    }

    let source: LogSource
    /// Where the button went down.
    let anchor: Spot
    /// Where the pointer is, or was when the button came up.
    var head: Spot

    var first: Spot { min(anchor, head) }
    var last: Spot { max(anchor, head) }

    /// The cells of a line that are part of it.
    func columns(ofLine start: Int) -> Range<Int> {
        guard (first.start...last.start).contains(start) else { return 0..<0 }
        let lower = start == first.start ? first.column : 0
        return lower..<max(lower, start == last.start ? last.column + 1 : .max)
    }
}

extension StyledLine {
    /// The text in some of its cells; a wide glyph belongs to its first cell.
    func text(inColumns columns: Range<Int>) -> String {
        var text = ""
        var column = 0
        for run in runs {
            var glyphs = GlyphIterator(run.text)
            while let (glyph, width) = glyphs.next() {
                if columns.contains(column) { text += Cell(glyph: glyph, width: UInt8(width), style: run.style).text }
                column += width
            }
        }
        return text
    }
}
