package import StrettoCore

/// The help of the program and of each command, rendered from the ``CommandTable``.
package enum HelpText {
    /// The width that help is wrapped to, in columns.
    package static let columns = 80

    /// The help of one command, or of everything for nil; plain text without trailing blanks.
    package static func lines(for command: CommandName?) -> [String] {
        let spec = CommandTable.spec(of: command)
        var lines = ["Usage: " + spec.synopsis]
        if command == nil { lines += ["       stretto COMMAND [OPTIONS] ..."] }
        lines += [""] + wrapped(spec.paragraph, indent: 0)
        if command == nil {
            lines += ["", "Commands:"] + commandRows + ["", "'stretto COMMAND --help' says more of each."]
        }
        lines += ["", "Options:"] + rows(spec.options.map { ($0.usage, $0.help) })
        let codes = command == nil ? ExitCode.allCases : spec.exitCodes
        if !codes.isEmpty { lines += ["", "Exit codes:"] + rows(codes.map { ("\($0.rawValue)", $0.meaning) }) }
        return lines + ["", spec.examples.count == 1 ? "Example:" : "Examples:"] + spec.examples.map { "  " + $0 }
    }

    private static var commandRows: [String] {
        rows(CommandTable.visible.compactMap { spec in spec.name.map { ($0.rawValue, spec.summary) } })
    }

    /// Two columns: names to the left, wrapped text beside them, or below where a name is too long.
    private static func rows(_ entries: [(name: String, text: String)]) -> [String] {
        let nameWidthMax = 20
        let width = min(nameWidthMax, entries.map(\.name.count).max() ?? 0)
        var lines: [String] = []
        for entry in entries {
            let text = wrapped(entry.text, indent: width + 4)
            guard entry.name.count <= width else {
                lines += ["  " + entry.name] + text
                continue
            }
            let name = "  " + entry.name + String(repeating: " ", count: width - entry.name.count + 2)
            lines += [name + (text.first ?? "").dropFirst(width + 4)] + text.dropFirst()
        }
        return lines
    }

    /// The text in lines of at most ``columns``, each indented; breaks at spaces only.
    private static func wrapped(_ text: String, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, indent + line.count + 1 + word.count > columns {
                lines.append(margin + line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return lines + [margin + line]
    }
}

extension ExitCode {
    /// What the exit code tells, for help and documents.
    package var meaning: String {
        switch self {
        case .goalMet: "the goal is met"
        case .error: "an error, told on standard error"
        case .usage: "the command line is wrong"
        case .stuck: "stuck: nothing can run, and the blocking path is named"
        case .failed: "tasks failed"
        case .budget: "the budget is spent"
        case .stopped: "the run was stopped"
        case .needsHuman: "a gate waits for a person, and nobody is there"
        case .locked: "another engine runs in this repository"
        }
    }
}
