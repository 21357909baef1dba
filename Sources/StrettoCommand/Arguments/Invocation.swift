package import StrettoCore

/// What the user asked for, complete and checked as far as that can be done without looking at the world.
package enum Invocation: Hashable, Sendable {
    /// No command: attach to the engine of this repository, or offer the plans found here.
    case offer(DisplayOptions)
    case demo(DisplayOptions)
    case run(RunOptions)
    case attach(DisplayOptions)
    case status(DocumentFormat)
    case stop(StopMode)
    case resume(ResumeOptions)
    case check(plan: String, DocumentFormat)
    case ready(plan: String, DocumentFormat)
    /// nil: the plan itself, where the run waits at its plan gate.
    case approve(TaskID?)
    case reject(TaskID, comment: String)
    /// `note` is empty where none was given.
    case retry(TaskID, note: String)
    /// `reason` is empty where none was given.
    case skip(TaskID, reason: String)
    case message(TaskID, text: String)
    /// Without an id it gets one of its words.
    case add(TaskDraft)
    /// Everything that there is to judge about a task's work.
    case review(TaskID)
    case log(LogOptions)
    case diff(TaskID)
    case trace(TraceOptions)
    /// nil: the newest run that is over.
    case land(LandMode, RunID?)
    case rescue(RescueOptions)
    case discard(DiscardOptions)
    case prune(PruneOptions)
    case doctor(DoctorMode)
    /// The board's keys, in the form of a keys file.
    case keys
    case theme(ThemeRequest)
    /// Every place that Stretto reads or writes.
    case paths
    case version
    /// nil: the help about everything.
    case help(CommandName?)
    /// Hidden: the program starts its own engine process with it.
    case engine(orderPath: String)
}

/// The commands, as typed.
package enum CommandName: String, Hashable, Sendable, CaseIterable {
    case demo, run, attach, status, stop, resume, check, ready, approve, reject, retry, skip, message, add
    case review, log, diff, trace, land, rescue, discard, prune, doctor, keys, theme, paths, version, help, engine
}

/// What `stretto run` was told.
package struct RunOptions: Hashable, Sendable {
    package var planPath: String
    /// nil: the plan's, else the default.
    package var workers: Int?
    package var scope: RunSpec.Scope
    /// nil: the plan's gates.
    package var preset: GatePreset?
    /// Nothing starts before a person has approved the plan, whatever the gates say.
    package var reviewsPlan: Bool
    /// nil: the plan's base, else HEAD.
    package var base: String?
    /// What is nil here is the plan's.
    package var budget: BudgetTerms
    package var escalation: EscalationOptions
    /// Show what would run and change nothing.
    package var isDryRun: Bool
    /// Start anew instead of continuing an unfinished run.
    package var startsFresh: Bool
    /// Start anew, and do again what earlier runs did or skipped.
    package var runsAgain: Bool
    /// Write no statuses into the plan file.
    package var leavesPlanFile: Bool
    /// Go on where a question would be asked.
    package var answersYes: Bool
    package var display: DisplayOptions

    package init(
        planPath: String,
        workers: Int? = nil,
        scope: RunSpec.Scope = .all,
        preset: GatePreset? = nil,
        reviewsPlan: Bool = false,
        base: String? = nil,
        budget: BudgetTerms = BudgetTerms(),
        escalation: EscalationOptions = EscalationOptions(),
        isDryRun: Bool = false,
        startsFresh: Bool = false,
        runsAgain: Bool = false,
        leavesPlanFile: Bool = false,
        answersYes: Bool = false,
        display: DisplayOptions = DisplayOptions()
    ) {
        self.planPath = planPath
        self.workers = workers
        self.scope = scope
        self.preset = preset
        self.reviewsPlan = reviewsPlan
        self.base = base
        self.budget = budget
        self.escalation = escalation
        self.isDryRun = isDryRun
        self.startsFresh = startsFresh
        self.runsAgain = runsAgain
        self.leavesPlanFile = leavesPlanFile
        self.answersYes = answersYes
        self.display = display
    }

    /// The gates with what was told on top of them.
    package func gates(over gates: Gates) -> Gates {
        var gates = preset?.gates ?? gates
        if reviewsPlan { gates.plan = .human }
        return gates
    }
}

/// What `stretto run` was told about the ladder of models; any of it switches the ladder on.
package struct EscalationOptions: Hashable, Sendable {
    /// nil: the plan's, each of them.
    package var start: String?
    package var after: Int?
    package var limit: String?

    package init(start: String? = nil, after: Int? = nil, limit: String? = nil) {
        self.start = start
        self.after = after
        self.limit = limit
    }

    /// The plan's ladder with these changes; nil where there are none.
    package func applied(to escalation: Escalation) -> Escalation? {
        guard self != EscalationOptions() else { return nil }
        var changed = escalation
        changed.isEnabled = true
        changed.start = start ?? changed.start
        changed.after = after ?? changed.after
        changed.limit = limit ?? changed.limit
        return changed
    }
}

