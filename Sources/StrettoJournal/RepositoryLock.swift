internal import FoundationEssentials
internal import Glibc
package import StrettoCore

/// The right to be the one engine of a repository: held while this value lives, gone with the process at the latest.
///
/// The kernel's `flock` decides, never the file's content, so what a killed engine left behind is in nobody's way.
/// The descriptor is closed on exec: an agent that outlives the engine does not hold the lock.
package struct RepositoryLock: ~Copyable, Sendable {
    private static let contentBytesMax = 64 << 10

    private let descriptor: Int32
    private let path: String

    /// Takes the lock at once or not at all, and writes down who holds it.
    ///
    /// `path` is absolute and its directory exists. ``RepositoryLockError/held(path:by:)`` is thrown when another
    /// process has it.
    package static func take(at path: String, holder: LockHolder) throws(RepositoryLockError) -> RepositoryLock {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .unavailable(path: path, detail: systemMessage()) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else { throw .unavailable(path: path, detail: systemMessage(code)) }
            throw .held(path: path, by: lastHolder(at: path))
        }
        // Made only now: the end of a value empties the file, which must not happen to somebody else's lock.
        let lock = RepositoryLock(descriptor: descriptor, path: path)
        try lock.write(holder)
        return lock
    }

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        // An empty file says that the engine ended in order; the name stays, or two processes could lock two files.
        ftruncate(descriptor, 0)
        // Unlocked by word: a child between fork and exec shares the descriptor for a moment longer.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Writes anew who holds the lock: once the run and the socket are known.
    package func write(_ holder: LockHolder) throws(RepositoryLockError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var bytes = (try? encoder.encode(holder)).map([UInt8].init) else {
            throw .unavailable(path: path, detail: "the holder cannot be written as JSON")
        }
        bytes.append(UInt8(ascii: "\n"))
        guard ftruncate(descriptor, 0) == 0, unsafe pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw .unavailable(path: path, detail: Self.systemMessage())
        }
    }

    /// Who holds the lock, or held it last and was killed; nil where nobody does or did.
    ///
    /// It is a hint: whether that engine lives shows when its socket answers.
    package static func lastHolder(at path: String) -> LockHolder? {
        // Somebody may have put a pipe there, which would never end.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: contentBytesMax)
        let count = unsafe read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return try? JSONDecoder().decode(LockHolder.self, from: Data(bytes.prefix(count)))
    }

    private static func systemMessage(_ code: Int32 = errno) -> String { unsafe String(cString: strerror(code)) }
}

/// What an engine tells about itself to those who find the repository locked.
package struct LockHolder: Hashable, Sendable, Codable {
    package var pid: Int32
    /// When the process began.
    package var started: Timestamp
    /// What was asked of it, such as `stretto run plan.yaml`; for people, without values that could be secret.
    package var command: String
    /// Which run it works on, once that is known.
    package var run: RunID?
    /// Where it listens, once it does: an absolute path.
    package var socket: String?

    package init(pid: Int32, started: Timestamp, command: String, run: RunID? = nil, socket: String? = nil) {
        self.pid = pid
        self.started = started
        self.command = command
        self.run = run
        self.socket = socket
    }
}

/// Why the repository could not be locked.
package enum RepositoryLockError: Error, Hashable, CustomStringConvertible {
    /// Another engine works here.
    case held(path: String, by: LockHolder?)
    case unavailable(path: String, detail: String)

    /// The process's.
    package var exitCode: ExitCode {
        switch self {
        case .held: .locked
        case .unavailable: .error
        }
    }

    package var description: String {
        switch self {
        case .held(let path, let holder):
            "\(path): another engine works in this repository\(holder.map(Self.identity) ?? ""): "
                + "see it with `stretto attach`, or end it with `stretto stop`"
        case .unavailable(let path, let detail):
            "\(path): \(detail): check that the repository's git directory can be written"
        }
    }

    private static func identity(_ holder: LockHolder) -> String {
        " (pid \(holder.pid)" + (holder.run.map { ", run \($0)" } ?? "") + ")"
    }
}
