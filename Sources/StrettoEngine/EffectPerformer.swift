import StrettoCore

/// Carries out effects through the ports and posts what came of them; it decides nothing.
struct EffectPerformer<Time: Clock>: Sendable where Time.Duration == Duration {
    /// Bytes of a diff that a client gets at most.
    static var diffBytesMax: Int { 4 << 20 }

    let worktrees: any WorktreeProviding
    let agents: any AgentRunning
    let checks: any CheckRunning
    let clock: Time
    let post: @Sendable (Letter) -> Void

    /// Carries out an effect and posts its answer, or that a disk took nothing more, so that nothing has happened.
    ///
    /// `again` tells that it had been refused before; then its going through is news as well, before the answer.
    func perform(_ effect: Effect, again: Bool) async {
        do throws(Trouble) {
            let event = try await answer(effect)
            if again { post(.accepted) }
            if let event { post(.event(event)) }
        } catch {
            post(.refused(effect, error, again: again))
        }
    }

    /// - Throws: only a disk's refusal; any other trouble is an answer.
    private func answer(_ effect: Effect) async throws(Trouble) -> Event? {
        switch effect {
        case .prepare(let order):
            return try await orFailure({ .prepareFailed(order.attempt, $0) }) { () throws(Trouble) in
                .prepared(order.attempt, try await worktrees.prepare(order))
            }
        case .run(let order):
            let exit = await agents.run(order) { [post] progress in
                switch progress {
                case .started(let process): post(.event(.started(order.attempt, process)))
                case .used(let usage): post(.event(.usageReported(order.attempt, usage)))
                case .troubled(let trouble): post(.event(.troubleReported(order.attempt, trouble)))
                }
            }
            return .exited(order.attempt, exit)
        case .terminate(let attempt):
            await agents.terminate(attempt)
            return nil
        case .collect(let order):
            return try await orFailure({ .collectFailed(order.attempt, $0) }) { () throws(Trouble) in
                try await collect(order)
            }
        case .merge(let order):
            return try await merge(order)
        case .dispose(let attempt):
            return .disposed(attempt, await worktrees.dispose(attempt))
        case .startTimer(let timer, let delay):
            // Cancelled only when the run is over, and then nobody listens.
            guard (try? await clock.sleep(for: delay)) != nil else { return nil }
            return .timerFired(timer)
        case .conclude(let order):
            let trouble = await worktrees.conclude(order)
            if let trouble, trouble.isDiskRefusal { throw trouble }
            return .concluded(trouble)
        // The loop takes the end itself, and a fault is only told.
        case .finish, .fault:
            return nil
        }
    }

    private func orFailure(
        _ failure: (Trouble) -> Event,
        _ body: () async throws(Trouble) -> Event
    ) async throws(Trouble) -> Event {
        do throws(Trouble) {
            return try await body()
        } catch {
            if error.isDiskRefusal { throw error }
            return failure(error)
        }
    }

    func diff(_ contribution: Contribution) async -> String {
        await worktrees.diff(contribution, bytesMax: Self.diffBytesMax)
    }

    private func collect(_ order: CollectOrder) async throws(Trouble) -> Event {
        let contribution = try await worktrees.collect(order)
        let results = await checks.run(
            order.checks,
            attempt: order.attempt,
            directory: order.worktree.path,
            environment: order.environment
        )
        if !results.isEmpty { await worktrees.noteLeftovers(of: order) }
        return .collected(order.attempt, contribution, results)
    }

    private func merge(_ order: MergeOrder) async throws(Trouble) -> Event {
        let result = await worktrees.merge(order) { [checks] directory in
            await checks.run(
                order.checks,
                attempt: order.attempt,
                directory: directory,
                environment: order.environment
            )
        }
        switch result {
        case .merged(let receipt): return .merged(order.attempt, receipt)
        case .conflicted(let conflict): return .conflicted(order.attempt, conflict)
        case .held(let reason): return .mergeHeld(order.attempt, reason)
        case .refused(let trouble): throw trouble
        }
    }
}
