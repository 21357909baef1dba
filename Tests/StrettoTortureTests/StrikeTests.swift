import FoundationEssentials
import Glibc
import StrettoCore
import StrettoJournal
import StrettoProcess
import Synchronization
import TestSupport
import Testing

/// Promises P1 to P4 against blows at moments that nobody chose.
@Suite(.serialized) struct StrikeTests {
    /// With `STRETTO_TORTURE` these strike far more than fifty times.
    private static let seeds: [UInt64] = Torture.isThorough ? Array(1...16) : [1, 2]

    /// After so many runs the plan must be done, whatever is struck.
    private static let runCountMax = 12

    @Test(.timeLimit(.minutes(15)), arguments: seeds)
    func `kill -9 of anything at any moment costs nothing`(seed: UInt64) async throws {
        let scene = try await Scene(pace: "0.2")
        var random = SplitMix64(seed: seed)
        var story: [String] = []

        for number in 1...Self.runCountMax {
            // The last ones are left alone, so that the plan comes to its end.
            let strikes = number <= Self.runCountMax / 2 ? 3 : 0
            let pauses = (0..<strikes).map { _ in Int.random(in: 20...900, using: &random) }
            let choices = (0..<strikes).map { _ in random.next() }
            async let striking = strike(scene, pauses: pauses, choices: choices)
            let output = try await scene.run()
            try await story.append("\(striking.joined(separator: "\n"))\n\(output.text)")
            try #require(!output.isTimedOut, "\(story.joined(separator: "\n---\n"))")
            if output.status == .code(0) { break }
        }

        try #require(try scene.journal().run.outcome == .finished, "\(story.joined(separator: "\n---\n"))")
        try await scene.expectWholeness()
    }

    /// Kills one process of the scene after each pause: an engine, a keeper or an agent, whatever is there.
    private func strike(_ scene: Scene, pauses: [Int], choices: [UInt64]) async throws -> [String] {
        var story: [String] = []
        for (pause, choice) in zip(pauses, choices) {
            // Any moment: the blow falls where the seed says.
            try await Task.sleep(for: .milliseconds(pause))
            let census = Census(root: scene.root)
            let kinds = [Census.Kind.engine, .keeper, .agent].filter { !census.members($0).isEmpty }
            guard !kinds.isEmpty else { continue }
            let victims = census.members(kinds[Int(choice % UInt64(kinds.count))])
            let victim = victims[Int((choice >> 32) % UInt64(victims.count))]
            Census.signal(SIGKILL, to: victim)
            story.append("killed \(victim.kind) \(victim.process.pid)")
            Torture.tell("kill \(victim.kind)")
        }
        return story
    }

    @Test(.timeLimit(.minutes(5)))
    func `a stopped engine keeps its repository and goes on when it is woken`() async throws {
        let scene = try await Scene(pace: "gate")
        async let running = scene.run()
        try await waitUntil("agent") { !scene.marks.isEmpty }
        let engines = Census(root: scene.root).members(.engine)
        let engine = try #require(engines.first)
        Census.signal(SIGSTOP, to: engine)

        let second = try await scene.stretto("run", "plan.yaml", "--plain")
        #expect(second.status == .code(8), "\(second.text)\(second.errorText)")
        #expect(Census(root: scene.root).members(.engine) == engines)
        try scene.openGate()
        Census.signal(SIGCONT, to: engine)

        #expect(try await running.status == .code(0))
        try await scene.expectWholeness()
    }

    /// Blocks of the file limit are 512 bytes; where the limit falls within the journal's first commits, nothing has begun.
    @Test(.timeLimit(.minutes(5)), arguments: [100, 140])
    func `a journal that may not grow pauses the run or ends it with the reason, and the next run goes on`(
        blocks: Int
    ) async throws {
        let scene = try await Scene()

        let isOver = Mutex(false)
        async let running: ProcessOutput = {
            defer { isOver.withLock { $0 = true } }
            return try await scene.run(fileBlocksMax: blocks)
        }()
        // A stop is taken only while the engine is paused or about to be; before and after that the answer is another one.
        while !isOver.withLock({ $0 }) {
            let status = try await scene.stretto("status", "--json")
            if status.text.contains("the run goes on by itself when there is room") {
                _ = try await scene.stretto("stop", "--now")
            }
        }
        let first = try await running
        #expect(first.status == .code(1), "\(first.text)")
        let text = first.text
        #expect(
            text.contains("goes on when there is room") || text.contains("the journal cannot be written"),
            "\(text)"
        )
        #expect(Census(root: scene.root).members(.keeper) == [])

        let second = try await scene.run()
        #expect(second.status == .code(0), "\(second.text)")
        try await scene.expectWholeness()
    }
}
