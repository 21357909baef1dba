import StrettoProcess
import TestSupport

/// How another program for the terminal does.
struct Peer: Sendable {
    var keys = Sample()
    var idleBytes = 0.0

    /// Throws where the program is not here.
    static func measure(
        _ program: String,
        keys: [String],
        in stage: BoardStage,
        _ amounts: BoardBench.Amounts
    ) async throws -> Peer {
        try await stage.run(["sh", "-c", "command -v \(program)"])
        return try await BoardWindow.open(
            [program],
            directory: stage.repository,
            environment: stage.environment
        ) { window in
            var peer = Peer()
            try window.wait("frame") { $0.lines.contains { !$0.isEmpty } }
            window.pump(for: amounts.quietTime / 10)
            for number in 0..<amounts.peerKeyCount {
                window.pump(for: .milliseconds(number % 7 + 3))
                peer.keys.add(window.time(keys[number / 20 % keys.count]))
                window.pump(within: 0)
            }
            let idle = Idle.watch(window, for: amounts.quietTime / 2)
            peer.idleBytes = idle.bytesPerSecond
            return peer
        }
    }
}
