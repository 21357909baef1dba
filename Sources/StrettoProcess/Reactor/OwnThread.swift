internal import Glibc

/// A thread of its own for what blocks, outside the pool that runs tasks.
package enum OwnThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs `body` on a fresh thread that takes no signal of the program and gets a broken pipe as an error code.
    package static func start(_ body: @escaping @Sendable () -> Void) {
        let context = unsafe Unmanaged.passRetained(Body(body)).toOpaque()
        var thread = pthread_t()
        var all = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&all)
        // The new thread inherits this thread's mask.
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        let code = unsafe pthread_create(
            &thread,
            nil,
            { @Sendable context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            context
        )
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        precondition(code == 0, "the system has no thread left: \(SystemError(code))")
        pthread_detach(thread)
    }
}
