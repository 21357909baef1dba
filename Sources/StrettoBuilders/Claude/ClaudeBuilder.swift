internal import StrettoCore

/// Claude Code: `claude -p` with JSON lines on standard output.
struct ClaudeBuilder: Builder {
    /// A single argument may hold 128 KiB on Linux; a longer prompt is read from its file.
    static let promptBytesMax = 100_000

    let tool: ToolDescription? = ToolDescription(
        name: "claude",
        versionArguments: ["--version"],
        installation: "install it with `npm install -g @anthropic-ai/claude-code`, then log in with `claude`"
    )

    let controlVariables = [
        "CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SESSION_ID", "CLAUDE_CODE_SSE_PORT",
        "CLAUDE_CODE_CHILD_SESSION",
    ]

    let exitIsEvidence = false

    func command(for launch: Launch) -> BuilderCommand {
        let isShort = launch.prompt.utf8.count <= Self.promptBytesMax
        let prompt = isShort ? launch.prompt : "Read the file \(launch.promptPath) whole, then do what it says."
        var arguments = ["claude", "-p", prompt, "--output-format", "stream-json", "--verbose"]
        arguments += ["--session-id", launch.sessionID]
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
            // The default of ten takes three minutes even where the key is wrong.
            defaults: [EnvironmentVariable(name: "CLAUDE_CODE_MAX_RETRIES", value: "3")],
            sessionID: launch.sessionID
        )
    }

    func makeDecoder() -> (any StreamDecoder)? { ClaudeDecoder() }

    func remedy(for failure: AgentFailure.Kind) -> String? {
        switch failure {
        case .authentication: "log in with `claude` then `/login`, or set a valid ANTHROPIC_API_KEY"
        case .billing: "add credit to the account, or log in with another one"
        case .budget: "raise `budget_usd` of the task"
        case .promptTooLong: "shorten the task's description or split the task"
        case .unknownModel: "choose another `model` for the task"
        case .turns, .refused, .usageLimit, .rateLimit, .provider, .other: nil
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
