import Glibc
import StrettoCommand
import StrettoCore
import StrettoGit
import StrettoProcess

/// The event and git log of one run, a text file that only grows: what `@` on the board and `stretto log` show.
final class RunLog: Sendable {
    private let file: Descriptor?
    private let zone: Duration

    /// A log that cannot be opened is no reason to stop a run: the journal has the story.
    init(path: String) {
        file = try? Descriptor.open(path, O_WRONLY | O_CREAT | O_APPEND)
        zone = LocalTime.zone()
    }

    func write(_ notices: [Notice]) {
        append(notices.map { NoticeLine.text($0, zone: zone) })
    }

    func write(_ call: GitCall) {
        let time = NoticeLine.clock(now(), zone: zone)
        let result = call.status == .code(0) ? "" : "  \(call.status)"
        append([
            "\(time) git       \(call.arguments.joined(separator: " "))  \(Self.milliseconds(call.duration))\(result)"
        ])
    }

    /// What the engine itself cost, its git commands and agents not counted: `make bench` reads it.
    func writeProcessorTime() {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let system = Self.microseconds(usage.ru_stime)
        let all = Self.microseconds(usage.ru_utime) + system
        append(["\(NoticeLine.clock(now(), zone: zone)) engine-cpu \(all) us, system \(system) us"])
    }

    private static func microseconds(_ time: timeval) -> Int { time.tv_sec * 1_000_000 + time.tv_usec }

    private func append(_ lines: [String]) {
        guard !lines.isEmpty else { return }
        // A name or an answer with a line feed must not look like a further entry.
        var bytes: [UInt8] = []
        for line in lines {
            bytes += line.utf8.lazy.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 }
            bytes.append(UInt8(ascii: "\n"))
        }
        try? file?.writeAll(bytes)
    }

    private static func milliseconds(_ duration: Duration) -> String {
        let microseconds = duration.components.attoseconds / 1_000_000_000_000 + duration.components.seconds * 1_000_000
        return "\(microseconds / 1000).\(microseconds / 100 % 10) ms"
    }
}

/// The user's time zone.
enum LocalTime {
    /// How far local time is ahead of UTC now.
    static func zone() -> Duration {
        var moment = time(nil)
        var parts = tm()
        localtime_r(&moment, &parts)
        return .seconds(Int64(parts.tm_gmtoff))
    }
}