/// What `stretto resume` was told; everything else is in the unfinished run's journal.
package struct ResumeOptions: Hashable, Sendable {
    /// Write no statuses into the plan file.
    package var leavesPlanFile: Bool
    /// Go on where a question would be asked.
    package var answersYes: Bool
    package var display: DisplayOptions

    package init(
        leavesPlanFile: Bool = false,
        answersYes: Bool = false,
        display: DisplayOptions = DisplayOptions()
    ) {
        self.leavesPlanFile = leavesPlanFile
        self.answersYes = answersYes
        self.display = display
    }
}

/// How a run is to be shown.
package struct DisplayOptions: Hashable, Sendable {
    /// nil: the board where there is a terminal for it; ``FrontEndChoice`` decides.
    package var output: Output?
    package var color: ColorChoice
    package var isASCII: Bool
    package var theme: String?

    /// An output that was asked for by name.
    package enum Output: Hashable, Sendable { case plain, json }

    package init(output: Output? = nil, color: ColorChoice = .auto, isASCII: Bool = false, theme: String? = nil) {
        self.output = output
        self.color = color
        self.isASCII = isASCII
        self.theme = theme
    }
}

/// The form of an answer that is printed once.
package enum DocumentFormat: Hashable, Sendable { case text, json }

/// A named set of gates.
package enum GatePreset: String, Hashable, Sendable, CaseIterable {
    case careful, normal, unattended

    package var gates: Gates {
        switch self {
        case .careful: .careful
        case .normal: .normal
        case .unattended: .none
        }
    }
}

/// What `stretto log` was told.
package struct LogOptions: Hashable, Sendable {
    /// nil: the log of events and git commands.
    package var task: TaskID?
    /// nil: the last attempt.
    package var attempt: Int?
    package var follows: Bool
    /// The bytes as the agent wrote them instead of the readable transcript.
    package var isRaw: Bool

    package init(task: TaskID? = nil, attempt: Int? = nil, follows: Bool = false, isRaw: Bool = false) {
        self.task = task
        self.attempt = attempt
        self.follows = follows
        self.isRaw = isRaw
    }
}

/// What `stretto trace` was told.
package struct TraceOptions: Hashable, Sendable {
    package var path: String
    /// nil: told by the first line.
    package var builder: BuilderName?
    package var status: ExitStatus
    /// nil: nothing was written there, or nobody kept it.
    package var standardErrorPath: String?
    package var format: DocumentFormat

    package init(
        path: String,
        builder: BuilderName? = nil,
        status: ExitStatus = .unknown,
        standardErrorPath: String? = nil,
        format: DocumentFormat = .text
    ) {
        self.path = path
        self.builder = builder
        self.status = status
        self.standardErrorPath = standardErrorPath
        self.format = format
    }
}

/// How a run's branch comes to the user's branch.
package enum LandMode: String, Hashable, Sendable, CaseIterable {
    case fastForward = "ff"
    case merge
    case squash
}

/// What `stretto rescue` was told.
package struct RescueOptions: Hashable, Sendable {
    /// What becomes of the trees.
    package enum Action: Hashable, Sendable {
        case list(DocumentFormat)
        /// A new branch of that name.
        case branch(String)
        case export(folder: String)
    }

    /// A task, or a tree as the list names it; nil: all.
    package var tree: String?
    /// nil: all runs.
    package var run: RunID?
    package var action: Action

    package init(tree: String? = nil, run: RunID? = nil, action: Action = .list(.text)) {
        self.tree = tree
        self.run = run
        self.action = action
    }
}

/// What `stretto discard` was told.
package struct DiscardOptions: Hashable, Sendable {
    /// nil: the newest run, or the newest discarded one where it is undone.
    package var run: RunID?
    /// Give the branch back instead.
    package var undoes: Bool
    /// Go on where a question would be asked.
    package var answersYes: Bool

    package init(run: RunID? = nil, undoes: Bool = false, answersYes: Bool = false) {
        self.run = run
        self.undoes = undoes
        self.answersYes = answersYes
    }
}

/// What `stretto prune` was told.
package struct PruneOptions: Hashable, Sendable {
    /// Empty: all runs that are over.
    package var runs: [RunID]
    /// nil: of any age.
    package var olderThanDays: Int?
    /// Also trees that are nowhere else.
    package var takesAll: Bool
    /// Go on where a question would be asked.
    package var answersYes: Bool

    package init(runs: [RunID] = [], olderThanDays: Int? = nil, takesAll: Bool = false, answersYes: Bool = false) {
        self.runs = runs
        self.olderThanDays = olderThanDays
        self.takesAll = takesAll
        self.answersYes = answersYes
    }
}

/// What `stretto theme` was asked.
package enum ThemeRequest: Hashable, Sendable {
    case list
    /// A file, or the name of a theme.
    case check(String)
}

/// Whether `stretto doctor` only looks, or also removes what is proved to be left over.
package enum DoctorMode: Hashable, Sendable { case look, clean }
