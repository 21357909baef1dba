/// Turns events into lines for people: the one place where plain mode, toasts and the event log get their words.
package enum Narrator {
    /// The lines for an event, judged by the state after it; many events have none.
    package static func notices(for event: Event, at time: Timestamp, after scheduler: Scheduler) -> [Notice] {
        lines(for: event, at: time, after: scheduler) + scheduler.remarks.map { notice(of: $0, at: time) }
    }

    private static func lines(for event: Event, at time: Timestamp, after scheduler: Scheduler) -> [Notice] {
        func line(_ level: Notice.Level, _ word: String, _ text: String, _ task: TaskID? = nil) -> [Notice] {
            [Notice(time: time, level: level, task: task, word: word, text: text)]
        }
        switch event {
        case .opened(let spec):
            return line(
                .info,
                "started",
                "\(spec.plan.name): \(spec.plan.tasks.count) tasks from \(spec.base.short) on \(spec.id.branch)"
            )
        case .recovered: return line(.info, "resumed", RecoveryText.sentence(of: scheduler))
        case .planRevised: return line(.info, "plan", "the edited plan counts from now on")
        case .started(let attempt, _):
            if scheduler.finding(of: attempt) == .adopted {
                return line(.info, "adopted", "it was still at work", attempt.task)
            }
            if let validator = scheduler.task(attempt.task)?.validator(of: attempt) {
                let words = "'\(validator)' looks at it, by " + scheduler.agent(of: attempt)
                return line(.info, "validating", words, attempt.task)
            }
            let number = attempt.number > 1 ? "attempt \(attempt.number) " : ""
            return line(.info, "running", number + "by " + scheduler.agent(of: attempt), attempt.task)
        case .prepareFailed(let attempt, let trouble), .collectFailed(let attempt, let trouble):
            return line(.bad, "trouble", trouble.message, attempt.task)
        case .exited(let attempt, let exit):
            let isFound = scheduler.finding(of: attempt) == .sought && exit.status != .unknown
            let found = isFound ? line(.info, "found", "it had finished meanwhile", attempt.task) : []
            let fallback = exit.fallbackModel.map {
                line(
                    .attention,
                    "model",
                    "\($0) took over, because there was no room for the model asked for",
                    attempt.task
                )
            }
            return found + (fallback ?? []) + exited(attempt, exit, line)
        case .collected(let attempt, let contribution, let checks):
            return collected(attempt, contribution, checks, scheduler, line)
        case .merged(let attempt, let receipt):
            return line(.good, "merged", "as \(receipt.commit.short)", attempt.task)
        case .conflicted(let attempt, let conflict): return conflicted(attempt, conflict, scheduler, line)
        case .mergeHeld(let attempt, let reason): return line(.attention, "held", reason, attempt.task)
        case .disposed(let attempt, .setAside(let path, let reason)):
            return line(.attention, "kept", "the worktree stays at \(path): \(reason)", attempt.task)
        case .planApproved:
            return line(.good, "approved", scheduler.isReordered ? "the plan, in another order" : "the plan")
        case .approved(let attempt, let tree):
            return line(.good, "approved", "tree \(tree.text.prefix(8))", attempt.task)
        case .changesRequested(let attempt, let comment):
            return line(.info, "changes", inOneLine(comment), attempt.task)
        case .recheckRequested(let attempt): return line(.info, "recheck", "", attempt.task)
        case .skipped(let task, let reason): return line(.info, "skipped", reason, task)
        case .retried(let task, let note): return line(.info, "retry", note, task)
        case .taskStopped(let task): return line(.info, "stopping", "", task)
        case .messaged(let task, let text): return line(.info, "message", text, task)
        case .taskAdded(let addition): return line(.info, "added", words(of: addition), addition.task.id)
        case .runStopped(.drain): return line(.attention, "draining", "running tasks finish, nothing new starts")
        case .runStopped(.now): return line(.attention, "stopping", "agents are being ended, their work is kept")
        case .runResumed: return line(.info, "resumed", RecoveryText.sentence(of: scheduler))
        case .concluded(let trouble): return concluded(trouble, scheduler, line)
        case .restarted, .prepared, .reordered, .usageReported, .troubleReported, .disposed, .timerFired, .adjusted,
            .attendanceBegan,
            .attendanceEnded:
            return []
        }
    }

    private typealias Line = (Notice.Level, String, String, TaskID?) -> [Notice]

    private static func exited(_ attempt: AttemptID, _ exit: AgentExit, _ line: Line) -> [Notice] {
        let strays = exit.strayCount == 0 ? "" : "; \(exit.strayCount) processes that it left behind were ended"
        switch exit.verdict {
        case .completed: return exit.strayCount == 0 ? [] : line(.attention, "strays", "ended" + strays, attempt.task)
        case .failed(let reason): return line(.bad, "ended", headline(of: reason) + strays, attempt.task)
        case .interrupted(let reason): return line(.info, "ended", headline(of: reason) + strays, attempt.task)
        }
    }

    /// The first line of a reason; what follows it is output, for the log and the next attempt.
    static func headline(of reason: String) -> String {
        let first = reason.prefix { !$0.isNewline }
        return String(first.hasSuffix(":") ? first.dropLast() : first)
    }

    /// What was added, and where it stands.
    private static func words(of addition: TaskAddition) -> String {
        func list(_ word: String, _ tasks: [TaskID]) -> String {
            tasks.isEmpty ? "" : ", \(word) " + tasks.map { "'\($0)'" }.joined(separator: ", ")
        }
        return addition.task.name + list("after", addition.task.dependencies) + list("before", addition.before)
    }

    private static func collected(
        _ attempt: AttemptID,
        _ contribution: Contribution,
        _ checks: [CheckResult],
        _ scheduler: Scheduler,
        _ line: Line
    ) -> [Notice] {
        var notices = contribution.findings.flatMap { line(.attention, "finding", $0, attempt.task) }
        guard let task = scheduler.task(attempt.task) else { return notices }
        if let validator = task.validator(of: attempt) {
            notices += judged(attempt, by: validator, contribution, task, line)
        }
        if let lack = task.attempts.last(where: { $0.number == attempt.number })?.lack {
            notices += line(.attention, lack.word, lack.hint, attempt.task)
        }
        if let check = checks.first(where: { !$0.passed }) {
            notices += line(.bad, "check", "'\(check.name)' failed with \(check.status)", attempt.task)
        }
        switch task.state {
        case .review: notices += line(.attention, "review", "waits for your review", attempt.task)
        case .retrying: notices += line(.info, "retry", task.detail, attempt.task)
        case .failed: notices += line(.bad, "failed", task.detail, attempt.task)
        case .done: notices += line(.good, "done", "nothing to merge", attempt.task)
        case .stopped: notices += line(.info, "stopped", "its work is kept", attempt.task)
        default: break
        }
        return notices
    }

    /// A text of several lines, such as comments on lines with those quoted, as one.
    private static func inOneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }.joined(separator: "; ")
    }

    /// What a validator said, and what it left behind.
    private static func judged(
        _ attempt: AttemptID,
        by validator: String,
        _ contribution: Contribution,
        _ task: TaskSnapshot,
        _ line: Line
    ) -> [Notice] {
        let judgement = task.attempts.first { $0.number == attempt.number }
        let count = contribution.changes.count
        var notices: [Notice] = []
        if count > 0 {
            let what = count == 1 ? "a file" : "\(count) files"
            let text = "'\(validator)' changed \(what): kept, but no part of the work"
            notices += line(.attention, "finding", text, attempt.task)
        }
        if let word = judgement?.exit?.report?.validation {
            let first = word.findings.first.map { ": " + headline(of: $0) } ?? ""
            let more = word.findings.count > 1 ? " (and \(word.findings.count - 1) more)" : ""
            switch word.verdict {
            case .pass: notices += line(.good, "valid", "'\(validator)' lets it pass", attempt.task)
            case .warn: notices += line(.attention, "warning", "'\(validator)'" + first + more, attempt.task)
            case .fail: notices += line(.bad, "rejected", "'\(validator)'" + first + more, attempt.task)
            }
        } else if let failure = judgement?.failure {
            notices += line(.bad, "validator", "'\(validator)' failed: " + headline(of: failure), attempt.task)
        }
        return notices
    }

    private static func conflicted(
        _ attempt: AttemptID,
        _ conflict: MergeConflict,
        _ scheduler: Scheduler,
        _ line: Line
    ) -> [Notice] {
        let what = conflict.failedChecks.isEmpty ? conflict.paths.joined(separator: ", ") : "a check on the merged tree"
        if scheduler.task(attempt.task)?.state == .review {
            return line(.attention, "review", "conflicts again in \(what)", attempt.task)
        }
        return line(.info, "conflict", "in \(what): it runs again from the new head", attempt.task)
    }

    private static func concluded(_ trouble: Trouble?, _ scheduler: Scheduler, _ line: Line) -> [Notice] {
        let problem = trouble.map { line(.bad, "trouble", $0.message, nil) } ?? []
        guard let outcome = scheduler.outcome else { return problem }
        return problem + line(outcome == .finished ? .good : .bad, outcome.word, outcome.sentence, nil)
    }
}

