import StrettoCore
import StrettoPlanFile
import StrettoProcess
import Synchronization

/// Keeps the plan file's statuses current: one more view of the run, as a screen is.
///
/// A change is written at once, on a thread that lives as long as there is something to write. What changes shortly after goes into
/// the next write together, since each one reads the whole plan. A file that cannot be written is told of once, and gets everything
/// when it can be again.
final class StatusWriter: Sendable {
    /// The least time between two writes; a status is in the file within a second.
    private static let restTime = Duration.milliseconds(500)

    private struct State {
        var file: StatusFile
        /// How the tasks stand by what was noted last.
        var statuses: [TaskID: PlanStatus] = [:]
        /// Why the run waits for money or for a limit's reset.
        var pause: String?
        var isStale = false
        var isWriting = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// What was told last, while it is still so.
        var told: String?
    }

    private let tell: @Sendable (String) -> Void
    private let state: Mutex<State>
    /// Rung while somebody waits in ``finish()``.
    private let hurry: WakeUp

    /// - Parameters:
    ///   - file: where statuses go.
    ///   - tell: called with a sentence for people where they cannot go there.
    /// - Throws: where the system has no descriptor left.
    init(_ file: StatusFile, tell: @escaping @Sendable (String) -> Void) throws(SystemError) {
        state = Mutex(State(file: file))
        self.tell = tell
        hurry = try WakeUp()
    }

    /// From now on the file is expected to have the tasks of this plan.
    func adopt(_ plan: Plan) {
        state.withLock { state in
            state.file = state.file.expecting(plan)
            let ids = Set(plan.tasks.map(\.id))
            state.statuses = state.statuses.filter { ids.contains($0.key) }
        }
    }

    /// Takes in how tasks and the run stand; returns at once.
    func note(_ tasks: [TaskSnapshot], _ header: RunHeader) {
        state.withLock { state in
            for task in tasks {
                guard let status = task.state.planStatus, state.statuses[task.id] != status else { continue }
                state.statuses[task.id] = status
                state.isStale = true
            }
            let isAtWork = state.statuses.values.contains(.inProgress)
            let pause = header.quotaPause(isAtWork: isAtWork)
            if pause != state.pause {
                state.pause = pause
                state.isStale = true
            }
            startIfNeeded(&state)
        }
    }

    /// Returns when the file shows what was noted last, or has been tried once more.
    func finish() async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                state.isStale = true
                state.waiting.append(continuation)
                hurry.ring()
                startIfNeeded(&state)
            }
        }
    }

    private func startIfNeeded(_ state: inout State) {
        guard state.isStale, !state.isWriting else { return }
        state.isWriting = true
        OwnThread.start { self.work() }
    }

    private func work() {
        while let (statuses, pause) = next() {
            write(statuses, pause)
            hurry.wait(atMost: Self.restTime)
        }
    }

    /// What is to be written; nil when nothing is, which ends the thread.
    private func next() -> ([TaskID: PlanStatus], String?)? {
        let (found, waiting) = state.withLock { state in
            if state.isStale {
                state.isStale = false
                return (Optional((state.statuses, state.pause)), [CheckedContinuation<Void, Never>]())
            }
            state.isWriting = false
            let waiting = state.waiting
            state.waiting = []
            hurry.clear()
            return (nil, waiting)
        }
        waiting.forEach { $0.resume() }
        return found
    }

    private func write(_ statuses: [TaskID: PlanStatus], _ pause: String?) {
        var sentence: String?
        do {
            let left = try state.withLock({ $0.file }).write(statuses, pause: pause).map { "'\($0)'" }
            if !left.isEmpty {
                let names = left.joined(separator: ", ")
                sentence = "the status of \(names) stays as the plan file has it: other parts share its text"
            }
        } catch {
            sentence = "statuses are not written into the plan file: \(error)"
        }
        let news = state.withLock { state in
            // Once: a file that a person is working on says something else after every key.
            let news = state.told == nil ? sentence : nil
            state.told = sentence
            return news
        }
        if let news { tell(news) }
    }
}

extension RunHeader {
    /// Why the run waits for money, or for the reset of a limit that keeps all of it; nil while it goes on.
    fileprivate func quotaPause(isAtWork: Bool) -> String? {
        switch phase {
        case .over(.overBudget(let reason)), .holding(.overBudget(let reason)): return reason
        case .running, .draining:
            let limited = providers.first { $0.closure.reason == .trouble(.usageLimit) && $0.probe == nil }
            return isAtWork ? nil : limited?.headline
        case .planReview, .stopping, .holding, .concluding, .over: return nil
        }
    }
}
