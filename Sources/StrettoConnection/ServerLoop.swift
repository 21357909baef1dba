internal import Glibc
internal import StrettoCore
internal import StrettoProcess

/// The server's thread: one `poll` over the listening socket, the clients and the ``Inbox``.
///
/// Everything in it is touched by that thread only.
final class ServerLoop {
    /// Further clients wait to be let in until one leaves.
    private static let clientCountMax = 64
    /// How long clients may take to read what is left when the engine ends.
    private static let farewell: Duration = .seconds(2)

    private struct Ending {
        let deadline: ContinuousClock.Instant
        var waiting: [CheckedContinuation<Void, Never>]
    }

    private let path: String
    /// Device and inode of the socket's file: another engine's is not removed.
    private let file: (UInt, UInt)?
    private let listener: Descriptor
    private let inbox: Inbox
    private let handlers: ConnectionHandlers
    private let ownMarker = Environment.current()[PeerCheck.marker]
    private let ownAncestors = PeerCheck.ancestors(of: getpid())
    /// nil until the engine has started.
    private var state: SnapshotLine?
    /// What all clients are to be told of together.
    private var pace = UpdatePace()
    /// What the first client is still to be told of the beginning, the newest last; nil once it was.
    private var notices: [Notice]? = []
    /// So many of them are kept; the run's log has all.
    private static let noticesMax = 1000
    /// In the order of their arrival.
    private var clients: [ServerClient] = []
    private var lastNumber = 0
    /// No descriptor was left for a new client; looked at again when one leaves.
    private var isExhausted = false
    private var ending: Ending?
    private var isOver = false

    init(path: String, listener: consuming Descriptor, inbox: Inbox, handlers: ConnectionHandlers) {
        self.path = path
        self.listener = listener
        self.inbox = inbox
        self.handlers = handlers
        file = Self.file(at: path)
    }

    /// Runs on a thread of its own, which keeps this alive until it ends.
    func startThread() {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        // The new thread inherits a full mask: signals are the business of the program's own threads.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        let code = pthread_create(
            &thread,
            nil,
            { @Sendable context in
                guard let context else { return nil }
                Unmanaged<ServerLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            context
        )
        pthread_sigmask(SIG_SETMASK, &before, nil)
        precondition(code == 0, "no thread is left for the connection: \(SystemError(code))")
        pthread_detach(thread)
    }

    private func run() {
        while !isOver { turn() }
        if let file, let current = Self.file(at: path), file == current { unlink(path) }
        clients = []
        inbox.clientCount = 0
        var waiting = ending?.waiting ?? []
        for case .close(_, let continuation) in inbox.close() { waiting.append(continuation) }
        for continuation in waiting { continuation.resume() }
    }

    private func turn() {
        var watched = [pollfd(fd: inbox.descriptor, events: Int16(POLLIN), revents: 0)]
        let isOpen = state != nil && ending == nil && !isExhausted && clients.count < Self.clientCountMax
        watched.append(pollfd(fd: isOpen ? listener.number : -1, events: Int16(POLLIN), revents: 0))
        for client in clients {
            let events = (client.wantsInput ? POLLIN : 0) | (client.outbox.isEmpty ? 0 : POLLOUT)
            watched.append(pollfd(fd: client.socket.number, events: Int16(events), revents: 0))
        }
        guard poll(&watched, nfds_t(watched.count), timeout) >= 0 else { return }

        tell(pace.takeDue(at: .now))
        for (client, entry) in zip(clients, watched.dropFirst(2)) { serve(client, entry.revents) }
        if watched[0].revents != 0 {
            for request in inbox.take() { perform(request) }
        }
        if watched[1].revents != 0 { admit() }
        for client in clients { advance(client) }
        finishWhenDone()
    }

    /// Milliseconds until updates are to be sent or the farewell is over, or -1 for ever.
    private var timeout: Int32 {
        guard let deadline = [pace.deadline, ending?.deadline].compactMap(\.self).min() else { return -1 }
        let left = ContinuousClock.now.duration(to: deadline)
        return left > .zero ? Int32(left.milliseconds + 1) : 0
    }

    private func finishWhenDone() {
        guard let ending else { return }
        for client in clients where client.outbox.isEmpty { drop(client) }
        if clients.isEmpty || ending.deadline <= .now { isOver = true }
    }

