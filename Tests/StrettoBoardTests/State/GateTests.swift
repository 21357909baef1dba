import StrettoCore
import StrettoMarkdown
import Testing

@testable import StrettoBoard

/// The plan gate on the board: order, leaving out, edits, and the way on.
@Suite struct GateTests {
    static let order = Fixture.untouched.map(\.id)

    /// The plan of the fixture's tasks, with details that a snapshot does not have.
    static let spec: RunSpec = {
        let tasks = Fixture.untouched.map { task in
            PlanTask(
                id: task.id,
                name: task.name,
                description: task.description,
                dependencies: task.dependencies,
                checks: task.id.text == "webhooks" ? [Check(name: "replay", command: "make replay")] : [],
                review: task.id.text == "webhooks" ? .human : nil,
                files: task.id.text == "webhooks" ? ["Sources/API/**", "Tests/**"] : []
            )
        }
        let sections = ["schema", "api", "cli", "release"].map { name in
            let members = Fixture.untouched.filter { $0.section == name }.map(\.id)
            return PlanSection(id: name, name: name, tasks: tasks.filter { members.contains($0.id) })
        }
        let settings = PlanSettings(checks: [Check(name: "swift test", command: "swift test")])
        return RunSpec(
            id: RunID("payments-v2-7"),
            plan: Plan(name: "payments-v2", settings: settings, sections: sections),
            planPath: "plans/payments.yaml",
            base: Fixture.base,
            workers: 4,
            gates: Gates(plan: .human)
        )
    }()

    static var snapshot: RunSnapshot {
        let tasks = Fixture.untouched.map { task in
            var task = task
            if let first = task.dependencies.first { task.detail = "after \(first)" }
            return task
        }
        var snapshot = Fixture.snapshot(phase: .planReview, tasks: tasks)
        snapshot.header.startOrder = order
        snapshot.header.usage = .zero
        snapshot.handoff = ""
        return snapshot
    }

    static func board(_ columns: Int = 80, _ rows: Int = 24, glyphs: Glyphs = .unicode) -> BoardState {
        var board = BoardState(
            snapshot: snapshot,
            glyphs: glyphs,
            size: Size(columns: columns, rows: rows),
            now: Fixture.start,
            themes: Fixture.themes,
            reading: MarkdownReader.read
        )
        _ = board.handle(.plan(spec), at: Fixture.start)
        return board
    }

    static let edit: PlanEdit = .changed(
        spec.plan,
        [
            PlanDifference(kind: .added, task: TaskID("webhooks"), text: "task webhooks added"),
            PlanDifference(kind: .removed, task: TaskID("tag"), text: "task tag removed"),
            PlanDifference(kind: .changed, task: TaskID("docs"), text: "task docs: waits for webhooks"),
        ]
    )

    /// Boards in which, taken together, every key of the gate has something to do.
    static var situations: [BoardState] {
        var board = board()
        board.select("refund-model")
        var flat = board
        flat.press("o")
        var edited = Self.board(80, 15)
        let many = (1...40).map { PlanDifference(kind: .added, task: TaskID("\($0)"), text: "task \($0) added") }
        _ = edited.handle(.planEdited(.changed(spec.plan, many)), at: edited.now)
        var middle = edited
        middle.press("j")
        middle.press(.pageDown)
        return [board, flat, edited, middle]
    }

    private static func text(of board: BoardState) -> String { board.frame().lines.joined(separator: "\n") }

    @Test func `the plan is asked for once, and again when it has changed`() {
        var board = Fixture.emptyBoard()
        #expect(board.handle(.snapshot(Self.snapshot), at: Fixture.start).contains(.requestPlan))
        #expect(board.handle(.tick, at: Fixture.start).isEmpty)
        _ = board.handle(.plan(Self.spec), at: Fixture.start)
        #expect(board.gate.spec == Self.spec)

        let header = Self.snapshot.header
        #expect(board.handle(.update(RunUpdate(header: header)), at: Fixture.start).isEmpty)
        let whole = RunUpdate(header: header, tasks: Self.snapshot.tasks, taskOrder: Self.order)
        #expect(board.handle(.update(whole), at: Fixture.start) == [.requestPlan])
    }

    @Test func `a task moves one place with each key, however fast they come`() {
        var board = Self.board()
        board.select("refund-model")
        #expect(board.turns[TaskID("refund-model")] == 3)
        let first = board.press("J")
        let second = board.press("J")

        #expect(first == [.send(.reorder(TaskID("refund-model"), before: TaskID("refund-endpoint")))])
        #expect(second == [.send(.reorder(TaskID("refund-model"), before: TaskID("webhooks")))])
        #expect(board.turns[TaskID("refund-model")] == 5)
        #expect(Self.text(of: board).contains("refund-model starts as number 5 of 13"))
        #expect(board.press("K") == [.send(.reorder(TaskID("refund-model"), before: TaskID("refund-endpoint")))])
    }

    @Test func `a key that would go against a dependency says so, and so does the palette`() {
        var board = Self.board()
        board.select("rate-limit")
        for _ in 0..<1 { board.press("K") }
        #expect(board.press("K").isEmpty)
        #expect(board.toast?.text == "rate-limit needs refund-endpoint, so it starts after it")
        board.press(":")
        board.press("earlier")
        #expect(Self.text(of: board).contains("rate-limit needs refund-endpoint"))
    }

