import FoundationEssentials
import StrettoCore
import StrettoProcess
import Synchronization
import TestSupport
import Testing

@testable import StrettoBuilders

/// A place where real agents run under real keepers: a worktree, a checkout and a directory for attempts.
final class AgentBench: Sendable {
    let place: TemporaryDirectory
    let agents: BuilderAgents
    private let heard = Mutex<[AgentProgress]>([])

    var worktree: String { Self.worktree(in: place) }

    /// Everything that was told while agents ran, in order.
    var progress: [AgentProgress] { heard.withLock { $0 } }

    /// Where the worktree of a bench in `place` lies.
    static func worktree(in place: TemporaryDirectory) -> String { place.appending("work tree") }

    init(
        in place: TemporaryDirectory,
        environment: [String: String] = ["PATH": "/usr/local/bin:/usr/bin:/bin"],
        patience: Patience = Patience()
    ) throws {
        self.place = place
        for name in ["work tree", "checkout"] {
            try FileManager.default.createDirectory(
                atPath: place.appending(name),
                withIntermediateDirectories: true
            )
        }
        let keeper = try #require(KeeperPath.find())
        agents = BuilderAgents(
            run: RunID("demo-1"),
            repository: place.appending("checkout"),
            attemptsRoot: place.appending("state/runs/demo-1"),
            environment: environment,
            keepers: Keepers(keeperPath: keeper),
            patience: patience
        )
    }

    /// An order to run a shell command as task 1.
    func command(_ command: String, number: Int = 1) -> LaunchOrder {
        let task = PlanTask(id: TaskID("1"), name: "Task", command: command)
        return order(task: task, number: number, builder: .command, worktree: worktree)
    }

    /// Runs an attempt to its end; `onProgress` hears the news as it comes.
    func run(
        _ order: LaunchOrder,
        onProgress: @escaping @Sendable (AgentProgress) -> Void = { _ in }
    ) async -> AgentExit {
        await agents.run(order) { [self] news in
            heard.withLock { $0.append(news) }
            onProgress(news)
        }
    }

    /// The text of a file in the worktree.
    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: worktree + "/" + name)), as: UTF8.self)
    }
}
