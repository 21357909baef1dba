import StrettoCore
import Testing

private let a = TaskID("a")
private let b = TaskID("b")
private let c = TaskID("c")
private let new = TaskID("new")

/// Tasks that a person adds while a run goes on.
@Suite struct AdditionTests {
    private func task(_ id: TaskID, after dependencies: [TaskID] = []) -> PlanTask {
        PlanTask(id: id, name: id.text, dependencies: dependencies)
    }

    private func refusal(_ bench: Bench, _ draft: TaskDraft) -> String? {
        do throws(Refusal) {
            _ = try bench.scheduler.admit(.addTask(draft))
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func `a task that waits for nothing starts at once where a worker is free`() throws {
        var bench = Bench([task(a)])
        try bench.order(.addTask(TaskDraft("Write the manual", id: new)))

        #expect(bench.prepared == [AttemptID(task: new, number: 1)])
        #expect(bench.scheduler.task(new)?.section == "S")
        #expect(bench.scheduler.taskOrder == [a, new])
    }

    @Test func `a task between two others waits for the one and holds the other back`() throws {
        var bench = Bench([task(a), task(b, after: [a])])
        try bench.order(.addTask(TaskDraft("Between", id: new, after: [a], before: [b])))
        #expect(bench.state(new) == .waiting)

        bench.work(a, changes: [])
        #expect(bench.prepared == [AttemptID(task: new, number: 1)], "b waits for the new one")
        bench.work(new, changes: [])

        #expect(bench.prepared == [AttemptID(task: b, number: 1)])
    }

    @Test func `an id is made of the words, and never one that is taken`() throws {
        var bench = Bench([task(TaskID("write-the-manual-for"))])
        try bench.order(.addTask(TaskDraft("Write the manual for the API")))

        let added = try #require(bench.scheduler.task(TaskID("write-the-manual-for-2")))
        #expect(added.name == "Write the manual for the API")
        #expect(TaskDraft.id(for: "日本語", besides: []) == TaskID("task"))
    }

    @Test func `a long text is a short name and a whole description`() throws {
        let text = String(repeating: "word ", count: 40) + "\nand more"
        var bench = Bench([task(a)])
        try bench.order(.addTask(TaskDraft(text, id: new)))

        let added = try #require(bench.scheduler.task(new))
        #expect(added.name.count <= 72 && added.name.hasSuffix("word…"))
        #expect(added.description == text)
    }

    @Test func `what cannot be is refused with the reason`() {
        var bench = Bench([task(a), task(b, after: [a]), task(c, after: [b])])
        bench.work(a, changes: [])
        let wrong: [(TaskDraft, String)] = [
            (TaskDraft("  \n"), "say what is to be done"),
            (TaskDraft("x", id: b), "there is a task 'b' in this run already: choose another id"),
            (TaskDraft("x", id: TaskID("two\nlines")), "an id is one line without control characters"),
            (TaskDraft("x", after: [TaskID("bb")]), "there is no task 'bb' in this run: did you mean 'b'?"),
            (TaskDraft("x", before: [a]), "a is over, so it waits for nothing more"),
            (TaskDraft("x", before: [b]), "b has begun, so it waits for nothing more"),
            (
                TaskDraft("x", after: [c], before: [c]),
                "the task would wait for itself: it is to come after 'c' and before 'c', and 'c' cannot be both"
            ),
            (
                TaskDraft("x", builder: BuilderName(rawValue: "cladue")),
                "no builder is called 'cladue': did you mean 'claude'?"
            ),
            (
                TaskDraft("x", builder: .claude, command: "make"),
                "a command is run by no agent: leave the builder 'claude' away"
            ),
        ]
        for (draft, reason) in wrong { #expect(refusal(bench, draft) == reason) }
    }

    @Test func `a task that would close a circle is refused`() {
        let bench = Bench([task(a), task(b, after: [a]), task(c, after: [b])], workers: 1)

        #expect(
            refusal(bench, TaskDraft("x", after: [c], before: [b]))
                == "the task would wait for itself: it is to come after 'c' and before 'b', and 'c' waits for 'b'"
        )
    }

    @Test func `a run that is over or ends takes no task, and one that holds goes on with it`() throws {
        var over = Bench([task(a)])
        over.work(a, changes: [])
        over.send(.disposed(AttemptID(task: a, number: 1), .removed))
        #expect(refusal(over, TaskDraft("x")) == "the run is ending: add it to the plan file instead")
        over.send(.concluded(nil))
        #expect(refusal(over, TaskDraft("x")) == "the run is over")

        var holding = Bench([PlanTask(id: a, name: "A", attemptsMax: 1)], holdsOnFailure: true)
        holding.work(a, verdict: .failed("no"))
        holding.send(.disposed(AttemptID(task: a, number: 1), .removed))
        #expect(holding.scheduler.header(logPath: "")?.phase == .holding(.failed([a])))
        try holding.order(.addTask(TaskDraft("Another way", id: new)))
        #expect(holding.prepared == [AttemptID(task: new, number: 1)])
    }

    @Test func `a command is a task without an agent`() throws {
        var bench = Bench([task(a)])
        try bench.order(.addTask(TaskDraft("make docs", id: new, builder: .command)))
        #expect(bench.scheduler.spec?.plan.tasks.last?.command == "make docs")
        #expect(bench.scheduler.task(new)?.builder == .command)
    }

    @Test func `the plan file owes nothing for an added task, and going on with the run keeps it`() throws {
        var bench = Bench([task(a), task(b)], workers: 1)
        try bench.order(.addTask(TaskDraft("More", id: new, before: [b])))
        let spec = try #require(bench.scheduler.spec)
        let file = Plan(name: "p", sections: [PlanSection(id: "s", name: "S", tasks: [task(a), task(b)])])
        let tasks = bench.scheduler.snapshot(logPath: "")?.tasks ?? []

        #expect(spec.plan.asInFile.tasks.map(\.id) == [a, b])
        #expect(spec.plan.asAsked(by: file, tasks, doing: []) == spec.plan, "nothing was edited")

        let edited = Plan(name: "p", sections: [PlanSection(id: "s", name: "S", tasks: [task(b), task(c)])])
        let asked = spec.plan.asAsked(by: edited, tasks, doing: [])
        #expect(asked.tasks.map(\.id) == [b, c, new])
        bench.send(.planRevised(asked))
        #expect(bench.scheduler.task(b)?.dependencies == [new])
    }

    @Test func `an approval for a plan that has got a task since is refused`() throws {
        var bench = Bench([task(a)], gates: Gates(plan: .human))
        let shown = try #require(bench.scheduler.header(logPath: "")?.planEdition)
        try bench.order(.addTask(TaskDraft("More", id: new)))

        #expect(throws: Refusal("the plan has changed since it was shown: look at it again")) {
            _ = try bench.scheduler.admit(.approvePlan(edition: shown))
        }
        let now = try #require(bench.scheduler.header(logPath: "")?.planEdition)
        try bench.order(.approvePlan(edition: now))
        #expect(bench.prepared.count == 2)
        #expect(bench.scheduler.header(logPath: "")?.planEdition == nil)
    }

    @Test(arguments: [Command.reorder(b, before: a), .skip(a, reason: "")])
    func `an approval binds the order and what is left out`(change: Command) throws {
        var bench = Bench([task(a), task(b)], gates: Gates(plan: .human))
        let shown = try #require(bench.scheduler.header(logPath: "")?.planEdition)
        try bench.order(change)

        #expect(bench.scheduler.admits(.approvePlan(edition: shown)) == false)
        #expect(bench.scheduler.admits(.approvePlan()))
    }
}
