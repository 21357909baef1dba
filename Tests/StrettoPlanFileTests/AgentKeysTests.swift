import StrettoCore
import StrettoPlanFile
import Testing

/// Keys about who does tasks, what they may cost, and what happens when agents fail.
@Suite struct AgentKeysTests {
    @Test func `the circuit breaker and the watchdog are the plan's`() throws {
        let agents = try settings(
            """
            circuit_breaker_threshold: 5
            circuit_breaker_reset_timeout: 10m
            stall_timeout: 6m
            """
        ).agents

        #expect(
            agents == AgentPolicy(breakerThreshold: 5, breakerPause: .seconds(600), stallTimeout: .seconds(360))
        )
    }

    @Test func `model escalation reads as older plans write it, with a ladder of one's own`() throws {
        let old = "enabled: true, escalate_after: 1, max_model: opus, starting_model: haiku"
        #expect(
            try settings("model_escalation: {\(old)}").agents.escalation
                == Escalation(isEnabled: true, after: 1, start: "haiku", limit: "opus")
        )
        #expect(
            try settings("model_escalation: {enabled: true, models: [mini, big]}").agents.escalation
                == Escalation(isEnabled: true, ladder: ["mini", "big"])
        )
    }

    @Test func `validation reads as older plans write it, and is off until it is switched on`() throws {
        let old =
            "enabled: true, run_after: [coder, frontend-coder], validators: [validator], max_validation_attempts: 2"
        #expect(
            try settings("validation: {\(old)}").agents.validation
                == ValidationPolicy(roles: ["coder", "frontend-coder"], validators: ["validator"], retriesMax: 2)
        )
        #expect(try settings("validation: {enabled: true}").agents.validation == ValidationPolicy())
        #expect(try settings("validation: {validators: [validator]}").agents.validation == nil)
        #expect(
            try settings("model_escalation: {validation_model: haiku}").agents.escalation
                == Escalation(validationModel: "haiku")
        )
    }

    @Test func `a validator is a role that exists`() {
        func problems(_ validation: String) -> [String] {
            let plan = "meta: {validation: {\(validation)}}\ntasks: [{id: a, name: A}]\n"
            return PlanFile.read([UInt8](plan.utf8), knownRoles: ["coder", "validator"]).problems.map(\.description)
        }
        #expect(
            problems("enabled: true, validators: [validater]") == [
                "1:49: 'validators' of 'validation' names the role 'validater', which does not exist: "
                    + "did you mean 'validator'?"
            ]
        )
        #expect(problems("enabled: false, validators: [validater]") == [])
    }

    @Test func `roles and rules choose builder and model`() throws {
        let agents = try settings(
            """
            roles:
              planner: {builder: claude, model: [opus]}
              coder: {model: [haiku, sonnet]}
            routing:
              - {words: [prototype], agent: coder, section: api, model: haiku, because: it is thrown away}
              - {builder: claude}
            """
        ).agents

        #expect(
            agents.roles == [
                RoleChoice(role: "planner", builder: .claude, models: ["opus"]),
                RoleChoice(role: "coder", models: ["haiku", "sonnet"]),
            ]
        )
        #expect(
            agents.routing == [
                RoutingRule(
                    role: "coder",
                    section: "api",
                    words: ["prototype"],
                    model: "haiku",
                    reason: "it is thrown away"
                ),
                RoutingRule(builder: .claude),
            ]
        )
    }

    @Test func `a task may have a ladder, a budget of tokens and a watchdog`() throws {
        let task = try task("model: [haiku, opus]\nbudget_usd: 2\nbudget_tokens: 5000\nstall_timeout: 90")

        #expect(task.model == "haiku")
        #expect(task.models == ["haiku", "opus"])
        #expect(task.budgetMicrodollars == 2_000_000)
        #expect(task.budgetTokens == 5000)
        #expect(task.stallTimeout == .seconds(90))
    }

    @Test func `a budget says what happens at its limit, and remembers its ceiling`() throws {
        let budget = try settings("budget: {usd: 9, quota_ceiling_usd: 10, max_quota_percent: 50, on_limit: drain}")

        #expect(budget.budget == Budget(microdollars: 5_000_000, overrun: .drain))
        #expect(budget.terms.ceilingMicrodollars == 10_000_000)
        #expect(budget.terms.limitMicrodollars == 9_000_000)
    }

    @Test(arguments: [
        ("model_escalation: {enabled: perhaps}", "'enabled' of 'model_escalation' cannot be 'perhaps'"),
        ("model_escalation: {max_model: opsu}", "must be haiku, sonnet or opus, not 'opsu': did you mean 'opus'?"),
        ("model_escalation: {models: [a, a]}", "names 'a' twice"),
        (
            "model_escalation: {starting_model: opus, max_model: haiku}",
            "'max_model' of 'model_escalation' is 'haiku', below the first model, 'opus'"
        ),
        ("routing: [{words: [x]}]", "rule 1 of 'routing' chooses nothing"),
        ("routing: {words: x}", "'routing' of meta must be a list"),
        ("roles: {planner: {builder: command}}", "cannot be 'command'"),
        ("roles: [planner]", "'roles' must be a mapping"),
        ("validation: true", "'validation' must be a mapping"),
        ("validation: {enabled: true, validators: []}", "'validators' of 'validation' names no role"),
        ("validation: {enabled: true, max_validation_attempts: -1}", "'max_validation_attempts' of 'validation'"),
        ("builder: command\n  validation: {enabled: true}", "the validator 'validator' is to be an agent"),
        ("budget: {on_limit: explode}", "cannot be 'explode': use drain or stop"),
    ])
    func `a slip is told with its place and its mending`(meta: String, message: String) throws {
        let reading = read("meta:\n  \(meta)\nsections: [{id: s, tasks: [{id: t, name: x}]}]")

        #expect(reading.plan == nil)
        #expect(lines(reading).contains { $0.contains(message) }, "\(lines(reading))")
    }
}
