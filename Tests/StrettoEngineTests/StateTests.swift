import FoundationEssentials
import StrettoCore
import StrettoSimulation
import TestSupport
import Testing

/// What the journal's snapshots, and skipping idle looks at the plan, rest on: over stories that nobody thought up.
@Suite(.timeLimit(.minutes(5))) struct StateTests {
    /// An event about nothing: all that can come of it is what the event before had left undone.
    private static let nothing = Event.disposed(AttemptID(task: TaskID("nothing"), number: 1), .removed)

    /// The names of an object's members, whatever they hold.
    private struct Names: Decodable {
        let names: [String]

        init(from decoder: any Decoder) throws {
            names = try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue)
        }

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }

            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }
    }

    private func story(_ seed: UInt64) async throws -> [JournalEntry] {
        try await Simulation(
            seed: seed,
            faults: .init(failure: 15, interruption: 15),
            pathCount: 4,
            interferenceCount: 4
        )
        .run().entries
    }

    @Test(arguments: (0..<30).map { UInt64($0) })
    func `a state that was written and read at any moment goes on as if it had not been`(seed: UInt64) async throws {
        let entries = try await story(seed)
        var random = SplitMix64(seed: seed)
        let cut = Int.random(in: 0...entries.count, using: &random)

        let before = Replay(of: entries.prefix(cut))
        let bytes = try JSONEncoder().encode(before.scheduler)
        var after = Replay(try JSONDecoder().decode(Scheduler.self, from: bytes), sequence: cut)
        #expect(after == before)
        for entry in entries.dropFirst(cut) { after.take(entry) }

        #expect(after == Replay(of: entries))
    }

    @Test func `a state is written with all that it holds`() throws {
        var scheduler = Scheduler()
        let spec = RunSpec(
            id: RunID("p-1"),
            plan: Plan(name: "p", sections: []),
            planPath: "p.yaml",
            base: CommitID("base"),
            workers: 1,
            gates: Gates()
        )
        // Over, so that nothing of it is nil but a fault.
        for event in [Event.opened(spec), .concluded(nil)] {
            _ = scheduler.handle(event, at: Timestamp(milliseconds: 1))
        }
        let written = try JSONDecoder().decode(Names.self, from: JSONEncoder().encode(scheduler)).names
        let held = Mirror(reflecting: scheduler).children.compactMap(\.label)

        #expect(held.count > 10)
        // The index follows from the records.
        #expect(Set(held).subtracting(written) == ["index", "fault"])
    }

    @Test(arguments: (0..<30).map { UInt64($0) })
    func `after every event all has begun that could`(seed: UInt64) async throws {
        var scheduler = Scheduler()
        for entry in try await story(seed) {
            _ = scheduler.handle(entry.event, at: entry.time)
            var again = scheduler
            let effects = again.handle(Self.nothing, at: entry.time)
            #expect(effects == [], "after entry \(entry.sequence), \(entry.event.name)")
        }
    }
}
