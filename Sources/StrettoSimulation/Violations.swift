package import StrettoCore
import Synchronization
import TestSupport

/// Collects what the strict fakes and the law checker object to; a test expects it to stay empty.
package final class Violations: Sendable {
    private let list = Mutex<[String]>([])

    package init() {}

    package var all: [String] { list.withLock { $0 } }

    package func report(_ text: String) { list.withLock { $0.append(text) } }

    package func require(_ holds: Bool, _ text: @autoclosure () -> String) {
        if !holds { report(text()) }
    }
}

/// A journal in memory that replays each entry into a scheduler of its own, checks the laws after each, and can crash.
package final class LawfulJournal: RunJournaling {
    /// When the machine dies.
    package enum Crash: Sendable {
        case never
        /// At the n-th commit, before it reaches the disk.
        case before(Int)
        /// At the n-th commit, when it has reached the disk.
        case after(Int)
    }

    private struct State {
        var entries: [JournalEntry] = []
        var commits = 0
        var batchSizes: [Int] = []
        var crash: Crash
        var refusal: Refusal
        var random: SplitMix64
        var replica = Scheduler()
    }

    /// When the disk takes nothing more.
    package enum Refusal: Sendable {
        case never
        /// So many percent of the commits, except for the first one of all.
        case random(percent: Int)
        /// Every commit after so many, until ``LawfulJournal/makeRoom()``.
        case after(Int)
    }

    private let state: Mutex<State>
    private let violations: Violations

    /// An empty journal; which commits are refused at random follows from the seed.
    package init(
        crash: Crash = .never,
        refusal: Refusal = .never,
        seed: UInt64 = 0,
        violations: Violations
    ) {
        state = Mutex(State(crash: crash, refusal: refusal, random: SplitMix64(seed: seed ^ 0x0D15)))
        self.violations = violations
    }

    package var entries: [JournalEntry] { state.withLock { $0.entries } }

    /// The state that a replay of everything written so far gives.
    package var replica: Scheduler { state.withLock { $0.replica } }

    package func append(_ entries: [JournalEntry], leadingTo leadingState: Scheduler) async throws(Trouble) {
        try state.withLock { state throws(Trouble) in
            if Self.refuses(&state) { throw Trouble(diskRefusal: "the disk is full") }
            state.commits += 1
            state.batchSizes.append(entries.count)
            if case .before(let count) = state.crash, count == state.commits { throw Trouble("the machine died") }
            for entry in entries {
                violations.require(
                    entry.sequence == state.entries.count + 1,
                    "entry \(entry.sequence) follows \(state.entries.count)"
                )
                state.entries.append(entry)
                let effects = state.replica.handle(entry.event, at: entry.time)
                Laws.check(state.replica, after: entry, effects: effects, violations)
                Laws.checkEffects(effects, of: state.replica, after: state.entries, violations)
            }
            violations.require(
                state.replica == leadingState,
                "the state handed to the journal is not what its entries give"
            )
            if case .after(let count) = state.crash, count == state.commits { throw Trouble("the machine died") }
        }
    }

    private static func refuses(_ state: inout State) -> Bool {
        switch state.refusal {
        case .never: false
        case .random(let percent): state.commits > 0 && Int.random(in: 0..<100, using: &state.random) < percent
        case .after(let count): state.commits >= count
        }
    }

    /// How many entries each commit had.
    package var batchSizes: [Int] { state.withLock { $0.batchSizes } }

    /// From now on the disk takes everything.
    package func makeRoom() { state.withLock { $0.refusal = .never } }

    /// Takes the crash away, as a restart does.
    package func repair() { state.withLock { $0.crash = .never } }
}

/// What must hold after every single event of every run.
package enum Laws {
    package static func check(
        _ scheduler: Scheduler,
        after entry: JournalEntry,
        effects: [Effect],
        _ violations: Violations
    ) {
        guard let snapshot = scheduler.snapshot(logPath: "") else { return }
        let tasks = snapshot.tasks
        let place = "after entry \(entry.sequence) (\(entry.event.name))"
        let byID = Dictionary(tasks.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let working = tasks.filter { [.preparing, .running, .checking].contains($0.state) }
        // A recheck has no agent and no worker.
        let workers = working.filter { $0.state != .checking || $0.worker != nil }.map(\.worker)
        violations.require(workers.count <= snapshot.header.workers, "\(workers.count) workers are busy \(place)")
        violations.require(Set(workers.compactMap(\.self)).count == workers.count, "a worker is shared \(place)")
        violations.require(
            tasks.count { $0.state == .merging && $0.detail != "waits to merge" } <= 1,
            "two merges at once \(place)"
        )
        for task in tasks where task.state.isActive {
            for dependency in task.dependencies {
                let state = byID[dependency]?.state
                violations.require(
                    state == .done || state == .skipped || state == .excluded,
                    "\(task.id) is \(task.state) while \(dependency) is \(state?.rawValue ?? "unknown") \(place)"
                )
            }
        }
        for effect in effects {
            if case .fault(let text) = effect { violations.report("fault \(place): \(text)") }
        }
        if scheduler.outcome == .finished {
            violations.require(
                tasks.allSatisfy { $0.state == .done || $0.state == .skipped || $0.state == .excluded },
                "finished with open tasks \(place)"
            )
        }
    }
}
