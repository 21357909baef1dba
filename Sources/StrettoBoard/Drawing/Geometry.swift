/// How many cells a screen or a pane has; never less than one in either direction, because terminals report zero.
package struct Size: Hashable, Sendable {
    package let columns: Int
    package let rows: Int

    /// The most cells that a side may have: more than any terminal, little enough that a lying one exhausts nothing.
    package static let sideMax = 2_000

    /// Clamps both sides to the range from 1 to ``sideMax``.
    package init(columns: Int, rows: Int) {
        self.columns = min(max(columns, 1), Self.sideMax)
        self.rows = min(max(rows, 1), Self.sideMax)
    }
}

/// A rectangle of cells, counted from the upper left corner at 0, 0; its sides are never negative.
package struct Rect: Hashable, Sendable {
    package let column: Int
    package let row: Int
    package let columns: Int
    package let rows: Int

    /// Negative sides become 0.
    package init(column: Int, row: Int, columns: Int, rows: Int) {
        self.column = column
        self.row = row
        self.columns = max(columns, 0)
        self.rows = max(rows, 0)
    }

    /// The whole of a screen.
    package init(_ size: Size) { self.init(column: 0, row: 0, columns: size.columns, rows: size.rows) }

    /// Whether it has no cell at all.
    package var isEmpty: Bool { columns == 0 || rows == 0 }

    /// The first column to the right of it.
    package var endColumn: Int { column + columns }

    /// The first row below it.
    package var endRow: Int { row + rows }

    /// Whether the cell lies in it.
    package func contains(column: Int, row: Int) -> Bool {
        column >= self.column && column < endColumn && row >= self.row && row < endRow
    }

    /// The cells that both have; empty, at this rectangle's corner, where there are none.
    package func intersection(_ other: Rect) -> Rect {
        let left = max(column, other.column)
        let top = max(row, other.row)
        let right = min(endColumn, other.endColumn)
        let bottom = min(endRow, other.endRow)
        guard left < right, top < bottom else { return Rect(column: column, row: row, columns: 0, rows: 0) }
        return Rect(column: left, row: top, columns: right - left, rows: bottom - top)
    }

    /// It without a margin; empty where the margins meet.
    package func inset(columns: Int = 0, rows: Int = 0) -> Rect {
        Rect(
            column: column + min(columns, self.columns),
            row: row + min(rows, self.rows),
            columns: self.columns - 2 * columns,
            rows: self.rows - 2 * rows
        )
    }

    /// It without the same margin on all four sides.
    package func inset(by margin: Int) -> Rect { inset(columns: margin, rows: margin) }

    /// A rectangle of the given size in its middle, cut to what it has.
    package func centered(columns: Int, rows: Int) -> Rect {
        let width = min(max(columns, 0), self.columns)
        let height = min(max(rows, 0), self.rows)
        return Rect(
            column: column + (self.columns - width) / 2,
            row: row + (self.rows - height) / 2,
            columns: width,
            rows: height
        )
    }
}

extension Rect {
    /// Its left part, and what remains to the right of it; the two tile it.
    package func leading(columns count: Int) -> (part: Rect, rest: Rect) {
        let width = min(max(count, 0), columns)
        return (
            Rect(column: column, row: row, columns: width, rows: rows),
            Rect(column: column + width, row: row, columns: columns - width, rows: rows)
        )
    }

    /// Its right part, and what remains to the left of it; the two tile it.
    package func trailing(columns count: Int) -> (part: Rect, rest: Rect) {
        let (rest, part) = leading(columns: columns - min(max(count, 0), columns))
        return (part, rest)
    }

    /// Its upper part, and what remains below it; the two tile it.
    package func top(rows count: Int) -> (part: Rect, rest: Rect) {
        let height = min(max(count, 0), rows)
        return (
            Rect(column: column, row: row, columns: columns, rows: height),
            Rect(column: column, row: row + height, columns: columns, rows: rows - height)
        )
    }

    /// Its lower part, and what remains above it; the two tile it.
    package func bottom(rows count: Int) -> (part: Rect, rest: Rect) {
        let (rest, part) = top(rows: rows - min(max(count, 0), rows))
        return (part, rest)
    }

    /// One of its rows, counted from its own top; empty when it has no such row.
    package func line(_ offset: Int) -> Rect {
        guard offset >= 0, offset < rows else { return Rect(column: column, row: row, columns: 0, rows: 0) }
        return Rect(column: column, row: row + offset, columns: columns, rows: 1)
    }
}
