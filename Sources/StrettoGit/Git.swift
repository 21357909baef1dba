package import StrettoCore
internal import StrettoProcess

/// The `git` program in one environment: every call of this target goes through here and is reported.
///
/// Outputs are bytes and are asked for with NUL separators; a message of git's own appears only in a ``Trouble``.
package struct Git: Sendable {
    /// Hears of every command once it is over; called from any thread.
    package typealias Log = @Sendable (GitCall) -> Void
    /// Is passed before and after every command, and may fail it; called from any thread.
    package typealias Gate = @Sendable (Moment) throws(Trouble) -> Void
    /// The two sides of a command: nothing has happened, and all has happened but nobody has noted it.
    package enum Moment: String, Sendable { case before, after }

    /// What one command may write before its answer counts as unusable.
    static let outputBytesMax = 64 * 1024 * 1024
    /// How long one command may take: a checkout of a large repository with filters is slow, but it ends.
    static let durationMax = Duration.seconds(1800)

    /// Without the variables that a request may set.
    private let environment: ProcessEnvironment
    /// Looked up once: dozens of commands run for every task.
    private let program: String
    private let log: Log
    private let gate: Gate?

    init(environment: [String: String], log: @escaping Log, gate: Gate? = nil) {
        self.environment = ProcessEnvironment(environment.filter { !Self.requested.contains($0.key) })
        let found = self.environment.locate("git") ?? ""
        program = found.hasPrefix("/") ? found : "git"
        self.log = log
        self.gate = gate
    }

    private static let requested: Set<String> = [
        "GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE", "GIT_INDEX_FILE", "GIT_DIR", "GIT_WORK_TREE",
    ]

    /// One command as it is to be run.
    struct Request {
        var arguments: [String]
        var directory: String
        var input: [UInt8] = []
        /// Another index than the worktree's own.
        var index: String?
        /// Another repository than the one around the directory, with the files that count as its work tree.
        var repository: (directory: String, workTree: String?)?
        /// The date of the commits that it makes.
        var time: Timestamp?
        var outputBytesMax = Git.outputBytesMax
        /// The exit codes that are an answer; any other one is a ``Trouble``.
        var answers: [Int32] = [0]

        init(_ arguments: String..., in directory: String) {
            self.arguments = arguments
            self.directory = directory
        }
    }

    /// What a command said.
    struct Answer {
        var code: Int32
        var output: [UInt8]
        var errorText: String
        var isTruncated: Bool

        /// The output as text, without the line end.
        var line: String {
            var bytes = output[...]
            while bytes.last == UInt8(ascii: "\n") { bytes = bytes.dropLast() }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Runs one command to its end, also where the surrounding task is cancelled meanwhile.
    ///
    /// A git that is ended in the middle of its work leaves locks, which stop whoever comes next. After a cancellation no command begins.
    func run(_ request: Request) async throws(Trouble) -> Answer {
        if Task.isCancelled { throw Trouble("\(GitCall.name(of: request.arguments)) was not begun: the engine ends") }
        var variables: [String: String] = [:]
        if let time = request.time {
            let date = "@\(time.milliseconds / 1000) +0000"
            variables["GIT_AUTHOR_DATE"] = date
            variables["GIT_COMMITTER_DATE"] = date
        }
        variables["GIT_INDEX_FILE"] = request.index
        if let repository = request.repository {
            variables["GIT_DIR"] = repository.directory
            variables["GIT_WORK_TREE"] = repository.workTree
        }
        let command = ProcessCommand(
            arguments: [program] + request.arguments,
            directory: request.directory,
            environment: environment.adding(variables),
            input: request.input,
            outputBytesMax: request.outputBytesMax,
            timeout: Git.durationMax,
            endsWhenCancelled: false
        )
        try gate?(.before)
        let output: ProcessOutput
        do {
            output = try await ChildProcess.run(command)
        } catch {
            throw Trouble("git could not be started in \(request.directory): \(error)")
        }
        log(
            GitCall(
                arguments: request.arguments,
                directory: request.directory,
                duration: output.duration,
                status: output.status
            )
        )
        try gate?(.after)
        return try Self.judge(output, of: request)
    }

    private static func judge(_ output: ProcessOutput, of request: Request) throws(Trouble) -> Answer {
        let name = GitCall.name(of: request.arguments)
        if output.isTimedOut {
            throw Trouble("\(name) in \(request.directory) did not end within \(durationMax.wholeSeconds) s")
        }
        guard case .code(let code) = output.status, request.answers.contains(code) else {
            let text = output.errorText.suffix(errorCharactersMax)
            let message = text.isEmpty ? "\(output.status)" : "\(output.status): \(text.trimmingLineEnd)"
            let sentence = "\(name) in \(request.directory) ended with \(message)"
            if isDiskRefusal(text) || FreeSpace.isUsedUp(at: request.directory) { throw Trouble(diskRefusal: sentence) }
            throw Trouble(sentence, isPassing: text.contains(".lock': File exists"))
        }
        return Answer(
            code: code,
            output: output.output,
            errorText: output.errorText,
            isTruncated: output.isTruncated
        )
    }

    /// The part of git's complaint that a message carries.
    private static let errorCharactersMax = 1000

    /// Whether git says that the system would write nothing more; its messages are in English here.
    static func isDiskRefusal(_ text: some StringProtocol) -> Bool {
        ["No space left on device", "Disk quota exceeded", "Read-only file system"].contains { text.contains($0) }
    }
}

/// One git command that was run, for the event log.
package struct GitCall: Hashable, Sendable {
    /// Without the leading `git`.
    package var arguments: [String]
    /// Where it ran, absolute.
    package var directory: String
    /// From its start until it had been reaped.
    package var duration: Duration
    /// Other codes than 0 can be answers.
    package var status: ExitStatus

    /// `git worktree add` of `["-c", "a=b", "worktree", "add", "--detach", ...]`: the words of the command without settings and operands.
    static func name(of arguments: [String]) -> String {
        let nouns = ["worktree"]
        var words = arguments[...]
        while words.first == "-c" { words = words.dropFirst(2) }
        guard let first = words.popFirst() else { return "git" }
        guard nouns.contains(first), let verb = words.first else { return "git " + first }
        return "git \(first) \(verb)"
    }
}

extension StringProtocol {
    /// The text without the line ends at its end.
    var trimmingLineEnd: String {
        var rest = self[...]
        while let last = rest.last, last.isNewline { rest = rest.dropLast() }
        return String(rest)
    }
}
