internal import StrettoCore
internal import StrettoProcess

/// One client as the server's thread sees it.
final class ServerClient {
    /// How many of a client's requests may be unanswered; further ones wait in its socket.
    static let pendingCountMax = 64
    private static let readBytesMax = 64 << 10

    let number: Int
    let socket: Descriptor
    /// nil where the process was gone before it was looked at.
    let process: ProcessIdentity?
    var outbox = Outbox()
    var isGreeted = false
    /// Requests whose answers are due.
    var pending: Set<RequestID> = []
    private var input = LineBuffer(lineBytesMax: MessageCodec.clientBytesMax)
    private var hasInputEnded = false
    private var lastSerial = 0

    init(number: Int, socket: consuming Descriptor, process: ProcessIdentity?) {
        self.number = number
        self.socket = socket
        self.process = process
    }

    /// Whether another message may be taken from it now: it must not make us hoard answers that it does not read.
    var mayAsk: Bool { pending.count < Self.pendingCountMax && outbox.byteCount <= Outbox.backlogBytesMax }

    /// Whether its socket should be watched for input.
    var wantsInput: Bool { !hasInputEnded && mayAsk }

    /// Whether it will say nothing more and has got everything.
    var isFinished: Bool { hasInputEnded && pending.isEmpty && outbox.isEmpty }

    /// Takes in what has arrived; at the end of the input a client still gets its answers.
    func read() throws(SystemError) {
        guard let bytes = try socket.read(Self.readBytesMax) else { return }
        if bytes.isEmpty { hasInputEnded = true } else { input.append(bytes) }
    }

    /// The next whole line; nil when there is none, or none may be taken now.
    func nextLine() throws(ConnectionError) -> ArraySlice<UInt8>? { mayAsk ? try input.next() : nil }

    /// Notes a request that is to be answered.
    func expectAnswer(id: Int) -> RequestID {
        lastSerial += 1
        let request = RequestID(client: number, serial: lastSerial, id: id)
        pending.insert(request)
        return request
    }

    /// Sends as much as the socket takes.
    func flush() throws(SystemError) {
        while !outbox.isEmpty, let count = try UnixSocket.send(outbox.next, to: socket) { outbox.advance(by: count) }
    }
}
