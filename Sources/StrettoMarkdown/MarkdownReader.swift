internal import CCMarkGFM
package import StrettoBoard

/// Reads markdown as GitHub does, by cmark-gfm: headings, lists, tasks, tables, quotes, code, emphasis, links.
///
/// Bare addresses stay text. HTML is shown as it was written: what people cannot see, agents would read all the same.
package enum MarkdownReader {
    /// The most text that is read, in bytes.
    package static let bytesMax = 1 << 18
    /// The most `[` that are read: the library's work grows with the square of some that never close.
    package static let bracketsMax = 8_192
    /// The most cells of all tables, filled up as the widest line asks; beyond, tables stay as they were written.
    package static let cellsMax = 200_000
    /// How deep lists and quotes may lie in each other.
    package static let depthMax = 12

    /// The text as a value; what is beyond a limit is told in it.
    package static func read(_ text: String) -> Markdown {
        registered
        let bytes = Array(text.utf8)
        let length = readableLength(of: bytes)
        let hasTables = cellCount(of: bytes[..<length]) <= cellsMax
        var markdown = unsafe bytes.withUnsafeBytes { bytes in
            unsafe Tree(bytes.baseAddress, length: length, hasTables: hasTables).markdown()
        }
        markdown.unreadBytes = bytes.count - length
        return markdown
    }

    /// Once for the program: the library keeps a list of its own.
    private static let registered: Void = cmark_gfm_core_extensions_ensure_registered()

    /// How many bytes are within the limits, up to the end of a character.
    private static func readableLength(of bytes: [UInt8]) -> Int {
        var bracketCount = 0
        var length = min(bytes.count, bytesMax)
        for index in 0..<length where bytes[index] == UInt8(ascii: "[") {
            bracketCount += 1
            if bracketCount > bracketsMax {
                length = index
                break
            }
        }
        while length < bytes.count, length > 0, bytes[length] & 0xC0 == 0x80 { length -= 1 }
        return length
    }

    /// The cells that tables could be filled up to: every line as wide as the widest.
    private static func cellCount(of bytes: ArraySlice<UInt8>) -> Int {
        var (lineCount, widest, width) = (1, 1, 1)
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                lineCount += 1
                width = 1
            } else if byte == UInt8(ascii: "|") {
                width += 1
                widest = max(widest, width)
            }
        }
        return widest > 1 ? lineCount * widest : 0
    }
}
