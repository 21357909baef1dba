extension Reactor {
    /// Returns when `delay` has passed; not ended early by cancellation, so only for short ones.
    func pause(_ delay: Duration) async {
        await withCheckedContinuation { continuation in
            perform { loop in _ = loop.startTimer(after: delay) { continuation.resume() } }
        }
    }

    /// Returns when the descriptor, which must stay open until then, can be read; of a pidfd: when its process is over.
    func waitUntilReadable(_ descriptor: Int32) async {
        await withCheckedContinuation { continuation in
            perform { loop in loop.watchOnce(descriptor) { continuation.resume() } }
        }
    }
}
