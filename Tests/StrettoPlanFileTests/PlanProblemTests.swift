import StrettoCore
import Testing

@testable import StrettoPlanFile

/// What is said about plans that are well-formed YAML and yet wrong.
@Suite struct PlanProblemTests {
    static let mistakes: [Mistake] = [
        Mistake(
            "a missing dependency",
            "sections:\n- id: s\n  tasks:\n  - id: build\n    name: B\n  - id: test\n    name: T\n    depends_on: [biuld]\n",
            says: "8:18: 'test' waits for 'biuld', which is not in this plan: did you mean 'build'?"
        ),
        Mistake(
            "a dependency on a section",
            taskText("depends_on: [s]"),
            says: "6:18: 't' waits for 's', which is a section: name the tasks it waits for"
        ),
        Mistake(
            "several ids in one text",
            taskText("depends_on: 'a1, b2'"),
            says: "6:17: 't' waits for 'a1, b2', which is not in this plan: write several ids as a list: [a, b]"
        ),
        Mistake(
            "a task that waits for itself",
            taskText("depends_on: [t]"),
            says: "6:18: 't' waits for itself: remove this dependency"
        ),
        Mistake(
            "a cycle",
            "tasks:\n- {id: 1, name: a, depends_on: [2]}\n- {id: 2, name: b, depends_on: [3, 1]}\n- {id: 3, name: c}\n",
            says: "2:33: these tasks wait for each other: 1 → 2 → 1: remove one of these dependencies"
        ),
        Mistake(
            "a key in a command",
            taskText("command: 'curl -H \"x-api-key: sk-ant-" + "api03-Zx9aBcdEFghijkl\"'"),
            says: "warning 6:14: 'command' of task 't' holds what looks like a key: keep it in your own environment, "
                + "which tasks inherit, and write $NAME here"
        ),
        Mistake(
            "keys in a description, a check and a variable",
            taskText(
                "description: Log in with ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a\n"
                    + "checks: [{run: login https://me:hunter2@example.org}]\nenv: {A: AKIA" + "IOSFODNN7EXAMPLE}"
            ),
            says:
                "warning 6:18: 'description' of task 't' holds what looks like a key: keep it in your own environment, "
                + "which tasks inherit, and write $NAME here",
            "warning 7:14: a check of task 't' holds what looks like a key: keep it in your own environment, "
                + "which tasks inherit, and write $NAME here",
            "warning 8:14: 'A' in 'env' of task 't' holds what looks like a key: keep it in your own environment, "
                + "which tasks inherit, and write $NAME here"
        ),
        Mistake(
            "a task id used twice",
            "tasks:\n- {id: a, name: A}\n- {id: b, name: B}\n- {id: a, name: C}\n",
            says: "4:8: task id 'a' on line 4 is already used on line 2: give one of them another id"
        ),
        Mistake(
            "a section id used twice",
            "sections:\n- {id: s, tasks: [{id: a, name: A}]}\n- {id: s, tasks: [{id: b, name: B}]}\n",
            says: "warning 3:8: section id 's' is already used on line 2: give one of them another id"
        ),
        Mistake(
            "a section without an id",
            "sections:\n- tasks: [{id: a, name: A}]\n",
            says: "warning 2:3: section 1 has no id: add 'id: section-1'"
        ),
        Mistake(
            "a task without an id",
            "sections:\n- id: s\n  tasks:\n  - name: A\n  - {id: , name: B}\n  - {id: ' ', name: C}\n",
            says: "4:5: the task on line 4 has no id: add 'id: \"1\"'",
            "5:5: the task on line 5 has no id: add 'id: \"2\"'",
            "6:10: 'id' of the task on line 6 is empty: write 'id: \"3\"'"
        ),
        Mistake(
            "an id of two lines",
            "tasks: [{id: \"a\\nb\", name: x}]",
            says: "1:14: 'id' of the task on line 1 holds a line end or control character: keep it to one line"
        ),
        Mistake(
            "a task that says nothing",
            "tasks: [{id: a}]",
            says: "1:9: task 'a' does not say what is to be done: add 'description:' or 'command:'"
        ),
        Mistake(
            "an unknown builder",
            taskText("builder: claud"),
            says: "6:14: 'builder' of task 't' cannot be 'claud': did you mean 'claude'?"
        ),
        Mistake(
            "a builder of another version",
            metaText("builder: gemini"),
            says: "2:12: 'builder' of meta cannot be 'gemini': use command, claude or codex, or describe it "
                + "under 'agents' in stretto.yaml"
        ),
        Mistake(
            "a command for claude",
            taskText("builder: claude\ncommand: make"),
            says: "6:14: task 't' has a command, but its builder is 'claude': remove one of them"
        ),
        Mistake(
            "a builder without its command",
            taskText("builder: command"),
            says: "6:14: task 't' has the builder 'command', but no command: add 'command: make'"
        ),
        Mistake(
            "a default builder without commands",
            "meta: {builder: command}\ntasks: [{id: a, name: x}, {id: b, command: make}]",
            says:
                "2:14: task 'a' has no command, and the plan's builder is 'command': add 'command:' or 'builder: claude'"
        ),
        Mistake(
            "an empty command",
            taskText("command: ' '"),
            says: "6:14: 'command' of task 't' is empty: write a command, or remove the key"
        ),
        Mistake(
            "a bad duration",
            taskText("timeout: 5 minutes"),
            says: "6:14: 'timeout' of task 't' is no duration: '5 minutes': "
                + "write 90s, 15m, 2h or 1h30m; a plain number counts seconds"
        ),
        Mistake(
            "no time at all",
            taskText("timeout: 0"),
            says: "6:14: 'timeout' of task 't' leaves no time at all: leave it out for no limit"
        ),
        Mistake(
            "too many workers",
            metaText("workers: 65"),
            says: "2:12: 'workers' of meta must be a whole number from 1 to 64, not '65'"
        ),
        Mistake(
            "a number in words",
            taskText("max_attempts: many"),
            says: "6:19: 'max_attempts' of task 't' must be a whole number from 1 to 100, not 'many'"
        ),
        Mistake(
            "an unknown status",
            taskText("status: skiped"),
            says: "6:13: 'status' of task 't' cannot be 'skiped': did you mean 'skipped'?"
        ),
        Mistake(
            "an unknown verdict",
            taskText("review: always"),
            says: "6:13: 'review' of task 't' cannot be 'always': use auto or human"
        ),
        Mistake(
            "a gate of another version",
            metaText("gates: {section: human}"),
            says: "2:20: 'section: human' is not available in this version: use 'task: human'"
        ),
        Mistake(
            "an amount that is none",
            taskText("budget_usd: five"),
            says: "6:17: 'budget_usd' of task 't' is no amount of dollars: 'five': write 5 or 2.50"
        ),
        Mistake(
            "an amount of nothing",
            metaText("budget: {usd: 0}"),
            says: "2:17: 'usd' of 'budget' allows no spending at all: leave it out for no limit"
        ),
        Mistake(
            "a budget that is reserved whole",
            metaText("budget: {quota_ceiling_usd: 5, reserved_budget_usd: 5}"),
            says: "2:31: 'reserved_budget_usd' leaves nothing of 'quota_ceiling_usd' of 'budget': reserve less"
        ),
        Mistake(
            "a path that leaves the repository",
            metaText("copy: [../secret, /etc/passwd]"),
            says: "2:10: 'copy' of meta leads out of the repository: '../secret': "
                + "write a path relative to the repository's root",
            "2:21: 'copy' of meta leads out of the repository: '/etc/passwd': "
                + "write a path relative to the repository's root"
        ),
        Mistake(
            "a variable that cannot be",
            taskText("env: {a-b: 1, STRETTO_REPORT: x}"),
            says: "6:11: 'a-b' in 'env' of task 't' cannot name a variable: use letters, digits and '_'",
            "6:19: 'STRETTO_REPORT' in 'env' of task 't' is set by Stretto itself: choose another name"
        ),
        Mistake(
            "a check without a command",
            taskText("checks: [{name: lint}, '']"),
            says: "6:14: a check of task 't' has no command: add 'run: make test'",
            "6:28: 'checks' of task 't' holds an empty command: remove it"
        ),
        Mistake(
            "wrong types",
            "meta: [a]\nsections:\n- id: s\n  tasks: {id: t}\n- id: r\n  tasks:\n  - just text\n  - {id: [x], name: y}\n- word\n",
            says: "1:7: 'meta' must be a mapping, not a list: write 'name: My plan'",
            "4:10: 'tasks' of section 's' must be a list, not a mapping: begin each item with '- '",
            "7:5: the task on line 7 must be a mapping, not text: write '- id: \"1\"'",
            "8:10: 'id' of the task on line 8 must be text, not a list",
            "9:3: section 3 must be a mapping, not text: write '- id: phase-1'"
        ),
        Mistake(
            "slips in keys",
            taskText("depend_on: [x]\ncomand: y\ncmd: z\nparallelGroup: g\ntarget_acs: [a]\nwhatever: 1"),
            says: "warning 6:5: 'depend_on' of task 't' is no key that Stretto knows: did you mean 'depends_on'?",
            "warning 7:5: 'comand' of task 't' is no key that Stretto knows: did you mean 'command'?",
            "warning 8:5: 'cmd' of task 't' is no key that Stretto knows: did you mean 'command'?",
            "warning 9:5: 'parallelGroup' of task 't' is no key that Stretto knows: did you mean 'parallel_group'?"
        ),
        Mistake(
            "promises of another version",
            "meta: {teardown: x, criteria: []}\ntasks: [{id: t, name: x, compare: [claude]}]",
            says: "warning 1:8: 'teardown' of meta is not used by this version",
            "warning 1:21: 'criteria' of meta is not used by this version",
            "warning 2:26: 'compare' of task 't' is not used by this version"
        ),
        Mistake(
            "a key twice",
            "tasks:\n- id: t\n  name: a\n  name: b\n",
            says: "4:3: the key 'name' stands here a second time, first on line 3: keep one of them"
        ),
        Mistake(
            "a NUL in a command",
            "tasks: [{id: t, command: \"a\\0b\"}]",
            says: "1:26: 'command' of task 't' holds a NUL character: remove '\\0'"
        ),
        Mistake(
            "no sections",
            "meta: {name: x}\n",
            says: "1:1: the plan has no sections: add 'sections:' with at least one task"
        ),
        Mistake(
            "a misspelt 'sections'",
            "meta: {name: x}\nsection: []\n",
            says: "2:1: the plan has no key 'sections', but 'section': did you mean 'sections'?"
        ),
        Mistake(
            "no tasks",
            "sections:\n- {id: s, name: x}\n",
            says: "2:1: the plan has no tasks: add a section with 'tasks:' and at least one task"
        ),
        Mistake("nothing", "", says: "1:1: there is no plan in the file: begin with 'sections:'"),
        Mistake("comments only", "# hello\n", says: "1:1: there is no plan in the file: begin with 'sections:'"),
        Mistake("a list", "- a\n", says: "1:1: a plan is a mapping, not a list: begin with 'sections:'"),
        Mistake(
            "a mission file",
            "# Goals.\nmission:\n  title: Build it\n",
            says:
                "2:1: this is a mission file, and this version runs plans: write a plan, which has 'sections' with 'tasks'"
        ),
    ]

