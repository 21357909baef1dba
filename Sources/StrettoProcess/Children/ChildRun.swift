internal import CStrettoProcess
internal import Glibc
internal import StrettoCore

/// One program under way, as the reactor sees it.
///
/// ```
/// started ── begin ──► running ── pidfd is readable ──► over (reaped, answered)
///                         └── end or timeout: SIGTERM, grace, SIGKILL ──┘
/// ```
// SAFETY: everything that changes is touched on the reactor's thread only, once `start` has made the value.
final class ChildRun: @unchecked Sendable {
    private let pid: Int32
    private var pidfd: Descriptor?
    private let timeout: Duration?
    private let startTime: ContinuousClock.Instant
    private let input: PipeWriter?
    private let output: PipeReader
    private let error: PipeReader
    private var state = State.started
    private var exitWatch: ReactorLoop.WatchID?
    private var timer: ReactorLoop.TimerID?
    private var isTimedOut = false

    private enum State {
        case started
        /// It was asked to end before the reactor heard of it.
        case endedEarly
        case running(CheckedContinuation<ProcessOutput, Never>)
        case ending(CheckedContinuation<ProcessOutput, Never>)
        case over
    }

    private init(
        _ child: consuming SpawnedChild,
        timeout: Duration?,
        startTime: ContinuousClock.Instant,
        input: PipeWriter?,
        output: PipeReader,
        error: PipeReader
    ) {
        pid = child.pid
        pidfd = .some(child.pidfd)
        self.timeout = timeout
        self.startTime = startTime
        self.input = input
        self.output = output
        self.error = error
    }

    /// Starts the program with its pipes; the reactor knows nothing of it yet.
    static func start(_ command: ProcessCommand) async throws(ProcessError) -> ChildRun {
        let startTime = ContinuousClock.now
        let program = command.arguments.first ?? ""
        let output = try pipe(for: program)
        let error = try pipe(for: program)
        let input = try Input(command.input, program)
        let child = try await Spawn.start(
            command.arguments,
            directory: command.directory,
            environment: command.environment,
            streams: Spawn.Streams(
                input: input.number,
                output: output.writing.number,
                error: error.writing.number
            )
        )
        // From here on the child alone holds its ends, so that their closing is the end of the stream.
        let writer = input.writer
        _ = consume input
        _ = consume output.writing
        _ = consume error.writing
        return ChildRun(
            child,
            timeout: command.timeout,
            startTime: startTime,
            input: writer,
            output: PipeReader(output.reading, bytesMax: command.outputBytesMax),
            error: PipeReader(error.reading, bytesMax: command.outputBytesMax)
        )
    }

    /// Watches the program; `continuation` is resumed once, when it has been reaped.
    func begin(on loop: ReactorLoop, _ continuation: CheckedContinuation<ProcessOutput, Never>) {
        let endedEarly = if case .endedEarly = state { true } else { false }
        state = .running(continuation)
        guard let exits = pidfd?.number else { preconditionFailure("child \(pid) is watched after its end") }
        exitWatch = loop.watch(exits, for: .reading) { [self] in conclude(on: loop) }
        input?.begin(on: loop)
        output.begin(on: loop)
        error.begin(on: loop)
        if endedEarly {
            end(on: loop)
        } else if let timeout {
            timer = loop.startTimer(after: timeout) { [self] in
                isTimedOut = true
                end(on: loop)
            }
        }
    }

    /// Asks the program's group to end, and makes it when the grace period is over; a second time does nothing.
    func end(on loop: ReactorLoop) {
        switch state {
        case .started: state = .endedEarly
        case .running(let continuation):
            state = .ending(continuation)
            if let timer { loop.cancelTimer(timer) }
            signalGroup(SIGTERM)
            timer = loop.startTimer(after: ProcessCommand.terminationGrace) { [self] in signalGroup(SIGKILL) }
        // A cancellation and a timeout may both come, and the exit may come before either.
        case .endedEarly, .ending, .over: break
        }
    }

    /// Signals the group that the child leads.
    ///
    /// Its number is its own until the child is reaped, which happens only in `conclude`.
    private func signalGroup(_ signal: Int32) {
        kill(-pid, signal)
    }

    private func conclude(on loop: ReactorLoop) {
        let continuation: CheckedContinuation<ProcessOutput, Never>
        switch state {
        case .running(let waiting), .ending(let waiting): continuation = waiting
        case .started, .endedEarly, .over: return
        }
        output.finish(on: loop)
        error.finish(on: loop)
        input?.finish(on: loop)
        // What is left of the group has lost its purpose. The child is still a zombie, so the number cannot be anybody else's.
        signalGroup(SIGKILL)
        var exit = stretto_exit()
        guard unsafe stretto_reap(pid, &exit) == 1 else {
            preconditionFailure("child \(pid) was reaped by somebody else")
        }
        if let exitWatch { loop.unwatch(exitWatch) }
        pidfd = nil
        if let timer { loop.cancelTimer(timer) }
        state = .over
        continuation.resume(
            returning: ProcessOutput(
                status: exit.signalled == 1 ? .signal(exit.code) : .code(exit.code),
                output: output.bytes,
                error: error.bytes,
                isTruncated: output.isTruncated || error.isTruncated,
                isTimedOut: isTimedOut,
                duration: startTime.duration(to: .now)
            )
        )
    }

    /// What a program is to read: a pipe where there is something, else nothing at all.
    private struct Input: ~Copyable {
        let writer: PipeWriter?
        /// The child's end, open as long as this value lives.
        let number: Int32?
        private let reading: Descriptor?

        init(_ bytes: [UInt8], _ program: String) throws(ProcessError) {
            guard !bytes.isEmpty else {
                writer = nil
                number = nil
                reading = nil
                return
            }
            let pipe = try ChildRun.pipe(for: program)
            writer = PipeWriter(pipe.writing, bytes: bytes)
            number = pipe.reading.number
            reading = .some(pipe.reading)
        }
    }

    private static func pipe(for program: String) throws(ProcessError) -> Pipe {
        do throws(SystemError) { return try Pipe() } catch { throw .cannotStart(program: program, error) }
    }
}
