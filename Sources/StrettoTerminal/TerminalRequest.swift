/// What a terminal can be asked or told beside frames.
package enum TerminalRequest: Hashable, Sendable {
    /// Whether it can show a frame at once; the answer is the state of mode 2026, where 1 and 2 mean yes.
    case synchronizedUpdates
    /// The colour of its background, for a light or a dark theme.
    case backgroundColor
    /// Where the cursor stands after an ambiguous glyph at the start of the second row: column 2 in the answer means that it is wide.
    ///
    /// Only before the first frame, which paints over it.
    case ambiguousWidth
    case mouse(Bool)
    case bell
    /// The window's title; put back at the end.
    case title(String)
    /// Text for the clipboard (OSC 52), at most 74 KiB of it: more is what terminals refuse.
    case copy(String)
    /// A message of the desktop (OSC 9 and 777).
    case notification(String)

    /// The most text that is sent to the clipboard, in bytes.
    package static let copyBytesMax = 74_994
    private static let textMax = 200

    /// What is sent.
    package var bytes: [UInt8] {
        switch self {
        case .synchronizedUpdates: Array("\u{1B}[?2026$p".utf8)
        case .backgroundColor: Array("\u{1B}]11;?\u{1B}\\".utf8)
        case .ambiguousWidth: Array("\u{1B}7\u{1B}[2;1H●\u{1B}[6n\u{1B}8".utf8)
        case .mouse(true): Array("\u{1B}[?1000h\u{1B}[?1002h\u{1B}[?1006h".utf8)
        case .mouse(false): Array("\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l".utf8)
        case .bell: [7]
        case .title(let text): Array("\u{1B}]2;\(Self.harmless(text))\u{1B}\\".utf8)
        case .copy(let text):
            Array("\u{1B}]52;c;\(Self.base64(Array(text.utf8.prefix(Self.copyBytesMax))))\u{1B}\\".utf8)
        case .notification(let text):
            Array(
                "\u{1B}]9;\(Self.harmless(text))\u{1B}\\\u{1B}]777;notify;Stretto;\(Self.harmless(text))\u{1B}\\".utf8
            )
        }
    }

    /// The text in one short line without anything that a terminal obeys; a semicolon would end a field.
    private static func harmless(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(textMax) {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            guard !isControl, scalar.properties.generalCategory != .format else { continue }
            scalars.append(scalar == ";" ? "," : scalar)
        }
        return String(scalars)
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let value = group.reduce(0) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for place in 0..<4 {
                let isPadding = place > group.count
                text.append(isPadding ? UInt8(ascii: "=") : digits[Int(value >> (18 - 6 * UInt32(place)) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
