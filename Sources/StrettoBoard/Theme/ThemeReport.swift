/// Whether a theme can be read, and told apart by everybody: what `stretto theme check` prints.
package struct ThemeReport: Sendable {
    /// The least contrast of text with what lies under it.
    package static let contrastMin = 4.5
    /// Lines and bars are no text, and a backdrop is meant to step back.
    package static let textRoles = Role.allCases.filter {
        ![.rule, .gaugeFill, .gaugeRest, .gaugeOver, .backdrop].contains($0)
    }
    /// Roles that say what becomes of a task.
    static let stateRoles: [Role] = [.run, .ok, .review, .warn, .bad]

    /// The contrast of one role on one ground; nil where the terminal's own colours decide.
    package struct Contrast: Sendable {
        package let role: Role
        /// Nil for the screen's own.
        package let ground: Role?
        package let depth: ColorDepth
        package let ratio: Double?

        package var isEnough: Bool { ratio.map { $0 >= contrastMin } ?? true }
    }

    /// How far apart two states look to somebody.
    package struct Distance: Sendable {
        package let vision: Vision
        package let pair: (Role, Role)
        package let distance: Double
    }

    package let contrasts: [Contrast]
    /// Every pair of states and the two of a diff, with each kind of vision.
    package let distances: [Distance]
    private let name: String

    /// Looks a theme through.
    package init(_ theme: Theme) {
        name = theme.name
        let grounds: [(Role, Role?)] =
            Self.textRoles.map { ($0, nil) }
            + ([Role.text, .dim, .title, .accent, .focus, .key] + Self.stateRoles).flatMap { role in
                [Role.select, .toast].map { (role, $0) }
            }
        contrasts = [ColorDepth.truecolor, .colors256].flatMap { depth in
            grounds.map { role, ground in
                let look = theme.appearance(of: Style(role, ground: ground), at: depth)
                let (text, under) = (look.foreground?.rgb, look.background?.rgb)
                let ratio = text.flatMap { text in under.map { text.contrast(with: $0) } }
                return Contrast(role: role, ground: ground, depth: depth, ratio: ratio)
            }
        }
        var pairs: [(Role, Role)] = []
        for (index, role) in Self.stateRoles.enumerated() {
            pairs += Self.stateRoles[(index + 1)...].map { (role, $0) }
        }
        let colors = { (role: Role) in theme.appearance(of: Style(role), at: .truecolor).foreground?.rgb }
        distances = Vision.allCases.flatMap { vision in
            (pairs + [(.add, .del)]).compactMap { pair in
                guard let left = colors(pair.0), let right = colors(pair.1) else { return nil }
                return Distance(vision: vision, pair: pair, distance: vision.distance(left, right))
            }
        }
    }

    /// Whether every text can be read.
    package var isReadable: Bool { contrasts.allSatisfy(\.isEnough) }

    /// The report for people.
    package var lines: [String] {
        var lines = [name, "", "contrast of text, at least \(Self.contrastMin)    true colour    256 colours"]
        for contrast in contrasts where contrast.depth == .truecolor {
            let other = contrasts.first {
                $0.depth == .colors256 && $0.role == contrast.role && $0.ground == contrast.ground
            }
            let what = contrast.role.rawValue + (contrast.ground.map { " on \($0.rawValue)" } ?? "")
            lines.append("  " + Width.pad(what, columns: 28) + cell(contrast) + (other.map { "    " + cell($0) } ?? ""))
        }
        lines += ["", "distance of states (black to white is 1)    closest              ok to bad    add to del"]
        for vision in Vision.allCases {
            let seen = distances.filter { $0.vision == vision }
            let between = { (left: Role, right: Role) -> String in
                seen.first { $0.pair == (left, right) }.map { Self.figure($0.distance, places: 1_000) } ?? "?"
            }
            let states = seen.filter { $0.pair != (.add, .del) }
            guard let closest = states.min(by: { $0.distance < $1.distance }) else { continue }
            let pair = "\(closest.pair.0.rawValue) to \(closest.pair.1.rawValue)"
            let first = Width.pad("\(Self.figure(closest.distance, places: 1_000)) \(pair)", columns: 21)
            lines.append(
                "  " + Width.pad(vision.rawValue, columns: 42) + first + Width.pad(between(.ok, .bad), columns: 13)
                    + between(.add, .del)
            )
        }
        for index in lines.indices { while lines[index].last == " " { lines[index].removeLast() } }
        let poor = contrasts.count { !$0.isEnough }
        lines += [
            "", poor == 0 ? "every text can be read" : "\(Wording.plural(poor, "contrast")) below \(Self.contrastMin)",
        ]
        return lines
    }

    private func cell(_ contrast: Contrast) -> String {
        guard let ratio = contrast.ratio else { return Width.pad("the terminal's", columns: 14) }
        let mark = contrast.isEnough ? "" : "  too low"
        return Width.pad(Self.figure(ratio, places: 10) + mark, columns: 14)
    }

    /// A number with as many digits behind the point as `places` has zeros.
    private static func figure(_ value: Double, places: Int) -> String {
        let whole = Int((value * Double(places)).rounded())
        let rest = "\(whole % places)"
        let zeros = String(repeating: "0", count: "\(places)".count - 1 - rest.count)
        return "\(whole / places).\(zeros)\(rest)"
    }
}

extension TextColor {
    /// The colour as light; one of the first sixteen as xterm has it.
    package var rgb: RGB {
        switch self {
        case .indexed(let index): RGB(index: index)
        case .rgb(let red, let green, let blue): RGB(red, green, blue)
        }
    }
}
