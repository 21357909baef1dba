import Glibc
import StrettoCore
import StrettoGit
import StrettoProcess

/// The one moment at which an engine is to die or to fail, for the tests that try to break it.
///
/// It comes from the environment; where that says nothing, nothing of this file is in any call's way.
final class FaultPoint: Sendable {
    /// `die:git:12:after` and the like; docs/testing.md describes it.
    static let variable = "STRETTO_DEBUG_FAULT"

    enum Deed: String { case die, fail }

    enum Seam: String { case journal, git, checks, agents }

    private let deed: Deed
    private let seam: Seam
    private let moment: Git.Moment
    private let number: Int
    private let passCount = Lock(0)

    /// Nil where the environment names no point.
    static func named(in environment: [String: String]) throws -> FaultPoint? {
        guard let text = environment[variable] else { return nil }
        guard let point = FaultPoint(text) else {
            throw Refusal("\(variable) names no fault point: see docs/testing.md, or unset it")
        }
        return point
    }

    private init?(_ text: String) {
        let parts = text.split(separator: ":").map(String.init)
        guard parts.count == 4, let deed = Deed(rawValue: parts[0]), let seam = Seam(rawValue: parts[1]),
            let number = Int(parts[2]), let moment = Git.Moment(rawValue: parts[3])
        else { return nil }
        // What checks and agents answer is no error, so there is none to invent.
        if deed == .fail, seam == .checks || seam == .agents { return nil }
        (self.deed, self.seam, self.number, self.moment) = (deed, seam, number, moment)
    }

    /// Passes the seam: does the deed when it is the one that is meant.
    func pass(_ seam: Seam, _ moment: Git.Moment) throws(Trouble) {
        guard seam == self.seam, moment == self.moment else { return }
        let count = passCount.withLock { count in
            count += 1
            return count
        }
        guard count == number else { return }
        switch deed {
        case .die: kill(getpid(), SIGKILL)
        case .fail: throw Trouble("the fault point \(seam.rawValue) \(number) was reached")
        }
    }

    var gitGate: Git.Gate {
        { moment throws(Trouble) in try self.pass(.git, moment) }
    }
}

/// A journal with a fault point around each commit.
struct FaultyJournal: RunJournaling {
    let journal: any RunJournaling
    let fault: FaultPoint

    func append(_ entries: [JournalEntry], leadingTo state: Scheduler) async throws(Trouble) {
        try fault.pass(.journal, .before)
        try await journal.append(entries, leadingTo: state)
        try fault.pass(.journal, .after)
    }
}

/// Agents with a fault point around each life.
struct FaultyAgents: AgentRunning {
    let agents: any AgentRunning
    let fault: FaultPoint

    func run(_ order: LaunchOrder, progress: @escaping @Sendable (AgentProgress) -> Void) async -> AgentExit {
        try? fault.pass(.agents, .before)
        let exit = await agents.run(order, progress: progress)
        try? fault.pass(.agents, .after)
        return exit
    }

    func terminate(_ attempt: AttemptID) async { await agents.terminate(attempt) }
}

/// Checks with a fault point around each round of them.
struct FaultyChecks: CheckRunning {
    let checks: any CheckRunning
    let fault: FaultPoint

    func run(
        _ checks: [Check],
        attempt: AttemptID,
        directory: String,
        environment: TaskEnvironment
    ) async -> [CheckResult] {
        try? fault.pass(.checks, .before)
        let results = await self.checks.run(
            checks,
            attempt: attempt,
            directory: directory,
            environment: environment
        )
        try? fault.pass(.checks, .after)
        return results
    }
}
