/// One line of text in pieces of one style each: a line of a log, of a diff or of rendered markdown.
package struct StyledLine: Hashable, Sendable {
    /// A piece of text in one style.
    package struct TextRun: Hashable, Sendable {
        package var text: String
        package var style: Style

        package init(_ text: String, _ style: Style = Style()) {
            self.text = text
            self.style = style
        }
    }

    package private(set) var runs: [TextRun]

    /// The given pieces, in order.
    package init(_ runs: [TextRun] = []) {
        self.runs = runs.filter { !$0.text.isEmpty }
    }

    /// The given pieces, of which none is empty.
    init(unchecked runs: [TextRun]) { self.runs = runs }

    /// One piece.
    package init(_ text: String, _ style: Style = Style()) {
        self.init([TextRun(text, style)])
    }

    /// Adds a piece at the end; one of the same style as the last joins it.
    package mutating func append(_ text: String, _ style: Style = Style()) {
        guard !text.isEmpty else { return }
        if let last = runs.indices.last, runs[last].style == style {
            runs[last].text += text
        } else {
            runs.append(TextRun(text, style))
        }
    }

    /// Its text without styles.
    package var text: String {
        var text = ""
        for run in runs { text += run.text }
        return text
    }

    /// How many cells it takes.
    package var width: Int { runs.reduce(0) { $0 + Width.of($1.text) } }

    /// At least as many as it takes cells: no glyph has more cells than bytes.
    var byteCount: Int { runs.reduce(0) { $0 + $1.text.utf8.count } }

    /// Whether it takes more cells than so many; of a long line no more is looked at than that takes.
    func isWider(than columns: Int) -> Bool {
        guard byteCount > columns else { return false }
        var width = 0
        for run in runs {
            var glyphs = GlyphIterator(run.text)
            while let (_, count) = glyphs.next() {
                width += count
                if width > columns { return true }
            }
        }
        return false
    }

    /// Whether it has no text.
    package var isEmpty: Bool { runs.isEmpty }
}