    private static func file(at path: String) -> (UInt, UInt)? {
        var status = stat()
        return lstat(path, &status) == 0 ? (status.st_dev, status.st_ino) : nil
    }
}

// MARK: - What the engine asks
extension ServerLoop {
    private func perform(_ request: ServerRequest) {
        switch request {
        case .start(let snapshot, let notices):
            state = SnapshotLine(snapshot)
            self.notices = notices
        case .publish(let update):
            publish(update)
        case .reply(let request, let refusal):
            answer(request, .reply(id: request.id, refusal: refusal))
        case .diff(let request, let text):
            answer(request, .diff(id: request.id, text: text))
        case .plan(let request, let spec):
            answer(request, .plan(id: request.id, spec))
        case .close(let outcome, let continuation):
            end(outcome, continuation)
        case .abandon:
            isOver = true
        }
    }

    private func publish(_ update: RunUpdate) {
        guard state != nil else { return }
        state?.apply(update)
        guard clients.contains(where: \.isGreeted) else {
            // Whoever starts an engine connects a moment later, and an agent may have been found by then.
            notices = notices.map { Array(($0 + update.notices).suffix(Self.noticesMax)) }
            return
        }
        tell(pace.take(update, at: .now))
    }

    /// Tells of what waits, before something that must not overtake it.
    private func tellWaiting() { tell(pace.takeAll(at: .now)) }

    private func tell(_ update: RunUpdate?) {
        guard let update else { return }
        let greeted = clients.filter(\.isGreeted)
        guard !greeted.isEmpty else { return }
        do throws(ConnectionError) {
            let line = try MessageCodec.line(ServerMessage.update(update))
            for client in greeted { client.outbox.append(update: line) }
        } catch {
            for client in greeted { reject(client, "an update cannot be sent: \(error)") }
        }
    }

    private func answer(_ request: RequestID, _ message: ServerMessage) {
        guard let client = clients.first(where: { $0.number == request.client }),
            client.pending.remove(request) != nil
        else { return }
        send(message, to: client, id: request.id)
    }

    private func send(_ message: ServerMessage, to client: ServerClient, id: Int) {
        tellWaiting()
        do throws(ConnectionError) {
            client.outbox.append(answer: try MessageCodec.line(message))
        } catch {
            let refusal = ServerMessage.reply(id: id, refusal: Refusal("the answer cannot be sent: \(error)"))
            if let line = try? MessageCodec.line(refusal) { client.outbox.append(answer: line) }
        }
    }

    /// Queues the whole state for a client.
    private func sendSnapshot(to client: ServerClient) {
        tellWaiting()
        do throws(ConnectionError) {
            guard let line = try state?.bytes() else { return }
            client.outbox.append(snapshot: line)
        } catch {
            reject(client, "the run's state cannot be sent: \(error)")
        }
    }

    private func end(_ outcome: Outcome, _ continuation: CheckedContinuation<Void, Never>) {
        guard ending == nil else {
            ending?.waiting.append(continuation)
            return
        }
        ending = Ending(deadline: .now.advanced(by: Self.farewell), waiting: [continuation])
        for client in clients {
            guard client.isGreeted else {
                drop(client)
                continue
            }
            if client.outbox.isBehind { sendSnapshot(to: client) }
            send(.goodbye(outcome), to: client, id: 0)
        }
    }
}

// MARK: - What clients ask
extension ServerLoop {
    private func admit() {
        guard let socket = UnixSocket.accept(listener) else {
            isExhausted = errno != EAGAIN && errno != ECONNABORTED && errno != EINTR
            return
        }
        guard let peer = UnixSocket.peer(of: socket) else { return }
        lastNumber += 1
        let client = ServerClient(number: lastNumber, socket: socket, process: ProcessIdentity(pid: peer.pid))
        clients.append(client)
        if peer.uid != getuid(), peer.uid != 0 { reject(client, "the engine belongs to another user") }
    }

    /// Reads, where something has come or the other end is gone.
    private func serve(_ client: ServerClient, _ events: Int16) {
        guard Int32(events) & (POLLIN | POLLHUP | POLLERR) != 0 else { return }
        // Gone in both directions, and nothing that could still be read: nobody waits for answers.
        guard Int32(events) & POLLIN != 0 else { return drop(client) }
        do throws(SystemError) {
            try client.read()
        } catch {
            drop(client)
        }
    }

