internal import StrettoCore

/// A command line, read against the ``CommandTable``.
package struct Arguments: Hashable, Sendable {
    /// Where the program is to act, relative to the current directory: the value of `-C`; nil for the current directory.
    package let directory: String?
    package let invocation: Invocation

    /// Reads the arguments after the program's name.
    ///
    /// Options may stand anywhere before `--`, as `--name value` or `--name=value`; `--help` wins over everything after it.
    /// - Throws: the first thing that is wrong, from left to right; then what is missing.
    package init(parsing arguments: [String]) throws(UsageError) {
        let tokens = Self.tokens(arguments)
        let command = try Self.command(in: tokens)
        let given = try GivenArguments(tokens, for: CommandTable.spec(of: command))
        directory = given.text(.directory)
        invocation = try given.invocation()
    }

    /// One argument as far as it can be told before its command is known.
    enum Token: Hashable {
        /// `value` is what stood behind `=`.
        case option(String, value: String?)
        /// What stands behind an option that takes a value.
        case value(String)
        case operand(String)
    }

    /// Tells options, their values and operands apart: an option takes a value or not, whatever the command.
    private static func tokens(_ arguments: [String]) -> [Token] {
        var tokens: [Token] = []
        var isAfterValueOption = false
        var optionsAreOver = false
        for argument in arguments {
            if optionsAreOver {
                tokens.append(.operand(argument))
            } else if argument == "--" {
                optionsAreOver = true
                isAfterValueOption = false
            } else if argument.hasPrefix("-"), argument != "-" {
                let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                    String.init
                )
                let value = parts.count == 2 ? parts[1] : nil
                tokens.append(.option(parts[0], value: value))
                isAfterValueOption = value == nil && takesValue(parts[0])
            } else {
                tokens.append(isAfterValueOption ? .value(argument) : .operand(argument))
                isAfterValueOption = false
            }
        }
        return tokens
    }

    private static func takesValue(_ spelling: String) -> Bool {
        CommandTable.all.contains { spec in spec.option(spelling).map { $0.value != .flag } ?? false }
    }

    /// The command is the first operand.
    private static func command(in tokens: [Token]) throws(UsageError) -> CommandName? {
        for token in tokens {
            // A call for help is answered even where the command is misspelled after it.
            if case .option("--help", nil) = token { return nil }
            if case .option("-h", nil) = token { return nil }
            if case .option(let spelling, _) = token, CommandTable.all.allSatisfy({ $0.option(spelling) == nil }) {
                throw CommandTable.spec(of: nil).unknown(spelling)
            }
            guard case .operand(let name) = token else { continue }
            if let command = CommandName(rawValue: name) { return command }
            let names = CommandTable.visible.compactMap(\.name?.rawValue)
            throw .unknownCommand(name, nearest: NearestName.suggestion(for: name, among: names))
        }
        return nil
    }
}
