internal import CStrettoProcess

/// The one thread that waits for descriptors, processes and deadlines, so that nothing else has to.
///
/// ```
/// any thread ── perform(job) ──► pending ── eventfd ──► ReactorLoop (own pthread): epoll_wait, handlers, timers
/// ```
/// Jobs run on that thread, in the order in which they were given, and may neither block nor compute for long.
final class Reactor: Sendable {
    typealias Job = @Sendable (ReactorLoop) -> Void

    /// Lives as long as the process.
    static let shared = Reactor()

    private let pending = Lock<[Job]>([])
    private let wakeUp: Int32

    private init() {
        wakeUp = stretto_wake_open()
        precondition(wakeUp >= 0, "no descriptor is left for the reactor: \(SystemError.last)")
        OwnThread.start { [self] in runThread() }
    }

    /// Runs `job` on the reactor's thread, soon.
    func perform(_ job: @escaping Job) {
        let isFirst = pending.withLock { jobs in
            jobs.append(job)
            return jobs.count == 1
        }
        if isFirst { stretto_wake(wakeUp) }
    }

    private func runThread() {
        let loop = ReactorLoop()
        loop.watch(wakeUp, for: .reading) { [wakeUp] in stretto_wake_clear(wakeUp) }
        while true {
            loop.turn()
            let jobs = pending.withLock { jobs in
                let taken = jobs
                jobs = []
                return taken
            }
            for job in jobs { job(loop) }
        }
    }
}
