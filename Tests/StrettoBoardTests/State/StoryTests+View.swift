import StrettoCore
import Testing

@testable import StrettoBoard

extension StoryTests {
    // MARK: Phases

    @Test func `the plan gate is opened by a, and only there`() {
        var board = Fixture.board(snapshot: Fixture.snapshot(phase: .planReview, tasks: Fixture.untouched))

        #expect(board.frame().lines.contains { $0.contains("a start the plan") })
        #expect(board.press("a") == [.send(.approvePlan())])
        var running = Fixture.board()
        #expect(running.press("a").isEmpty)
    }

    @Test func `a run that holds says what failed and takes a retry`() {
        var tasks = Fixture.tasks
        tasks[4].state = .failed
        tasks[4].detail = "3 of 3 attempts"
        let id = tasks[4].id
        var board = Fixture.board(snapshot: Fixture.snapshot(phase: .holding(.failed([id])), tasks: tasks))

        #expect(board.frame().lines.contains { $0.contains("1 task failed: refund-endpoint") })
        board.select("docs")
        let elsewhere = board.frame().lines.first { $0.contains("1 task failed") } ?? ""
        #expect(elsewhere.contains("! go there") && !elsewhere.contains("R retry"), "the keys act on the selected task")
        board.press("!")
        let there = board.frame().lines.first { $0.contains("1 task failed") } ?? ""
        #expect(there.contains("R retry") && there.contains("s skip"))
        board.select("refund-endpoint")
        board.press("R")
        #expect(board.press("R") == [.send(.retry(id, note: ""))])
    }

    @Test func `Esc ends a zoom before it leaves the pane`() {
        var board = Fixture.board()
        board.press(.tab)
        board.press("z")

        board.press(.escape)
        #expect(!board.isZoomed)
        #expect(board.focus == .output(0))
        board.press(.escape)
        #expect(board.focus == .tasks)
    }

