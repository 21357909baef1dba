/// Something that is wrong with a plan file: where, what, and how to mend it.
package struct PlanProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// How bad a problem is.
    package enum Severity: String, Hashable, Sendable {
        /// The plan cannot be used.
        case error
        /// The plan can be used, perhaps not as its author meant it.
        case warning
    }

    /// Whether the plan can be used in spite of it.
    package let severity: Severity
    /// The first character of what is wrong.
    package let position: Position
    /// What is wrong, in words that also say which task or section is meant.
    ///
    /// One line, without a full stop.
    package let message: String
    /// What to do about it, where that is known.
    ///
    /// One line, without a full stop.
    package let fix: String?

    /// Makes a problem; texts are one line each, without a full stop.
    package init(_ severity: Severity, at position: Position, _ message: String, fix: String? = nil) {
        self.severity = severity
        self.position = position
        self.message = message
        self.fix = fix
    }

    /// Position, message and fix on one line.
    ///
    /// For example `7:14: 'test' waits for 'biuld', which is not in this plan: did you mean 'build'?`
    package var description: String {
        "\(position): \(message)" + (fix.map { ": \($0)" } ?? "")
    }

    /// The order in which problems are shown: by position, errors before warnings, then by text.
    static func precedes(_ left: PlanProblem, _ right: PlanProblem) -> Bool {
        if left.position != right.position { return left.position < right.position }
        if left.severity != right.severity { return left.severity == .error }
        return left.message < right.message
    }
}

/// Text from a plan in single quotes, cut and with control characters made visible, fit for a message.
func quoted(_ text: String) -> String {
    let lengthMax = 60
    var shown = ""
    for scalar in text.unicodeScalars.prefix(lengthMax) {
        switch scalar {
        case "\n", "\r": shown += "⏎"
        case "\t": shown += " "
        default: shown.unicodeScalars.append(isControl(scalar) ? "\u{FFFD}" : scalar)
        }
    }
    return "'\(shown)\(text.unicodeScalars.count > lengthMax ? "…" : "")'"
}

/// Whether a scalar could move a terminal's cursor or change the direction of text.
func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0: true
    // Line and paragraph separators, direction marks and overrides, interlinear notes, a stray byte-order mark.
    // Joiners are not among them: emoji and several scripts are written with them.
    case 0x2028, 0x2029, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFFF9...0xFFFB, 0xFEFF: true
    default: false
    }
}
