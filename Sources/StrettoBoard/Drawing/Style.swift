/// What a piece of text means; a theme decides how that looks.
///
/// The raw value is the role's name in a theme file.
package enum Role: String, CaseIterable, Hashable, Sendable {
    case text, dim, rule, accent, select, focus
    case run, ok, review, warn, bad
    case add, del, hunk, heading, code, link
    case gaugeFill = "gauge.fill"
    case gaugeRest = "gauge.rest"
    case gaugeOver = "gauge.over"
    case toast, key, title, backdrop
}

/// How letters stand out beside their colour.
package struct Emphasis: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let bold = Emphasis(rawValue: 1)
    package static let dim = Emphasis(rawValue: 2)
    package static let italic = Emphasis(rawValue: 4)
    package static let underline = Emphasis(rawValue: 8)
    package static let reverse = Emphasis(rawValue: 16)
}

/// A colour that an agent's own output asked for.
package enum TextColor: Hashable, Sendable {
    /// One of the terminal's 256: 0 to 15 are the user's own palette.
    case indexed(UInt8)
    case rgb(UInt8, UInt8, UInt8)
}

/// How a cell is to look, in meanings; only an agent's own colours are colours.
package struct Style: Hashable, Sendable {
    package var role: Role
    /// The role whose background lies under the text, such as the selection's; absent: the screen's own.
    package var ground: Role?
    package var emphasis: Emphasis
    /// Stands before the role's foreground.
    package var foreground: TextColor?
    /// Stands before the ground.
    package var background: TextColor?

    package init(
        _ role: Role = .text,
        ground: Role? = nil,
        emphasis: Emphasis = [],
        foreground: TextColor? = nil,
        background: TextColor? = nil
    ) {
        self.role = role
        self.ground = ground
        self.emphasis = emphasis
        self.foreground = foreground
        self.background = background
    }

    /// It with more emphasis.
    package func with(_ emphasis: Emphasis) -> Style {
        var copy = self
        copy.emphasis.formUnion(emphasis)
        return copy
    }

    /// It on the background of a role.
    package func on(_ ground: Role?) -> Style {
        var copy = self
        copy.ground = ground
        return copy
    }
}

extension Style {
    package static let text = Style(.text)
    package static let dim = Style(.dim)
    package static let rule = Style(.rule)
    package static let accent = Style(.accent)
    package static let heading = Style(.heading)
    package static let key = Style(.key)
    package static let title = Style(.title)
}
