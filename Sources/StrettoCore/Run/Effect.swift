/// Something to be done, imperative: the only output of the scheduler.
///
/// Each one may be asked for again after a crash and must then find its own traces.
package enum Effect: Hashable, Sendable {
    case prepare(PrepareOrder)
    case run(LaunchOrder)
    case terminate(AttemptID)
    case collect(CollectOrder)
    case merge(MergeOrder)
    case dispose(AttemptID)
    case startTimer(TimerID, Duration)
    case conclude(ConcludeOrder)
    case finish(Outcome)
    /// Something happened that should be impossible: the run pauses and shows it.
    case fault(String)
}

/// Make a detached worktree for an attempt at the run branch's head of this moment, or at the given commit.
package struct PrepareOrder: Hashable, Sendable, Codable {
    package var attempt: AttemptID
    /// What is to be judged there; nil for work that begins.
    package var commit: CommitID?
    package var copy: [String]
    package var setup: [String]
    package var environment: TaskEnvironment

    package init(
        attempt: AttemptID,
        commit: CommitID? = nil,
        copy: [String],
        setup: [String],
        environment: TaskEnvironment
    ) {
        self.attempt = attempt
        self.commit = commit
        self.copy = copy
        self.setup = setup
        self.environment = environment
    }
}

/// Start an attempt's agent under its keeper, or find it again, and answer when its whole process tree is over.
package struct LaunchOrder: Hashable, Sendable, Codable {
    package var attempt: AttemptID
    package var task: PlanTask
    package var builder: BuilderName
    /// The builder's description, where a user described it.
    package var program: AgentProgram?
    package var model: String?
    package var permissions: Permissions
    /// What this attempt may cost, in millionths of a US dollar, for agents that can be told; nil for no limit.
    package var allowanceMicrodollars: Int?
    /// How long the agent may be silent, unless a command of its own runs; nil leaves it to the builder.
    package var stallTimeout: Duration?
    /// What the agent inherits besides what every program and its builder's need, by name; nil: everything.
    package var passed: [String]?
    package var worktree: Worktree
    package var prompt: PromptContext
    /// The time of the event that led to the start: for what must not change on a repeat.
    package var time: Timestamp
    /// The session to go on with; nil begins a new one.
    package var resumes: ResumedSession?
    /// The work to judge instead of doing the task; nil for work.
    package var judges: JudgedWork?

    package init(
        attempt: AttemptID,
        task: PlanTask,
        builder: BuilderName,
        program: AgentProgram? = nil,
        model: String?,
        permissions: Permissions,
        allowanceMicrodollars: Int? = nil,
        stallTimeout: Duration? = nil,
        passed: [String]? = nil,
        worktree: Worktree,
        prompt: PromptContext,
        time: Timestamp,
        resumes: ResumedSession? = nil,
        judges: JudgedWork? = nil
    ) {
        self.attempt = attempt
        self.task = task
        self.builder = builder
        self.program = program
        self.model = model
        self.permissions = permissions
        self.allowanceMicrodollars = allowanceMicrodollars
        self.stallTimeout = stallTimeout
        self.passed = passed
        self.worktree = worktree
        self.prompt = prompt
        self.time = time
        self.resumes = resumes
        self.judges = judges
    }
}

/// What a validator looks at: an attempt's contribution, and what is known about it.
package struct JudgedWork: Hashable, Sendable, Codable {
    package var attempt: AttemptID
    /// The commit that the work began from.
    package var base: CommitID
    package var commit: CommitID
    package var checks: [CheckResult]
    /// What the attempt's agent says that it did.
    package var message: String

    package init(attempt: AttemptID, base: CommitID, commit: CommitID, checks: [CheckResult], message: String) {
        self.attempt = attempt
        self.base = base
        self.commit = commit
        self.checks = checks
        self.message = message
    }
}

/// What the scheduler knows that a prompt should say.
package struct PromptContext: Hashable, Sendable, Codable {
    package var planName: String
    package var planPath: String
    package var planDocument: String?
    /// Why earlier attempts did not make it, oldest first.
    package var findings: [String]
    /// What the person told the task's agents, oldest first.
    package var messages: [String]
    /// A digest of HANDOFF.md.
    package var handoff: String

    package init(
        planName: String,
        planPath: String,
        planDocument: String?,
        findings: [String],
        messages: [String] = [],
        handoff: String
    ) {
        self.planName = planName
        self.planPath = planPath
        self.planDocument = planDocument
        self.findings = findings
        self.messages = messages
        self.handoff = handoff
    }
}

/// Commit what lies in the worktree, keep it under the attempt's ref, and run the checks.
package struct CollectOrder: Hashable, Sendable, Codable {
    package var attempt: AttemptID
    package var worktree: Worktree
    package var message: String
    /// Empty where the attempt is only to be kept.
    package var checks: [Check]
    package var environment: TaskEnvironment
    /// The files that the task declared, for the finding about deletions elsewhere; empty: none declared.
    package var files: [String]
    /// The date of the commit.
    package var time: Timestamp

    package init(
        attempt: AttemptID,
        worktree: Worktree,
        message: String,
        checks: [Check],
        environment: TaskEnvironment,
        files: [String],
        time: Timestamp
    ) {
        self.attempt = attempt
        self.worktree = worktree
        self.message = message
        self.checks = checks
        self.environment = environment
        self.files = files
        self.time = time
    }
}

/// Merge a contribution into the run's branch.
package struct MergeOrder: Hashable, Sendable, Codable {
    package var attempt: AttemptID
    package var contribution: Contribution
    package var message: String
    /// The whole of HANDOFF.md's generated part after this merge.
    package var handoff: String
    /// To be passed on the merged tree when the branch has moved since the attempt's base.
    package var checks: [Check]
    package var environment: TaskEnvironment
    package var time: Timestamp

    package init(
        attempt: AttemptID,
        contribution: Contribution,
        message: String,
        handoff: String,
        checks: [Check],
        environment: TaskEnvironment,
        time: Timestamp
    ) {
        self.attempt = attempt
        self.contribution = contribution
        self.message = message
        self.handoff = handoff
        self.checks = checks
        self.environment = environment
        self.time = time
    }
}

/// Write the last HANDOFF.md and remove the run's own worktrees.
package struct ConcludeOrder: Hashable, Sendable, Codable {
    package var handoff: String
    package var message: String
    package var time: Timestamp

    package init(handoff: String, message: String, time: Timestamp) {
        self.handoff = handoff
        self.message = message
        self.time = time
    }
}
