internal import Glibc
internal import StrettoCore
internal import StrettoProcess

/// The calls on Unix stream sockets that client and server share; every descriptor is non-blocking and closed on exec.
enum UnixSocket {
    /// Who is at the other end, as the kernel noted when the connection was made.
    struct Peer: Hashable {
        let pid: Int32
        let uid: UInt32
    }

    private static let backlog: Int32 = 16

    /// Listens at `path`, where the caller knows that no other process does: a socket that lies there is replaced.
    static func listen(_ path: String) throws(ConnectionError) -> Descriptor {
        var status = stat()
        if lstat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFSOCK, unlink(path) == 0 else {
                throw .system(path: path, detail: "something else than a dead engine's socket is here")
            }
        }
        let socket = try open(path)
        let number = socket.number
        guard try withAddress(path, { bind(number, $0, $1) }) == 0 else { throw .last(path) }
        // Before anybody can connect.
        guard chmod(path, 0o600) == 0, Glibc.listen(number, backlog) == 0 else { throw .last(path) }
        return socket
    }

    static func connect(_ path: String) throws(ConnectionError) -> Descriptor {
        let socket = try open(path)
        let number = socket.number
        let result = try withAddress(path) { Glibc.connect(number, $0, $1) }
        if result != 0 {
            guard errno == ENOENT || errno == ECONNREFUSED else { throw .last(path) }
            throw .noEngine(path: path)
        }
        return socket
    }

    /// The next connection that waits; nil when there is none, or no descriptor is left for it.
    static func accept(_ listener: borrowing Descriptor) -> Descriptor? {
        // Children get none of our descriptors by the way they are started, so the moment between the two calls is harmless.
        let number = Glibc.accept(listener.number, nil, nil)
        guard number >= 0 else { return nil }
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        _ = fcntl(number, F_SETFL, O_NONBLOCK)
        return Descriptor(owning: number)
    }

    static func peer(of socket: borrowing Descriptor) -> Peer? {
        // struct ucred: pid, uid and gid, four bytes each.
        var credentials: [Int32] = [0, 0, 0]
        var size = socklen_t(12)
        guard getsockopt(socket.number, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0, size == 12 else {
            return nil
        }
        return Peer(pid: credentials[0], uid: UInt32(bitPattern: credentials[1]))
    }

    /// Sends what fits: the number of bytes taken, nil when none fit now.
    ///
    /// A closed connection is an error and no signal.
    static func send(_ bytes: ArraySlice<UInt8>, to socket: borrowing Descriptor) throws(SystemError) -> Int? {
        let number = socket.number
        while true {
            let count = bytes.withUnsafeBytes { Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count >= 0 { return count }
            let error = SystemError.last
            if error.code == EAGAIN { return nil }
            guard error.code == EINTR else { throw error }
        }
    }

    private static func open(_ path: String) throws(ConnectionError) -> Descriptor {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = socket(AF_UNIX, kind, 0)
        guard number >= 0 else { throw .last(path) }
        return Descriptor(owning: number)
    }

    private static func withAddress(
        _ path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(ConnectionError) -> Int32 {
        guard path.utf8.count <= SocketPath.bytesMax else { throw .pathTooLong(path: path) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
