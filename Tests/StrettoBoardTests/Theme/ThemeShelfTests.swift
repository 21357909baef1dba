import Testing

@testable import StrettoBoard

/// Themes of users beside the built-in ones, and what they extend.
@Suite struct ThemeShelfTests {
    private func shelf(_ files: (String, String)...) -> ThemeShelf {
        ThemeShelf(own: files.map { (id: $0.0, path: "themes/\($0.0).yaml", text: $0.1) })
    }

    private func color(_ role: Role, of theme: Theme, at depth: ColorDepth = .truecolor) -> TextColor? {
        theme.appearance(of: Style(role), at: depth).foreground
    }

    @Test func `a theme that extends another one says only what is different`() throws {
        let shelf = shelf(
            ("mine", "name: Mine\nextends: slate-harbor\npalette:\n  ok: \"#00FF00\"\nroles:\n  warn: ok bold\n")
        )
        let mine = try shelf.theme("mine")

        #expect(mine.name == "Mine")
        #expect(color(.ok, of: mine) == .rgb(0, 255, 0))
        #expect(color(.warn, of: mine) == .rgb(0, 255, 0))
        #expect(color(.bad, of: mine) == color(.bad, of: .slateHarbor))
        #expect(color(.add, of: mine) == .rgb(0, 255, 0), "what the base paints with the colour changes too")
        #expect(color(.ok, of: mine, at: .colors16) == .indexed(2), "what holds of sixteen colours is kept")
    }

    @Test func `what a base says of 256 colours is about its own palette`() throws {
        let shelf = shelf(
            ("renamed", "name: A\nextends: paper-lantern\n"),
            ("recoloured", "name: B\nextends: paper-lantern\npalette:\n  bad: \"#0000D7\"\n")
        )

        #expect(color(.bad, of: try shelf.theme("renamed"), at: .colors256) == .indexed(124))
        #expect(color(.bad, of: try shelf.theme("recoloured"), at: .colors256) == .indexed(20))
    }

    @Test func `a user's file stands before the built-in theme of its name, and can extend it`() throws {
        let shelf = shelf(("meridian", "name: My Meridian\nextends: meridian\npalette:\n  ok: \"#FFFFFF\"\n"))

        #expect(shelf.entries.filter { $0.id == "meridian" }.count == 1)
        #expect(try shelf.theme("meridian").name == "My Meridian")
        #expect(color(.review, of: try shelf.theme("meridian")) == color(.review, of: .builtIn("meridian")))
    }

    @Test(arguments: [
        ("merdian", "there is no theme 'merdian': did you mean 'meridian'?"),
        ("nothing-like-it", "there is no theme 'nothing-like-it': 'stretto theme' lists them"),
        ("lost", "themes/lost.yaml:2: there is no theme 'slate-habor' to extend: did you mean 'slate-harbor'?"),
        ("broken", "themes/broken.yaml:2: 'fonts' is no part of a theme"),
        ("heir", "themes/broken.yaml:2: 'fonts' is no part of a theme"),
        ("odd", "themes/odd.yaml:4: 'blinking' is neither"),
        ("odd-heir", "themes/odd.yaml:4: 'blinking' is neither"),
        ("egg", "themes/"),
    ])
    func `a theme that cannot be had is told by file, line and way out`(name: String, message: String) {
        let shelf = shelf(
            ("lost", "name: x\nextends: slate-habor\n"),
            ("broken", "name: x\nfonts:\n"),
            ("heir", "name: x\nextends: broken\n"),
            ("odd", "name: x\nextends: slate-harbor\nroles:\n  ok: ok blinking\n"),
            ("odd-heir", "name: x\nextends: odd\n"),
            ("hen", "name: x\nextends: egg\n"),
            ("egg", "name: x\nextends: hen\n")
        )
        let error = #expect(throws: ThemeShelfError.self) { try shelf.theme(name) }

        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }
}

@Suite struct ThemeReportTests {
    @Test func `contrast is counted as WCAG does`() throws {
        #expect(RGB(0, 0, 0).contrast(with: RGB(255, 255, 255)) == 21)
        let slate = try #require(RGB(hex: "#11151C")).contrast(with: try #require(RGB(hex: "#D5DBE5")))
        #expect(abs(slate - 13.1) < 0.05)
    }

    @Test func `roots are those of multiplication`() {
        for step in 1...200 {
            let value = Double(step) / 100
            let (third, fifth) = (Vision.root(value, 3), Vision.root(value, 5))
            #expect(abs(third * third * third - value) < 1e-12)
            #expect(abs(fifth * fifth * fifth * fifth * fifth - value) < 1e-12)
        }
    }

    @Test func `black and white are one apart, to everybody`() {
        for vision in Vision.allCases {
            #expect(abs(vision.distance(RGB(0, 0, 0), RGB(255, 255, 255)) - 1) < 0.001, "\(vision)")
        }
    }

    @Test func `the theme for every colour vision keeps done and failed apart, where the light one cannot`() {
        func least(_ name: String) -> Double {
            ThemeReport(.builtIn(name)).distances.filter { $0.pair == (.ok, .bad) }.map(\.distance).min() ?? 0
        }

        #expect(least("meridian") >= 0.2)
        #expect(least("paper-lantern") < 0.1)
    }

    @Test func `a text that cannot be read is told`() throws {
        let text = "name: Fog\nextends: slate-harbor\npalette:\n  ok: \"#303030\"\n"
        let shelf = ThemeShelf(own: [("fog", "fog.yaml", text)])
        let report = ThemeReport(try shelf.theme("fog"))

        #expect(!report.isReadable)
        #expect(report.lines.contains { $0.hasPrefix("  ok ") && $0.contains("too low") }, "\(report.lines)")
        #expect(report.lines.last?.hasSuffix("below 4.5") == true)
    }

    @Test func `a theme on the terminal's own ground is not judged by it`() throws {
        let text = "name: Open\nextends: slate-harbor\nbackground: none\n"
        let report = ThemeReport(try ThemeShelf(own: [("open", "open.yaml", text)]).theme("open"))

        #expect(report.isReadable)
        #expect(report.lines.contains { $0.contains("the terminal's") })
    }
}
