/// What counts as proof that an attempt succeeded.
///
/// Checks that the engine ran, a command's own exit 0, an explicit "no change needed", or at the least a change: an agent
/// that exits with 0 and did nothing has proved nothing.
enum Evidence {
    /// What an attempt lacks that said that it is done; nil where it lacks nothing, or said no such thing.
    static func lack(of attempt: AttemptRecord) -> Lack? {
        guard attempt.validator == nil, case .completed(let isEvidence) = attempt.exit?.verdict else { return nil }
        let hasNothing = attempt.contribution?.changes.isEmpty == true && attempt.checks.isEmpty
        if hasNothing, !isEvidence { return .evidence }
        return attempt.exit?.lacksReport == true ? .report : nil
    }

    /// Why the attempt does not count as a success; nil when it does.
    static func failure(of attempt: AttemptRecord) -> String? {
        if let failed = attempt.checks.first(where: { !$0.passed }) {
            return finding(of: failed)
        }
        guard case .completed(let isEvidence) = attempt.exit?.verdict else {
            return "its end is not on record"
        }
        let changed = attempt.contribution?.changes.isEmpty == false
        guard !isEvidence, !changed, attempt.checks.isEmpty else { return nil }
        let missing = attempt.exit?.lacksReport == true ? "no report" : "a report that asks for no change"
        return "no evidence: it ended with \(missing), no change and no check, so nothing proves that it did anything"
    }

    /// A failed check in words, with the end of its output.
    static func finding(of check: CheckResult) -> String {
        let output = check.output.isEmpty ? "" : "\n" + check.output
        return "the check '\(check.name)' failed with \(check.status)" + output
    }

    /// A validator's word in words, with all that it found.
    static func finding(of word: Validation, by validator: String) -> String {
        let verb = word.verdict == .warn ? "warns" : "rejects it"
        guard !word.findings.isEmpty else { return "the validator '\(validator)' \(verb)" }
        return "the validator '\(validator)' \(verb):\n" + word.findings.map { "- " + $0 }.joined(separator: "\n")
    }

    /// A conflict in words, as evidence for the next attempt.
    static func finding(of conflict: MergeConflict) -> String {
        if let check = conflict.failedChecks.first(where: { !$0.passed }) {
            return "merged with the work of others, " + finding(of: check)
        }
        let detail = conflict.detail.isEmpty ? "" : "\n" + conflict.detail
        return "its changes conflicted with the run's branch in " + conflict.paths.joined(separator: ", ") + detail
    }
}

/// What is missing of an attempt that ended as if all were well.
package enum Lack: String, Hashable, Sendable, Codable {
    /// It wrote no report; what it changed is kept and judged by its checks.
    case report = "no_report"
    /// Nothing proves that it did anything: no change, no check, no report that says that none was needed.
    case evidence = "no_evidence"

    /// Two words beside the task's state.
    package var word: String {
        switch self {
        case .report: "no report"
        case .evidence: "no evidence"
        }
    }

    /// What a person can do about it.
    package var hint: String {
        switch self {
        case .report:
            "it did not write the file that STRETTO_REPORT names; what it changed is kept, and only checks judge it: "
                + "read its log, and have its role say that it must report"
        case .evidence:
            "what it left is kept: read its log, give the task a check, or have its agent report `no_change` where that is true"
        }
    }
}
