import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// What `make bench-board` does, with little of everything: its times decide nothing here, its counts do.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BenchTests {
    @Test func `the board is measured from outside, and no byte of a flood is lost`() async throws {
        try await Scene.play(plan: Plans.three) { scene in
            let bench = try await ChildProcess.run(
                ProcessCommand(
                    arguments: [Scene.programs + "/stretto-bench", "board", "quick", "quiet", "flood"],
                    directory: scene.repository,
                    environment: scene.environment
                )
            )

            #expect(bench.status == .code(0), "\(bench.text)")
            func row(_ metric: String) -> [Substring] {
                let line = bench.text.split(separator: "\n").first { $0.hasPrefix(metric) } ?? ""
                return line.dropFirst(metric.count).split(separator: " ")
            }
            #expect(row("bytes lost of 2 x 1 MB").first == "0", "\(bench.text)")
            #expect(row("idle, nothing running: output").first == "0", "\(bench.text)")
            for metric in [
                "key to first byte, idle, p99", "memory of the board after that",
                "search of the coloured log, all of it",
            ] {
                let value = row(metric).first ?? ""
                #expect(Double(value) ?? 0 > 0, "\(metric): \(bench.text)")
            }
        }
    }

    @Test func `a part that cannot be measured is refused with those that can`() async throws {
        try await Scene.play(plan: Plans.three) { scene in
            let bench = try await ChildProcess.run(
                ProcessCommand(
                    arguments: [Scene.programs + "/stretto-bench", "board", "quik"],
                    directory: scene.repository,
                    environment: scene.environment
                )
            )

            #expect(bench.status == .code(1))
            #expect(bench.text.contains("'quik'") && bench.text.contains("peers, quiet, load, flood, starts"))
        }
    }
}
