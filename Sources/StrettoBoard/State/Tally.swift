import StrettoCore

/// How many tasks of a run or a section are where.
struct Tally: Hashable, Sendable {
    private(set) var running = 0
    private(set) var review = 0
    private(set) var done = 0
    private(set) var failed = 0
    private(set) var waiting = 0
    private(set) var skipped = 0
    private(set) var stopped = 0
    private(set) var excluded = 0

    init(_ tasks: [TaskSnapshot], leavingOut left: TaskState? = nil) {
        // By their places: each is large.
        self.init(tasks.indices.lazy.map { tasks[$0].state }.filter { $0 != left })
    }

    init(_ states: some Sequence<TaskState>) {
        for state in states {
            switch state {
            case .preparing, .running, .checking, .merging: running += 1
            case .review: review += 1
            case .done: done += 1
            case .failed: failed += 1
            case .stopped: stopped += 1
            case .skipped: skipped += 1
            case .excluded: excluded += 1
            case .waiting, .ready, .retrying, .blocked: waiting += 1
            }
        }
    }

    /// Tasks that nothing is left to do for.
    var settled: Int { done + skipped }

    /// Tasks of this run; what was over before it or lies outside of its scope does not count.
    var total: Int { running + review + settled + failed + waiting + stopped }

    /// The whole percentage that is settled; 100 only when everything is.
    var percent: Int { total == 0 ? 100 : settled * 100 / total }

    var progress: String { total == 0 ? "" : "\(settled)/\(total)" }

    /// One state for all of them, the one that matters most.
    var state: TaskState {
        if review > 0 { return .review }
        if running > 0 { return .running }
        if failed > 0 { return .failed }
        if stopped > 0 { return .stopped }
        if total == 0 { return .excluded }
        if skipped == total { return .skipped }
        return settled == total ? .done : .waiting
    }
}
