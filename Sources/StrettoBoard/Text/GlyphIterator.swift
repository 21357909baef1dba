/// Cuts text into what single cells show.
///
/// Variation selectors and joiners vanish; an emoji sequence is drawn as its first emoji, a flag as two letters. Control characters become the
/// pictures that Unicode has for them, tabs and line breaks spaces. So whatever the text is, no cell holds anything that moves a cursor.
struct GlyphIterator: IteratorProtocol {
    private var scalars: String.UnicodeScalarView.Iterator
    private var pending: Unicode.Scalar?

    init(_ text: String) {
        scalars = text.unicodeScalars.makeIterator()
    }

    /// The next glyph and its width, 1 or 2.
    mutating func next() -> (glyph: Glyph, width: Int)? {
        while let scalar = take() {
            if scalar.isASCII {
                var glyph = Glyph(Self.visible(scalar))
                addMarks(to: &glyph, base: scalar, width: 1)
                return (glyph, 1)
            }
            if let letter = Self.flagLetter(scalar) { return (Glyph(letter), 1) }
            if (0x80...0x9F).contains(scalar.value) { return (Glyph("\u{FFFD}"), 1) }
            let width = Width.of(scalar)
            // A mark without a base has nothing to stand on.
            guard width > 0 else { continue }
            var glyph = Glyph(scalar)
            addMarks(to: &glyph, base: scalar, width: width)
            return (glyph, width)
        }
        return nil
    }

    private mutating func take() -> Unicode.Scalar? {
        if let scalar = pending {
            pending = nil
            return scalar
        }
        return scalars.next()
    }

    private mutating func addMarks(to glyph: inout Glyph, base: Unicode.Scalar, width: Int) {
        while let scalar = take() {
            // The fast way out: what follows is nearly always a letter of its own.
            guard scalar.value >= 0x300 else {
                if scalar.value != 0xAD {
                    pending = scalar
                    return
                }
                continue
            }
            if scalar == "\u{200D}" {
                if base.value > 0xFF, base.properties.isEmoji { _ = take() }
            } else if (0x1F3FB...0x1F3FF).contains(scalar.value), width == 2 {
                continue
            } else if Width.of(scalar) > 0 {
                pending = scalar
                return
            } else if Self.isVisibleMark(scalar), glyph.scalar != " " {
                glyph = glyph.adding(mark: scalar)
            }
        }
    }

    private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: " "
        case 0x00..<0x20: Unicode.Scalar(0x2400 + scalar.value) ?? "?"
        case 0x7F: "\u{2421}"
        default: scalar
        }
    }

    private static func flagLetter(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        guard (0x1F1E6...0x1F1FF).contains(scalar.value) else { return nil }
        return Unicode.Scalar(scalar.value - 0x1F1E6 + 0x41)
    }

    private static func isVisibleMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .otherLetter: !scalar.properties.isDefaultIgnorableCodePoint
        default: false
        }
    }
}
