internal import CStrettoProcess
internal import Glibc
internal import StrettoCore

/// Programs that outlived the engine which had started them, found by a variable in their environment.
package struct Orphans: Sendable {
    /// The variable that setup commands, copies and checks bear; its value is the repository's common git directory.
    package static let programVariable = "STRETTO_PROGRAM"

    /// What such programs are called: what the engine itself starts, as opposed to a daemon that one of them left behind on purpose.
    private static let programNames = ["/bin/sh", "cp", "rm"]
    /// How often is looked again for what a dying program has started.
    private static let roundCountMax = 8
    private static let environmentBytesMax = 4 << 20

    private let entry: [UInt8]

    /// Processes whose environment has `variable` with this very value.
    package init(marked variable: String, _ value: String) { entry = Array("\(variable)=\(value)".utf8) }

    /// Those that are alive now, in the order of their numbers; a zombie is not.
    package func all() -> [ProcessIdentity] { living().map(\.process) }

    /// Returns when those that are alive now have ended, or when the time is over.
    package func waitUntilOver(atMost limit: Duration) async {
        await Self.wait(for: all(), atMost: limit)
    }

    /// Ends the programs of an engine that is gone, each with its whole session: SIGTERM, and after a grace period SIGKILL.
    ///
    /// A process that has given itself a session of its own is meant to go on and is left alone.
    package func end() async {
        for round in 0..<Self.roundCountMax {
            let doomed = sessions()
            guard !doomed.isEmpty else { return }
            for process in doomed { process.signal(round == 0 ? SIGTERM : SIGKILL) }
            await Self.wait(for: doomed, atMost: ProcessCommand.terminationGrace)
        }
    }

    private struct Living {
        var process: ProcessIdentity
        var session: Int32
    }

    private func living() -> [Living] {
        Files.names(in: "/proc").compactMap { Int32($0) }.sorted().compactMap { pid in
            guard let process = ProcessIdentity(pid: pid), process.isOf(getuid()),
                let environment = try? Files.read("/proc/\(pid)/environ", bytesMax: Self.environmentBytesMax),
                environment.split(separator: 0).contains(entry[...])
            else { return nil }
            return Living(process: process, session: getsid(pid))
        }
    }

    /// The members of all sessions that are led by a program of an engine's.
    private func sessions() -> [ProcessIdentity] {
        let living = living()
        let led = living.filter { $0.process.pid == $0.session && Self.isProgram($0.process.pid) }.map(\.session)
        return living.filter { led.contains($0.session) }.map(\.process)
    }

    private static func isProgram(_ pid: Int32) -> Bool {
        guard let line = try? Files.read("/proc/\(pid)/cmdline", bytesMax: environmentBytesMax) else { return false }
        return programNames.contains(String(decoding: line.prefix { $0 != 0 }, as: UTF8.self))
    }

    private static func wait(for processes: [ProcessIdentity], atMost limit: Duration) async {
        guard !processes.isEmpty else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for process in processes { await process.waitUntilOver() } }
            group.addTask { try? await ContinuousClock().sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }
}

extension ProcessIdentity {
    /// Sends a signal to this very process; nothing where it is gone.
    func signal(_ number: Int32) {
        guard let pidfd = open() else { return }
        _ = stretto_pidfd_send_signal(pidfd.number, number)
        _ = consume pidfd
    }

    /// Whether the process belongs to this user.
    func isOf(_ user: uid_t) -> Bool {
        var status = stat()
        return unsafe lstat("/proc/\(pid)", &status) == 0 && status.st_uid == user
    }
}
