import StrettoBoard
import TestSupport

/// Screens full of what agents may write, one after another, each a change of the one before.
struct HostileWalk {
    private(set) var size: Size
    private var buffer: CellBuffer
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        size = Size(columns: 80, rows: 24)
        buffer = CellBuffer(size)
    }

    /// Whether every terminal knows all of the characters, so that no stand-in is an excuse.
    static func isKnown(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x20...0x7E, 0xA1...0xAC, 0xAE...0x17F, 0x391...0x3C9, 0x410...0x44F, 0x5D0...0x5EA: true
            case 0x2500...0x259F, 0x3041...0x3096, 0x30A1...0x30FA, 0x4E00...0x9FA5, 0xAC00...0xD7A3: true
            default: false
            }
        }
    }

    /// The next screen, seldom in another size.
    mutating func next() -> CellBuffer {
        if Int.random(in: 0..<10, using: &random) == 0 {
            let columns = Int.random(in: 1...200, using: &random)
            size = Size(columns: columns, rows: Int.random(in: 1...50, using: &random))
            let old = buffer
            buffer = CellBuffer(size)
            buffer.copy(old)
        }
        for _ in 0..<Int.random(in: 1...12, using: &random) { change() }
        return buffer
    }

    private mutating func change() {
        let rect = rect()
        switch Int.random(in: 0..<8, using: &random) {
        case 0: buffer.fill(rect, with: glyphs.randomElement(using: &random) ?? " ", style: style())
        case 1: buffer.restyle(rect, ground: [Role.select, .toast].randomElement(using: &random) ?? .select)
        case 2: buffer.restyle(rect, emphasis: .reverse)
        case 3: scroll(rect)
        default:
            // As a pane does it: bytes become lines, and what sticks out is cut.
            var parser = SGRParser()
            let bytes = output()
            let lines = parser.parse(bytes) + [parser.partialLine]
            for (offset, line) in lines.prefix(rect.rows).enumerated() {
                buffer.fill(Rect(column: rect.column, row: rect.row + offset, columns: rect.columns, rows: 1))
                let cut = Int.random(in: 0..<4, using: &random) == 0 ? 3 : 0
                buffer.write(line, column: rect.column, row: rect.row + offset, in: rect, scrollX: cut)
            }
        }
    }

    /// Moves what is there up by a row, which ncurses may do in ways of its own.
    private mutating func scroll(_ rect: Rect) {
        let old = buffer
        for row in rect.row..<max(rect.row, rect.endRow - 1) where row + 1 < size.rows {
            for column in rect.column..<rect.endColumn {
                let cell = old[column, row + 1]
                guard cell.width > 0 else { continue }
                buffer.write(cell.text, column: column, row: row, style: cell.style, in: rect)
            }
        }
    }

    private mutating func rect() -> Rect {
        let column = Int.random(in: 0..<size.columns, using: &random)
        let row = Int.random(in: 0..<size.rows, using: &random)
        let columns = Int.random(in: 1...max(1, size.columns - column), using: &random)
        return Rect(column: column, row: row, columns: columns, rows: Int.random(in: 1...8, using: &random))
            .intersection(Rect(size))
    }

    private mutating func style() -> Style {
        var style = Style(Role.allCases.randomElement(using: &random) ?? .text)
        if Bool.random(using: &random) { style.foreground = .indexed(UInt8.random(in: 0...255, using: &random)) }
        if Bool.random(using: &random) { style.background = .rgb(UInt8.random(in: 0...255, using: &random), 9, 99) }
        style.emphasis = Emphasis(rawValue: UInt8.random(in: 0..<32, using: &random))
        return style
    }

    private let glyphs: [Character] = [" ", "─", "│", "▌", "x", "漢", "●", "░"]

    private static let pieces = [
        "plain words ", "漢字", "カナ", "한글", "👩‍👩‍👧‍👦", "👍🏽", "🇩🇪", "❤️", "e\u{301}\u{323}\u{308}", "שלום", "العربية\u{651}", "ไทยำ",
        "क्षि", "\u{202E}turned\u{202C}", "\u{200B}\u{FEFF}", "\u{1F9D1}\u{200D}", "\t", "a\rb", "ab\u{8}c", "\u{1B}[31m",
        "\u{1B}[0m",
        "\u{1B}[1;4;48;5;22m", "\u{1B}[7m", "\u{1B}[38;2;9;8;7m", "\u{1B}]0;title\u{7}", "\u{1B}[2J", "\u{1B}[10;10H",
        "\u{9B}5m", "\u{7}",
        "\n", "────", "        ", "ｶﾞ", "\u{115F}\u{1160}\u{11A8}", "\u{E0A0}", "\u{2E3B}", "\u{FDFD}", "\u{AD}",
        "zzzzzzzzzzzzzzzz",
    ]

    private static let ranges: [ClosedRange<UInt32>] = [
        0x0...0xFF, 0x300...0x36F, 0x590...0x6FF, 0x900...0xDFF, 0x1100...0x11FF, 0x2000...0x2BFF, 0x2E80...0x33FF,
        0xA000...0xABFF, 0xFE00...0xFFFF, 0x1F000...0x1FAFF, 0xE0000...0xE01FF, 0x10000...0x10FFFF,
    ]

    private mutating func output() -> [UInt8] {
        var bytes: [UInt8] = []
        if Int.random(in: 0..<8, using: &random) == 0 {
            bytes += Array(repeating: Array("wide 漢".utf8), count: 700).joined()
        }
        for _ in 0..<Int.random(in: 1...30, using: &random) {
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes.append(UInt8.random(in: 0...255, using: &random))
            case 1:
                let range = Self.ranges.randomElement(using: &random) ?? 0x20...0x7E
                let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random))
                bytes += Array(String(scalar ?? "?").utf8)
            default: bytes += Array((Self.pieces.randomElement(using: &random) ?? "").utf8)
            }
        }
        return bytes
    }
}
