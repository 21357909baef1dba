internal import Glibc
package import StrettoCore
internal import StrettoProcess

/// What the engine does for clients.
///
/// Called on the server's thread: hand over and return, never block.
package struct ConnectionHandlers: Sendable {
    /// To be called once, from any thread: nil where the command was taken.
    package typealias Reply = @Sendable (Refusal?) -> Void

    /// Takes a command; the reply, nil for "taken", may come later and on any thread.
    package let command: @Sendable (Command, @escaping Reply) -> Void
    /// Finds the diff of a task's last contribution; it may come later and on any thread.
    package let diff: @Sendable (TaskID, @escaping @Sendable (String) -> Void) -> Void
    /// Finds what defines the run; it may come later and on any thread.
    package let plan: @Sendable (@escaping @Sendable (RunSpec?) -> Void) -> Void

    package init(
        command: @escaping @Sendable (Command, @escaping Reply) -> Void,
        diff: @escaping @Sendable (TaskID, @escaping @Sendable (String) -> Void) -> Void,
        plan: @escaping @Sendable (@escaping @Sendable (RunSpec?) -> Void) -> Void
    ) {
        self.command = command
        self.diff = diff
        self.plan = plan
    }
}

/// The engine's end of the connection: lets clients in at a Unix socket, keeps them up to date and passes on what they ask.
///
/// It has a thread of its own, which also keeps the latest snapshot by applying each update. So a client's snapshot and
/// the updates after it fit together without a lock, and a slow client costs the engine nothing. Updates and replies
/// reach a client in the order in which ``publish(_:)`` and the reply were called.
package final class ConnectionServer: Sendable {
    private let inbox: Inbox

    /// Listens at `path`; clients that connect wait until ``start(_:)``.
    ///
    /// A socket that a dead engine left there is replaced: the caller holds the repository's lock.
    package init(path: String, handlers: ConnectionHandlers) throws(ConnectionError) {
        let listener = try UnixSocket.listen(path)
        inbox = try Inbox(path: path)
        ServerLoop(path: path, listener: listener, inbox: inbox, handlers: handlers).startThread()
    }

    deinit { inbox.post(.abandon) }

    /// How many clients are connected and greeted.
    package var clientCount: Int { inbox.clientCount }

    /// Lets clients in: each gets this snapshot with all updates applied that were published since.
    ///
    /// `notices` tell of the beginning, when nobody could be connected yet: the first client gets them after its snapshot.
    package func start(_ snapshot: RunSnapshot, notices: [Notice] = []) { inbox.post(.start(snapshot, notices)) }

    /// Sends an update to all clients; returns at once.
    ///
    /// What is published before ``start(_:)`` is in its snapshot already.
    package func publish(_ update: RunUpdate) { inbox.post(.publish(update)) }

    /// Says goodbye and ends: returns when every client has got everything, or after two seconds.
    ///
    /// The socket's file is then gone. A second call returns at once.
    package func close(_ outcome: Outcome) async {
        await withCheckedContinuation { continuation in
            if !inbox.post(.close(outcome, continuation)) { continuation.resume() }
        }
    }
}