extension TaskSnapshot {
    /// The role that judges in this attempt; nil for work.
    fileprivate func validator(of attempt: AttemptID) -> String? {
        attempts.first { $0.number == attempt.number }?.validator
    }
}

extension Scheduler {
    /// The task by name; nil where the run has none of that name.
    package func task(_ id: TaskID) -> TaskSnapshot? { index[id].map { task(at: $0) } }

    /// Who does the task of the attempt that is under way, in words.
    fileprivate func agent(of attempt: AttemptID) -> String {
        index[attempt.task].map { visibleChoice($0).words } ?? ""
    }
}

extension Outcome {
    /// One word for the outcome.
    package var word: String {
        switch self {
        case .finished: "finished"
        case .stuck: "stuck"
        case .failed: "failed"
        case .overBudget: "budget"
        case .stopped: "stopped"
        case .needsHuman: "waiting"
        case .broken: "broken"
        }
    }

    /// The outcome in a sentence that names the tasks.
    package var sentence: String {
        func list(_ tasks: [TaskID]) -> String { tasks.map { "'\($0)'" }.joined(separator: ", ") }
        switch self {
        case .finished: return "every task is done"
        case .stuck(let path): return path
        case .failed(let tasks): return list(tasks) + (tasks.count == 1 ? " has failed" : " have failed")
        case .overBudget(let text): return text
        case .stopped: return "stopped on request; `stretto resume` goes on"
        case .needsHuman(let tasks):
            return tasks.isEmpty ? "the plan waits for approval" : list(tasks) + " waits for a person: `stretto resume`"
        case .broken(let reason): return reason
        }
    }
}
