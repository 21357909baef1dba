internal import CStrettoProcess
internal import Glibc

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
        startThread()
    }

    /// Runs `job` on the reactor's thread, soon.
    func perform(_ job: @escaping Job) {
        let isFirst = pending.withLock { jobs in
            jobs.append(job)
            return jobs.count == 1
        }
        if isFirst { stretto_wake(wakeUp) }
    }

    private func startThread() {
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        // The new thread inherits a full mask: it must take no signal from the program, and a broken pipe is an error code here.
        var all = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        let code = unsafe pthread_create(
            &thread,
            nil,
            { @Sendable context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Reactor>.fromOpaque(context).takeRetainedValue().runThread()
                return nil
            },
            context
        )
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        precondition(code == 0, "no thread is left for the reactor: \(SystemError(code))")
        pthread_detach(thread)
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
