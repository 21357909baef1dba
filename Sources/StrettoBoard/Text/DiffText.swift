/// A unified diff as lines with meanings, ready to be shown to somebody who has to trust what is seen.
struct DiffText: Hashable, Sendable {
    /// One line of a diff.
    struct Line: Hashable, Sendable {
        enum Kind: Hashable, Sendable {
            /// A file begins; the text is its path, after a rename the new one.
            case file
            /// What git says about the file beside its text: modes, renames, binary content, a missing newline.
            case note
            /// A hunk begins; the text is the place that git names, and may be empty.
            case hunk
            case context, added, removed
        }

        let kind: Kind
        /// The number in the file that has the line, from 1: the old one for a removed line, else the new one.
        let number: Int?
        /// The number in the old file, from 1; nil for an added line.
        var old: Int?
        /// The line without the mark that a diff begins it with.
        let text: StyledLine
    }

    /// The most that is shown of one line, in characters.
    static let lineCharactersMax = 2_000
    /// What is longer loses its end, and says so.
    static let linesMax = 50_000

    private(set) var lines: [Line] = []

    private var oldNumber = 0
    private var newNumber = 0
    /// How many lines the hunk still has on each side: only while there are some, `--- x` is a removed line and no header.
    private var oldLeft = 0
    private var newLeft = 0

    /// Reads a diff as git prints it, without colours; text that is none becomes notes.
    init(_ text: String) {
        // A carriage return belongs to its line and is shown, so only line feeds divide.
        var rest = text.utf8[...]
        while !rest.isEmpty {
            guard lines.count < Self.linesMax else {
                let text = StyledLine("The rest of this diff is not shown; stretto diff has all of it.", Style(.warn))
                lines.append(Line(kind: .note, number: nil, text: text))
                return
            }
            let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
            add(Substring(rest[..<end]))
            rest = end < rest.endIndex ? rest[rest.index(after: end)...] : rest[rest.endIndex...]
        }
    }

    private mutating func add(_ line: Substring) {
        // A hunk that promised more lines than it has ends where something else begins.
        let isContent = line.utf8.first.map { " +-\\".utf8.contains($0) } ?? true
        if isContent, oldLeft > 0 || newLeft > 0 { return addInHunk(line) }
        (oldLeft, newLeft) = (0, 0)
        if line.utf8.starts(with: "@@ ".utf8), let ranges = Self.ranges(line) {
            (oldNumber, oldLeft, newNumber, newLeft) = ranges
            let words = line.split(separator: " ", maxSplits: 4)
            append(.hunk, words.count > 4 ? words[4] : "", Style(.hunk))
        } else if line.utf8.starts(with: "diff --git ".utf8) {
            append(.file, Self.path(inGitLine: line), Style(.heading, emphasis: .bold))
        } else if !Self.isRepetition(line) {
            append(.note, line.utf8.starts(with: "\\ ".utf8) ? line.dropFirst(2) : line, .dim)
        }
    }

    /// Header lines that say what the path above them has said, or nothing to people.
    private static func isRepetition(_ line: Substring) -> Bool {
        line.isEmpty || ["index ", "--- ", "+++ "].contains { line.utf8.starts(with: $0.utf8) }
    }

    private mutating func addInHunk(_ line: Substring) {
        let content = line.dropFirst()
        switch line.utf8.first {
        case UInt8(ascii: "+"):
            append(.added, content, Style(.add), number: newNumber)
            newNumber += 1
            newLeft -= 1
        case UInt8(ascii: "-"):
            append(.removed, content, Style(.del), number: oldNumber, old: oldNumber)
            oldNumber += 1
            oldLeft -= 1
        case UInt8(ascii: "\\"):
            append(.note, content.drop { $0 == " " }, .dim)
        default:
            append(.context, content, .text, number: newNumber, old: oldNumber)
            oldNumber += 1
            newNumber += 1
            oldLeft -= 1
            newLeft -= 1
        }
    }

