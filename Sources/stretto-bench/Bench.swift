import FoundationEssentials
import Glibc
import StrettoBuilders
import StrettoCore
import StrettoJournal
import StrettoProcess

/// Measures what the issue of speed asks, each figure as a ratio within this very run where that is possible.
enum Bench {
    /// Measures everything, or only the parts that the arguments name.
    static func main() async -> Bool {
        let parts: [(name: String, measure: () async throws -> Void)] = [
            ("overhead", Overhead.measure), ("scheduler", scheduler), ("replay", replay), ("transcripts", transcripts),
            ("warm", warmWorktrees), ("decoders", decoders),
        ]
        let wanted = CommandLine.arguments.dropFirst()
        do {
            if wanted.first == "emit" { return Emitter.run(Array(wanted.dropFirst())) }
            if wanted.first == "board" { return try await BoardBench.run(Array(wanted.dropFirst())) }
            for part in parts where wanted.isEmpty || wanted.contains(part.name) { try await part.measure() }
            return true
        } catch {
            print("bench: \(error)")
            return false
        }
    }

    // MARK: Scheduler and journal

    /// A plan of 500 tasks: the mean time to handle and append one event.
    private static func scheduler() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/stretto-bench-journal-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let tasks = (0..<500).map { number in
            PlanTask(
                id: TaskID("t\(number)"),
                name: "Task \(number)",
                dependencies: number < 8 ? [] : [TaskID("t\(number - 8)"), TaskID("t\(number / 2)")],
                command: "true"
            )
        }
        let plan = Plan(name: "bench", sections: [PlanSection(id: "s", name: "S", tasks: tasks)])
        let spec = RunSpec(
            id: RunID("bench-1"),
            plan: plan,
            planPath: "plan.yaml",
            base: CommitID(String(repeating: "0", count: 40)),
            workers: 8,
            gates: Gates()
        )
        let journal = try await Journal.open(at: folder + "/journal.sqlite", for: spec.id)
        var machine = Scheduler()
        var events: [Event] = [.opened(spec)]
        var sequence = 0
        var handling = Duration.zero
        let clock = ContinuousClock()
        let whole = try await clock.measure {
            while !events.isEmpty {
                let event = events.removeFirst()
                sequence += 1
                let time = Timestamp(milliseconds: Int64(sequence))
                var effects: [Effect] = []
                handling += clock.measure { effects = machine.handle(event, at: time) }
                try await journal.append([JournalEntry(sequence: sequence, time: time, event: event)])
                events += effects.compactMap(answer)
            }
        }
        guard machine.outcome == .finished else {
            throw Failure(text: "the 500 tasks ended as \(String(describing: machine.outcome))")
        }
        print(
            "500 tasks, \(sequence) events: one event     \(milliseconds(whole / sequence))   at most 1 ms, of it handling \(milliseconds(handling / sequence))"
        )
    }

    /// What a world without trouble answers.
    static func answer(_ effect: Effect) -> Event? {
        let commit = CommitID(String(repeating: "1", count: 40))
        let tree = TreeID(String(repeating: "2", count: 40))
        switch effect {
        case .prepare(let order): return .prepared(order.attempt, Worktree(path: "/w", base: commit))
        case .run(let order):
            return .exited(order.attempt, AgentExit(status: .code(0), verdict: .completed(evidence: true)))
        case .collect(let order):
            let change = PathChange(path: "f\(order.attempt)", kind: .added, added: 1, removed: 0)
            return .collected(
                order.attempt,
                Contribution(base: commit, commit: commit, tree: tree, changes: [change]),
                []
            )
        case .merge(let order): return .merged(order.attempt, MergeReceipt(commit: commit, tree: tree, changed: true))
        case .dispose(let attempt): return .disposed(attempt, .removed)
        case .conclude: return .concluded(nil)
        case .terminate, .startTimer, .finish, .fault: return nil
        }
    }

    // MARK: Transcripts

    /// How fast a claude stream becomes readable text.
    private static func transcripts() throws {
        let line =
            #"{"type":"assistant","message":{"id":"m","content":[{"type":"text","text":"\#(String(repeating: "All is well. ", count: 60))"}]}}"#
            + "\n"
        let chunk = Array(String(repeating: line, count: 64).utf8)
        var renderer = TranscriptRenderer(builder: .claude)
        var count = 0
        let clock = ContinuousClock()
        let whole = clock.measure {
            for _ in 0..<200 { count += renderer.render(chunk).count }
        }
        let rate = Double(chunk.count * 200) / 1e6 / (Double(whole.milliseconds) / 1000)
        print("claude transcript                     \(Int(rate)) MB/s")
    }

    // MARK: Decoders

    private static let streamBytes = 1 << 30

    /// How fast captured output is read, each repeated to a gigabyte, in processor time, and what that costs in memory.
    private static func decoders() throws {
        for (builder, name) in [(BuilderName.claude, "multi-tool"), (.codex, "multi-tool")] {
            let path = "Tests/Support/\(builder.rawValue)/\(name).jsonl"
            guard let capture = try? Data(contentsOf: URL(filePath: path)), !capture.isEmpty else {
                print("\(builder.rawValue) decoder: skipped, \(path) is not here: run it from the project's root")
                continue
            }
            // As it is read from a file: chunks that end anywhere.
            let repeated = Array(capture) + Array(capture)
            let chunkBytes = 64 << 10
            var stream: [UInt8] = []
            while stream.count < chunkBytes * 16 { stream += repeated }
            var trace = StreamTrace(builder, time: Timestamp(milliseconds: 0), prices: .standard, environment: [:])
            var chunks: [[UInt8]] = []
            var place = 0
            while place < stream.count {
                chunks.append(Array(stream[place..<min(place + chunkBytes, stream.count)]))
                place += chunkBytes
            }
            let before = peakKilobytes()
            var bytes = 0
            var events = 0
            let begin = processorSeconds()
            while bytes < streamBytes {
                for chunk in chunks {
                    events += trace.skim(chunk)
                    bytes += chunk.count
                }
            }
            let rate = Double(bytes) / 1e6 / (processorSeconds() - begin)
            let title = "\(builder.rawValue) decoder, 1 GB"
            print(
                title + String(repeating: " ", count: max(1, 38 - title.count))
                    + "\(Int(rate)) MB/s, at least 200; \(events) events, peak memory grew by \(peakKilobytes() - before) KB"
            )
        }
    }

    /// Processor time of this process: on a busy machine, too, it tells what the work itself costs.
    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func peakKilobytes() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }

    // MARK: Tools

    struct Failure: Error, CustomStringConvertible {
        var text: String
        var description: String { text }
    }

    static func stretto() throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: own).deletingLastPathComponent().appending(path: "stretto").path
    }

    static func environment(_ home: String?) -> [String: String] {
        var environment = Environment.current().filter { !$0.key.hasPrefix("GIT_") }
        for role in ["AUTHOR", "COMMITTER"] {
            environment["GIT_\(role)_NAME"] = "Bench"
            environment["GIT_\(role)_EMAIL"] = "bench@localhost"
        }
        if let home { environment["XDG_STATE_HOME"] = home + "/state" }
        return environment
    }

    @discardableResult
    static func git(_ arguments: [String], in directory: String) async throws -> String {
        try await run(["git", "-c", "commit.gpgSign=false", "-c", "gc.auto=0"] + arguments, in: directory)
    }

    static func run(_ arguments: [String], in directory: String) async throws -> String {
        let output = try await ChildProcess.run(
            ProcessCommand(arguments: arguments, directory: directory, environment: environment(nil))
        )
        guard output.status == .code(0) else { throw Failure(text: "\(arguments): \(output.errorText)") }
        return output.text.split(separator: "\n").first.map(String.init) ?? ""
    }

    static func milliseconds(_ duration: Duration) -> String {
        let microseconds = duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
        let text = "\(microseconds / 1000).\(String(1000 + microseconds % 1000).dropFirst()) ms"
        return String(repeating: " ", count: max(0, 11 - text.count)) + text
    }

    static func ratio(_ duration: Duration, _ base: Duration) -> String {
        let tenths = duration / base * 10
        return "\(Int(tenths) / 10).\(Int(tenths) % 10)x"
    }
}
