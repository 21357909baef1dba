/// Which side of a diff.
enum DiffSide: Hashable, Sendable { case old, new }

/// Which removed line of a diff became which added one, and which words of the two differ.
///
/// The work is bounded whatever the diff is: beyond the limits lines are not paired, or are paired without their words.
struct DiffWords: Hashable, Sendable {
    /// Removed lines times added lines of one change that are compared with each other.
    private static let pairsMax = 1_024
    /// Words times words of two lines that are compared.
    private static let wordsMax = 20_000
    /// The same for the whole diff.
    private static let wordsTotalMax = 4_000_000
    /// The part of two lines' characters that both must have, in percent, for the one to be a change of the other.
    private static let likenessMin = 45

    /// The partner of each line that has one.
    private(set) var partners: [Int: Int] = [:]
    /// Lines whose unchanged words step back behind the changed ones.
    private(set) var lines: [Int: StyledLine] = [:]
    private var wordsLeft = wordsTotalMax

    init(_ lines: [DiffText.Line]) {
        var start = 0
        while start < lines.count {
            guard lines[start].kind == .removed else {
                start += 1
                continue
            }
            let middle = lines[start...].firstIndex { $0.kind != .removed } ?? lines.count
            let end = lines[middle...].firstIndex { $0.kind != .added } ?? lines.count
            pair(start..<middle, middle..<end, of: lines)
            start = max(end, start + 1)
        }
    }

    private mutating func pair(_ old: Range<Int>, _ new: Range<Int>, of lines: [DiffText.Line]) {
        guard !new.isEmpty, old.count * new.count <= Self.pairsMax else { return }
        let left = old.map { Words(lines[$0].text) }
        let right = new.map { Words(lines[$0].text) }
        for (row, column) in Self.alignment(left, right) {
            let (removed, added) = (old.lowerBound + row, new.lowerBound + column)
            partners[removed] = added
            partners[added] = removed
            guard let (before, after) = differences(left[row], right[column]) else { continue }
            self.lines[removed] = left[row].line(marking: before, as: .del)
            self.lines[added] = right[column].line(marking: after, as: .add)
        }
    }

    /// The pairs that together are most alike, in order and without crossing each other.
    private static func alignment(_ left: [Words], _ right: [Words]) -> [(Int, Int)] {
        let width = right.count + 1
        var best = [Int](repeating: 0, count: (left.count + 1) * width)
        var likeness = [Int](repeating: 0, count: left.count * right.count)
        for row in left.indices.reversed() {
            for column in right.indices.reversed() {
                let value = left[row].likeness(to: right[column])
                likeness[row * right.count + column] = value
                let pairing = value >= likenessMin ? value + best[(row + 1) * width + column + 1] : 0
                best[row * width + column] = max(
                    pairing,
                    best[(row + 1) * width + column],
                    best[row * width + column + 1]
                )
            }
        }
        var pairs: [(Int, Int)] = []
        var (row, column) = (0, 0)
        while row < left.count, column < right.count {
            let value = likeness[row * right.count + column]
            let here = best[row * width + column]
            if value >= likenessMin, here == value + best[(row + 1) * width + column + 1] {
                pairs.append((row, column))
                row += 1
                column += 1
            } else if here == best[(row + 1) * width + column] {
                row += 1
            } else {
                column += 1
            }
        }
        return pairs
    }

    /// Which words of the two lines the other one does not have; nil where telling them apart would tell nothing.
    private mutating func differences(_ left: Words, _ right: Words) -> (old: [Bool], new: [Bool])? {
        let (rows, columns) = (left.words.count, right.words.count)
        let size = rows * columns
        guard size > 0, size <= Self.wordsMax, size <= wordsLeft else { return nil }
        wordsLeft -= size
        let width = columns + 1
        var common = [Int](repeating: 0, count: (rows + 1) * width)
        for row in (0..<rows).reversed() {
            for column in (0..<columns).reversed() {
                let isSame = left.words[row] == right.words[column]
                let below = common[(row + 1) * width + column]
                let beside = common[row * width + column + 1]
                common[row * width + column] =
                    isSame ? left.words[row].count + common[(row + 1) * width + column + 1] : max(below, beside)
            }
        }
        var old = [Bool](repeating: true, count: rows)
        var new = [Bool](repeating: true, count: columns)
        var (row, column) = (0, 0)
        while row < rows, column < columns {
            if left.words[row] == right.words[column] {
                old[row] = false
                new[column] = false
                row += 1
                column += 1
            } else if common[(row + 1) * width + column] >= common[row * width + column + 1] {
                row += 1
            } else {
                column += 1
            }
        }
        let isVisible = left.isVisible(old) || right.isVisible(new)
        return isVisible ? (left.joined(old), right.joined(new)) : nil
    }

    /// A line in words: names, numbers, runs of blanks, and every other character by itself.
    private struct Words {
        let words: [Substring]
        private let text: StyledLine
        /// The words that are not blank, with how often each is there.
        private let counts: [Substring: Int]
        /// Their characters.
        private let size: Int

        init(_ text: StyledLine) {
            self.text = text
            let plain = text.text
            var words: [Substring] = []
            var start = plain.startIndex
            while start < plain.endIndex {
                let kind = Kind(plain[start])
                var end = plain.index(after: start)
                while kind != .other, end < plain.endIndex, Kind(plain[end]) == kind { end = plain.index(after: end) }
                words.append(plain[start..<end])
                start = end
            }
            self.words = words
            let visible = words.filter { $0.first != " " }
            counts = Dictionary(visible.map { ($0, 1) }, uniquingKeysWith: +)
            size = visible.reduce(0) { $0 + $1.count }
        }

        private enum Kind {
            case letters, blanks, other

            init(_ character: Character) {
                self =
                    character == " "
                    ? .blanks : character.isLetter || character.isNumber || character == "_" ? .letters : .other
            }
        }

        /// The part of both lines' characters that both have, in percent.
        func likeness(to other: Words) -> Int {
            guard size + other.size > 0 else { return 100 }
            var shared = 0
            // A sum does not depend on the order in which a dictionary is gone through.
            for (word, count) in counts { shared += word.count * min(count, other.counts[word] ?? 0) }
            return 200 * shared / (size + other.size)
        }

        func isVisible(_ marks: [Bool]) -> Bool { zip(words, marks).contains { $0.first != " " && $1 } }

        /// With the blanks between two marked words marked too: one change, not two.
        func joined(_ marks: [Bool]) -> [Bool] {
            var marks = marks
            for place in marks.indices.dropFirst().dropLast() where words[place].first == " " {
                marks[place] = marks[place - 1] && marks[place + 1]
            }
            return marks
        }

        /// The line with its marked words in a role and the others as plain text; what stands out already stays.
        func line(marking marks: [Bool], as role: Role) -> StyledLine {
            var styles: [Style] = []
            for (word, isMarked) in zip(words, marks) {
                let style = isMarked ? Style(role, emphasis: .bold) : Style.text
                styles += repeatElement(style, count: word.count)
            }
            var line = StyledLine()
            var place = 0
            for run in text.runs {
                for character in run.text {
                    let own = place < styles.count ? styles[place] : nil
                    line.append(String(character), run.style.role == .warn ? run.style : own ?? run.style)
                    place += 1
                }
            }
            return line
        }
    }
}
