internal import Glibc
package import StrettoProcess

/// Tells whether the process at the other end acts for an agent: no agent approves itself.
///
/// Agents and all they start bear ``marker`` in their environment. One that clears its environment still has marked
/// ancestors, and one that cuts itself loose from them becomes a child of its keeper, which is known by its name.
package enum PeerCheck {
    /// The variable that every process of an attempt bears.
    package static let marker = "STRETTO_ATTEMPT"

    /// The name of the process that adopts what an attempt leaves without a parent.
    static let keeperName = "stretto-keeper"

    /// What is known of whoever is at the other end.
    package enum Finding: Hashable, Sendable {
        case person
        case agent
        /// The process, or one above it, is gone or cannot be looked at.
        case unknown
    }

    /// How far up processes are followed.
    private static let ancestorsMax = 256
    /// Linux lets arguments and environment have a quarter of the stack, 6 MiB at most.
    private static let environmentBytesMax = 8 << 20

    /// Looks at a process and all above it.
    ///
    /// A marker with the value `ownMarker` and a keeper among `ownAncestors` do not count: an engine that itself runs
    /// inside an attempt obeys those in the same attempt.
    package static func examine(
        _ process: ProcessIdentity,
        ownMarker: String?,
        ownAncestors: Set<Int32> = []
    ) -> Finding {
        var pid = process.pid
        for _ in 0..<ancestorsMax {
            guard let status = ProcessStatus(pid: pid), !status.isOver else { return .unknown }
            if status.name == keeperName, !ownAncestors.contains(pid) { return .agent }
            switch environment(of: pid) {
            case .readable(let bytes):
                // In the middle of exec there is no environment to be seen: it is truly empty where its place stays.
                if bytes.isEmpty {
                    guard status.environmentEnd > 0,
                        ProcessStatus(pid: pid)?.environmentEnd == status.environmentEnd
                    else { return .unknown }
                }
                if let value = markerValue(in: bytes), value != ownMarker { return .agent }
            case .foreign:
                // Another user's process, such as `sshd` or `login`: no agent of this user runs as that.
                break
            case .gone:
                return .unknown
            }
            guard status.parent > 0 else {
                // The number meant the same process all the while.
                return ProcessIdentity(pid: process.pid) == process ? .person : .unknown
            }
            pid = status.parent
        }
        return .unknown
    }

    /// The processes above this one.
    static func ancestors(of pid: Int32) -> Set<Int32> {
        var found: Set<Int32> = []
        var next = ProcessStatus(pid: pid)?.parent ?? 0
        while next > 0, found.count < ancestorsMax, found.insert(next).inserted {
            next = ProcessStatus(pid: next)?.parent ?? 0
        }
        return found
    }

    /// Whether an environment, as `/proc/PID/environ` shows it, bears the marker.
    package static func isAgent(environment: [UInt8]) -> Bool { markerValue(in: environment) != nil }

    private static func markerValue(in environment: [UInt8]) -> String? {
        let prefix = Array((marker + "=").utf8)
        let variable = environment.split(separator: 0).first { $0.starts(with: prefix) }
        return variable.map { String(decoding: $0.dropFirst(prefix.count), as: UTF8.self) }
    }

    private enum EnvironmentRead {
        case readable([UInt8])
        case foreign
        case gone
    }

    private static func environment(of pid: Int32) -> EnvironmentRead {
        do throws(SystemError) {
            let file = try Descriptor.open("/proc/\(pid)/environ", O_RDONLY)
            var bytes: [UInt8] = []
            while let chunk = try file.read(64 << 10), !chunk.isEmpty {
                bytes.append(contentsOf: chunk)
                guard bytes.count <= environmentBytesMax else { return .gone }
            }
            return .readable(bytes)
        } catch {
            return error.code == EACCES || error.code == EPERM ? .foreign : .gone
        }
    }
}

/// The few fields of `/proc/PID/stat` that matter here.
private struct ProcessStatus {
    /// The first 15 bytes of its program's name.
    let name: String
    let parent: Int32
    /// A zombie, or about to vanish.
    let isOver: Bool
    /// Where in memory its environment ends; 0 while it has none.
    let environmentEnd: UInt64

    /// `env_end` is field 51, and the first one after the name is field 3.
    private static let environmentEndField = 51 - 3

    init?(pid: Int32) {
        guard pid > 0, let file = try? Descriptor.open("/proc/\(pid)/stat", O_RDONLY),
            let text = try? file.read(4096), let start = text.firstIndex(of: UInt8(ascii: "(")),
            let end = text.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        // The name in parentheses may hold anything: state and parent are the first two fields after the last closing one.
        let fields = text[text.index(after: end)...].split(separator: UInt8(ascii: " "))
        guard fields.count > Self.environmentEndField,
            let parent = Int32(String(decoding: fields[1], as: UTF8.self)),
            let environmentEnd = UInt64(String(decoding: fields[Self.environmentEndField], as: UTF8.self))
        else { return nil }
        name = String(decoding: text[start..<end].dropFirst(), as: UTF8.self)
        self.parent = parent
        self.environmentEnd = environmentEnd
        isOver = fields[0].elementsEqual([UInt8(ascii: "Z")]) || fields[0].elementsEqual([UInt8(ascii: "X")])
    }
}
