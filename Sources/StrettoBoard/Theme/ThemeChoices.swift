/// The themes that a board can show, the one that it shows, and who decided that.
package struct ThemeChoices: Sendable {
    /// A theme with the name by which it is asked for.
    package struct Choice: Hashable, Sendable {
        package let id: String
        package let theme: Theme

        package init(id: String, theme: Theme) {
            self.id = id
            self.theme = theme
        }
    }

    /// The defaults on dark and on light.
    package static let (dark, light) = ("slate-harbor", "paper-lantern")

    package let all: [Choice]
    /// An index into ``all``.
    package internal(set) var current: Int
    /// Nobody named a theme, so that the terminal's background decides.
    package internal(set) var followsTerminal: Bool
    /// The file in which a theme can be named for good, as people read it.
    package let configurationPath: String

    /// All themes of which the first with the name `current` is shown.
    package init(_ all: [Choice], current: String, followsTerminal: Bool, configurationPath: String) {
        self.all = all
        self.current = all.firstIndex { $0.id == current } ?? 0
        self.followsTerminal = followsTerminal
        self.configurationPath = configurationPath
    }

    /// The theme that is shown; nil where there is none at all.
    package var choice: Choice? { current < all.count ? all[current] : nil }

    /// Takes the terminal's background where that decides.
    /// - Returns: whether another theme is shown now.
    mutating func adopt(background: RGB) -> Bool {
        let id = background.isLight ? Self.light : Self.dark
        guard followsTerminal, let index = all.firstIndex(where: { $0.id == id }), index != current else {
            return false
        }
        current = index
        return true
    }

    /// Whether the terminal is light, by `COLORFGBG` (`15;0`, `0;default;15`); nil where that says nothing.
    package static func isLight(colorFgBg: String?) -> Bool? {
        guard let last = colorFgBg?.split(separator: ";").last, let index = UInt8(last), index < 16 else { return nil }
        return index == 7 || index > 8
    }
}
