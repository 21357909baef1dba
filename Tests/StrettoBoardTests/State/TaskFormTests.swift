import StrettoCore
import Testing

@testable import StrettoBoard

/// What people say to a run that goes on: one task more, and a message to an agent.
@Suite struct TaskFormTests {
    private static func text(_ board: BoardState) -> String { board.frame().lines.joined(separator: "\n") }

    private static func board() -> BoardState {
        var board = Fixture.board(120, 40)
        board.select("refund-endpoint")
        return board
    }

    private static let draft = TaskDraft(
        "Write the manual",
        id: TaskID("write-the-manual"),
        after: [TaskID("refund-endpoint"), TaskID("webhooks")],
        builder: .codex
    )

    /// A form in which that draft has been typed.
    private static func filled() -> BoardState {
        var board = board()
        board.press("n")
        board.press("Write the manual")
        board.press(.tab)
        board.press("Refund-endpoint, webh")
        board.press(.down)
        board.press(.tab)
        board.press("codex")
        return board
    }

    // MARK: A new task

    @Test func `a task is typed, added, and selected when it comes`() {
        var board = Self.filled()
        #expect(board.press(.enter) == [.send(.addTask(Self.draft))])
        #expect(board.press(.enter).isEmpty, "once is enough")

        _ = board.handle(.answered(.addTask(Self.draft), nil), at: board.now)
        #expect(board.dialogs.isEmpty)
        #expect(Self.text(board).contains("write-the-manual is in the run"))
        let snapshot = TaskSnapshot(
            id: TaskID("write-the-manual"),
            name: "Write the manual",
            section: "api",
            state: .waiting,
            changed: board.now
        )
        var header = Fixture.snapshot().header
        header.workers = 4
        let order = Fixture.tasks.map(\.id) + [snapshot.id]
        _ = board.handle(.update(RunUpdate(header: header, tasks: [snapshot], taskOrder: order)), at: board.now)
        #expect(board.selectedTask?.id == snapshot.id)
        board.press("n")
        #expect(!Self.text(board).contains("Write the manual▏"), "the next form begins empty")
    }

    @Test func `a task that the engine refuses is not lost`() {
        var board = Self.filled()
        board.press(.enter)
        _ = board.handle(.answered(.addTask(Self.draft), Refusal("the run has 10000 tasks")), at: board.now)
        #expect(Self.text(board).contains("the run has 10000 tasks"))
        #expect(Self.text(board).contains("Write the manual"))

        board.press(.escape)
        #expect(Self.text(board).contains("not added; n goes on with it"))
        board.press("n")
        #expect(Self.text(board).contains("Write the manual"))
    }

    @Test(arguments: [
        ("nobody", "there is no task 'nobody'"), ("webhoks", "there is no task 'webhoks': did you mean 'webhooks'?"),
        ("re", "'re' may be refund-model, refund-endpoint"),
    ])
    func `a task that is not there, or not the only one, is told before anything is sent`(after: String, reason: String)
    {
        var board = Self.board()
        board.press("n")
        board.press("Write it")
        board.press(.tab)
        board.press(after)

        #expect(board.press(.enter).isEmpty)
        #expect(Self.text(board).contains(reason), "\(Self.text(board))")
    }

    @Test func `a form without words is not sent`() {
        var board = Self.board()
        board.press("n")
        #expect(board.press(.enter).isEmpty)
        #expect(Self.text(board).contains("say what is to be done"))
    }

    @Test func `while text is looked for, n goes to the next match`() {
        var board = SearchTests.searching("line", in: 200)
        #expect(board.availability(of: .newTask).isReady == false)
        board.press("n")
        #expect(board.dialogs.isEmpty)
    }

    @Test func `a run that ends takes no task, and says so`() {
        var board = Fixture.board(snapshot: Fixture.snapshot(phase: .stopping))
        board.press("n")
        #expect(board.toast?.text == "the run is ending: add the task to the plan file")
    }

    // MARK: A message

