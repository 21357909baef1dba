import FoundationEssentials
import StrettoProcess

/// What one process holds at one moment, read from `/proc`.
struct Gauge {
    /// Resident memory in KiB.
    var resident = 0.0
    var descriptors = 0.0
    /// Directories that it listens to.
    var watches = 0.0
    var threads = 0.0
    /// Children that have ended and were not reaped yet.
    var zombies = 0.0

    init() {}

    /// Nil where the process is gone.
    init?(of process: ProcessIdentity) {
        let folder = "/proc/\(process.pid)"
        let files = FileManager.default
        guard let numbers = try? files.contentsOfDirectory(atPath: folder + "/fd") else { return nil }
        descriptors = Double(numbers.count)
        for number in numbers { watches += Double(Self.lines("\(folder)/fdinfo/\(number)", "inotify wd:").count) }
        for line in Self.lines(folder + "/status", "VmRSS:", "Threads:") {
            let words = line.split { $0.isWhitespace }
            guard words.count > 1, let value = Double(words[1]) else { continue }
            if words[0] == "Threads:" { threads = value } else { resident = value }
        }
        for thread in (try? files.contentsOfDirectory(atPath: folder + "/task")) ?? [] {
            let children = Self.text("\(folder)/task/\(thread)/children").split(separator: " ")
            zombies += Double(children.count { !Self.lines("/proc/\($0)/status", "State:\tZ").isEmpty })
        }
        guard ProcessIdentity(pid: process.pid) == process, resident > 0 else { return nil }
    }

    /// The mean of each value.
    static func mean(_ gauges: [Gauge]) -> Gauge {
        var mean = Gauge()
        for path in paths {
            mean[keyPath: path] = gauges.map { $0[keyPath: path] }.reduce(0, +) / Double(max(gauges.count, 1))
        }
        return mean
    }

    private static var paths: [WritableKeyPath<Gauge, Double>] {
        [\.resident, \.descriptors, \.watches, \.threads, \.zombies]
    }

    private static func lines(_ path: String, _ beginnings: String...) -> [Substring] {
        text(path).split(separator: "\n").filter { line in beginnings.contains { line.hasPrefix($0) } }
    }

    private static func text(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

extension Gauge: CustomStringConvertible {
    var description: String {
        func tenths(_ value: Double) -> String {
            "\(Int((value * 10).rounded()) / 10).\(Int((value * 10).rounded()) % 10)"
        }
        return "\(tenths(resident / 1024)) MiB, \(tenths(descriptors)) descriptors, \(tenths(watches)) watches, "
            + "\(tenths(threads)) threads, \(tenths(zombies)) zombies"
    }
}
