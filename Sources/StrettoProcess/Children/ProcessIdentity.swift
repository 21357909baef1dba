internal import CStrettoProcess
internal import Glibc
internal import StrettoCore

/// A process beyond doubt: its number and the moment of its start, since numbers are used again.
package struct ProcessIdentity: Hashable, Sendable, Codable {
    package let pid: Int32
    /// Clock ticks since the machine started: field 22 of `/proc/PID/stat`.
    package let startTicks: UInt64

    package init(pid: Int32, startTicks: UInt64) {
        self.pid = pid
        self.startTicks = startTicks
    }

    /// The process that has this number now, be it a zombie; nil where there is none.
    package init?(pid: Int32) {
        // The name in parentheses may hold anything, so fields are counted after the last closing one; the state is field 3.
        guard pid > 0, let text = try? Files.read("/proc/\(pid)/stat", bytesMax: 4096),
            let end = text.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, let ticks = UInt64(String(decoding: fields[19], as: UTF8.self)) else { return nil }
        self.init(pid: pid, startTicks: ticks)
    }

    /// This process.
    package static var current: ProcessIdentity? { ProcessIdentity(pid: getpid()) }

    /// A descriptor that stands for this very process and is readable once it has ended; nil where it is gone.
    package func open() -> Descriptor? {
        let number = stretto_pidfd_open(pid)
        guard number >= 0 else { return nil }
        let descriptor = Descriptor(owning: number)
        // Opened first and compared then: a number that was taken over in between shows here.
        return ProcessIdentity(pid: pid) == self ? .some(descriptor) : nil
    }

    /// Returns when the process has ended, at once where it has already; it need not be a child of this one.
    package func waitUntilOver() async {
        guard let pidfd = open() else { return }
        await Reactor.shared.waitUntilReadable(pidfd.number)
        _ = consume pidfd
    }

    /// Blocks its thread until the process has ended, at most for the given time; at once where it has already.
    package func waitUntilOver(atMost limit: Duration) {
        guard let pidfd = open() else { return }
        let deadline = ContinuousClock.now.advanced(by: limit)
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return }
            var watched = pollfd(fd: pidfd.number, events: Int16(POLLIN), revents: 0)
            let count = unsafe poll(&watched, 1, Int32(min(left.milliseconds, 1_000_000) + 1))
            if count > 0 || (count < 0 && errno != EINTR) { return }
        }
    }
}
