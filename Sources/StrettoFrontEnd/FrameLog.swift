internal import Glibc
internal import StrettoBoard
internal import StrettoProcess

/// A line for each frame, for whoever measures; docs/testing.md describes it.
struct FrameLog: ~Copyable {
    /// Why a frame is drawn; of several reasons the last of this list.
    enum Cause: Int, Comparable {
        case clock, output, engine, answer, resize, key

        static func < (left: Cause, right: Cause) -> Bool { left.rawValue < right.rawValue }

        init(_ input: BoardInput) {
            switch input {
            case .key: self = .key
            case .resize, .glyphs, .background: self = .resize
            case .output, .outputBegan, .times: self = .output
            case .logAnswer, .copied, .answered: self = .answer
            case .snapshot, .update, .diff, .plan, .planEdited, .refused, .connectionLost, .goodbye: self = .engine
            case .tick: self = .clock
            }
        }
    }

    private let file: Descriptor
    private let start = ContinuousClock.now
    private var cause: Cause?

    /// Adds to the file that `STRETTO_FRAME_LOG` names; nil without one.
    init?(environment: [String: String]) throws(SystemError) {
        guard let path = environment["STRETTO_FRAME_LOG"], !path.isEmpty else { return nil }
        file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_APPEND)
    }

    /// Something happened that the next frame shows.
    mutating func note(_ input: BoardInput) {
        let new = Cause(input)
        cause = max(cause ?? new, new)
    }

    /// A frame that began at `begin` has been handed to the terminal.
    mutating func write(rows: Int, bytes: Int, begin: ContinuousClock.Instant) {
        let took = Self.milliseconds(begin.duration(to: .now))
        let word = cause.map { "\($0)" } ?? "start"
        let line = "\(Self.milliseconds(start.duration(to: begin))) \(word) \(rows) \(bytes) \(took)\n"
        // Whoever measures looks at the file; a full disk must not end the board.
        try? file.writeAll(Array(line.utf8))
        cause = nil
    }

    /// With three digits behind the point.
    private static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        let rest = String(microseconds % 1_000)
        return "\(microseconds / 1_000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}
