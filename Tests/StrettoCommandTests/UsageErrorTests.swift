import StrettoCommand
import StrettoCore
import Testing

@Suite struct UsageErrorTests {
    @Test(arguments: [
        ("rnu plan.yaml", "'rnu' is no command of stretto: did you mean 'run'?"),
        ("aprove x", "'aprove' is no command of stretto: did you mean 'approve'?"),
        ("frobnicate", "'frobnicate' is no command of stretto: 'stretto --help' lists them"),
        ("plans/a.yaml", "'plans/a.yaml' is no command: 'stretto run plans/a.yaml' runs a plan"),
        ("help rnu", "'rnu' is no command of stretto: did you mean 'run'?"),
        ("engin", "'engin' is no command of stretto: 'stretto --help' lists them"),
        ("run p --worker 3", "'stretto run' has no option '--worker': did you mean '--workers'?"),
        ("--worker 3 run p", "'stretto' has no option '--worker': 'stretto --help' lists what it has"),
        ("run p --zzz", "'stretto run' has no option '--zzz': 'stretto run --help' lists what it has"),
        ("run p --plian", "'stretto run' has no option '--plian': did you mean '--plain'?"),
        ("run p -workers 3", "'stretto run' has no option '-workers': did you mean '--workers'?"),
        ("run p -x", "'stretto run' has no option '-x': 'stretto run --help' lists what it has"),
        ("run p --squash", "'--squash' is an option of 'stretto land', not of 'stretto run'"),
        ("check p --plain", "'--plain' is an option of 'stretto' and others, not of 'stretto check'"),
        ("run p --order x", "'stretto run' has no option '--order': 'stretto run --help' lists what it has"),
        ("run p --workers", "'--workers' needs a value: '--workers N'"),
        ("run p --workers --plain", "'--workers' needs a value: '--workers N'"),
        ("run p --theme=", "'--theme' needs a value: '--theme NAME'"),
        ("run p --workers -- 3", "'--workers' needs a value: '--workers N'"),
        ("run p --plain=yes", "'--plain' takes no value: write it alone"),
        ("run p --workers 0", "'--workers' takes a whole number from 1 to 64"),
        ("run p --workers 65", "'--workers' takes a whole number from 1 to 64"),
        ("run p --workers many", "'--workers' takes a whole number from 1 to 64"),
        ("run p --preset carefull", "'--preset' takes one of careful, normal, unattended: did you mean 'careful'?"),
        ("run p --color blue", "'--color' takes one of auto, always, never, 16, 256, true"),
        ("run p --workers 2 --workers 2", "'--workers' is given twice: give it once"),
        ("run p --plain --plain", "'--plain' is given twice: give it once"),
        ("run p --plain --json", "'--plain' and '--json' exclude each other: give one of them"),
        ("demo --json --plain", "'--plain' and '--json' exclude each other: give one of them"),
        ("run p --task 1 --single-task", "'--single-task' and '--task' exclude each other: give one of them"),
        ("land --merge --squash", "'--merge' and '--squash' exclude each other: give one of them"),
        ("run", "'stretto run' needs PLAN: 'stretto run --help' shows how"),
        ("diff", "'stretto diff' needs TASK: 'stretto diff --help' shows how"),
        ("reject 1", "'stretto reject' needs COMMENT: 'stretto reject --help' shows how"),
        ("run a b", "'stretto run' was given more than it takes: 'stretto run --help' shows how"),
        ("run a --plan b", "'stretto run' was given more than it takes: 'stretto run --help' shows how"),
        ("doctor now", "'stretto doctor' was given more than it takes: 'stretto doctor --help' shows how"),
        ("log --raw", "'--raw' is about a task's log: name the task too"),
        ("log --attempt 2", "'--attempt' is about a task's log: name the task too"),
        ("trace o --exit SIGWHAT", "'--exit' takes an exit code from 0 to 255, or a signal such as SIGKILL"),
        ("trace o --exit 256", "'--exit' takes an exit code from 0 to 255, or a signal such as SIGKILL"),
        ("engine", "'stretto engine' needs --order FILE: 'stretto engine --help' shows how"),
    ])
    func `what is wrong is said in one sentence with a way out`(line: String, sentence: String) {
        #expect(complaint(line) == sentence)
    }

    @Test func `an operand that is empty counts as missing`() {
        #expect(throws: UsageError.missingOperand("PLAN", command: .run)) { try Arguments(parsing: ["run", ""]) }
        #expect(throws: UsageError.missingOperand("COMMENT", command: .reject)) {
            try Arguments(parsing: ["reject", "1", ""])
        }
    }

    @Test func `a comment longer than the limit is refused`() {
        let comment = String(repeating: "x", count: ArgumentLimits.textBytesMax + 1)

        #expect(throws: UsageError.textTooLong("COMMENT")) { try Arguments(parsing: ["reject", "1", comment]) }
        #expect(UsageError.textTooLong("COMMENT").description == "COMMENT is longer than 16.0 KB: shorten it")
    }

    @Test func `no message repeats the value of an option`() {
        let secret = "hunter2hunter2"

        for line in [
            "run p --workers \(secret)", "run p --preset \(secret)", "run p --budget-usd=\(secret)",
            "run p --plain=\(secret)",
        ] {
            #expect(complaint(line)?.contains(secret) == false)
        }
    }
}
