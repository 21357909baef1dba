import FoundationEssentials
import StrettoCore
import TestSupport
import Testing

@testable import StrettoBuilders

/// Agents that users described: their command lines, their streams, their ends.
@Suite(.timeLimit(.minutes(5))) struct DescribedAgentTests {
    private static let quill = BuilderName(rawValue: "quill")

    private static func path(_ text: String) -> FieldPath {
        FieldPath(steps: text.split(separator: ".").map(String.init))
    }

    private static func when(_ path: String, _ values: String...) -> [LineCondition] {
        [LineCondition(path: Self.path(path), values: values)]
    }

    private static let mapping = LineMapping(
        session: [LineRule(text: path("session"))],
        model: [LineRule(text: path("model"))],
        text: [LineRule(conditions: when("type", "say"), text: path("content.*.text"))],
        toolCalls: [ToolRule(conditions: when("type", "call"), name: path("tool"), detail: path("args.0"))],
        toolResults: [
            ResultRule(conditions: when("type", "answer"), text: path("output"), failures: when("ok", "false"))
        ],
        usage: [
            UsageRule(conditions: when("type", "turn"), counts: .each, input: path("in"), output: path("out"))
        ],
        errors: [
            ErrorRule(conditions: when("code", "quota"), text: path("why"), kind: .usageLimit, resets: path("until")),
            ErrorRule(conditions: when("type", "error"), text: path("why"), status: path("http")),
        ],
        results: [ResultRule(conditions: when("type", "done"), text: path("summary"), failures: when("ok", "false"))]
    )

    private static func program(
        _ command: [CommandTemplate.Part] = [.argument("quill"), .argument("{prompt}")],
        resume: CommandTemplate? = nil,
        output: OutputFormat = .lines(mapping)
    ) -> AgentProgram {
        AgentProgram(name: quill, command: CommandTemplate(command), resume: resume, output: output)
    }

    private func events(
        _ text: String,
        _ context: StreamContext = StreamContext(),
        mapping: LineMapping = mapping
    )
        -> [AgentEvent]
    {
        var decoder = MappedDecoder(mapping, context)
        return decoder.decode(Array(text.utf8)) + decoder.finish()
    }

    private func end(
        _ text: String,
        _ status: StrettoCore.ExitStatus,
        error: String = "",
        _ program: AgentProgram
    )
        -> (verdict: Verdict, trouble: ProviderTrouble?)
    {
        let time = Timestamp(milliseconds: 1_795_195_200_000)
        var story = AttemptStory(Self.quill, program: program, now: time, local: .universal)
        story.take(Array(text.utf8))
        story.finish()
        return story.judgement.end(status, standardErrorTail: error)
    }

    // MARK: Command lines

    @Test func `a command line is the template with its values, and the resumed one has its own`() throws {
        var program = Self.program(
            [
                .argument("quill"), .group(["--model", "{model}"]), .argument("--id={session}"), .argument("{task}"),
                .argument("{permissions}"), .argument("{report}"), .argument("{prompt}"),
            ],
            resume: CommandTemplate([.argument("quill"), .argument("again"), .argument("{session}")])
        )
        var launch = Launch(
            order: order(builder: Self.quill),
            prompt: "Do it; `now`",
            promptPath: "/w/prompt.md",
            sessionID: "id-1",
            role: Role(name: "coder", tools: [], model: "opus", body: "")
        )

        let first = try DescribedBuilder(program).command(for: launch)
        #expect(
            first.arguments == [
                "quill", "--id=id-1", "1.10", "edit", "/worktrees/1.10/.stretto-attempt/report.json", "Do it; `now`",
            ]
        )
        #expect(first.sessionID == "id-1")

        program.model = "feather"
        #expect(try DescribedBuilder(program).command(for: launch).arguments[1...2] == ["--model", "feather"])

        launch.resumes = ResumedSession(id: "id-0", usage: .zero)
        let again = try DescribedBuilder(program).command(for: launch)
        #expect(again.arguments == ["quill", "again", "id-0"])
    }

    @Test func `only an agent that can be resumed leaves a session`() {
        let fresh = DescribedBuilder(Self.program())
        let lasting = DescribedBuilder(Self.program(resume: CommandTemplate([.argument("quill")])))

        #expect(fresh.session(told: "a", chosen: "b") == nil)
        #expect(lasting.session(told: "a", chosen: "b") == "a")
        #expect(lasting.session(told: nil, chosen: "b") == "b")
    }

    @Test func `an agent gets what it names and the usual variables, and its own additions`() {
        var program = Self.program()
        program.environment = [EnvironmentVariable(name: "COLOR", value: "never")]
        let inherited = [
            "PATH": "/bin", "HOME": "/h", "LC_ALL": "C", "KEY": "k", "OTHER": "o", "GIT_DIR": "x", "COLOR": "yes",
        ]
        func names(_ program: AgentProgram) -> [String: String] {
            AgentEnvironment.variables(inherited: inherited, program: program, defaults: [], task: [], ours: [])
        }

        #expect(names(program)["OTHER"] == "o")
        program.passed = ["KEY"]
        #expect(names(program) == ["PATH": "/bin", "HOME": "/h", "LC_ALL": "C", "KEY": "k", "COLOR": "never"])
    }

    @Test func `an agent's rules are in its prompt`() {
        var program = Self.program()
        program.commits = false
        program.rules = "Never push."
        let paths = Prompt.Paths(report: "/r", plan: "plan.yaml")
        let text = Prompt.text(
            order(),
            role: .standard(named: "coder"),
            rules: DescribedBuilder(program).rules,
            paths: paths
        )

        #expect(text.contains("# Rules that come before everything else here\n\n- Do not commit: "))
        #expect(text.contains("\nNever push.\n"))
    }

    // MARK: Streams

    @Test func `lines say what their rules find, and all others nothing`() {
        let text = """
            {"type": "begin", "session": "s-1", "model": "feather-2"}
            {"type": "say", "content": [{"text": "one"}, {"image": 1}, {"text": "two"}]}
            {"type": "call", "tool": "shell", "args": ["make test"]}
            {"type": "answer", "output": "ok", "ok": true}
            {"type": "weather", "text": "rain"}
            {"type": "turn", "in": 10, "out": 2}
            {"type": "turn", "in": 5, "out": 1}
            {"type": "done", "summary": "Did it.", "ok": true}

            """
        let found = events(text)

        #expect(
            found.prefix(5) == [
                .began(model: "feather-2", sessionID: "s-1"), .text("one"), .text("two"),
                .toolCall(ToolCall(name: "shell", kind: .other(summary: "make test"))),
                .toolResult(ToolResult(isError: false, text: "ok")),
            ]
        )
        #expect(found.last == .result(AgentResult(outcome: .answered, text: "Did it.", duration: nil)))
        guard case .usage(let usage)? = found.dropLast().last else {
            Issue.record("no usage before the end")
            return
        }
        #expect(usage.inputTokens == 15 && usage.outputTokens == 3 && usage.turns == 1)
        #expect(usage.models.map(\.model) == ["feather-2"])
        #expect(usage.microdollars == nil && usage.unpricedMicrodollars > 0, "an unknown price is not free")
    }

    @Test(arguments: [1, 3, 7, 64]) func `it does not matter how the bytes are cut`(size: Int) {
        let text = """
            {"type": "say", "content": [{"text": "ünï"}], "session": "s"}
            {"type": "turn", "in": 10, "out": 2}
            {"type": "done", "summary": "end"}
            """
        var decoder = MappedDecoder(Self.mapping, StreamContext())
        let bytes = Array(text.utf8)
        var found: [AgentEvent] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            found += decoder.decode(Array(bytes[start..<min(start + size, bytes.count)]))
        }

        #expect(found + decoder.finish() == events(text))
    }

    @Test(arguments: [
        (UsageRule.Span.each, 30, 3), (.process, 20, 2), (.session, 13, 1),
    ])
    func `figures count as the description says`(span: UsageRule.Span, input: Int, output: Int) {
        var mapping = LineMapping()
        mapping.usage = [UsageRule(counts: span, input: Self.path("in"), output: Self.path("out"))]
        let before = Usage(inputTokens: 7, outputTokens: 1)
        let found = events(
            "{\"in\": 10, \"out\": 1}\n{\"in\": 20, \"out\": 2}\n",
            StreamContext(before: before),
            mapping: mapping
        )

        guard case .usage(let usage)? = found.last else {
            Issue.record("no usage")
            return
        }
        #expect(usage.inputTokens == input && usage.outputTokens == output)
    }

    @Test func `a cost that is told counts, else the description's price, cached tokens apart`() {
        var mapping = LineMapping()
        mapping.usage = [
            UsageRule(
                input: Self.path("in"),
                output: Self.path("out"),
                cached: Self.path("hit"),
                inputHasCached: false,
                cost: Self.path("usd")
            )
        ]
        let prices = PriceList.standard.preceded(by: [
            TokenPrice(model: "*", input: 2_000_000, output: 10_000_000, cacheRead: 1_000_000)
        ])
        func usage(_ line: String) -> Usage? {
            guard case .usage(let usage)? = events(line, StreamContext(prices: prices), mapping: mapping).last else {
                return nil
            }
            return usage
        }

        #expect(usage(#"{"in": 100, "out": 10, "hit": 50, "usd": 0.25}"#)?.microdollars == 250_000)
        let priced = usage(#"{"in": 100, "out": 10, "hit": 50}"#)
        #expect(priced?.inputTokens == 150 && priced?.cachedTokens == 50)
        #expect(priced?.microdollars == 100 * 2 + 50 * 1 + 10 * 10)
    }

    @Test func `a process that was cut off has used at least what it told`() {
        guard case .usage(let usage)? = events("{\"type\": \"turn\", \"in\": 10, \"out\": 2}\n").last else {
            Issue.record("no usage")
            return
        }
        #expect(usage.isEstimate && usage.inputTokens == 10)
    }

    // MARK: Ends

    @Test func `the end is judged by result, error and exit, never by words`() {
        let program = Self.program()
        let done = "{\"type\": \"done\", \"summary\": \"fine\"}\n"
        let failed = "{\"type\": \"done\", \"summary\": \"no luck\", \"ok\": false}\n"
        let overloaded = "{\"type\": \"error\", \"why\": \"busy\", \"http\": 529}\n"
        let words = "{\"type\": \"say\", \"content\": [{\"text\": \"usage limit reached, HTTP 429\"}]}\n"

        #expect(end(done, .code(0), program).verdict == .completed(evidence: false))
        #expect(end(done, .code(1), program).verdict == .failed("quill answered, but ended with exit code 1"))
        #expect(end(failed, .code(0), program).verdict == .failed("quill: no luck"))
        #expect(end(words, .code(0), program).verdict == .failed("quill ended without a result"))
        #expect(end(words, .signal(2), program).verdict == .interrupted("quill was ended by signal 2 before a result"))
        let busy = end(overloaded, .code(1), program)
        #expect(busy.verdict == .interrupted("quill: busy"))
        #expect(busy.trouble?.kind == .overloaded && busy.trouble?.provider == ProviderName("quill"))
        #expect(end(overloaded + done, .code(0), program).verdict == .completed(evidence: false), "it got over it")
    }

    @Test func `a usage limit brings its reset`() {
        let line = "{\"code\": \"quota\", \"why\": \"come back later\", \"until\": 1795200000}\n"
        let end = end(line, .code(1), Self.program())

        #expect(end.trouble?.kind == .usageLimit)
        #expect(end.trouble?.resets == Timestamp(milliseconds: 1_795_200_000_000))
        #expect(end.trouble?.isBlameless == true)
    }

    @Test func `a rate limit brings its reset too, where its rule says where`() throws {
        var mapping = Self.mapping
        let code = try #require(FieldPath("code"))
        mapping.errors = [
            ErrorRule(
                conditions: [LineCondition(path: code, values: ["slow"])],
                kind: .rateLimited,
                resets: FieldPath("until")
            )
        ]
        let line = "{\"code\": \"slow\", \"until\": 1795200000}\n"
        let trouble = end(line, .code(1), Self.program(output: .lines(mapping))).trouble
        #expect(trouble?.kind == .rateLimited)
        #expect(trouble?.resets == Timestamp(milliseconds: 1_795_200_000_000))
    }

    @Test func `an agent of plain words tells its limits on standard error, and only there`() {
        var program = Self.program(output: .text)
        program.complaints = [ComplaintRule("hit your limit", .usageLimit), ComplaintRule("bad key", .refusedLogin)]
        let words = "quill: You have hit your limit, try again in 2 hours"

        for status in [StrettoCore.ExitStatus.code(0), .code(1)] {
            let limit = end("", status, error: "starting\n" + words + "\nbye", program)
            #expect(limit.trouble?.kind == .usageLimit, "\(status)")
            #expect(limit.trouble?.message == words)
            #expect(limit.trouble?.resets == Timestamp(milliseconds: 1_795_195_200_000 + 7_200_000))
            #expect(limit.trouble?.isBlameless == true)
        }
        #expect(end("", .code(1), error: "bad key", program).trouble?.kind == .refusedLogin)
        #expect(end("", .code(1), error: "out of paper", program).trouble == nil)

        // What it says where people read is never looked at, though it is quoted.
        let story = AttemptStory(Self.quill, program: program, now: Timestamp(milliseconds: 0), local: .universal)
        let end = story.judgement.end(.code(1), standardErrorTail: "", outputTail: words)
        #expect(end.trouble == nil)
        #expect(end.verdict == .failed("quill ended with exit code 1:\n" + words))
    }

    @Test func `without a result to be expected the exit code says how it ended`() {
        var mapping = Self.mapping
        mapping.results = []
        let program = Self.program(output: .lines(mapping))

        #expect(end("", .code(0), program).verdict == .completed(evidence: false))
        #expect(
            end("", .code(2), error: "bad flag", program).verdict
                == .failed("quill ended with exit code 2:\nbad flag")
        )
        let plain = Self.program(output: .text)
        #expect(end("I am done", .code(0), plain).verdict == .completed(evidence: false), "words prove nothing")
        #expect(end("", .code(1), error: "no", plain).verdict == .failed("quill ended with exit code 1:\nno"))
    }

    @Test func `a session that is gone is told by the description's words on standard error`() {
        var program = Self.program()
        program.lostSession = "no such session"

        let end = end("", .code(3), error: "quill: no such session: s-1\n", program)
        #expect(end.trouble?.kind == .sessionLost)
        #expect(end.trouble?.isBlameless == true)
    }

    @Test func `the stream of claude or codex can be another program's`() {
        let line = #"{"type":"thread.started","thread_id":"t-1"}"# + "\n"
        let codex = DescribedBuilder(Self.program(output: .codex)).makeDecoder(StreamContext())
        var decoder = codex

        #expect(decoder?.decode(Array(line.utf8)) == [.began(model: nil, sessionID: "t-1")])
        #expect(DescribedBuilder(Self.program(output: .claude)).makeDecoder(StreamContext()) is ClaudeDecoder)
        #expect(DescribedBuilder(Self.program(output: .text)).makeDecoder(StreamContext()) == nil)
    }

    // MARK: As a process

    @Test func `a described agent runs from the checkout, reports its usage and is judged`() async throws {
        let place = try TemporaryDirectory(named: "described ü")
        let bench = try AgentBench(in: place)
        let script = """
            #!/bin/sh
            echo '{"session": "s-9"}'
            printf '%s' "$1" > said
            echo '{"type": "turn", "in": 10, "out": 2}'
            echo '{"type": "done", "summary": "ok"}'
            """
        let tool = place.appending("checkout/quill")
        try Data(script.utf8).write(to: URL(filePath: tool))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tool)
        var order = order(task: PlanTask(id: TaskID("1"), name: "Task"), builder: Self.quill, worktree: bench.worktree)
        order.program = Self.program(
            [.argument("./quill"), .argument("{prompt}")],
            resume: CommandTemplate([.argument("./quill"), .argument("{session}")])
        )

        let exit = await bench.run(order)

        #expect(exit.verdict == .completed(evidence: false))
        #expect(exit.usage.inputTokens == 10 && exit.usage.outputTokens == 2)
        #expect(exit.sessionID == "s-9")
        #expect(try bench.text("said").contains("# Task 1: Task"), "the whole prompt is one argument")
    }

    @Test func `an agent that is not there is said to be missing, with its own hint`() async throws {
        let bench = try AgentBench(in: TemporaryDirectory(named: "missing"))
        var order = order(task: PlanTask(id: TaskID("1"), name: "Task"), builder: Self.quill, worktree: bench.worktree)
        var program = Self.program([.argument("quill-that-nobody-has"), .argument("{prompt}")])
        program.installation = "pip install quill"
        order.program = program

        let exit = await bench.run(order)
        #expect(exit.verdict == .failed("quill-that-nobody-has is not on PATH: pip install quill"))
    }
}
