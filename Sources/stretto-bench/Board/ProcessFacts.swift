import FoundationEssentials
import Glibc

/// What the system knows of a process at one moment.
struct ProcessFacts {
    /// Processor time of all threads, those that have ended too, in nanoseconds.
    var processorTime = 0
    /// How often a thread went to sleep, which is once for each time that it was woken; without the Swift runtime's own thread for timers.
    var sleepCount = 0
    /// The same of that thread, which the runtime wakes once a second.
    var runtimeSleepCount = 0
    /// Memory that is its own or shared, in bytes.
    var residentBytes = 0
    /// Memory with what is shared counted in parts, in bytes.
    var proportionalBytes = 0

    init(of pid: Int32) {
        let root = "/proc/\(pid)"
        for thread in (try? FileManager.default.contentsOfDirectory(atPath: root + "/task")) ?? [] {
            let folder = root + "/task/" + thread
            let count = Self.field("voluntary_ctxt_switches:", in: folder + "/status")
            if Self.waitsForRuntime(folder, root) { runtimeSleepCount += count } else { sleepCount += count }
        }
        processorTime = Self.processorTime(of: pid)
        residentBytes = Self.field("VmRSS:", in: root + "/status") << 10
        proportionalBytes = Self.field("Pss:", in: root + "/smaps_rollup") << 10
    }

    /// By the process's own clock: a sum over its threads falls when one of them ends.
    private static func processorTime(of pid: Int32) -> Int {
        var (clock, time) = (clockid_t(), timespec())
        guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else { return 0 }
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// Whether a thread waits in the one epoll descriptor that holds timers: libdispatch's, never one of ours.
    private static func waitsForRuntime(_ thread: String, _ root: String) -> Bool {
        let words = text(thread + "/syscall").split(separator: " ")
        guard words.count > 1, let number = Int(words[1].dropFirst(2), radix: 16) else { return false }
        for line in text(root + "/fdinfo/\(number)").split(separator: "\n") where line.hasPrefix("tfd:") {
            let watched = line.split(separator: " ").dropFirst().first ?? ""
            let link = try? FileManager.default.destinationOfSymbolicLink(atPath: root + "/fd/" + watched)
            if link == "anon_inode:[timerfd]" { return true }
        }
        return false
    }

    private static func text(_ path: String) -> String {
        // Files of /proc have no size, so they are read by hand.
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(file, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    private static func field(_ name: String, in path: String) -> Int {
        for line in text(path).split(separator: "\n") where line.hasPrefix(name) {
            return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
        }
        return 0
    }

    /// The machine's load of the last minute, five and fifteen, as the kernel writes it.
    static var load: String { text("/proc/loadavg").split(separator: " ").prefix(3).joined(separator: " ") }
}
