package import StrettoCore

/// What a command that the engine has taken leads to, in a sentence for whoever gave it in a shell.
package enum SteerText {
    /// The sentence, without a line feed; nil for what nobody asks for by name.
    package static func sentence(of command: Command) -> String? {
        func task(_ id: TaskID, _ text: String) -> String { "'\(PlainText.visible(id.text))' \(text)" }
        switch command {
        case .approvePlan: return "the plan is approved"
        case .reorder(let id, let other):
            return task(id, other.map { "starts before '\(PlainText.visible($0.text))'" } ?? "starts after all others")
        case .approve(let id, _): return task(id, "is approved: it is merged next")
        case .requestChanges(let id, _): return task(id, "goes back to its agent with the comment")
        case .recheck(let id): return task(id, "is checked again")
        case .skip(let id, _): return task(id, "is skipped")
        case .retry(let id, _): return task(id, "runs again")
        case .stopTask(let id): return task(id, "is being stopped; its work is kept")
        case .message(let id, _): return task(id, "hears it next")
        case .addTask(let draft): return draft.id.map { task($0, "is in the run") } ?? "the task is in the run"
        case .stopRun(.drain): return "running tasks finish, nothing new starts"
        case .stopRun(.now): return "the agents are being ended; their work is kept"
        case .resumeRun: return "the run goes on"
        case .revisePlan, .beginAttendance, .endAttendance: return nil
        }
    }
}
