import FoundationEssentials
import Glibc
import StrettoCore
import StrettoJournal

/// How long it takes to know again how a long run stands.
extension Bench {
    private static let eventCount = 100_000
    private static let taskCount = 500
    /// So many reports of usage make a task's share of the events.
    private static let reportCount = 193

    /// Replays 100,000 events of 500 tasks from the first on, then from the newest snapshot on; in time of the processor, which
    /// is all that a replay takes.
    static func replay() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/stretto-bench-replay-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/journal.sqlite"
        for hasSnapshots in [false, true] {
            let run = RunID(hasSnapshots ? "short-1" : "long-1")
            let (entries, states) = story(of: run)
            let journal = try await Journal.open(at: path, for: run)
            for (batch, state) in zip(entries, states) {
                if hasSnapshots {
                    try await journal.append(batch, leadingTo: state)
                } else {
                    try await journal.append(batch)
                }
            }
            await journal.close()
            var replay = Replay()
            let whole = try processorTime { replay = try Journal.replay(of: run, at: path) }
            guard replay.scheduler == states.last, replay.sequence == eventCount else {
                throw Failure(text: "the replay is not what was written")
            }
            if hasSnapshots {
                print("replay of them from a snapshot        \(milliseconds(whole))")
            } else {
                let reading = try processorTime { _ = try Journal.entries(of: run, at: path) }
                print(
                    "replay of 100,000 events              \(milliseconds(whole))   at most 500 ms, of it reading \(milliseconds(reading))"
                )
            }
        }
        var status = stat()
        let size = stat(path, &status) == 0 ? Int(status.st_size) : 0
        print("journal, one event                    \(size / (2 * eventCount)) bytes on the disk")
    }

    private static func processorTime(_ body: () throws -> Void) rethrows -> Duration {
        func now() -> Duration {
            var time = timespec()
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        }
        let start = now()
        try body()
        return now() - start
    }

    /// A run of many reports, in batches as an engine would write them, with the state after each.
    private static func story(of run: RunID) -> ([[JournalEntry]], [Scheduler]) {
        let tasks = (0..<taskCount).map { number in
            PlanTask(
                id: TaskID("t\(number)"),
                name: "Task \(number)",
                description: String(repeating: "What is to be done, in some detail. ", count: 10),
                dependencies: number < 8 ? [] : [TaskID("t\(number - 8)"), TaskID("t\(number / 2)")],
                builder: .claude
            )
        }
        let spec = RunSpec(
            id: run,
            plan: Plan(name: "bench", sections: [PlanSection(id: "s", name: "S", tasks: tasks)]),
            planPath: "plan.yaml",
            base: CommitID(String(repeating: "0", count: 40)),
            workers: 8,
            gates: Gates(),
            budget: Budget(tokens: 1 << 60)
        )
        var machine = Scheduler()
        var batches: [[JournalEntry]] = []
        var states: [Scheduler] = []
        var events: [Event] = [.opened(spec)]
        var sequence = 0
        while sequence < eventCount {
            var batch: [JournalEntry] = []
            var effects: [Effect] = []
            for event in events.prefix(eventCount - sequence) {
                sequence += 1
                let time = Timestamp(milliseconds: 1_700_000_000_000 + Int64(sequence))
                batch.append(JournalEntry(sequence: sequence, time: time, event: event))
                effects += machine.handle(event, at: time)
            }
            batches.append(batch)
            states.append(machine)
            events = effects.flatMap(answers)
            if events.isEmpty { events = [.attendanceBegan(holdsOnFailure: true)] }
        }
        return (batches, states)
    }

    private static func answers(_ effect: Effect) -> [Event] {
        guard case .run(let order) = effect, let end = answer(effect) else { return answer(effect).map { [$0] } ?? [] }
        let process = AgentProcess(pid: 4711, outputPath: "/r/.git/stretto/runs/r/t/out", errorPath: "/r/err")
        let reports = (1...reportCount).map { count in
            let model = ModelUsage(
                model: "claude-sonnet-4-5-20250929",
                inputTokens: count * 1234,
                outputTokens: count * 56,
                cachedTokens: count * 789,
                microdollars: count * 3210
            )
            let usage = Usage(
                inputTokens: model.inputTokens,
                outputTokens: model.outputTokens,
                cachedTokens: model.cachedTokens,
                microdollars: model.microdollars,
                turns: count,
                models: [model]
            )
            return Event.usageReported(order.attempt, usage)
        }
        return [.started(order.attempt, process)] + reports + [end]
    }
}
