/// Which part of the screen is where: a pure function of its size and of what wants to be seen.
///
/// The parts tile the screen at every size, without a gap and without an overlap; an empty part is left out.
struct Layout: Hashable, Sendable {
    /// One part of the screen.
    enum Part: Hashable, Sendable {
        /// The only line of a screen too small for anything else.
        case status
        case header
        case progress
        case tasks
        /// An output pane, counted from 0; 0 shows the selected task.
        case output(Int)
        case handoff
        case log
        case gauges
        case events
        case notice
        case footer
        /// A vertical rule, one column wide.
        case divider
        /// A horizontal rule, one row high.
        case rule
        /// Cells that nothing uses.
        case blank
    }

    /// What the state would like to see; the size decides how much of it fits.
    struct Wants: Hashable, Sendable {
        /// Panes that have something to show; at least the selected task's.
        var outputs = 1
        /// HANDOFF.md or the event log, beside the panes or in place of them.
        var side: Side?
        /// Shows `side` only where it fits beside the panes.
        var sideIsOptional = false
        var focus = Focus.tasks
        var isZoomed = false
        /// Whether something is spent, so that there is a rate and a forecast to show.
        var showsSpending = false
    }

    enum Side: Hashable, Sendable { case handoff, log }

    struct Piece: Hashable, Sendable {
        var part: Part
        var rect: Rect
    }

    /// Narrower or lower screens show one pane at a time: there is no room for a tree and a pane beside it.
    static let splitColumnsMin = splitTreeColumnsMin + 1 + paneColumnsMin
    static let splitRowsMin = 15
    private static let splitTreeColumnsMin = 24
    static let treeColumnsMin = 20
    static let treeRowsMin = 6
    /// A pane side by side with others has at least these columns.
    static let paneColumnsMin = 38
    static let paneRowsMin = 10
    /// From here on the pane region is a grid; below, the main pane keeps the whole width.
    static let gridColumnsMin = 96
    static let sideColumnsMin = 170

    private(set) var pieces: [Piece] = []

    init(size: Size, wants: Wants) {
        let whole = Rect(size)
        guard size.columns >= Self.treeColumnsMin, size.rows >= Self.treeRowsMin else {
            add(.status, whole.top(rows: 1).part)
            add(.blank, whole.top(rows: 1).rest)
            return
        }
        if size.columns < Self.splitColumnsMin || size.rows < Self.splitRowsMin {
            placeSingle(in: whole, wants: wants)
        } else {
            placeSplit(in: whole, wants: wants)
        }
    }

    /// Where a part is; nil where it does not fit.
    func rect(of part: Part) -> Rect? { pieces.first { $0.part == part }?.rect }

    /// The part under a cell.
    func part(column: Int, row: Int) -> Part? {
        pieces.first { $0.rect.contains(column: column, row: row) }?.part
    }

    /// How many output panes there are.
    var outputCount: Int {
        pieces.count {
            if case .output = $0.part { true } else { false }
        }
    }

    /// What can have the focus, in the order of Tab; one pane at a time on a small screen, but all can be reached.
    static func stops(outputs: Int, side: Side?) -> [Focus] {
        [.tasks] + (0..<max(0, outputs)).map { .output($0) } + (side.map { [.side($0)] } ?? [])
    }

    private mutating func add(_ part: Part, _ rect: Rect) {
        if rect.columns > 0, rect.rows > 0 { pieces.append(Piece(part: part, rect: rect)) }
    }

    private mutating func placeSingle(in whole: Rect, wants: Wants) {
        let (header, footer): (Int, Int) =
            switch whole.rows {
            case ..<8: (1, 0)
            case ..<10: (1, 1)
            default: (2, 2)
            }
        add(.header, whole.top(rows: 1).part)
        if header == 2 { add(.progress, whole.top(rows: 1).rest.top(rows: 1).part) }
        let body = whole.top(rows: header).rest.top(rows: whole.rows - header - footer).part
        switch wants.focus {
        case .tasks: add(.tasks, body)
        case .output(let index): add(.output(index), body)
        case .side(.handoff): add(.handoff, body)
        case .side(.log): add(.log, body)
        }
        let foot = whole.top(rows: whole.rows - footer).rest
        if footer == 2 { add(.notice, foot.top(rows: 1).part) }
        add(.footer, foot.top(rows: footer - 1).rest)
    }

