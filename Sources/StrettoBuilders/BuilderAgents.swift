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
            let verdict: Verdict = error.isPassing ? .interrupted(error.message) : .failed(error.message)
            return AgentExit(status: .unknown, verdict: verdict)
        }
        let news = News(tell: progress)
        let tail = FileTail(path: attempt.directory.outputPath)
        async let following = follow(tail, of: order, news)
        let ending: Result<KeeperExit, ProcessError>
        do throws(ProcessError) {
            let exit = try await keepers.run(keeperOrder(order, attempt)) { pid in
                news.started(Self.process(pid, attempt))
            }
            ending = .success(exit)
        } catch {
            ending = .failure(error)
        }
        tail.finish()
        let followed = await following
        switch ending {
        case .success(let exit):
            let story = followed ?? Self.story(of: order, from: attempt.directory.outputPath)
            return AttemptConclusion(order: order, attempt: attempt, story: story, exit: exit).agentExit()
        case .failure(let error):
            // No keeper, no descriptor, no space: nothing that the task is to blame for.
            return AgentExit(status: .unknown, verdict: .interrupted("\(error)"))
        }
    }

    package func terminate(_ attempt: AttemptID) async {
        keepers.terminate(directory: AttemptDirectory(root: preparation.attemptsRoot, attempt: attempt).path)
    }

    /// Decodes the output as it grows, tells what was used, and ends what is hopeless.
    ///
    /// Returns nil where not all of it could be followed, and at once where there is nothing to decode.
    private func follow(_ tail: FileTail, of order: LaunchOrder, _ news: News) async -> AttemptStory? {
        var story = AttemptStory(order.builder)
        guard story.decodesEvents else { return story }
        do {
            while let chunk = try await tail.next() {
                let wasHopeless = story.isHopeless
                story.take(chunk)
                if story.isHopeless && !wasHopeless { await terminate(order.attempt) }
                if let usage = story.usageToReport(at: .now) { news.used(usage) }
            }
        } catch {
            // The system may have no more watches to give; the file still has everything at the end.
            return nil
        }
        story.finish()
        return Task.isCancelled ? nil : story
    }

    /// The same from a finished file.
    private static func story(of order: LaunchOrder, from path: String) -> AttemptStory {
        var story = AttemptStory(order.builder)
        LocalFiles.forEachChunk(of: path) { story.take($0) }
        story.finish()
        return story
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

/// Tells how an attempt goes on; what it used never comes before its start.
private final class News: Sendable {
    private enum State {
        /// The output may be ahead of the start, above all where the attempt is adopted.
        case notStarted(used: Usage?)
        case started
    }

    private let state = Lock(State.notStarted(used: nil))
    private let tell: @Sendable (AgentProgress) -> Void

    init(tell: @escaping @Sendable (AgentProgress) -> Void) { self.tell = tell }

    func started(_ process: AgentProcess) {
        tell(.started(process))
        while let used = takeHeldBack() { tell(.used(used)) }
    }

    /// What came before the start; once there is nothing more, news go out directly, so none overtakes another.
    private func takeHeldBack() -> Usage? {
        state.withLock { state in
            guard case .notStarted(let used?) = state else {
                state = .started
                return nil
            }
            state = .notStarted(used: nil)
            return used
        }
    }

    func used(_ usage: Usage) {
        let isStarted = state.withLock { state in
            if case .started = state { return true }
            state = .notStarted(used: usage)
            return false
        }
        if isStarted { tell(.used(usage)) }
    }
}
