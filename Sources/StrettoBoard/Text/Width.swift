/// How many cells text takes, by a table of our own: the C library's is as old as the machine.
package enum Width {
    /// Text is put at one side of the cells that it gets.
    package enum Alignment: Hashable, Sendable {
        case leading, trailing
    }

    /// 0 for marks and invisible characters, 2 for wide ones, else 1; unknown and private ones count 1.
    package static func of(_ scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        if value < 0x300 { return value == 0xAD ? 0 : 1 }
        if contains(value, in: zeroWidthRanges) { return 0 }
        return value >= 0x1100 && contains(value, in: wideRanges) ? 2 : 1
    }

    /// The cells that a character takes when it is drawn.
    package static func of(_ character: Character) -> Int { of(String(character)) }

    /// The cells that a text takes when it is drawn in one line.
    package static func of(_ text: String) -> Int {
        if let count = plainCount(text) { return count }
        var glyphs = GlyphIterator(text)
        var width = 0
        while let (_, columns) = glyphs.next() { width += columns }
        return width
    }

    /// The text cut to at most `columns` cells; `ellipsis` takes the last of them where something was cut off.
    package static func fit(_ text: String, columns: Int, ellipsis: Character = "…") -> String {
        guard columns > 0 else { return "" }
        if let count = plainCount(text), count <= columns { return text }
        let mark = of(ellipsis)
        var glyphs = GlyphIterator(text)
        var kept = ""
        var width = 0
        // How much still stands when the ellipsis has to come, in bytes.
        var shortened = 0
        while let (glyph, glyphWidth) = glyphs.next() {
            if width + glyphWidth > columns {
                return mark <= columns
                    ? String(decoding: kept.utf8.prefix(shortened), as: UTF8.self) + String(ellipsis) : kept
            }
            if glyph.isSimple { kept.unicodeScalars.append(glyph.scalar) } else { kept += glyph.text }
            width += glyphWidth
            if width + mark <= columns { shortened = kept.utf8.count }
        }
        return kept
    }

    /// How many characters a text has where each of them is one byte and one cell, as nearly all text is; nil for any other text.
    private static func plainCount(_ text: String) -> Int? {
        text.utf8.allSatisfy { 0x20..<0x7F ~= $0 } ? text.utf8.count : nil
    }

    /// The text in exactly `columns` cells: cut as ``fit(_:columns:ellipsis:)`` does, or with spaces added.
    package static func pad(
        _ text: String,
        columns: Int,
        alignment: Alignment = .leading,
        ellipsis: Character = "…"
    ) -> String {
        let fitted = fit(text, columns: columns, ellipsis: ellipsis)
        let space = String(repeating: " ", count: max(0, columns - of(fitted)))
        return alignment == .leading ? fitted + space : space + fitted
    }

    /// Whether one of the ranges, which are sorted and apart, has the value.
    private static func contains(_ value: UInt32, in ranges: [ClosedRange<UInt32>]) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(value)
    }
}
