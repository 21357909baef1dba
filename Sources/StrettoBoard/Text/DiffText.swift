/// A unified diff as lines with meanings, ready to be shown to somebody who has to trust what is seen.
package struct DiffText: Hashable, Sendable {
    /// One line of a diff.
    package struct Line: Hashable, Sendable {
        /// What the line is.
        package enum Kind: Hashable, Sendable {
            /// `diff --git`, and the names of the two sides.
            case file
            /// What git says about the file beside its text: modes, renames, object names.
            case note
            case hunk
            case context, added, removed
        }

        package let kind: Kind
        /// The number in the old file, from 1; absent where the line is not in it.
        package let oldNumber: Int?
        /// The number in the new file, from 1; absent where the line is not in it.
        package let newNumber: Int?
        /// The line with its `+`, `-` or blank, without numbers.
        package let text: StyledLine
    }

    /// The most that is shown of one line, in characters.
    package static let lineCharactersMax = 2_000

    package private(set) var lines: [Line] = []
    /// Where each file begins, as indices of ``lines``.
    package private(set) var fileStarts: [Int] = []
    /// Where each hunk begins, as indices of ``lines``.
    package private(set) var hunkStarts: [Int] = []
    package private(set) var addedCount = 0
    package private(set) var removedCount = 0

    private var oldNumber = 0
    private var newNumber = 0
    /// How many lines the hunk still has on each side: only while there are some, `--- x` is a removed line and no file.
    private var oldLeft = 0
    private var newLeft = 0

    /// Reads a diff as git prints it, without colours; text that is none becomes notes.
    package init(_ text: String) {
        // A carriage return belongs to its line and is shown, so only line feeds divide.
        var rest = text.utf8[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
            add(Substring(rest[..<end]))
            rest = end < rest.endIndex ? rest[rest.index(after: end)...] : rest[rest.endIndex...]
        }
    }

    private mutating func add(_ line: Substring) {
        if oldLeft > 0 || newLeft > 0 {
            addInHunk(line)
        } else if line.utf8.starts(with: "@@ ".utf8), let ranges = Self.ranges(line) {
            (oldNumber, oldLeft, newNumber, newLeft) = ranges
            hunkStarts.append(lines.count)
            append(.hunk, line, Style(.hunk))
        } else if line.utf8.starts(with: "diff ".utf8) {
            fileStarts.append(lines.count)
            append(.file, line, Style(.heading))
        } else if line.utf8.starts(with: "--- ".utf8) || line.utf8.starts(with: "+++ ".utf8) {
            append(.file, line, Style(.heading))
        } else {
            append(.note, line, Style(.dim))
        }
    }

    private mutating func addInHunk(_ line: Substring) {
        switch line.utf8.first {
        case UInt8(ascii: "+"):
            append(.added, line, Style(.add), new: newNumber)
            addedCount += 1
            newNumber += 1
            newLeft -= 1
        case UInt8(ascii: "-"):
            append(.removed, line, Style(.del), old: oldNumber)
            removedCount += 1
            oldNumber += 1
            oldLeft -= 1
        case UInt8(ascii: "\\"):
            append(.note, line, Style(.dim))
        default:
            append(.context, line, Style(.text), old: oldNumber, new: newNumber)
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
        old: Int? = nil,
        new: Int? = nil
    ) {
        let isCut = text.unicodeScalars.count > Self.lineCharactersMax
        let shown = isCut ? Substring(text.unicodeScalars.prefix(Self.lineCharactersMax)) : text
        // The mark at the start is no part of the line's own columns.
        var styled = VisibleText.line(
            shown.unicodeScalars.isEmpty ? " " : shown,
            style: style,
            column: isMarked(kind) ? 7 : 0
        )
        if isCut {
            let count = text.unicodeScalars.count - Self.lineCharactersMax
            styled.append(" … \(count) more characters", Style(.warn))
        }
        lines.append(Line(kind: kind, oldNumber: old, newNumber: new, text: styled))
    }

    private func isMarked(_ kind: Line.Kind) -> Bool {
        switch kind {
        case .context, .added, .removed: true
        case .file, .note, .hunk: false
        }
    }

    /// The numbers of `@@ -12,3 +14,5 @@`: a count that is left out is 1.
    private static func ranges(_ line: Substring) -> (old: Int, oldCount: Int, new: Int, newCount: Int)? {
        let words = line.split(separator: " ", maxSplits: 4)
        guard words.count >= 4, words[3].hasPrefix("@@"), words[1].first == "-", words[2].first == "+" else {
            return nil
        }
        func range(_ word: Substring) -> (Int, Int)? {
            let parts = word.dropFirst().split(separator: ",", omittingEmptySubsequences: false)
            guard (1...2).contains(parts.count), let start = Int(parts[0]), start >= 0 else { return nil }
            guard parts.count == 2 else { return (start, 1) }
            // More lines than a machine has memory for are no diff; the sums below stay in range.
            guard let count = Int(parts[1]), count >= 0, count < 1 << 40, start < 1 << 40 else { return nil }
            return (start, count)
        }
        guard let old = range(words[1]), let new = range(words[2]) else { return nil }
        return (old.0, old.1, new.0, new.1)
    }
}
