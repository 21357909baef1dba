internal import StrettoCore
internal import StrettoProcess

/// How long an agent may wait for its model.
///
/// Programs wait longer than anybody wants: for a network that does not come back, or for the hours that a service asked
/// them to wait, without a word. A tool at work is another matter: for that the task's own timeout is there.
package struct Patience: Hashable, Sendable {
    /// Without any output; Claude Code itself begins anew after 361 s without a byte.
    package var silence: Duration
    /// After the agent told that its model cannot be reached, until it works again; ten retries take Claude Code 180 s.
    package var trouble: Duration

    package init(silence: Duration = .seconds(420), trouble: Duration = .seconds(300)) {
        self.silence = silence
        self.trouble = trouble
    }

    /// The same with the silence that a plan allows; nil changes nothing.
    func with(silence: Duration?) -> Patience { Patience(silence: silence ?? self.silence, trouble: trouble) }
}

/// When an agent was last heard, and until when that is enough.
final class Pulse: Sendable {
    private struct State {
        var heard: ContinuousClock.Instant
        /// What the agent says is in its way, and since when.
        var trouble: AgentFailure?
        var troubledSince: ContinuousClock.Instant?
        var awaitsModel = true
        var isStopped = false
        var failure: AgentFailure?
    }

    private let patience: Patience
    private let state = Lock(State(heard: .now))

    init(_ patience: Patience) { self.patience = patience }

    /// Takes note of output, after `judgement` has.
    func beat(_ judgement: Judgement) {
        state.withLock { state in
            state.heard = .now
            state.awaitsModel = judgement.awaitsModel
            state.trouble = judgement.presentFailure
            state.troubledSince = state.trouble == nil ? nil : state.troubledSince ?? .now
        }
    }

    /// No watch is kept any more.
    func stop() { state.withLock { $0.isStopped = true } }

    /// When to look next; nil once there is nothing to watch.
    var deadline: ContinuousClock.Instant? {
        state.withLock { state in
            guard !state.isStopped, state.failure == nil else { return nil }
            return deadline(of: state) ?? .now + patience.silence
        }
    }

    /// Whether it has been too long now; what the agent waited for is then ``lostPatience``.
    func losePatience(at now: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            guard !state.isStopped, let deadline = deadline(of: state), deadline <= now else { return false }
            state.failure =
                state.trouble
                ?? AgentFailure(
                    kind: .stalled,
                    message: "nothing was heard for \(patience.silence.wholeSeconds) s, though no tool was at work"
                )
            return true
        }
    }

    /// Why the attempt was ended from here; nil where it was not.
    var lostPatience: AgentFailure? { state.withLock { $0.failure } }

    private func deadline(of state: State) -> ContinuousClock.Instant? {
        if let since = state.troubledSince { return since + patience.trouble }
        return state.awaitsModel ? state.heard + patience.silence : nil
    }
}
