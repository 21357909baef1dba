/// Where a text occurs in one file's output, kept up to date while the output grows.
///
/// Letters match in either case unless the text has a capital one. Only lines that the window keeps are found.
struct LogSearch: Sendable {
    private let needle: [UInt8]
    private let ignoresCase: Bool
    /// The numbers of the whole lines with a match, in order.
    private(set) var lines: [Int] = []
    /// Lines before this one have been looked at.
    private var seen = 0

    /// A search for a text, which is not empty.
    init(_ text: String) {
        needle = Array(text.utf8)
        ignoresCase = !needle.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }

    /// Looks at what has come, and forgets what has left.
    mutating func update(from window: LogWindow, wholeCount: Int) {
        let numbers = window.lineNumbers
        if let first = lines.first, first < numbers.lowerBound { lines.removeAll { $0 < numbers.lowerBound } }
        for number in max(seen, numbers.lowerBound)..<max(wholeCount, seen, numbers.lowerBound) {
            guard let line = window[number], !ranges(in: line.text).isEmpty else { continue }
            lines.append(number)
        }
        seen = max(seen, wholeCount)
    }

    /// Which of the found lines a line is, counted from 1; nil where it is none.
    func ordinal(of line: Int) -> Int? { lines.firstIndex(of: line).map { $0 + 1 } }

    /// The next found line after one, and whether it lies before it because the search went around.
    func next(after line: Int) -> (line: Int, isAround: Bool)? {
        if let next = lines.first(where: { $0 > line }) { return (next, false) }
        return lines.first.map { ($0, true) }
    }

    /// The found line before one, and whether it lies after it because the search went around.
    func previous(before line: Int) -> (line: Int, isAround: Bool)? {
        if let previous = lines.last(where: { $0 < line }) { return (previous, false) }
        return lines.last.map { ($0, true) }
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
    private func ranges(in text: String) -> [Range<Int>] {
        var text = text
        return text.withUTF8 { bytes in
            var found: [Range<Int>] = []
            var index = 0
            while index + needle.count <= bytes.count {
                if matches(bytes, at: index) {
                    found.append(index..<index + needle.count)
                    index += needle.count
                } else {
                    index += 1
                }
            }
            return found
        }
    }

    private func matches(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        for offset in needle.indices {
            var byte = bytes[index + offset]
            if ignoresCase, byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") { byte |= 0x20 }
            if byte != needle[offset] { return false }
        }
        return true
    }
}
