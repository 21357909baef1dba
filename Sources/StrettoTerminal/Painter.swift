internal import CNcurses
internal import StrettoBoard

/// Turns cells into those of ncurses, row by row where they changed.
struct Painter {
    let theme: Theme
    let depth: ColorDepth
    /// Colours are numbers of 24 bits, not places in a palette.
    let isDirect: Bool
    /// Else only ASCII may be shown.
    let isUTF8: Bool

    /// Attributes and colour pair of a style.
    private struct Paint {
        let attributes: attr_t
        let pair: Int32
        /// A blank in it.
        let blank: cchar_t
    }

    /// How many styles are remembered; agents can ask for more colours than there are pairs.
    private static let stylesMax = 8_192
    private var paints: [Style: Paint] = [:]
    private var painted: CellBuffer?
    private var row: [cchar_t] = []

    init(theme: Theme, depth: ColorDepth, isDirect: Bool, isUTF8: Bool) {
        self.theme = theme
        self.depth = depth
        self.isDirect = isDirect
        self.isUTF8 = isUTF8
    }

    /// Paints every row of the next frame.
    mutating func forget() { painted = nil }

    /// Hands changed rows to ncurses.
    /// - Returns: how many there were.
    mutating func paint(_ buffer: CellBuffer, size: Size) -> Int {
        if paints.count > Self.stylesMax { startOver() }
        var whole = buffer
        if buffer.size != size {
            whole = CellBuffer(size)
            whole.copy(buffer)
        }
        var count = 0
        for number in 0..<size.rows {
            var columns: Range<Int>? = 0..<size.columns
            if let painted, painted.size == size { columns = whole.changes(inRow: number, since: painted) }
            guard let columns else { continue }
            let cells = whole.cells(inRow: number)
            put(cells[cells.startIndex + columns.lowerBound..<cells.startIndex + columns.upperBound], columns, number)
            count += 1
        }
        painted = whole
        return count
    }

    /// Pairs are used up: all are given back, and with them what the screen is made of.
    private mutating func startOver() {
        paints = [:]
        painted = nil
        reset_color_pairs()
        stretto_repaint_all()
    }

    private mutating func put(_ cells: ArraySlice<Cell>, _ columns: Range<Int>, _ number: Int) {
        row.removeAll(keepingCapacity: true)
        var style = Style()
        var paint = paint(of: style)
        for cell in cells where cell.width > 0 {
            if cell.style != style {
                style = cell.style
                paint = self.paint(of: style)
            }
            append(cell, paint)
        }
        unsafe row.withUnsafeBufferPointer { row in
            unsafe stretto_put_row(Int32(number), Int32(columns.lowerBound), row.baseAddress, Int32(row.count))
        }
    }

    private mutating func append(_ cell: Cell, _ paint: Paint) {
        let scalar = cell.glyph.scalar
        if scalar.isASCII, cell.glyph.isSimple {
            row.append(stretto_cell_like(paint.blank, wchar_t(scalar.value)))
            return
        }
        var curses = cchar_t()
        // The C library decides how far ncurses moves; where it disagrees with our table, a stand-in keeps every later cell in its place.
        let isAgreed = isUTF8 && wcwidth(wchar_t(scalar.value)) == Int32(cell.width)
        let scalars = cell.glyph.scalars
        let marks = scalars.dropFirst().filter { wcwidth(wchar_t($0.value)) == 0 }.map { wchar_t($0.value) }
        if isAgreed,
            unsafe stretto_cell(
                &curses,
                wchar_t(scalar.value),
                marks.first ?? 0,
                marks.count > 1 ? marks[1] : 0,
                paint.attributes,
                paint.pair
            )
        {
            row.append(curses)
            return
        }
        _ = unsafe stretto_cell(&curses, isUTF8 ? 0xFFFD : 0x3F, 0, 0, paint.attributes, paint.pair)
        row.append(curses)
        guard cell.width == 2 else { return }
        _ = unsafe stretto_cell(&curses, 0x20, 0, 0, paint.attributes, paint.pair)
        row.append(curses)
    }

    private mutating func paint(of style: Style) -> Paint {
        if let paint = paints[style] { return paint }
        let look = theme.appearance(of: style, at: depth)
        var pair: Int32 = 0
        if depth > .mono {
            let allocated = alloc_pair(number(look.foreground), number(look.background))
            // Without a pair the text is there without its colour; -1 would come out as attributes at random.
            pair = max(allocated, 0)
        }
        let attributes = stretto_attributes(UInt32(look.emphasis.rawValue))
        var blank = cchar_t()
        _ = unsafe stretto_cell(&blank, 0x20, 0, 0, attributes, pair)
        let paint = Paint(attributes: attributes, pair: pair, blank: blank)
        paints[style] = paint
        return paint
    }

    /// A colour as ncurses numbers it here; -1 is the terminal's own.
    private func number(_ color: TextColor?) -> Int32 {
        switch color {
        case nil: return -1
        case .indexed(let index):
            // In a direct description only the first eight are the user's own.
            guard isDirect, index >= 8 else { return Int32(index) }
            let rgb = RGB(index: index)
            return direct(rgb.red, rgb.green, rgb.blue)
        case .rgb(let red, let green, let blue):
            return isDirect ? direct(red, green, blue) : Int32(RGB(red, green, blue).nearest256)
        }
    }

    /// 0 to 7 mean the palette, so the blacks there are one shade of blue lighter.
    private func direct(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Int32 {
        max(Int32(red) << 16 | Int32(green) << 8 | Int32(blue), 8)
    }
}
