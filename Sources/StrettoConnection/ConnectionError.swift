internal import StrettoProcess

/// Why an engine cannot be reached, or cannot listen; each says what, where, and the way out.
package enum ConnectionError: Error, Hashable, CustomStringConvertible {
    /// Nothing listens there.
    case noEngine(path: String)
    /// The engine has closed the connection, or died; nothing follows.
    case closed
    /// The engine speaks another version of the protocol.
    case otherVersion(theirs: Int, ours: Int)
    /// The engine ended the connection and said why.
    case rejected(reason: String)
    /// The process that listens there belongs to another user.
    case stranger(path: String)
    /// A message is longer than the protocol allows.
    case tooLong(bytesMax: Int)
    /// What came is no message of this protocol.
    case garbage
    /// The engine neither answered nor took a message in time.
    case noAnswer(seconds: Int64)
    /// A socket's path would have more bytes than the system takes.
    case pathTooLong(path: String)
    /// A directory for sockets is not a directory of this user's alone.
    case unsafeDirectory(path: String)
    /// The system refused, in its own words.
    case system(path: String, detail: String)

    package var description: String {
        switch self {
        case .noEngine(let path):
            "\(path): no engine listens here: start one with `stretto run`, or go on with `stretto resume`"
        case .closed:
            "the engine closed the connection: `stretto status` says whether it still runs"
        case .otherVersion(let theirs, let ours):
            "the engine speaks version \(theirs) of the protocol and this program version \(ours): "
                + "use the program that started the engine"
        case .rejected(let reason):
            "the engine closed the connection: \(reason)"
        case .stranger(let path):
            "\(path): the process that listens here belongs to another user: remove the file if it is not wanted"
        case .tooLong(let bytesMax):
            "a message has more than \(bytesMax) bytes: say it in fewer"
        case .garbage:
            "what came over the connection is no message: is this a socket of Stretto?"
        case .noAnswer(let seconds):
            "the engine did not answer within \(seconds) s: see whether its process is stopped or the machine overloaded"
        case .pathTooLong(let path):
            "\(path): too long for a socket (\(SocketPath.bytesMax) bytes at most): set XDG_RUNTIME_DIR or TMPDIR shorter"
        case .unsafeDirectory(let path):
            "\(path): not a directory that belongs to you alone: remove it, or set XDG_RUNTIME_DIR"
        case .system(let path, let detail):
            "\(path): \(detail): check that the directory exists and can be written"
        }
    }

    /// The last failed system call on this thread, at `path`.
    static func last(_ path: String) -> ConnectionError { .system(path: path, detail: SystemError.last.description) }
}
