/// Waiting for one descriptor, or for the end of the wish to wait.
// SAFETY: everything that changes is touched on the reactor's thread only.
final class CancellableWait: @unchecked Sendable {
    private var isOver = false
    private var watch: ReactorLoop.WatchID?
    private var continuation: CheckedContinuation<Void, Never>?

    func begin(_ descriptor: Int32, on loop: ReactorLoop, _ continuation: CheckedContinuation<Void, Never>) {
        // Cancellation may have been quicker.
        guard !isOver else { return continuation.resume() }
        self.continuation = continuation
        watch = loop.watch(descriptor, for: .reading) { [self] in end(on: loop) }
        // What cannot be watched counts as ready.
        if watch == nil { end(on: loop) }
    }

    /// The descriptor may be closed once this has resumed the waiter; a second time does nothing.
    func end(on loop: ReactorLoop) {
        isOver = true
        if let watch { loop.unwatch(watch) }
        watch = nil
        continuation.take()?.resume()
    }
}
