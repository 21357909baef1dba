import StrettoCore
import Testing

private let a = TaskID("a"), b = TaskID("b")

private func settings(_ agents: AgentPolicy, model: String? = nil) -> PlanSettings {
    var agents = agents
    agents.breakerThreshold = 0
    return PlanSettings(model: model, attemptsMax: 20, agents: agents)
}

extension Bench {
    /// Fails the task's attempts one after the other; answers the model of each, the one that follows included.
    fileprivate mutating func models(of task: TaskID, failures: Int) -> [String?] {
        var models: [String?] = []
        for number in 1...failures + 1 {
            prepare(task, number)
            for case .run(let order) in effects { models.append(order.model) }
            end(task, number, .failed("exit code 1"))
            send(.timerFired(.backoff(task)))
        }
        return models
    }
}

/// Who does a task: rules, roles and the ladder of models.
@Suite struct ChoiceTests {
    @Test func `two failures each carry a task up the ladder, as far as the largest model`() {
        let policy = AgentPolicy(escalation: Escalation(isEnabled: true))
        var bench = Bench([PlanTask(id: a, name: "A")], settings: settings(policy))

        #expect(bench.models(of: a, failures: 5) == ["sonnet", "sonnet", "opus", "opus", "opus", "opus"])
    }

    @Test func `start, limit and step of the ladder are the plan's, and the command line beats them`() {
        let escalation = Escalation(isEnabled: true, after: 1, start: "haiku", limit: "sonnet")
        var bench = Bench([PlanTask(id: a, name: "A")], settings: settings(AgentPolicy(escalation: escalation)))
        #expect(bench.models(of: a, failures: 3) == ["haiku", "sonnet", "sonnet", "sonnet"])

        var other = Bench([PlanTask(id: a, name: "A")], settings: settings(AgentPolicy(escalation: escalation)))
        other.send(.adjusted(workers: nil, gates: nil, budget: nil, escalation: Escalation(isEnabled: true, after: 1)))
        #expect(other.models(of: a, failures: 2) == ["haiku", "opus", "opus"], "what had begun keeps its model")
    }

    @Test func `a ladder of the task's own needs no switch, and a model off the ladder stays`() {
        let own = PlanTask(id: a, name: "A", model: "small", models: ["small", "large"])
        let off = PlanTask(id: b, name: "B", model: "special")
        var bench = Bench([own, off], settings: settings(AgentPolicy(escalation: Escalation(isEnabled: true))))

        #expect(bench.models(of: a, failures: 3) == ["small", "small", "large", "large"])
        #expect(bench.models(of: b, failures: 3) == ["special", "special", "special", "special"])
    }

    @Test func `without a ladder nothing climbs`() {
        var bench = Bench([PlanTask(id: a, name: "A")], settings: settings(AgentPolicy(), model: "sonnet"))
        #expect(bench.models(of: a, failures: 3) == ["sonnet", "sonnet", "sonnet", "sonnet"])
    }

    @Test func `a climb is told with its reason`() {
        let policy = AgentPolicy(escalation: Escalation(isEnabled: true))
        var bench = Bench([PlanTask(id: a, name: "A")], settings: settings(policy))
        bench.fail(a)
        bench.send(.timerFired(.backoff(a)))
        #expect(bench.scheduler.remarks == [])
        bench.fail(a, 2)
        bench.send(.timerFired(.backoff(a)))

        let notices = Narrator.notices(for: .timerFired(.backoff(a)), at: bench.clock, after: bench.scheduler)
        #expect(notices.map(\.text) == ["runs by claude with opus because 2 attempts failed, the last with sonnet"])
        #expect(bench.scheduler.task(a)?.choice == "2 attempts failed, the last with sonnet")

        bench.fail(a, 3)
        bench.send(.timerFired(.backoff(a)))
        #expect(bench.scheduler.remarks == [], "at the top of the ladder nothing is chosen anew")
    }

    @Test func `the first rule that fits chooses for tasks that name nothing, and says why`() {
        let policy = AgentPolicy(
            roles: [RoleChoice(role: "planner", models: ["opus"])],
            routing: [
                RoutingRule(words: ["rapid prototype"], model: "haiku", reason: "prototypes are thrown away"),
                RoutingRule(role: "coder", model: "sonnet"),
            ]
        )
        let tasks = [
            PlanTask(id: a, name: "A Rapid, prototype!"),
            PlanTask(id: b, name: "Rapidly: prototypes", role: "coder"),
            PlanTask(id: TaskID("c"), name: "A rapid prototype", model: "opus"),
            PlanTask(id: TaskID("d"), name: "D", role: "planner"),
        ]
        let bench = Bench(tasks, settings: settings(policy))

        let snapshots = tasks.map { bench.scheduler.task($0.id) }
        #expect(snapshots.map { $0?.model } == ["haiku", "sonnet", "opus", "opus"])
        #expect(snapshots.map { $0?.choice } == ["prototypes are thrown away", "its role is 'coder'", nil, nil])
    }
}

