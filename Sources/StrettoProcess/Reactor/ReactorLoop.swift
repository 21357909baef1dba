internal import CStrettoProcess
internal import Glibc

/// What the reactor's thread waits for: descriptors by epoll, deadlines by its timeout.
///
/// Touched on the reactor's thread only; it is handed to jobs and to nobody else.
final class ReactorLoop {
    /// A watched descriptor.
    ///
    /// A stale event of an earlier watch finds no handler, even where the number of the descriptor is in use again.
    struct WatchID: Hashable { fileprivate let number: UInt64 }
    struct TimerID: Hashable { fileprivate let number: UInt64 }

    /// What a descriptor is watched for; errors and hang-ups wake both.
    enum Interest {
        case reading
        case writing
    }

    private struct Watch {
        let descriptor: Int32
        let handler: () -> Void
    }

    private struct Timer {
        let id: TimerID
        /// Time in which the machine sleeps does not count: nothing could have got done in it.
        let deadline: SuspendingClock.Instant
        let handler: () -> Void
    }

    private static let eventCountMax = 64

    private let descriptor: Int32
    private var watches: [UInt64: Watch] = [:]
    /// By deadline, the latest first.
    private var timers: [Timer] = []
    private var lastNumber: UInt64 = 0
    private var directoryWatches: DirectoryWatches?
    private var ready = [UInt64](repeating: 0, count: eventCountMax)

    init() {
        descriptor = stretto_poll_open()
        precondition(descriptor >= 0, "no descriptor is left for the reactor: \(SystemError.last)")
    }

    /// Calls `handler` whenever the descriptor is ready, until ``unwatch(_:)``, which must come before it is closed.
    /// - Returns: nil where the descriptor is of a kind that is always ready (a file) or the system has no room for it.
    @discardableResult
    func watch(_ descriptor: Int32, for interest: Interest, handler: @escaping () -> Void) -> WatchID? {
        lastNumber += 1
        let isWriting: Int32 = interest == .writing ? 1 : 0
        guard stretto_poll_add(self.descriptor, descriptor, isWriting, lastNumber) == 0 else { return nil }
        watches[lastNumber] = Watch(descriptor: descriptor, handler: handler)
        return WatchID(number: lastNumber)
    }

    /// Ends a watch; a second time does nothing.
    func unwatch(_ id: WatchID) {
        guard let watch = watches.removeValue(forKey: id.number) else { return }
        stretto_poll_remove(descriptor, watch.descriptor)
    }

    /// Calls `handler` once, when `delay` has passed.
    func startTimer(after delay: Duration, handler: @escaping () -> Void) -> TimerID {
        lastNumber += 1
        let id = TimerID(number: lastNumber)
        let timer = Timer(id: id, deadline: .now.advanced(by: delay), handler: handler)
        let place = timers.firstIndex { $0.deadline < timer.deadline } ?? timers.endIndex
        timers.insert(timer, at: place)
        return id
    }

    /// Forgets a timer; one that has fired is unknown and that is no error.
    func cancelTimer(_ id: TimerID) {
        timers.removeAll { $0.id == id }
    }

    /// The directories that somebody listens to; the descriptor for them is opened when the first one does.
    func directories() throws(SystemError) -> DirectoryWatches {
        if let directoryWatches { return directoryWatches }
        let watches = try DirectoryWatches(on: self)
        directoryWatches = watches
        return watches
    }

    /// Waits for the next events and calls their handlers, then those of timers that are due.
    func turn() {
        let count = unsafe stretto_poll_wait(descriptor, &ready, Int32(ready.count), timeout)
        // A handler may end the watch of an event that is still to come in this round: it is then not found any more.
        for number in ready.prefix(Int(count)) { watches[number]?.handler() }
        while let timer = timers.last, timer.deadline <= .now {
            timers.removeLast()
            timer.handler()
        }
    }

    /// Milliseconds until the next deadline, rounded up so that it is not missed by a fraction and spun for; -1 for ever.
    private var timeout: Int32 {
        guard let next = timers.last?.deadline else { return -1 }
        let (seconds, attoseconds) = SuspendingClock.now.duration(to: next).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let milliseconds = min(seconds, 1_000_000) * 1000 + attoseconds / 1_000_000_000_000_000 + 1
        return Int32(milliseconds)
    }
}
