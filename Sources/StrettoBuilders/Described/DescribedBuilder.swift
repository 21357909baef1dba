internal import StrettoCore

/// An agent that a user described in `stretto.yaml`: its command line by template, its output by one of the decoders.
struct DescribedBuilder: Builder {
    let program: AgentProgram

    let controlVariables: [String] = []

    /// An agent's exit proves as little as its words.
    let exitIsEvidence = false

    init(_ program: AgentProgram) { self.program = program }

    var tool: ToolDescription? {
        ToolDescription(
            name: program.command.program,
            versionArguments: program.version ?? [],
            installation: program.installation ?? "install it, or mend 'command' of the agent in stretto.yaml"
        )
    }

    var expectsResult: Bool {
        if case .lines(let mapping) = program.output { !mapping.results.isEmpty } else { true }
    }

    var rules: String? {
        let commits = program.commits.map { commits in
            commits
                ? "- Commit your work yourself as you go; what you leave uncommitted is collected as well."
                : "- Do not commit: leave your changes in the worktree as they are, and they are collected from there."
        }
        let parts = [commits, program.rules?.trimmed].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "\n")
    }

    /// A single argument may hold 128 KiB on Linux; a longer prompt is read from its file.
    private static let promptBytesMax = 100_000

    func command(for launch: Launch) throws(Trouble) -> BuilderCommand {
        let template = launch.resumes == nil ? program.command : program.resume ?? program.command
        let order = launch.order
        let session = launch.resumes?.id ?? launch.sessionID
        let isShort = launch.prompt.utf8.count <= Self.promptBytesMax
        var values: [Placeholder: String] = [
            .prompt: isShort ? launch.prompt : "Read the file \(launch.promptPath) whole, then do what it says.",
            .promptFile: launch.promptPath,
            .session: session,
            .report: order.worktree.path + "/" + ReportFile.path,
            .worktree: order.worktree.path,
            .task: order.task.id.text,
            .attempt: String(order.attempt.number),
            .role: launch.role.name,
            .permissions: order.permissions.rawValue,
        ]
        // A role's file names models of another program.
        values[.model] = order.model ?? program.model
        values[.budget] = order.allowanceMicrodollars?.dollarText
        let isChosen = template.placeholders.contains(.session)
        return BuilderCommand(arguments: template.filled(with: values), sessionID: isChosen ? session : nil)
    }

    func makeDecoder(_ context: StreamContext) -> (any StreamDecoder)? { program.output.makeDecoder(context) }

    func endWithoutResult(_ status: ExitStatus, standardError: String, isMidTurn: Bool) -> AgentEnd? {
        if let complaint = complaint(in: standardError) { return .failed(complaint) }
        switch program.output {
        case .claude:
            return ClaudeBuilder().endWithoutResult(status, standardError: standardError, isMidTurn: isMidTurn)
        case .codex: return CodexBuilder().endWithoutResult(status, standardError: standardError, isMidTurn: isMidTurn)
        case .text, .lines: return nil
        }
    }

    /// What its user says that its words on standard error mean.
    private func complaint(in standardError: String) -> AgentFailure? {
        let lost = program.lostSession.map { [ComplaintRule($0, .sessionLost)] } ?? []
        let lines = standardError.split(separator: "\n")
        for rule in lost + (program.complaints ?? []) {
            guard let line = lines.first(where: { $0.contains(rule.phrase) }).map(String.init) else { continue }
            return AgentFailure(kind: rule.kind, message: line, reset: ResetTime(in: line, ifLimit: rule.kind))
        }
        return nil
    }

    func remedy(for failure: ProviderTrouble.Kind) -> String? {
        switch failure {
        case .refusedLogin: "log in with \(program.name.rawValue), or set the key that it reads"
        case .noCredit: "add credit to the account that \(program.name.rawValue) works with"
        case .contextOverflow: "shorten the task's description or split the task"
        case .unknownModel: "choose another `model` for the task"
        case .attemptBudget: "raise `budget_usd` of the task"
        case .outputLimit, .turnLimit, .refusal, .usageLimit, .rateLimited, .overloaded, .unreachable, .stalled,
            .sessionLost, .badRequest, .other:
            nil
        }
    }

    /// Only a program that can go on with a session leaves one: what it told, else what it was told.
    func session(told: String?, chosen: String?) -> String? { program.resume == nil ? nil : told ?? chosen }
}

extension OutputFormat {
    /// A fresh decoder of one attempt's standard output; nil for plain text.
    func makeDecoder(_ context: StreamContext) -> (any StreamDecoder)? {
        switch self {
        case .text: nil
        case .claude: ClaudeDecoder(context)
        case .codex: CodexDecoder(context)
        case .lines(let mapping): MappedDecoder(mapping, context)
        }
    }
}