    @Test(arguments: mistakes)
    func `a mistake is told with its place, what is wrong, and what to do`(mistake: Mistake) {
        let reading = read(mistake.text)

        #expect(lines(reading) == mistake.said)
        #expect((reading.plan == nil) == reading.problems.contains { $0.severity == .error })
    }

    @Test func `an unknown role is told where the roles are known, unless the task is over`() {
        let text = "tasks:\n- {id: a, name: A, agent: codr}\n- {id: b, name: B, agent: codr, status: completed}\n"

        #expect(lines(read(text, roles: nil)) == [])
        #expect(
            lines(read(text, roles: ["coder", "tester"]))
                == ["2:27: task 'a' names the role 'codr', which does not exist: did you mean 'coder'?"]
        )
        #expect(
            lines(read(text, roles: ["writer", "tester"]))
                == ["2:27: task 'a' names the role 'codr', which does not exist: use writer or tester"]
        )
    }

    @Test func `all problems of a plan are told at once, in the order of the file`() {
        let reading = read(
            """
            meta: {workers: 0, gates: {task: yes}}
            sections:
            - id: s
              tasks:
              - {id: a, name: A, depends_on: [b, nowhere]}
              - {id: b, name: B, depends_on: [a], timeout: soon}
              - {id: b, name: B, status: open}
            """
        )

        #expect(reading.problems.map(\.position.line) == [1, 1, 5, 5, 6, 7, 7])
        #expect(reading.problems == reading.problems.sorted(by: PlanProblem.precedes))
    }

    @Test func `a cycle of many tasks is told once, by a shortest way around, and cut`() {
        let count = 40
        let tasks = (0..<count).map { "- {id: t\($0), name: x, depends_on: [t\(($0 + 1) % count)]}" }
        let reading = read("tasks:\n" + tasks.joined(separator: "\n"))

        #expect(reading.problems.count == 1)
        #expect(reading.problems.first?.message.hasPrefix("these tasks wait for each other: t0 → t1 → ") == true)
        #expect(reading.problems.first?.message.hasSuffix("t11 → (28 more) → t0") == true)
    }

    @Test func `text from the plan cannot bring control characters or walls of text into a message`() {
        let reading = read(taskText("status: \"\\u001b[2J\(String(repeating: "x", count: 500))\""))
        let message = reading.problems.map(\.message).joined()

        #expect(message.count < 120)
        #expect(!message.unicodeScalars.contains { isControl($0) })
    }
}
