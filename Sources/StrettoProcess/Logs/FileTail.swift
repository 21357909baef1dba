internal import Glibc

/// A growing file, read from its beginning to its end without loss and without polling.
///
/// One reader at a time. The file need not exist yet, its directory must. It is never rotated or cut.
package final class FileTail: Sendable {
    package let path: String
    private let state: Lock<State>

    /// The most that one call returns, in bytes.
    package static let chunkBytesMax = 64 << 10

    private struct State: ~Copyable {
        var offset: Int
        /// Something may have been written since the last read.
        var isChanged = true
        /// Nothing will be written any more.
        var isFinished = false
        var waiter: CheckedContinuation<Void, Never>?
        var listener: DirectoryWatches.ListenerID?
        var file: Descriptor?
    }

    /// A reader of the file at `path` that begins at `offset` bytes.
    package init(path: String, offset: Int = 0) {
        self.path = path
        state = Lock(State(offset: offset))
    }

    deinit {
        let listener = state.withLock { $0.listener.take() }
        if let listener { Reactor.shared.removeListener(listener) }
    }

    /// How many bytes have been read, the initial offset included: where a later reader goes on.
    package var offset: Int { state.withLock { $0.offset } }

    /// Says that the writer is over: what lies in the file is still read, then ``next()`` returns nil.
    package func finish() {
        wake { $0.isFinished = true }
    }

    /// The next bytes, as soon as there are any.
    ///
    /// - Returns: nil at the end of a finished file, and when the surrounding task is cancelled.
    /// - Throws: where the directory cannot be watched or the file not be read.
    package func next() async throws(SystemError) -> [UInt8]? {
        // Watched before it is read: what is written in between is noticed.
        if state.withLock({ $0.listener == nil }) { try await listen() }
        while !Task.isCancelled {
            let wasFinished = state.withLock { state in
                state.isChanged = false
                return state.isFinished
            }
            let chunk = try readChunk()
            if !chunk.isEmpty { return chunk }
            if wasFinished { return nil }
            await waitForChange()
        }
        return nil
    }

    private func listen() async throws(SystemError) {
        let folder = Files.folder(of: path)
        let listener = try await Reactor.shared.addListener(to: folder.isEmpty ? "/" : folder) { [weak self] in
            self?.wake { $0.isChanged = true }
        }
        state.withLock { $0.listener = listener }
    }

    private func readChunk() throws(SystemError) -> [UInt8] {
        try state.withLock { state throws(SystemError) -> [UInt8] in
            if state.file == nil {
                do throws(SystemError) {
                    state.file = .some(try Descriptor.open(path, O_RDONLY))
                } catch {
                    guard error.code == ENOENT else { throw error }
                    return []
                }
            }
            let chunk = try state.file?.read(Self.chunkBytesMax, at: state.offset) ?? []
            state.offset += chunk.count
            return chunk
        }
    }

    private func waitForChange() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    // Cancelled, changed or finished since the last look: then there is nothing to wait for.
                    if state.isChanged || state.isFinished || Task.isCancelled { return false }
                    state.waiter = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            wake { $0.isChanged = true }
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state in
            change(&state)
            return state.waiter.take()
        }
        waiter?.resume()
    }
}
