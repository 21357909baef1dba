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

    /// Returns when the descriptor can be read, or when the surrounding task is cancelled.
    func waitUntilReadableOrCancelled(_ descriptor: Int32) async {
        let wait = CancellableWait()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                perform { loop in wait.begin(descriptor, on: loop, continuation) }
            }
        } onCancel: {
            perform { loop in wait.end(on: loop) }
        }
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
