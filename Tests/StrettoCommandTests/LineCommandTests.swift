import StrettoCommand
import StrettoCore
import Testing

@Suite struct LineCommandTests {
    private let tasks = ["1.1", "1.10", "two words", "two", "webhooks"].map { TaskID($0) }

    private func refusal(_ line: String) -> String? {
        do throws(Refusal) {
            _ = try LineCommand.parse(line, tasks: tasks)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(
        arguments: [
            ("", .nothing), ("  \t ", .nothing), ("status", .status), (" help\r", .help),
            ("approve", .send(.approvePlan())),
            ("approve webhooks", .send(.approve(TaskID("webhooks"), tree: nil))),
            ("approve 1.10", .send(.approve(TaskID("1.10"), tree: nil))),
            ("reject 1.1 too  wide", .send(.requestChanges(TaskID("1.1"), comment: "too  wide"))),
            ("retry webhooks", .send(.retry(TaskID("webhooks"), note: ""))),
            ("retry webhooks  mended ", .send(.retry(TaskID("webhooks"), note: "mended"))),
            ("skip webhooks", .send(.skip(TaskID("webhooks"), reason: ""))),
            ("skip two words by hand", .send(.skip(TaskID("two words"), reason: "by hand"))),
            ("skip two wordsmiths", .send(.skip(TaskID("two"), reason: "wordsmiths"))),
            ("review webhooks", .review(TaskID("webhooks"))), ("plan", .plan),
            ("message two words use the header", .send(.message(TaskID("two words"), text: "use the header"))),
            ("add Write  the manual", .send(.addTask(TaskDraft("Write  the manual")))),
            ("add after two words Write it", .send(.addTask(TaskDraft("Write it", after: [TaskID("two words")])))),
            ("order two words before 1.1", .send(.reorder(TaskID("two words"), before: TaskID("1.1")))),
            ("order webhooks last", .send(.reorder(TaskID("webhooks"), before: nil))),
            ("stop", .send(.stopRun(.drain))), ("stop now", .send(.stopRun(.now))), ("resume", .send(.resumeRun)),
        ] as [(String, LineCommand)]
    )
    func `a line means what help says`(line: String, command: LineCommand) throws {
        #expect(try LineCommand.parse(line, tasks: tasks) == command)
    }

    @Test(arguments: [
        ("aprove webhooks", "'aprove' is no command: did you mean 'approve'?"),
        ("frobnicate", "'frobnicate' is no command: type 'help'"),
        ("approve webhook", "this run has no task 'webhook': did you mean 'webhooks'?"),
        ("approve 1", "this run has no task '1': type 'status' to see them"),
        ("approve webhooks now", "'approve' takes one task at a time: type 'approve webhooks'"),
        ("reject webhooks", "'reject' needs a comment for the agent: type 'reject webhooks COMMENT'"),
        ("skip", "'skip' needs a task: type 'skip TASK'"),
        ("retry", "'retry' needs a task: type 'retry TASK'"),
        ("stop webhooks", "'stop' is about the whole run: type 'stop' or 'stop now'"),
        ("review webhooks now", "'review' takes one task: type 'review webhooks'"),
        ("message webhooks", "'message' needs words: type 'message webhooks WORDS'"),
        ("add", "'add' needs what is to be done: type 'add WORDS'"),
        ("add after webhooks", "'add' needs what is to be done: type 'add after webhooks WORDS'"),
        ("add after webhook Write it", "this run has no task 'webhook': did you mean 'webhooks'?"),
        ("order webhooks", "'order' needs a place: type 'order webhooks before TASK' or 'order webhooks last'"),
        ("order webhooks before 1.1 1.10", "'order' takes two tasks: type 'order webhooks before TASK'"),
        ("status now", "'status' stands alone: type just 'status'"),
        ("\u{1B}[2J", "'?[2J' is no command: type 'help'"),
    ])
    func `a line that means nothing is answered with what to type`(line: String, sentence: String) {
        #expect(refusal(line) == sentence)
    }

    @Test func `a line longer than the limit is refused`() {
        let line = "reject webhooks " + String(repeating: "x", count: ArgumentLimits.textBytesMax)

        #expect(refusal(line) == "the line is longer than 16.0 KB: shorten it")
    }

    @Test func `help names every word that a line may begin with`() throws {
        for line in LineCommand.helpLines {
            // What stands in capitals is a task, or any words.
            let form = String(line.prefix(23)).replacing(#/\[?(COMMENT|WORDS|NOTE|REASON)\]?/#, with: "x")
            let sample = String(form.replacing("TASK", with: "webhooks"))
            #expect(throws: Never.self) { try LineCommand.parse(sample, tasks: tasks) }
        }
    }
}
