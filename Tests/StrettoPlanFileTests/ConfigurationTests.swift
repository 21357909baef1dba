import StrettoCore
import Testing

@testable import StrettoPlanFile

/// What `stretto.yaml` says, and what is said about it.
@Suite struct ConfigurationTests {
    @Test func `the theme is the last file's that names one`() {
        let user = ConfigurationFile.read(Array("theme: meridian\n".utf8))
        #expect(user.problems.isEmpty && user.configuration.theme == "meridian")

        let silent = ConfigurationFile.read(Array("workers: 2\n".utf8), over: user.configuration)
        #expect(silent.configuration.theme == "meridian")
        let project = ConfigurationFile.read(Array("theme: graphite\n".utf8), over: user.configuration)
        #expect(project.configuration.theme == "graphite")
        let broken = ConfigurationFile.read(Array("theme: [a]\n".utf8))
        #expect(!broken.isUsable)
    }

    private func read(_ text: String, over base: Configuration = Configuration()) -> ConfigurationReading {
        ConfigurationFile.read([UInt8](text.utf8), over: base)
    }

    private func lines(_ text: String) -> [String] {
        read(text).problems.map { $0.severity == .warning ? "warning \($0)" : "\($0)" }
    }

    /// The one agent of a file that must have no problem.
    private func program(_ text: String) throws -> AgentProgram {
        let reading = read(text)
        #expect(reading.problems.map(\.description) == [])
        return try #require(reading.configuration.settings.agents.programs.first)
    }