    private mutating func append(
        _ kind: Line.Kind,
        _ text: Substring,
        _ style: Style,
        number: Int? = nil,
        old: Int? = nil
    ) {
        let isCut = text.unicodeScalars.count > Self.lineCharactersMax
        let shown = isCut ? Substring(text.unicodeScalars.prefix(Self.lineCharactersMax)) : text
        var styled = VisibleText.line(shown, style: style)
        if isCut {
            let count = text.unicodeScalars.count - Self.lineCharactersMax
            styled.append(" … \(count) more characters", Style(.warn))
        }
        lines.append(Line(kind: kind, number: number, old: old, text: styled))
    }

    /// The new path of `diff --git a/OLD b/NEW`.
    private static func path(inGitLine line: Substring) -> Substring {
        let rest = line.dropFirst("diff --git ".count)
        if let quoted = quotedPath(endingOf: rest) { return quoted.hasPrefix("b/") ? quoted.dropFirst(2) : quoted }
        let characters = Array(rest)
        // Both halves are alike unless the file was renamed, so the middle is the safest place to cut.
        if characters.count % 2 == 1 {
            let middle = characters.count / 2
            let left = characters[..<middle]
            let right = characters[(middle + 1)...]
            if characters[middle] == " ", left.dropFirst(2).elementsEqual(right.dropFirst(2)) {
                return Substring(String(right.dropFirst(2)))
            }
        }
        let last = rest.split(separator: " ").last ?? rest
        let path = last.hasPrefix("b/") ? last.dropFirst(2) : last
        return path.isEmpty ? "?" : path
    }

    /// What the last of git's quoted names says: git quotes names that have control characters, quotes or backslashes.
    private static func quotedPath(endingOf line: Substring) -> Substring? {
        let bytes = Array(line.utf8)
        guard bytes.last == UInt8(ascii: "\""), let start = quotedStart(in: bytes) else { return nil }
        var name: [UInt8] = []
        var place = start + 1
        while place < bytes.count - 1 {
            var byte = bytes[place]
            place += 1
            if byte == UInt8(ascii: "\\"), place < bytes.count - 1 {
                let octal = bytes[place..<min(place + 3, bytes.count - 1)]
                if octal.count == 3, octal.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }) {
                    byte = octal.reduce(0) { $0 &* 8 &+ ($1 - UInt8(ascii: "0")) }
                    place += 3
                } else {
                    byte = escapes[bytes[place]] ?? bytes[place]
                    place += 1
                }
            }
            name.append(byte)
        }
        return Substring(String(decoding: name, as: UTF8.self))
    }

    /// Where the quoted name at the end of a line begins: after a blank, with a quote that no backslash precedes.
    private static func quotedStart(in bytes: [UInt8]) -> Int? {
        bytes.indices.dropLast().last {
            bytes[$0] == UInt8(ascii: "\"") && ($0 == 0 || bytes[$0 - 1] == UInt8(ascii: " "))
        }
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 0x0A, UInt8(ascii: "t"): 0x09, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "a"): 0x07,
        UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "v"): 0x0B,
    ]

    /// The numbers of `@@ -12,3 +14,5 @@`: a count that is left out is 1.
    private static func ranges(_ line: Substring) -> (old: Int, oldCount: Int, new: Int, newCount: Int)? {
        let words = line.split(separator: " ", maxSplits: 4)
        guard words.count >= 4, words[3].hasPrefix("@@"), words[1].first == "-", words[2].first == "+" else {
            return nil
        }
        let sane = 0...(1 << 40)
        func range(_ word: Substring) -> (Int, Int)? {
            let parts = word.dropFirst().split(separator: ",", omittingEmptySubsequences: false)
            guard (1...2).contains(parts.count), let start = Int(parts[0]),
                let count = parts.count == 2 ? Int(parts[1]) : 1
            else { return nil }
            // More lines than a machine has memory for are no diff; the sums stay in range.
            return sane.contains(start) && sane.contains(count) ? (start, count) : nil
        }
        guard let old = range(words[1]), let new = range(words[2]) else { return nil }
        return (old.0, old.1, new.0, new.1)
    }
}
