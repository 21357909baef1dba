/// A screen as a value: what every view draws into, and what tests look at.
///
/// Whatever is written is clipped and never fails. A wide glyph always owns two neighbouring cells of one row: what would cut it in half turns
/// the other half into a blank.
package struct CellBuffer: Hashable, Sendable {
    package let size: Size
    private(set) var cells: [Cell]

    /// A screen of blanks.
    package init(_ size: Size) {
        self.size = size
        cells = Array(repeating: .blank(), count: size.columns * size.rows)
    }

    /// The whole screen.
    package var bounds: Rect { Rect(size) }

    /// The cell at a place; a blank outside of the screen.
    package subscript(column: Int, row: Int) -> Cell {
        bounds.contains(column: column, row: row) ? cells[row * size.columns + column] : .blank()
    }

    /// The cells of one row from left to right.
    package func cells(inRow row: Int) -> ArraySlice<Cell> {
        guard row >= 0, row < size.rows else { return [] }
        return cells[row * size.columns..<(row + 1) * size.columns]
    }

    /// The columns of a row in which another screen of this size shows something else, no wide glyph cut in half; nil: none.
    package func changes(inRow row: Int, since other: CellBuffer) -> Range<Int>? {
        let start = row * size.columns
        let isSame = cells.withUnsafeBytes { new in
            other.cells.withUnsafeBytes { old in
                let bytes = start * MemoryLayout<Cell>.stride..<(start + size.columns) * MemoryLayout<Cell>.stride
                return Self.areEqual(new, old, in: bytes)
            }
        }
        if isSame { return nil }
        var (first, end) = (0, size.columns)
        while first < end, cells[start + first] == other.cells[start + first] { first += 1 }
        while first < end, cells[start + end - 1] == other.cells[start + end - 1] { end -= 1 }
        guard first < end else { return nil }
        while first > 0, cells[start + first].width == 0 || other.cells[start + first].width == 0 { first -= 1 }
        while end < size.columns, cells[start + end].width == 0 || other.cells[start + end].width == 0 { end += 1 }
        return first..<end
    }

    /// Compares memory: equal bytes are equal cells, while equal cells may differ in bytes that mean nothing.
    private static func areEqual(
        _ left: UnsafeRawBufferPointer,
        _ right: UnsafeRawBufferPointer,
        in range: Range<Int>
    ) -> Bool {
        var difference: UInt32 = 0
        for place in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
            difference |=
                left.loadUnaligned(fromByteOffset: place, as: UInt32.self)
                ^ right.loadUnaligned(fromByteOffset: place, as: UInt32.self)
        }
        return difference == 0
    }

    /// Each row as text without the blanks at its end.
    package var lines: [String] {
        (0..<size.rows).map { row in
            var text = ""
            for cell in cells(inRow: row) { text += cell.text }
            while text.last == " " { text.removeLast() }
            return text
        }
    }

    /// Writes one line of text; control characters are shown as pictures of themselves, line breaks and tabs as spaces.
    ///
    /// Nothing outside of `clip` is touched; it is the whole screen when absent.
    /// - Returns: the column after the last one written, also when the clip cut it off.
    @discardableResult
    package mutating func write(
        _ text: String,
        column: Int,
        row: Int,
        style: Style = Style(),
        in clip: Rect? = nil
    ) -> Int {
        let area = bounds.intersection(clip ?? bounds)
        guard row >= area.row, row < area.endRow, column < area.endColumn else { return column }
        return min(write(text, from: column, row: row, style: style, in: area), area.endColumn)
    }

    /// Writes a line of many styles.
    ///
    /// `scrollX` columns are cut off at its left.
    /// - Returns: the column after the last one written.
    @discardableResult
    package mutating func write(
        _ line: StyledLine,
        column: Int,
        row: Int,
        in clip: Rect? = nil,
        scrollX: Int = 0
    ) -> Int {
        let area = bounds.intersection(clip ?? bounds)
        let visible = area.intersection(Rect(column: column, row: row, columns: Size.sideMax, rows: 1))
        guard !visible.isEmpty else { return column }
        var next = column - scrollX
        for run in line.runs {
            guard next < visible.endColumn else { break }
            next = write(run.text, from: next, row: row, style: run.style, in: visible)
        }
        return min(max(next, column), visible.endColumn)
    }

    /// Writes what `area` has room for.
    /// - Returns: the column after the last one written, which may lie before the area or behind it.
    private mutating func write(_ text: String, from column: Int, row: Int, style: Style, in area: Rect) -> Int {
        var next = column
        var text = text
        let isWritten = text.withUTF8 { bytes in
            // What most text is: each byte a glyph of its own.
            var index = 0
            while index < bytes.count, next < area.endColumn {
                let hasMarks = index + 1 < bytes.count && bytes[index + 1] >= 0x80
                guard (0x20..<0x7F).contains(bytes[index]), !hasMarks else { break }
                if next >= area.column {
                    let glyph = Glyph(Unicode.Scalar(bytes[index]))
                    put(glyph, width: 1, column: next, row: row, style: style, in: area)
                }
                next += 1
                index += 1
            }
            guard index < bytes.count, next < area.endColumn else { return true }
            if index > 0 { writeGlyphs(of: String(decoding: bytes[index...], as: UTF8.self), &next, row, style, area) }
            return index > 0
        }
        if !isWritten { writeGlyphs(of: text, &next, row, style, area) }
        return next
    }

    private mutating func writeGlyphs(of text: String, _ next: inout Int, _ row: Int, _ style: Style, _ area: Rect) {
        var glyphs = GlyphIterator(text)
        while next < area.endColumn, let (glyph, width) = glyphs.next() {
            put(glyph, width: width, column: next, row: row, style: style, in: area)
            next += width
        }
    }

    /// Fills an area with one character; one that is not one cell wide becomes a blank.
    package mutating func fill(_ rect: Rect, with character: Character = " ", style: Style = Style()) {
        let area = bounds.intersection(rect)
        guard !area.isEmpty else { return }
        var glyphs = GlyphIterator(String(character))
        var glyph = Glyph.blank
        if let (first, width) = glyphs.next(), width == 1 { glyph = first }
        let cell = Cell(glyph: glyph, width: 1, style: style)
        for row in area.row..<area.endRow {
            let start = row * size.columns
            cutWide(before: start + area.column, row: row)
            cutWide(before: start + area.endColumn, row: row)
            for column in area.column..<area.endColumn { cells[start + column] = cell }
        }
    }

    /// Takes over what another screen shows, from the upper left corner, as far as there is room.
    package mutating func copy(_ other: CellBuffer) {
        let area = bounds.intersection(other.bounds)
        for row in 0..<area.rows {
            for column in 0..<area.columns {
                let cell = other[column, row]
                guard cell.width > 0 else { continue }
                put(cell.glyph, width: Int(cell.width), column: column, row: row, style: cell.style, in: area)
            }
        }
    }

    /// Lays a role's background under what is there: a selection bar, a toast.
    package mutating func restyle(_ rect: Rect, ground: Role) {
        change(rect) { style in
            style.ground = ground
            style.background = nil
        }
    }

    /// Adds emphasis to what is there.
    package mutating func restyle(_ rect: Rect, emphasis: Emphasis) {
        change(rect) { $0.emphasis.formUnion(emphasis) }
    }

    /// Gives everything in the area one meaning, as the dimmed screen behind a dialog has.
    package mutating func restyle(_ rect: Rect, as style: Style) {
        change(rect) { $0 = style }
    }

    private mutating func change(_ rect: Rect, _ body: (inout Style) -> Void) {
        let area = bounds.intersection(rect)
        guard !area.isEmpty else { return }
        for row in area.row..<area.endRow {
            let start = row * size.columns
            for column in area.column..<area.endColumn { body(&cells[start + column].style) }
        }
    }

    /// Puts one glyph where `area` has it; of a wide one at the edge only blanks remain.
    private mutating func put(_ glyph: Glyph, width: Int, column: Int, row: Int, style: Style, in area: Rect) {
        let start = row * size.columns
        if width == 1 {
            guard column >= area.column else { return }
            cutWide(before: start + column, row: row)
            cutWide(before: start + column + 1, row: row)
            cells[start + column] = Cell(glyph: glyph, width: 1, style: style)
        } else if column >= area.column, column + 1 < area.endColumn {
            cutWide(before: start + column, row: row)
            cutWide(before: start + column + 2, row: row)
            cells[start + column] = Cell(glyph: glyph, width: 2, style: style)
            cells[start + column + 1] = .continuation(style)
        } else {
            if column >= area.column { put(.blank, width: 1, column: column, row: row, style: style, in: area) }
            if column + 1 >= area.column, column + 1 < area.endColumn {
                put(.blank, width: 1, column: column + 1, row: row, style: style, in: area)
            }
        }
    }

    /// Where the boundary before `index` runs through a wide glyph, makes blanks of its halves.
    private mutating func cutWide(before index: Int, row: Int) {
        guard index > row * size.columns, index < (row + 1) * size.columns, cells[index].width == 0 else { return }
        cells[index - 1] = .blank(cells[index - 1].style)
        cells[index] = .blank(cells[index].style)
    }
}
