internal import Glibc
package import StrettoCore
internal import StrettoProcess

/// A front end's end of the connection, for one thread; nothing in it blocks but what says so.
///
/// After connecting, call ``receive()`` once before waiting for ``descriptor``: the snapshot may have come with the
/// greeting. Then the snapshot and each update are the state, and after a slow spell another snapshot may come.
package final class EngineClient {
    /// How long the greeting and a message that does not fit into the socket are waited for.
    private static let patience: Duration = .seconds(5)
    /// How long an engine that has said goodbye may take to end: its last git commands, and slow readers.
    private static let endPatience: Duration = .seconds(10)
    private static let readBytesMax = 256 << 10
    /// ``receive()`` leaves what is beyond for its next call, so that a flood cannot hold a screen up.
    private static let receiveBytesMax = 4 << 20
    /// The same for messages, which take longer to understand than to read: what came after the state of thousands of tasks can wait until those are
    /// on the screen.
    private static let messageBytesMax = 256 << 10

    /// The engine's process, as it says.
    package private(set) var enginePID: Int32 = 0
    /// Whether the last call of ``receive()`` has left messages that ``descriptor`` does not tell of.
    package private(set) var mayHaveMore = false
    private let socket: Descriptor
    private var input = LineBuffer(lineBytesMax: MessageCodec.serverBytesMax)
    private var hasEnded = false
    private var hasSaidGoodbye = false

    /// Connects and greets; blocks for at most five seconds.
    /// - Throws: ``ConnectionError/noEngine(path:)`` where nobody listens, ``ConnectionError/otherVersion(theirs:ours:)``.
    package init(connectingTo path: String) throws(ConnectionError) {
        socket = try UnixSocket.connect(path)
        guard let peer = UnixSocket.peer(of: socket), peer.uid == getuid() || peer.uid == 0 else {
            throw .stranger(path: path)
        }
        do throws(ConnectionError) {
            try send(.hello(version: ClientMessage.protocolVersion))
        } catch .closed {
            // An engine that turns us away may be faster than our greeting: why is still to be read.
        } catch {
            throw error
        }
        switch try next(timeout: Self.patience) {
        case .hello(let version, let pid):
            guard version == ClientMessage.protocolVersion else {
                throw .otherVersion(theirs: version, ours: ClientMessage.protocolVersion)
            }
            enginePID = pid
        case .reply(_, let refusal?):
            throw .rejected(reason: refusal.reason)
        case nil:
            throw .noAnswer(seconds: Self.patience.wholeSeconds)
        default:
            throw .garbage
        }
    }

    /// Readable when ``receive()`` has something to read; not to be read, written or closed by others.
    package var descriptor: Int32 { socket.number }

    /// Sends a message; waits for at most five seconds where the engine is slow to take it.
    package func send(_ message: ClientMessage) throws(ConnectionError) {
        var rest = try MessageCodec.line(message)[...]
        let deadline = ContinuousClock.now.advanced(by: Self.patience)
        while !rest.isEmpty {
            do throws(SystemError) {
                if let count = try UnixSocket.send(rest, to: socket) {
                    rest = rest.dropFirst(count)
                    continue
                }
            } catch {
                throw .closed
            }
            // The engine may wait for us to read before it reads on.
            guard try wait(for: POLLIN | POLLOUT, until: deadline) else {
                throw .noAnswer(seconds: Self.patience.wholeSeconds)
            }
            _ = try read()
        }
    }

    /// Everything that has arrived, without waiting; empty where nothing has.
    /// - Throws: ``ConnectionError/closed`` once the connection has ended and everything was returned.
    package func receive() throws(ConnectionError) -> [ServerMessage] {
        var messages: [ServerMessage] = []
        var (readBytes, messageBytes) = (0, 0)
        while readBytes < Self.receiveBytesMax, messageBytes < Self.messageBytesMax {
            let count = try read()
            readBytes += count
            while messageBytes < Self.messageBytesMax, let line = try input.next() {
                messages.append(try understand(line))
                messageBytes += line.count
            }
            if count == 0 { break }
        }
        mayHaveMore = messageBytes >= Self.messageBytesMax
        if messages.isEmpty, hasEnded { throw .closed }
        return messages
    }

    /// The next message; blocks until there is one, or `timeout` has passed: then nil.
    ///
    /// Without a timeout it waits for ever.
    package func next(timeout: Duration?) throws(ConnectionError) -> ServerMessage? {
        let deadline = timeout.map { ContinuousClock.now.advanced(by: $0) }
        while true {
            if let line = try input.next() { return try understand(line) }
            if hasEnded { throw .closed }
            if try read() > 0 || hasEnded { continue }
            guard try wait(for: POLLIN, until: deadline) else { return nil }
        }
    }

    /// Blocks until an engine that has said goodbye is gone, and the repository free for the next one.
    ///
    /// At once where it has not said goodbye; at most ten seconds.
    package func waitUntilEngineIsOver() {
        guard hasSaidGoodbye else { return }
        ProcessIdentity(pid: enginePID)?.waitUntilOver(atMost: Self.endPatience)
    }

    private func understand(_ line: ArraySlice<UInt8>) throws(ConnectionError) -> ServerMessage {
        let message = try MessageCodec.serverMessage(line)
        if case .goodbye = message { hasSaidGoodbye = true }
        return message
    }

    /// Takes in what has arrived: how many bytes.
    private func read() throws(ConnectionError) -> Int {
        guard !hasEnded else { return 0 }
        do throws(SystemError) {
            guard let bytes = try socket.read(Self.readBytesMax) else { return 0 }
            hasEnded = bytes.isEmpty
            input.append(bytes)
            return bytes.count
        } catch {
            // A reset: the engine has closed without reading all that we sent.
            hasEnded = true
            return 0
        }
    }

    /// Whether the socket became ready before the deadline.
    private func wait(for events: Int32, until deadline: ContinuousClock.Instant?) throws(ConnectionError) -> Bool {
        while true {
            var milliseconds: Int32 = -1
            if let deadline {
                let left = ContinuousClock.now.duration(to: deadline)
                guard left > .zero else { return false }
                milliseconds = Int32(min(left.milliseconds, 1_000_000) + 1)
            }
            var watched = [pollfd(fd: socket.number, events: Int16(events), revents: 0)]
            let count = poll(&watched, 1, milliseconds)
            if count > 0 { return true }
            if count < 0, errno != EINTR { throw .last("poll") }
        }
    }
}
