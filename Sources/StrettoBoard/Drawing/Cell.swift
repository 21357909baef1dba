/// What one cell shows: a spacing character and at most two marks on it.
///
/// A trivial value, so that a screen of them is compared and copied as plain memory.
package struct Glyph: Hashable, Sendable {
    private let base: UInt32
    private let firstMark: UInt32
    private let secondMark: UInt32

    /// A character without marks.
    package init(_ scalar: Unicode.Scalar) {
        base = scalar.value
        firstMark = 0
        secondMark = 0
    }

    private init(base: UInt32, firstMark: UInt32, secondMark: UInt32) {
        self.base = base
        self.firstMark = firstMark
        self.secondMark = secondMark
    }

    /// The empty cell's space.
    package static let blank = Glyph(" ")

    /// Its scalars: the base, then the marks.
    package var scalars: [Unicode.Scalar] {
        var values = [base]
        if firstMark != 0 { values.append(firstMark) }
        if secondMark != 0 { values.append(secondMark) }
        return values.compactMap { Unicode.Scalar($0) }
    }

    /// The character without its marks.
    package var scalar: Unicode.Scalar { Unicode.Scalar(base) ?? " " }

    /// Whether it is its base alone.
    package var isSimple: Bool { firstMark == 0 }

    /// Its text.
    package var text: String {
        if isSimple { return String(scalar) }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    /// It with one more mark; a third is left out, which costs a decoration and never a letter.
    func adding(mark: Unicode.Scalar) -> Glyph {
        if firstMark == 0 { return Glyph(base: base, firstMark: mark.value, secondMark: 0) }
        if secondMark == 0 { return Glyph(base: base, firstMark: firstMark, secondMark: mark.value) }
        return self
    }
}

/// One cell of a screen.
package struct Cell: Hashable, Sendable {
    package let glyph: Glyph
    /// 1, or 2 for a glyph that reaches into the next cell, which then has 0.
    package let width: UInt8
    package var style: Style

    init(glyph: Glyph, width: UInt8, style: Style) {
        self.glyph = glyph
        self.width = width
        self.style = style
    }

    /// A space in a style.
    package static func blank(_ style: Style = Style()) -> Cell { Cell(glyph: .blank, width: 1, style: style) }

    /// The right half of a wide glyph.
    static func continuation(_ style: Style) -> Cell { Cell(glyph: .blank, width: 0, style: style) }

    /// What it shows; empty for the right half of a wide glyph.
    package var text: String { width == 0 ? "" : glyph.text }
}
