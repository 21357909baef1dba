internal import StrettoCore

/// One option as the command table declares it: what is typed, what it takes, and what help says about it.
package struct CommandOption: Hashable, Sendable {
    /// As typed, dashes included (`--workers`); unique within a command, and of one kind in all commands.
    package let spelling: String
    /// A second way to type it: `-f`.
    package let short: String?
    package let value: Value
    /// Whether it may be given more than once.
    package let isRepeatable: Bool
    /// One or two sentences for help, without a full stop at the end.
    package let help: String

    /// What an option takes.
    package enum Value: Hashable, Sendable {
        /// Nothing: it is there or it is not.
        case flag
        /// Any text that is not empty.
        case text(placeholder: String)
        case number(ClosedRange<Int>)
        /// An amount of US dollars with at most six decimals, above zero.
        case dollars
        case choice([String])
        /// A time in days: `30d`, `2w`, or a bare number of days.
        case days

        /// What stands for the value in help; nil for a flag.
        package var placeholder: String? {
            switch self {
            case .flag: nil
            case .text(let placeholder): placeholder
            case .number: "N"
            case .dollars: "USD"
            case .days: "DAYS"
            case .choice(let names): names.joined(separator: "|")
            }
        }
    }

    init(_ spelling: String, short: String? = nil, _ value: Value = .flag, repeats: Bool = false, help: String) {
        self.spelling = spelling
        self.short = short
        self.value = value
        isRepeatable = repeats
        self.help = help
    }

    /// As help and messages show it: `--workers N`, `-f, --follow`.
    package var usage: String {
        (short.map { $0 + ", " } ?? "") + spelling + (value.placeholder.map { " " + $0 } ?? "")
    }
}

extension CommandOption {
    // Of every command.
    static let directory = CommandOption(
        "-C",
        .text(placeholder: "DIR"),
        help: "Work as if started in DIR"
    )
    static let help = CommandOption("--help", short: "-h", help: "Show the help of this command")

    // What the run does.
    static let plan = CommandOption(
        "--plan",
        .text(placeholder: "PATH"),
        help: "The plan file, in place of the operand PLAN"
    )
    static let workers = CommandOption(
        "--workers",
        .number(PlanSettings.workersAllowed),
        help: "How many agents may run at once; the default is the plan's, else \(PlanSettings.workersDefault)"
    )
    static let dryRun = CommandOption(
        "--dry-run",
        help: "Show what would run, in which order, and change nothing"
    )
    static let singleTask = CommandOption("--single-task", help: "Run the first ready task, then end")
    static let resumeFrom = CommandOption(
        "--resume-from",
        .text(placeholder: "ID"),
        help: "Run task ID and what follows it in the plan; what stands before it counts as done"
    )
    static let task = CommandOption(
        "--task",
        .text(placeholder: "ID"),
        repeats: true,
        help: "Run this task only; may be given several times. Dependencies count as done"
    )
    static let preset = CommandOption(
        "--preset",
        .choice(GatePreset.allCases.map(\.rawValue)),
        help:
            "Who approves: 'careful' asks you before the run and before each merge, 'normal' asks where the plan says so, "
            + "'unattended' never asks"
    )
    static let reviewPlan = CommandOption(
        "--review-plan",
        help:
            "Show the plan before anything starts: put tasks in order, leave some out, edit it, then start it with 'a'. "
            + "Where nobody is there, the run ends with exit code 7 unless the plan's gates say otherwise"
    )
    static let base = CommandOption(
        "--base",
        .text(placeholder: "REV"),
        help: "The commit, branch or tag to start from; the default is the plan's, else HEAD"
    )
    static let budget = CommandOption(
        "--budget-usd",
        .dollars,
        help: "What the run may cost; the default is the plan's budget, else no limit"
    )
    static let budgetTokens = CommandOption(
        "--budget-tokens",
        .number(1...ArgumentLimits.tokensMax),
        help: "How many tokens the run may use"
    )
    static let quotaCeiling = CommandOption(
        "--quota-ceiling-usd",
        short: "--quota-ceiling",
        .dollars,
        help: "What there is to spend, of which the run gets a part"
    )
    static let quotaPercent = CommandOption(
        "--max-quota-percent",
        short: "--max-budget-pct",
        .number(1...100),
        help: "The part of the ceiling that the run may use"
    )
    static let quotaReserve = CommandOption(
        "--reserved-budget-usd",
        short: "--reserved-budget",
        .dollars,
        help: "What the run must leave of the ceiling"
    )
    static let onBudget = CommandOption(
        "--on-budget",
        .choice(Overrun.allCases.map(\.rawValue)),
        help:
            "When a limit is crossed: 'stop', the default, ends the agents and keeps their work; 'drain' lets them finish"
    )
    static let startingModel = CommandOption(
        "--starting-model",
        .text(placeholder: "MODEL"),
        help: "Climb the ladder of models from here when attempts fail"
    )
    static let escalateAfter = CommandOption(
        "--escalate-after-failures",
        .number(Escalation.afterAllowed),
        help: "Failures of a task after which the next model takes over; the default is \(Escalation.afterDefault)"
    )
    static let maxModel = CommandOption(
        "--max-model",
        .text(placeholder: "MODEL"),
        help: "Climb the ladder of models no further than this one"
    )
    static let fresh = CommandOption(
        "--fresh",
        help: "Start a new run, even where an unfinished one could be continued"
    )
    static let again = CommandOption(
        "--again",
        help: "Start a new run that also does again what earlier runs of this plan did or skipped"
    )
    static let noStatus = CommandOption(
        "--no-status",
        help: "Leave the plan file alone instead of writing each task's status into it"
    )
    static let yes = CommandOption("--yes", help: "Go on where Stretto would ask first, as after an edit of the plan")

