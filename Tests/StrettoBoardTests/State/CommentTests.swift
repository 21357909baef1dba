import StrettoCore
import Testing

@testable import StrettoBoard

/// Comments on lines of a diff.
@Suite struct CommentTests {
    private static func reading() -> BoardState {
        var board = StoryTests.reviewing()
        _ = board.handle(.diff(StoryTests.webhooks, Fixture.diff), at: board.now.advanced(by: .seconds(1)))
        return board
    }

    private static func text(of board: BoardState) -> String { board.frame().lines.joined(separator: "\n") }

    @Test func `two comments on lines go to the agent with the places and the note`() {
        var board = Self.reading()
        board.press(.enter)
        board.press("j")
        board.press(.enter)
        board.press("why decode first?")
        board.press(.enter)
        board.press("jjj")
        board.press(.enter)
        board.press("say which status")
        board.press(.enter)
        #expect(Self.text(of: board).contains("› why decode first?"))
        board.press("c")
        #expect(Self.text(of: board).contains("2 comments on lines go along."))
        board.press("nearly")
        board.press(.enter)

        let actions = board.press("c")

        let comment = """
            nearly

            Sources/API/Webhook.swift:29 (removed): why decode first?
                        let event = try JSONDecoder().decode(Event.self, from: req.body)

            Sources/API/Webhook.swift:30: say which status
                            return .forbidden
            """
        let command = Command.requestChanges(StoryTests.webhooks, comment: comment)
        #expect(actions == [.send(command)])
        _ = board.handle(.answered(command, nil), at: board.now)
        #expect(board.drafts.isEmpty)
        #expect(board.notes.isEmpty)
    }

    @Test func `with a marked line Tab and hunks go on from there, and the title says whose line it is`() {
        var board = Self.reading()
        func marked() -> Int? { board.reviewView?.cursor }
        func title() -> String { board.frame().lines.first { $0.contains("next file") } ?? "" }
        board.press(.enter)
        board.press("jjjjjjj")
        let first = marked() ?? 0
        #expect(title().contains("file 1 of 3"))

        board.press(.tab)
        let second = marked() ?? 0
        #expect(second > first)
        #expect(title().contains("file 2 of 3"))
        board.press(.tab)
        #expect(marked() ?? 0 > second)
        #expect(title().contains("file 3 of 3"))
        board.press(.backTab)
        #expect(marked() == second)

        board.press(.backTab)
        board.press("n")
        let hunk = marked() ?? 0
        board.press("p")
        #expect(marked() ?? .max < hunk)
    }

    @Test(arguments: [20, 40, 60, 120])
    func `what is typed stays in sight, and what has gone out of it is shown by an ellipsis`(columns: Int) {
        var board = Self.reading()
        _ = board.handle(.resize(Size(columns: columns, rows: 24)), at: board.now)
        board.press(.enter)
        board.press(.enter)
        board.press("a rather long comment about decoding, with its end here")

        let foot = board.frame().lines.first { $0.contains("Comment ") } ?? ""
        #expect(foot.contains(columns < 40 ? "here▏" : "its end here▏"), "\(foot)")
        #expect(foot.contains("…") == (columns < 120))
    }

    @Test func `whoever marks a line or has not sent a comment approves nothing by a letter too many`() {
        var board = Self.reading()
        board.press(.enter)
        #expect(board.press("a").isEmpty)
        #expect(board.approvals.isEmpty)
        #expect(board.toast?.text.contains("a line is marked") == true)

        board.press(.enter)
        board.press("name it")
        board.press(.enter)
        board.press(.escape)
        #expect(board.press("a").isEmpty)
        #expect(board.approvals.isEmpty)
        #expect(board.toast?.text.contains("1 comment is not sent") == true)

        board.press(.enter)
        board.press(.enter)
        for _ in "name it" { board.press(.backspace) }
        board.press(.enter)
        board.press(.escape)
        board.press("a")
        #expect(board.approvals.count == 1)
    }

    @Test func `comments and note that the engine refuses are there to be sent again`() {
        var board = Self.reading()
        board.press(.enter)
        board.press(.enter)
        board.press("name it")
        board.press(.enter)
        board.press("c")
        board.press("nearly")
        board.press(.enter)
        guard case .send(let command) = board.press("c").first else {
            Issue.record("nothing was sent")
            return
        }

        _ = board.handle(.answered(command, Refusal("webhooks is merging")), at: board.now)

        #expect(board.toast?.text == "not sent: webhooks is merging; 1 comment and the note are kept")
        board.press("r")
        _ = board.handle(.diff(StoryTests.webhooks, Fixture.diff), at: board.now.advanced(by: .seconds(1)))
        #expect(Self.text(of: board).contains("› name it"))
        board.press("c")
        #expect(Self.text(of: board).contains("nearly"))
        board.press(.enter)
        #expect(board.press("c") == [.send(command)])
    }

    @Test func `a connection that ends before the answer loses no comment`() {
        var board = Self.reading()
        board.press(.enter)
        board.press(.enter)
        board.press("name it")
        board.press(.enter)
        board.press("c")
        board.press(.enter)
        board.press("c")
        _ = board.handle(.connectionLost("gone"), at: board.now)

        #expect(board.drafts[StoryTests.webhooks]?.map(\.text) == ["name it"])
    }

    @Test func `comments outlive the dialog, and an emptied one is gone`() {
        var board = Self.reading()
        board.press(.enter)
        board.press(.enter)
        board.press("hm")
        board.press(.enter)
        board.press(.escape)
        board.press(.escape)
        #expect(board.dialogs.isEmpty)
        #expect(board.toast?.text == "1 comment kept, not sent: c in the review sends")

        board.press("r")
        _ = board.handle(.diff(StoryTests.webhooks, Fixture.diff), at: board.now.advanced(by: .seconds(1)))
        #expect(Self.text(of: board).contains("› hm"))
        board.press(.enter)
        board.press(.enter)
        board.press(.control("u"))
        board.press(.enter)
        #expect(!Self.text(of: board).contains("› hm"))
    }

    @Test func `the marked line stays in sight wherever it goes`() {
        var board = Self.reading()
        board.press(.enter)
        for step in ["G", "g", "jjjjjjjjjj", "G", "kkkk"] {
            board.press(step)
            let rows = board.frame()
            let isSeen = (0..<rows.size.rows).contains { row in
                (0..<rows.size.columns).contains { rows[$0, row].style.ground == .select }
            }
            #expect(isSeen, "after \(step)")
        }
    }

    @Test func `Esc in a comment drops only that`() {
        var board = Self.reading()
        board.press(.enter)
        board.press(.enter)
        board.press("never mind")
        board.press(.escape)

        #expect(board.drafts.isEmpty)
        #expect(board.reviewView?.cursor != nil)
    }

    @Test func `n and p go from hunk to hunk, and a marked line goes along`() {
        var board = Self.reading()
        _ = board.handle(.resize(Size(columns: 80, rows: 20)), at: board.now)
        let start = board.reviewView?.top
        board.press("n")
        let first = board.reviewView?.top
        board.press("n")
        #expect(start != first)
        #expect(first != board.reviewView?.top)
        board.press("p")
        #expect(board.reviewView?.top == first)

        board.press(.enter)
        let marked = board.reviewView?.cursor
        board.press("n")
        #expect(board.reviewView?.cursor != marked)
        #expect(board.reviewView?.cursor != nil)
    }
}
