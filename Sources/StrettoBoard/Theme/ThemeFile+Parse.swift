extension ThemeFile {
    /// Reads a theme file: YAML of blocks with one `key: value` a line, and no more of YAML than that.
    ///
    /// A role's value is a foreground, a background where it has one, and words of emphasis: `text select bold`. A colour is a name of the
    /// palette, `"#RRGGBB"`, or `-` for the terminal's own; under `c256` and `c16` it is a number. `mono` has emphasis only, or `plain`.
    package static func parse(_ text: String) throws(ThemeError) -> ThemeFile {
        guard text.utf8.count <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
        var reader = ThemeReader()
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            try reader.read(line, number: index + 1)
        }
        return try reader.finish()
    }
}

/// What has been read of a theme file.
private struct ThemeReader {
    private var name: String?
    private var base: ThemeFile.Entry?
    private var background: ThemeFile.Entry?
    private var palette: [String: RGB] = [:]
    private var looks: [ThemeFile.LookEntry] = []
    private var block: ThemeFile.Block?
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
        case "extends": base = ThemeFile.Entry(line: number, value: value)
        case "background": background = ThemeFile.Entry(line: number, value: value)
        default:
            guard let found = ThemeFile.Block(rawValue: key) else { throw .unknownKey(line: number, key: key) }
            guard value.isEmpty else { throw .notKeyAndValue(line: number) }
            block = found
        }
    }

    private mutating func readEntry(
        _ key: String,
        _ value: String,
        _ number: Int,
        in block: ThemeFile.Block
    ) throws(ThemeError) {
        if block == .palette {
            guard let color = RGB(hex: value) else { throw .unknownWord(line: number, word: value) }
            palette[key] = color
        } else {
            guard let role = Role(rawValue: key) else { throw .unknownRole(line: number, name: key) }
            looks.append(.init(block: block, role: role, entry: ThemeFile.Entry(line: number, value: value)))
        }
    }

    func finish() throws(ThemeError) -> ThemeFile {
        guard let name, !name.isEmpty else { throw .nameless }
        return ThemeFile(name: name, base: base, background: background, palette: palette, looks: looks)
    }

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
