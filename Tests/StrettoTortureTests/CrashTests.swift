import StrettoCore
import StrettoProcess
import Testing

/// Promise P1: the engine dies at its n-th step, for n = 1, 2, 3 ...; the next run goes on as if nothing had been.
@Suite(.serialized) struct CrashTests {
    @Test(.timeLimit(.minutes(2)), arguments: FaultPoints.deaths)
    func `a run whose engine died anywhere is finished by the next one`(point: String) async throws {
        let scene = try await Scene()

        let first = try await scene.run(fault: point)
        FaultPoints.tell(point, isReached: first.status != .code(0))
        if first.status != .code(0) {
            #expect(first.status == .code(1), "\(first.text)")
            let second = try await scene.run()
            #expect(second.status == .code(0), "\(first.text)\n---\n\(second.text)")
        }

        try await scene.expectWholeness()
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: ["worktree add", "read-tree -m", "add --all", "update-ref --stdin", "merge-tree", "worktree remove"]
    )
    func `a git command that outlives its engine does not meet the next one's`(command: String) async throws {
        let scene = try await Scene()

        let first = try await scene.run(trap: command)
        #expect(first.status == .code(1), "\(first.text)")
        let second = try await scene.run()
        #expect(second.status == .code(0), "\(second.text)")

        try await scene.expectWholeness()
    }

    @Test(.timeLimit(.minutes(2)), arguments: FaultPoints.failures)
    func `a run one of whose steps failed is finished by the next one`(point: String) async throws {
        let scene = try await Scene()

        let first = try await scene.run(fault: point)
        FaultPoints.tell(point, isReached: true)
        if first.status != .code(0) {
            let second = try await scene.run()
            #expect(second.status == .code(0), "\(first.text)\n---\n\(second.text)")
        }

        try await scene.expectWholeness(allowsAside: true)
    }
}
