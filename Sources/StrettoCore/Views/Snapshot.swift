/// Everything that a front end may know of a run: the whole at first, then ``RunUpdate`` values.
package struct RunSnapshot: Hashable, Sendable, Codable {
    package var header: RunHeader
    /// In plan order.
    package var tasks: [TaskSnapshot]
    /// The generated part of HANDOFF.md.
    package var handoff: String

    package init(header: RunHeader, tasks: [TaskSnapshot], handoff: String) {
        self.header = header
        self.tasks = tasks
        self.handoff = handoff
    }

    /// The snapshot after an update; tasks that it does not know are appended.
    package mutating func apply(_ update: RunUpdate) {
        header = update.header
        if let order = update.taskOrder {
            let known = Dictionary(tasks.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            let changed = Dictionary(update.tasks.map { ($0.id, $0) }, uniquingKeysWith: { _, last in last })
            tasks = order.compactMap { changed[$0] ?? known[$0] }
        } else {
            for task in update.tasks {
                if let index = tasks.firstIndex(where: { $0.id == task.id }) { tasks[index] = task }
            }
        }
        if let handoff = update.handoff { self.handoff = handoff }
    }
}

/// What changed since the last update.
package struct RunUpdate: Hashable, Sendable, Codable {
    package var header: RunHeader
    /// Only tasks that changed.
    package var tasks: [TaskSnapshot]
    /// The new order of all tasks, where a revised plan changed it.
    package var taskOrder: [TaskID]?
    /// Only when it changed.
    package var handoff: String?
    /// What to tell people, oldest first.
    package var notices: [Notice]

    package init(
        header: RunHeader,
        tasks: [TaskSnapshot] = [],
        taskOrder: [TaskID]? = nil,
        handoff: String? = nil,
        notices: [Notice] = []
    ) {
        self.header = header
        self.tasks = tasks
        self.taskOrder = taskOrder
        self.handoff = handoff
        self.notices = notices
    }

    /// Becomes the update that leads where this one and then `next` lead.
    package mutating func add(_ next: RunUpdate) {
        header = next.header
        for task in next.tasks {
            if let index = tasks.firstIndex(where: { $0.id == task.id }) {
                tasks[index] = task
            } else {
                tasks.append(task)
            }
        }
        taskOrder = next.taskOrder ?? taskOrder
        handoff = next.handoff ?? handoff
        notices += next.notices
    }
}

/// The run as a whole.
package struct RunHeader: Hashable, Sendable, Codable {
    /// How the run as a whole stands.
    package enum Phase: Hashable, Sendable, Codable {
        /// The plan gate waits.
        case planReview
        case running
        case draining
        case stopping
        /// Nothing runs and nothing is ready; a person may retry, skip or quit.
        case holding(Outcome)
        case concluding
        case over(Outcome)
    }

    package var run: RunID
    package var planName: String
    package var planPath: String
    package var branch: String
    package var phase: Phase
    package var started: Timestamp
    /// When the run was over; nil before.
    package var ended: Timestamp?
    package var workers: Int
    package var usage: Usage
    /// What counts against a limit in money, in millionths of a US dollar; nil from an engine that did not tell it.
    package var countedMicrodollars: Int?
    package var budget: Budget
    /// What paused the run: a fault, or a disk that takes nothing more.
    package var fault: String?
    /// Providers that take no new attempts now, or only a probe.
    package var providers: [ProviderSnapshot]
    /// Absolute path of the event and git log.
    package var logPath: String
    /// At the plan gate: the tasks that are to be done, in the order in which they would start one after the other; else nil.
    package var startOrder: [TaskID]?
    /// At the plan gate: which edition of the plan this is, for ``Command/approvePlan(edition:)``; else nil.
    package var planEdition: Int?

    package init(
        run: RunID,
        planName: String,
        planPath: String,
        branch: String,
        phase: Phase,
        started: Timestamp,
        ended: Timestamp? = nil,
        workers: Int,
        usage: Usage,
        countedMicrodollars: Int? = nil,
        budget: Budget,
        fault: String? = nil,
        providers: [ProviderSnapshot] = [],
        logPath: String = "",
        startOrder: [TaskID]? = nil,
        planEdition: Int? = nil
    ) {
        self.run = run
        self.planName = planName
        self.planPath = planPath
        self.branch = branch
        self.phase = phase
        self.started = started
        self.ended = ended
        self.workers = workers
        self.usage = usage
        self.countedMicrodollars = countedMicrodollars
        self.budget = budget
        self.fault = fault
        self.providers = providers
        self.logPath = logPath
        self.startOrder = startOrder
        self.planEdition = planEdition
    }
}

/// A task as people see it: a glyph, a word and a colour each.
package enum TaskState: String, Hashable, Sendable, Codable, CaseIterable {
    case waiting, ready, preparing, running, checking, review, merging, retrying, blocked, done, failed, skipped,
        stopped
    /// Over before the run began, or outside its scope.
    case excluded

    package var isActive: Bool { self == .preparing || self == .running || self == .checking || self == .merging }
    package var isOver: Bool {
        self == .done || self == .failed || self == .skipped || self == .stopped || self == .excluded
    }
}

/// What becomes of words that a person has for a task's agent.
package enum Hearing: String, Hashable, Sendable, Codable {
    /// Its agent goes on with them in the same session.
    case session
    /// A new attempt begins with them.
    case anew
    /// A command reads nothing.
    case never
}

/// One task for a front end.
package struct TaskSnapshot: Hashable, Sendable, Codable {
    package var id: TaskID
    package var name: String
    package var section: String
    @Guarded package var description: String
    package var state: TaskState
    /// A few words beside the state: `after export-cmd`, `retry 1 of 2`, `conflict`, `no checks`.
    package var detail: String
    package var dependencies: [TaskID]
    /// Tasks that a skip of this one would release now.
    package var releases: [TaskID]
    package var builder: BuilderName
    package var model: String?
    /// Why that builder and model, where a rule or a ladder chose.
    package var choice: String?
    package var role: String?
    /// What becomes of a message to it; nil from an engine that did not tell it.
    package var hearing: Hearing?
    /// Which worker slot runs it, from 1; nil when none does.
    package var worker: Int?
    /// When the current or last attempt began.
    package var started: Timestamp?
    /// When the task's state was reached that it is in now.
    package var changed: Timestamp
    /// The time in work of all attempts that are over.
    package var worked: Duration
    /// Of all attempts.
    package var usage: Usage
    /// What all attempts together may use; nil without a limit of its own.
    package var budget: Budget?
    package var attempts: [AttemptSnapshot]

    package init(
        id: TaskID,
        name: String,
        section: String,
        description: String = "",
        state: TaskState,
        detail: String = "",
        dependencies: [TaskID] = [],
        releases: [TaskID] = [],
        builder: BuilderName = .command,
        model: String? = nil,
        choice: String? = nil,
        role: String? = nil,
        hearing: Hearing? = nil,
        worker: Int? = nil,
        started: Timestamp? = nil,
        changed: Timestamp,
        worked: Duration = .zero,
        usage: Usage = .zero,
        budget: Budget? = nil,
        attempts: [AttemptSnapshot] = []
    ) {
        self.id = id
        self.name = name
        self.section = section
        self.description = description
        self.state = state
        self.detail = detail
        self.dependencies = dependencies
        self.releases = releases
        self.builder = builder
        self.model = model
        self.choice = choice
        self.role = role
        self.hearing = hearing
        self.worker = worker
        self.started = started
        self.changed = changed
        self.worked = worked
        self.usage = usage
        self.budget = budget
        self.attempts = attempts
    }
}

/// One attempt for a front end.
package struct AttemptSnapshot: Hashable, Sendable, Codable {
    package var number: Int
    package var worktree: Worktree?
    package var process: AgentProcess?
    package var exit: AgentExit?
    package var contribution: Contribution?
    package var checks: [CheckResult]
    /// Why it did not make it, where it did not.
    package var failure: String?
    /// What is missing where it ended as if all were well.
    package var lack: Lack?
    package var builder: BuilderName
    /// How its output is to be read, where a user described the builder; nil: as the builder's always is.
    package var output: OutputFormat?
    /// As it was ordered, nil for the role's or the agent's own; once it is over, the one that took over from that.
    package var model: String?
    package var usage: Usage
    package var launched: Timestamp?
    package var exited: Timestamp?
    /// The role that judged another attempt's work here; nil for work.
    package var validator: String?

    package init(
        number: Int,
        worktree: Worktree? = nil,
        process: AgentProcess? = nil,
        exit: AgentExit? = nil,
        contribution: Contribution? = nil,
        checks: [CheckResult] = [],
        failure: String? = nil,
        lack: Lack? = nil,
        builder: BuilderName = .command,
        output: OutputFormat? = nil,
        model: String? = nil,
        usage: Usage = .zero,
        launched: Timestamp? = nil,
        exited: Timestamp? = nil,
        validator: String? = nil
    ) {
        self.number = number
        self.worktree = worktree
        self.process = process
        self.exit = exit
        self.contribution = contribution
        self.checks = checks
        self.failure = failure
        self.lack = lack
        self.builder = builder
        self.output = output
        self.model = model
        self.usage = usage
        self.launched = launched
        self.exited = exited
        self.validator = validator
    }
}

extension TaskSnapshot {
    /// The newest attempt at the task itself, not at judging it.
    package var work: AttemptSnapshot? { attempts.last { $0.validator == nil } }

    /// The newest work that changed something or said that nothing had to be: what is reviewed.
    package var contributed: AttemptSnapshot? { attempts.last { $0.contribution != nil && $0.validator == nil } }

    /// The warnings of those who judged the newest work.
    package var warnings: [Validation] {
        let judgements = attempts.reversed().prefix { $0.validator != nil }.reversed()
        return judgements.compactMap { $0.exit?.report?.validation }.filter { $0.verdict == .warn }
    }
}

/// One line for people about something that happened: plain mode's line, the board's toast, the event log's entry.
package struct Notice: Hashable, Sendable, Codable {
    /// How much a notice matters, and which way.
    package enum Level: String, Hashable, Sendable, Codable { case info, good, attention, bad }
    package var time: Timestamp
    package var level: Level
    package var task: TaskID?
    /// A state word such as `running`, `review`, `merged`.
    package var word: String
    package var text: String

    package init(time: Timestamp, level: Level, task: TaskID? = nil, word: String, text: String) {
        self.time = time
        self.level = level
        self.task = task
        self.word = word
        self.text = text
    }
}
