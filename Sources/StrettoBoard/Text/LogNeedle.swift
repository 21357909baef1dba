/// A text that is looked for in a log.
///
/// Bytes are compared. ASCII letters match in either case unless the text has a capital one of them; other letters match as they are.
package struct LogNeedle: Hashable, Sendable {
    /// What was typed.
    package let text: String
    /// As it is compared, in small letters where ``ignoresCase``.
    package let bytes: [UInt8]
    /// Whether the letters of a line are made small before they are compared.
    package let ignoresCase: Bool

    /// A text to look for; nil for an empty one.
    package init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        self.text = text
        bytes = Array(text.utf8)
        ignoresCase = !bytes.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }

    /// Whether a text has it.
    package func isIn(_ text: String) -> Bool { !ranges(in: text, countMax: 1).isEmpty }

    /// Where in a text's UTF-8 the matches begin.
    func starts(in text: String) -> [Int] { ranges(in: text).map(\.lowerBound) }

    /// The cells of the first match in a line; nil without one.
    func firstColumns(in line: StyledLine) -> Range<Int>? {
        guard let range = ranges(in: line.text, countMax: 1).first else { return nil }
        let bytes = Array(line.text.utf8)
        func columns(to end: Int) -> Int { Width.of(String(decoding: bytes[..<end], as: UTF8.self)) }
        return columns(to: range.lowerBound)..<columns(to: range.upperBound)
    }

    /// The line with its matches reversed.
    func marking(_ line: StyledLine) -> StyledLine {
        let found = ranges(in: line.text)
        guard !found.isEmpty else { return line }
        var marked = StyledLine()
        var offset = 0
        for run in line.runs {
            let bytes = Array(run.text.utf8)
            var start = 0
            for range in found where range.upperBound > offset && range.lowerBound < offset + bytes.count {
                let lower = max(start, range.lowerBound - offset)
                let upper = min(bytes.count, range.upperBound - offset)
                marked.append(String(decoding: bytes[start..<lower], as: UTF8.self), run.style)
                marked.append(String(decoding: bytes[lower..<upper], as: UTF8.self), run.style.with(.reverse))
                start = upper
            }
            marked.append(String(decoding: bytes[start...], as: UTF8.self), run.style)
            offset += bytes.count
        }
        return marked
    }

    /// The matches in a text, as ranges of its UTF-8, without overlaps.
    private func ranges(in text: String, countMax: Int = .max) -> [Range<Int>] {
        var text = text
        return text.withUTF8 { shown in
            var found: [Range<Int>] = []
            var index = 0
            while index + bytes.count <= shown.count, found.count < countMax {
                if matches(shown, at: index) {
                    found.append(index..<index + bytes.count)
                    index += bytes.count
                } else {
                    index += 1
                }
            }
            return found
        }
    }

    private func matches(_ shown: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        for offset in bytes.indices {
            var byte = shown[index + offset]
            if ignoresCase, byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") { byte |= 0x20 }
            if byte != bytes[offset] { return false }
        }
        return true
    }
}
