/// A theme as its file says it: what it does not say is that of the theme which it extends.
package struct ThemeFile: Hashable, Sendable {
    /// The largest theme file that is read, in bytes.
    package static let bytesMax = 65_536

    /// The name that people see.
    package let name: String
    /// The file's name, without its ending, of the theme that this one extends.
    package let base: String?
    /// The line that says so.
    package let baseLine: Int
    private let background: Entry?
    private let palette: [String: RGB]
    private let looks: [LookEntry]

    enum Block: String {
        case palette, roles, c256, c16, mono
    }

    struct Entry: Hashable, Sendable {
        let line: Int
        let value: String
    }

    struct LookEntry: Hashable, Sendable {
        let block: Block
        let role: Role
        let entry: Entry
    }

    init(
        name: String,
        base: Entry?,
        background: Entry?,
        palette: [String: RGB],
        looks: [LookEntry]
    ) {
        self.name = name
        self.base = base?.value
        baseLine = base?.line ?? 0
        self.background = background
        self.palette = palette
        self.looks = looks
    }

    /// The theme, on top of the files that it extends: the nearest first, each of which makes a theme with those after it.
    ///
    /// Its colours replace those of the same name, its roles those of the same role. What a base says of 256 colours is about the base's own
    /// palette, and counts only where this file has neither palette nor roles.
    package func theme(over bases: [ThemeFile] = []) throws(ThemeError) -> Theme {
        let chain = Array(([self] + bases).reversed())
        var colors = Colors()
        var background: RGB?
        var roles: [Role: Theme.Look] = [:]
        var overrides: [ColorDepth: [Role: Theme.Look]] = [:]
        for file in chain { colors.palette.merge(file.palette) { $1 } }
        for file in chain {
            if let entry = file.background { background = try colors.background(entry) }
            if !file.palette.isEmpty || file.looks.contains(where: { $0.block == .roles }) {
                overrides[.colors256] = nil
            }
            for look in file.looks {
                let value = try colors.look(look.entry, in: look.block)
                switch look.block {
                case .palette, .roles: roles[look.role] = value
                case .c256: overrides[.colors256, default: [:]][look.role] = value
                case .c16: overrides[.colors16, default: [:]][look.role] = value
                case .mono: overrides[.mono, default: [:]][look.role] = value
                }
            }
        }
        let missing = Role.allCases.filter { roles[$0] == nil }
        guard missing.isEmpty else { throw .missing(roles: missing) }
        return Theme(name: name, background: background, roles: roles, overrides: overrides)
    }
}

/// The colours that a theme's words stand for.
private struct Colors {
    var palette: [String: RGB] = [:]

    func background(_ entry: ThemeFile.Entry) throws(ThemeError) -> RGB? {
        if entry.value == "none" { return nil }
        guard let color = color(entry.value) else { throw .unknownWord(line: entry.line, word: entry.value) }
        return color
    }

    func look(_ entry: ThemeFile.Entry, in block: ThemeFile.Block) throws(ThemeError) -> Theme.Look {
        var look = Theme.Look()
        var colorCount = block == .mono ? 2 : 0
        for word in entry.value.split(separator: " ") {
            if let emphasis = Self.emphasis[word] {
                look.emphasis.insert(emphasis)
                colorCount = 2
                continue
            }
            if block == .mono, word == "plain" { continue }
            guard colorCount < 2, let paint = paint(word, block: block) else {
                throw .unknownWord(line: entry.line, word: String(word))
            }
            if colorCount == 0 { look.foreground = paint } else { look.background = paint }
            colorCount += 1
        }
        return look
    }

    private func color(_ word: some StringProtocol) -> RGB? { palette[String(word)] ?? RGB(hex: word) }

    /// The colour of a word; the outer absence means that it is none, the inner that it is the terminal's own.
    private func paint(_ word: Substring, block: ThemeFile.Block) -> Theme.Paint?? {
        if word == "-" { return .some(nil) }
        switch block {
        case .c256: return UInt8(word).map { .indexed($0) }
        case .c16: return UInt8(word).flatMap { $0 < 16 ? .indexed($0) : nil }
        case .palette, .roles, .mono: return color(word).map { .exact($0) }
        }
    }

    private static let emphasis: [Substring: Emphasis] = [
        "bold": .bold, "dim": .dim, "italic": .italic, "underline": .underline, "reverse": .reverse,
    ]
}
