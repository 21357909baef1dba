/// Who wants to hear of which directory, on the reactor's thread: all of them share one inotify descriptor, of which a user has few.
final class DirectoryWatches {
    /// Names one listener.
    struct ListenerID: Hashable, Sendable {
        fileprivate let watch: Notices.WatchID
        fileprivate let number: UInt64
    }

    private let notices: Notices
    private var listeners: [Notices.WatchID: [(number: UInt64, handler: () -> Void)]] = [:]
    private var lastNumber: UInt64 = 0

    init(on loop: ReactorLoop) throws(SystemError) {
        notices = try Notices()
        // Lives as long as the reactor does.
        loop.watch(notices.descriptor.number, for: .reading) { [self] in tell() }
    }

    /// Calls `handler` whenever something in the directory may have changed.
    func add(_ directory: String, handler: @escaping () -> Void) throws(SystemError) -> ListenerID {
        let watch = try notices.watch(directory)
        lastNumber += 1
        listeners[watch, default: []].append((lastNumber, handler))
        return ListenerID(watch: watch, number: lastNumber)
    }

    func remove(_ id: ListenerID) {
        listeners[id.watch]?.removeAll { $0.number == id.number }
        guard let left = listeners[id.watch], left.isEmpty else { return }
        listeners[id.watch] = nil
        notices.unwatch(id.watch)
    }

    private func tell() {
        let all = notices.take().map(\.watch)
        let changed = all.contains(nil) ? Set(listeners.keys) : Set(all.compactMap { $0 })
        for watch in changed.sorted() { listeners[watch]?.forEach { $0.handler() } }
    }
}
