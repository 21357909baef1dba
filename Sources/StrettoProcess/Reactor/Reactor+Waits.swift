internal import CStrettoProcess

extension Reactor {
    /// Returns when `delay` has passed; not ended early by cancellation, so only for short ones.
    func pause(_ delay: Duration) async {
        await withCheckedContinuation { continuation in
            perform { loop in _ = loop.startTimer(after: delay) { continuation.resume() } }
        }
    }

    /// Returns when the descriptor, which must stay open until then, can be read; of a pidfd: when its process is over.
    ///
    /// It also returns, soon, when the surrounding task is cancelled.
    func waitUntilReadable(_ descriptor: Int32) async {
        let wait = ReadableWait()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                perform { loop in wait.begin(on: loop, descriptor, continuation) }
            }
        } onCancel: {
            perform { loop in wait.end(on: loop) }
        }
    }

    /// Reaps a child when it is over, whenever that is, although nobody waits for it: what is not reaped stays as a zombie.
    func reapLater(_ child: consuming SpawnedChild) {
        let abandoned = AbandonedChild(child)
        perform { loop in abandoned.begin(on: loop) }
    }

    /// Calls `handler` on the reactor's thread whenever something in the directory may have changed.
    func addListener(
        to directory: String,
        handler: @escaping @Sendable () -> Void
    ) async throws(SystemError) -> DirectoryWatches.ListenerID {
        let result: Result<DirectoryWatches.ListenerID, SystemError> = await withCheckedContinuation { continuation in
            perform { loop in
                do throws(SystemError) {
                    continuation.resume(returning: .success(try loop.directories().add(directory, handler: handler)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    /// Ends a listening, soon.
    func removeListener(_ id: DirectoryWatches.ListenerID) {
        perform { loop in
            // Whoever has an identifier has listened, so the watches are there.
            if let directories = try? loop.directories() { directories.remove(id) }
        }
    }
}

/// One wait for a descriptor, which ends once: by the descriptor or by a cancellation, which may even come first.
// SAFETY: touched on the reactor's thread only.
private final class ReadableWait: @unchecked Sendable {
    private enum State {
        case idle
        case waiting(ReactorLoop.WatchID, CheckedContinuation<Void, Never>)
        case over
    }

    private var state = State.idle

    func begin(on loop: ReactorLoop, _ descriptor: Int32, _ continuation: CheckedContinuation<Void, Never>) {
        guard case .idle = state, let watch = loop.watch(descriptor, for: .reading, handler: { self.end(on: loop) })
        else {
            // Cancelled already, or nothing that could be waited for.
            state = .over
            return continuation.resume()
        }
        state = .waiting(watch, continuation)
    }

    func end(on loop: ReactorLoop) {
        guard case .waiting(let watch, let continuation) = state else {
            state = .over
            return
        }
        state = .over
        loop.unwatch(watch)
        continuation.resume()
    }
}

/// A child that nobody waits for any more.
// SAFETY: touched on the reactor's thread only, once it is made.
private final class AbandonedChild: @unchecked Sendable {
    private let pid: Int32
    private var pidfd: Descriptor?
    private var watch: ReactorLoop.WatchID?

    init(_ child: consuming SpawnedChild) {
        pid = child.pid
        pidfd = .some(child.pidfd)
    }

    func begin(on loop: ReactorLoop) {
        guard let number = pidfd?.number else { return }
        watch = loop.watch(number, for: .reading) { [self] in end(on: loop) }
    }

    private func end(on loop: ReactorLoop) {
        var exit = stretto_exit()
        unsafe stretto_reap(pid, &exit)
        if let watch { loop.unwatch(watch) }
        pidfd = nil
    }
}
