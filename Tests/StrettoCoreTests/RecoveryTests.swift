import FoundationEssentials
import StrettoCore
import Testing

private let a = TaskID("a"), b = TaskID("b")
private let attempt = AttemptID(task: TaskID("a"), number: 1)

private func task(_ id: TaskID, timeout: Duration? = nil) -> PlanTask {
    PlanTask(id: id, name: "Task \(id)", command: "true", timeout: timeout)
}

extension Effect {
    /// The name of the case, as ``Recovery/effect(in:)`` writes it.
    fileprivate var name: String {
        switch self {
        case .prepare: "prepare"
        case .run: "run"
        case .terminate: "terminate"
        case .collect: "collect"
        case .merge: "merge"
        case .dispose: "dispose"
        case .startTimer: "startTimer"
        case .conclude: "conclude"
        case .finish: "finish"
        case .fault: "fault"
        }
    }
}

/// The one table of recovery: what the scheduler asks for again, and what ARCHITECTURE.md says about it.
@Suite struct RecoveryTests {
    /// A run whose only effect under way is that of the step.
    private static func bench(in step: Recovery.Step) -> Bench {
        var bench = Bench([task(a)])
        let base = CommitID("base")
        switch step {
        case .preparing: break
        case .running: bench.send(.prepared(attempt, Worktree(path: "/w", base: base)))
        case .collecting:
            bench.send(.prepared(attempt, Worktree(path: "/w", base: base)))
            bench.send(.exited(attempt, AgentExit(status: .code(0), verdict: .completed(evidence: true))))
        case .merging: bench.work(a)
        case .removing:
            bench.work(a)
            bench.send(.merged(attempt, MergeReceipt(commit: CommitID("m"), tree: TreeID("t"), changed: true)))
        case .pausing:
            bench.work(a, verdict: .failed("exit code 1"))
            bench.send(.disposed(attempt, .removed))
        case .concluding:
            bench.work(a)
            bench.merge(a)
        case .over:
            bench.work(a)
            bench.merge(a)
            bench.send(.concluded(nil))
        }
        return bench
    }

    @Test(arguments: Recovery.Step.allCases)
    func `what is under way when an engine dies is what the next one asks for`(step: Recovery.Step) {
        var bench = Self.bench(in: step)
        let asked = bench.effects.last { $0.name == Recovery.effect(in: step) } ?? .fault("never asked")

        bench.send(.restarted)
        #expect(bench.effects == [], "nothing begins before the run goes on")
        bench.send(.recovered)

        #expect(bench.effects.map(\.name) == [Recovery.effect(in: step)])
        switch step {
        // A pause is shorter by what has passed of it, and a conclusion bears the time at which it is asked for.
        case .pausing, .concluding: break
        default: #expect(bench.effects == [asked])
        }
    }

    @Test func `the architecture shows the table as it is`() {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let text = FileManager.default.contents(atPath: root + "/ARCHITECTURE.md").map {
            String(decoding: $0, as: UTF8.self)
        }
        let traces = Recovery.Trace.allCases
        let head = (["step", "effect"] + traces.map(\.rawValue)).joined(separator: " | ")
        let rows = Recovery.Step.allCases.map { step in
            let deeds = traces.map { Recovery.deed(in: step, finding: $0)?.rawValue }
            return "| \(step.rawValue) | `\(Recovery.effect(in: step))` |"
                + deeds.map { $0.map { " \($0) |" } ?? " |" }.joined()
        }
        let table = ["| \(head) |", "|" + String(repeating: "---|", count: traces.count + 2)] + rows

        #expect(text?.contains(table.joined(separator: "\n")) == true, "expected:\n\(table.joined(separator: "\n"))")
    }

    @Test func `an agent is begun only where nothing of it was ever there`() {
        for trace in Recovery.Trace.allCases where trace != .nothing {
            #expect(Recovery.deed(in: .running, finding: trace) != .begin)
            #expect(Recovery.deed(in: .running, finding: trace) != .complete)
        }
    }

    @Test func `an edited plan counts before anything of the old one begins`() {
        var bench = Bench([task(a)])
        bench.work(a, verdict: .failed("exit code 1"))

        bench.send(.restarted)
        bench.send(.planRevised(Plan(name: "p", sections: [PlanSection(id: "s", name: "S", tasks: [task(b)])])))
        #expect(bench.effects == [])
        bench.send(.recovered)

        #expect(bench.prepared == [AttemptID(task: b, number: 1)])
    }

    @Test func `a run that was about to end in failure goes on with what an edit added`() {
        var settings = PlanSettings()
        settings.attemptsMax = 1
        var bench = Bench([task(a)], settings: settings)
        bench.work(a, verdict: .failed("exit code 1"))
        bench.send(.disposed(attempt, .removed))
        #expect(bench.isConcluding)

        bench.send(.restarted)
        bench.send(.planRevised(Plan(name: "p", sections: [PlanSection(id: "s", name: "S", tasks: [task(b)])])))
        bench.send(.attendanceBegan(holdsOnFailure: false))
        bench.send(.recovered)

        #expect(bench.prepared.map(\.task) == [b])
        #expect(!bench.isConcluding)
    }

