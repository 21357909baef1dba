import StrettoCore
import StrettoSimulation
import TestSupport
import Testing

/// Front ends hear of the tasks that an event touched, and of no others.
@Suite(.timeLimit(.minutes(5))) struct MirrorTests {
    @Test(arguments: (0..<80).map { UInt64($0) })
    func `what is told of an event is all that it changed`(seed: UInt64) async throws {
        let result = try await Simulation(
            seed: seed,
            options: .init(allowsCycles: seed % 7 == 0, reviewPercent: seed % 3 == 0 ? 30 : 0),
            faults: .init(failure: Int(seed % 5) * 8, interruption: seed % 4 == 0 ? 10 : 0),
            pathCount: seed % 2 == 0 ? 2 : 30,
            interferenceCount: Int(seed % 6)
        ).run()

        var scheduler = Scheduler()
        var mirror: [TaskSnapshot] = []
        for entry in result.entries {
            _ = scheduler.handle(entry.event, at: entry.time)
            let truth = scheduler.taskOrder.indices.map { scheduler.task(at: $0) }
            switch entry.event {
            case .opened, .recovered, .planRevised: mirror = truth
            default: for place in scheduler.touched { mirror[place] = truth[place] }
            }
            let stale = zip(mirror, truth).filter { $0 != $1 }.map { "\($1.id): \($0.detail) -> \($1.detail)" }
            try #require(stale == [], "after \(entry.event.name)")
        }
        #expect(!mirror.isEmpty)
    }
}
