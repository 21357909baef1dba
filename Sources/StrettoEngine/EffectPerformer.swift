import StrettoCore

/// Carries out effects through the ports and posts what came of them; it decides nothing.
struct EffectPerformer<Time: Clock>: Sendable where Time.Duration == Duration {
    /// Bytes of a diff that a client gets at most.
    static var diffBytesMax: Int { 4 << 20 }

    let worktrees: any WorktreeProviding
    let agents: any AgentRunning
    let checks: any CheckRunning
    let clock: Time
    let post: @Sendable (Event) -> Void

    func perform(_ effect: Effect) async {
        switch effect {
        case .prepare(let order):
            do throws(Trouble) {
                post(.prepared(order.attempt, try await worktrees.prepare(order)))
            } catch {
                post(.prepareFailed(order.attempt, error))
            }
        case .run(let order):
            let exit = await agents.run(order) { [post] progress in
                switch progress {
                case .started(let process): post(.started(order.attempt, process))
                case .used(let usage): post(.usageReported(order.attempt, usage))
                // Its end says the same, and until then the agent may get over it.
                case .troubled: break
                }
            }
            post(.exited(order.attempt, exit))
        case .terminate(let attempt):
            await agents.terminate(attempt)
        case .collect(let order):
            await collect(order)
        case .merge(let order):
            await merge(order)
        case .dispose(let attempt):
            post(.disposed(attempt, await worktrees.dispose(attempt)))
        case .startTimer(let timer, let delay):
            // Cancelled only when the run is over, and then nobody listens.
            guard (try? await clock.sleep(for: delay)) != nil else { return }
            post(.timerFired(timer))
        case .conclude(let order):
            post(.concluded(await worktrees.conclude(order)))
        // The loop takes the end itself, and a fault is only told.
        case .finish, .fault:
            break
        }
    }

    func diff(_ contribution: Contribution) async -> String {
        await worktrees.diff(contribution, bytesMax: Self.diffBytesMax)
    }

    private func collect(_ order: CollectOrder) async {
        do throws(Trouble) {
            let contribution = try await worktrees.collect(order)
            let results = await checks.run(
                order.checks,
                attempt: order.attempt,
                directory: order.worktree.path,
                environment: order.environment
            )
            if !results.isEmpty { await worktrees.noteLeftovers(of: order) }
            post(.collected(order.attempt, contribution, results))
        } catch {
            post(.collectFailed(order.attempt, error))
        }
    }

    private func merge(_ order: MergeOrder) async {
        let result = await worktrees.merge(order) { [checks] directory in
            await checks.run(
                order.checks,
                attempt: order.attempt,
                directory: directory,
                environment: order.environment
            )
        }
        switch result {
        case .merged(let receipt): post(.merged(order.attempt, receipt))
        case .conflicted(let conflict): post(.conflicted(order.attempt, conflict))
        case .held(let reason): post(.mergeHeld(order.attempt, reason))
        }
    }
}
