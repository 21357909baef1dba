import StrettoCommand
import StrettoCore
import Testing

/// A command line as one would type it, without quotes.
func parse(_ line: String) throws(UsageError) -> Arguments {
    try Arguments(parsing: line.split(separator: " ").map(String.init))
}

/// What the parser says about a command line that it does not take.
func complaint(_ line: String) -> String? {
    do throws(UsageError) {
        _ = try parse(line)
        return nil
    } catch {
        return error.description
    }
}

@Suite struct ArgumentsTests {
    @Test(
        arguments: [
            ("", .offer(DisplayOptions())),
            ("--ascii --color 256", .offer(DisplayOptions(color: .indexed, isASCII: true))),
            ("--version", .version),
            ("demo --plain", .demo(DisplayOptions(output: .plain))),
            ("attach --json", .attach(DisplayOptions(output: .json))),
            ("attach --theme meridian", .attach(DisplayOptions(theme: "meridian"))),
            ("status", .status(.text)),
            ("status --json", .status(.json)),
            ("stop", .stop(.drain)),
            ("stop --now", .stop(.now)),
            ("resume --yes", .resume(ResumeOptions(answersYes: true))),
            ("resume --no-status", .resume(ResumeOptions(leavesPlanFile: true))),
            ("check plan.yaml", .check(plan: "plan.yaml", .text)),
            ("ready plan.yaml --json", .ready(plan: "plan.yaml", .json)),
            ("approve", .approve(nil)),
            ("approve 1.10", .approve(TaskID("1.10"))),
            ("reject 1.10 not so", .reject(TaskID("1.10"), comment: "not so")),
            ("retry 1.10", .retry(TaskID("1.10"), note: "")),
            ("retry 1.10 once more", .retry(TaskID("1.10"), note: "once more")),
            ("skip 1.10", .skip(TaskID("1.10"), reason: "")),
            ("skip 1.10 by hand", .skip(TaskID("1.10"), reason: "by hand")),
            ("log", .log(LogOptions())),
            ("log -f 1.10", .log(LogOptions(task: TaskID("1.10"), follows: true))),
            ("log 1.10 --raw --attempt 2", .log(LogOptions(task: TaskID("1.10"), attempt: 2, isRaw: true))),
            ("diff 1.10", .diff(TaskID("1.10"))),
            ("trace out.jsonl", .trace(TraceOptions(path: "out.jsonl"))),
            (
                "trace o --builder codex --exit 1 --stderr e --json",
                .trace(
                    TraceOptions(path: "o", builder: .codex, status: .code(1), standardErrorPath: "e", format: .json)
                )
            ),
            ("trace o --exit SIGKILL", .trace(TraceOptions(path: "o", status: .signal(9)))),
            ("land", .land(.fastForward, nil)),
            ("land --squash r1", .land(.squash, RunID("r1"))),
            ("land --merge", .land(.merge, nil)),
            ("land --ff", .land(.fastForward, nil)),
            ("doctor", .doctor(.look)), ("doctor --clean", .doctor(.clean)),
            ("rescue", .rescue(RescueOptions())),
            ("rescue a.2 --to b --run r", .rescue(RescueOptions(tree: "a.2", run: RunID("r"), action: .branch("b")))),
            ("rescue a --into f", .rescue(RescueOptions(tree: "a", action: .export(folder: "f")))),
            ("discard r --yes", .discard(DiscardOptions(run: RunID("r"), answersYes: true))),
            ("prune", .prune(PruneOptions())),
            (
                "prune r s --older-than 2w --all",
                .prune(PruneOptions(runs: [RunID("r"), RunID("s")], olderThanDays: 14, takesAll: true))
            ),
            ("version", .version),
            ("help", .help(nil)),
            ("help run", .help(.run)),
            ("engine --order order.json", .engine(orderPath: "order.json")),
        ] as [(String, Invocation)]
    )
    func `a command line means what its help says`(line: String, invocation: Invocation) throws {
        #expect(try parse(line).invocation == invocation)
    }

