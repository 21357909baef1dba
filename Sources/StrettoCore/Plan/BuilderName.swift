/// An adapter to an agent program: one that comes with Stretto, or one that a user described (``AgentProgram``).
package struct BuilderName: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String

    package var description: String { rawValue }

    package init(rawValue: String) { self.rawValue = rawValue }

    /// Any program, as the task's `command:` writes it.
    package static let command = BuilderName(rawValue: "command")
    package static let claude = BuilderName(rawValue: "claude")
    package static let codex = BuilderName(rawValue: "codex")

    /// Those that need no description; no described agent may have one of these names.
    package static let builtIn: [BuilderName] = [.command, .claude, .codex]

    /// How long a name may be, in bytes.
    package static let bytesMax = 40

    /// Whether a text can name a described agent: lower-case letters, digits, `-` and `_`, a letter or digit first.
    package static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= bytesMax, first != UInt8(ascii: "-") else { return false }
        return first != UInt8(ascii: "_")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                    UInt8(ascii: "_"):
                    true
                default:
                    false
                }
            }
    }
}
