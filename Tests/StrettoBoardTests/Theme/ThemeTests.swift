import FoundationEssentials
import Glibc
import StrettoBoard
import StrettoCore
import Testing

@Suite struct ThemeTests {
    static let folder = String(#filePath).split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 } + "/themes/"
    static let names = ["graphite", "meridian", "night-kiln", "paper-lantern", "slate-harbor"]

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: Self.folder + name + ".yaml", encoding: .utf8)
    }

    @Test func `every theme file is in the program, to the byte, and none else`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder).sorted()

        #expect(files == Self.names.map { $0 + ".yaml" })
        #expect(Theme.builtInTexts.map(\.id).sorted() == Self.names)
        for (id, text) in Theme.builtInTexts { #expect(try self.text(id) == text) }
    }

    @Test(arguments: names)
    func `every text of a built-in theme can be read on every ground it stands on`(name: String) {
        let report = ThemeReport(Theme.builtIn(name))

        #expect(report.isReadable, "\(report.lines.joined(separator: "\n"))")
        #expect(report.contrasts.count == 2 * (ThemeReport.textRoles.count + 22))
    }

    @Test func `sixteen colours can be read on white where the theme is for light terminals`() {
        let white = RGB(255, 255, 255)
        for role in ThemeReport.textRoles where role != .toast && role != .select {
            let look = Theme.builtIn("paper-lantern").appearance(of: Style(role), at: .colors16)
            // The terminal's own text colour suits its ground.
            guard let color = look.foreground?.rgb else { continue }
            #expect(color.contrast(with: white) >= ThemeReport.contrastMin, "\(role) \(color)")
        }
    }

    @Test(arguments: names)
    func `a selection is seen at every depth`(name: String) {
        let theme = Theme.builtIn(name)

        for depth in ColorDepth.allCases {
            let plain = theme.appearance(of: Style(.text), at: depth)
            let selected = theme.appearance(of: Style(.text, ground: .select), at: depth)
            #expect(plain != selected, "\(depth)")
        }
    }

    @Test func `without colour no colour is painted, an agent's own neither`() {
        for name in Self.names {
            let theme = Theme.builtIn(name)
            for role in Role.allCases {
                let style = Style(role, ground: .select, foreground: .indexed(1), background: .rgb(1, 2, 3))
                let look = theme.appearance(of: style, at: .mono)
                #expect(look.foreground == nil && look.background == nil)
            }
        }
        #expect(Theme.slateHarbor.appearance(of: Style(.review), at: .mono).emphasis == .reverse)
        #expect(Theme.slateHarbor.appearance(of: Style(.bad), at: .mono).emphasis == [.bold, .underline])
    }

    @Test func `an agent's colours come through at the depth there is`() {
        let style = Style(foreground: .rgb(255, 95, 0), background: .indexed(196))
        let theme = Theme.slateHarbor

        #expect(theme.appearance(of: style, at: .truecolor).foreground == .rgb(255, 95, 0))
        #expect(theme.appearance(of: style, at: .colors256).foreground == .indexed(202))
        #expect(theme.appearance(of: style, at: .colors16).background == .indexed(9))
    }

    @Test func `a colour of the 256 is its own nearest`() {
        for index in UInt8(16)...255 { #expect(RGB(index: RGB(index: index).nearest256) == RGB(index: index)) }
        for index in UInt8(0)...15 { #expect(RGB(index: index).nearest16 == index) }
    }

    @Test(arguments: [
        ("name: x\nbad line\n", "2: expected 'key: value'"),
        ("name: x\nfonts:\n", "2: 'fonts' is no part of a theme"),
        ("name: x\npalette:\n  a: red\n", "3: 'red' is neither a colour"),
        ("name: x\nroles:\n  texd: \"#111111\"\n", "3: 'texd' is no role"),
        ("name: x\nroles:\n  text: \"#111111\"\n  text: \"#111111\"\n", "4: 'text' stands here a second time"),
        ("name: x\nc16:\n  text: 16\n", "3: '16' is neither"),
        ("name: x\npalette:\n  a: \"#111111\"\nroles:\n  text: a blinking\n", "5: 'blinking' is neither"),
        ("roles:\n", "the theme has no name"),
        ("name: x\nbackground: grnd\n", "2: 'grnd' is neither"),
        ("name: x\nroles:\n  text: \"#111111\"\n", "no colours for dim, rule"),
        ("  name: x\n", "1: expected 'key: value'"),
    ])
    func `a broken theme is refused with its line and a way out`(text: String, message: String) {
        let error = #expect(throws: ThemeError.self) { try ThemeFile.parse(text).theme() }

        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }
}

@Suite struct ColorDepthTests {
    static let table: [(ColorChoice, String?, String?, String?, ColorDepth)] = [
        (.auto, "xterm-256color", "truecolor", nil, .truecolor),
        (.auto, "xterm-256color", "", "", .colors256),
        (.auto, "tmux-256color", nil, "1", .mono),
        (.auto, "xterm", nil, nil, .colors16),
        (.auto, "tmux-direct", nil, nil, .truecolor),
        (.auto, "xterm-kitty", nil, nil, .truecolor),
        (.auto, "dumb", "truecolor", nil, .mono),
        (.auto, "vt100", nil, nil, .mono),
        (.auto, nil, nil, nil, .mono),
        (.sixteen, "xterm-256color", "truecolor", "1", .colors16),
        (.never, "xterm-256color", "truecolor", nil, .mono),
    ]

    @Test(arguments: table)
    func `the user's choice comes first, then NO_COLOR, then the terminal`(
        choice: ColorChoice,
        term: String?,
        colorTerm: String?,
        noColor: String?,
        depth: ColorDepth
    ) {
        #expect(ColorDepth.detect(choice: choice, term: term, colorTerm: colorTerm, noColor: noColor) == depth)
    }
}
