internal import StrettoCore

/// An adapter to one agent program: everything that Stretto knows about it.
///
/// To add a builder, write one such type in a file of its own, and name it in ``BuilderName/builder``. Keepers, reports,
/// verdicts, transcripts and usage follow from the neutral ``AgentEvent``s that its decoder makes. Users add agents without any
/// code: ``DescribedBuilder`` reads their descriptions.
protocol Builder: Sendable {
    /// The program to be found on `PATH`; nil where the task names the program itself.
    var tool: ToolDescription? { get }

    /// Variables by which the program talks to its own children; they must not reach an agent of ours.
    var controlVariables: [String] { get }

    /// What it needs of the user's environment to reach and know its service, by names or beginnings with a `*` behind.
    var neededVariables: [String] { get }

    /// The command line of an attempt, its first element the program's name or path.
    ///
    /// Throws where the order lacks something that this builder cannot do without.
    func command(for launch: Launch) throws(Trouble) -> BuilderCommand

    /// A fresh decoder of one attempt's standard output; nil where the output is plain text for people.
    func makeDecoder(_ context: StreamContext) -> (any StreamDecoder)?

    /// What an end without a result means where the exit code alone does not tell; nil: go by the code.
    func endWithoutResult(_ status: ExitStatus, standardError: String, isMidTurn: Bool) -> AgentEnd?

    /// Whether the process's exit 0 alone is proof of success.
    var exitIsEvidence: Bool { get }

    /// Whether its stream is to end with a result; without, the exit code says how it ended.
    var expectsResult: Bool { get }

    /// What it is told besides role and task; nil for nothing.
    var rules: String? { get }

    /// The session that an attempt leaves, by what the program told of it and what it was told to use; nil for none.
    func session(told: String?, chosen: String?) -> String?
    /// The model of a session, from what the program itself keeps of it; nil where that is not to be found.
    ///
    /// Asked only where the stream told of tokens without saying whose. `environment` is the agent's.
    func model(ofSession id: String, environment: [String: String]) -> String?

    /// What a person can do about a failure, as an imperative; nil where the program's own message says it all.
    func remedy(for failure: ProviderTrouble.Kind) -> String?
}

extension Builder {
    var neededVariables: [String] { [] }
    var expectsResult: Bool { true }
    var rules: String? { nil }
    func session(told: String?, chosen: String?) -> String? { told }
    func model(ofSession id: String, environment: [String: String]) -> String? { nil }
}

/// What a stream of events does not say about itself.
struct StreamContext: Hashable, Sendable {
    /// The model that was asked for, where one was.
    var model: String?
    /// What the session had used before this process, where one was resumed.
    var before = Usage.zero
    var prices = PriceList.standard
}

/// How an attempt ended that gave no result.
enum AgentEnd: Hashable, Sendable {
    case interrupted
    case failed(AgentFailure)
}

/// Turns the bytes of an agent's standard output into events, however they are cut into chunks.
protocol StreamDecoder: Sendable {
    mutating func decode(_ chunk: [UInt8]) -> [AgentEvent]

    /// What a last line without a line feed still says.
    mutating func finish() -> [AgentEvent]
}

/// A program of an agent, for finding it and for saying how to get it.
struct ToolDescription: Hashable, Sendable {
    var name: String
    var versionArguments: [String]
    /// An imperative: "install it with ...".
    var installation: String
}

/// What a builder needs to know to write a command line.
struct Launch: Hashable, Sendable {
    var order: LaunchOrder
    /// The whole prompt.
    var prompt: String
    /// Absolute path of a file in the worktree that holds the prompt as well.
    var promptPath: String
    /// The same for every repeat of this attempt, and for no other attempt anywhere.
    var sessionID: String
    /// What the role's file asks for.
    var role: Role
    /// The session to go on with instead of a new one.
    var resumes: ResumedSession?
}

/// A command line with what the program needs in its environment.
struct BuilderCommand: Hashable, Sendable {
    /// Nothing of the task's own text: other users of the machine can read it.
    var arguments: [String]
    /// What the program finds on its standard input; empty is `/dev/null`.
    var input: String
    /// Set where neither the user nor the task set them.
    var defaults: [EnvironmentVariable]
    /// The session that the program was told to use.
    var sessionID: String?

    init(
        arguments: [String],
        input: String = "",
        defaults: [EnvironmentVariable] = [],
        sessionID: String? = nil
    ) {
        self.arguments = arguments
        self.input = input
        self.defaults = defaults
        self.sessionID = sessionID
    }
}

extension BuilderName {
    /// The adapter behind the name of a builder that comes with Stretto.
    var builder: any Builder {
        switch self {
        case .claude: ClaudeBuilder()
        case .codex: CodexBuilder()
        default: CommandBuilder()
        }
    }

    /// The adapter behind the name, by a user's description where there is one.
    func builder(_ program: AgentProgram?) -> any Builder {
        if let program { DescribedBuilder(program) } else { builder }
    }
}
