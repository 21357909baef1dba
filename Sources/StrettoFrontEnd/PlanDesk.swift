package import StrettoBoard
package import StrettoCore
internal import StrettoProcess

/// What a board needs of plan files, which only the program around it can read.
package struct PlanDesk: Sendable {
    /// The absolute path of a run's plan file.
    package var path: @Sendable (_ planPath: String) -> String
    /// Reads the plan file of a run and tells what is different; `tasks` are the run's as they stand.
    ///
    /// Blocks while it reads.
    package var compare: @Sendable (_ spec: RunSpec, _ tasks: [TaskSnapshot]) -> PlanEdit

    package init(
        path: @escaping @Sendable (_ planPath: String) -> String,
        compare: @escaping @Sendable (_ spec: RunSpec, _ tasks: [TaskSnapshot]) -> PlanEdit
    ) {
        self.path = path
        self.compare = compare
    }

    /// Lends the terminal to the user's editor with a run's plan file; blocks until it ends.
    func edit(_ planPath: String) throws(ProcessError) -> ExitStatus {
        let path = path(planPath)
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return try Foreground.edit(path, directory: folder + "/")
    }
}
