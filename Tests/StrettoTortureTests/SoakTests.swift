import FoundationEssentials
import StrettoCore
import StrettoJournal
import StrettoProcess
import TestSupport
import Testing

/// Many short tasks through one engine: what it holds must not grow with what it has done.
@Suite(.serialized) struct SoakTests {
    private static let taskCount = Torture.isThorough ? 2000 : 60
    /// One task in so many meets a fault.
    private static let faultRate = Torture.isThorough ? 100 : 12
    private static let workers = 8

    /// What a task may do besides its work: fail once, be killed once, leave a process behind, write where others do.
    private static let faults = [
        #"test "$STRETTO_ATTEMPT_NUMBER" != 1 || exit 1; "#,
        #"test "$STRETTO_ATTEMPT_NUMBER" != 1 || kill -9 $$; "#,
        "setsid sleep 300 & ",
        "echo line >>list; ",
    ]

    private static let names = (1...taskCount).map { number in
        "t" + String(repeating: "0", count: 4 - "\(number)".count) + "\(number)"
    }

    private static let plan: String = {
        var random = SplitMix64(seed: 1)
        let tasks = names.map { name in
            let isFaulty = Int.random(in: 0..<faultRate, using: &random) == 0
            let fault = isFaulty ? faults[Int.random(in: 0..<faults.count, using: &random)] : ""
            return "- {id: \(name), command: '\(fault)echo by \(name) >\(name).txt'}"
        }
        return "meta: {name: soak, workers: \(workers), backoff_base: 10ms, backoff_max: 10ms}\ntasks:\n"
            + tasks.joined(separator: "\n") + "\n"
    }()

    private static let script = #"cd "$1/repo" && exec "$STRETTO" run plan.yaml --plain >"$1/out" 2>&1 </dev/null"#

    /// A look at the engine when so many tasks were merged.
    private struct Sample {
        var done: Int
        var time: ContinuousClock.Instant
        var gauge: Gauge
    }

    @Test(.timeLimit(.minutes(60)))
    func `an engine holds no more after many tasks than after a few, and loses none of them`() async throws {
        // So many tasks make so many files that worktrees are reused in the end, and what that takes comes to what was there before: so
        // they are from the start.
        let scene = try await Scene(Torture.isThorough ? .rich : .plain, plan: Self.plan)

        async let running = Scene.shell(Self.script, [scene.root], root: scene.root, patience: .seconds(3000))
        let samples = try await watch(scene)
        let output = try await running

        #expect(output.status == .code(0), "\(Self.output(of: scene).suffix(4000))")
        expectFlatness(samples)
        try await expectCompleteness(scene)
        tell(samples, scene)
    }

    /// Looks at the engine until it is gone.
    private func watch(_ scene: Scene) async throws -> [Sample] {
        var engine: ProcessIdentity?
        try await waitUntil("engine", seen: { Self.output(of: scene) }) {
            engine = Census(root: scene.root).members(.engine).first?.process
            return engine != nil
        }
        let process = try #require(engine)
        var samples: [Sample] = []
        try await waitUntil("end", within: .seconds(3000)) {
            guard let gauge = Gauge(of: process) else { return true }
            let done = Self.output(of: scene).split(separator: "\n").count { $0.contains(" merged ") }
            samples.append(Sample(done: done, time: .now, gauge: gauge))
            return false
        }
        return samples
    }

    private static func output(of scene: Scene) -> String {
        FileManager.default.contents(atPath: scene.root + "/out").map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// The samples of a quarter of the run, by tasks done.
    private static func quarter(_ number: Int, of samples: [Sample]) -> [Gauge] {
        samples.filter { ($0.done * 4 / taskCount) == number - 1 }.map(\.gauge)
    }

    private func expectFlatness(_ samples: [Sample]) {
        let (second, last) = (Self.quarter(2, of: samples), Self.quarter(4, of: samples))
        #expect(!second.isEmpty && !last.isEmpty)
        let (before, after) = (Gauge.mean(second), Gauge.mean(last))
        // What the engine knows of a task that is done: a few KiB, and as much again that the allocator keeps.
        let growth = Double(Self.taskCount / 2) * 8 + 4096
        #expect(after.resident <= before.resident + growth, "\(before) -> \(after)")
        #expect(after.descriptors <= before.descriptors + 8, "\(before) -> \(after)")
        #expect(after.watches <= before.watches + 4, "\(before) -> \(after)")
        #expect(after.threads <= before.threads + 2, "\(before) -> \(after)")
        #expect(after.zombies <= before.zombies + 2, "\(before) -> \(after)")
    }

    private func expectCompleteness(_ scene: Scene) async throws {
        let (run, entries) = try scene.journal()
        #expect(run.outcome == .finished)
        let starts = entries.compactMap { entry in
            if case .started(let attempt, _) = entry.event { attempt } else { nil }
        }
        #expect(Set(starts).count == starts.count, "an attempt was started twice")

        let names = try await scene.git("ls-tree", "-r", "--name-only", run.id.branch).split(separator: "\n")
        let expected = Self.names.map { $0 + ".txt" } + ["base.txt", "list", "plan.yaml"]
        let own = names.map(String.init).filter { !$0.hasPrefix("many/") }
        #expect(Set(own).subtracting(["HANDOFF.md"]) == Set(expected))
        let merges = try await scene.git("log", "--first-parent", "--format=%s", run.id.branch).split(separator: "\n")
        #expect(merges.count { $0.hasPrefix("Merge task ") } == Self.taskCount)
        let kept = try await scene.git("for-each-ref", "--format=%(refname)", "refs/stretto/\(run.id)")
        let refs = Set(kept.split(separator: "\n").map(String.init))
        let missing = starts.filter { !refs.contains("refs/stretto/\(run.id)/\($0.task)/\($0.number)") }
        #expect(missing == [])

        let checkouts = try await scene.checkouts()
        #expect(checkouts.before == checkouts.now)
        scene.expectNoProcess()
    }

    /// One line with the figures, where all of it was tried.
    private func tell(_ samples: [Sample], _ scene: Scene) {
        guard Torture.isThorough else { return }
        let folder = scene.root + "/repo/.git/stretto"
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let bytes = files.filter { $0.hasPrefix("journal") }.map { name in
            FileManager.default.contents(atPath: folder + "/" + name)?.count ?? 0
        }
        func pace(from: Double, to: Double) -> String {
            let count = Double(Self.taskCount)
            guard let first = samples.first(where: { Double($0.done) >= count * from }),
                let last = samples.first(where: { Double($0.done) >= count * to }), last.done > first.done
            else { return "unknown" }
            return "\(first.time.duration(to: last.time) / (last.done - first.done))"
        }
        print(
            "torture soak: \(Self.taskCount) tasks; 2nd quarter: \(Gauge.mean(Self.quarter(2, of: samples)));",
            "last: \(Gauge.mean(Self.quarter(4, of: samples)));",
            "journal: \(bytes.reduce(0, +) / Self.taskCount) bytes per task;",
            "a task takes \(pace(from: 0.05, to: 0.15)) at the beginning, \(pace(from: 0.85, to: 0.95)) at the end"
        )
    }
}
