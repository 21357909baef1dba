internal import FoundationEssentials
internal import Glibc
internal import StrettoCore

/// The files by which an engine and a keeper know each other, in one attempt's directory.
struct AttemptDirectory {
    /// Absolute.
    let path: String

    /// A record of a keeper; anything larger is none.
    private static let recordBytesMax = 64 << 10

    /// What a keeper wrote about itself.
    struct KeeperRecord: Decodable {
        var pid: Int32
        var startTicks: UInt64
        var agentPid: Int32?

        var identity: ProcessIdentity { ProcessIdentity(pid: pid, startTicks: startTicks) }
        var isAlive: Bool { ProcessIdentity(pid: pid) == identity }
    }

    private struct ExitRecord: Decodable {
        var code: Int32?
        var signal: Int32?
        var reason: String
        var strays: Int
        var survivors: Int
        var startedMs: Int64
        var endedMs: Int64
        var durationMs: Int64
        var userMs: Int64
        var systemMs: Int64
        var maxRssKb: Int
    }

    /// Makes the directory and its parents where they are missing.
    func make() throws(ProcessError) {
        do throws(SystemError) {
            try Files.makeDirectory(path)
        } catch {
            throw .attemptDirectory(path: path, error)
        }
    }

    /// The flock that lives as long as the attempt's keeper does; nil where somebody holds it.
    func takeLock() throws(ProcessError) -> Descriptor? {
        do throws(SystemError) {
            let lock = try Descriptor.open(path + "/lock", O_RDWR | O_CREAT)
            guard flock(lock.number, LOCK_EX | LOCK_NB) != 0 else { return .some(lock) }
            let error = SystemError.last
            guard error.code == EWOULDBLOCK else { throw error }
            return nil
        } catch {
            throw .attemptDirectory(path: path + "/lock", error)
        }
    }

    /// Whether a process of the attempt may be at work: it has not ended by its record, and nothing proves that it never began.
    ///
    /// Nobody starts a keeper without the lock, whose file is made on the way.
    var mayHaveAgent: Bool {
        if isAbsent("lock") || !isAbsent("exit.json") { return false }
        guard isAbsent("keeper.json") else { return true }
        // A keeper that is only beginning holds the lock.
        return (try? isLockFree()) != true
    }

    private func isLockFree() throws(ProcessError) -> Bool {
        guard let lock = try takeLock() else { return false }
        _ = consume lock
        return true
    }

    private func isAbsent(_ name: String) -> Bool {
        unsafe access(path + "/" + name, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR)
    }

    /// Returns when nobody holds the lock, by waiting for it on a thread of its own, or when the surrounding task is cancelled.
    func waitForLock() async {
        // The thread goes on after a cancellation, but its end of this pipe is all that it touches then.
        guard let pipe = try? Pipe() else { return }
        let waiting = pipe.writing.release()
        OwnThread.start { [path] in
            let end = Descriptor(owning: waiting)
            if let lock = try? Descriptor.open(path + "/lock", O_RDWR | O_CREAT) {
                while flock(lock.number, LOCK_EX) != 0, errno == EINTR {}
            }
            _ = consume end
        }
        await Reactor.shared.waitUntilReadable(pipe.reading.number)
        _ = consume pipe.reading
    }

    /// Returns when a keeper that lives has told of its agent, when nobody holds the lock, or when the surrounding task is cancelled.
    ///
    /// A keeper that is just beginning holds the lock before it can be asked for anything, and may then live for hours.
    func waitForKeeper() async { await waitForAgent { await waitForLock() } }

    /// Returns when a keeper that lives has told of its agent, or when `end` returns; cancelled like it.
    func waitForAgent(or end: @escaping @Sendable () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await end() }
            group.addTask { await waitForRecord() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Returns when the record of a keeper that lives names its agent; for ever without one, until the surrounding task is cancelled.
    private func waitForRecord() async {
        let (changes, bell) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let listener = try? await Reactor.shared.addListener(to: path) { bell.yield() }
        // It may have come before anybody listened. Where the system has no listener left, the lock alone tells.
        bell.yield()
        for await _ in changes {
            if let record = readKeeper(), record.agentPid != nil, record.isAlive { break }
        }
        if let listener { Reactor.shared.removeListener(listener) }
    }

    /// What the keeper wrote at its start; nil before that.
    func readKeeper() -> KeeperRecord? {
        guard let bytes = try? Files.read(path + "/keeper.json", bytesMax: Self.recordBytesMax) else { return nil }
        return try? JSONDecoder().decode(KeeperRecord.self, from: Data(bytes))
    }

    /// The keeper's last word; nil before that.
    func readExit() throws(ProcessError) -> KeeperExit? {
        let file = path + "/exit.json"
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(file, bytesMax: Self.recordBytesMax)
        } catch {
            if error.code == ENOENT { return nil }
            throw .attemptDirectory(path: file, error)
        }
        guard let record = try? JSONDecoder().decode(ExitRecord.self, from: Data(bytes)),
            let reason = Self.reason(record.reason)
        else { throw .attemptDirectory(path: file, SystemError(EBADMSG)) }
        return KeeperExit(
            status: record.code.map { .code($0) } ?? record.signal.map { .signal($0) } ?? .unknown,
            reason: reason,
            strayCount: record.strays,
            survivorCount: record.survivors,
            started: Timestamp(milliseconds: record.startedMs),
            ended: Timestamp(milliseconds: record.endedMs),
            duration: .milliseconds(record.durationMs),
            userTime: .milliseconds(record.userMs),
            systemTime: .milliseconds(record.systemMs),
            residentBytesMax: record.maxRssKb << 10
        )
    }

    /// Writes one line into the keeper's requests; false where no keeper reads them.
    @discardableResult
    func request(_ line: String) -> Bool {
        guard let file = try? Descriptor.open(path + "/requests", O_WRONLY | O_NONBLOCK | O_NOFOLLOW) else {
            return false
        }
        return (try? file.write(Array((line + "\n").utf8)[...])) != nil
    }

    private static func reason(_ text: String) -> KeeperExit.Reason? {
        let parts = text.split(separator: ":")
        if parts.count == 2, parts[0] == "spawn-failed", let code = Int32(parts[1]) {
            return .spawnFailed(SystemError(code))
        }
        return switch text {
        case "exit": .exited
        case "terminated": .terminated
        case "engine-away": .engineAway
        case "output-limit": .outputLimit
        case "lost": .lost
        default: nil
        }
    }
}
