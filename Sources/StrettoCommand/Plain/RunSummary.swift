package import StrettoCore

/// What a run leaves on the terminal when its front end closes: how it ended, what did not work, what it cost, and what to do next.
package enum RunSummary {
    /// The summary never has more lines.
    package static let linesMax = 20
    /// Failed and blocked tasks named one by one.
    private static let troublesMax = 8
    /// Tasks that validators warn of, named one by one.
    private static let warningsMax = 3
    /// The width that lines are cut to, in characters.
    package static let columns = 160

    /// The lines, without line feeds: at most ``linesMax``, each at most ``columns`` characters.
    ///
    /// `outcome` is how it ended; nil where the front end leaves a run that goes on, whose time is counted to `now`.
    package static func lines(_ snapshot: RunSnapshot, outcome: Outcome?, now: Timestamp) -> [String] {
        let header = snapshot.header
        var lines = [header.planName + ": " + headline(outcome)]
        lines += [row("tasks", tally(snapshot.tasks))]
        lines += troubles(snapshot.tasks) + warnings(snapshot.tasks)
        if let fault = header.fault { lines += [row("fault", fault)] }
        lines += [
            row("time", Figures.duration((header.ended ?? now).since(header.started))),
            row("cost", StatusTable.spending(header)),
        ]
        if header.usage.tokens > 0 { lines += [row("", Figures.kinds(of: header.usage))] }
        if header.usage.hasMoney { lines += [row("", Figures.disclaimer)] }
        if let rate = Outlook.averageSentence(of: header, at: now) { lines += [row("burn", rate + " on average")] }
        if let forecast = Outlook(of: snapshot.tasks, at: now).sentence, outcome != .finished {
            lines += [row("forecast", forecast)]
        }
        lines += StatusTable.limits(snapshot, now: now)
        lines += [
            row("branch", header.branch)
        ]
        if outcome != nil, !header.logPath.isEmpty { lines += [row("log", header.logPath)] }
        lines += nextSteps(outcome, header).map { row("next", $0) }
        return lines.prefix(linesMax).map { PlainText.clipped(PlainText.visible($0), columns: columns) }
    }

    /// The outcome in one word, with its reason behind it.
    private static func headline(_ outcome: Outcome?) -> String {
        guard let outcome else { return "the run goes on without this window" }
        return outcome.sentence.hasPrefix(outcome.word) ? outcome.sentence : outcome.word + ": " + outcome.sentence
    }

    /// `11 done, 1 failed, 2 blocked` in the order of ``TaskState``.
    package static func tally(_ tasks: [TaskSnapshot]) -> String {
        let counts = TaskState.allCases.map { state in (state, tasks.count { $0.state == state }) }
        let parts = ([.done] + TaskState.allCases.filter { $0 != .done }).compactMap { state -> String? in
            guard let count = counts.first(where: { $0.0 == state })?.1, count > 0 else { return nil }
            return "\(count) \(state.rawValue)"
        }
        return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }

    private static func troubles(_ tasks: [TaskSnapshot]) -> [String] {
        let troubled = tasks.filter { [.failed, .blocked, .review, .stopped].contains($0.state) }
        var lines = troubled.prefix(troublesMax).map { task in
            let reason = task.attempts.last { $0.failure != nil }?.failure ?? ""
            let shown = task.state == .failed && !reason.isEmpty ? reason : task.detail
            let tries = task.attempts.count > 1 ? " (\(task.attempts.count) attempts)" : ""
            return row(task.state.rawValue, task.id.text + (shown.isEmpty ? "" : ": " + shown) + tries)
        }
        if troubled.count > troublesMax {
            lines.append(row("", "and \(troubled.count - troublesMax) more: 'stretto status' lists them"))
        }
        return lines
    }

    /// What validators let pass, but want people to know.
    private static func warnings(_ tasks: [TaskSnapshot]) -> [String] {
        let warned = tasks.compactMap { task in
            let words = task.warnings.map { $0.findings.first ?? "without a word" }
            return words.isEmpty ? nil : task.id.text + ": " + words.joined(separator: "; ")
        }
        let more = warned.count - warningsMax
        return warned.prefix(warningsMax).map { row("warning", $0) }
            + (more > 0 ? [row("", "and \(more) more: 'stretto review TASK' shows them")] : [])
    }

    private static func nextSteps(_ outcome: Outcome?, _ header: RunHeader) -> [String] {
        let again = "stretto run \(header.planPath)"
        switch outcome {
        case nil: return ["'stretto attach' opens it again, 'stretto stop' ends it"]
        case .finished: return ["'stretto land' brings the branch into yours"]
        case .stuck: return ["mend the plan, then '\(again)'; 'stretto land' takes what is done"]
        case .failed(let tasks):
            let task = tasks.first?.text ?? "TASK"
            return ["'stretto log \(task)' shows why; '\(again)' tries again; 'stretto land' takes what is done"]
        case .overBudget:
            let hasOnlyTokens = header.budget.microdollars == nil && header.budget.tokens != nil
            let option = hasOnlyTokens ? "--budget-tokens" : "--budget-usd"
            return ["'\(again) \(option) N' goes on with a larger budget"]
        case .stopped: return ["'stretto resume' goes on from here"]
        case .needsHuman: return ["'stretto resume' goes on at a terminal, where you can answer"]
        case .broken: return ["'stretto doctor' checks what is missing; 'stretto resume' goes on from here"]
        }
    }

    private static func row(_ word: String, _ text: String) -> String {
        "  " + PlainText.padded(word, columns: 9) + text
    }
}
