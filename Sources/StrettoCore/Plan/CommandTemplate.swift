/// A command line with places for what differs from attempt to attempt: `[quill, run, [--model, "{model}"], "{prompt}"]`.
///
/// It is a list of arguments, and no shell ever sees it, unless the list itself begins with one. An argument's value may hold
/// anything, for it stays one argument.
package struct CommandTemplate: Hashable, Sendable, Codable {
    /// One argument; or several that are left out together where a placeholder in them has no value.
    package enum Part: Hashable, Sendable, Codable {
        case argument(String)
        case group([String])

        package var arguments: [String] {
            switch self {
            case .argument(let text): [text]
            case .group(let texts): texts
            }
        }
    }

    package var parts: [Part]

    /// How many arguments a template may have.
    package static let argumentsMax = 200

    package init(_ parts: [Part]) { self.parts = parts }

    /// The program: a name to be looked for, or a path.
    package var program: String { parts.first?.arguments.first ?? "" }

    /// The placeholders that occur, each once, in the order written.
    package var placeholders: [Placeholder] {
        var found: [Placeholder] = []
        for piece in parts.flatMap(\.arguments).flatMap(Placeholder.pieces(of:)) {
            if case .placeholder(let name) = piece, let known = Placeholder(rawValue: name), !found.contains(known) {
                found.append(known)
            }
        }
        return found
    }

    /// The arguments with all values filled in.
    ///
    /// A placeholder without a value drops its group; outside of a group it leaves nothing behind.
    package func filled(with values: [Placeholder: String]) -> [String] {
        parts.flatMap { part -> [String] in
            switch part {
            case .argument(let text):
                return [Self.filled(text, values) ?? ""]
            case .group(let texts):
                let filled = texts.map { Self.filled($0, values) }
                return filled.contains(nil) ? [] : filled.compactMap(\.self)
            }
        }
    }

    private static func filled(_ text: String, _ values: [Placeholder: String]) -> String? {
        var filled = ""
        for piece in Placeholder.pieces(of: text) {
            switch piece {
            case .text(let text): filled += text
            case .placeholder(let name):
                guard let value = Placeholder(rawValue: name).flatMap({ values[$0] }) else { return nil }
                filled += value
            }
        }
        return filled
    }
}

/// What can stand in braces in a command template.
package enum Placeholder: String, Hashable, Sendable, CaseIterable {
    /// The whole prompt; where it is too long for an argument, a sentence that names its file.
    case prompt
    /// The absolute path of a file in the worktree that holds the prompt.
    case promptFile = "prompt_file"
    /// The model; without a value where nobody named one.
    case model
    /// The session: chosen by Stretto for a new one, else the one to go on with.
    case session
    /// Where the report goes, an absolute path.
    case report
    /// The attempt's working directory, an absolute path.
    case worktree
    /// The task's id.
    case task
    /// The attempt's number, from 1.
    case attempt
    /// The role's name.
    case role
    /// `edit` or `full`.
    case permissions
    /// What the attempt may cost, in dollars; without a value where nothing limits it.
    case budget = "budget_usd"

    /// Whether it may be without a value.
    package var isOptional: Bool { self == .model || self == .budget }

    /// A part of an argument.
    package enum Piece: Hashable, Sendable {
        case text(String)
        /// What stands between the braces, known or not.
        case placeholder(String)
    }

    /// An argument's parts: a word in braces is a placeholder, `{{` and `}}` are braces, and any other brace stands for itself.
    package static func pieces(of text: String) -> [Piece] {
        var pieces: [Piece] = []
        var plain = ""
        var rest = text[...]
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            plain += rest[..<brace]
            let after = rest.index(after: brace)
            rest = rest[after...]
            if rest.first == text[brace] {
                plain.append(text[brace])
                rest = rest.dropFirst()
                continue
            }
            let word = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
            guard text[brace] == "{", !word.isEmpty, rest.dropFirst(word.count).first == "}" else {
                plain.append(text[brace])
                continue
            }
            if !plain.isEmpty { pieces.append(.text(plain)) }
            plain = ""
            pieces.append(.placeholder(String(word)))
            rest = rest.dropFirst(word.count + 1)
        }
        plain += rest
        if !plain.isEmpty { pieces.append(.text(plain)) }
        return pieces
    }
}
