package import StrettoCore
import Synchronization
import TestSupport

/// Agents that take up to an hour, fail by seed, and live on when the engine dies, as they do under real keepers.
package final class SimulatedAgents: AgentRunning {
    /// How often what goes wrong, in percent.
    package struct Faults: Sendable {
        package var failure: Int
        package var interruption: Int
        package var emptyHanded: Int
        /// A keeper that a new engine looks for was killed, too.
        package var loss: Int
        /// A provider's limit or outage ends the attempt.
        package var limit: Int

        package init(failure: Int = 0, interruption: Int = 0, emptyHanded: Int = 0, loss: Int = 0, limit: Int = 0) {
            self.loss = loss
            self.failure = failure
            self.interruption = interruption
            self.emptyHanded = emptyHanded
            self.limit = limit
        }
    }

    /// What an attempt is to do, where that is not drawn.
    package struct Part: Sendable {
        package var verdict: Verdict
        /// nil: drawn.
        package var duration: Duration?

        package init(_ verdict: Verdict, duration: Duration? = nil) {
            self.verdict = verdict
            self.duration = duration
        }
    }

    private struct Life {
        var end: Duration
        var verdict: Verdict
        var trouble: ProviderTrouble?
        /// What it says of another one's work; nil where it does work, or forgets to say it.
        var validation: Validation?
        var isWatched = false
        var isOver = false
    }

    private struct State {
        var random: SplitMix64
        var lives: [AttemptID: Life] = [:]
        /// Attempts that must have ended before a new one of the same task may begin.
        var living: [TaskID: AttemptID] = [:]
    }

    private let clock: World.VirtualClock
    private let violations: Violations
    private let faults: Faults
    private let script: @Sendable (AttemptID) -> Part?
    private let state: Mutex<State>

    package init(
        clock: World.VirtualClock,
        seed: UInt64,
        faults: Faults,
        script: @escaping @Sendable (AttemptID) -> Part? = { _ in nil },
        violations: Violations
    ) {
        self.clock = clock
        self.faults = faults
        self.script = script
        self.violations = violations
        state = Mutex(State(random: SplitMix64(seed: seed ^ 0xA6E4)))
    }

    /// The attempts whose agents were ever started, each once.
    package var begun: [AttemptID] { state.withLock { $0.lives.keys.sorted() } }

    /// Agents that are alive now.
    package var livingCount: Int { state.withLock { $0.living.count } }

    package func run(
        _ order: LaunchOrder,
        progress: @escaping @Sendable (AgentProgress) -> Void
    ) async -> AgentExit {
        let attempt = order.attempt
        begin(attempt, judges: order.judges != nil)
        progress(.started(AgentProcess(pid: 1, outputPath: "out", errorPath: "err")))
        progress(.used(Usage(inputTokens: 10, outputTokens: 1, microdollars: 100)))
        while let rest = remaining(attempt), rest > .zero {
            // Cancelled means that the engine is gone: the agent lives on.
            if (try? await clock.sleep(for: min(rest, .seconds(60)))) == nil { break }
        }
        return end(attempt)
    }

    package func terminate(_ attempt: AttemptID) async {
        let now = clock.now.offset
        state.withLock { state in
            guard var life = state.lives[attempt], !life.isOver else { return }
            life.end = min(life.end, now + .seconds(Int64.random(in: 0...20, using: &state.random)))
            life.verdict = .interrupted("terminated")
            state.lives[attempt] = life
        }
    }

    private func begin(_ attempt: AttemptID, judges: Bool) {
        let now = clock.now.offset
        state.withLock { state in
            if var life = state.lives[attempt] {
                violations.require(!life.isWatched, "\(attempt) is run twice at once")
                life.isWatched = true
                let isLost =
                    !life.isOver && faults.loss > 0 && Int.random(in: 0..<100, using: &state.random) < faults.loss
                let trace: Recovery.Trace = life.isOver ? .whole : isLost ? .half : .atWork
                if Recovery.deed(in: .running, finding: trace) == .giveUp {
                    life.end = min(life.end, now)
                    life.verdict = .interrupted("its keeper was killed")
                }
                state.lives[attempt] = life
                return
            }
            if let other = state.living[attempt.task] {
                violations.report("\(attempt) starts while \(other) lives")
            }
            state.living[attempt.task] = attempt
            let draw = Int.random(in: 0..<100, using: &state.random)
            let verdict: Verdict
            switch draw {
            case ..<faults.failure: verdict = .failed("it failed")
            case ..<(faults.failure + faults.interruption): verdict = .interrupted("it was cut off")
            default: verdict = .completed(evidence: draw % 2 == 0)
            }
            let minutes = Int64.random(in: 1...60, using: &state.random)
            let part = script(attempt)
            let end = now + (part?.duration ?? .seconds(minutes * 60))
            var life = Life(end: end, verdict: part?.verdict ?? verdict, isWatched: true)
            // Nothing is drawn for what cannot happen, so that seeds keep their stories.
            if faults.limit > 0, Int.random(in: 0..<100, using: &state.random) < faults.limit {
                let trouble = Self.trouble(endingAt: end, &state.random)
                life.trouble = trouble
                life.verdict = .interrupted(trouble.kind.rawValue)
            }
            if judges {
                let words: [Validation?] = [.init(.pass), .init(.pass), .init(.warn), .init(.fail), nil]
                life.validation = words.randomElement(using: &state.random) ?? nil
            }
            state.lives[attempt] = life
        }
    }

    private static func trouble(endingAt end: Duration, _ random: inout SplitMix64) -> ProviderTrouble {
        let kinds: [ProviderTrouble.Kind] = [.usageLimit, .usageLimit, .overloaded, .rateLimited, .unreachable]
        let kind = kinds.randomElement(using: &random) ?? .overloaded
        let hours = Int64.random(in: -1...5, using: &random)
        let reset = Timestamp(milliseconds: end.milliseconds).advanced(by: .seconds(hours * 3600))
        let isKnown = kind == .usageLimit && Bool.random(using: &random)
        let isOfFamily = kind == .usageLimit && Bool.random(using: &random)
        return ProviderTrouble(
            kind,
            provider: BuilderName.claude.provider,
            family: isOfFamily ? "opus" : nil,
            resets: isKnown ? reset : nil
        )
    }

    private func remaining(_ attempt: AttemptID) -> Duration? {
        let now = clock.now.offset
        return state.withLock { $0.lives[attempt].map { $0.end - now } }
    }

    private func end(_ attempt: AttemptID) -> AgentExit {
        let now = clock.now.offset
        return state.withLock { state in
            guard var life = state.lives[attempt] else { return AgentExit(status: .unknown, verdict: .interrupted("")) }
            life.isWatched = false
            if life.end <= now {
                life.isOver = true
                state.living[attempt.task] = nil
            }
            state.lives[attempt] = life
            return AgentExit(
                status: .code(0),
                verdict: life.verdict,
                report: Report(
                    status: .completed,
                    patterns: ["pattern of \(attempt.task)"],
                    validation: life.validation
                ),
                usage: Usage(inputTokens: 100, outputTokens: 10, microdollars: 1000),
                trouble: life.trouble
            )
        }
    }
}

/// Checks that pass or fail by seed, the same each time for the same attempt.
package struct SimulatedChecks: CheckRunning {
    private let seed: UInt64
    private let failurePercent: Int

    package init(seed: UInt64, failurePercent: Int) {
        self.seed = seed
        self.failurePercent = failurePercent
    }

    package func run(
        _ checks: [Check],
        attempt: AttemptID,
        directory: String,
        environment: TaskEnvironment
    ) async -> [CheckResult] {
        checks.map { check in
            let salt = attempt.task.text.utf8.reduce(seed) { ($0 &* 31) &+ UInt64($1) } &+ UInt64(attempt.number)
            var random = SplitMix64(seed: salt)
            let fails = Int.random(in: 0..<100, using: &random) < failurePercent
            return CheckResult(name: check.name, status: .code(fails ? 1 : 0), duration: .seconds(1), output: "")
        }
    }
}
