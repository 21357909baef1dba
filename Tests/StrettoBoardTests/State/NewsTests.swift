import StrettoCore
import Testing

@testable import StrettoBoard

/// The line at the foot tells the last event where nothing matters more.
@Suite struct NewsTests {
    private func board(_ news: [(task: String?, word: String, text: String)]) -> BoardState {
        let tasks = Fixture.tasks.filter { $0.state == .done || $0.state == .running }
        var state = Fixture.board(snapshot: Fixture.snapshot(tasks: tasks))
        let notices = news.map {
            Notice(time: Fixture.now, level: .info, task: $0.task.map { TaskID($0) }, word: $0.word, text: $0.text)
        }
        let header = Fixture.snapshot(tasks: tasks).header
        _ = state.handle(.update(RunUpdate(header: header, notices: notices)), at: Fixture.now)
        return state
    }

    @Test func `what a new engine found stays one line, however many agents it adopts`() {
        let resumed: (String?, String, String) = (nil, "resumed", "continuing run a-1: 1 of 4 tasks done")
        let adopted: (String?, String, String) = ("export-cmd", "adopted", "it was still at work")

        let state = board([resumed, adopted, adopted, ("smoke", "found", "it had finished meanwhile")])

        #expect(state.banner?.text == "continuing run a-1: 1 of 4 tasks done: 2 adopted, 1 found")
        #expect(board([resumed, adopted, ("x", "merged", "as 1234")]).banner?.text == "x: merged as 1234")
    }

    @Test func `a word is parted from a text that does not go on from it`() {
        #expect(board([("x", "finding", "the index is odd")]).banner?.text == "x: finding: the index is odd")
        #expect(board([("x", "running", "attempt 2")]).banner?.text == "x: running attempt 2")
    }

    @Test func `what needs a person is told with how many other tasks do`() {
        var tasks = Fixture.tasks
        func text() -> String? {
            var board = Fixture.board(snapshot: Fixture.snapshot(tasks: tasks))
            board.select("docs")
            return board.banner?.text
        }
        #expect(text() == "webhooks is waiting for your review")
        tasks[7].state = .failed
        #expect(text() == "webhooks is waiting for your review; 1 more needs you")
        tasks[4].state = .failed
        #expect(text() == "webhooks is waiting for your review; 2 more need you")
    }

    @Test(arguments: [
        ("added", "export-cmd, after 'docs'", "after 'docs'"), ("retry", "retry 1 of 2", "1 of 2"),
        ("failed", "export-cmd", ""), ("found", "export-cmd-2 is new", "export-cmd-2 is new"),
        ("retry", "retrying helps", "retrying helps"),
    ])
    func `an event says the task's name and its own word once`(word: String, text: String, shown: String) {
        let task = TaskID("export-cmd")
        let notice = Notice(time: Fixture.now, level: .info, task: task, word: word, text: text)

        #expect(Fixture.board().words(of: notice) == shown)
    }
}
