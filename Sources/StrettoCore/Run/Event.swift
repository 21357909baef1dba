/// Something that happened, past tense: the only input of the ``Scheduler`` and the only content of the journal.
package enum Event: Hashable, Sendable, Codable {
    // From the engine itself.
    case opened(RunSpec)
    /// An engine was started again; nothing begins before ``recovered`` or ``runResumed``, so that all in between counts first.
    case restarted
    /// The engine was restarted and has replayed everything before this.
    case recovered
    /// The plan file was edited, before a restart or at the plan gate; this one counts from now on.
    case planRevised(Plan)

    // Answers to effects.
    case prepared(AttemptID, Worktree)
    case prepareFailed(AttemptID, Trouble)
    case started(AttemptID, AgentProcess)
    case usageReported(AttemptID, Usage)
    /// Something stands between an agent at work and its model.
    case troubleReported(AttemptID, ProviderTrouble)
    case exited(AttemptID, AgentExit)
    case collected(AttemptID, Contribution, [CheckResult])
    case collectFailed(AttemptID, Trouble)
    case merged(AttemptID, MergeReceipt)
    case conflicted(AttemptID, MergeConflict)
    /// The run's branch cannot be moved now (it is checked out somewhere); a person has to act, then retry.
    case mergeHeld(AttemptID, String)
    case disposed(AttemptID, Disposal)
    case timerFired(TimerID)
    case concluded(Trouble?)

    // From people.
    case planApproved
    /// A person put the tasks into another order of starting; nil: the task comes after all others.
    case reordered(TaskID, before: TaskID?)
    case approved(AttemptID, TreeID)
    case changesRequested(AttemptID, String)
    case recheckRequested(AttemptID)
    case skipped(TaskID, reason: String)
    case retried(TaskID, note: String)
    case taskStopped(TaskID)
    case messaged(TaskID, text: String)
    case taskAdded(TaskAddition)
    case runStopped(StopMode)
    /// A stop was taken back, or a stopped run goes on.
    case runResumed
    /// The run goes on with other limits than it was started with; nil leaves one as it is.
    case adjusted(workers: Int?, gates: Gates?, budget: Budget?, escalation: Escalation? = nil)
    /// Somebody is there to answer; with a board, work that has failed waits for a decision instead of ending the run.
    case attendanceBegan(holdsOnFailure: Bool)
    /// Nobody answers at gates any more.
    case attendanceEnded
}

/// A worktree made ready for one attempt.
package struct Worktree: Hashable, Sendable, Codable {
    /// Absolute.
    package var path: String
    package var base: CommitID

    package init(path: String, base: CommitID) {
        self.path = path
        self.base = base
    }
}

/// A running agent as clients need it: which process, and where its output grows.
package struct AgentProcess: Hashable, Sendable, Codable {
    package var pid: Int32
    /// Absolute path of the file that standard output goes to.
    package var outputPath: String
    /// Absolute path of the file that standard error goes to.
    package var errorPath: String
    package var sessionID: String?

    package init(pid: Int32, outputPath: String, errorPath: String, sessionID: String? = nil) {
        self.pid = pid
        self.outputPath = outputPath
        self.errorPath = errorPath
        self.sessionID = sessionID
    }
}

/// The world misbehaved, in a sentence that says what, where, and how to go on.
package struct Trouble: Error, Hashable, Sendable, Codable {
    package var message: String
    /// Whether trying again by itself can help (a lock that is held, a full disk).
    package var isPassing: Bool
    /// Whether the disk takes nothing more, be it full, over a quota or read-only for now.
    ///
    /// Nothing was changed then, and the same thing is tried again until there is room. So it never gets into a journal.
    package var isDiskRefusal = false

    private enum CodingKeys: CodingKey { case message, isPassing }

    package init(_ message: String, isPassing: Bool = false) {
        self.message = message
        self.isPassing = isPassing
    }

    /// Trouble with a disk that takes nothing more.
    package init(diskRefusal message: String) {
        self.init(message, isPassing: true)
        isDiskRefusal = true
    }
}

/// Proof of a merge into the run's branch.
package struct MergeReceipt: Hashable, Sendable, Codable {
    /// The new head of the run's branch; the old one where there was nothing to merge.
    package var commit: CommitID
    package var tree: TreeID
    /// False when the attempt changed nothing.
    package var changed: Bool

    package init(commit: CommitID, tree: TreeID, changed: Bool) {
        self.commit = commit
        self.tree = tree
        self.changed = changed
    }
}

/// Why an attempt's work could not be merged as it is.
package struct MergeConflict: Hashable, Sendable, Codable {
    /// The head that it conflicted with.
    package var head: CommitID
    package var paths: [String]
    /// Checks that failed on the cleanly merged tree; empty for a textual conflict.
    package var failedChecks: [CheckResult]
    /// What git said, for people and for the next attempt's prompt.
    package var detail: String

    package init(head: CommitID, paths: [String], failedChecks: [CheckResult] = [], detail: String = "") {
        self.head = head
        self.paths = paths
        self.failedChecks = failedChecks
        self.detail = detail
    }
}

/// What became of a worktree.
package enum Disposal: Hashable, Sendable, Codable {
    case removed
    /// It could not be proved to be kept, so it stays where it is.
    case setAside(path: String, reason: String)
}

/// A delay that was asked for by an effect and ends as an event.
package enum TimerID: Hashable, Sendable, Codable {
    case backoff(TaskID)
    case timeout(AttemptID)
    /// The pause before a tree that could not be kept is tried again.
    case collection(AttemptID)
    /// The rest that a provider got is over; the number tells which of its rests.
    case provider(ProviderName, Int)
}

/// One line of the journal.
package struct JournalEntry: Hashable, Sendable, Codable {
    /// Counted from 1 within its run, without gaps.
    package var sequence: Int
    package var time: Timestamp
    package var event: Event

    package init(sequence: Int, time: Timestamp, event: Event) {
        self.sequence = sequence
        self.time = time
        self.event = event
    }
}
