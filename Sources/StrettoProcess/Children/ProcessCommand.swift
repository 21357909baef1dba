package import StrettoCore

/// A program to run to its end, with everything that it depends on.
package struct ProcessCommand: Sendable {
    /// The program, looked up on this command's `PATH` unless it has a slash, and its arguments.
    package var arguments: [String]
    /// The working directory; nil: the caller's.
    package var directory: String?
    /// The complete environment: nothing else is inherited.
    package var environment: ProcessEnvironment
    /// Given to standard input, which is then closed; empty means `/dev/null`.
    package var input: [UInt8]
    /// What is kept of standard output and of standard error each; the rest is read and dropped.
    package var outputBytesMax: Int
    /// After this time the program is ended as by cancellation; nil: never.
    package var timeout: Duration?
    /// Whether a cancellation of the surrounding task ends the program; where not, the call goes on to the program's own end.
    package var endsWhenCancelled: Bool

    /// 64 MiB.
    package static let outputBytesMaxDefault = 64 << 20

    /// How long a program that was asked to end by SIGTERM may take before SIGKILL.
    package static let terminationGrace = Duration.seconds(2)

    package init(
        arguments: [String],
        directory: String? = nil,
        environment: ProcessEnvironment,
        input: [UInt8] = [],
        outputBytesMax: Int = Self.outputBytesMaxDefault,
        timeout: Duration? = nil,
        endsWhenCancelled: Bool = true
    ) {
        self.endsWhenCancelled = endsWhenCancelled
        self.arguments = arguments
        self.directory = directory
        self.environment = environment
        self.input = input
        self.outputBytesMax = outputBytesMax
        self.timeout = timeout
    }

    /// For a program whose variables are not used a second time.
    package init(
        arguments: [String],
        directory: String? = nil,
        environment: [String: String],
        input: [UInt8] = [],
        outputBytesMax: Int = Self.outputBytesMaxDefault,
        timeout: Duration? = nil
    ) {
        self.init(
            arguments: arguments,
            directory: directory,
            environment: ProcessEnvironment(environment),
            input: input,
            outputBytesMax: outputBytesMax,
            timeout: timeout
        )
    }
}

/// What a program that has ended left behind.
package struct ProcessOutput: Sendable {
    package var status: ExitStatus
    package var output: [UInt8]
    package var error: [UInt8]
    /// More came than ``ProcessCommand/outputBytesMax`` on either stream.
    package var isTruncated: Bool
    /// It was ended because its time was over.
    package var isTimedOut: Bool
    /// From its start until it had been reaped.
    package var duration: Duration

    /// Standard output; bytes that are not UTF-8 are replaced.
    package var text: String { String(decoding: output, as: UTF8.self) }

    /// Standard error; bytes that are not UTF-8 are replaced.
    package var errorText: String { String(decoding: error, as: UTF8.self) }
}

/// Why a program could not be run; a non-zero exit is a result and none of these.
package enum ProcessError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No such program, neither at the given path nor on `PATH`.
    case notFound(program: String)
    /// The working directory is not there.
    case noDirectory(program: String, directory: String)
    case cannotStart(program: String, SystemError)
    /// A file of an attempt's directory could not be read or written.
    case attemptDirectory(path: String, SystemError)
    /// Nobody waits any more; the attempt goes on under its keeper, if it had begun.
    case cancelled(directory: String)

    package var description: String {
        switch self {
        case .notFound(let program):
            "'\(program)' is not there or not executable: install it or put its directory on PATH"
        case .noDirectory(let program, let directory):
            "'\(program)' cannot start in '\(directory)': that directory does not exist"
        case .cannotStart(let program, let error):
            "'\(program)' cannot start: \(error)"
        case .attemptDirectory(let path, let error):
            "'\(path)' cannot be used: \(error)"
        case .cancelled(let directory):
            "the attempt in '\(directory)' is not waited for any more"
        }
    }
}
