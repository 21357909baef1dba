package import StrettoCore

/// How many colours a terminal shows.
package enum ColorDepth: Int, Hashable, Comparable, CaseIterable, Sendable {
    case mono, colors16, colors256, truecolor

    package static func < (left: ColorDepth, right: ColorDepth) -> Bool { left.rawValue < right.rawValue }
}

extension ColorDepth {
    /// The depth to paint in, from the user's choice and what the environment says of the terminal.
    ///
    /// An explicit choice stands before `NO_COLOR`, that before `COLORTERM`, and that before the terminal's name.
    package static func detect(
        choice: ColorChoice,
        term: String?,
        colorTerm: String?,
        noColor: String?
    ) -> ColorDepth {
        switch choice {
        case .never: return .mono
        case .sixteen: return .colors16
        case .indexed: return .colors256
        case .direct: return .truecolor
        case .always: return max(.colors16, depth(term: term, colorTerm: colorTerm))
        case .auto:
            if let noColor, !noColor.isEmpty { return .mono }
            return depth(term: term, colorTerm: colorTerm)
        }
    }

    private static func depth(term: String?, colorTerm: String?) -> ColorDepth {
        let name = (term ?? "").lowercased()
        let family = name.prefix { $0 != "-" }
        if name.isEmpty || name == "dumb" || name.hasSuffix("-m") || name.hasSuffix("-mono") { return .mono }
        if family.hasPrefix("vt"), family.dropFirst(2).allSatisfy(\.isNumber) { return .mono }
        if let colorTerm, ["truecolor", "24bit"].contains(colorTerm.lowercased()) { return .truecolor }
        if name.hasSuffix("-direct") { return .truecolor }
        if name.contains("256color") { return .colors256 }
        // Terminals that have all colours, and whose names say nothing of it.
        if name == "xterm-kitty" || name == "xterm-ghostty"
            || ["alacritty", "foot", "wezterm", "contour"].contains(family)
        {
            return .truecolor
        }
        return .colors16
    }
}
