internal import CStrettoProcess
internal import Glibc
internal import StrettoCore

/// A descriptor by which one thread wakes another, open as long as this lives.
package final class WakeUp: Sendable {
    /// Readable from ``ring()`` to ``clear()``.
    package let descriptor: Int32

    /// - Throws: where the system has no descriptor left.
    package init() throws(SystemError) {
        descriptor = stretto_wake_open()
        guard descriptor >= 0 else { throw .last }
    }

    deinit { _ = Descriptor(owning: descriptor) }

    /// Makes the descriptor readable, from any thread.
    package func ring() { stretto_wake(descriptor) }

    /// Makes it unreadable again.
    package func clear() { stretto_wake_clear(descriptor) }

    /// Blocks this thread until ``ring()``, at most for this long; not for the cooperative pool.
    package func wait(atMost time: Duration) {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&watched, 1, Int32(clamping: time.milliseconds))
    }
}