    @Test func `a task is left out and taken in again, a section with all its tasks`() {
        var board = Self.board()
        board.select("refund-endpoint")
        #expect(board.press("s") == [.send(.skip(TaskID("refund-endpoint"), reason: "left out of the plan"))])
        #expect(board.toast?.text == "refund-endpoint is left out: rate-limit will not wait")

        var tasks = Self.snapshot.tasks
        tasks[4].state = .skipped
        _ = board.handle(.update(RunUpdate(header: Self.snapshot.header, tasks: [tasks[4]])), at: board.now)
        #expect(Self.text(of: board).contains("left out"))
        #expect(board.press("s") == [.send(.retry(TaskID("refund-endpoint"), note: ""))])

        board.selection = .section("schema")
        #expect(
            board.press("s").map { "\($0)" }.count == 2,
            "both tasks of the section"
        )
    }

    @Test func `an edit is shown before it is taken, and only then sent`() {
        var board = Self.board()
        #expect(board.press("e") == [.editPlan(Self.spec)])
        #expect(board.handle(.planEdited(Self.edit), at: board.now).isEmpty)
        let text = Self.text(of: board)
        #expect(text.contains("+  task webhooks added"))
        #expect(text.contains("-  task tag removed"))
        #expect(text.contains("~  task docs: waits for webhooks"))
        #expect(text.contains("1 added   1 removed   1 change "))

        #expect(board.press("t") == [.send(.revisePlan(Self.spec.plan))])
        #expect(board.dialogs.isEmpty)
        board.select("docs")
        #expect(Self.text(of: board).contains("changed"))
        #expect(Self.text(of: board).contains("new"))
    }

    @Test func `an edit can be left, and a plan that cannot be read only edited again`() {
        var board = Self.board()
        _ = board.handle(.planEdited(Self.edit), at: board.now)
        #expect(board.press(.escape).isEmpty)
        #expect(board.toast?.text == "not taken: the file keeps your edit, and e shows it again")

        _ = board.handle(.planEdited(.broken(["3:5: 'depends_on' names 'x', which is no task"])), at: board.now)
        #expect(Self.text(of: board).contains("3:5: 'depends_on' names 'x', which is no task"))
        #expect(board.press("t").isEmpty)
        #expect(board.press("e") == [.editPlan(Self.spec)])

        _ = board.handle(.planEdited(.same), at: board.now)
        #expect(board.toast?.text == "the plan file says what the run has")
    }

    @Test func `a refused edit leaves no marks behind`() {
        var board = Self.board()
        _ = board.handle(.planEdited(Self.edit), at: board.now)
        guard case .send(let command) = board.press("t").first else {
            Issue.record("nothing was sent")
            return
        }
        _ = board.handle(.answered(command, Refusal("too late")), at: board.now)

        #expect(board.gate.news.isEmpty)
        #expect(board.toast?.text == "not taken: too late")
    }

    @Test func `leaving the gate asks, and can leave the plan waiting or end the run`() {
        var board = Self.board()
        board.press("q")
        #expect(Self.text(of: board).contains("Leave it waiting"))
        var ending = board
        #expect(board.press("l") == [.quit(.leave)])
        #expect(ending.press("S") == [.send(.stopRun(.now)), .quit(.stopNow)])
    }

    @Test func `the start is one key, and behind the gate its keys are those of the board`() {
        var board = Self.board()
        _ = board.handle(.planEdited(Self.edit), at: board.now)
        var running = Self.snapshot
        running.header.phase = .running
        running.header.startOrder = nil
        _ = board.handle(.update(RunUpdate(header: running.header)), at: board.now)

        #expect(board.dialogs.isEmpty, "an edit of a plan that has started can be taken by nobody")
        #expect(board.gate.spec == nil)
        board.select("refund-model")
        board.press("s")
        #expect(Self.text(of: board).contains("This releases") || Self.text(of: board).contains("Nothing waits for it"))
        var fresh = Self.board()
        #expect(fresh.press("a") == [.send(.approvePlan())])
    }

    @Test func `a task's card tells what it is to do before it has run`() {
        var board = Self.board(120, 40)
        board.select("webhooks")
        let text = Self.text(of: board)

        for words in ["number 6 of 13", "docs", "swift test, replay", "Sources/API/**", "by you, before it is merged"] {
            #expect(text.contains(words), "\(words)")
        }
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var columns: Int
        var rows: Int
        var isASCII = false
        var testDescription: String { "\(name)-\(columns)x\(rows)" + (isASCII ? "-ascii" : "") }
    }

    static let cases: [Case] = ["gate", "gate-order", "gate-edit", "gate-help"].flatMap { name in
        [(200, 50), (120, 40), (80, 24), (60, 15), (40, 12)].map { Case(name: name, columns: $0, rows: $1) }
            + [Case(name: name, columns: 80, rows: 24, isASCII: true)]
    }

    @Test(arguments: cases)
    func `every screen of the gate looks as it was accepted`(_ test: Case) throws {
        var board = Self.board(test.columns, test.rows, glyphs: test.isASCII ? .ascii : .unicode)
        switch test.name {
        case "gate": board.select("webhooks")
        case "gate-order":
            board.select("webhooks")
            board.press("o")
            board.press("K")
        case "gate-help": board.press("?")
        default: _ = board.handle(.planEdited(Self.edit), at: board.now)
        }
        try Golden.check(board.frame(), named: test.testDescription, file: #filePath)
    }

    @Test func `what is left out is neither done nor to be retried`() {
        var board = Self.board(120, 40)
        var tasks = Self.snapshot.tasks
        tasks[4].state = .skipped
        _ = board.handle(.update(RunUpdate(header: Self.snapshot.header, tasks: [tasks[4]])), at: board.now)
        board.select("refund-endpoint")
        let text = Self.text(of: board)

        #expect(text.contains("✓0 done"))
        #expect(text.contains("   0%"))
        #expect(text.contains("12 of 13 tasks"))
        #expect(!text.contains("R retry"))
        #expect(board.press("R").isEmpty)
        #expect(board.toast?.text == "refund-endpoint is left out: s takes it in again")
    }
}
