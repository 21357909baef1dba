import StrettoCore
import StrettoProcess
import TestSupport
import Testing

/// Promise P1: the engine dies at its n-th step, for n = 1, 2, 3 ...; the next run goes on as if nothing had been.
///
/// These suites run beside each other, and the points of each one after the other.
private enum Crash {
    static func expectRecovery(afterDeathAt point: String, in kind: Scene.Kind = .plain) async throws {
        guard !FaultPoints.isBeyondTheEnd(point, in: kind) else { return }
        let scene = try await Scene(kind)

        let first = try await scene.run(fault: point)
        FaultPoints.tell(point, in: kind, isReached: first.status != .code(0))
        if first.status != .code(0) {
            #expect(first.status == .code(1), "\(first.text)")
            let second = try await scene.run()
            #expect(second.status == .code(0), "\(first.text)\n---\n\(second.text)")
        }

        try await scene.expectWholeness()
    }

    static func expectRecovery(afterFailureAt point: String, in kind: Scene.Kind = .plain) async throws {
        guard !FaultPoints.isBeyondTheEnd(point, in: kind) else { return }
        let scene = try await Scene(kind)

        let first = try await scene.run(fault: point)
        if first.status != .code(0) {
            let second = try await scene.run()
            #expect(second.status == .code(0), "\(first.text)\n---\n\(second.text)")
        }
        // What failed is told somewhere: where not, there was no such call.
        let words = try await scene.stretto("log").text + first.text
        FaultPoints.tell(point, in: kind, isReached: first.status != .code(0) || words.contains("the fault point"))

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

@Suite(.serialized) struct RichCrashTests {
    /// Two are enough for a sample: each takes a thousand files through a dozen worktrees.
    private static let points =
        Torture.isThorough
        ? FaultPoints.deaths(at: .journal, step: 3) + FaultPoints.deaths(at: .git, step: 3)
            + FaultPoints.deaths(at: .agents, step: 3)
        : ["die:journal:30:after", "die:git:77:after"]

    @Test(.timeLimit(.minutes(5)), arguments: points)
    func `reused worktrees, inner repositories, snapshots and budgets outlive an engine's death`(
        point: String
    ) async throws {
        try await Crash.expectRecovery(afterDeathAt: point, in: .rich)
    }

    @Test(.timeLimit(.minutes(5)), arguments: Torture.isThorough ? FaultPoints.failures(at: .git) : [])
    func `reused worktrees, inner repositories, snapshots and budgets outlive a failure`(point: String) async throws {
        try await Crash.expectRecovery(afterFailureAt: point, in: .rich)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a rich scene has what it is for`() async throws {
        let scene = try await Scene(.rich)

        let run = try await scene.run()

        #expect(run.status == .code(0), "\(run.text)")
        try await scene.expectWholeness()
        // Where nothing is half made, git is asked for this only to bring reused files to another commit.
        #expect(try scene.runLog().contains("read-tree --reset -u HEAD"), "no worktree was reused")
    }
}

@Suite(.serialized) struct FailureTests {
    @Test(.timeLimit(.minutes(5)), arguments: FaultPoints.failures(at: .journal) + FaultPoints.failures(at: .git))
    func `a run one of whose steps failed is finished by the next one`(point: String) async throws {
        try await Crash.expectRecovery(afterFailureAt: point)
    }
}
