/// How a process ended.
package enum ExitStatus: Hashable, Sendable, Codable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)
    /// Nobody could say: the keeper itself is gone and left no record.
    case unknown

    package var description: String {
        switch self {
        case .code(let code): "exit code \(code)"
        case .signal(let signal): "signal \(signal)"
        case .unknown: "unknown exit"
        }
    }
}

/// What a builder makes of an attempt whose process is over, from structured events, exit status and report; never from an agent's words.
package enum Verdict: Hashable, Sendable, Codable {
    /// The agent says that it is done. `evidence` tells whether its own exit is proof (a command's exit 0, or an explicit "no change needed").
    case completed(evidence: Bool)
    /// It failed, in a sentence for people and for the next attempt's prompt.
    case failed(String)
    /// It was ended by us, by a crash or by broken infrastructure: not counted as a failed attempt.
    case interrupted(String)
}

/// An attempt whose process tree is over.
package struct AgentExit: Hashable, Sendable, Codable {
    package var status: ExitStatus
    package var verdict: Verdict
    package var report: Report?
    /// Everything that this attempt used, from its start.
    package var usage: Usage
    /// Processes that had to be ended after the agent itself was gone.
    package var strayCount: Int
    /// What the verdict's sentence is about, where something stood between the agent and its model.
    package var trouble: ProviderTrouble?
    /// The session that the agent's program kept of it, as the program names it; nil where there is none to go on with.
    package var sessionID: String?
    /// The model that took over because the service had no room for the one asked for, as the program names it.
    package var fallbackModel: String?
    /// Whether it wrote no report although it was told to; nil also in journals of before this was noted.
    package var lacksReport: Bool?

    package init(
        status: ExitStatus,
        verdict: Verdict,
        report: Report? = nil,
        usage: Usage = .zero,
        strayCount: Int = 0,
        trouble: ProviderTrouble? = nil,
        sessionID: String? = nil,
        fallbackModel: String? = nil,
        lacksReport: Bool? = nil
    ) {
        self.status = status
        self.verdict = verdict
        self.report = report
        self.usage = usage
        self.strayCount = strayCount
        self.trouble = trouble
        self.sessionID = sessionID
        self.fallbackModel = fallbackModel
        self.lacksReport = lacksReport
    }
}

/// What an agent says about its own work, in the file that `STRETTO_REPORT` names.
package struct Report: Hashable, Sendable, Codable {
    /// What the agent claims to have reached.
    package enum Status: String, Hashable, Sendable, Codable {
        case completed, failed, suspended
        case noChange = "no_change"
    }

    package var status: Status
    package var message: String
    package var decisions: [Decision]
    package var debt: [String]
    package var patterns: [String]
    package var questions: [String]
    package var usage: Usage?
    /// What a validator says about another one's work; nil for all others, also in journals of before there were validators.
    package var validation: Validation?

    /// A choice that the agent made, for HANDOFF.md.
    package struct Decision: Hashable, Sendable, Codable {
        package var decision: String
        package var reason: String

        package init(decision: String, reason: String) {
            self.decision = decision
            self.reason = reason
        }
    }

    package init(
        status: Status,
        message: String = "",
        decisions: [Decision] = [],
        debt: [String] = [],
        patterns: [String] = [],
        questions: [String] = [],
        usage: Usage? = nil,
        validation: Validation? = nil
    ) {
        self.status = status
        self.message = message
        self.decisions = decisions
        self.debt = debt
        self.patterns = patterns
        self.questions = questions
        self.usage = usage
        self.validation = validation
    }
}

/// A validator's word on the work of an attempt.
package struct Validation: Hashable, Sendable, Codable {
    /// How the work is judged.
    package enum Verdict: String, Hashable, Sendable, Codable, CaseIterable {
        case pass = "PASS"
        /// Good enough to go on; people should read the findings.
        case warn = "WARN"
        /// It must be done again, with the findings.
        case fail = "FAIL"
    }

    package var verdict: Verdict
    package var findings: [String]

    package init(_ verdict: Verdict, findings: [String] = []) {
        self.verdict = verdict
        self.findings = findings
    }
}

/// What one check proved.
package struct CheckResult: Hashable, Sendable, Codable {
    package var name: String
    package var status: ExitStatus
    package var duration: Duration
    /// The last lines of its output, at most ``outputBytesMax`` bytes.
    package var output: String
    package static let outputBytesMax = 4096

    package init(name: String, status: ExitStatus, duration: Duration, output: String) {
        self.name = name
        self.status = status
        self.duration = duration
        self.output = output
    }

    package var passed: Bool { status == .code(0) }
}

/// One path that an attempt changed against its base.
package struct PathChange: Hashable, Sendable, Codable {
    /// What happened to the path; a rename is a deletion and an addition.
    package enum Kind: String, Hashable, Sendable, Codable { case added, modified, deleted }
    package var path: String
    package var kind: Kind
    /// Lines; 0 for a binary file.
    package var added: Int
    package var removed: Int

    package init(path: String, kind: Kind, added: Int, removed: Int) {
        self.path = path
        self.kind = kind
        self.added = added
        self.removed = removed
    }
}

/// What an attempt contributes: one commit on its base, kept under its own ref.
package struct Contribution: Hashable, Sendable, Codable {
    package var base: CommitID
    package var commit: CommitID
    package var tree: TreeID
    /// Engine-owned paths are already left out.
    package var changes: [PathChange]
    /// What a review must show: deletions outside the declared files, new refs, a notice that the agent wrote an engine-owned path.
    package var findings: [String]

    package init(base: CommitID, commit: CommitID, tree: TreeID, changes: [PathChange], findings: [String] = []) {
        self.base = base
        self.commit = commit
        self.tree = tree
        self.changes = changes
        self.findings = findings
    }
}
