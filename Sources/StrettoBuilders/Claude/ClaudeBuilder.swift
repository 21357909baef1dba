internal import StrettoCore

/// Claude Code: `claude -p` with JSON lines on standard output.
struct ClaudeBuilder: Builder {
    let tool: ToolDescription? = ToolDescription(
        name: "claude",
        versionArguments: ["--version"],
        installation: "install it with `npm install -g @anthropic-ai/claude-code`, then log in with `claude`"
    )

    let controlVariables = [
        "CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SESSION_ID", "CLAUDE_CODE_SSE_PORT",
        "CLAUDE_CODE_CHILD_SESSION",
    ]

    let neededVariables =
        ["ANTHROPIC_*", "CLAUDE_*", "API_TIMEOUT_MS", "DISABLE_*", "IS_SANDBOX"] + AgentEnvironment.network

    let exitIsEvidence = false

    func command(for launch: Launch) -> BuilderCommand {
        // Without a prompt among them: it comes by standard input, because everybody on the machine can read arguments.
        var arguments = ["claude", "-p", "--output-format", "stream-json", "--verbose"]
        let session = launch.resumes?.id ?? launch.sessionID
        arguments += [launch.resumes == nil ? "--session-id" : "--resume", session]
        switch launch.order.permissions {
        case .edit:
            arguments += ["--permission-mode", "acceptEdits"]
            // One argument, because the option takes as many as follow.
            if !launch.role.tools.isEmpty {
                arguments.append("--allowedTools=" + launch.role.tools.joined(separator: ","))
            }
        case .full:
            arguments.append("--dangerously-skip-permissions")
        }
        if let model = launch.order.model ?? launch.role.model { arguments += ["--model", model] }
        if let budget = launch.order.allowanceMicrodollars {
            arguments += ["--max-budget-usd", budget.dollarText]
        }
        return BuilderCommand(
            arguments: arguments,
            input: launch.prompt,
            // The default of ten takes three minutes even where the key is wrong.
            defaults: [EnvironmentVariable(name: "CLAUDE_CODE_MAX_RETRIES", value: "3")],
            sessionID: session
        )
    }

    func makeDecoder(_ context: StreamContext) -> (any StreamDecoder)? { ClaudeDecoder(context) }

    func endWithoutResult(_ status: ExitStatus, standardError: String, isMidTurn: Bool) -> AgentEnd? {
        guard let reset = ResetTime(limitNoticeIn: standardError) else { return nil }
        return .failed(AgentFailure(kind: .usageLimit, message: standardError, reset: reset))
    }

    func remedy(for failure: ProviderTrouble.Kind) -> String? {
        switch failure {
        case .refusedLogin: "log in with `claude` then `/login`, or set a valid ANTHROPIC_API_KEY"
        case .noCredit: "add credit to the account, or log in with another one"
        case .attemptBudget: "raise `budget_usd` of the task"
        case .contextOverflow: "shorten the task's description or split the task"
        case .unknownModel: "choose another `model` for the task"
        case .outputLimit: "split the task, or set CLAUDE_CODE_MAX_OUTPUT_TOKENS"
        case .turnLimit, .refusal, .usageLimit, .rateLimited, .overloaded, .unreachable, .stalled, .sessionLost,
            .badRequest, .other:
            nil
        }
    }
}

extension Int {
    /// Millionths of a dollar as dollars, exactly: `1.25`.
    var dollarText: String {
        let (dollars, rest) = quotientAndRemainder(dividingBy: 1_000_000)
        var digits = String(1_000_000 + Swift.abs(rest)).dropFirst()
        while digits.count > 2, digits.last == "0" { digits = digits.dropLast() }
        return "\(dollars).\(digits)"
    }
}
