package import StrettoCore

/// One command as declared: the parser, the help and the suggestions all read this and nothing else.
package struct CommandSpec: Hashable, Sendable {
    /// nil: what `stretto` does without a command.
    package let name: CommandName?
    package let operands: [Operand]
    package let options: [CommandOption]
    /// Groups of options of which at most one may be given.
    package let exclusive: [[CommandOption]]
    /// For the list of commands: an imperative, without a full stop.
    package let summary: String
    /// One paragraph for the command's own help.
    package let paragraph: String
    /// Exit codes that mean something of their own here.
    package let exitCodes: [ExitCode]
    /// Command lines as one would type them.
    package let examples: [String]

    /// What stands after the command without a dash.
    package struct Operand: Hashable, Sendable {
        /// How many arguments it stands for; `words` are joined by blanks to one text.
        package enum Count: Hashable, Sendable { case one, optional, words, optionalWords }
        package let name: String
        package let count: Count

        /// As a synopsis shows it: `TASK`, `[RUN]`, `[NOTE ...]`.
        package var usage: String {
            switch count {
            case .one: name
            case .optional: "[\(name)]"
            case .words: "\(name) ..."
            case .optionalWords: "[\(name) ...]"
            }
        }

        var isRequired: Bool { count == .one || count == .words }
        var takesRest: Bool { count == .words || count == .optionalWords }
    }

    init(
        _ name: CommandName?,
        _ operands: [Operand] = [],
        options: [CommandOption] = [],
        exclusive: [[CommandOption]] = [],
        summary: String,
        paragraph: String,
        exitCodes: [ExitCode] = [],
        examples: [String]
    ) {
        self.name = name
        self.operands = operands
        self.options = options + CommandOption.global
        self.exclusive = exclusive
        self.summary = summary
        self.paragraph = paragraph
        self.exitCodes = exitCodes
        self.examples = examples
    }

    /// The option of that spelling, short or long.
    package func option(_ spelling: String) -> CommandOption? {
        options.first { $0.spelling == spelling || $0.short == spelling }
    }

    /// What to say about an option that this command does not take.
    func unknown(_ spelling: String) -> UsageError {
        let homes = CommandTable.visible.filter { $0.option(spelling) != nil }
        if let home = homes.first {
            return .misplacedOption(spelling, command: name, home: home.name, hasMore: homes.count > 1)
        }
        // The dashes are nobody's slip and would make every short name look near.
        let names = options.filter { $0.spelling.hasPrefix("--") }.map { String($0.spelling.dropFirst(2)) }
        let wanted = String(spelling.drop { $0 == "-" })
        let nearest = wanted.count < 2 ? nil : NearestName.suggestion(for: wanted, among: names)
        // `-plain` is the name itself with a dash too few.
        let exact = names.contains(wanted) ? wanted : nil
        return .unknownOption(spelling, command: name, nearest: (exact ?? nearest).map { "--" + $0 })
    }

    /// The command line in outline: `stretto run [OPTIONS] PLAN`.
    package var synopsis: String {
        (["stretto"] + (name.map { [$0.rawValue] } ?? []) + ["[OPTIONS]"] + operands.map(\.usage)).joined(
            separator: " "
        )
    }
}

