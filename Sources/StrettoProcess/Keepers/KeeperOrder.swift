internal import Glibc
package import StrettoCore

/// One attempt's process: what runs, where, and how it is brought to its end.
package struct KeeperOrder: Sendable {
    /// The attempt's own directory, absolute, for everything that the keeper keeps, stdout and stderr too; it is made if need be.
    package var directory: String
    /// The program and its arguments; the program is looked up on the `PATH` of ``environment`` unless it has a slash.
    package var arguments: [String]
    /// Where the agent starts, absolute.
    package var workingDirectory: String
    /// The complete environment; ``markerVariable`` is added to it.
    package var environment: [String: String]
    /// What the agent finds on its standard input, up to its end; empty is `/dev/null`.
    package var input: [UInt8]
    /// Names this attempt and no other, on this machine and for all time: whatever bears it is ended with the attempt.
    package var marker: String
    /// Standard output is a terminal, for programs that would hold their output back otherwise.
    package var usesTerminal: Bool
    package var graces: Graces
    /// What is tried before SIGTERM, at most ``StopStep/countMax`` steps; nil: SIGINT, with its grace.
    package var stop: [StopStep]?
    /// After this time without an engine the keeper ends the attempt; zero: never.
    package var engineAwayGrace: Duration
    /// The attempt is ended when stdout and stderr together have more bytes.
    package var outputBytesMax: Int

    /// The environment variable that every process of an attempt inherits.
    package static let markerVariable = "STRETTO_ATTEMPT"

    /// 1 GiB.
    package static let outputBytesMaxDefault = 1 << 30

    /// How long each step of an end may take before the next one.
    package struct Graces: Hashable, Sendable {
        /// After SIGINT to the agent's process group.
        package var interrupt: Duration
        /// After SIGTERM to every process of the attempt; SIGKILL follows.
        package var terminate: Duration

        package init(interrupt: Duration = .seconds(5), terminate: Duration = .seconds(5)) {
            self.interrupt = interrupt
            self.terminate = terminate
        }
    }

    package init(
        directory: String,
        arguments: [String],
        workingDirectory: String,
        environment: [String: String],
        input: [UInt8] = [],
        marker: String,
        usesTerminal: Bool = false,
        graces: Graces = Graces(),
        stop: [StopStep]? = nil,
        engineAwayGrace: Duration = .zero,
        outputBytesMax: Int = Self.outputBytesMaxDefault
    ) {
        self.directory = directory
        self.arguments = arguments
        self.workingDirectory = workingDirectory
        self.environment = environment
        self.input = input
        self.marker = marker
        self.usesTerminal = usesTerminal
        self.graces = graces
        self.stop = stop
        self.engineAwayGrace = engineAwayGrace
        self.outputBytesMax = outputBytesMax
    }

    /// The order as the keeper reads it: texts that each end with a NUL, in the sequence of its `read_order`, then the input.
    func encoded(engine: ProcessIdentity) throws(SystemError) -> [UInt8] {
        var environment = environment
        environment[Self.markerVariable] = marker
        let program = arguments.first ?? ""
        // An empty path cannot be executed, which the keeper records as every failed start; a bare name would be sought in the
        // working directory.
        let prepared = ProcessEnvironment(environment)
        let path = prepared.locate(program, from: workingDirectory) ?? ""
        let argumentBlock = try TextBlock(arguments)
        guard let environmentBlock = prepared.block else { throw SystemError(EINVAL) }
        var block = try TextBlock([
            "stretto-order 2", path, workingDirectory, Self.markerVariable + "=" + marker,
            usesTerminal ? "1" : "0",
            String(graces.terminate.milliseconds), String(engineAwayGrace.milliseconds), String(outputBytesMax),
            String(engine.pid), String(engine.startTicks),
        ])
        try block.append(String(argumentBlock.count))
        block.append(argumentBlock)
        try block.append(String(environmentBlock.count))
        block.append(environmentBlock)
        let steps = stop ?? [StopStep(.signal(.interrupt), grace: graces.interrupt)]
        block.append(try TextBlock([String(steps.count)] + steps.flatMap(Self.encoded)))
        try block.append(String(input.count))
        return block.bytes + input
    }

    /// A step as its grace, its signal's number or 0, and its line.
    private static func encoded(_ step: StopStep) -> [String] {
        let grace = String(step.grace.milliseconds)
        switch step.deed {
        case .signal(let signal): return [grace, String(signal.number), ""]
        case .line(let line): return [grace, "0", line]
        }
    }
}

extension StopSignal {
    fileprivate var number: Int32 {
        switch self {
        case .interrupt: SIGINT
        case .terminate: SIGTERM
        case .hangup: SIGHUP
        case .quit: SIGQUIT
        case .user1: SIGUSR1
        case .user2: SIGUSR2
        }
    }
}

/// How an attempt's process tree came to its end.
package struct KeeperExit: Hashable, Sendable {
    /// Why the attempt is over.
    package enum Reason: Hashable, Sendable {
        /// The agent ended by itself.
        case exited
        /// The engine asked for it.
        case terminated
        /// No engine came back in time.
        case engineAway
        case outputLimit
        /// The agent never ran: its program or directory is missing, or the system refused.
        case spawnFailed(SystemError)
        /// The keeper was killed or the machine went down; what was left has been ended, and how the agent ended is unknown.
        case lost
    }

    package var status: ExitStatus
    package var reason: Reason
    /// Processes that had to be ended after the agent itself was gone.
    package var strayCount: Int
    /// Processes that even SIGKILL did not end in time; normally 0.
    package var survivorCount: Int
    package var started: Timestamp
    package var ended: Timestamp
    /// From the keeper's start until the tree was over, on a clock that nobody sets.
    package var duration: Duration
    package var userTime: Duration
    package var systemTime: Duration
    /// The largest resident size that the agent had, in bytes.
    package var residentBytesMax: Int
}
