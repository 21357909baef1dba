import Glibc

/// Being asked to end by a signal, on a thread of its own, because the pool's threads take none.
enum Terminations {
    /// Keeps the signals from every thread that is started later; to be called first of all.
    static func block() {
        var signals = awaited
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    static func watch(_ body: @escaping @Sendable () -> Void) {
        let watch = Watch(signals: awaited, body: body)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(watch).toOpaque()
        pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                let watch = Unmanaged<Watch>.fromOpaque(context).takeRetainedValue()
                while true {
                    var number: Int32 = 0
                    guard sigwait(&watch.signals, &number) == 0 else { continue }
                    watch.body()
                }
            },
            context
        )
        pthread_detach(thread)
    }

    private static var awaited: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        return signals
    }

    private final class Watch {
        var signals: sigset_t
        let body: @Sendable () -> Void

        init(signals: sigset_t, body: @escaping @Sendable () -> Void) {
            self.signals = signals
            self.body = body
        }
    }
}
