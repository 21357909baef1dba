package import StrettoCore

/// What a line typed in plain mode asks for.
package enum LineCommand: Hashable, Sendable {
    /// For the engine.
    case send(Command)
    /// Print the status table.
    case status
    /// Print what there is to judge about a task's work, and its diff.
    case review(TaskID)
    /// Print the plan that waits for approval.
    case plan
    /// Print ``helpLines``.
    case help
    /// Leave; the run goes on.
    case detach
    /// An empty line.
    case nothing

    /// What may be typed, for `help`.
    package static let helpLines = [
        "review TASK            print what TASK did: findings, checks, report, cost, diff",
        "approve TASK           let a task in review through",
        "approve                approve the plan, where the run waits for that",
        "reject TASK COMMENT    send a task in review back with a comment",
        "message TASK WORDS     tell a task's agent something: one at work is interrupted and goes on with it",
        "retry TASK [NOTE]      run a task again in a fresh worktree",
        "skip TASK [REASON]     skip a task and release what waits for it",
        "add WORDS              add a task to the run: what is to be done",
        "add after TASK WORDS   the same, once another task is over",
        "plan                   print the plan that waits for approval, in the order of starting",
        "order TASK before TASK let a task start before another one, while the plan waits",
        "order TASK last        let it start after all others",
        "stop                   stop once the running tasks are done",
        "stop now               stop and end the running agents; their work is kept",
        "resume                 take a stop back",
        "status                 print the state of every task",
        "detach                 leave; the run goes on",
        "help                   print this",
    ]

    private static let words = [
        "review", "approve", "reject", "message", "retry", "skip", "add", "plan", "order", "stop", "resume", "status",
        "detach", "help",
    ]

    /// Reads one line, without its line feed; blanks around it do not count.
    ///
    /// `tasks` are the run's: an id that holds blanks is found as the longest one that the line continues with.
    /// Throws a sentence that says what to type instead.
    package static func parse(_ line: String, tasks: [TaskID]) throws(Refusal) -> LineCommand {
        let text = trimmed(line[...])
        guard text.utf8.count <= ArgumentLimits.textBytesMax else {
            throw Refusal("the line is longer than \(Figures.bytes(ArgumentLimits.textBytesMax)): shorten it")
        }
        let word = String(text.prefix { !isBlank($0) })
        let rest = trimmed(text.dropFirst(word.count))
        switch word {
        case "": return .nothing
        case "approve": return .send(try approval(rest, tasks))
        case "reject": return .send(try rejection(rest, tasks))
        case "retry":
            let (task, note) = try target(of: word, rest, tasks)
            return .send(.retry(task, note: note))
        case "skip":
            let (task, reason) = try target(of: word, rest, tasks)
            return .send(.skip(task, reason: reason))
        case "review":
            let (task, more) = try target(of: word, rest, tasks)
            guard more.isEmpty else {
                throw Refusal("'review' takes one task: type 'review \(PlainText.visible(task.text))'")
            }
            return .review(task)
        case "message":
            let (task, text) = try target(of: word, rest, tasks)
            guard !text.isEmpty else {
                throw Refusal("'message' needs words: type 'message \(PlainText.visible(task.text)) WORDS'")
            }
            return .send(.message(task, text: text))
        case "add": return .send(.addTask(try draft(rest, tasks)))
        case "plan": return try alone(word, rest, .plan)
        case "order": return .send(try order(rest, tasks))
        case "stop":
            if rest.isEmpty { return .send(.stopRun(.drain)) }
            guard rest == "now" else { throw Refusal("'stop' is about the whole run: type 'stop' or 'stop now'") }
            return .send(.stopRun(.now))
        case "resume": return try alone(word, rest, .send(.resumeRun))
        case "status": return try alone(word, rest, .status)
        case "detach": return try alone(word, rest, .detach)
        case "help": return try alone(word, rest, .help)
        default:
            let nearest = NearestName.suggestion(for: word, among: words)
            throw Refusal(
                "'\(PlainText.visible(word))' is no command"
                    + (nearest.map { ": did you mean '\($0)'?" } ?? ": type 'help'")
            )
        }
    }

    private static func approval(_ rest: Substring, _ tasks: [TaskID]) throws(Refusal) -> Command {
        if rest.isEmpty { return .approvePlan() }
        let (task, more) = try target(of: "approve", rest, tasks)
        guard more.isEmpty else {
            throw Refusal("'approve' takes one task at a time: type 'approve \(PlainText.visible(task.text))'")
        }
        return .approve(task, tree: nil)
    }

    private static func rejection(_ rest: Substring, _ tasks: [TaskID]) throws(Refusal) -> Command {
        let (task, comment) = try target(of: "reject", rest, tasks)
        guard !comment.isEmpty else {
            throw Refusal(
                "'reject' needs a comment for the agent: type 'reject \(PlainText.visible(task.text)) COMMENT'"
            )
        }
        return .requestChanges(task, comment: comment)
    }

    /// What `add` is about; after the word `after` the text goes on with a task.
    private static func draft(_ rest: Substring, _ tasks: [TaskID]) throws(Refusal) -> TaskDraft {
        guard !rest.isEmpty else { throw Refusal("'add' needs what is to be done: type 'add WORDS'") }
        let words = rest.split(whereSeparator: isBlank)
        guard words[0] == "after" else { return TaskDraft(String(rest)) }
        let (task, text) = try target(of: "add after", trimmed(rest.dropFirst("after".count)), tasks)
        guard !text.isEmpty else {
            throw Refusal("'add' needs what is to be done: type 'add after \(PlainText.visible(task.text)) WORDS'")
        }
        return TaskDraft(text, after: [task])
    }

    private static func order(_ rest: Substring, _ tasks: [TaskID]) throws(Refusal) -> Command {
        let (task, place) = try target(of: "order", rest, tasks)
        if place == "last" { return .reorder(task, before: nil) }
        let name = PlainText.visible(task.text)
        guard place.hasPrefix("before ") else {
            throw Refusal("'order' needs a place: type 'order \(name) before TASK' or 'order \(name) last'")
        }
        let (other, more) = try target(of: "order \(name) before", trimmed(place.dropFirst("before".count)), tasks)
        guard more.isEmpty else { throw Refusal("'order' takes two tasks: type 'order \(name) before TASK'") }
        return .reorder(task, before: other)
    }

    private static func alone(
        _ word: String,
        _ rest: Substring,
        _ command: LineCommand
    ) throws(Refusal) -> LineCommand {
        guard rest.isEmpty else { throw Refusal("'\(word)' stands alone: type just '\(word)'") }
        return command
    }

    /// The task that the text begins with, and what follows it.
    private static func target(
        of word: String,
        _ text: Substring,
        _ tasks: [TaskID]
    ) throws(Refusal) -> (TaskID, String) {
        guard !text.isEmpty else { throw Refusal("'\(word)' needs a task: type '\(word) TASK'") }
        var found: TaskID?
        for task in tasks where task.text.count > found?.text.count ?? 0 && text.starts(with: task.text) {
            if text.count == task.text.count || isBlank(text[text.index(text.startIndex, offsetBy: task.text.count)]) {
                found = task
            }
        }
        if let found { return (found, String(trimmed(text.dropFirst(found.text.count)))) }
        let name = String(text.prefix { !isBlank($0) })
        let nearest = NearestName.suggestion(for: name, among: tasks.map(\.text))
        throw Refusal(
            "this run has no task '\(PlainText.visible(name))'"
                + (nearest.map { ": did you mean '\(PlainText.visible($0))'?" } ?? ": type 'status' to see them")
        )
    }

    private static func isBlank(_ character: Character) -> Bool {
        character == " " || character == "\t" || character == "\r"
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop(while: isBlank)
        guard let last = start.lastIndex(where: { !isBlank($0) }) else { return "" }
        return start[...last]
    }
}
