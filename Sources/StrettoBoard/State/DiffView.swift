/// How the two sides of a diff are shown.
enum DiffForm: Hashable, Sendable {
    /// Removed lines above added ones.
    case unified
    /// The old file at the left, the new one at the right.
    case split
}

/// A diff laid out for a width: line numbers, marks, and long lines in as many rows as they take, so that nothing is hidden beyond an edge.
struct DiffView: Hashable, Sendable {
    /// Columns before a line's text: its number and its mark.
    static let gutter = 8
    /// Columns between the two sides.
    private static let gap = 3

    /// Lines of the diff that share rows: one, or two beside each other, the old one first.
    private struct Block: Hashable, Sendable {
        var lines: [Int]
        var rows: Range<Int>
    }

    private struct Shape: Hashable, Sendable {
        var columns: Int
        var form: DiffForm
        var glyphs: Glyphs
        /// What is shown as a match.
        var needle: LogNeedle?
    }

    /// The diff as it came.
    let patch: String

    private let diff: DiffText
    private let words: DiffWords
    /// Added and removed lines of each file, by the line of its heading.
    private let counts: [Int: (added: Int, removed: Int)]
    /// What ``rows`` are laid out for; nil: not yet.
    private var shape: Shape?
    private(set) var rows: [StyledLine] = []
    /// The rows where files begin, ascending.
    private(set) var files: [Int] = []
    /// The rows where hunks begin, ascending.
    private(set) var hunks: [Int] = []
    private var blocks: [Block] = []
    /// For each line of the diff its block.
    private var places: [Int] = []

    init(_ text: String, columns: Int, form: DiffForm = .unified, glyphs: Glyphs = .unicode) {
        patch = text
        diff = DiffText(text)
        words = DiffWords(diff.lines)
        counts = Self.counts(diff.lines)
        layOut(columns: columns, form: form, glyphs: glyphs)
    }

    // Everything else follows from these.
    static func == (left: DiffView, right: DiffView) -> Bool { left.diff == right.diff && left.shape == right.shape }

    func hash(into hasher: inout Hasher) {
        hasher.combine(diff)
        hasher.combine(shape)
    }

    /// Makes the rows fit a width; costs something only where anything of the shape is different.
    mutating func layOut(
        columns: Int,
        form: DiffForm = .unified,
        glyphs: Glyphs = .unicode,
        marking needle: LogNeedle? = nil
    ) {
        let shape = Shape(columns: columns, form: form, glyphs: glyphs, needle: needle)
        guard shape != self.shape else { return }
        self.shape = shape
        rows = []
        files = []
        hunks = []
        blocks = []
        places = Array(repeating: 0, count: diff.lines.count)
        var line = 0
        while line < diff.lines.count {
            let kind = diff.lines[line].kind
            if form == .split, kind == .removed || kind == .added {
                line = addChange(from: line)
            } else {
                add(line)
                line += 1
            }
        }
    }

    // MARK: Lines

    /// How many lines the diff has, however many rows they take.
    var lineCount: Int { diff.lines.count }

    /// The rows of a line, the blank one before a file among them.
    func rows(of line: Int) -> Range<Int> { blocks[places[line]].rows }

    /// The columns of a line's rows: all, or those of its side.
    func columns(of line: Int) -> Range<Int> {
        guard let shape, shape.form == .split else { return 0..<(self.shape?.columns ?? 0) }
        let half = halfColumns
        switch diff.lines[line].kind {
        case .removed: return 0..<half
        case .added: return half + Self.gap..<2 * half + Self.gap
        default: return 0..<shape.columns
        }
    }

    /// The line that a row belongs to, or the nearest one.
    func line(atOrAfter row: Int) -> Int {
        let block = blocks.first { $0.rows.lowerBound >= row } ?? blocks.last
        return block?.lines.first ?? 0
    }

    /// The lines that have a text, their numbers and marks aside.
    func lines(with needle: LogNeedle) -> [Int] { diff.lines.indices.filter { needle.isIn(diff.lines[$0].text.text) } }

    /// A line's text with the words that changed and the matches told apart.
    private func text(of index: Int) -> StyledLine {
        let text = words.lines[index] ?? diff.lines[index].text
        return shape?.needle?.marking(text) ?? text
    }

    /// What a comment on a line is about; nil for headings and notes.
    func place(of line: Int) -> LineComment.Place? {
        guard diff.lines.indices.contains(line), let number = diff.lines[line].number,
            let file = diff.lines[...line].last(where: { $0.kind == .file })
        else { return nil }
        return LineComment.Place(
            path: file.text.text,
            number: number,
            isRemoved: diff.lines[line].kind == .removed,
            text: diff.lines[line].text.text
        )
    }

    /// The path of one of ``files``, by its place among them.
    func path(ofFile index: Int) -> String? {
        let headings = diff.lines.lazy.filter { $0.kind == .file }
        return headings.dropFirst(index).first?.text.text
    }

    // MARK: Blocks

    /// How many groups of lines there are that share rows.
    var blockCount: Int { blocks.count }

    func block(of line: Int) -> Int { places.indices.contains(line) ? places[line] : 0 }
    func rows(ofBlock block: Int) -> Range<Int> { blocks[block].rows }
    func lines(ofBlock block: Int) -> [Int] { blocks[block].lines }

    /// The line of a block that something can be said about, on a side where it has one there.
    func commentable(inBlock block: Int, on side: DiffSide) -> Int? {
        guard blocks.indices.contains(block) else { return nil }
        let lines = blocks[block].lines.filter { diff.lines[$0].number != nil }
        return side == .old ? lines.first : lines.last
    }

