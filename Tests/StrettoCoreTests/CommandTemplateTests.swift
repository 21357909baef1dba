import FoundationEssentials
import StrettoCore
import Testing

/// Command lines with places for what differs.
@Suite struct CommandTemplateTests {
    @Test(
        arguments: [
            ("{prompt}", [.placeholder("prompt")]),
            ("--x={model}!", [.text("--x="), .placeholder("model"), .text("!")]),
            ("{{prompt}}", [.text("{prompt}")]),
            ("{\"a\": {task}}", [.text("{\"a\": "), .placeholder("task"), .text("}")]),
            ("{ } {}", [.text("{ } {}")]),
            ("{open", [.text("{open")]),
            ("", []),
        ] as [(String, [Placeholder.Piece])]
    )
    func `only a word in braces is a placeholder`(text: String, pieces: [Placeholder.Piece]) {
        #expect(Placeholder.pieces(of: text) == pieces)
    }

    @Test func `a value stays one argument, whatever is in it`() {
        let template = CommandTemplate([.argument("quill"), .argument("-p={prompt}")])

        #expect(template.filled(with: [.prompt: "a b; rm -rf '{model}'\n"]) == ["quill", "-p=a b; rm -rf '{model}'\n"])
    }

    @Test func `a group is left out whole where one of its values is missing`() {
        let template = CommandTemplate([
            .argument("quill"), .group(["--model", "{model}"]), .group(["--max", "{budget_usd}"]), .argument("{task}"),
        ])

        #expect(template.filled(with: [.task: "1.10"]) == ["quill", "1.10"])
        #expect(template.filled(with: [.task: "1", .model: "m"]) == ["quill", "--model", "m", "1"])
    }
}

/// Described agents in journals.
@Suite struct AgentProgramTests {
    private static let program = AgentProgram(
        name: BuilderName(rawValue: "quill"),
        command: CommandTemplate([.argument("quill"), .group(["--model", "{model}"])]),
        output: .lines(LineMapping(text: [LineRule(text: FieldPath(steps: ["content", "*", "text"]))])),
        stop: [StopStep(.line("/quit")), StopStep(.signal(.hangup), grace: .seconds(1))],
        prices: [TokenPrice(model: "*", input: 1, output: 2)]
    )

    @Test func `a description comes back from the journal as it was`() throws {
        let policy = AgentPolicy(programs: [Self.program])

        #expect(try JSONDecoder().decode(AgentPolicy.self, from: JSONEncoder().encode(policy)) == policy)
    }

    @Test func `a journal from before there were descriptions reads as if there were none`() throws {
        let text = String(decoding: try JSONEncoder().encode(AgentPolicy()), as: UTF8.self)
        let old = text.replacing(",\"programs\":[]", with: "").replacing("\"programs\":[],", with: "")

        #expect(!old.contains("programs"))
        #expect(try JSONDecoder().decode(AgentPolicy.self, from: Data(old.utf8)) == AgentPolicy())
    }

    @Test func `an attempt is begun with the description of its builder, and by its default model`() throws {
        let settings = PlanSettings(builder: Self.program.name, agents: AgentPolicy(programs: [Self.program]))
        let plan = Plan(
            name: "p",
            settings: settings,
            sections: [PlanSection(id: "s", name: "s", tasks: [PlanTask(id: TaskID("a"), name: "A")])]
        )
        let spec = RunSpec(
            id: RunID("p-1"),
            plan: plan,
            planPath: "plan.yaml",
            base: CommitID("0"),
            workers: 1,
            gates: Gates()
        )
        var scheduler = Scheduler()
        let time = Timestamp(milliseconds: 0)
        _ = scheduler.handle(.opened(spec), at: time)
        let worktree = Worktree(path: "/w", base: CommitID("0"))
        let attempt = AttemptID(task: TaskID("a"), number: 1)
        let effects = scheduler.handle(.prepared(attempt, worktree), at: time)

        guard case .run(let order)? = effects.first(where: { if case .run = $0 { true } else { false } }) else {
            Issue.record("nothing is run")
            return
        }
        #expect(order.program == Self.program)
        // The file may be edited meanwhile: what is under way is read and ended as it was begun.
        var edited = plan
        edited.settings.agents.programs = []
        edited.settings.builder = .claude
        _ = scheduler.handle(.restarted, at: time)
        _ = scheduler.handle(.planRevised(edited), at: time)
        let again = scheduler.handle(.recovered, at: time)
        let isSame = again.contains {
            if case .run(let repeated) = $0 { repeated.program == order.program } else { false }
        }
        #expect(isSame)
    }
}
