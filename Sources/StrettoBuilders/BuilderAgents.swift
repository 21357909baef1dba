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
    private let prices: PriceList
    private let patience: Patience
    private let local: TimeZoneRules

    /// Agents of one run.
    /// - Parameters:
    ///   - run: names the run to its agents.
    ///   - repository: absolute path of the user's checkout, where roles and untracked plans are found.
    ///   - attemptsRoot: absolute path of the directory that holds the attempts of this run and of no other.
    ///   - environment: the engine's environment, from which that of agents is made.
    ///   - keepers: start, find and end the processes.
    ///   - engineAwayGrace: after this time without an engine an attempt is ended; zero: never.
    ///   - prices: what tokens cost where the agent does not say it.
    ///   - patience: how long an agent may wait for its model.
    package init(
        run: RunID,
        repository: String,
        attemptsRoot: String,
        environment: [String: String],
        keepers: Keepers,
        engineAwayGrace: Duration = .zero,
        prices: PriceList = .standard,
        patience: Patience = Patience()
    ) {
        preparation = AttemptPreparation(
            run: run,
            repository: repository,
            attemptsRoot: attemptsRoot,
            inherited: environment
        )
        self.keepers = keepers
        self.engineAwayGrace = engineAwayGrace
        self.prices = prices
        self.patience = patience
        local = TimeZoneRules.local(environment: environment)
    }

    package func run(
        _ given: LaunchOrder,
        progress: @escaping @Sendable (AgentProgress) -> Void
    ) async -> AgentExit {
        let order = priced(given)
        let attempt: PreparedAttempt
        do {
            attempt = try preparation.prepare(order)
        } catch {
            let verdict: Verdict = error.isPassing ? .interrupted(error.message) : .failed(error.message)
            return AgentExit(status: .unknown, verdict: verdict)
        }
        let news = News(tell: progress)
        let tail = FileTail(path: attempt.directory.outputPath)
        let pulse = Pulse(patience.with(silence: order.stallTimeout))
        async let following = follow(tail, of: order, attempt.environment, news, pulse)
        // Ended with this scope, in the middle of its wait.
        async let _ = watch(pulse, order.attempt)
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
            var story = followed ?? finishedStory(of: order, attempt)
            if let failure = pulse.lostPatience { story.judgement.note(.hopeless(failure)) }
            // A clock time in the last message was meant from then on, whenever this engine came to read it.
            if let end = LocalFiles.modified(attempt.directory.outputPath) {
                story.judgement.now = Timestamp(milliseconds: end / 1_000_000)
            }
            return AttemptConclusion(order: order, attempt: attempt, story: story, exit: exit).agentExit()
        case .failure(let error):
            // No keeper, no descriptor, no space: nothing that the task is to blame for.
            return AgentExit(status: .unknown, verdict: .interrupted("\(error)"))
        }
    }

    /// An agent that reckons by other prices than ours cannot be told what it may cost; its reports are watched all the same.
    private func priced(_ order: LaunchOrder) -> LaunchOrder {
        guard order.builder == .claude, prices.replacesClaudes else { return order }
        var order = order
        order.allowanceMicrodollars = nil
        return order
    }

    package func terminate(_ attempt: AttemptID) async {
        keepers.terminate(directory: AttemptDirectory(root: preparation.attemptsRoot, attempt: attempt).path)
    }

    /// Decodes the output as it grows, tells what was used and what is in the way, and ends what is hopeless.
    ///
    /// Returns nil where not all of it could be followed, and at once where there is nothing to decode.
    private func follow(
        _ tail: FileTail,
        of order: LaunchOrder,
        _ environment: [String: String],
        _ news: News,
        _ pulse: Pulse
    ) async -> AttemptStory? {
        var story = newStory(of: order, environment)
        guard story.decodesEvents else {
            pulse.stop()
            return story
        }
        do {
            while let chunk = try await tail.next() {
                let wasHopeless = story.isHopeless
                story.judgement.now = Timestamp(milliseconds: LocalFiles.now / 1_000_000)
                story.take(chunk)
                pulse.beat(story.judgement)
                if story.isHopeless && !wasHopeless { await terminate(order.attempt) }
                if let trouble = story.troubleToReport() { news.tell(.troubled(trouble)) }
                story.findModel(environment: environment)
                if let usage = story.usageToReport(at: .now) { news.tell(.used(usage)) }
            }
        } catch {
            // The system may have no more watches to give; the file still has everything at the end.
            pulse.stop()
            return nil
        }
        story.finish()
        story.findModel(environment: environment)
        return Task.isCancelled ? nil : story
    }

    /// Ends the attempt when its agent has waited for its model for too long.
    private func watch(_ pulse: Pulse, _ attempt: AttemptID) async {
        while let deadline = pulse.deadline {
            guard (try? await ContinuousClock().sleep(until: deadline)) != nil else { return }
            guard pulse.losePatience(at: .now) else { continue }
            return await terminate(attempt)
        }
    }

    /// The same from a finished file.
    private func finishedStory(of order: LaunchOrder, _ attempt: PreparedAttempt) -> AttemptStory {
        var story = newStory(of: order, attempt.environment)
        LocalFiles.forEachChunk(of: attempt.directory.outputPath) { story.take($0) }
        story.finish()
        story.findModel(environment: attempt.environment)
        return story
    }

    private func newStory(of order: LaunchOrder, _ environment: [String: String]) -> AttemptStory {
        let context = StreamContext(
            model: order.model ?? order.program?.model,
            before: order.resumes?.usage ?? .zero,
            prices: prices.preceded(by: order.program?.prices ?? [])
        )
        var story = AttemptStory(order.builder, program: order.program, context, now: order.time, local: local)
        story.judgement.secrets = KnownSecrets(environment: environment)
        return story
    }

    private func keeperOrder(_ order: LaunchOrder, _ attempt: PreparedAttempt) -> KeeperOrder {
        KeeperOrder(
            directory: attempt.directory.path,
            arguments: attempt.arguments,
            workingDirectory: order.worktree.path,
            environment: attempt.environment,
            input: Array(attempt.input.utf8),
            marker: attempt.directory.marker,
            stop: order.program?.stop,
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

/// Tells how an attempt goes on; nothing comes before its start.
private final class News: Sendable {
    private enum State {
        /// The output may be ahead of the start, above all where the attempt is adopted: the latest of each kind is held.
        case notStarted(used: AgentProgress?, troubled: AgentProgress?)
        case started
    }

    private let state = Lock(State.notStarted(used: nil, troubled: nil))
    private let report: @Sendable (AgentProgress) -> Void

    init(tell: @escaping @Sendable (AgentProgress) -> Void) { report = tell }

    func started(_ process: AgentProcess) {
        report(.started(process))
        while let held = takeHeldBack() { report(held) }
    }

    /// What came before the start; once there is nothing more, news go out directly, so none overtakes another.
    private func takeHeldBack() -> AgentProgress? {
        state.withLock { state in
            guard case .notStarted(let used, let troubled) = state, let next = used ?? troubled else {
                state = .started
                return nil
            }
            state = used == nil ? .notStarted(used: nil, troubled: nil) : .notStarted(used: nil, troubled: troubled)
            return next
        }
    }

    func tell(_ news: AgentProgress) {
        let isStarted = state.withLock { state in
            guard case .notStarted(let used, let troubled) = state else { return true }
            if case .used = news {
                state = .notStarted(used: news, troubled: troubled)
            } else {
                state = .notStarted(used: used, troubled: news)
            }
            return false
        }
        if isStarted { report(news) }
    }
}
