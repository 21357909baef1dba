extension Key {
    /// The keys that have a name, as the help writes them; letters and `^d` name themselves.
    static let named: [(name: String, key: Key)] = [
        ("Enter", .enter), ("Esc", .escape), ("Tab", .tab), ("S-Tab", .backTab), ("Space", .character(" ")),
        ("Up", .up), ("Down", .down), ("Left", .left), ("Right", .right), ("Home", .home), ("End", .end),
        ("PgUp", .pageUp), ("PgDn", .pageDown), ("Backspace", .backspace), ("Del", .delete), ("Ins", .insert),
    ]

    /// The highest function key that terminals send.
    private static let functionKeyMax = 24

    /// A key as the help writes it: a letter, `^d`, `Alt-x`, `F5`, `PgUp`; nil where no key is called that.
    package init?(named name: some StringProtocol) {
        if let found = Self.named.first(where: { $0.name == name }) {
            self = found.key
        } else if name.count == 1, let letter = name.first, letter != " ", letter.unicodeScalars.count == 1 {
            self = .character(letter)
        } else if name.count == 2, name.first == "^", let letter = name.last {
            self = .control(Character(letter.lowercased()))
        } else if name.count == 5, name.hasPrefix("Alt-"), let letter = name.last {
            self = .alt(letter)
        } else if name.first == "F", let number = Int(name.dropFirst()), (1...Self.functionKeyMax).contains(number) {
            self = .function(number)
        } else {
            return nil
        }
    }

    /// The name by which ``init(named:)`` knows the key.
    var name: String {
        Self.named.first { $0.key == self }?.name ?? label(.ascii)
    }
}