    /// The nearest line that something can be said about: first in one direction, then in the other.
    func commentable(nearBlock block: Int, goingDown: Bool, on side: DiffSide) -> Int? {
        let down = block < blockCount ? Array(max(block, 0)..<blockCount) : []
        let up = Array((0..<max(0, min(block, blockCount))).reversed())
        let here = blocks.indices.contains(block) ? [block] : []
        for candidate in goingDown ? down + up : here + up + down {
            if let line = commentable(inBlock: candidate, on: side) { return line }
        }
        return nil
    }

    // MARK: Rows

    private var halfColumns: Int { max(1, ((shape?.columns ?? 0) - Self.gap) / 2) }

    private mutating func close(_ lines: [Int], from start: Int) {
        for line in lines { places[line] = blocks.count }
        blocks.append(Block(lines: lines, rows: start..<rows.count))
    }

    private mutating func add(_ index: Int) {
        let columns = shape?.columns ?? 1
        let line = diff.lines[index]
        let text = text(of: index)
        let start = rows.count
        let indent = StyledLine(String(repeating: " ", count: Self.gutter))
        switch line.kind {
        case .file:
            if !rows.isEmpty { rows.append(StyledLine()) }
            files.append(rows.count)
            rows += heading(of: index).wrapped(columns: columns)
        case .hunk:
            hunks.append(rows.count)
            rows += wrapped(text, after: indent, columns: columns)
        case .note: rows += wrapped(text, after: indent, columns: columns)
        case .context where shape?.form == .split:
            let half = halfColumns
            let old = wrapped(text, after: gutter(line.old, mark: " ", .text), columns: half)
            let new = wrapped(text, after: gutter(line.number, mark: " ", .text), columns: half)
            join(old, new)
        case .context, .added, .removed: rows += code(index, columns: columns)
        }
        close([index], from: start)
    }

    /// Adds a run of removed and of added lines beside each other, and tells where it ends.
    private mutating func addChange(from start: Int) -> Int {
        let lines = diff.lines
        let middle = lines[start...].firstIndex { $0.kind != .removed } ?? lines.count
        let end = lines[middle...].firstIndex { $0.kind != .added } ?? lines.count
        var (old, new) = (start, middle)
        while old < middle || new < end {
            // Lines that became others stand beside those; what lies between them fills up both sides.
            let pair = (old..<middle).first { words.partners[$0] != nil }
            let oldEnd = pair ?? middle
            let newEnd = pair.flatMap { words.partners[$0] } ?? end
            while old < oldEnd || new < newEnd {
                addSides(old < oldEnd ? old : nil, new < newEnd ? new : nil)
                if old < oldEnd { old += 1 }
                if new < newEnd { new += 1 }
            }
            if pair != nil {
                addSides(old, new)
                old += 1
                new += 1
            }
        }
        return end
    }

    private mutating func addSides(_ old: Int?, _ new: Int?) {
        let start = rows.count
        let half = halfColumns
        let left = old.map { code($0, columns: half) } ?? []
        let right = new.map { code($0, columns: half) } ?? []
        join(left, right)
        close([old, new].compactMap { $0 }, from: start)
    }

    /// Puts two columns of rows beside each other.
    private mutating func join(_ left: [StyledLine], _ right: [StyledLine]) {
        let half = halfColumns
        let rule = " \(shape?.glyphs.vertical ?? "|") "
        for index in 0..<max(left.count, right.count) {
            var row = index < left.count ? left[index] : StyledLine()
            row.append(String(repeating: " ", count: max(0, half - row.width)))
            row.append(rule, .rule)
            if index < right.count { row.append(right[index]) }
            rows.append(row)
        }
    }

    /// A line of a file with its number and mark.
    private func code(_ index: Int, columns: Int) -> [StyledLine] {
        let line = diff.lines[index]
        let text = text(of: index)
        switch line.kind {
        case .added: return wrapped(text, after: gutter(line.number, mark: "+", Style(.add)), columns: columns)
        case .removed: return wrapped(text, after: gutter(line.number, mark: "-", Style(.del)), columns: columns)
        default: return wrapped(text, after: gutter(line.number, mark: " ", .text), columns: columns)
        }
    }

    private func heading(of index: Int) -> StyledLine {
        var line = text(of: index)
        guard let (added, removed) = counts[index], added + removed > 0 else { return line }
        line.append("  ")
        if added > 0 { line.append(" +\(added)", Style(.add)) }
        if removed > 0 { line.append(" -\(removed)", Style(.del)) }
        return line
    }

    private static func counts(_ lines: [DiffText.Line]) -> [Int: (added: Int, removed: Int)] {
        var counts: [Int: (added: Int, removed: Int)] = [:]
        var file = -1
        for (index, line) in lines.enumerated() {
            switch line.kind {
            case .file: file = index
            case .added: counts[file, default: (0, 0)].added += 1
            case .removed: counts[file, default: (0, 0)].removed += 1
            default: break
            }
        }
        return counts
    }

    private func wrapped(_ text: StyledLine, after gutter: StyledLine, columns: Int) -> [StyledLine] {
        var line = gutter
        line.append(text)
        return line.width <= columns ? [line] : line.wrapped(columns: columns, indent: Self.gutter)
    }

    private func gutter(_ number: Int?, mark: String, _ style: Style) -> StyledLine {
        let number = number.map { "\($0)" } ?? ""
        var line = StyledLine(Width.pad(number, columns: Self.gutter - 3, alignment: .trailing) + " ", .dim)
        line.append(mark + " ", style)
        return line
    }
}