    @Test func `a message says first what it leads to, and is kept until the engine has it`() {
        var board = Self.board()
        let task = TaskID("refund-endpoint")
        board.press("m")
        #expect(Self.text(board).contains("goes on in the same session"))
        board.press("use the header")
        board.press(.enter)
        let command = Command.message(task, text: "use the header")
        #expect(board.press("m") == [.send(command)])

        _ = board.handle(.answered(command, Refusal("the budget is spent")), at: board.now)
        #expect(Self.text(board).contains("not sent: the budget is spent; the note is kept"))
        board.press("m")
        #expect(Self.text(board).contains("use the header"))
        board.press(.escape)
        _ = board.handle(.answered(command, nil), at: board.now)
        board.press("m")
        #expect(!Self.text(board).contains("use the header"))
    }

    @Test func `an agent without sessions is told of as such`() {
        var tasks = Fixture.tasks
        for index in tasks.indices { tasks[index].hearing = .anew }
        var board = Fixture.board(120, 40, snapshot: Fixture.snapshot(tasks: tasks))
        board.select("refund-endpoint")
        board.press("m")
        #expect(Self.text(board).contains("keeps no session: this attempt ends"), "\(Self.text(board))")
    }

    @Test func `in a review a message asks for changes, and to a command there is nothing to say`() {
        var board = Fixture.board(120, 40)
        board.select("webhooks")
        board.press("m")
        #expect(Self.text(board).contains("Ask for changes"))

        var tasks = Fixture.tasks
        for index in tasks.indices { tasks[index].hearing = .never }
        var commands = Fixture.board(120, 40, snapshot: Fixture.snapshot(tasks: tasks))
        commands.select("refund-endpoint")
        commands.press("m")
        #expect(commands.toast?.text == "refund-endpoint is done by a command, which reads no messages")
    }

    @Test func `a message without words is not sent`() {
        var board = Self.board()
        board.press("m")
        board.press(.enter)
        #expect(board.press("m").isEmpty)
        #expect(!board.dialogs.isEmpty)
    }

    // MARK: Commands

    /// The fixture's run with commands in place of agents.
    private static func commands() -> BoardState {
        let tasks = Fixture.tasks.map { task in
            var task = task
            task.builder = .command
            task.usage = .zero
            return task
        }
        return Fixture.board(120, 40, snapshot: Fixture.snapshot(tasks: tasks))
    }

    @Test func `in a plan of commands a new task is a command, unless an agent is named`() {
        var board = Self.commands()
        #expect(board.press("n") == [.requestPlan])
        #expect(Self.text(board).contains("By      command"))
        #expect(Self.text(board).contains("The shell runs what you write, as a command"))
        board.press("make docs")
        guard case .send(.addTask(let draft)) = board.press(.enter).first else {
            Issue.record("nothing was sent")
            return
        }
        #expect(draft.builder == .command)

        board.press(.backTab)
        board.press(.control("u"))
        board.press("codex")
        #expect(Self.text(board).contains("The agent codex does it, and spends tokens."))
    }

    @Test func `a form says which agent the plan has for a task that names none`() {
        var board = Self.board()
        board.press("n")
        #expect(Self.text(board).contains("An agent does it, as the plan has it"))

        _ = board.handle(.plan(GateTests.spec), at: board.now)
        #expect(Self.text(board).contains("The agent claude does it, as the plan has it, and spends tokens."))
    }

    @Test func `what is asked about a command speaks of no agent`() {
        for keys in ["c", "R", "x"] {
            var board = Self.commands()
            board.select(keys == "c" ? "webhooks" : "refund-endpoint")
            if keys == "c" { board.press("r") }
            board.press(keys)

            #expect(Self.text(board).contains("Its command"), "\(keys)")
            #expect(!Self.text(board).contains("agent"), "\(keys)")
        }
    }

    @Test func `a failed task without files says how to get some`() {
        var tasks = Fixture.tasks
        tasks[4].state = .failed
        tasks[4].attempts = []
        var board = Fixture.board(snapshot: Fixture.snapshot(tasks: tasks))
        board.select("refund-endpoint")
        board.press("e")

        #expect(board.toast?.text == "refund-endpoint has no worktree now: R retries it")
    }
}