    /// Handles a client's whole lines, then sends what can be sent; a client that is done is let go.
    private func advance(_ client: ServerClient) {
        do throws(ConnectionError) {
            while clients.contains(where: { $0 === client }), let line = try client.nextLine() {
                try handle(MessageCodec.clientMessage(line), from: client)
            }
        } catch {
            reject(client, error.description)
        }
        do throws(SystemError) {
            try client.flush()
            if client.outbox.needsFreshStart {
                sendSnapshot(to: client)
                try client.flush()
            }
        } catch {
            drop(client)
        }
        if client.isFinished { drop(client) }
    }

    private func handle(_ message: ClientMessage, from client: ServerClient) throws(ConnectionError) {
        switch message {
        case .hello(let version):
            greet(client, version: version)
        case .command, .diff, .plan:
            guard client.isGreeted else { return reject(client, "the first message is `hello`") }
            if case .command(let id, let command) = message { take(command, id: id, from: client) }
            if case .diff(let id, let task) = message { findDiff(of: task, id: id, for: client) }
            if case .plan(let id) = message { findPlan(id: id, for: client) }
        }
    }

    private func greet(_ client: ServerClient, version: Int) {
        guard !client.isGreeted else { return reject(client, "`hello` is said once") }
        send(.hello(version: ClientMessage.protocolVersion, pid: getpid()), to: client, id: 0)
        guard version == ClientMessage.protocolVersion else {
            return reject(
                client,
                "the engine speaks version \(ClientMessage.protocolVersion) of the protocol and this client "
                    + "version \(version): use the program that started the engine"
            )
        }
        client.isGreeted = true
        // A client makes itself ready, or only wanted to know that somebody is here, while the snapshot of a long plan is written down. Where this
        // fails, the next flush does as well, and is attended to.
        try? client.flush()
        sendSnapshot(to: client)
        tellBeginning(to: client)
        inbox.clientCount = clients.count(where: \.isGreeted)
    }

    /// Whoever starts an engine connects when its first events are over: they are news to them all the same.
    private func tellBeginning(to client: ServerClient) {
        guard let header = state?.snapshot.header, let notices else { return }
        self.notices = nil
        guard !notices.isEmpty else { return }
        let update = ServerMessage.update(RunUpdate(header: header, notices: notices))
        guard let line = try? MessageCodec.line(update) else { return }
        client.outbox.append(update: line)
    }

    private func take(_ command: Command, id: Int, from client: ServerClient) {
        if let refusal = refusal(of: client) {
            return send(.reply(id: id, refusal: refusal), to: client, id: id)
        }
        let request = client.expectAnswer(id: id)
        handlers.command(command) { [inbox] refusal in inbox.post(.reply(request, refusal)) }
    }

    private func findDiff(of task: TaskID, id: Int, for client: ServerClient) {
        let request = client.expectAnswer(id: id)
        handlers.diff(task) { [inbox] text in inbox.post(.diff(request, text)) }
    }

    private func findPlan(id: Int, for client: ServerClient) {
        let request = client.expectAnswer(id: id)
        handlers.plan { [inbox] spec in inbox.post(.plan(request, spec)) }
    }

    /// Every command changes the run, and none may come from an agent.
    private func refusal(of client: ServerClient) -> Refusal? {
        guard ending == nil else { return Refusal("the engine is ending: start it again with `stretto resume`") }
        let finding =
            client.process.map { PeerCheck.examine($0, ownMarker: ownMarker, ownAncestors: ownAncestors) } ?? .unknown
        switch finding {
        case .person:
            return nil
        case .agent:
            return Refusal(
                "an agent cannot steer the run that it works for: a person has to, from a shell of their own"
            )
        case .unknown:
            return Refusal(
                "whoever sent this cannot be told from an agent, because its process is gone or hidden: "
                    + "send commands from the process that connected, and stay for the reply"
            )
        }
    }

    /// Says why and lets go at once: what does not fit into the socket now is not sent.
    private func reject(_ client: ServerClient, _ reason: String) {
        send(.reply(id: 0, refusal: Refusal(reason)), to: client, id: 0)
        try? client.flush()
        drop(client)
    }

    /// Closes the connection; the client may be dropped already.
    private func drop(_ client: ServerClient) {
        clients.removeAll { $0 === client }
        isExhausted = false
        inbox.clientCount = clients.count(where: \.isGreeted)
    }
}
