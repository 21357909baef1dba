package import StrettoCore

/// Whether plain output marks its words with colour; the words carry the meaning either way.
package enum PlainStyle: Hashable, Sendable {
    case bare
    /// SGR sequences with the terminal's own 16 colours.
    case colored

    /// What `--color` means for plain output: NO_COLOR (set and not empty), a standard output that is no terminal, and one that has no name in TERM
    /// or is dumb turn `auto` off.
    package static func decide(
        _ choice: ColorChoice,
        stdoutIsTerminal: Bool,
        environment: [String: String]
    ) -> PlainStyle {
        switch choice {
        case .never: .bare
        case .auto:
            stdoutIsTerminal && environment["NO_COLOR", default: ""].isEmpty
                && !["", "dumb"].contains(environment["TERM", default: ""]) ? .colored : .bare
        case .always, .sixteen, .indexed, .direct: .colored
        }
    }

    /// The text in the colour of `level`.
    func paint(_ text: String, _ level: Notice.Level) -> String {
        guard self == .colored, level != .info else { return text }
        return "\u{1B}[\(Self.color(of: level))m\(text)\u{1B}[0m"
    }

    private static func color(of level: Notice.Level) -> Int {
        switch level {
        case .info: 39
        case .good: 32
        case .attention: 33
        case .bad: 31
        }
    }
}
