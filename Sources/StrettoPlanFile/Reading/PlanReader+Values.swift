import StrettoCore

/// Single values: each function gives the value, or reports why there is none and gives nil.
extension PlanReader {
    /// Text of any kind; a number is its digits as written.
    mutating func text(_ field: Field?) -> String? {
        guard let field else { return nil }
        guard case .scalar(let text, _) = field.node.content else {
            report(.error, at: field.node, "\(field.name) must be text, not \(field.node.kind)")
            return nil
        }
        guard !text.utf8.contains(0) else {
            report(.error, at: field.node, "\(field.name) holds a NUL character", fix: "remove '\\0'")
            return nil
        }
        return text
    }

    /// Text that has something to say besides blanks; empty text counts as no value at all.
    mutating func filledText(_ field: Field?) -> String? {
        guard let text = text(field), text.contains(where: { !$0.isWhitespace }) else { return nil }
        return text
    }

    /// Text for one line of a screen: line ends and other control characters become blanks.
    ///
    /// Names get into commits, logs and reports, so secrets in them are masked.
    mutating func line(_ field: Field?) -> String? {
        filledText(field).map { Secrets.mask(Self.oneLine($0)) }
    }

    /// Points out a key where it would be shown or handed on; it is masked wherever Stretto writes the text down.
    mutating func noteKey(in text: String, at node: YAMLNode, _ name: String) {
        guard Secrets.maskKeys(text) != text else { return }
        let fix = "keep it in your own environment, which tasks inherit, and write $NAME here"
        report(.warning, at: node, "\(name) holds what looks like a key", fix: fix)
    }

    static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { isControl($0) }) || text.first == " " || text.last == " " else {
            return text
        }
        let words = text.unicodeScalars.split { isControl($0) || $0 == " " }
        return words.map { String(String.UnicodeScalarView($0)) }.joined(separator: " ")
    }

    /// A list of texts; a single text is a list of one.
    mutating func texts(_ field: Field?) -> [(text: String, node: YAMLNode)] {
        guard let field else { return [] }
        guard case .sequence(let items) = field.node.content else {
            guard case .scalar = field.node.content else {
                report(
                    .error,
                    at: field.node,
                    "\(field.name) must be a list, not \(field.node.kind)",
                    fix: "write [a, b]"
                )
                return []
            }
            return filledText(field).map { [($0, field.node)] } ?? []
        }
        var texts: [(text: String, node: YAMLNode)] = []
        for item in items {
            guard !item.isNull, let text = text(field.part(item)), !text.isEmpty else {
                if item.isNull { report(.error, at: item, "\(field.name) has an empty item", fix: "remove it") }
                continue
            }
            texts.append((text, item))
        }
        return texts
    }

    mutating func integer(_ field: Field?, in allowed: ClosedRange<Int>) -> Int? {
        guard let field, let text = text(field) else { return nil }
        guard let value = NumberText.integer(text), allowed.contains(value) else {
            let range = "a whole number from \(allowed.lowerBound) to \(allowed.upperBound)"
            report(.error, at: field.node, "\(field.name) must be \(range), not \(quoted(text))")
            return nil
        }
        return value
    }

    /// A duration longer than nothing.
    mutating func duration(_ field: Field?) -> Duration? {
        guard let field, let text = text(field) else { return nil }
        guard let duration = DurationText.duration(text) else {
            report(.error, at: field.node, "\(field.name) is no duration: \(quoted(text))", fix: DurationText.example)
            return nil
        }
        guard duration > .zero else {
            report(.error, at: field.node, "\(field.name) leaves no time at all", fix: "leave it out for no limit")
            return nil
        }
        return duration
    }

    /// A pause, which may be nothing.
    mutating func pause(_ field: Field?) -> Duration? {
        guard let field, let text = text(field) else { return nil }
        guard let duration = DurationText.duration(text) else {
            report(.error, at: field.node, "\(field.name) is no duration: \(quoted(text))", fix: DurationText.example)
            return nil
        }
        return duration
    }

    /// What the number 0 means for an amount of money.
    enum Zero {
        case isOff
        case isRefused
    }

    /// An amount of money in millionths of a US dollar; nil where it is off.
    mutating func microdollars(_ field: Field?, zero: Zero) -> Int? {
        guard let field, let text = text(field) else { return nil }
        guard let amount = NumberText.millionths(text), amount <= PlanFile.microdollarsMax else {
            report(
                .error,
                at: field.node,
                "\(field.name) is no amount of dollars: \(quoted(text))",
                fix: "write 5 or 2.50"
            )
            return nil
        }
        if amount == 0, zero == .isRefused {
            report(.error, at: field.node, "\(field.name) allows no spending at all", fix: "leave it out for no limit")
        }
        return amount == 0 ? nil : amount
    }

    /// One of a few words.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ field: Field?, of type: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        guard let field, let text = text(field) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let words = Choice.allCases.map(\.rawValue)
        let fix =
            NearestName.suggestion(for: text, among: words).map { "did you mean '\($0)'?" }
            ?? "use \(Self.either(words))"
        report(.error, at: field.node, "\(field.name) cannot be \(quoted(text))", fix: fix)
        return nil
    }

    /// `a, b or c`.
    static func either(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }

    /// Paths that must stay inside the repository.
    mutating func paths(_ field: Field?) -> [String] {
        guard let field else { return [] }
        return texts(field).compactMap { text, node in
            guard !text.hasPrefix("/"), !text.split(separator: "/").contains("..") else {
                let message = "\(field.name) leads out of the repository: \(quoted(text))"
                report(.error, at: node, message, fix: "write a path relative to the repository's root")
                return nil
            }
            return text
        }
    }

    /// Checks: commands, or mappings of a name, a command and a timeout.
    mutating func checks(_ field: Field?) -> [Check] {
        guard let field else { return [] }
        let items: [YAMLNode]
        if case .sequence(let listed) = field.node.content { items = listed } else { items = [field.node] }
        return items.compactMap { check(field.part($0)) }
    }

    private mutating func check(_ field: Field) -> Check? {
        guard let fields = Fields(field.node, owner: "a check of \(field.owner)") else {
            guard !field.node.isNull, let command = filledText(field) else {
                if case .scalar = field.node.content {
                    report(.error, at: field.node, "\(field.name) holds an empty command", fix: "remove it")
                }
                return nil
            }
            noteKey(in: command, at: field.node, field.name)
            return Check(name: Self.firstLine(command), command: command)
        }
        noteUnknownKeys(of: fields, known: .check)
        let timeout = duration(fields["timeout"])
        guard let command = filledText(fields["run"] ?? fields["command"]) else {
            report(.error, at: field.node, "a check of \(field.owner) has no command", fix: "add 'run: make test'")
            return nil
        }
        noteKey(in: command, at: fields.node, "a check of \(field.owner)")
        return Check(name: line(fields["name"]) ?? Self.firstLine(command), command: command, timeout: timeout)
    }

    /// The first line of a text that is not blank, cut where a name would get too long for a screen.
    static func firstLine(_ text: String) -> String {
        let lengthMax = 72
        // Masked as a whole, because half a key has no shape any more.
        let lines = Secrets.mask(text).split(whereSeparator: \.isNewline).lazy.map { oneLine(String($0)) }
        let line = lines.first { $0.contains { !$0.isWhitespace } } ?? ""
        return line.count > lengthMax ? String(line.prefix(lengthMax - 1)) + "…" : line
    }
}
