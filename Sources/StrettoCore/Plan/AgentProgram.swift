/// A command-line agent as a user describes it in `stretto.yaml`: everything that Stretto knows about the program.
///
/// It is a part of the plan's settings, and so of the journal: an attempt is read and ended as it was begun, whatever becomes
/// of the file meanwhile. No secret is in it; those stay in the environment, by name.
package struct AgentProgram: Hashable, Sendable, Codable {
    package var name: BuilderName
    /// The command line of an attempt that begins a session, its first argument the program.
    package var command: CommandTemplate
    /// The command line of an attempt that goes on with a session; nil: each attempt begins anew.
    package var resume: CommandTemplate?
    package var output: OutputFormat
    /// What is done to end it, one after the other; nil: as for every agent.
    ///
    /// SIGTERM to all its processes and SIGKILL always follow.
    package var stop: [StopStep]?
    /// Words on standard error by which it says that it does not have the session that it was to go on with.
    package var lostSession: String?
    /// What else it says on standard error when it cannot work, the first that fits counts; nil: nothing that could be told from other words.
    package var complaints: [ComplaintRule]?
    /// Set where the task does not set them.
    package var environment: [EnvironmentVariable]
    /// The variables that reach it besides the usual ones, by name; nil: all that Stretto itself got.
    package var passed: [String]?
    /// The model where nobody names one.
    package var model: String?
    /// Whether it is told to commit its work, or not to; nil: as it likes.
    package var commits: Bool?
    /// What it is told besides its role and task.
    package var rules: String?
    /// What its models cost where it does not say so itself, before the general list of prices.
    package var prices: [TokenPrice]
    /// Arguments that make it say its version; nil: it is not asked.
    package var version: [String]?
    /// How to get it, as an imperative.
    package var installation: String?

    package init(
        name: BuilderName,
        command: CommandTemplate,
        resume: CommandTemplate? = nil,
        output: OutputFormat = .text,
        stop: [StopStep]? = nil,
        lostSession: String? = nil,
        complaints: [ComplaintRule]? = nil,
        environment: [EnvironmentVariable] = [],
        passed: [String]? = nil,
        model: String? = nil,
        commits: Bool? = nil,
        rules: String? = nil,
        prices: [TokenPrice] = [],
        version: [String]? = nil,
        installation: String? = nil
    ) {
        self.name = name
        self.command = command
        self.resume = resume
        self.output = output
        self.stop = stop
        self.lostSession = lostSession
        self.complaints = complaints
        self.environment = environment
        self.passed = passed
        self.model = model
        self.commits = commits
        self.rules = rules
        self.prices = prices
        self.version = version
        self.installation = installation
    }
}

/// Words on standard error that say why an agent cannot work.
package struct ComplaintRule: Hashable, Sendable, Codable {
    /// As they stand there, within one line.
    package var phrase: String
    package var kind: ProviderTrouble.Kind

    /// How many there may be.
    package static let countMax = 20

    package init(_ phrase: String, _ kind: ProviderTrouble.Kind) {
        self.phrase = phrase
        self.kind = kind
    }
}

/// One step towards an agent's end, and how long it may take before the next one.
package struct StopStep: Hashable, Sendable, Codable {
    /// What is done.
    package enum Deed: Hashable, Sendable, Codable {
        /// Sent to the agent's process group.
        case signal(StopSignal)
        /// Written on its standard input with a line feed; the input then ends.
        case line(String)
    }

    package var deed: Deed
    package var grace: Duration

    /// How long a step may take where nobody says so.
    package static let graceDefault = Duration.seconds(5)
    /// More steps would keep a person waiting who stops a run.
    package static let countMax = 8
    /// So long a line fits into any pipe at once, in bytes.
    package static let lineBytesMax = 1000

    package init(_ deed: Deed, grace: Duration = Self.graceDefault) {
        self.deed = deed
        self.grace = grace
    }
}

/// A signal by which programs are asked to end.
package enum StopSignal: String, Hashable, Sendable, Codable, CaseIterable {
    case interrupt = "INT"
    case terminate = "TERM"
    case hangup = "HUP"
    case quit = "QUIT"
    case user1 = "USR1"
    case user2 = "USR2"
}

/// What a model costs, in millionths of a US dollar for a million tokens.
package struct TokenPrice: Hashable, Sendable, Codable {
    /// The model's name; with a `*` at its end, every name that begins so.
    package var model: String
    package var input: Int
    package var output: Int
    package var cacheRead: Int
    package var cacheWrite: Int

    package init(model: String, input: Int, output: Int, cacheRead: Int? = nil, cacheWrite: Int? = nil) {
        self.model = model
        self.input = input
        self.output = output
        self.cacheRead = cacheRead ?? input
        self.cacheWrite = cacheWrite ?? input
    }
}

extension KeyedDecodingContainer {
    /// Journals of older versions know of no described agents.
    func decode(_ type: [AgentProgram].Type, forKey key: Key) throws -> [AgentProgram] {
        try decodeIfPresent(type, forKey: key) ?? []
    }
}
