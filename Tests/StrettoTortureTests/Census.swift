import FoundationEssentials
import Glibc
import StrettoProcess

/// Which processes of a scene are alive, found from outside: by command line and by the attempts' marker.
struct Census {
    enum Kind: Hashable { case engine, keeper, agent }

    struct Member: Hashable {
        var process: ProcessIdentity
        var parent: Int32
        var kind: Kind
        var command: String
    }

    let members: [Member]

    /// Looks at every process of this user.
    ///
    /// Zombies do not count, for they do nothing any more, and neither does a child that still is what its parent is: until its exec it bears
    /// the engine's or the keeper's command line.
    init(root: String) {
        var found: [Member] = []
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let pid = Int32(name), let process = ProcessIdentity(pid: pid) else { continue }
            let command = Self.text("/proc/\(pid)/cmdline")
            let parent = Self.parent(of: pid)
            let marker = "STRETTO_ATTEMPT=" + root
            if Self.text("/proc/\(pid)/environ").split(separator: "\0").contains(where: { $0.hasPrefix(marker) }) {
                found.append(Member(process: process, parent: parent, kind: .agent, command: command))
            } else if command.contains("stretto-keeper\0" + root) {
                found.append(Member(process: process, parent: parent, kind: .keeper, command: command))
            } else if command.contains("stretto\0engine\0--order\0"),
                Self.workingDirectory(of: pid).hasPrefix(root + "/")
            {
                found.append(Member(process: process, parent: parent, kind: .engine, command: command))
            }
        }
        let commands = Dictionary(uniqueKeysWithValues: found.map { ($0.process.pid, $0.command) })
        found.removeAll { $0.kind != .agent && commands[$0.parent] == $0.command }
        members = found.sorted { $0.process.pid < $1.process.pid }
    }

    func members(_ kind: Kind) -> [Member] { members.filter { $0.kind == kind } }

    /// Sends a signal to whatever still is the process that was counted.
    static func signal(_ number: Int32, to member: Member) {
        guard ProcessIdentity(pid: member.process.pid) == member.process else { return }
        kill(member.process.pid, number)
    }

    /// The process's parent; 0 where it is gone.
    static func parent(of pid: Int32) -> Int32 {
        // The name in parentheses may hold anything.
        let fields = text("/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 1 ? Int32(fields[1]) ?? 0 : 0
    }

    /// Where the process works; empty where it is gone.
    ///
    /// An engine's order is in memory, so only this tells whose it is.
    private static func workingDirectory(of pid: Int32) -> String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")) ?? ""
    }

    private static func text(_ path: String) -> String {
        (FileManager.default.contents(atPath: path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
