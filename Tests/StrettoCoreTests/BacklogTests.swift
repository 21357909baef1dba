import StrettoCore
import Testing

private func task(_ id: String, after: [String] = []) -> PlanTask {
    PlanTask(id: TaskID(id), name: "Task \(id)", dependencies: after.map { TaskID($0) }, command: "true")
}

/// Merges go one at a time, however many workers there are.
@Suite struct BacklogTests {
    private static let names = (1...9).map { "t\($0)" }

    @Test func `no new task begins while more contributions wait for their merges than is good`() {
        var bench = Bench(Self.names.map { task($0) }, workers: 2)
        // The first one is at its merge, and four wait: two for each worker.
        for name in Self.names.prefix(5) { bench.work(TaskID(name), changes: [name]) }

        #expect(bench.prepared == [])
        #expect(bench.state(TaskID("t7")) == .ready)
        #expect(bench.state(TaskID("t6")) == .preparing, "what is under way goes on")
        bench.merge(TaskID("t1"))
        #expect(bench.state(TaskID("t7")) == .preparing)
    }

    @Test func `the end of a task concerns those who wait for it, and what else they wait for`() {
        let tasks = [task("a"), task("e"), task("b", after: ["a", "e"]), task("c", after: ["b"]), task("d")]
        var bench = Bench(tasks, workers: 2)
        bench.work(TaskID("a"))
        #expect(bench.scheduler.task(TaskID("e"))?.releases == [])
        let receipt = MergeReceipt(commit: CommitID("m"), tree: TreeID("mt"), changed: true)

        bench.send(.merged(AttemptID(task: TaskID("a"), number: 1), receipt))

        // c is further away and d at work: neither reads differently.
        #expect(Set(bench.scheduler.touched) == [0, 1, 2])
        #expect(bench.scheduler.task(TaskID("e"))?.releases == [TaskID("b")])
    }
}
