internal import StrettoCore

/// What was wrong with a command line, in one sentence that says what to type instead; exit code 2.
///
/// Values given to options are never repeated: they may be secrets.
package enum UsageError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownCommand(String, nearest: String?)
    case unknownOption(String, command: CommandName?, nearest: String?)
    /// The option exists, but for another command: `home`, and others where `hasMore`.
    case misplacedOption(String, command: CommandName?, home: CommandName?, hasMore: Bool)
    case missingValue(CommandOption)
    case unexpectedValue(CommandOption)
    case badValue(CommandOption, nearest: String?)
    case badExitStatus
    case repeated(CommandOption)
    case conflicting(CommandOption, CommandOption)
    /// The option speaks of a task, and none is named.
    case needsTask(CommandOption)
    /// The option says where to put a kept tree, and none is named.
    case needsTree(CommandOption)
    case missingOperand(String, command: CommandName?)
    case surplusOperand(command: CommandName?)
    case textTooLong(String)
    case unknownAction(String, command: CommandName?, actions: [String], nearest: String?)

    package var description: String {
        switch self {
        case .unknownCommand(let name, let nearest): Self.unknownCommand(name, nearest: nearest)
        case .unknownOption(let name, let command, let nearest):
            "'\(Self.program(command))' has no option '\(name)'" + Self.way(nearest, else: command)
        case .misplacedOption(let name, let command, let home, let hasMore):
            "'\(name)' is an option of '\(Self.program(home))'" + (hasMore ? " and others" : "")
                + ", not of '\(Self.program(command))'"
        case .missingValue(let option):
            "'\(option.spelling)' needs a value: '\(option.spelling) \(option.value.placeholder ?? "")'"
        case .unexpectedValue(let option):
            "'\(option.spelling)' takes no value: write it alone"
        case .badValue(let option, let nearest):
            "'\(option.spelling)' takes \(Self.expectation(option.value))"
                + (nearest.map { ": did you mean '\($0)'?" } ?? "")
        case .badExitStatus:
            "'--exit' takes an exit code from 0 to 255, or a signal such as SIGKILL"
        case .repeated(let option):
            "'\(option.spelling)' is given twice: give it once"
        case .conflicting(let first, let second):
            "'\(first.spelling)' and '\(second.spelling)' exclude each other: give one of them"
        case .needsTask(let option):
            "'\(option.spelling)' is about a task's log: name the task too"
        case .needsTree(let option):
            "'\(option.spelling)' is about one kept tree: name it too, 'stretto rescue' lists them"
        case .missingOperand(let operand, let command):
            "'\(Self.program(command))' needs \(operand): '\(Self.program(command)) --help' shows how"
        case .surplusOperand(let command):
            "'\(Self.program(command))' was given more than it takes: '\(Self.program(command)) --help' shows how"
        case .unknownAction(let word, let command, let actions, let nearest):
            "'\(Self.program(command))' does not know '\(word)'"
                + (nearest.map { ": did you mean '\($0)'?" } ?? ": it takes \(actions.joined(separator: " or "))")
        case .textTooLong(let operand):
            "\(operand) is longer than \(Figures.bytes(ArgumentLimits.textBytesMax)): shorten it"
        }
    }

    private static func program(_ command: CommandName?) -> String {
        "stretto" + (command.map { " " + $0.rawValue } ?? "")
    }

    private static func way(_ nearest: String?, else command: CommandName?) -> String {
        nearest.map { ": did you mean '\($0)'?" } ?? ": '\(program(command)) --help' lists what it has"
    }

    private static func unknownCommand(_ name: String, nearest: String?) -> String {
        // The commonest slip of all: the plan without the command.
        if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            return "'\(name)' is no command: 'stretto run \(name)' runs a plan"
        }
        return "'\(name)' is no command of stretto"
            + (nearest.map { ": did you mean '\($0)'?" } ?? ": 'stretto --help' lists them")
    }

    private static func expectation(_ value: CommandOption.Value) -> String {
        switch value {
        case .flag: "no value"
        case .text: "a text that is not empty"
        case .number(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .dollars: "an amount of US dollars such as 2.50, up to \(ArgumentLimits.dollarsMax)"
        case .choice(let names): "one of " + names.joined(separator: ", ")
        case .days: "a time in days such as 30d, 4w or 30, up to \(ArgumentLimits.daysMax)d"
        }
    }
}

/// Bounds of what a command line may hold.
package enum ArgumentLimits {
    /// Of a comment, note or reason, in bytes.
    package static let textBytesMax = 16_000
    /// Of a budget, in US dollars.
    package static let dollarsMax = 1_000_000
    /// Of a budget, in tokens.
    package static let tokensMax = 1_000_000_000_000
    /// Of an age.
    package static let daysMax = 36_500
}