    // How it shows.
    static let plain = CommandOption(
        "--plain",
        help: "Print one line an event instead of the board, and read commands as lines"
    )
    static let jsonLines = CommandOption("--json", help: "Print one JSON object an event instead of the board")
    static let jsonDocument = CommandOption("--json", help: "Print one JSON document instead of text")
    static let color = CommandOption(
        "--color",
        .choice(ColorChoice.allCases.map(\.rawValue)),
        help: "How many colours to use; the default, 'auto', asks the terminal and NO_COLOR"
    )
    static let ascii = CommandOption("--ascii", help: "Draw the board with ASCII characters only")
    static let theme = CommandOption(
        "--theme",
        .text(placeholder: "NAME"),
        help: "The board's theme, by its file's name; 'stretto theme' lists them. The default suits the terminal"
    )

    // Of single commands.
    static let version = CommandOption("--version", help: "Print the version")
    static let now = CommandOption("--now", help: "End the agents that run, too; their work so far is kept")
    static let follow = CommandOption(
        "--follow",
        short: "-f",
        help: "Go on printing as the log grows; a run's own until it is over"
    )
    static let raw = CommandOption("--raw", help: "The agent's output as it wrote it, byte for byte")
    static let attempt = CommandOption(
        "--attempt",
        .number(1...AttemptLimit.numberMax),
        help: "That attempt's log; the default is the last one's"
    )
    static let builder = CommandOption(
        "--builder",
        .text(placeholder: "NAME"),
        help: "Whose output it is: claude, codex or an agent of stretto.yaml; the default is told by its first line"
    )
    static let exitStatus = CommandOption(
        "--exit",
        .text(placeholder: "STATUS"),
        help: "How the process ended: its exit code, or the signal as in SIGKILL; the default is not to know"
    )
    static let standardError = CommandOption(
        "--stderr",
        .text(placeholder: "FILE"),
        help: "What the process wrote on standard error"
    )
    static let jsonEvents = CommandOption("--json", help: "Print one JSON object an event, and the reading as the last")
    static let after = CommandOption(
        "--after",
        .text(placeholder: "TASK"),
        repeats: true,
        help: "It starts once TASK is over; may be given several times"
    )
    static let before = CommandOption(
        "--before",
        .text(placeholder: "TASK"),
        repeats: true,
        help: "TASK, which must not have begun, waits for it; may be given several times"
    )
    static let taskName = CommandOption(
        "--id",
        .text(placeholder: "ID"),
        help: "Its id; the default is made of the words"
    )
    static let addBuilder = CommandOption(
        "--builder",
        .text(placeholder: "NAME"),
        help: "Who does it: claude, codex or an agent of stretto.yaml; the default is the plan's"
    )
    static let addModel = CommandOption("--model", .text(placeholder: "MODEL"), help: "By which model")
    static let addCommand = CommandOption(
        "--command",
        .text(placeholder: "LINE"),
        help: "A command line for the shell that does it, in place of an agent"
    )
    static let fastForward = CommandOption(
        "--ff",
        help: "Move your branch to the run's; refused where yours has moved on"
    )
    static let merge = CommandOption("--merge", help: "Make a merge commit")
    static let squash = CommandOption("--squash", help: "Make one ordinary commit of the whole run")
    static let run = CommandOption("--run", .text(placeholder: "RUN"), help: "Only what is kept of this run")
    static let to = CommandOption(
        "--to",
        .text(placeholder: "BRANCH"),
        help: "Make a new branch of the tree"
    )
    static let into = CommandOption(
        "--into",
        .text(placeholder: "FOLDER"),
        help: "Write the tree's files into a new folder"
    )
    static let undo = CommandOption("--undo", help: "Give a discarded run its branch back")
    static let olderThan = CommandOption(
        "--older-than",
        .days,
        help: "Only trees that were kept before so many days, such as 30d or 4w"
    )
    static let all = CommandOption(
        "--all",
        help: "Also trees that are nowhere else: they are named first, and are gone for good"
    )
    static let clean = CommandOption(
        "--clean",
        help: "Remove what is proved to be left over and kept elsewhere; say what stays, and why"
    )
    static let order = CommandOption(
        "--order",
        .text(placeholder: "FILE"),
        help: "What to run, as the program wrote it"
    )

    /// Those that say how a run is shown.
    static let display = [plain, jsonLines, color, ascii, theme]
    /// Those that every command takes.
    static let global = [directory, help]
}

/// The bound of attempt numbers on the command line.
enum AttemptLimit {
    static let numberMax = 10_000
}
