import StrettoCore
import Testing

private let a = TaskID("a")
private let b = TaskID("b")

/// Words that a person has for the agent of a task.
@Suite struct MessageTests {
    private func launched(_ bench: Bench) throws -> LaunchOrder {
        try #require(bench.effects.lazy.compactMap { if case .run(let order) = $0 { order } else { nil } }.first)
    }

    private func collect(_ attempt: AttemptID, in bench: inout Bench, _ verdict: Verdict = .interrupted("SIGINT")) {
        bench.send(.exited(attempt, AgentExit(status: .code(0), verdict: verdict, sessionID: "s")))
        let work = Contribution(
            base: CommitID("base"),
            commit: CommitID("c1"),
            tree: TreeID("t"),
            changes: [PathChange(path: "f", kind: .added, added: 1, removed: 0)]
        )
        bench.send(.collected(attempt, work, []))
    }

    /// A bench where `a` is at work on the only worker and `b` would be next.
    private func atWork(_ builder: BuilderName = .claude) -> Bench {
        var bench = Bench(
            [PlanTask(id: a, name: "A", builder: builder, priority: 9), PlanTask(id: b, name: "B")],
            workers: 1
        )
        bench.prepare(a, 1)
        return bench
    }

    @Test
    func `an agent at work is interrupted and goes on in its session with the words, before anything else starts`()
        throws
    {
        var bench = atWork()
        let first = AttemptID(task: a, number: 1)
        try bench.order(.message(a, text: " use the header "))
        #expect(bench.effects == [.terminate(first)])
        collect(first, in: &bench)
        #expect(bench.prepared == [AttemptID(task: a, number: 2)], "at once, and before b")
        bench.prepare(a, 2)

        let order = try launched(bench)
        #expect(order.resumes?.id == "s")
        #expect(order.resumes?.work == CommitID("c1"))
        #expect(order.prompt.messages == ["use the header"])
        #expect(order.prompt.findings.isEmpty, "nothing has failed")
    }

    @Test func `words that come while an agent ends itself reach it all the same`() throws {
        var bench = atWork()
        let first = AttemptID(task: a, number: 1)
        try bench.order(.message(a, text: "one"))
        try bench.order(.message(a, text: "two"))
        #expect(bench.effects.isEmpty, "it is interrupted once")
        collect(first, in: &bench, .completed(evidence: true))
        bench.prepare(a, 2)

        #expect(try launched(bench).prompt.messages == ["one", "two"])
    }

    @Test func `an agent without sessions begins anew with the words`() throws {
        let program = BuilderName(rawValue: "mini")
        var bench = atWork(program)
        #expect(bench.scheduler.task(a)?.hearing == .anew)
        try bench.order(.message(a, text: "shorter"))
        let first = AttemptID(task: a, number: 1)
        bench.send(.exited(first, AgentExit(status: .signal(2), verdict: .interrupted("SIGINT"))))
        let work = Contribution(base: CommitID("b"), commit: CommitID("c"), tree: TreeID("t"), changes: [])
        bench.send(.collected(first, work, []))
        bench.prepare(a, 2)

        let order = try launched(bench)
        #expect(order.resumes == nil)
        #expect(order.prompt.messages == ["shorter"])
    }

    @Test func `words before the start wait for the first attempt, and interrupt nobody`() throws {
        var bench = atWork()
        try bench.order(.message(b, text: "gently"))
        #expect(bench.effects.isEmpty)
        collect(AttemptID(task: a, number: 1), in: &bench, .completed(evidence: true))
        bench.prepare(b, 1)

        #expect(try launched(bench).prompt.messages == ["gently"])
    }

    @Test func `a key in them reaches neither journal nor prompt`() throws {
        let key = "sk-ant-api03-" + String(repeating: "Ab1", count: 20)
        var bench = atWork()
        let event = try bench.scheduler.admit(.message(a, text: "use \(key)"))
        #expect(event == .messaged(a, text: Secrets.mask("use \(key)")))
        try bench.order(.addTask(TaskDraft("curl -H \(key)", id: TaskID("new"), builder: .command)))
        #expect(bench.scheduler.task(TaskID("new"))?.name.contains(key) == false)
        #expect(bench.scheduler.spec?.plan.tasks.last?.command?.contains(key) == true, "the command itself needs it")
    }

    @Test func `of a task in review they ask for changes`() throws {
        var bench = Bench([PlanTask(id: a, name: "A", review: .human)])
        bench.work(a)
        #expect(bench.state(a) == .review)

        #expect(
            try bench.scheduler.admit(.message(a, text: "rhyme"))
                == .changesRequested(AttemptID(task: a, number: 1), "rhyme")
        )
    }

    @Test func `an interruption for words is no failure`() throws {
        var bench = Bench([PlanTask(id: a, name: "A", attemptsMax: 1)])
        for number in 1...3 {
            bench.prepare(a, number)
            try bench.order(.message(a, text: "again"))
            collect(AttemptID(task: a, number: number), in: &bench, .failed("exit code 1"))
            #expect(bench.prepared == [AttemptID(task: a, number: number + 1)])
        }
    }

    @Test func `words that nobody would read are refused with the reason`() throws {
        var done = Bench([PlanTask(id: a, name: "A"), PlanTask(id: b, name: "B", command: "make")])
        done.work(a, changes: [])
        let long = String(repeating: "x", count: Scheduler.messageBytesMax + 1)
        let wrong: [(Command, String)] = [
            (.message(a, text: "late"), "a is done: its agent has finished"),
            (.message(b, text: "hello"), "b is done by a command, which reads no messages"),
            (.message(TaskID("x"), text: "hello"), "there is no task 'x' in this run"),
            (.message(b, text: " "), "a message needs words"),
            (.message(b, text: long), "a message has at most 16.4 KB: shorten it"),
        ]
        for (command, reason) in wrong {
            #expect(throws: Refusal(reason)) { _ = try done.scheduler.admit(command) }
        }
        var draining = atWork()
        try draining.order(.stopRun(.drain))
        #expect(throws: Refusal("nothing starts now, so the agent of a could not go on")) {
            _ = try draining.scheduler.admit(.message(a, text: "x"))
        }
        var stopped = atWork()
        try stopped.order(.stopTask(a))
        #expect(throws: Refusal("the agent of a is being ended already")) {
            _ = try stopped.scheduler.admit(.message(a, text: "x"))
        }
    }
}
