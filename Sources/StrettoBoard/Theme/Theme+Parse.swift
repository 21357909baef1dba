extension Theme {
    /// The largest theme file that is read, in bytes.
    package static let fileBytesMax = 65_536

    /// Reads a theme file: YAML of blocks with one `key: value` a line, and no more of YAML than that.
    ///
    /// A role's value is a foreground, a background where it has one, and words of emphasis: `text select bold`. A colour is a name of the
    /// palette, `"#RRGGBB"`, or `-` for the terminal's own; under `c256` and `c16` it is a number. `mono` has emphasis only, or `plain`.
    package static func parse(_ text: String) throws(ThemeError) -> Theme {
        guard text.utf8.count <= fileBytesMax else { throw .tooLarge(bytesMax: fileBytesMax) }
        var reader = ThemeReader()
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            try reader.read(line, number: index + 1)
        }
        return try reader.finish()
    }
}

/// What has been read of a theme file.
private struct ThemeReader {
    private enum Block: String {
        case palette, roles, c256, c16, mono
    }

    private var name: String?
    private var background: RGB?
    private var backgroundEntry: (line: Int, value: String)?
    private var palette: [String: RGB] = [:]
    private var roleEntries: [(line: Int, block: Block, role: Role, value: String)] = []
    private var block: Block?
    private var seen: Set<String> = []

    mutating func read(_ raw: Substring, number: Int) throws(ThemeError) {
        let line = Self.withoutComment(raw)
        guard line.contains(where: { $0 != " " }) else { return }
        let indent = line.prefix { $0 == " " }.count
        let body = line.dropFirst(indent)
        guard let colon = body.firstIndex(of: ":"), !body.hasPrefix("\t") else {
            throw .notKeyAndValue(line: number)
        }
        let key = String(body[..<colon])
        let value = Self.unquoted(body[body.index(after: colon)...])
        guard seen.insert("\(indent == 0 ? "" : block?.rawValue ?? "")/\(key)").inserted else {
            throw .duplicate(line: number, key: key)
        }
        if indent == 0 {
            try readTop(key, value, number)
        } else if let block {
            try readEntry(key, value, number, in: block)
        } else {
            throw .notKeyAndValue(line: number)
        }
    }

    private mutating func readTop(_ key: String, _ value: String, _ number: Int) throws(ThemeError) {
        block = nil
        switch key {
        case "name": name = value
        case "background": backgroundEntry = (number, value)
        default:
            guard let found = Block(rawValue: key) else { throw .unknownKey(line: number, key: key) }
            guard value.isEmpty else { throw .notKeyAndValue(line: number) }
            block = found
        }
    }

    private mutating func readEntry(
        _ key: String,
        _ value: String,
        _ number: Int,
        in block: Block
    ) throws(ThemeError) {
        if block == .palette {
            guard let color = RGB(hex: value) else { throw .unknownWord(line: number, word: value) }
            palette[key] = color
        } else {
            guard let role = Role(rawValue: key) else { throw .unknownRole(line: number, name: key) }
            roleEntries.append((number, block, role, value))
        }
    }

    mutating func finish() throws(ThemeError) -> Theme {
        guard let name, !name.isEmpty else { throw .nameless }
        if let (line, value) = backgroundEntry, value != "none" {
            guard let color = color(value) else { throw .unknownWord(line: line, word: value) }
            background = color
        }
        var roles: [Role: Theme.Look] = [:]
        var overrides: [ColorDepth: [Role: Theme.Look]] = [:]
        for entry in roleEntries {
            let look = try look(entry.value, line: entry.line, block: entry.block)
            switch entry.block {
            case .palette, .roles: roles[entry.role] = look
            case .c256: overrides[.colors256, default: [:]][entry.role] = look
            case .c16: overrides[.colors16, default: [:]][entry.role] = look
            case .mono: overrides[.mono, default: [:]][entry.role] = look
            }
        }
        let missing = Role.allCases.filter { roles[$0] == nil }
        guard missing.isEmpty else { throw .missing(roles: missing) }
        return Theme(name: name, background: background, roles: roles, overrides: overrides)
    }

    private func color(_ word: some StringProtocol) -> RGB? { palette[String(word)] ?? RGB(hex: word) }

    private func look(_ value: String, line: Int, block: Block) throws(ThemeError) -> Theme.Look {
        var look = Theme.Look()
        var colorCount = block == .mono ? 2 : 0
        for word in value.split(separator: " ") {
            if let emphasis = Self.emphasis[word] {
                look.emphasis.insert(emphasis)
                colorCount = 2
                continue
            }
            if block == .mono, word == "plain" { continue }
            guard colorCount < 2, let paint = paint(word, block: block) else {
                throw .unknownWord(line: line, word: String(word))
            }
            if colorCount == 0 { look.foreground = paint } else { look.background = paint }
            colorCount += 1
        }
        return look
    }

    /// The colour of a word; the outer absence means that it is none, the inner that it is the terminal's own.
    private func paint(_ word: Substring, block: Block) -> Theme.Paint?? {
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

    /// The line up to a `#` that stands at its start or after a space, outside of quotes.
    private static func withoutComment(_ line: Substring) -> Substring {
        var isQuoted = false
        var previous: Character = " "
        for index in line.indices {
            let character = line[index]
            if character == "\"" { isQuoted.toggle() }
            if character == "#", !isQuoted, previous == " " { return line[..<index] }
            previous = character
        }
        return line
    }

    private static func unquoted(_ value: Substring) -> String {
        var value = value.drop { $0 == " " }
        while value.last == " " { value.removeLast() }
        if value.count >= 2, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
        return String(value)
    }
}