    @Test func `everything that can be said of an agent is read`() throws {
        let program = try program(
            """
            agents:
              quill:
                command: [quill, run, [--model, "{model}"], --session, "{session}", "{prompt}"]
                resume: [quill, run, --resume, "{session}", "{prompt}"]
                output:
                  session: session.id
                  model: {when: {type: [begin, switch]}, at: model}
                  text: [{when: {type: say}, at: content.*.text}, note]
                  tool: {when: {type: call}, name: tool, detail: args.0}
                  tool_result: {when: {type: answer}, at: output, failed: {ok: false}}
                  usage: {when: {type: turn}, counts: session, input: use.in, cached: use.hit, cost_usd: use.usd,
                    input_has_cached: false}
                  error:
                  - {when: {code: quota}, at: why, kind: usage_limit, resets: until}
                  - {when: {type: error}, at: why, status: http}
                  result: {when: {type: done}, at: summary, failed: {ok: false}}
                stop: [{line: /quit, wait: 2s}, SIGINT, {signal: HUP, wait: 500ms}]
                session_lost: no such session
                stderr: [{contains: hit your limit, kind: usage_limit}, {contains: "bad key", kind: refused_login}]
                env: {QUILL_COLOR: never}
                pass: [QUILL_KEY]
                model: feather-2
                commits: false
                rules: Never push.
                prices: {"feather*": {input: 3, output: 15, cache_read: 0.30}}
                version: [--version]
                install: pip install quill
            """
        )

        #expect(program.name == BuilderName(rawValue: "quill"))
        #expect(program.command.parts[2] == .group(["--model", "{model}"]))
        #expect(program.command.placeholders == [.model, .session, .prompt])
        #expect(program.resume?.parts.count == 5)
        guard case .lines(let mapping) = program.output else {
            Issue.record("no mapping")
            return
        }
        #expect(mapping.session == [LineRule(text: try #require(FieldPath("session.id")))])
        #expect(mapping.text.map(\.text.description) == ["content.*.text", "note"])
        #expect(mapping.model[0].conditions[0].values == ["begin", "switch"])
        #expect(mapping.usage[0].counts == .session)
        #expect(!mapping.usage[0].inputHasCached)
        #expect(mapping.errors.map(\.kind) == [.usageLimit, nil])
        #expect(mapping.results[0].failures[0].values == ["false"])
        #expect(
            program.stop == [
                StopStep(.line("/quit"), grace: .seconds(2)), StopStep(.signal(.interrupt)),
                StopStep(.signal(.hangup), grace: .milliseconds(500)),
            ]
        )
        #expect(
            program.complaints == [
                ComplaintRule("hit your limit", .usageLimit), ComplaintRule("bad key", .refusedLogin),
            ]
        )
        #expect(program.environment == [EnvironmentVariable(name: "QUILL_COLOR", value: "never")])
        #expect(program.passed == ["QUILL_KEY"])
        #expect(program.commits == false)
        let price = TokenPrice(
            model: "feather*",
            input: 3_000_000,
            output: 15_000_000,
            cacheRead: 300_000,
            cacheWrite: 3_000_000
        )
        #expect(program.prices == [price])
        #expect(program.version == ["--version"])
        #expect(program.installation == "pip install quill")
    }

    @Test func `every mistake is named at once, with line, column and what to write`() {
        let text = """
            agents:
              quill:
                comand: [quill]
                command: [quill, run, "say {promt} now"]
                stop: [INTT]
              claude: {command: [claude]}
              Pen: {command: [pen]}
              pad:
                command: pad run
              ink:
                command: [ink, --model, "{model}", "{prompt}"]
                resume: [ink, --continue]
                output: jsonl
            bilder: quill
            workers: 99
            """

        #expect(
            lines(text)
                == [
                    "3:5: 'comand' of agent 'quill' is no key that Stretto knows: did you mean 'command'?",
                    "4:32: 'command' of agent 'quill' has an unknown placeholder '{promt}': did you mean '{prompt}'?",
                    "5:12: 'stop' of agent 'quill' cannot be 'INTT': did you mean 'INT'?",
                    "6:3: 'claude' comes with Stretto and cannot be described: choose another name, such as 'my-claude'",
                    "7:3: 'Pen' cannot name an agent: use lower-case letters, digits, '-' and '_', at most 40",
                    "9:14: 'command' of agent 'pad' must be a list of arguments, not text: no shell splits it: "
                        + "write [quill, run, \"{prompt}\"]",
                    "11:30: '{model}' of 'command' of agent 'ink' may have no value: put it into a list of its own, "
                        + "[--option, \"{model}\"], which is left out then, or add 'model:'",
                    "12:13: 'resume' of agent 'ink' does not say which session: add \"{session}\" where the program wants its id",
                    "12:13: nothing tells the session that 'resume' of agent 'ink' needs: add \"{session}\" to 'command', "
                        + "or say under 'output' where the 'session' is",
                    "13:13: 'output' of agent 'ink' cannot be 'jsonl': use text, claude or codex",
                    "14:1: 'bilder' of stretto.yaml is no key that Stretto knows: did you mean 'builder'?",
                    "15:10: 'workers' of stretto.yaml must be a whole number from 1 to 64, not '99'",
                ]
        )
    }

    @Test func `an agent that is told no prompt is worth a warning, unless a script reads it`() {
        #expect(
            lines("agents: {quill: {command: [quill, run]}}") == [
                "warning 1:27: 'command' of agent 'quill' does not tell the agent its prompt: add \"{prompt}\" or "
                    + "\"{prompt_file}\""
            ]
        )
        #expect(lines("agents: {quill: {command: [sh, -c, 'quill < \"$STRETTO_PROMPT\"']}}") == [])
    }

    @Test(arguments: [
        ("env: {QUILL_API_KEY: sk-ant-api03-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1}", "looks like a secret"),
        ("pass: [QUILL_KEY=secret]", "cannot name a variable"),
        ("stop: [{line: a}, {line: b}]", "has a second line"),
        ("stop: {line: a, signal: INT}", "is either a signal or a line"),
        ("output: {result: {at: text}}", "would fit every line"),
        ("output: {usage: {when: {a: b}}}", "names no figure"),
        ("output: {text: a..b}", "is no place in a line"),
        ("output: {}", "finds nothing in the output"),
        ("session_lost: gone", "is of no use without 'resume'"),
        ("prices: {m: {input: 3}}", "needs 'input' and 'output'"),
        ("output: {error: {when: {a: b}, kind: usage_limits}}", "did you mean 'usage_limit'?"),
        ("commits: sometimes", "use true or false"),
        ("stderr: {contains: oops}", "needs the words that it is about and what they say"),
        ("stderr: [{contains: oops, kind: limit}]", "cannot be 'limit'"),
        ("output: {error: {when: {a: b}, kind: overloaded, resets: c}}", "is for limits that a clock ends"),
    ])
    func `what cannot work is an error`(line: String, says: String) {
        let reading = read("agents:\n  quill:\n    command: [quill, \"{prompt}\"]\n    \(line)\n")

        #expect(!reading.isUsable)
        #expect(reading.problems.contains { $0.description.contains(says) }, "\(reading.problems)")
        #expect(
            reading.problems.allSatisfy {
                !$0.description.contains("sk-ant") && !$0.description.contains("=secret")
                    || $0.description.contains("cannot name")
            }
        )
    }

    @Test func `the project's word goes before the user's, and the plan's before both`() throws {
        let user = read(
            """
            agents: {quill: {command: [quill, "{prompt}"]}, pen: {command: [pen, "{prompt}"]}}
            workers: 2
            timeout: 5m
            builder: pen
            """
        )
        let project = read(
            """
            agents: {quill: {command: [./tools/quill, "{prompt}"]}}
            workers: 3
            model: feather-2
            """,
            over: user.configuration
        )
        let plan = PlanFile.read(
            [UInt8]("meta: {workers: 5}\ntasks: [{id: a, name: A}, {id: b, name: B, builder: quill}]\n".utf8),
            configuration: project.configuration
        )

        #expect(user.problems.isEmpty && project.problems.isEmpty && plan.problems.isEmpty)
        let settings = try #require(plan.plan?.settings)
        #expect(settings.workers == 5)
        #expect(settings.timeout == .seconds(300))
        #expect(settings.builder == BuilderName(rawValue: "pen"))
        #expect(settings.model == "feather-2")
        #expect(settings.agents.program(BuilderName(rawValue: "quill"))?.command.program == "./tools/quill")
        #expect(plan.plan?.tasks[1].builder == BuilderName(rawValue: "quill"))
    }

    @Test func `a plan that names its builder is not routed by the project's rules`() throws {
        let project = read("model: opus\nroles: {coder: {model: haiku}}\nrouting: [{words: [test], builder: codex}]\n")
        func settings(_ meta: String) throws -> PlanSettings {
            let text = "meta: {\(meta)}\ntasks: [{id: a, name: A}]\n"
            let reading = PlanFile.read([UInt8](text.utf8), configuration: project.configuration)
            return try #require(reading.plan?.settings)
        }

        #expect(try settings("name: x").agents.routing.count == 1)
        #expect(try settings("name: x").model == "opus")
        let own = try settings("builder: codex")
        #expect(own.agents.routing.isEmpty && own.agents.roles.isEmpty && own.model == nil)
    }

    @Test func `an agent that nobody describes is an error of the plan, and the nearest one is named`() {
        let known = read("agents: {quill: {command: [quill, \"{prompt}\"]}}").configuration
        let text = "tasks:\n- {id: a, name: A, builder: quil}\n- {id: b, name: B, builder: gemini}\n"
        let reading = PlanFile.read([UInt8](text.utf8), configuration: known)

        #expect(
            reading.problems.map(\.description) == [
                "2:29: 'builder' of task 'a' cannot be 'quil': did you mean 'quill'?",
                "3:29: 'builder' of task 'b' cannot be 'gemini': use command, claude, codex or quill, or describe it under "
                    + "'agents' in stretto.yaml",
            ]
        )
        #expect(PlanFile.read([UInt8](text.utf8), configuration: nil).plan != nil, "who knows nothing takes any name")
    }

    @Test func `a plan cannot describe agents, and is told where that is done`() {
        let text = "meta: {agents: {quill: {command: [quill]}}}\ntasks: [{id: a, name: A}]\n"

        #expect(
            PlanFile.read([UInt8](text.utf8)).problems.map(\.description) == [
                "1:8: 'agents' of meta is not read: a plan only names agents: describe them in stretto.yaml, in the "
                    + "repository's root"
            ]
        )
    }

    @Test func `a faulty description is no second problem for the plan that names the agent`() {
        let faulty = read("agents: {quill: {command: quill}}")
        let text = "tasks: [{id: a, name: A, builder: quill}]\n"

        #expect(!faulty.isUsable)
        #expect(PlanFile.read([UInt8](text.utf8), configuration: faulty.configuration).problems.isEmpty)
    }

    @Test(arguments: ["", "# nothing but a comment\n", "agents:\n"])
    func `a file that says nothing changes nothing`(text: String) {
        #expect(read(text).problems.isEmpty)
        #expect(read(text).configuration == Configuration())
    }

    @Test func `a file that is no mapping or no YAML is refused with a place`() {
        #expect(lines("- a\n") == ["1:1: stretto.yaml is a mapping, not a list: begin with 'agents:'"])
        #expect(!read("agents: [\n").isUsable)
    }
}
