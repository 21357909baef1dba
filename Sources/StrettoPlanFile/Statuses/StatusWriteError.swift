package import StrettoCore

/// Why the statuses of a run are not written into its plan file; the file is as it was.
package enum StatusWriteError: Error, Hashable, CustomStringConvertible {
    /// It is gone, or a link to it leads nowhere.
    case missing(path: String)
    /// It may not be written.
    case readOnly(path: String)
    /// It has other names as well, which would go on showing the old file.
    case linked(path: String)
    /// It cannot be read as a plan any more; the first problem says why.
    case noPlan(path: String, PlanProblem)
    /// It is another plan than the one that runs.
    case otherPlan(path: String, task: TaskID)
    /// Somebody else wrote to it each time.
    case restless(path: String)
    /// The system refused, in its own words.
    case system(path: String, String)

    package var description: String {
        switch self {
        case .missing(let path): "\(path) is gone"
        case .readOnly(let path): "\(path) is read-only: make it writable, or run with --no-status"
        case .linked(let path): "\(path) has more than one hard link: copy it, or run with --no-status"
        case .noPlan(let path, let problem): "\(path):\(problem)"
        case .otherPlan(let path, let task): "\(path) no longer has the task '\(task)' of this run, by id and name"
        case .restless(let path): "\(path) changes all the time"
        case .system(let path, let words): "\(path): \(words)"
        }
    }
}