/// Every command of this version, each with all it takes.
package enum CommandTable {
    /// In the order of help; the form without a command first, hidden ones last.
    package static let all: [CommandSpec] = [none] + starting + steering + planning + judging + looking + ending + other

    /// The commands that help and suggestions name.
    package static let visible = all.filter { $0.name != .engine }

    /// The declaration of a command.
    package static func spec(of name: CommandName?) -> CommandSpec {
        guard let spec = all.first(where: { $0.name == name }) else {
            preconditionFailure("the command table lacks '\(name?.rawValue ?? "no command")'")
        }
        return spec
    }

    private static let shown = [CommandOption.plain, .jsonLines]
    private static let runCodes: [ExitCode] = [.goalMet, .stuck, .failed, .budget, .stopped, .needsHuman, .locked]

    private static let none = CommandSpec(
        nil,
        options: CommandOption.display + [.version],
        exclusive: [shown],
        summary: "Attach to the running engine, or offer the plans found here",
        paragraph:
            "Stretto runs a plan of coding tasks through AI coding agents, each task in a git worktree of its own, many at "
            + "once, and merges what passes into the run's branch. Your checkout is never touched. Without a command it "
            + "attaches to the run of this repository, or offers the plans that it finds.",
        examples: ["stretto", "stretto run plan.yaml"]
    )

    private static let starting = [
        CommandSpec(
            .demo,
            options: CommandOption.display,
            exclusive: [shown],
            summary: "Show what Stretto does, in a scratch repository, without an account",
            paragraph:
                "Makes a scratch repository and runs a small plan in it: real worktrees, real merges, a retry, a conflict "
                + "and a review, with shell commands in place of agents. Needs no account and no network. Without a "
                + "terminal it runs in plain mode and approves by the plan's policy.",
            exitCodes: [.goalMet],
            examples: ["stretto demo", "stretto demo --plain"]
        ),
        CommandSpec(
            .run,
            [.init(name: "PLAN", count: .one)],
            options: [
                .plan, .workers, .task, .resumeFrom, .singleTask, .preset, .reviewPlan, .base, .budget, .budgetTokens,
                .quotaCeiling,
                .quotaPercent, .quotaReserve, .onBudget, .startingModel, .escalateAfter, .maxModel, .dryRun, .fresh,
                .again, .noStatus, .yes,
            ] + CommandOption.display,
            exclusive: [shown, [.singleTask, .resumeFrom, .task]],
            summary: "Run a plan, or continue its unfinished run",
            paragraph:
                "Checks the plan, then runs its tasks in parallel worktrees and merges them into the branch stretto/RUN. "
                + "A run that was interrupted is continued where it was: no finished work is done again. The plan file shows "
                + "each task's status meanwhile; a 'completed' of an earlier run counts where its work is in the base. "
                + "The engine is a process of its own, so closing the board does not end the run.",
            exitCodes: runCodes,
            examples: [
                "stretto run plan.yaml", "stretto run plan.yaml --workers 8 --preset careful",
                "stretto run plan.yaml --review-plan",
                "stretto run plan.yaml --task 1.2 --task 1.3", "stretto run plan.yaml --json | jq .",
            ]
        ),
    ]

    private static let steering = [
        CommandSpec(
            .attach,
            options: CommandOption.display,
            exclusive: [shown],
            summary: "Show the run of this repository",
            paragraph:
                "Opens the board, or plain or JSON output, on the engine that runs in this repository. Leaving it again "
                + "leaves the run alone, also by a signal, and in plain output by Ctrl-C or 'detach'.",
            exitCodes: runCodes,
            examples: ["stretto attach", "stretto attach --plain"]
        ),
        CommandSpec(
            .status,
            options: [.jsonDocument],
            summary: "Print the state of the run and of each task",
            paragraph:
                "Prints one line for the run and one for each task, of the running engine or else of the last run.",
            examples: ["stretto status", "stretto status --json"]
        ),
        CommandSpec(
            .stop,
            options: [.now],
            summary: "Stop the run; running tasks finish first",
            paragraph:
                "Lets the running tasks finish and starts no new ones. With --now the running agents are ended too; "
                + "what they have done so far is kept, and 'stretto resume' goes on from there.",
            examples: ["stretto stop", "stretto stop --now"]
        ),
        CommandSpec(
            .resume,
            options: [.noStatus, .yes] + CommandOption.display,
            exclusive: [shown],
            summary: "Continue a run that was stopped or interrupted",
            paragraph:
                "Takes back a stop where the engine still runs, or continues the unfinished run of this repository from "
                + "its journal. A plan that was edited in between is compared, and the difference is shown first.",
            exitCodes: runCodes,
            examples: ["stretto resume", "stretto resume --plain"]
        ),
    ]

    private static let planning = [
        CommandSpec(
            .check,
            [.init(name: "PLAN", count: .one)],
            options: [.jsonDocument],
            summary: "Find every problem of a plan",
            paragraph:
                "Reads a plan as a run would and prints every problem at once, each with line, column, what is wrong and "
                + "how to mend it. Changes nothing.",
            exitCodes: [.goalMet, .error],
            examples: ["stretto check plan.yaml"]
        ),
        CommandSpec(
            .ready,
            [.init(name: "PLAN", count: .one)],
            options: [.jsonDocument],
            summary: "List the tasks of a plan that could start now",
            paragraph:
                "Prints the tasks whose dependencies are all done or skipped, in the order in which they would start.",
            examples: ["stretto ready plan.yaml"]
        ),
    ]

    private static let judging = [
        CommandSpec(
            .approve,
            [.init(name: "TASK", count: .optional)],
            summary: "Let a task in review through; without TASK, the plan",
            paragraph:
                "Approves what TASK contributes as it is now, so that it is merged. Without TASK it approves the plan, "
                + "where the run waits at its plan gate. An agent cannot approve: the command is refused inside an attempt.",
            examples: ["stretto approve webhooks", "stretto approve"]
        ),
        CommandSpec(
            .reject,
            [.init(name: "TASK", count: .one), .init(name: "COMMENT", count: .words)],
            summary: "Ask for changes to a task in review",
            paragraph: "Sends TASK back to its agent with the comment, as a new attempt.",
            examples: ["stretto reject webhooks \"Verify the signature before parsing the body\""]
        ),
        CommandSpec(
            .retry,
            [.init(name: "TASK", count: .one), .init(name: "NOTE", count: .optionalWords)],
            summary: "Run a task again in a fresh worktree",
            paragraph:
                "Runs TASK again from the run's present head; the note goes into the prompt. The earlier attempt's tree "
                + "is kept.",
            examples: ["stretto retry webhooks", "stretto retry webhooks \"The fixture was wrong, it is mended now\""]
        ),
        CommandSpec(
            .skip,
            [.init(name: "TASK", count: .one), .init(name: "REASON", count: .optionalWords)],
            summary: "Skip a task and release what waits for it",
            paragraph:
                "Takes TASK out of the run. Tasks that wait for it start as if it were done; what it has done so far is "
                + "kept, not merged.",
            examples: ["stretto skip docs", "stretto skip docs \"Written by hand\""]
        ),
        CommandSpec(
            .message,
            [.init(name: "TASK", count: .one), .init(name: "WORDS", count: .words)],
            summary: "Tell a task's agent something",
            paragraph:
                "An agent at work is interrupted, which counts as no failure, and goes on in the same session with WORDS first; "
                + "where its program keeps no sessions, a new attempt begins with them. Before a task has started they wait for "
                + "its agent, and of a task in review they ask for changes. All later attempts are told as well.",
            examples: ["stretto message webhooks \"The secret is in the header X-Signature\""]
        ),
        CommandSpec(
            .add,
            [.init(name: "WORDS", count: .words)],
            options: [.after, .before, .taskName, .addBuilder, .addModel, .addCommand],
            summary: "Add a task to the run that is under way",
            paragraph:
                "WORDS say what is to be done; what is not said is as the plan has it for every task. The task is in the run and "
                + "its journal, not in the plan file, and stays in the run through stops and crashes.",
            examples: [
                "stretto add \"Describe the endpoint in the manual\" --after endpoint",
                "stretto add \"Note it\" --command 'make notes' --id note --before release",
            ]
        ),
    ]

    private static let looking = [
        CommandSpec(
            .review,
            [.init(name: "TASK", count: .one)],
            summary: "Print all there is to judge about a task's work",
            paragraph:
                "Prints findings first, then checks with the output of those that failed, what the agent says and asks, the cost, "
                + "the files, and the diff; each line says in its first word what it is.",
            examples: ["stretto review webhooks"]
        ),
        CommandSpec(
            .log,
            [.init(name: "TASK", count: .optional)],
            options: [.follow, .raw, .attempt],
            summary: "Print what a task's agent does; without TASK, events and git",
            paragraph:
                "Prints the transcript of TASK's last attempt in readable form. Without TASK it prints the run's log of "
                + "events and git commands with their times.",
            examples: ["stretto log webhooks -f", "stretto log webhooks --attempt 1 --raw", "stretto log"]
        ),
        CommandSpec(
            .diff,
            [.init(name: "TASK", count: .one)],
            summary: "Print what a task changed",
            paragraph: "Prints the diff of TASK's last contribution against the commit that it started from.",
            examples: ["stretto diff webhooks"]
        ),
        CommandSpec(
            .trace,
            [.init(name: "FILE", count: .one)],
            options: [.builder, .exitStatus, .standardError, .jsonEvents],
            summary: "Show how Stretto reads an agent's recorded output",
            paragraph:
                "Reads FILE, the standard output of an agent as 'stretto log TASK --raw' prints it, as a run would: "
                + "every event, what was used, what stood in the way, how the attempt counts, and why. Without --builder "
                + "the first line tells whether it is claude's or codex's. How the process ended is not in the output: --exit says it.",
            exitCodes: [.goalMet, .error],
            examples: [
                "stretto trace output.jsonl", "stretto trace output.jsonl --builder codex --exit 1 --json",
                "stretto trace output.jsonl --exit SIGKILL --stderr errors.txt",
            ]
        ),
    ]

    private static let ending = [
        CommandSpec(
            .land,
            [.init(name: "RUN", count: .optional)],
            options: [.fastForward, .merge, .squash],
            exclusive: [[.fastForward, .merge, .squash]],
            summary: "Bring a run's branch into your branch",
            paragraph:
                "Takes the work of RUN, or of the last run, into the branch that is checked out. This is the one command "
                + "that changes your checkout, and only where it is clean. Without an option it goes by fast-forward.",
            exitCodes: [.goalMet, .error],
            examples: ["stretto land", "stretto land --squash", "stretto land --merge payments-v2"]
        ),
        CommandSpec(
            .rescue,
            [.init(name: "TREE", count: .optional)],
            options: [.run, .to, .into, .jsonDocument],
            exclusive: [[.to, .into, .jsonDocument]],
            summary: "List every kept tree; bring one back to a branch or folder",
            paragraph:
                "Lists what every attempt left behind: its date, its size, and whether the checkout or the run's branch "
                + "has it too. TREE is a task, which means its newest contribution, or a name from the list such as "
                + "webhooks.2. A repository that lay inside a worktree comes back as one with --into. Nothing is ever "
                + "written over.",
            exitCodes: [.goalMet, .error],
            examples: [
                "stretto rescue", "stretto rescue webhooks.2 --to webhooks-again",
                "stretto rescue webhooks --into ../webhooks",
            ]
        ),
        CommandSpec(
            .discard,
            [.init(name: "RUN", count: .optional)],
            options: [.undo, .yes],
            summary: "Give a run up: take its branch and worktrees away",
            paragraph:
                "Tells what goes, asks, then removes the branch and the worktrees of RUN, or of the newest run. All trees stay "
                + "kept, and --undo brings the branch back, until 'stretto prune'. Refused while the run's engine or an "
                + "agent of it lives, and where the branch is checked out.",
            exitCodes: [.goalMet, .error, .locked],
            examples: ["stretto discard payments-v2-1", "stretto discard --undo payments-v2-1"]
        ),
        CommandSpec(
            .prune,
            [.init(name: "RUN", count: .optionalWords)],
            options: [.olderThan, .all, .yes],
            summary: "Let kept trees and logs of runs that are over go for good",
            paragraph:
                "Tells what goes, asks, then removes the kept trees that your branch has anyway, and the logs of runs of "
                + "which nothing else is left. Trees that are nowhere else go only with --all, and are named first. Runs "
                + "that could still be continued are left alone. Git's own objects stay until git's next upkeep.",
            exitCodes: [.goalMet, .error, .locked],
            examples: ["stretto prune", "stretto prune --older-than 30d", "stretto prune payments-v2-1 --all"]
        ),
    ]

    private static let other = [
        CommandSpec(
            .doctor,
            options: [.clean],
            summary: "Check that everything Stretto needs is there and in order",
            paragraph:
                "Checks git, the agents' programs, the room on the disks, the journal, the kept trees, and what an earlier "
                + "engine may have left behind; each with a verdict and a way to mend it. With --clean it removes "
                + "what is proved to be left over, and nothing else.",
            exitCodes: [.goalMet, .error, .locked],
            examples: ["stretto doctor", "stretto doctor --clean"]
        ),
        CommandSpec(
            .keys,
            summary: "Print the board's keys in the form of a keys file",
            paragraph:
                "Prints every action of the board with its keys as they are now, for 'keys.yaml' in the user's "
                + "configuration directory, and every problem of that file with line, column and a fix.",
            exitCodes: [.goalMet, .error],
            examples: ["stretto keys", "stretto keys | grep retry"]
        ),
        CommandSpec(
            .theme,
            [.init(name: "list|check", count: .optional), .init(name: "THEME", count: .optional)],
            summary: "List the board's themes; check one for contrast and colour vision",
            paragraph:
                "Lists the themes that --theme takes, and where each comes from: yours lie in stretto/themes/NAME.yaml of "
                + "$XDG_CONFIG_HOME or $XDG_DATA_HOME, before the built-in ones. 'check' takes a file or a name. It prints "
                + "the contrast of each text, which must be 4.5 or more, and how far apart the states look with each kind of "
                + "colour vision. 'theme: NAME' in your stretto.yaml makes a theme your default; on the board, t tries them.",
            exitCodes: [.goalMet, .error],
            examples: ["stretto theme", "stretto theme check night-kiln", "stretto theme check ./mine.yaml"]
        ),
        CommandSpec(
            .paths,
            summary: "Print every place that Stretto reads or writes",
            paragraph:
                "Prints where settings, themes, state, worktrees and logs lie, and which of those places are there yet; "
                + "inside of a repository also what belongs to it.",
            examples: ["stretto paths", "stretto -C ../payments paths"]
        ),
        CommandSpec(
            .version,
            summary: "Print the version",
            paragraph: "Prints the version of Stretto.",
            examples: ["stretto version"]
        ),
        CommandSpec(
            .help,
            [.init(name: "COMMAND", count: .optional)],
            summary: "Show the help of a command",
            paragraph: "Shows the help of COMMAND, or of everything; the same as --help.",
            examples: ["stretto help run"]
        ),
        CommandSpec(
            .engine,
            options: [.order],
            summary: "Run the engine",
            paragraph: "For the program's own use: 'stretto run' starts its engine process with it.",
            examples: ["stretto engine --order order.json"]
        ),
    ]
}