/// Models belong to a builder, and no other one is given them.
@Suite struct ForeignModelTests {
    private static func chosen(_ task: PlanTask, _ settings: PlanSettings) -> (model: String?, choice: String?) {
        let snapshot = Bench([task], settings: settings).scheduler.task(task.id)
        return (snapshot?.model, snapshot?.choice)
    }

    private static let toCodex = RoutingRule(words: ["parser"], builder: .codex, reason: "it is good at parsers")

    @Test func `a rule to another builder leaves the plan's model behind, and says so`() {
        var bench = Bench(
            [PlanTask(id: a, name: "Write the parser")],
            settings: settings(AgentPolicy(routing: [Self.toCodex]), model: "opus")
        )
        let notice = "runs by codex because it is good at parsers; opus is left out, for it is another builder's model"
        #expect(
            Narrator.notices(for: .recovered, at: bench.clock, after: bench.scheduler).map(\.text).contains(notice)
        )
        #expect(bench.models(of: a, failures: 0) == [nil])
    }

    @Test func `a rule is not the reason where the task names another builder`() {
        let policy = AgentPolicy(
            routing: [RoutingRule(words: ["login"], builder: .claude, model: "opus", reason: "logic is hard")]
        )
        let named = PlanTask(id: a, name: "Mend the login", builder: .codex)
        #expect(Self.chosen(named, settings(policy)).choice?.contains("logic is hard") != true)
        let free = PlanTask(id: a, name: "Mend the login")
        #expect(Self.chosen(free, settings(policy)).choice?.contains("logic is hard") == true)
    }

    @Test func `the ladder that the command line sets is not another builder's`() {
        var policy = AgentPolicy(routing: [Self.toCodex])
        policy.escalation = Escalation(isEnabled: true, start: "haiku")
        let parser = Self.chosen(PlanTask(id: a, name: "The parser"), settings(policy))
        #expect(parser.model == nil)
        #expect(parser.choice?.contains("haiku is left out") == true)
        #expect(Self.chosen(PlanTask(id: a, name: "Docs"), settings(policy)).model == "haiku")

        var alone = PlanSettings(builder: .codex)
        alone.agents.escalation = Escalation(isEnabled: true, start: "haiku")
        #expect(Self.chosen(PlanTask(id: a, name: "A"), alone).model == nil)
    }

    @Test func `a name that tells its builder counts wherever it stands, and the next one that fits takes its place`() {
        var policy = AgentPolicy(
            roles: [RoleChoice(role: "coder", models: ["gpt-5.5"])],
            routing: [Self.toCodex]
        )
        let task = PlanTask(id: a, name: "The parser", role: "coder", model: "opus")
        let choice = Self.chosen(task, settings(policy))
        #expect(choice.model == "gpt-5.5")
        #expect(choice.choice == "it is good at parsers; opus is left out, for it is another builder's model")

        policy.routing = []
        #expect(Self.chosen(PlanTask(id: a, name: "A", role: "coder"), settings(policy)).model == nil)
    }

    @Test func `a model beside a builder is that builder's, whatever it is called`() {
        let policy = AgentPolicy(roles: [RoleChoice(role: "coder", builder: .codex, models: ["opus-by-proxy"])])
        let coder = PlanTask(id: a, name: "A", role: "coder")
        #expect(Self.chosen(coder, settings(policy)).model == "opus-by-proxy")
        #expect(Self.chosen(PlanTask(id: a, name: "A", role: "coder", builder: .claude), settings(policy)).model == nil)
        #expect(Self.chosen(PlanTask(id: a, name: "A"), settings(AgentPolicy(), model: "gpt-5.5")).model == "gpt-5.5")
    }

    @Test func `a ladder of the builder's own names is climbed wherever the plan's builder is another`() {
        let ladder = Escalation(isEnabled: true, after: 1, ladder: ["gpt-5.5-mini", "gpt-5.5"])
        let policy = AgentPolicy(escalation: ladder, routing: [Self.toCodex])
        var bench = Bench([PlanTask(id: a, name: "The parser")], settings: settings(policy))
        #expect(bench.models(of: a, failures: 1) == ["gpt-5.5-mini", "gpt-5.5"])
        #expect(Self.chosen(PlanTask(id: a, name: "Docs"), settings(policy)).model == nil)
    }
}