    @Test func `a run that was about to end well goes on with what an edit added`() {
        var bench = Bench([task(a)])
        bench.work(a)
        bench.merge(a)
        #expect(bench.isConcluding)
        var unedited = bench

        let grown = Plan(name: "p", sections: [PlanSection(id: "s", name: "S", tasks: [task(a), task(b)])])
        for event in [Event.restarted, .planRevised(grown), .attendanceBegan(holdsOnFailure: false), .recovered] {
            bench.send(event)
        }
        unedited.send(.recovered)

        #expect(bench.prepared.map(\.task).last == b)
        #expect(!bench.isConcluding)
        #expect(unedited.isConcluding)
        #expect(unedited.effects.contains { if case .conclude = $0 { true } else { false } })
    }

    @Test func `a run that held for a decision asks again whoever is there now`() {
        var settings = PlanSettings()
        settings.attemptsMax = 1
        var bench = Bench([task(a)], settings: settings, holdsOnFailure: true)
        bench.work(a, verdict: .failed("exit code 1"))
        bench.send(.disposed(attempt, .removed))
        #expect(bench.scheduler.header(logPath: "")?.phase == .holding(.failed([a])))

        bench.send(.restarted)
        bench.send(.attendanceBegan(holdsOnFailure: false))
        bench.send(.recovered)

        #expect(bench.isConcluding, "without a board nobody would see that it holds")
    }

    @Test func `money that was added after a crash counts before the run ends for want of it`() {
        var bench = Bench([task(a), task(b)], workers: 1)
        bench.send(.adjusted(workers: nil, gates: nil, budget: Budget(tokens: 10)))
        bench.send(.prepared(attempt, Worktree(path: "/w", base: CommitID("base"))))
        bench.send(.usageReported(attempt, Usage(inputTokens: 20, outputTokens: 0)))
        bench.send(
            .exited(
                attempt,
                AgentExit(
                    status: .code(0),
                    verdict: .completed(evidence: true),
                    usage: Usage(inputTokens: 20, outputTokens: 0)
                )
            )
        )
        let changes = [PathChange(path: "f", kind: .added, added: 1, removed: 0)]
        let work = Contribution(base: CommitID("base"), commit: CommitID("c"), tree: TreeID("t"), changes: changes)
        bench.send(.collected(attempt, work, []))
        bench.merge(a)
        #expect(bench.isConcluding)

        bench.send(.restarted)
        bench.send(.adjusted(workers: nil, gates: nil, budget: Budget(tokens: 1000)))
        bench.send(.recovered)

        #expect(bench.prepared.map(\.task) == [b])
    }
}

/// A tree that could not be kept: the work is done, so it must not be done again for a lock that passes.
@Suite struct CollectionTests {
    private func collecting() -> Bench {
        var bench = Bench([task(a)])
        bench.send(.prepared(attempt, Worktree(path: "/w", base: CommitID("base"))))
        bench.send(.exited(attempt, AgentExit(status: .code(0), verdict: .completed(evidence: true))))
        return bench
    }

    @Test func `a tree that could not be kept for a passing reason is tried again`() {
        var bench = collecting()
        let order = bench.effects

        bench.send(.collectFailed(attempt, Trouble("index.lock is held", isPassing: true)))
        #expect(bench.effects == [.startTimer(.collection(attempt), .seconds(2))])
        #expect(bench.state(a) == .checking)
        bench.send(.timerFired(.collection(attempt)))

        #expect(bench.effects == order)
    }

    @Test func `the time of an attempt that is still checked is counted once`() {
        var bench = collecting()
        bench.clock = bench.clock.advanced(by: .seconds(60))
        let snapshot = bench.scheduler.snapshot(logPath: "")
        let task = snapshot?.tasks.first
        #expect(task?.state == .checking)
        #expect(task?.worked == .zero, "it is not over: its clock still runs from its start")
    }

    @Test func `a tree that cannot be kept at all costs an attempt, and its worktree is told of`() {
        var bench = collecting()

        bench.send(.collectFailed(attempt, Trouble("a file cannot be read")))

        #expect(bench.effects.contains(.dispose(attempt)))
        #expect(bench.state(a) == .retrying)
    }

    @Test func `what passes is tried three times, and after a restart at once`() {
        var bench = collecting()
        let order = bench.effects
        let trouble = Trouble("no space left", isPassing: true)
        bench.send(.collectFailed(attempt, trouble))
        bench.send(.recovered)
        #expect(bench.effects == order)
        bench.send(.collectFailed(attempt, trouble))
        #expect(bench.effects == [.startTimer(.collection(attempt), .seconds(4))])
        bench.send(.timerFired(.collection(attempt)))
        bench.send(.collectFailed(attempt, trouble))

        #expect(bench.state(a) == .retrying)
        #expect(bench.effects.contains(.dispose(attempt)))
    }
}
