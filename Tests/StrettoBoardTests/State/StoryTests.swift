import StrettoCore
import Testing

@testable import StrettoBoard

/// What people do with the board, key by key.
@Suite struct StoryTests {
    static let webhooks = TaskID("webhooks")

    /// A board with the review of `webhooks` open, its diff not yet there.
    static func reviewing() -> BoardState {
        var board = Fixture.board(120, 40)
        board.select("webhooks")
        board.press("r")
        return board
    }

    // MARK: Review

    @Test func `an approval names the tree that was shown`() {
        var board = Fixture.board()
        board.select("webhooks")

        #expect(board.press("r") == [.requestDiff(Self.webhooks)])
        #expect(board.press("a").isEmpty)
        #expect(board.dialogs.isEmpty)
        #expect(board.press("a") == [.send(.approve(Self.webhooks, tree: Fixture.reviewTree))])
    }

    @Test func `work that changed under an open review cannot be approved unseen`() {
        var board = Self.reviewing()
        var task = Fixture.review
        task.attempts[0].contribution?.tree = TreeID("ffff")
        let update = RunUpdate(header: Fixture.snapshot().header, tasks: [task])
        _ = board.handle(.update(update), at: board.now)

        #expect(board.press("a").isEmpty)
        #expect(board.frame().lines.contains { $0.contains("r shows the newer one") })
        #expect(board.press("r") == [.requestDiff(Self.webhooks)])
        #expect(board.press("aa") == [.send(.approve(Self.webhooks, tree: TreeID("ffff")))])
    }

    @Test func `a task that no longer waits cannot be approved`() {
        var board = Self.reviewing()
        var task = Fixture.review
        task.state = .merging
        _ = board.handle(.update(RunUpdate(header: Fixture.snapshot().header, tasks: [task])), at: board.now)

        #expect(board.press("a").isEmpty)
        #expect(board.toast?.text == "webhooks is merging: it does not wait for a review")
    }

    @Test func `keys do nothing for 250 ms after a review has opened`() {
        var board = Fixture.board()
        board.select("webhooks")
        _ = board.handle(.key(.character("r")), at: Fixture.now)

        let early = board.handle(.key(.character("a")), at: Fixture.now.advanced(by: .milliseconds(249)))
        #expect(early.isEmpty)
        #expect(board.approvals.isEmpty)
        #expect(board.nextDeadline == Fixture.now.advanced(by: .milliseconds(250)))
        _ = board.handle(.key(.character("a")), at: Fixture.now.advanced(by: .milliseconds(250)))
        #expect(board.approvals.map(\.task) == [Self.webhooks])
    }

    @Test func `a retry from a review carries the note`() {
        var board = Self.reviewing()
        board.press("Rn")
        board.press("use HMAC")

        #expect(board.press(.enter).isEmpty)
        #expect(board.press("R") == [.send(.retry(Self.webhooks, note: "use HMAC"))])
        #expect(board.dialogs.isEmpty)
    }

    @Test func `changes are asked for with a text or not at all`() {
        var board = Self.reviewing()
        board.press("c")
        board.press(.enter)

        #expect(board.press("c").isEmpty)
        board.press("n")
        board.press("shorter window")
        board.press(.enter)
        #expect(board.press("c") == [.send(.requestChanges(Self.webhooks, comment: "shorter window"))])
    }

    @Test func `Tab goes through the files of a diff, back again with S-Tab`() {
        var board = Self.reviewing()
        _ = board.handle(.resize(Size(columns: 80, rows: 20)), at: board.now)
        _ = board.handle(.diff(Self.webhooks, Fixture.diff), at: board.now)
        board.press(.tab)
        let first = board.reviewView?.top ?? 0
        board.press(.tab)

        #expect(first > 0)
        #expect((board.reviewView?.top ?? 0) > first)
        board.press(.backTab)
        #expect(board.reviewView?.top == first)
    }

    @Test func `a diff for another task does not get into the review`() {
        var board = Self.reviewing()
        _ = board.handle(.diff(TaskID("docs"), Fixture.diff), at: board.now)

        #expect(board.reviewView?.diff == nil)
    }

    @Test func `a review never opens by itself, it rings once`() {
        var waiting = Fixture.tasks
        waiting[5].state = .checking
        var board = Fixture.board(snapshot: Fixture.snapshot(tasks: waiting))
        let update = RunUpdate(header: Fixture.snapshot().header, tasks: [Fixture.review])

        let actions = board.handle(.update(update), at: board.now)
        #expect(actions.contains(.bell))
        #expect(
            actions.contains {
                if case .notify(let text) = $0 { text.hasSuffix(" waits for your review") } else { false }
            }
        )
        #expect(board.dialogs.isEmpty)
        #expect(!board.handle(.update(update), at: board.now).contains(.bell))
        board.press("!")
        #expect(board.selection == .task(Self.webhooks))
    }

    // MARK: Questions

    @Test func `a skip names what it releases, and Cancel is marked`() {
        var board = Fixture.board()
        board.select("webhooks")
        board.press("s")

        #expect(board.frame().lines.contains { $0.contains("This releases docs.") })
        #expect(board.press(.enter).isEmpty)
        #expect(board.dialogs.isEmpty)
        #expect(board.press("ss") == [.send(.skip(Self.webhooks, reason: ""))])
    }

    @Test(arguments: ["s", "R", "X", "q"])
    func `every question is cancelled by Enter`(key: String) {
        var board = Fixture.board()
        board.select("webhooks")
        board.press(key)

        #expect(board.dialogs.count == 1)
        #expect(board.press(.enter).isEmpty)
        #expect(board.dialogs.isEmpty)
    }

    @Test func `stopping a task asks first`() {
        var board = Fixture.board()
        board.select("export-cmd")

        #expect(board.press("x").isEmpty)
        #expect(board.press("x") == [.send(.stopTask(TaskID("export-cmd")))])
    }

    @Test func `Ctrl-C pressed twice, or ten times, stops nothing`() {
        var board = Fixture.board()
        for _ in 0..<10 { #expect(board.press(.control("c")).isEmpty) }

        #expect(board.dialogs.count == 1)
        #expect(board.press(.enter).isEmpty)
    }

    @Test func `leaving asks while work runs, and can drain, stop or leave it running`() {
        var board = Fixture.board()

        #expect(board.press("q").isEmpty)
        #expect(board.press("l") == [.quit(.leave)])
        board.press("q")
        #expect(board.press("d") == [.send(.stopRun(.drain)), .quit(.drain)])
        board.press("q")
        #expect(board.press("S") == [.send(.stopRun(.now)), .quit(.stopNow)])
    }

    @Test func `stopping the run keeps the board`() {
        var board = Fixture.board()
        board.press("X")

        #expect(board.press("d") == [.send(.stopRun(.drain))])
    }

    @Test func `a board without an engine leaves at once`() {
        var board = Fixture.board()
        _ = board.handle(.connectionLost("the engine is gone"), at: board.now)

        #expect(board.frame().lines.contains { $0.contains("the engine is gone") })
        #expect(board.press("q") == [.quit(.leave)])
    }

    @Test func `Esc never sends a command`() {
        for keys in ["", "q", "X", "r", "rs", "rR", "rRnabc", "rc", "s", "?", "/x", "z", "H", "@", "f", "!"] {
            var board = Fixture.board(120, 40)
            board.select("webhooks")
            board.press(keys)
            let actions = (0..<12).flatMap { _ in board.press(.escape) }

            #expect(actions.isEmpty, "after \(keys)")
            #expect(board.dialogs.isEmpty, "after \(keys)")
        }
    }
}
