import FoundationEssentials
import Glibc
import StrettoBoard
import StrettoCore
import Testing

@Suite struct ThemeTests {
    static let folder = String(#filePath).split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 } + "/themes/"
    static let names = ["graphite", "meridian", "night-kiln", "paper-lantern", "slate-harbor"]

    private func theme(_ name: String) throws -> Theme {
        try Theme.parse(String(contentsOfFile: Self.folder + name + ".yaml", encoding: .utf8))
    }

    @Test func `every theme file is tested here`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder).sorted()

        #expect(files == Self.names.map { $0 + ".yaml" })
    }

    @Test func `the theme in the program is the one in its file`() throws {
        #expect(try String(contentsOfFile: Self.folder + "slate-harbor.yaml", encoding: .utf8) == Theme.slateHarborText)
        #expect(Theme.slateHarbor.name == "Slate Harbor")
    }

    /// The contrast of two colours as WCAG 2 counts it.
    private func contrast(_ left: RGB, _ right: RGB) -> Double {
        func luminance(_ color: RGB) -> Double {
            func linear(_ byte: UInt8) -> Double {
                let value = Double(byte) / 255
                return value <= 0.03928 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
        }
        let (low, high) = (min(luminance(left), luminance(right)), max(luminance(left), luminance(right)))
        return (high + 0.05) / (low + 0.05)
    }

    private func rgb(_ color: TextColor?) -> RGB? {
        switch color {
        case .rgb(let red, let green, let blue): RGB(red, green, blue)
        case .indexed(let index): RGB(index: index)
        case nil: nil
        }
    }

    /// Lines and bars are no text, and a backdrop is meant to step back.
    static let textRoles = Role.allCases.filter {
        ![.rule, .gaugeFill, .gaugeRest, .gaugeOver, .backdrop].contains($0)
    }

    @Test(arguments: names, [ColorDepth.truecolor, .colors256])
    func `every role that carries text is readable on every ground`(name: String, depth: ColorDepth) throws {
        let theme = try theme(name)

        for role in Self.textRoles {
            let look = theme.appearance(of: Style(role), at: depth)
            let contrast = contrast(try #require(rgb(look.foreground)), try #require(rgb(look.background)))
            #expect(contrast >= 4.5, "\(role) has \(contrast)")
        }
        for role in [Role.text, .title, .accent, .focus, .key] {
            for ground in [Role.select, .toast] {
                let look = theme.appearance(of: Style(role, ground: ground), at: depth)
                let contrast = contrast(try #require(rgb(look.foreground)), try #require(rgb(look.background)))
                #expect(contrast >= 4.5, "\(role) on \(ground) has \(contrast)")
            }
        }
    }

    @Test(arguments: names)
    func `a selection is seen at every depth`(name: String) throws {
        let theme = try theme(name)

        for depth in ColorDepth.allCases {
            let plain = theme.appearance(of: Style(.text), at: depth)
            let selected = theme.appearance(of: Style(.text, ground: .select), at: depth)
            #expect(plain != selected, "\(depth)")
        }
    }

    @Test func `without colour no colour is painted, an agent's own neither`() throws {
        for name in Self.names {
            let theme = try theme(name)
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
        let error = #expect(throws: ThemeError.self) { try Theme.parse(text) }

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
