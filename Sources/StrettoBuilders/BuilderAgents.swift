package import StrettoCore
package import StrettoProcess

/// Runs attempts through their builders, each under a keeper, and judges how they ended.
///
/// An attempt that an earlier engine started is adopted: its output is decoded again from the start, so nothing is
/// counted twice and nothing is missed.
package struct BuilderAgents: AgentRunning {
    private let preparation: AttemptPreparation
    private let keepers: Keepers
    private let engineAwayGrace: Duration

    /// Agents of one run.
    /// - Parameters:
    ///   - run: names the run to its agents.
    ///   - repository: absolute path of the user's checkout, where roles and untracked plans are found.
    ///   - attemptsRoot: absolute path of the directory that holds the attempts of this run and of no other.
    ///   - environment: the engine's environment, from which that of agents is made.
    ///   - keepers: start, find and end the processes.
    ///   - engineAwayGrace: after this time without an engine an attempt is ended; zero: never.
    package init(
        run: RunID,
        repository: String,
        attemptsRoot: String,
        environment: [String: String],
        keepers: Keepers,
        engineAwayGrace: Duration = .zero
    ) {
        preparation = AttemptPreparation(
            run: run,
            repository: repository,
            attemptsRoot: attemptsRoot,
            inherited: environment
        )
        self.keepers = keepers
        self.engineAwayGrace = engineAwayGrace
    }

    package func run(
        _ order: LaunchOrder,
        progress: @escaping @Sendable (AgentProgress) -> Void
    ) async -> AgentExit {
        let attempt: PreparedAttempt
        do {
            attempt = try preparation.prepare(order)
        } catch {
            return AgentExit(status: .unknown, verdict: .failed(error.message))
        }
        let exit: KeeperExit
        do {
            exit = try await keepers.run(keeperOrder(order, attempt)) { pid in
                progress(.started(Self.process(pid, attempt)))
            }
        } catch {
            return AgentExit(status: .unknown, verdict: .failed("\(error)"))
        }
        var story = AttemptStory(order.builder)
        LocalFiles.forEachChunk(of: attempt.directory.outputPath) { story.take($0) }
        story.finish()
        return AttemptConclusion(order: order, attempt: attempt, story: story, exit: exit).agentExit()
    }

    package func terminate(_ attempt: AttemptID) async {
        keepers.terminate(directory: AttemptDirectory(root: preparation.attemptsRoot, attempt: attempt).path)
    }

    private func keeperOrder(_ order: LaunchOrder, _ attempt: PreparedAttempt) -> KeeperOrder {
        KeeperOrder(
            directory: attempt.directory.path,
            arguments: attempt.arguments,
            workingDirectory: order.worktree.path,
            environment: attempt.environment,
            marker: attempt.directory.marker,
            engineAwayGrace: engineAwayGrace
        )
    }

    private static func process(_ pid: Int32, _ attempt: PreparedAttempt) -> AgentProcess {
        AgentProcess(
            pid: pid,
            outputPath: attempt.directory.outputPath,
            errorPath: attempt.directory.errorPath,
            sessionID: attempt.sessionID
        )
    }
}