    @Test func `a run takes everything that its help lists`() throws {
        let line =
            "run plan.yaml --workers 8 --preset careful --base v1.2 --budget-usd 2.50 --dry-run --fresh --again"
            + " --no-status --yes"
            + " --task 1.2 --task=1.10 --plain --color=never --ascii --theme night"

        let expected = RunOptions(
            planPath: "plan.yaml",
            workers: 8,
            scope: .only([TaskID("1.2"), TaskID("1.10")]),
            preset: .careful,
            base: "v1.2",
            budget: BudgetTerms(limitMicrodollars: 2_500_000),
            isDryRun: true,
            startsFresh: true,
            runsAgain: true,
            leavesPlanFile: true,
            answersYes: true,
            display: DisplayOptions(output: .plain, color: .never, isASCII: true, theme: "night")
        )
        #expect(try parse(line).invocation == .run(expected))
    }

    @Test(
        arguments: [
            ("run p --single-task", .single), ("run p --resume-from 1.10", .from(TaskID("1.10"))), ("run p", .all),
        ] as [(String, RunSpec.Scope)]
    )
    func `the scope of a run is one of four`(line: String, scope: RunSpec.Scope) throws {
        #expect(try parse(line).invocation == .run(RunOptions(planPath: "p", scope: scope)))
    }

    @Test(arguments: [
        "run plan.yaml --workers 3", "run --workers 3 plan.yaml", "run --workers=3 plan.yaml",
        "--workers 3 run plan.yaml",
        "run --plan plan.yaml --workers 3", "run --plan=plan.yaml --workers=3", "run --workers 3 -- plan.yaml",
    ])
    func `options stand where one likes, in both spellings`(line: String) throws {
        #expect(try parse(line).invocation == .run(RunOptions(planPath: "plan.yaml", workers: 3)))
    }

    @Test(arguments: ["-C sub status", "status -C sub", "-C=sub status"])
    func `every command works in another directory`(line: String) throws {
        let arguments = try parse(line)

        #expect(arguments.directory == "sub")
        #expect(arguments.invocation == .status(.text))
    }

    @Test func `what follows two dashes is never an option`() throws {
        #expect(
            try parse("reject 1.10 -- --now --help -- x").invocation
                == .reject(TaskID("1.10"), comment: "--now --help -- x")
        )
        #expect(try parse("skip -- -odd").invocation == .skip(TaskID("-odd"), reason: ""))
    }

    @Test func `a lone dash is an operand`() throws {
        #expect(try parse("check -").invocation == .check(plan: "-", .text))
    }

    @Test(
        arguments: [
            ("run --help", .run), ("run -h --bogus", .run), ("check a b c --help --nonsense", .check), ("--help", nil),
            ("--help nonsense", nil),
        ] as [(String, CommandName?)]
    )
    func `help is given before anything after it is judged`(line: String, topic: CommandName?) throws {
        #expect(try parse(line).invocation == .help(topic))
    }

    @Test(arguments: [
        ("2.50", 2_500_000), ("3", 3_000_000), ("0.000001", 1), (".5", 500_000), ("7.", 7_000_000),
        ("1000000", 1_000_000_000_000),
    ])
    func `a budget is read to the millionth of a dollar`(text: String, microdollars: Int) throws {
        #expect(
            try parse("run p --budget-usd \(text)").invocation
                == .run(RunOptions(planPath: "p", budget: BudgetTerms(limitMicrodollars: microdollars)))
        )
    }

    @Test(arguments: [
        "0", "0.0000001", "-1", ".", "1e3", "1,5", "1000001", "1000000.000001", "$3", "NaN", "١", "1.2.3",
    ])
    func `what is no budget is refused`(text: String) {
        #expect(
            complaint("run p --budget-usd=\(text)")
                == "'--budget-usd' takes an amount of US dollars such as 2.50, up to 1000000"
        )
    }

    @Test func `themes are listed, or one is checked`() throws {
        func invocation(_ arguments: String...) throws -> Invocation { try Arguments(parsing: arguments).invocation }

        #expect(try invocation("theme") == .theme(.list))
        #expect(try invocation("theme", "list") == .theme(.list))
        #expect(try invocation("theme", "check", "mine.yaml") == .theme(.check("mine.yaml")))
        for (arguments, message) in [
            (["theme", "chek"], "'stretto theme' does not know 'chek': did you mean 'check'?"),
            (["theme", "paint"], "'stretto theme' does not know 'paint': it takes list or check"),
            (["theme", "check"], "'stretto theme' needs THEME: 'stretto theme --help' shows how"),
            (["theme", "list", "x"], "'stretto theme' was given more than it takes: 'stretto theme --help' shows how"),
        ] {
            let error = #expect(throws: UsageError.self) { try Arguments(parsing: arguments) }
            #expect(error?.description == message)
        }
    }
}
