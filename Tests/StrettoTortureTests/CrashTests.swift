import StrettoCore
import StrettoProcess
import Testing

/// Promise P1: the engine dies at its n-th step, for n = 1, 2, 3 ...; the next run goes on as if nothing had been.
///
/// These suites run beside each other, and the points of each one after the other.
private enum Crash {
    static func expectRecovery(afterDeathAt point: String) async throws {
        guard !FaultPoints.isBeyondTheEnd(point) else { return }
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

    static func expectRecovery(afterFailureAt point: String) async throws {
        guard !FaultPoints.isBeyondTheEnd(point) else { return }
        let scene = try await Scene()

        let first = try await scene.run(fault: point)
        if first.status != .code(0) {
            let second = try await scene.run()
            #expect(second.status == .code(0), "\(first.text)\n---\n\(second.text)")
        }
        // What failed is told somewhere: where not, there was no such call.
        let words = try await scene.stretto("log").text + first.text
        FaultPoints.tell(point, isReached: first.status != .code(0) || words.contains("the fault point"))

        try await scene.expectWholeness(allowsAside: true)
    }
}

@Suite(.serialized) struct JournalCrashTests {
    @Test(.timeLimit(.minutes(5)), arguments: FaultPoints.deaths(at: .journal))
    func `a run whose engine died at a journal write is finished by the next one`(point: String) async throws {
        try await Crash.expectRecovery(afterDeathAt: point)
    }
}

@Suite(.serialized) struct GitCrashTests {
    @Test(.timeLimit(.minutes(5)), arguments: FaultPoints.deaths(at: .git))
    func `a run whose engine died at a git command is finished by the next one`(point: String) async throws {
        try await Crash.expectRecovery(afterDeathAt: point)
    }
}

@Suite(.serialized) struct ProgramCrashTests {
    @Test(.timeLimit(.minutes(5)), arguments: FaultPoints.deaths(at: .agents) + FaultPoints.deaths(at: .checks))
    func `a run whose engine died at an agent or a check is finished by the next one`(point: String) async throws {
        try await Crash.expectRecovery(afterDeathAt: point)
    }

    @Test(
        .timeLimit(.minutes(5)),
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
}

@Suite(.serialized) struct FailureTests {
    @Test(.timeLimit(.minutes(5)), arguments: FaultPoints.failures(at: .journal) + FaultPoints.failures(at: .git))
    func `a run one of whose steps failed is finished by the next one`(point: String) async throws {
        try await Crash.expectRecovery(afterFailureAt: point)
    }
}
