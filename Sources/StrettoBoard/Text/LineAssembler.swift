/// The line that a log's parser is putting together.
///
/// Nearly every line only grows, so it is kept as bytes; the first overwriting turns it into cells, which can be overwritten again and again at the
/// cost of what is written.
struct LineAssembler: Sendable {
    private var bytes: [UInt8] = []
    private var runs: [(end: Int, style: Style)] = []
    /// A carriage return came last: a line feed makes it the end of a line, anything else overwrites.
    private var isReturned = false
    /// The cells once something was overwritten.
    private var cells: [Cell]?
    private var cursor = 0
    private var utf8 = UTF8Collector()
    /// How far the columns have been counted, for tabs.
    private var counted = (offset: 0, column: 0)

    /// What counts against the limit on a line: bytes, or columns once it is cells.
    var byteCount: Int { cells == nil ? bytes.count : cursor }

    var isEmpty: Bool { cells?.isEmpty ?? bytes.isEmpty }

    /// Whether nothing of the line's past can change what comes.
    var isFresh: Bool { cells == nil && bytes.isEmpty && !utf8.isCollecting }

    /// The line so far.
    var content: StyledLine {
        if let cells { return Self.line(cells) }
        var line: [StyledLine.TextRun] = []
        line.reserveCapacity(runs.count)
        var start = 0
        for run in runs {
            line.append(StyledLine.TextRun(String(decoding: bytes[start..<run.end], as: UTF8.self), run.style))
            start = run.end
        }
        return StyledLine(unchecked: line)
    }

    /// Ends the line and starts the next.
    mutating func finish() -> StyledLine {
        flush()
        let line = content
        clear()
        return line
    }

    mutating func append(_ more: Span<UInt8>, style: Style) {
        guard more.count > 0 else { return }
        if isReturned || cells != nil {
            overwrite(more, style: style)
            return
        }
        more.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        if let last = runs.indices.last, runs[last].style == style {
            runs[last].end = bytes.count
        } else {
            runs.append((bytes.count, style))
        }
    }

    mutating func carriageReturn() {
        flush()
        if cells == nil { isReturned = !bytes.isEmpty } else { cursor = 0 }
    }

    mutating func backspace() {
        flush()
        openCells()
        cursor = max(cursor - 1, 0)
    }

    mutating func tab(style: Style) {
        flush()
        if isReturned || cells != nil {
            openCells()
            cursor += 8 - cursor % 8
            return
        }
        let tail = bytes[counted.offset...]
        let isASCII = tail.allSatisfy { $0 < 0x80 }
        let column = counted.column + (isASCII ? tail.count : Width.of(String(decoding: tail, as: UTF8.self)))
        let blanks = Array(repeating: UInt8(ascii: " "), count: 8 - column % 8)
        append(blanks.span, style: style)
        counted = (bytes.count, column + blanks.count)
    }

    mutating func eraseToEnd() {
        flush()
        if let count = cells?.count {
            if cursor < count { cells?.removeSubrange(cursor...) }
            // Half of a wide glyph remains as a blank.
            if let last = cells?.last, last.width == 2 { cells?[cursor - 1] = .blank(last.style) }
        } else if isReturned {
            clear()
        }
    }

    mutating func eraseAll() {
        flush()
        openCells()
        cells = []
    }

    private mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        runs.removeAll(keepingCapacity: true)
        isReturned = false
        cells = nil
        cursor = 0
        counted = (0, 0)
    }

    /// A character that was broken off shows as U+FFFD.
    private mutating func flush() {
        guard utf8.isCollecting else { return }
        utf8 = UTF8Collector()
        place("\u{FFFD}", style: cells?.last?.style ?? Style())
    }

    private mutating func openCells() {
        guard cells == nil else { return }
        var opened: [Cell] = []
        for run in content.runs {
            var glyphs = GlyphIterator(run.text)
            while let (glyph, width) = glyphs.next() {
                opened.append(Cell(glyph: glyph, width: UInt8(width), style: run.style))
                if width == 2 { opened.append(.continuation(run.style)) }
            }
        }
        cursor = isReturned ? 0 : opened.count
        isReturned = false
        cells = opened
        bytes.removeAll(keepingCapacity: true)
        runs.removeAll(keepingCapacity: true)
    }

    private mutating func overwrite(_ more: Span<UInt8>, style: Style) {
        openCells()
        for index in more.indices {
            var result = utf8.take(more[index])
            if let scalar = result.scalar { place(scalar, style: style) }
            if !result.used {
                result = utf8.take(more[index])
                if let scalar = result.scalar { place(scalar, style: style) }
            }
        }
    }

    private mutating func place(_ scalar: Unicode.Scalar, style: Style) {
        guard var cells else { return }
        // One owner at a time: the array is changed in place.
        self.cells = []
        defer { self.cells = cells }
        var glyphs = GlyphIterator(String(scalar))
        guard let (glyph, width) = glyphs.next() else {
            if cursor > 0, cursor <= cells.count, cells[cursor - 1].width == 1, Width.of(scalar) == 0 {
                let old = cells[cursor - 1]
                cells[cursor - 1] = Cell(glyph: old.glyph.adding(mark: scalar), width: 1, style: old.style)
            }
            return
        }
        while cells.count < cursor + width { cells.append(.blank()) }
        Self.cut(&cells, before: cursor)
        Self.cut(&cells, before: cursor + width)
        cells[cursor] = Cell(glyph: glyph, width: UInt8(width), style: style)
        if width == 2 { cells[cursor + 1] = .continuation(style) }
        cursor += width
    }

    private static func cut(_ cells: inout [Cell], before index: Int) {
        guard index > 0, index < cells.count, cells[index].width == 0 else { return }
        cells[index - 1] = .blank(cells[index - 1].style)
        cells[index] = .blank(cells[index].style)
    }

    private static func line(_ cells: [Cell]) -> StyledLine {
        var line = StyledLine()
        for cell in cells { line.append(cell.text, cell.style) }
        return line
    }
}
