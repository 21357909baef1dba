/// A diff laid out for a width: line numbers, marks, and long lines in as many rows as they take, so that nothing is hidden beyond an edge.
struct DiffView: Hashable, Sendable {
    /// Columns before a line's text: its number and its mark.
    static let gutter = 8

    private let diff: DiffText
    /// What ``rows`` are laid out for; 0: not yet.
    private var columns = 0
    private(set) var rows: [StyledLine] = []
    /// The rows where files begin, ascending.
    private(set) var files: [Int] = []
    /// The rows where hunks begin, ascending.
    private(set) var hunks: [Int] = []
    /// For each line of the diff its first row, then the count of rows.
    private var starts: [Int] = [0]

    init(_ text: String, columns: Int) {
        diff = DiffText(text)
        layOut(columns: columns)
    }

    /// Makes the rows fit a width; costs something only where it is another one.
    mutating func layOut(columns: Int) {
        guard columns != self.columns else { return }
        self.columns = columns
        rows = []
        files = []
        hunks = []
        starts = [0]
        for line in diff.lines {
            add(line)
            starts.append(rows.count)
        }
    }

    // MARK: Lines

    /// How many lines the diff has, however many rows they take.
    var lineCount: Int { diff.lines.count }

    /// The rows of a line, the blank one before a file among them.
    func rows(of line: Int) -> Range<Int> { starts[line]..<starts[line + 1] }

    /// The line that a row belongs to, or the nearest one.
    func line(atOrAfter row: Int) -> Int {
        min(starts.firstIndex { $0 >= row } ?? lineCount, max(0, lineCount - 1))
    }

    /// The nearest line in a direction, 1 or -1, that something can be said about; nil where there is none.
    func commentable(from line: Int, by direction: Int) -> Int? {
        var line = line
        while diff.lines.indices.contains(line) {
            if diff.lines[line].number != nil { return line }
            line += direction
        }
        return nil
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

    private mutating func add(_ line: DiffText.Line) {
        switch line.kind {
        case .file:
            if !rows.isEmpty { rows.append(StyledLine()) }
            files.append(rows.count)
            rows += line.text.wrapped(columns: columns)
        case .hunk:
            hunks.append(rows.count)
            add(line.text, after: StyledLine(String(repeating: " ", count: Self.gutter)))
        case .note: add(line.text, after: StyledLine(String(repeating: " ", count: Self.gutter)))
        case .context: add(line.text, after: gutter(line.number, mark: " ", .text))
        case .added: add(line.text, after: gutter(line.number, mark: "+", Style(.add)))
        case .removed: add(line.text, after: gutter(line.number, mark: "-", Style(.del)))
        }
    }

    private mutating func add(_ text: StyledLine, after gutter: StyledLine) {
        var line = gutter
        line.append(text)
        if line.width <= columns {
            rows.append(line)
        } else {
            rows += line.wrapped(columns: columns, indent: Self.gutter)
        }
    }

    private func gutter(_ number: Int?, mark: String, _ style: Style) -> StyledLine {
        let number = number.map { "\($0)" } ?? ""
        var line = StyledLine(Width.pad(number, columns: Self.gutter - 3, alignment: .trailing) + " ", .dim)
        line.append(mark + " ", style)
        return line
    }
}
