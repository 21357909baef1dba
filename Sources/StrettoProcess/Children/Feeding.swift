internal import CStrettoProcess
internal import Glibc

/// Programs that take a text on standard input and nothing else, such as those that fill a clipboard.
package enum Feeding {
    /// How long a program may take, in milliseconds.
    private static let patience: Int32 = 2_000

    /// Runs a program of the search path, gives it the bytes, and waits for its end; one that takes too long is killed.
    ///
    /// Blocks the calling thread, which must have SIGPIPE blocked: see ``OwnThread``.
    /// - Returns: whether it took them and ended with 0.
    package static func feed(_ bytes: [UInt8], to arguments: [String]) -> Bool {
        guard let pipe = try? Pipe() else { return false }
        guard let pid = try? PosixSpawn.start(arguments, input: pipe.reading.number) else { return false }
        let pidfd = Descriptor(owning: stretto_pidfd_open(pid))
        let writing = pipe.writing.release()
        // Whoever does not read the whole within its time has not taken it.
        let isTaken = write(bytes, to: Descriptor(owning: writing))
        var poller = pollfd(fd: pidfd.number, events: Int16(POLLIN), revents: 0)
        if unsafe !isTaken || poll(&poller, 1, patience) <= 0 { kill(pid, SIGKILL) }
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return isTaken && status == 0
    }

    private static func write(_ bytes: [UInt8], to file: consuming Descriptor) -> Bool {
        guard stretto_set_nonblocking(file.number) == 0 else { return false }
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let written = try? file.write(rest) else {
                var poller = pollfd(fd: file.number, events: Int16(POLLOUT), revents: 0)
                guard unsafe poll(&poller, 1, patience) > 0, poller.revents & Int16(POLLERR) == 0 else { return false }
                continue
            }
            rest = rest.dropFirst(written)
        }
        return true
    }
}
