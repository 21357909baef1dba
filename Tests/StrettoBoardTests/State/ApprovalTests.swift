import StrettoCore
import Testing

@testable import StrettoBoard

/// What becomes of an approval between the key and the engine.
@Suite struct ApprovalTests {
    private static let task = StoryTests.webhooks
    private static let sent: [BoardAction] = [.send(.approve(task, tree: Fixture.reviewTree))]

    /// A board on which `webhooks` has just been approved.
    private static func approved() -> BoardState {
        var board = StoryTests.reviewing()
        board.press("a")
        return board
    }

    @Test func `an approval is sent after ten seconds, and the board says how long it waits`() {
        var board = Self.approved()
        let given = board.now

        #expect(board.frame().lines.contains { $0.contains("webhooks is approved and merges in 10 s") })
        #expect(board.handle(.tick, at: given.advanced(by: .milliseconds(9_999))).isEmpty)
        #expect(board.nextDeadline == given.advanced(by: .seconds(10)))
        #expect(board.handle(.tick, at: given.advanced(by: .seconds(10))) == Self.sent)
        #expect(board.handle(.tick, at: given.advanced(by: .seconds(60))).isEmpty)
    }

    @Test func `u takes an approval back`() {
        var board = Self.approved()

        #expect(board.press("u").isEmpty)
        #expect(board.frame().lines.contains { $0.contains("webhooks is not approved") })
        #expect(board.handle(.tick, at: board.now.advanced(by: .seconds(60))).isEmpty)
    }

    @Test func `a flood of output does not hold an approval up`() throws {
        var board = Self.approved()
        let source = try #require(board.wantedLogs.first)

        let actions = board.handle(
            .output(source, LogText(verbatim: [10], offset: 0)),
            at: board.now.advanced(by: .seconds(11))
        )

        #expect(actions == Self.sent)
    }

    @Test func `who approves again, or goes ahead, does not wait`() {
        var ahead = Self.approved()
        #expect(ahead.press("a") == Self.sent)

        var again = Self.approved()
        again.press("r")
        #expect(again.press("a") == Self.sent)
    }

    @Test(arguments: ["sjs", "RR"])
    func `another decision about the task takes its approval back`(keys: String) {
        var board = Self.approved()
        board.select("webhooks")
        board.press(keys)

        let later = board.handle(.tick, at: board.now.advanced(by: .seconds(60)))
        #expect(!later.contains(Self.sent[0]), "after \(keys)")
    }

    @Test func `leaving sends what was approved`() {
        var quitting = Self.approved()
        quitting.press("q")
        #expect(quitting.press("l") == Self.sent + [.quit(.leave)])

        var hungUp = Self.approved()
        #expect(hungUp.leave() == Self.sent)
        #expect(hungUp.leave().isEmpty)
    }

    @Test func `an approval that cannot be sent is told, not lost in silence`() {
        var board = Self.approved()
        _ = board.handle(.connectionLost("gone"), at: board.now)
        _ = board.handle(.tick, at: board.now.advanced(by: .seconds(10)))

        #expect(board.toast?.text.hasPrefix("not approved: the engine cannot be reached") == true)
    }

    @Test func `a clock that is set back does not keep an approval waiting`() {
        var board = Self.approved()

        #expect(board.handle(.tick, at: board.now.advanced(by: .seconds(-3600))) == Self.sent)
    }

    @Test(arguments: [(120, 40), (80, 24), (60, 15), (40, 12), (40, 9), (20, 6), (8, 3)])
    func `the countdown stays in sight beside whatever else is said, on every screen`(columns: Int, rows: Int) {
        var board = Self.approved()
        _ = board.handle(.resize(Size(columns: columns, rows: rows)), at: board.now)
        for isBad in [false, true] {
            board.say("saved 3 KB to /tmp/a/long/path/of/a/file.log", isBad: isBad)

            #expect(board.frame().lines.contains { $0.contains("10 s") }, "\(board.frame().lines)")
        }
        board.press("u")
        #expect(!board.frame().lines.contains { $0.contains("10 s") })
    }

    @Test func `each task that is approved counts down in its row, and needs nobody meanwhile`() {
        var board = Self.approved()
        #expect(board.frame().lines.contains { $0.contains("◆ webhooks") && $0.contains("in 10 s") })
        #expect(board.attention.isEmpty)

        board.press("u")
        #expect(board.attention.map(\.id) == [Self.task])
    }
}
