internal import Glibc
internal import StrettoCore
internal import StrettoProcess

/// What other threads ask of the server's thread, in the order in which they asked.
enum ServerRequest: Sendable {
    case start(RunSnapshot, [Notice])
    case publish(RunUpdate)
    case reply(RequestID, Refusal?)
    case diff(RequestID, String)
    case plan(RequestID, RunSpec?)
    case close(Outcome, CheckedContinuation<Void, Never>)
    /// The server's owner is gone without a goodbye.
    case abandon
}

/// A client's request that an answer is due to; `serial` is never used again, while a client may repeat its own `id`.
struct RequestID: Hashable, Sendable {
    let client: Int
    let serial: Int
    let id: Int
}

/// The way into the server's thread, which sleeps in `poll` and is woken by a byte in a pipe.
final class Inbox: Sendable {
    private struct State {
        var requests: [ServerRequest] = []
        var isClosed = false
        var clientCount = 0
    }

    private let state = Lock(State())
    private let waking: Descriptor
    private let woken: Descriptor

    init(path: String) throws(ConnectionError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .last(path) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        woken = Descriptor(owning: ends[0])
        waking = Descriptor(owning: ends[1])
    }

    /// Becomes readable when something was posted.
    var descriptor: Int32 { woken.number }

    /// How many clients have been greeted.
    var clientCount: Int {
        get { state.withLock { $0.clientCount } }
        set { state.withLock { $0.clientCount = newValue } }
    }

    /// Leaves a request for the server's thread; false where it has ended.
    @discardableResult
    func post(_ request: ServerRequest) -> Bool {
        enum Action { case wake, none, refuse }
        let action: Action = state.withLock { state in
            guard !state.isClosed else { return .refuse }
            state.requests.append(request)
            return state.requests.count == 1 ? .wake : .none
        }
        // A full pipe wakes as well as one more byte would.
        if action == .wake { _ = try? waking.write([1]) }
        return action != .refuse
    }

    /// Everything posted since the last call.
    func take() -> [ServerRequest] {
        _ = try? woken.read(64)
        return state.withLock { state in
            let requests = state.requests
            state.requests = []
            return requests
        }
    }

    /// Lets nothing more in and returns what came too late.
    func close() -> [ServerRequest] {
        state.withLock { state in
            state.isClosed = true
            let requests = state.requests
            state.requests = []
            return requests
        }
    }
}
