/// How every role looks, at every depth of colour.
package struct Theme: Hashable, Sendable {
    /// A colour of a theme: exact, or one of the terminal's.
    enum Paint: Hashable, Sendable {
        case exact(RGB)
        case indexed(UInt8)
    }

    /// How one role looks at one depth; an absent colour is the terminal's own.
    struct Look: Hashable, Sendable {
        var foreground: Paint?
        var background: Paint?
        var emphasis: Emphasis = []
    }

    /// The name that people see.
    package let name: String
    /// The colour under everything; absent where the terminal keeps its own.
    package let background: RGB?
    private let roles: [Role: Look]
    private let overrides: [ColorDepth: [Role: Look]]

    init(name: String, background: RGB?, roles: [Role: Look], overrides: [ColorDepth: [Role: Look]]) {
        self.name = name
        self.background = background
        self.roles = roles
        self.overrides = overrides
    }

    /// A style as a terminal can paint it.
    package struct Appearance: Hashable, Sendable {
        /// Absent for the terminal's own.
        package var foreground: TextColor?
        /// Absent for the terminal's own.
        package var background: TextColor?
        package var emphasis: Emphasis
    }

    /// How a style looks at a depth.
    ///
    /// Colours of an agent's own come through as they are where the depth has them, else as the nearest one; without colour they are left
    /// out, and emphasis alone tells roles apart.
    package func appearance(of style: Style, at depth: ColorDepth) -> Appearance {
        // What is quiet on the screen's own ground could not be read on a brighter one.
        let isLifted = style.role == .dim && style.ground != nil && depth > .colors16
        let look = look(of: isLifted ? .text : style.role, at: depth)
        let ground = style.ground.map { self.look(of: $0, at: depth) }
        var appearance = Appearance(emphasis: style.emphasis.union(look.emphasis))
        guard depth > .mono else {
            appearance.emphasis.formUnion(ground?.emphasis ?? [])
            return appearance
        }
        if let color = style.foreground {
            appearance.foreground = Self.color(color, at: depth)
        } else {
            appearance.foreground = Self.color(look.foreground, at: depth)
        }
        if let color = style.background {
            appearance.background = Self.color(color, at: depth)
        } else {
            // A role with a ground of its own was chosen against that one.
            let own = look.background ?? ground?.background
            let base = depth > .colors16 ? background.map { Paint.exact($0) } : nil
            appearance.background = Self.color(own ?? base, at: depth)
        }
        // Sixteen colours have none for a quiet background, so a selection is turned around.
        if let ground, ground.emphasis.contains(.reverse) { appearance.emphasis.insert(.reverse) }
        return appearance
    }

    private func look(of role: Role, at depth: ColorDepth) -> Look {
        if let override = overrides[depth]?[role] { return override }
        let look = roles[role] ?? Look()
        switch depth {
        case .truecolor, .colors256: return look
        case .colors16:
            // The terminal's own text colour is the only one that surely differs from its background.
            let foreground = role == .text || look.foreground == roles[.text]?.foreground ? nil : look.foreground
            let turned: Emphasis = look.background == nil ? [] : .reverse
            return Look(foreground: foreground, background: nil, emphasis: look.emphasis.union(turned))
        case .mono: return Look(emphasis: Self.monochrome(role))
        }
    }

    /// The emphasis of a role where there is no colour: what needs somebody is turned around, what failed stands out, what is over steps back.
    private static func monochrome(_ role: Role) -> Emphasis {
        switch role {
        case .select, .review, .toast: .reverse
        case .bad, .gaugeOver, .del: [.bold, .underline]
        case .warn, .accent, .focus, .heading, .title, .key, .gaugeFill, .add: .bold
        case .dim, .rule, .ok, .gaugeRest, .backdrop, .hunk: .dim
        case .link: .underline
        case .text, .run, .code: []
        }
    }

    private static func color(_ paint: Paint?, at depth: ColorDepth) -> TextColor? {
        switch paint {
        case nil: nil
        case .indexed(let index): .indexed(index)
        case .exact(let rgb): color(.rgb(rgb.red, rgb.green, rgb.blue), at: depth)
        }
    }

    private static func color(_ color: TextColor, at depth: ColorDepth) -> TextColor? {
        switch (depth, color) {
        case (.mono, _): nil
        case (.truecolor, _), (.colors256, .indexed): color
        case (.colors256, .rgb(let red, let green, let blue)): .indexed(RGB(red, green, blue).nearest256)
        case (.colors16, .indexed(let index)): .indexed(index < 16 ? index : RGB(index: index).nearest16)
        case (.colors16, .rgb(let red, let green, let blue)): .indexed(RGB(red, green, blue).nearest16)
        }
    }
}
