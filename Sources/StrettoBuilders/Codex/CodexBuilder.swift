internal import StrettoCore

/// Codex: `codex exec --json`, one JSON object a line on standard output.
///
/// Decision record 0015 says why not its app server.
struct CodexBuilder: Builder {
    let tool: ToolDescription? = ToolDescription(
        name: "codex",
        versionArguments: ["--version"],
        installation: "install it with `npm install -g @openai/codex`, then log in with `codex login`"
    )

    let controlVariables = ["CODEX_SANDBOX", "CODEX_SANDBOX_NETWORK_DISABLED", "CODEX_THREAD_ID"]

    let neededVariables = ["OPENAI_*", "CODEX_*"] + AgentEnvironment.network

    let exitIsEvidence = false

    /// What it says on standard error when it is to resume a session that it does not have.
    private static let lostSessionPhrase = "no rollout found for thread id"

    func command(for launch: Launch) -> BuilderCommand {
        var arguments = ["codex", "exec", "--json"]
        switch launch.order.permissions {
        case .edit:
            arguments += ["--sandbox", "workspace-write"]
            arguments += GitDirectories.writable(ofWorktree: launch.order.worktree.path).flatMap { ["--add-dir", $0] }
        case .full:
            arguments.append("--dangerously-bypass-approvals-and-sandbox")
        }
        // A role's file names models of another program.
        if let model = launch.order.model { arguments += ["--model", model] }
        // All options stand before the subcommand, which knows fewer of them; by its id a session is found from anywhere.
        if let session = launch.resumes?.id { arguments += ["resume", session] }
        // The prompt comes by standard input, because everybody on the machine can read arguments.
        arguments.append("-")
        return BuilderCommand(arguments: arguments, input: launch.prompt, sessionID: launch.resumes?.id)
    }

    func model(ofSession id: String, environment: [String: String]) -> String? {
        CodexSessions(environment: environment).model(ofThread: id)
    }

    func makeDecoder(_ context: StreamContext) -> (any StreamDecoder)? { CodexDecoder(context) }

    func endWithoutResult(_ status: ExitStatus, standardError: String, isMidTurn: Bool) -> AgentEnd? {
        if let reset = ResetTime(limitNoticeIn: standardError) {
            return .failed(AgentFailure(kind: .usageLimit, message: standardError, reset: reset))
        }
        if let line = standardError.split(separator: "\n").first(where: { $0.contains(Self.lostSessionPhrase) }) {
            return .failed(AgentFailure(kind: .sessionLost, message: String(line)))
        }
        // On SIGINT it ends with 1 and says nothing more; where something went wrong it says what.
        return status == .code(1) && isMidTurn ? .interrupted : nil
    }

    func remedy(for failure: ProviderTrouble.Kind) -> String? {
        switch failure {
        case .refusedLogin: "log in with `codex login`, or set the key that your codex configuration names"
        case .noCredit: "add credit to the account, or log in with another one"
        case .contextOverflow: "shorten the task's description or split the task"
        case .unknownModel: "choose another `model` for the task"
        case .attemptBudget, .outputLimit, .turnLimit, .refusal, .usageLimit, .rateLimited, .overloaded, .unreachable,
            .stalled, .sessionLost, .badRequest, .other:
            nil
        }
    }
}

/// Where git keeps what a commit in a linked worktree has to write.
enum GitDirectories {
    private static let fileBytesMax = 8192

    /// What a sandbox around the worktree must leave open: objects, refs, logs and the worktree's own directory.
    ///
    /// Not the whole of the repository: its hooks and its configuration stay out of reach. Empty for what is no linked worktree.
    static func writable(ofWorktree path: String) -> [String] {
        guard let own = line(path + "/.git", after: "gitdir: ").map({ absolute($0, in: path) }),
            let common = line(own + "/commondir", after: "").map({ absolute($0, in: own) })
        else { return [] }
        // A repository without reflogs has no logs, and a missing directory would be refused.
        return ["objects", "refs", "logs"].map { common + "/" + $0 }.filter(LocalFiles.isDirectoryItself) + [own]
    }

    private static func line(_ path: String, after head: String) -> String? {
        guard let bytes = LocalFiles.read(path, bytesMax: fileBytesMax) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasPrefix(head) else { return nil }
        return text.dropFirst(head.count).split(separator: "\n").first.map { String($0).trimmed }
    }

    /// Git writes `../..` where the repository and its worktrees lie together.
    private static func absolute(_ path: String, in folder: String) -> String {
        var parts: [Substring] = path.hasPrefix("/") ? [] : folder.split(separator: "/")
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
