internal import Glibc
internal import StrettoCore
internal import StrettoProcess

/// The lock of a repository's packed refs, which all git commands share, the user's own included.
///
/// One that was killed leaves it, and then no ref can be deleted any more. Nothing tells whose it was: it goes where nobody lives who
/// could have made it.
enum PackedRefs {
    /// So old is a lock at the least that is taken away: libraries that lock from within other programs do so for moments.
    private static let lockAgeMin = Duration.seconds(60)

    /// Removes the lock where whoever made it is surely gone.
    static func removeStaleLock(in commonDirectory: String) {
        let path = commonDirectory + "/packed-refs.lock"
        guard let made = Disk.modified(path) else { return }
        let now = Timestamp(milliseconds: Int64(time(nil)) * 1000)
        if isStale(made: made, now: now, oldestGit: oldestGit()) { Disk.removeFile(path) }
    }

    /// Whether nobody can hold a lock any more that was made then; `oldestGit` is when the oldest git command began that lives.
    static func isStale(made: Timestamp, now: Timestamp, oldestGit: Timestamp?) -> Bool {
        guard now.since(made) >= lockAgeMin else { return false }
        return oldestGit.map { $0 > made } ?? true
    }

    /// When the oldest living process began that is called as git and its parts are; nil where there is none.
    ///
    /// Too early by up to two seconds, so that no doubt is in favour of taking a lock away.
    private static func oldestGit() -> Timestamp? {
        guard let bootSeconds else { return Timestamp(milliseconds: 0) }
        let ticksPerSecond = UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let starts = Disk.names(in: "/proc").compactMap { Int32($0) }.compactMap { pid -> UInt64? in
            guard let name = Disk.read("/proc/\(pid)/comm"), name.starts(with: Array("git".utf8)) else { return nil }
            return ProcessIdentity(pid: pid)?.startTicks
        }
        return starts.min().map { ticks in
            Timestamp(milliseconds: (bootSeconds + Int64(ticks / ticksPerSecond) - 2) * 1000)
        }
    }

    /// When the machine was started, in seconds since 1970; nil where the system does not tell.
    private static var bootSeconds: Int64? {
        let mark = Array("btime ".utf8)
        let lines = Disk.read("/proc/stat")?.split(separator: UInt8(ascii: "\n")) ?? []
        return lines.first { $0.starts(with: mark) }.flatMap { line in
            Int64(String(decoding: line.dropFirst(mark.count), as: UTF8.self))
        }
    }
}