    private mutating func placeSplit(in whole: Rect, wants: Wants) {
        add(.header, whole.top(rows: 1).part)
        add(.progress, whole.top(rows: 1).rest.top(rows: 1).part)
        let isBlock = whole.columns >= 150 && whole.rows >= 40
        let gauges = Self.gaugeRows(of: whole, isBlock: isBlock, showsSpending: wants.showsSpending)
        let footRows = 3 + (gauges > 0 ? gauges + 1 : 0)
        let main = whole.top(rows: 2).rest.top(rows: whole.rows - 2 - footRows).part
        placeMain(in: main, wants: wants)
        var foot = whole.top(rows: whole.rows - footRows).rest
        add(.rule, foot.top(rows: 1).part)
        foot = foot.top(rows: 1).rest
        if gauges > 0 {
            let band = foot.top(rows: gauges).part
            if isBlock {
                let left = (band.columns - 1) * 47 / 100
                add(.gauges, band.leading(columns: left).part)
                add(.divider, band.leading(columns: left).rest.leading(columns: 1).part)
                add(.events, band.leading(columns: left + 1).rest)
            } else {
                add(.gauges, band)
            }
            add(.rule, foot.top(rows: gauges).rest.top(rows: 1).part)
            foot = foot.top(rows: gauges + 1).rest
        }
        add(.notice, foot.top(rows: 1).part)
        add(.footer, foot.top(rows: 1).rest)
    }

    /// A title and a row for each gauge, or one or two lines of them; none on a low screen.
    private static func gaugeRows(of whole: Rect, isBlock: Bool, showsSpending: Bool) -> Int {
        if isBlock { return showsSpending ? 7 : 5 }
        return whole.rows < 30 ? 0 : showsSpending && whole.rows >= 36 ? 2 : 1
    }

    private mutating func placeMain(in main: Rect, wants: Wants) {
        if wants.isZoomed {
            switch wants.focus {
            case .tasks: add(.tasks, main)
            case .output(let index): add(.output(index), main)
            case .side(.handoff): add(.handoff, main)
            case .side(.log): add(.log, main)
            }
            return
        }
        let tree = min(44, max(Self.splitTreeColumnsMin, 31 + (main.columns - 80) * 9 / 40))
        add(.tasks, main.leading(columns: tree).part)
        add(.divider, main.leading(columns: tree).rest.leading(columns: 1).part)
        var region = main.leading(columns: tree + 1).rest
        if let side = wants.side {
            let part: Part = side == .handoff ? .handoff : .log
            if main.columns >= Self.sideColumnsMin {
                let width = region.columns * 35 / 100
                let rest = region.columns - width - 1
                add(part, region.leading(columns: rest + 1).rest)
                add(.divider, region.leading(columns: rest).rest.leading(columns: 1).part)
                region = region.leading(columns: rest).part
            } else if !wants.sideIsOptional {
                add(part, region)
                return
            }
        }
        placeOutputs(in: region, count: max(1, wants.outputs))
    }

    /// One, two, four or eight panes: the main one first, never smaller than the others.
    private mutating func placeOutputs(in region: Rect, count: Int) {
        let across = min(4, max(1, (region.columns + 1) / (Self.paneColumnsMin + 1)))
        let isTall = region.rows >= 2 * Self.paneRowsMin
        guard count > 1, across > 1 || isTall else { return add(.output(0), region) }
        if region.columns < Self.gridColumnsMin {
            guard isTall else { return add(.output(0), region) }
            let top = region.rows * 11 / 20
            add(.output(0), region.top(rows: top).part)
            placeRow(in: region.top(rows: top).rest, from: 1, count: min(across, count - 1))
            return
        }
        let shown = min(count, across * (isTall ? 2 : 1))
        if shown <= 2 || !isTall { return placeRow(in: region, from: 0, count: min(shown, across)) }
        let upper = (shown + 1) / 2
        let top = (region.rows + 1) / 2
        placeRow(in: region.top(rows: top).part, from: 0, count: upper)
        placeRow(in: region.top(rows: top).rest, from: upper, count: shown - upper)
    }

    private mutating func placeRow(in row: Rect, from first: Int, count: Int) {
        var rest = row
        for offset in 0..<count {
            let left = count - offset
            let width = (rest.columns - (left - 1)) / left + ((rest.columns - (left - 1)) % left > 0 ? 1 : 0)
            add(.output(first + offset), rest.leading(columns: width).part)
            rest = rest.leading(columns: width).rest
            if left > 1 {
                add(.divider, rest.leading(columns: 1).part)
                rest = rest.leading(columns: 1).rest
            }
        }
    }
}

/// Which pane the keys go to.
enum Focus: Hashable, Sendable {
    case tasks
    /// Counted from 0; 0 is the selected task's.
    case output(Int)
    case side(Layout.Side)
}
