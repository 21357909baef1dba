package import StrettoCore

/// What there is to judge about a task's work, as lines of which each says in its first word what it is: for `review TASK`.
package enum ReviewText {
    /// Lines of a failed check's output that are shown.
    private static let checkLinesMax = 20

    /// The lines before the diff, without line feeds; what must not be overlooked comes first.
    package static func lines(_ task: TaskSnapshot) throws(Refusal) -> [String] {
        guard let attempt = task.contributed else {
            throw Refusal("\(PlainText.visible(task.id.text)) has no work to review yet")
        }
        let contribution = attempt.contribution
        var lines = [
            "review: \(task.id.text), \(task.name), attempt \(attempt.number) by \(task.agent), \(task.state.rawValue)"
        ]
        lines += (contribution?.findings ?? []).map { "finding: \($0)" }
        if let failure = attempt.failure { lines.append("trouble: \(failure)") }
        lines += attempt.checks.isEmpty ? ["check: none was run"] : attempt.checks.flatMap(self.lines)
        if let report = attempt.exit?.report { lines += self.lines(report) }
        lines.append("cost: " + cost(of: task))
        lines += (contribution?.changes ?? []).map {
            "file: \($0.kind.rawValue) \($0.path), +\($0.added) -\($0.removed)"
        }
        return lines.map(PlainText.visible)
    }

    /// What can be said next, in the words of plain mode.
    package static func choices(_ task: TaskSnapshot) -> String {
        let id = PlainText.visible(task.id.text)
        guard task.state == .review else { return "next: \(id) is \(task.state.rawValue) and waits for nobody" }
        return "next: approve \(id), reject \(id) COMMENT, retry \(id) NOTE, or skip \(id) REASON"
    }

    private static func lines(_ check: CheckResult) -> [String] {
        let head = "check: '\(check.name)' \(check.passed ? "passed" : "failed with \(check.status)")"
        let lines = [head + ", " + Figures.duration(check.duration)]
        guard !check.passed else { return lines }
        return lines + check.output.split(separator: "\n").suffix(checkLinesMax).map { "output: \($0)" }
    }

    private static func lines(_ report: Report) -> [String] {
        let decisions = report.decisions.map { $0.decision + ($0.reason.isEmpty ? "" : ", because " + $0.reason) }
        let message = report.message.split(whereSeparator: \.isNewline).map { "says: \($0)" }
        return message + report.questions.map { "asks: \($0)" } + decisions.map { "decided: \($0)" }
            + report.debt.map { "left open: \($0)" }
    }

    private static func cost(of task: TaskSnapshot) -> String {
        let time = Figures.duration(task.worked)
        guard task.usage != .zero else { return "none was reported, " + time }
        return "\(Figures.money(task.usage)), \(Figures.kinds(of: task.usage)), \(time) at work"
    }
}

/// The plan that waits at its gate as lines: which task starts when, and which not at all.
package enum PlanText {
    /// The lines, without line feeds.
    package static func lines(_ snapshot: RunSnapshot) -> [String] {
        let order = snapshot.header.startOrder ?? []
        let tasks = Dictionary(snapshot.tasks.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let starts = order.compactMap { tasks[$0] }.enumerated().map { number, task in
            "\(number + 1): \(task.id.text), \(task.name), by \(task.agent)" + after(task)
        }
        let left = snapshot.tasks.filter { $0.state == .skipped }.map { "left out: \($0.id.text), \($0.name)" }
        return (starts + left).map(PlainText.visible)
    }

    private static func after(_ task: TaskSnapshot) -> String {
        task.dependencies.isEmpty ? "" : ", after " + task.dependencies.map(\.text).joined(separator: ", ")
    }
}
