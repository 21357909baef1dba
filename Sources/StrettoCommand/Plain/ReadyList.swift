package import StrettoCore

/// The answer to `stretto ready`: tasks that could start now, one a line.
package enum ReadyList {
    /// The lines for the ready tasks, in the order in which they would start: `1.2  Write the migration (claude)`.
    ///
    /// `settings` tell the builder of a task that names none. No task at all is a sentence, too.
    package static func lines(_ tasks: [PlanTask], settings: PlanSettings) -> [String] {
        if tasks.isEmpty { return ["no task is ready"] }
        let width = tasks.map { PlainText.visible($0.id.text).count }.max() ?? 0
        return tasks.map { task in
            let builder = task.command != nil ? .command : task.builder ?? settings.builder
            let id = PlainText.padded(PlainText.visible(task.id.text), columns: width)
            return "\(id)  \(PlainText.visible(task.name)) (\(builder.rawValue))"
        }
    }
}
