import Glibc
import StrettoBoard
import StrettoProcess
import TestSupport

/// A terminal with a program in it, seen from outside: keys go in, and what comes out is timed, counted and shown.
final class BoardWindow {
    private let terminal: PseudoTerminal
    private(set) var model: TerminalModel
    /// How many bytes have come.
    private(set) var byteCount = 0
    /// When the newest of them did, as ``monotonicNanoseconds()``: what this program makes of them is not the board's time.
    private(set) var lastReading: UInt64 = 0
    /// Called with the time after each reading.
    var watch: ((BoardWindow, UInt64) -> Void)?
    private var answered = 0

    static let size = Size(columns: 200, rows: 50)

    private init(_ terminal: PseudoTerminal, _ size: Size) {
        self.terminal = terminal
        model = TerminalModel(columns: size.columns, rows: size.rows) { Width.of($0) }
    }

    /// Runs a program in a window until `body` returns, which has a thread of its own; then the window is closed.
    static func open<Result: Sendable>(
        _ arguments: [String],
        directory: String,
        environment: [String: String],
        size: Size = size,
        _ body: @escaping @Sendable (BoardWindow) throws -> Result
    ) async throws -> Result {
        let terminal = try PseudoTerminal(columns: size.columns, rows: size.rows)
        // The shell leads a session of its own, and the first terminal that it opens becomes that session's.
        let script = #"tty=$0; exec <> "$tty" >&0 2>&0; exec "$@""#
        async let ended = ChildProcess.run(
            ProcessCommand(
                arguments: ["sh", "-c", script, terminal.path] + arguments,
                directory: directory,
                environment: environment
            )
        )
        let result: Swift.Result<Result, any Error>
        do {
            let value = try await withCheckedThrowingContinuation { continuation in
                OwnThread.start {
                    continuation.resume(with: Swift.Result { try body(BoardWindow(terminal, size)) })
                }
            }
            result = .success(value)
        } catch {
            result = .failure(error)
        }
        terminal.hangUp()
        _ = try await ended
        return try result.get()
    }

    /// The program in the window, once it has one.
    var pid: Int32 { terminal.foregroundGroup }

    // MARK: Reading

    /// Reads what comes within so many milliseconds, as soon as there is something.
    @discardableResult
    func pump(within milliseconds: Int32) -> [UInt8] {
        let bytes = terminal.read(within: milliseconds)
        guard !bytes.isEmpty else { return [] }
        byteCount += bytes.count
        lastReading = monotonicNanoseconds()
        model.feed(bytes)
        answer()
        watch?(self, lastReading)
        return bytes
    }

    /// Answers what a terminal of today answers.
    private func answer() {
        for question in model.questions[answered...] {
            switch question {
            case "?2026$p": terminal.type("\u{1B}[?2026;2$y")
            case "6n": terminal.type("\u{1B}[2;2R")
            default: break
            }
        }
        answered = model.questions.count
    }

    /// Reads for so long.
    func pump(for duration: Duration) {
        let end = monotonicNanoseconds() + duration.nanoseconds
        while true {
            let now = monotonicNanoseconds()
            guard now < end else { return }
            pump(within: Int32((end - now) / 1_000_000 + 1))
        }
    }

    /// Reads until the screen is right.
    func wait(_ what: String, within limit: Duration = .seconds(60), _ isRight: (TerminalModel) -> Bool) throws {
        let end = monotonicNanoseconds() + limit.nanoseconds
        while !isRight(model) {
            guard monotonicNanoseconds() < end else {
                throw Bench.Failure(text: "no \(what) in \(limit):\n\(model.lines.joined(separator: "\n"))")
            }
            pump(within: 100)
        }
    }

    func wait(for text: String) throws { try wait("screen with '\(text)'") { $0.shows(text) } }

    /// Reads until nothing has come for a while, but not for ever.
    func settle(_ milliseconds: Int32 = 200) {
        let end = monotonicNanoseconds() + UInt64(milliseconds) * 10_000_000
        while !pump(within: milliseconds).isEmpty, monotonicNanoseconds() < end {}
    }

    // MARK: Keys

    func press(_ keys: String) { terminal.type(keys) }

    /// Presses a key, and reads until bytes come; with a marker, until bytes with that one come.
    /// - Returns: how long that took; nil where nothing came in a second.
    func time(_ key: String, until marker: String? = nil) -> Duration? {
        let marker = Array((marker ?? "").utf8)
        var tail: [UInt8] = []
        let begin = monotonicNanoseconds()
        terminal.type(key)
        while monotonicNanoseconds() - begin < 1_000_000_000 {
            let bytes = terminal.read(within: 1_000)
            let now = monotonicNanoseconds()
            guard !bytes.isEmpty else { continue }
            byteCount += bytes.count
            model.feed(bytes)
            watch?(self, now)
            tail = tail.suffix(marker.count) + bytes
            if marker.isEmpty || tail.contains(marker) { return .nanoseconds(now - begin) }
        }
        return nil
    }

    func resize(to size: Size) {
        model.resize(columns: size.columns, rows: size.rows)
        terminal.resize(columns: size.columns, rows: size.rows)
    }
}

extension [UInt8] {
    /// Whether the bytes hold others side by side.
    func contains(_ other: [UInt8]) -> Bool {
        withUnsafeBytes { all in other.withUnsafeBytes { Memory.find($0, in: all) } } != nil
    }
}

extension Duration {
    /// Whole nanoseconds of a time that is not negative.
    var nanoseconds: UInt64 {
        UInt64(max(0, components.seconds)) * 1_000_000_000 + UInt64(max(0, components.attoseconds / 1_000_000_000))
    }
}
