import StrettoCore
import Testing

@testable import StrettoBoard

/// How the screens look beyond their text: which style each cell has, and what each theme makes of every style.
///
/// The two together stand for every view in every theme: a view knows styles only, and a theme knows nothing of views.
@Suite struct LegendTests {
    static let sizes = [(120, 40), (80, 24), (40, 12)]

    static let cases = ScreenTests.Screen.allCases.flatMap { screen in
        sizes.map { ScreenTests.Case(screen: screen, columns: $0.0, rows: $0.1) }
    }

    @Test(arguments: cases)
    func `every cell of every screen has the style that was accepted`(_ test: ScreenTests.Case) throws {
        var legend = StyleLegend()
        let frame = ScreenTests.state(for: test).frame()
        let lines = (0..<frame.size.rows).map { row in legend.marks(of: frame.cells(inRow: row)) }

        try Golden.check(lines + [""] + legend.lines, named: test.name + "-styles")
    }

    @Test(arguments: ThemeTests.names)
    func `every style looks in every theme and depth as it was accepted`(theme: String) throws {
        let theme = Theme.builtIn(theme)
        var lines = [theme.name]
        for depth in ColorDepth.allCases {
            lines += ["", "\(depth)"]
            for role in Role.allCases {
                for ground in [nil, Role.select] {
                    let look = theme.appearance(of: Style(role, ground: ground), at: depth)
                    let what = role.rawValue + (ground.map { " on \($0.rawValue)" } ?? "")
                    let words = [Self.text(look.foreground), Self.text(look.background)] + look.emphasis.names
                    lines.append("  " + Width.pad(what, columns: 24) + words.joined(separator: "  "))
                }
            }
        }
        try Golden.check(lines, named: "colors-" + theme.name.lowercased().replacing(" ", with: "-"))
    }

    private static func text(_ color: TextColor?) -> String {
        switch color {
        case nil: "-"
        case .indexed(let index): "\(index)"
        case .rgb(let red, let green, let blue):
            "#"
                + [red, green, blue].map { byte in
                    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
                }
                .joined()
        }
    }

    static let asciiCases = ScreenTests.Screen.allCases.flatMap { screen in
        ScreenTests.sizes.map { ScreenTests.Case(screen: screen, columns: $0.0, rows: $0.1) }
    }

    @Test(arguments: asciiCases)
    func `with ASCII every screen is the same but for its glyphs`(_ test: ScreenTests.Case) {
        var other = test
        other.isASCII = true
        let (unicode, ascii) = (ScreenTests.state(for: test).frame(), ScreenTests.state(for: other).frame())
        // A key's name can be longer in letters than as an arrow, and moves what follows it.
        let rows = (0..<unicode.size.rows).filter { row in
            !unicode.cells(inRow: row).contains { "↵↑↓←→".contains($0.text) }
        }

        for row in rows {
            for (old, new) in zip(unicode.cells(inRow: row), ascii.cells(inRow: row)) {
                #expect(old.style == new.style, "row \(row)")
                if old.glyph.scalar.isASCII { #expect(old.glyph == new.glyph, "row \(row): \(old.text) \(new.text)") }
            }
        }
    }
}

/// Letters for the styles of a frame.
struct StyleLegend {
    private var letters: [Style: Character] = [Style(): " "]
    private(set) var lines: [String] = []
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

    /// A row as one letter a cell, without the plain ones at its end.
    mutating func marks(of cells: ArraySlice<Cell>) -> String {
        var marks = ""
        for cell in cells { marks.append(letter(of: cell.style)) }
        while marks.last == " " { marks.removeLast() }
        return marks
    }

    private mutating func letter(of style: Style) -> Character {
        if let letter = letters[style] { return letter }
        let letter = lines.count < Self.alphabet.count ? Self.alphabet[lines.count] : "?"
        letters[style] = letter
        var words = [String(letter), style.role.rawValue]
        if let ground = style.ground { words.append("on \(ground.rawValue)") }
        if !style.emphasis.isEmpty { words.append(style.emphasis.names.joined(separator: " ")) }
        if let color = style.foreground { words.append("\(color)") }
        if let color = style.background { words.append("over \(color)") }
        lines.append(words.joined(separator: " "))
        return letter
    }
}

extension Emphasis {
    /// Its parts by name.
    var names: [String] {
        let names: [(Emphasis, String)] = [
            (.bold, "bold"), (.dim, "dim"), (.italic, "italic"), (.underline, "underline"), (.reverse, "reverse"),
        ]
        return names.filter { contains($0.0) }.map(\.1)
    }
}
