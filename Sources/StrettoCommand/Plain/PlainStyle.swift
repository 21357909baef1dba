package import StrettoCore

/// Whether plain output marks its words with colour; the words carry the meaning either way.
package enum PlainStyle: Hashable, Sendable {
    case bare
    /// SGR sequences with the terminal's own 16 colours.
    case colored

    /// What `--color` means for plain output: NO_COLOR (set and not empty) and a standard output that is no terminal turn `auto` off.
    package static func decide(_ choice: ColorChoice, stdoutIsTerminal: Bool, noColor: String?) -> PlainStyle {
        switch choice {
        case .never: .bare
        case .auto: stdoutIsTerminal && noColor?.isEmpty ?? true ? .colored : .bare
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
