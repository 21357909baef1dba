/// A terminal's screen as a value: what bytes make of it, for tests and measurements that must not trust the program that wrote them.
///
/// It knows what ncurses writes for terminals of xterm's kind. Everything else is kept in ``strange``, so that a test can say that nothing else came.
package struct TerminalModel: Sendable {
    /// How one cell looks.
    package struct Look: Hashable, Sendable {
        /// The SGR codes 1, 2, 3, 4 and 7 that are on, as bits of that number.
        package var emphasis = 0
        /// 0 to 255 by number; 24-bit colours have 1 << 24 added; nil is the terminal's own.
        package var foreground: Int?
        /// As ``foreground``.
        package var background: Int?

        /// The terminal's own.
        package init() {}
    }

    /// One cell.
    package struct Cell: Hashable, Sendable {
        /// The character with its marks; empty for the right half of a wide one.
        package var text = " "
        package var look = Look()

        /// A blank of a look.
        package init(_ look: Look = Look()) { self.look = look }
    }

    package private(set) var columns: Int
    package private(set) var rows: Int
    /// Row by row.
    var cells: [Cell]
    var column = 0
    var row = 0
    /// The last column has been written, and the next character goes to the next row.
    var wrapsNext = false
    var look = Look()
    var saved: (column: Int, row: Int) = (0, 0)
    var top = 0
    var bottom: Int
    var wraps = true
    var inserts = false
    /// The screen below the one for full-screen programs, while that one is shown.
    var below: [Cell]?
    /// Private modes that are on, such as 1000 for the mouse.
    package internal(set) var modes: Set<Int> = [7, 25]
    /// What no terminal of this kind was expected to get, at most ``strangeMax`` of it.
    package internal(set) var strange: [String] = []
    /// The window's title.
    package internal(set) var title = ""
    /// How many bells rang.
    package internal(set) var bellCount = 0
    /// What was asked for, as it was written: a test may answer.
    package internal(set) var questions: [String] = []
    var lastText = " "
    private var input = TerminalInput()
    private let width: @Sendable (Unicode.Scalar) -> Int

    private static let strangeMax = 100

    /// A blank screen; `width` tells how many cells a character takes.
    package init(columns: Int, rows: Int, width: @escaping @Sendable (Unicode.Scalar) -> Int) {
        self.columns = max(columns, 1)
        self.rows = max(rows, 1)
        self.width = width
        bottom = self.rows - 1
        cells = Array(repeating: Cell(), count: self.columns * self.rows)
    }

    /// Whether a full-screen program is shown.
    package var isAlternate: Bool { below != nil }

    /// One cell; a blank outside.
    package subscript(column: Int, row: Int) -> Cell {
        guard column >= 0, column < columns, row >= 0, row < rows else { return Cell() }
        return cells[row * columns + column]
    }

    /// The text of one row without the blanks at its end.
    package func line(_ row: Int) -> String {
        guard row >= 0, row < rows else { return "" }
        var text = ""
        for cell in cells[row * columns..<(row + 1) * columns] { text += cell.text }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// The text of all rows.
    package var lines: [String] { (0..<rows).map { line($0) } }

    /// Whether a row shows the text.
    package func shows(_ text: String) -> Bool { (0..<rows).contains { line($0).contains(text) } }

    /// Another size: what fits stays where it is.
    package mutating func resize(columns: Int, rows: Int) {
        let old = self
        self.columns = max(columns, 1)
        self.rows = max(rows, 1)
        cells = Array(repeating: Cell(), count: self.columns * self.rows)
        for row in 0..<min(old.rows, self.rows) {
            for column in 0..<min(old.columns, self.columns) {
                cells[row * self.columns + column] = old.cells[row * old.columns + column]
            }
        }
        if below != nil { below = Array(repeating: Cell(), count: self.columns * self.rows) }
        top = 0
        bottom = self.rows - 1
        move(column: column, row: row)
    }

    /// Takes bytes as a terminal does, in any pieces.
    package mutating func feed(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            for event in input.take(byte) { obey(event) }
        }
    }

    mutating func note(_ what: String) {
        if strange.count < Self.strangeMax { strange.append(what) }
    }

    private mutating func obey(_ event: TerminalInput.Event) {
        switch event {
        case .text(let scalar): put(scalar)
        case .control(let byte): control(byte)
        case .escape(let text): escape(text)
        case .sequence(let sequence): obey(sequence)
        case .command(let text): command(text)
        }
    }

    // MARK: Text

    private mutating func put(_ scalar: Unicode.Scalar) {
        let count = width(scalar)
        guard count > 0 else { return mark(scalar) }
        // A glyph that the row has no room for goes to the next one.
        if wrapsNext || (count == 2 && column == columns - 1) {
            if wraps {
                column = 0
                lineFeed()
            }
            wrapsNext = false
        }
        guard column + count <= columns else { return }
        if inserts { shift(by: count) }
        clearWide(at: column)
        if count == 2 { clearWide(at: column + 1) }
        lastText = String(scalar)
        cells[row * columns + column].text = lastText
        cells[row * columns + column].look = look
        if count == 2 {
            cells[row * columns + column + 1].text = ""
            cells[row * columns + column + 1].look = look
        }
        if column + count >= columns {
            column = columns - 1
            wrapsNext = true
        } else {
            column += count
        }
    }

    /// A mark belongs to the character before the cursor.
    private mutating func mark(_ scalar: Unicode.Scalar) {
        var place = wrapsNext ? column : column - 1
        if place > 0, cells[row * columns + place].text.isEmpty { place -= 1 }
        guard place >= 0 else { return }
        cells[row * columns + place].text.unicodeScalars.append(scalar)
    }

    /// What is written over one half of a wide character takes the other half with it.
    private mutating func clearWide(at column: Int) {
        let index = row * columns + column
        if cells[index].text.isEmpty, column > 0 { cells[index - 1].text = " " }
        if column + 1 < columns, cells[index + 1].text.isEmpty { cells[index + 1].text = " " }
    }

    // MARK: Movement

    mutating func move(column: Int, row: Int) {
        self.column = min(max(column, 0), columns - 1)
        self.row = min(max(row, 0), rows - 1)
        wrapsNext = false
    }

    mutating func lineFeed() {
        wrapsNext = false
        if row == bottom { scroll(by: 1, from: top) } else if row < rows - 1 { row += 1 }
    }

    /// Moves the rows of the scrolling region from `first` on; positive numbers move them up.
    mutating func scroll(by count: Int, from first: Int) {
        guard first <= bottom else { return }
        let rowCount = bottom - first + 1
        let count = min(max(count, -rowCount), rowCount)
        let old = cells
        for row in first...bottom {
            let source = row + count
            let isInside = source >= first && source <= bottom
            for column in 0..<columns {
                cells[row * columns + column] = isInside ? old[source * columns + column] : blank
            }
        }
    }

    /// Moves the rest of the row; positive numbers move it to the right.
    mutating func shift(by count: Int) {
        let start = row * columns
        var line = Array(cells[start..<start + columns])
        let blanks = Array(repeating: blank, count: min(abs(count), columns - column))
        if count > 0 {
            line.insert(contentsOf: blanks, at: column)
        } else {
            line.removeSubrange(column..<column + blanks.count)
            line += blanks
        }
        cells.replaceSubrange(start..<start + columns, with: line.prefix(columns))
    }

    /// A blank in the colour of the ground under it.
    var blank: Cell {
        var look = Look()
        look.background = self.look.background
        return Cell(look)
    }
}
