/// Text in which nothing hides: characters that reorder, vanish or command are spelled out.
enum VisibleText {
    /// The text in one style; each treacherous character stands as `<U+202E>` in the style of a warning.
    ///
    /// Tabs become blanks up to the next multiple of eight, counted from `column`.
    static func line(_ text: some StringProtocol, style: Style, column: Int = 0) -> StyledLine {
        var line = StyledLine()
        var plain = String.UnicodeScalarView()
        var width = column
        func flush(_ line: inout StyledLine) {
            line.append(String(plain), style)
            plain = String.UnicodeScalarView()
        }
        for scalar in text.unicodeScalars {
            if scalar == "\t" {
                if plain.contains(where: { !$0.isASCII }) {
                    flush(&line)
                    width = column + line.width
                }
                let count = 8 - width % 8
                plain.append(contentsOf: repeatElement(" ", count: count))
                width += count
            } else if isTreacherous(scalar) {
                flush(&line)
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let token = "<U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)>"
                line.append(token, Style(.warn, ground: style.ground, emphasis: .reverse))
                width += token.utf8.count
            } else {
                plain.append(scalar)
                width += Width.of(scalar)
            }
        }
        flush(&line)
        return line
    }

    /// Whether a character reorders text, is invisible, or commands a terminal.
    static func isTreacherous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20..<0x7F: false
        case 0x00..<0x20, 0x7F...0x9F, 0xAD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F: true
        case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x3164, 0xFE00...0xFE0E, 0xFEFF, 0xFFA0: true
        case 0xFFF0...0xFFFB, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE0FFF: true
        default: false
        }
    }
}
