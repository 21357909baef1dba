/// What counts as proof that an attempt succeeded.
///
/// Checks that the engine ran, a command's own exit 0, an explicit "no change needed", or at the least a change: an agent
/// that exits with 0 and did nothing has proved nothing.
enum Evidence {
    /// Why the attempt does not count as a success; nil when it does.
    static func failure(of attempt: AttemptRecord) -> String? {
        if let failed = attempt.checks.first(where: { !$0.passed }) {
            return finding(of: failed)
        }
        guard case .completed(let isEvidence) = attempt.exit?.verdict else {
            return "its end is not on record"
        }
        let changed = attempt.contribution?.changes.isEmpty == false
        if !isEvidence, !changed, attempt.checks.isEmpty {
            return "it ended without a change, a check or a report that says that no change is needed"
        }
        return nil
    }

    /// A failed check in words, with the end of its output.
    static func finding(of check: CheckResult) -> String {
        let output = check.output.isEmpty ? "" : "\n" + check.output
        return "the check '\(check.name)' failed with \(check.status)" + output
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
