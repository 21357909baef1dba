/// What the scheduler remembers of one task.
struct TaskRecord: Equatable, Sendable, Codable {
    var task: PlanTask
    var section: String
    /// Indices of the tasks that must be over first.
    var dependencies: [Int]
    /// Indices of the tasks that wait for this one.
    var dependants: [Int] = []
    /// How many tasks hang on the longest chain that begins here, itself included.
    var pathLength = 1
    var phase: TaskPhase = .waiting
    var changed: Timestamp
    var attempts: [AttemptRecord] = []
    /// Counted failures since the task was new or a person retried it.
    var failureCount = 0
    /// Failures of the infrastructure in a row: worktrees that could not be made.
    var troubleCount = 0
    /// Interruptions in a row that nobody asked for: limits, crashes, lost connections.
    var interruptionCount = 0
    var conflictRetryIsUsed = false
    /// Paths of the conflict that the next or current attempt is to resolve.
    var claimedPaths: [String] = []
    /// Why earlier attempts did not make it, oldest first.
    var findings: [String] = []
    /// What the person told its agents, oldest first.
    var messages: [String] = []
    /// Its agent was interrupted for a message, and the next attempt is to hear it before anything else starts.
    var isAddressed = false
    var worker: Int?
    /// What a person wants once the step that is under way is over.
    var intent: Intent?
    /// When the pause after a failure ends.
    var backoffEnd: Timestamp?
    /// The judgement that its newest work waits for or is under; nil where nothing is to be judged.
    var validation: PendingValidation?
    /// How often validators have rejected its work since the task was new or a person retried it; nil: never.
    var rejectionCount: Int?
    /// Its place in the order that a person gave to the tasks; nil where nobody did, or where it is newer than that.
    var turn: Int?

    var id: TaskID { task.id }
    /// Where the attempt stands that everything is about now: the newest one; once a judgement is over, the work that was judged.
    var currentPlace: Int? { validation == nil ? workPlace : attempts.indices.last }
    /// Where the newest attempt stands that is no judgement.
    var workPlace: Int? { attempts.lastIndex { $0.validator == nil } }
    var attempt: AttemptID { AttemptID(task: task.id, number: currentPlace.map { $0 + 1 } ?? 0) }
    var current: AttemptRecord? { currentPlace.map { attempts[$0] } }
    /// The validator whose turn it is; nil where the task itself is to be done.
    var validator: String? { validation?.validators.first }
    /// The role of the attempt that is next or under way.
    var role: String? { validator ?? task.role }

    /// Whether the attempt under way is a conflict's retry, so that its paths must stay as they are.
    ///
    /// Not in review: a person may take hours, and nobody should wait for that.
    var isResolvingConflict: Bool { !claimedPaths.isEmpty && (phase.holdsWorker || validation != nil) }

    /// What a person asked for while an attempt was under way.
    enum Intent: Equatable, Sendable, Codable {
        case skip(reason: String)
        case stop
        case retry(note: String)
        /// It goes on at once, with what it was told.
        case hear
    }
}

/// A judgement under way.
///
/// Each validator gets an attempt of its own, with a worktree at the commit of the work; so whatever it writes is no part of the work.
/// The work's own worktree stays meanwhile, for the review that may follow.
struct PendingValidation: Equatable, Sendable, Codable {
    /// Those who have not judged yet, the one whose turn it is first.
    var validators: [String]
    /// How often the present one has come to no verdict.
    var failureCount = 0
    /// The work is not wanted any more.
    var isVoid = false
}

/// Where a task stands; see the diagram in ``Scheduler``.
enum TaskPhase: Equatable, Sendable, Codable {
    case waiting
    case backoff
    case preparing
    case running
    case collecting(Ending)
    case review(ReviewReason)
    case mergeQueued
    case merging
    case done
    case failed(String)
    case skipped(String)
    case stopped
    case excluded

    /// What follows once the attempt's tree is kept.
    enum Ending: Equatable, Sendable, Codable {
        /// The checks have run: on to review or merge.
        case verify
        case fail(String)
        /// Not counted: the task may run again at once.
        case interrupt(String)
    }

    enum ReviewReason: Equatable, Sendable, Codable {
        case gate
        /// It conflicted again after its automatic retry.
        case conflict(String)
        /// The run's branch could not be moved.
        case held(String)
    }

    /// Whether an effect is under way whose answer will move the task.
    var isInFlight: Bool {
        switch self {
        case .preparing, .running, .collecting, .merging: true
        case .waiting, .backoff, .review, .mergeQueued, .done, .failed, .skipped, .stopped, .excluded: false
        }
    }

    /// Whether the task occupies a worker.
    var holdsWorker: Bool {
        switch self {
        case .preparing, .running, .collecting: true
        case .waiting, .backoff, .review, .mergeQueued, .merging, .done, .failed, .skipped, .stopped, .excluded: false
        }
    }

    /// Whether dependants may start.
    var releasesDependants: Bool {
        switch self {
        case .done, .skipped, .excluded: true
        case .waiting, .backoff, .preparing, .running, .collecting, .review, .mergeQueued, .merging, .failed, .stopped:
            false
        }
    }

    /// Whether dependants wait in vain.
    var blocksDependants: Bool {
        switch self {
        case .failed, .stopped: true
        default: false
        }
    }

    /// Whether nothing more happens to the task by itself.
    var isOver: Bool {
        switch self {
        case .done, .failed, .skipped, .stopped, .excluded: true
        case .waiting, .backoff, .preparing, .running, .collecting, .review, .mergeQueued, .merging: false
        }
    }
}

/// What the scheduler remembers of one attempt.
struct AttemptRecord: Equatable, Sendable, Codable {
    var ordered: Timestamp
    /// Who does it: chosen once, so that a repeated order is the same.
    var builder: BuilderName
    /// The builder's description as it was then, where a user described it.
    var program: AgentProgram?
    var model: String?
    /// Why, where a rule or a ladder chose.
    var reason: String?
    /// What it may cost; nil for no limit.
    var allowanceMicrodollars: Int?
    var worktree: Worktree?
    var process: AgentProcess?
    var launched: Timestamp?
    var exited: Timestamp?
    var usage: Usage = .zero
    var exit: AgentExit?
    var contribution: Contribution?
    var checks: [CheckResult] = []
    var failure: String?
    var isTimedOut = false
    /// It is being ended because a budget is spent.
    var isOverBudget = false
    /// The next attempt goes on with its session.
    var leavesSession = false
    /// The role that judges another attempt's work here; nil for work.
    var validator: String?
    /// Whether all validators have let the work pass; nil: no.
    var isValidated: Bool?
    /// What a new engine knows of the agent that an earlier one started; nil where no engine died.
    var finding: Finding?

    enum Finding: Equatable, Sendable, Codable {
        /// It was started by a dead engine, and nothing has been heard of it yet.
        case sought
        /// It was still at work.
        case adopted
    }
}
