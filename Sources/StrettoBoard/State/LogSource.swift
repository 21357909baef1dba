package import StrettoCore

/// One file that a pane shows, and how it is to be read: what the front end follows for the board.
package struct LogSource: Hashable, Sendable {
    /// How the bytes of the file become lines.
    package enum Form: Hashable, Sendable {
        /// As they are.
        case raw
        /// Through the builder's decoder into readable text.
        case transcript
    }

    /// Absolute.
    package let path: String
    /// Whose output it is; nil for the run's own event log.
    package let builder: BuilderName?
    /// How that builder's output is to be read, where a user described it.
    package let output: OutputFormat?
    /// How to read it.
    package let form: Form

    /// A file by its absolute path.
    package init(path: String, builder: BuilderName?, output: OutputFormat? = nil, form: Form) {
        self.path = path
        self.builder = builder
        self.output = output
        self.form = form
    }
}

/// Which stream of an attempt a pane shows.
enum OutputStream: Hashable, Sendable, CaseIterable {
    /// Standard output as people read it: decoded where the builder writes events.
    case readable
    /// Standard output, byte for byte.
    case raw
    /// Standard error.
    case errors

    var word: String {
        switch self {
        case .readable: "output"
        case .raw: "raw output"
        case .errors: "error output"
        }
    }

    /// For a narrow title.
    var shortWord: String {
        switch self {
        case .readable: "output"
        case .raw: "raw"
        case .errors: "errors"
        }
    }

    /// The streams that differ for an attempt, in the order in which the key goes through them.
    static func choices(for builder: BuilderName, output: OutputFormat? = nil) -> [OutputStream] {
        isStream(builder, output) ? [.readable, .raw, .errors] : [.readable, .errors]
    }

    func source(of process: AgentProcess, builder: BuilderName, output: OutputFormat? = nil) -> LogSource {
        switch self {
        case .readable:
            LogSource(
                path: process.outputPath,
                builder: builder,
                output: output,
                form: Self.isStream(builder, output) ? .transcript : .raw
            )
        case .raw: LogSource(path: process.outputPath, builder: builder, form: .raw)
        case .errors: LogSource(path: process.errorPath, builder: builder, form: .raw)
        }
    }

    /// Whether the output is one of events, and not text for people already.
    private static func isStream(_ builder: BuilderName, _ output: OutputFormat?) -> Bool {
        output?.isStream ?? (builder != .command)
    }
}
