/// Turns libyaml's complaints into sentences for people who do not know its grammar.
enum SyntaxHint {
    /// The problem to show for a failure, at the place where the mistake is rather than where it was noticed.
    static func problem(for failure: YAMLSyntaxFailure, in source: SourceText) -> PlanProblem {
        let noticed = source.position(ofByte: source.byteOffset(ofCodePoint: failure.problemIndex))
        if let tab = indentingTab(upTo: noticed, in: source) {
            let fix = "indent with blanks"
            return PlanProblem(.error, at: tab, "a tab stands in the indentation", fix: fix)
        }
        let began = source.position(ofByte: source.byteOffset(ofCodePoint: failure.contextIndex))
        let hint = hint(for: failure)
        return PlanProblem(.error, at: hint.isWhereItBegan ? began : noticed, hint.message, fix: hint.fix)
    }

    private struct Hint {
        let message: String
        let fix: String
        /// Whether the mistake is where the construct began, such as an opening quote, and not where it was noticed.
        let isWhereItBegan: Bool

        init(_ message: String, fix: String, isWhereItBegan: Bool = false) {
            self.message = message
            self.fix = fix
            self.isWhereItBegan = isWhereItBegan
        }
    }

    /// The first line of the two that led to the failure whose indentation holds a tab.
    private static func indentingTab(upTo noticed: Position, in source: SourceText) -> Position? {
        for line in max(1, noticed.line - 1)...noticed.line {
            for (column, byte) in source.line(line - 1).enumerated() {
                if byte == UInt8(ascii: "\t") { return Position(line: line, column: column + 1) }
                if byte != UInt8(ascii: " ") { break }
            }
        }
        return nil
    }

    private static func hint(for failure: YAMLSyntaxFailure) -> Hint {
        switch failure.context ?? "" {
        case "while scanning a quoted scalar", "while parsing a quoted scalar":
            return quotedTextHint(failure)
        case "while scanning a simple key":
            let fix = "write 'key: value', with a blank after the colon, or indent the line if it continues a text"
            return Hint("this line is no 'key: value'", fix: fix, isWhereItBegan: true)
        case "while scanning an alias", "while scanning an anchor":
            let fix = "put the value in quotes"
            return Hint(
                "a value that begins with '*' or '&' is read as an alias or anchor",
                fix: fix,
                isWhereItBegan: true
            )
        case "while scanning a block scalar":
            let fix = "put the text on the next lines, indented with blanks"
            return Hint("the text after '|' or '>' does not begin as it should", fix: fix)
        case "while scanning a directive", "while scanning a %YAML directive", "while scanning a %TAG directive":
            return Hint(
                "a line that begins with '%' is read as a directive",
                fix: "put the value in quotes",
                isWhereItBegan: true
            )
        case "while parsing a flow sequence":
            return Hint(
                "a list that begins with '[' is not closed",
                fix: "add ']', and commas between items",
                isWhereItBegan: true
            )
        case "while parsing a flow mapping":
            return Hint(
                "a mapping that begins with '{' is not closed",
                fix: "add '}', and commas between entries",
                isWhereItBegan: true
            )
        case "while parsing a block collection":
            return Hint(
                "this line does not fit the list above it",
                fix: "begin it with '- ', indented as the other items are"
            )
        case "while parsing a block mapping":
            let fix =
                "indent it as its neighbours are; text with quotes, colons or brackets needs quotes around all of it"
            return Hint("this does not fit the lines around it", fix: fix)
        default:
            return hintWithoutContext(failure)
        }
    }

    private static func quotedTextHint(_ failure: YAMLSyntaxFailure) -> Hint {
        switch failure.problem {
        case "found unexpected end of stream", "found unexpected document indicator":
            return Hint("a quote is opened here and never closed", fix: "close it", isWhereItBegan: true)
        default:
            let fix = "double the backslash, or use single quotes"
            return Hint("a backslash in double quotes begins an escape, and this is none", fix: fix)
        }
    }

    private static func hintWithoutContext(_ failure: YAMLSyntaxFailure) -> Hint {
        switch failure.problem {
        case "mapping values are not allowed in this context":
            return Hint(
                "a ':' stands where no key can be",
                fix: "put a value that contains ': ' in quotes, or check the indentation"
            )
        case "block sequence entries are not allowed in this context":
            return Hint("a list cannot begin on this line", fix: "put '- ' on the next line")
        case "did not find expected <document start>":
            return Hint(
                "this stands behind the end of the plan",
                fix: "check the indentation of this line and the ones above"
            )
        case "found character that cannot start any token":
            return Hint("a value cannot begin with this character", fix: "put the value in quotes")
        default:
            // Rare wordings of libyaml are left as they are: they are short and say what it saw.
            let words = failure.problem.isEmpty ? "this is not YAML" : "this is not YAML: \(failure.problem)"
            return Hint(words, fix: "check the quotes and the indentation")
        }
    }
}
