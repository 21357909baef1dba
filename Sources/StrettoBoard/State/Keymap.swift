import StrettoCore

/// What a keys file wishes: which keys an action is to have instead of its own.
package struct KeyWish: Hashable, Sendable {
    /// Where the keys count: `board`, `review`.
    package var place: String
    package var action: String
    /// By their names; empty: none.
    package var keys: [String]

    package init(place: String, action: String, keys: [String]) {
        self.place = place
        self.action = action
        self.keys = keys
    }
}

/// Why a wish is not fulfilled, or not all of it.
package struct KeyProblem: Error, Hashable, Sendable {
    /// What of a wish is wrong.
    package enum Part: Hashable, Sendable {
        case place, action
        /// Which of its keys.
        case key(Int)
    }

    /// Which of the wishes.
    package let wish: Int
    package let part: Part
    /// One line, without a full stop.
    package let message: String
    /// What to do about it.
    package let fix: String
}

/// Which key means what: the table that comes with the board, with what a person changed about it.
package struct Keymap: Hashable, Sendable {
    private(set) var table: [Binding]

    /// The keys as they come with the board.
    package static let standard = Keymap(table: Binding.table)

    private init(table: [Binding]) { self.table = table }

    /// The lines that count in some scopes: at the plan gate its own stand before those of the board with the same keys.
    func lines(of scopes: [Binding.Scope]) -> [Binding] {
        let own = scopes.contains(.gate) ? Set(table.filter { $0.scope == .gate }.flatMap(\.keys)) : []
        return table.filter { line in
            guard scopes.contains(line.scope) else { return false }
            return line.scope == .gate || !line.keys.contains(where: own.contains)
        }
    }

    /// The keys of an action in a place.
    func keys(of act: Act, in scope: Binding.Scope) -> [Key] {
        table.first { $0.act == act && $0.scope == scope }?.keys ?? []
    }

    // MARK: Wishes

    /// The standard keys with every wish that can be fulfilled, and what is wrong with the others.
    ///
    /// A key that two actions of one place would share goes to the one that the file names, or that it names first; the other wish is
    /// dropped whole.
    package static func fulfilling(_ wishes: [KeyWish]) -> (keymap: Keymap, problems: [KeyProblem]) {
        var problems: [KeyProblem] = []
        /// For each line of the table that a wish is about, the wish and its keys.
        var granted: [Int: (wish: Int, keys: [Key])] = [:]
        for (number, wish) in wishes.enumerated() {
            do throws(KeyProblem) {
                let line = try line(of: wish, number)
                let keys = keys(of: wish, number, for: Binding.table[line], &problems)
                if let keys, granted[line] == nil { granted[line] = (number, keys) }
            } catch {
                problems.append(error)
            }
        }
        var keymap = Keymap(table: Binding.table)
        while true {
            keymap.table = Binding.table.enumerated().map { line, binding in
                granted[line].map { binding.with($0.keys) } ?? binding
            }
            guard let (line, problem) = keymap.clash(granted) else { break }
            granted[line] = nil
            problems.append(problem)
        }
        return (keymap, problems.sorted { $0.wish < $1.wish })
    }

    /// The line of the table that a wish is about.
    private static func line(of wish: KeyWish, _ number: Int) throws(KeyProblem) -> Int {
        let scopes = Binding.Scope.allCases
        guard let scope = scopes.first(where: { $0.name == wish.place }) else {
            let names = scopes.map(\.name)
            let near = NearestName.suggestion(for: wish.place, among: names).map { "did you mean '\($0)'?" }
            let fix = near ?? "write one of " + names.joined(separator: ", ")
            throw KeyProblem(wish: number, part: .place, message: "there are no keys of '\(wish.place)'", fix: fix)
        }
        let own = Binding.table.filter { $0.scope == scope && $0.isRebindable }
        if let line = Binding.table.firstIndex(where: {
            $0.scope == scope && $0.isRebindable && $0.act.name == wish.action
        }) {
            return line
        }
        let near = NearestName.suggestion(for: wish.action, among: own.map(\.act.name))
        let home = Binding.table.first { $0.act.name == wish.action && $0.isRebindable }?.scope.name
        let fix =
            near.map { "did you mean '\($0)'?" } ?? home.map { "it is one of '\($0)'" }
            ?? "`stretto keys` prints all actions"
        let message = "'\(wish.place)' has no action '\(wish.action)'"
        throw KeyProblem(wish: number, part: .action, message: message, fix: fix)
    }

    /// The keys of a wish, as far as there are such keys; nil where nothing of it can be fulfilled.
    private static func keys(
        of wish: KeyWish,
        _ number: Int,
        for binding: Binding,
        _ problems: inout [KeyProblem]
    ) -> [Key]? {
        var keys: [Key] = []
        for (index, name) in wish.keys.enumerated() {
            if let fault = fault(of: name, for: binding) {
                problems.append(KeyProblem(wish: number, part: .key(index), message: fault.message, fix: fault.fix))
            } else if let key = Key(named: name), !keys.contains(key) {
                keys.append(key)
            }
        }
        guard keys.isEmpty else { return keys }
        guard wish.keys.isEmpty else { return nil }
        guard binding.act.isWayOut else { return [] }
        let message = "without a key for '\(wish.action)' nothing would lead out of there"
        problems.append(KeyProblem(wish: number, part: .action, message: message, fix: "name at least one key"))
        return nil
    }

    private static func fault(of name: String, for binding: Binding) -> (message: String, fix: String)? {
        guard let key = Key(named: name) else {
            let near = NearestName.suggestion(for: name, among: Key.named.map(\.name))
            let fix = near.map { "did you mean '\($0)'?" } ?? "write a letter, ^d, Alt-x, F5 or a name such as PgUp"
            return ("no key is called '\(name)'", fix)
        }
        if key == .control("c") { return ("^c always asks how to leave", "choose another key") }
        if binding.scope == .question, case .character(let letter) = key, Question.letters.contains(letter) {
            return ("'\(name)' is the letter of an answer", "choose another key")
        }
        return nil
    }

    /// A wish that takes a key from another action of the same place, which is not free to share it: the one to drop.
    private func clash(_ granted: [Int: (wish: Int, keys: [Key])]) -> (line: Int, KeyProblem)? {
        for (line, grant) in granted.sorted(by: { $0.value.wish > $1.value.wish }) {
            for (index, key) in grant.keys.enumerated() {
                guard let other = table.indices.first(where: { isTaken(key, by: $0, against: line) }) else { continue }
                let name = "\(table[other].scope.name).\(table[other].act.name)"
                return (
                    line,
                    KeyProblem(
                        wish: grant.wish,
                        part: .key(index),
                        message: "'\(key.name)' is the key of '\(name)' (\(table[other].title)) as well",
                        fix: "give one of them another key"
                    )
                )
            }
        }
        return nil
    }

    private func isTaken(_ key: Key, by other: Int, against line: Int) -> Bool {
        guard other != line, table[other].keys.contains(key) else { return false }
        let (mine, theirs) = (table[line].scope, table[other].scope)
        // The gate's own keys stand before those of the board; that is no clash.
        if Set([mine, theirs]) == [.gate, .board] { return false }
        guard mine.family.contains(theirs) || theirs.family.contains(mine) else { return false }
        // Two that take turns at one key by default may do so at another one.
        return !Binding.table[line].keys.contains(where: Binding.table[other].keys.contains)
    }

    // MARK: As a file

    /// All keys as a keys file has them, each line with what the action does; without line feeds.
    package var document: [String] {
        var lines = [
            "# The keys of the board as they are now. A keys file needs only the lines that differ from the",
            "# standard; docs/keys.md tells where it lies and how keys are called.",
        ]
        for scope in Binding.Scope.allCases {
            let own = table.filter { $0.scope == scope && $0.isRebindable }
            guard !own.isEmpty else { continue }
            let starts = own.map {
                "  \($0.act.name): [\($0.keys.map { Self.quoted($0.name) }.joined(separator: ", "))]"
            }
            let width = starts.map(\.count).max() ?? 0
            lines += ["", scope.name + ":"]
            lines += zip(starts, own).map { start, binding in
                start + String(repeating: " ", count: width - start.count) + "  # " + binding.title
            }
        }
        return lines
    }

    /// A key's name as YAML takes it for text, whatever else it might mean there.
    private static func quoted(_ name: String) -> String {
        guard let first = name.first, name.count == 1, !first.isLetter || "yYnN".contains(first) else { return name }
        return first == "'" ? "\"'\"" : "'\(name)'"
    }
}

extension Binding {
    /// Whether a person may give it other keys: leaving with Ctrl-C works always.
    var isRebindable: Bool { keys != [.control("c")] }

    func with(_ keys: [Key]) -> Binding { Binding(keys, scope, group, title, short: short, act) }
}

extension BoardState {
    /// The first key of an action as people read it; without one the key of the commands, among which it is.
    func key(_ act: Act, in scope: Binding.Scope = .board) -> String {
        let key = keymap.keys(of: act, in: scope).first ?? keymap.keys(of: .palette, in: .board).first
        return key?.label(glyphs) ?? ""
    }

    /// Keys with a word each: `u takes it back  a merges now`.
    func hint(_ parts: (act: Act, words: String)...) -> String {
        parts.map { "\(key($0.act)) \($0.words)" }.joined(separator: "  ")
    }

    /// Whether a key brings the board back that was left for events as lines.
    package func returnsFromLines(_ key: Key) -> Bool {
        [.enter, .escape, .control("c")].contains(key)
            || [Act.lines, .quit].contains { keymap.keys(of: $0, in: .board).contains(key) }
    }
}
