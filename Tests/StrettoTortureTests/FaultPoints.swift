import StrettoProcess
import TestSupport

/// Where engines die in these tests: a sample; with `STRETTO_TORTURE` all along the run, at every commit of the journal and at every
/// second of the other calls. (The simulator dies at every one of them, in milliseconds.)
enum FaultPoints {
    /// What an engine does at its seams, one call after the other.
    enum Seam: String {
        case journal, git, agents, checks

        /// More than one run of the plan has, so that the last ones are never reached: that is how all are known to be tried.
        fileprivate var countMax: Int {
            switch self {
            case .journal: 150
            case .git: 400
            case .agents: 18
            case .checks: 20
            }
        }

        /// Git is called so often that two calls in a row are mostly the same thing for two tasks.
        fileprivate var step: Int { self == .git ? 2 : 1 }

        fileprivate var sample: [String] {
            switch self {
            case .journal: ["1:after", "17:before", "40:after"]
            case .git: ["9:after", "38:before", "77:after"]
            case .agents: ["3:after"]
            case .checks: ["2:before"]
            }
        }
    }

    /// The points at which an engine dies, in the order of its calls.
    ///
    /// `step` leaves out all but one of so many.
    static func deaths(at seam: Seam, step: Int = 1) -> [String] {
        Torture.isThorough ? every("die", seam, seam.step * step) : seam.sample.map { "die:\(seam):\($0)" }
    }

    /// The points at which a call fails; fewer, for what they try lies between two deaths.
    static func failures(at seam: Seam) -> [String] {
        guard !Torture.isThorough else { return every("fail", seam, 5) }
        return [seam == .git ? "fail:git:60:after" : "fail:journal:20:before"]
    }

    private static func every(_ deed: String, _ seam: Seam, _ step: Int) -> [String] {
        stride(from: 1, through: seam.countMax, by: step).flatMap { number in
            ["before", "after"].map { "\(deed):\(seam):\(number):\($0)" }
        }
    }

    // MARK: Beyond the last call

    /// One run is not as long as another one, so that the end of the calls is where so many points in a row were not reached.
    private static let missesMax = 4
    private static let misses = Lock<[String: Int]>([:])

    /// The point's series: all numbers of one deed, seam and moment.
    private static func series(of point: String, in kind: Scene.Kind) -> String {
        kind.rawValue + ":"
            + point.split(separator: ":").enumerated().filter { $0.offset != 2 }.map { String($0.element) }.joined(
                separator: ":"
            )
    }

    /// Whether no run comes so far.
    static func isBeyondTheEnd(_ point: String, in kind: Scene.Kind) -> Bool {
        misses.withLock { $0[series(of: point, in: kind), default: 0] >= missesMax }
    }

    /// Notes whether a point was met, with one line for whoever counts them.
    static func tell(_ point: String, in kind: Scene.Kind, isReached: Bool) {
        let series = series(of: point, in: kind)
        misses.withLock { misses in
            misses[series] = isReached ? 0 : misses[series, default: 0] + 1
        }
        Torture.tell("\(kind) \(point) \(isReached ? "reached" : "not-reached")")
    }
}
