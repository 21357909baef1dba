/// Why a theme file cannot be read, and where.
package enum ThemeError: Error, Hashable, CustomStringConvertible {
    case tooLarge(bytesMax: Int)
    case notKeyAndValue(line: Int)
    case unknownKey(line: Int, key: String)
    case duplicate(line: Int, key: String)
    case unknownRole(line: Int, name: String)
    case unknownWord(line: Int, word: String)
    case missing(roles: [Role])
    case nameless
    case unknownBase(line: Int, name: String, nearest: String?)
    case endless(line: Int, max: Int)

    /// What is wrong, where, and what to do.
    package var description: String {
        switch self {
        case .tooLarge(let bytesMax): "the theme has more than \(bytesMax) bytes: keep to palette and roles"
        case .notKeyAndValue(let line):
            "\(line): expected 'key: value' at the margin or two spaces in, under a block: see the built-in themes"
        case .unknownKey(let line, let key):
            "\(line): '\(key)' is no part of a theme: use name, extends, background, palette, roles, c256, c16 or mono"
        case .duplicate(let line, let key): "\(line): '\(key)' stands here a second time: remove one of them"
        case .unknownRole(let line, let name):
            "\(line): '\(name)' is no role: use one of \(Role.allCases.map(\.rawValue).joined(separator: ", "))"
        case .unknownWord(let line, let word):
            "\(line): '\(word)' is neither a colour of the palette nor an emphasis: "
                + "write #RRGGBB, a name, - or bold, dim, italic, underline, reverse"
        case .missing(let roles):
            "no colours for \(roles.map(\.rawValue).joined(separator: ", ")): add them under 'roles:', or 'extends: slate-harbor' at the top"
        case .nameless: "the theme has no name: add 'name: ...' at the top"
        case .unknownBase(let line, let name, let nearest):
            "\(line): there is no theme '\(name)' to extend"
                + (nearest.map { ": did you mean '\($0)'?" } ?? ": 'stretto theme' lists them")
        case .endless(let line, let max):
            "\(line): more than \(max) themes extend one another: let one of them stand alone"
        }
    }
}
