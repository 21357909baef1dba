package import StrettoCore

/// The answer to `stretto ready`: tasks that could start now, one a line.
package enum ReadyList {
    /// The lines for the ready tasks, in the order given: `1.2  Write the migration (claude with opus: its role is 'coder')`.
    ///
    /// Who would do it stands in brackets, with the reason where something other than the plan's plain word chose. No task at
    /// all is a sentence, too.
    package static func lines(_ tasks: [TaskSnapshot]) -> [String] {
        if tasks.isEmpty { return ["no task is ready"] }
        let width = tasks.map { PlainText.visible($0.id.text).count }.max() ?? 0
        return tasks.map { task in
            let id = PlainText.padded(PlainText.visible(task.id.text), columns: width)
            let agent = AgentChoice(builder: task.builder, model: task.model).words
            let reason = task.choice.map { ": " + $0 } ?? ""
            return "\(id)  \(PlainText.visible(task.name)) (\(PlainText.visible(agent + reason)))"
        }
    }
}