    @Test(arguments: [(12, 4), (20, 6), (40, 12), (60, 15), (80, 24)])
    func `a question shows every choice, however low the screen`(columns: Int, rows: Int) {
        var board = Fixture.board(columns, rows)
        board.select("webhooks")
        for (key, letter) in [("s", "s"), ("R", "R"), ("q", "l")] {
            board.press(Key.character(Character(key)))
            let lines = board.frame().lines
            #expect(lines.contains { $0.contains("▌") && $0.contains("Esc") }, "Cancel is marked: \(lines)")
            if columns >= 20, key != "q" { #expect(lines.contains { $0.contains(" \(letter) │") }, "\(lines)") }
            if columns >= 20, key == "s" { #expect(lines.contains { $0.contains("This releases") }, "\(lines)") }
            board.press(.escape)
        }
    }

    @Test func `a stop can be taken back`() {
        var board = Fixture.board(snapshot: Fixture.snapshot(phase: .draining))

        #expect(board.press("u") == [.send(.resumeRun)])
    }

    @Test(arguments: [Key.character("q"), .enter, .escape])
    func `the summary of a finished run is left by q, Enter or Esc`(key: Key) {
        var board = Fixture.board()
        let over = Fixture.snapshot(phase: .over(.finished), tasks: Fixture.finished)
        _ = board.handle(.update(RunUpdate(header: over.header, tasks: over.tasks)), at: board.now)

        #expect(board.frame().lines.contains { $0.contains("stretto land") })
        #expect(board.press(key) == [.quit(.leave)])
    }

    @Test func `the summary does not take a key that was meant for a question`() {
        var board = Fixture.board()
        board.press("q")
        _ = board.handle(.goodbye(.stopped), at: board.now)

        #expect(board.press(.escape).isEmpty)
        #expect(board.handle(.key(.escape), at: board.now).isEmpty)
        #expect(board.press(.escape) == [.quit(.leave)])
    }

    // MARK: Looking around

    @Test func `a fold hides the tasks of a section and keeps its figures`() {
        var board = Fixture.board()
        board.select("export-cmd")
        board.press(" ")

        #expect(board.selection == .section("cli"))
        #expect(!board.rows.contains { $0.identity == .task(TaskID("export-cmd")) })
        #expect(board.frame().lines.contains { $0.contains("cli") && $0.contains("0/2") })
        board.press(" ")
        #expect(board.rows.contains { $0.identity == .task(TaskID("export-cmd")) })
    }

    @Test func `a filter keeps the tasks that match until Esc`() {
        var board = Fixture.board()
        board.press("/REFUND")
        board.press(.enter)

        let shown = board.rows.compactMap { if case .task(let task) = $0.content { task.name } else { nil } }
        #expect(shown == ["refund-model", "refund-endpoint"])
        board.press(.escape)
        #expect(board.rows.count == 17)
    }

    @Test func `scrolling up stops following, and new lines are counted until G`() {
        var board = Fixture.board()
        board.select("refund-endpoint")
        guard let source = board.wantedLogs.first else {
            Issue.record("no output is wanted")
            return
        }
        let lines = (0..<100).map { "line \($0)\n" }.joined()
        board.hear(lines, of: source)
        board.press(.control("u"))
        board.hear("one\ntwo\n", of: source)

        #expect(board.frame().lines.contains { $0.contains("↓ 2 new lines · G to follow") })
        board.press(.enter)
        board.press("G")
        #expect(board.frame().lines.contains { $0.contains("│ two") })
    }

    @Test func `the wheel scrolls the pane under the pointer and moves neither focus nor selection`() {
        var board = Fixture.board()
        board.select("refund-endpoint")
        let source = board.wantedLogs[0]
        board.hear(String(repeating: "x\n", count: 99), of: source)
        let selection = board.selection
        board.press(.mouse(MouseEvent(.wheelUp, column: 60, row: 10)))

        #expect(board.logs[source]?.isFollowing == false)
        #expect(board.selection == selection)
        #expect(board.focus == .tasks)
    }

    @Test func `the wheel scrolls the tree under the pointer, and the next key brings the selection back`() {
        var board = Fixture.board(80, 15)
        board.select("ledger-migration")
        let tree = MouseEvent(.wheelDown, column: 8, row: 8)
        board.press(.mouse(tree))
        #expect(board.treeTop == 3)
        #expect(board.selection == .task(TaskID("ledger-migration")))
        #expect(!board.frame().lines.contains { $0.contains("ledger-migration  ") && $0.contains("▌") })
        _ = board.handle(.tick, at: board.now)
        #expect(board.treeTop == 3)
        for _ in 0..<9 { board.press(.mouse(tree)) }
        #expect(board.treeTop == board.rows.count - 8)

        board.press("j")
        #expect(board.selection == .task(TaskID("seed-fixtures")))
        #expect(board.treeTop == 2)
    }

    @Test func `a click selects the task under the pointer`() {
        var board = Fixture.board()
        board.press(.mouse(MouseEvent(.press(.left), column: 8, row: 5)))

        #expect(board.selection == .task(TaskID("ledger-migration")))
    }

    @Test func `the files to follow are those on the screen first`() {
        var board = Fixture.board(120, 40)
        board.select("refund-endpoint")

        #expect(
            board.wantedLogs.prefix(3).map { LogPath.task(of: $0) } == ["refund-endpoint", "webhooks", "export-cmd"]
        )
        board.press("@")
        #expect(board.wantedLogs.first?.path.hasSuffix("events.log") == true)
    }

    @Test func `o goes from the transcript to the raw output and to the errors`() {
        var board = Fixture.board()
        board.select("refund-endpoint")

        #expect(board.wantedLogs[0].form == .transcript)
        board.press("o")
        #expect(board.wantedLogs[0].form == .raw)
        board.press("o")
        #expect(board.wantedLogs[0].path.hasSuffix("/error"))
    }

    @Test func `editor and shell open the worktree, or say why not`() {
        var board = Fixture.board()
        board.select("refund-endpoint")

        #expect(board.press("e") == [.runEditor(path: "/state/stretto/worktrees/refund-endpoint")])
        #expect(board.press("$") == [.runShell(path: "/state/stretto/worktrees/refund-endpoint")])
        board.select("docs")
        #expect(board.press("e").isEmpty)
        #expect(board.toast?.text == "docs has no worktree yet: it has not begun")
    }

    // MARK: Stillness

    @Test func `the clock ticks by the second while a task is at work, and by the minute while somebody is waited for`()
    {
        let board = Fixture.board()
        #expect(board.nextDeadline == Timestamp(milliseconds: (Fixture.now.milliseconds / 1000 + 1) * 1000))

        let idle = Fixture.board(snapshot: Fixture.snapshot(tasks: Fixture.untouched))
        #expect(idle.nextDeadline == Fixture.now.advanced(by: BoardState.quietTick))
        let over = Fixture.board(snapshot: Fixture.snapshot(phase: .over(.finished), tasks: Fixture.finished))
        #expect(!over.isAlive && !over.isTicking)
    }

    @Test func `a task that waits for its provider's limit has a glyph and a countdown of its own`() {
        var snapshot = Fixture.snapshot()
        let until = Fixture.now.advanced(by: .seconds(12 * 60))
        let closure = ProviderClosure(reason: .trouble(.usageLimit), since: Fixture.now, until: until, opensFully: true)
        snapshot.header.providers = [ProviderSnapshot(provider: ProviderName("anthropic"), closure: closure)]
        let place = snapshot.tasks.firstIndex { $0.name == "rate-limit" } ?? 0
        snapshot.tasks[place].state = .ready
        snapshot.tasks[place].detail = "usage limit"
        var board = Fixture.board(120, 40, snapshot: snapshot)
        board.select("rate-limit")

        let lines = board.frame().lines
        #expect(lines.contains { $0.contains("◍ rate-limit") && $0.contains("limit, 12m00") })
        #expect(lines.contains { $0.contains("◍ limit") })
        _ = board.handle(.glyphs(.ascii), at: board.now)
        #expect(board.frame().lines.contains { $0.contains("% rate-limit") })

        // A closure that only a person ends is no limit.
        snapshot.header.providers[0].closure.until = nil
        let refused = Fixture.board(120, 40, snapshot: snapshot)
        #expect(refused.frame().lines.contains { $0.contains("○ rate-limit") && !$0.contains("limit, ") })
    }

    @Test func `a closed provider is a banner with a countdown, which ticks by the second only in its last hour`() {
        var snapshot = Fixture.snapshot(tasks: Fixture.untouched)
        let until = Fixture.now.advanced(by: .seconds(2 * 3600 + 60))
        let closure = ProviderClosure(reason: .trouble(.usageLimit), since: Fixture.now, until: until, opensFully: true)
        snapshot.header.providers = [ProviderSnapshot(provider: ProviderName("anthropic"), closure: closure)]
        var board = Fixture.board(120, 40, snapshot: snapshot)

        #expect(board.banner?.text == "anthropic: usage limit reached, goes on in 2h01")
        #expect(board.frame().lines.contains { $0.contains("limit 2h01") })
        #expect(board.nextDeadline == Timestamp(milliseconds: (Fixture.now.milliseconds / 60_000 + 1) * 60_000))
        let later = until.advanced(by: .seconds(-90))
        _ = board.handle(.tick, at: later)
        #expect(board.banner?.text == "anthropic: usage limit reached, goes on in 1m30")
        #expect(board.nextDeadline == Timestamp(milliseconds: (later.milliseconds / 1000 + 1) * 1000))
    }

    @Test func `a refused login is loud, says what to do, and counts no seconds`() {
        var snapshot = Fixture.snapshot(tasks: Fixture.untouched)
        let closure = ProviderClosure(
            reason: .trouble(.refusedLogin),
            remedy: "log in with `codex login`",
            since: Fixture.now
        )
        snapshot.header.providers = [ProviderSnapshot(provider: ProviderName("openai"), closure: closure)]
        let board = Fixture.board(120, 40, snapshot: snapshot)

        let text = "openai: login refused, log in with `codex login`, then retry a task or resume the run"
        #expect(board.banner?.text == text)
        #expect(board.banner?.isLoud == true)
        #expect(board.nextDeadline == board.now.advanced(by: BoardState.quietTick))
    }

    @Test func `a board that waits for a person wakes once a minute, and shows true times whenever it is drawn`() {
        var tasks = Fixture.untouched
        tasks[5] = Fixture.review
        var board = Fixture.board(120, 40, snapshot: Fixture.snapshot(tasks: tasks))
        #expect(board.nextDeadline == board.now.advanced(by: BoardState.quietTick))
        #expect(board.frame().lines[0].contains(" 18m42"))
        #expect(board.frame().lines.contains { $0.contains("waiting for your review") && $0.contains("2m ago") })

        _ = board.handle(.key(.character("G")), at: Fixture.now.advanced(by: .seconds(600)))
        #expect(board.nextDeadline == board.now.advanced(by: BoardState.quietTick))
        #expect(board.frame().lines[0].contains(" 28m42"))
        #expect(board.frame().lines.contains { $0.contains("waiting for your review") && $0.contains("12m ago") })
    }

    @Test func `the time of a run that has ended counts up to its end`() {
        let over = Fixture.snapshot(phase: .over(.finished), tasks: Fixture.finished)
        var board = Fixture.board(snapshot: over)
        _ = board.handle(.tick, at: Fixture.now.advanced(by: .seconds(3600)))

        #expect(board.frame().lines.contains { $0.contains("Time     18m42") })
    }

    @Test func `the summary accounts for every task`() {
        var tasks = Fixture.finished
        let states: [TaskState] = [.review, .running, .failed, .stopped, .skipped, .blocked]
        for (index, state) in states.enumerated() { tasks[index].state = state }
        let board = Fixture.board(120, 40, snapshot: Fixture.snapshot(phase: .over(.stopped), tasks: tasks))

        let text = board.frame().lines.joined(separator: " ").split { " │".contains($0) }.joined(separator: " ")
        #expect(text.contains("Tasks 8/13 7 done, 1 skipped, 1 failed, 1 stopped, 1 in review, 1 "))
        #expect(text.contains("not finished, 1 not done yet "))
    }

    // MARK: Attention

    @Test func `the line about what needs a person names the task that ! goes to`() {
        var tasks = Fixture.tasks
        tasks[4].state = .failed
        var board = Fixture.board(120, 40, snapshot: Fixture.snapshot(tasks: tasks))
        board.select("docs")
        for name in ["webhooks", "refund-endpoint", "webhooks"] {
            #expect(board.banner?.text.hasPrefix(name) == true)
            board.press("!")
            #expect(board.selection == .task(TaskID(name)))
        }
    }

    // MARK: Headings

    @Test(arguments: ["x", "s", "R", "r", "m", "e", "$"])
    func `a key about a task does nothing on a section's heading, and says why`(key: String) {
        var board = Fixture.board()
        board.selection = .section("api")
        #expect(board.press(key).isEmpty)
        #expect(board.dialogs.isEmpty)
        #expect(board.toast?.text == "select a task: this is a section")
    }

    @Test func `in the pane of a section's task the keys are about that task`() {
        var board = Fixture.board()
        board.selection = .section("cli")
        board.press(.tab)
        board.press("x")
        #expect(board.dialogs.map(\.content) == [.question(Question(.stopTask(TaskID("export-cmd"))))])
    }

    @Test func `a toast goes after four seconds, a refusal stays until Esc`() {
        var board = Fixture.board(snapshot: Fixture.snapshot(tasks: Fixture.untouched))
        board.press("x")
        let expiry = board.nextDeadline
        #expect(expiry == board.now.advanced(by: .seconds(4)))
        _ = board.handle(.tick, at: expiry ?? board.now)
        #expect(board.toast == nil)

        _ = board.handle(.refused("the tree is another one by now"), at: board.now)
        _ = board.handle(.tick, at: board.now.advanced(by: .seconds(600)))
        #expect(board.frame().lines.contains { $0.contains("the tree is another one by now") })
        board.press(.escape)
        #expect(board.toast == nil)
    }

    @Test func `the title changes with the counts and only then`() {
        var board = Fixture.board()
        #expect(board.title == "◆1 ●2 4/13 payments-v2")
        #expect(board.handle(.tick, at: board.now).isEmpty)

        let update = RunUpdate(header: Fixture.snapshot().header, tasks: [Fixture.finished[5]])
        #expect(board.handle(.update(update), at: board.now) == [.setTitle("●2 5/13 payments-v2")])
    }
}

/// The task that a fixture's output file belongs to.
enum LogPath {
    static func task(of source: LogSource) -> String {
        source.path.split(separator: "/").dropLast().last.map(String.init) ?? ""
    }
}
