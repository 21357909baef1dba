import Dispatch
import Synchronization
import TestSupport

/// A machine with one thread, a seeded order of work, and a clock that jumps to the next deadline when nothing is left to do.
///
/// Structured children of a task that runs here stay here; an unstructured `Task {}` would escape, which is one reason
/// why the engine has none.
package final class World: TaskExecutor, SerialExecutor, Sendable {
    private struct State {
        var random: SplitMix64
        var jobs: [UnownedJob] = []
        var now: Duration = .zero
        var sleepers: [Sleeper] = []
        var nextSleeper = 0
    }

    private struct Sleeper {
        var deadline: Duration
        var id: Int
        var continuation: CheckedContinuation<Void, any Error>
    }

    private let state: Mutex<State>
    private let thread: DispatchQueue

    /// The same seed gives the same history, with the same commit and toolchain.
    package init(seed: UInt64) {
        state = Mutex(State(random: SplitMix64(seed: seed)))
        thread = Self.threads[Int(seed % UInt64(Self.threads.count))]
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
    }

    /// The clock of this world.
    package var clock: VirtualClock { VirtualClock(world: self) }

    /// Runs `body` to its end and returns its result; nil when it got stuck for ever.
    ///
    /// The world turns on a thread of its own: hours of virtual time would otherwise keep a thread of the pool from
    /// everybody else's tests.
    package func run<Value: Sendable>(_ body: @Sendable @escaping () async -> Value) async -> Value? {
        await withCheckedContinuation { continuation in
            thread.async { continuation.resume(returning: self.turn(body)) }
        }
    }

    /// Two worlds at a time: more would only take turns on the cores of a small machine.
    private static let threads = (0..<2).map { DispatchQueue(label: "stretto.simulation.\($0)") }

    private func turn<Value: Sendable>(_ body: @Sendable @escaping () async -> Value) -> Value? {
        let result = Mutex<Value?>(nil)
        // Owner: this function; `drain` returns only when nothing is left that could run.
        let task = Task(executorPreference: self) {
            let value = await body()
            result.withLock { $0 = value }
        }
        drain()
        task.cancel()
        return result.withLock { $0 }
    }

    private func drain() {
        while true {
            while let job = nextJob() {
                job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            }
            guard let sleeper = nextSleeper() else { return }
            sleeper.resume()
        }
    }

    private func nextJob() -> UnownedJob? {
        state.withLock { state in
            guard !state.jobs.isEmpty else { return nil }
            return state.jobs.remove(at: Int.random(in: state.jobs.indices, using: &state.random))
        }
    }

    private func nextSleeper() -> CheckedContinuation<Void, any Error>? {
        state.withLock { state in
            let places = state.sleepers.indices
            guard let first = places.min(by: { state.sleepers[$0].deadline < state.sleepers[$1].deadline }) else {
                return nil
            }
            let sleeper = state.sleepers.remove(at: first)
            state.now = max(state.now, sleeper.deadline)
            return sleeper.continuation
        }
    }

    private func sleep(until deadline: Duration) async throws {
        let id = state.withLock { state in
            state.nextSleeper += 1
            return state.nextSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock {
                    $0.sleepers.append(Sleeper(deadline: deadline, id: id, continuation: continuation))
                }
                if Task.isCancelled { wake(id) }
            }
        } onCancel: {
            wake(id)
        }
    }

    private func wake(_ id: Int) {
        let continuation = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard let place = state.sleepers.firstIndex(where: { $0.id == id }) else { return nil }
            return state.sleepers.remove(at: place).continuation
        }
        continuation?.resume(throwing: CancellationError())
    }

    /// Time that passes only when nobody has anything to do.
    package struct VirtualClock: Clock, Sendable {
        package struct Instant: InstantProtocol, Sendable {
            package var offset: Duration
            package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
            package func duration(to other: Instant) -> Duration { other.offset - offset }
            package static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
        }

        let world: World

        package var now: Instant { Instant(offset: world.state.withLock { $0.now }) }
        package var minimumResolution: Duration { .nanoseconds(1) }

        package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
            try await world.sleep(until: deadline.offset)
        }
    }
}
