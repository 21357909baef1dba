/// A place in a plan file as editors show it: line and column, both counted from 1.
///
/// Columns count Unicode code points (a tab is one, and so is each part of a composed emoji), which is what most
/// editors and compilers agree on. A line ends with LF, CR LF or CR. A byte-order mark takes no column.
package struct Position: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Counted from 1.
    package let line: Int
    /// Counted from 1, in code points.
    package let column: Int

    /// The place in a line, both counted from 1.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The first character of the file.
    package static let start = Position(line: 1, column: 1)

    /// `7:14`, as compilers write it.
    package var description: String { "\(line):\(column)" }

    /// Earlier in the file.
    package static func < (left: Position, right: Position) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A range of bytes of a plan file, in offsets from its very first byte (a byte-order mark counts).
package struct ByteSpan: Hashable, Sendable {
    /// The first byte of the span.
    package let lower: Int
    /// The first byte that no longer belongs to the span.
    package let upper: Int

    /// The bytes from `lower` up to, but not including, `upper`.
    package init(lower: Int, upper: Int) {
        self.lower = lower
        self.upper = upper
    }
}
