internal import StrettoCore

/// Writes what an agent is told: a pure function of the order, the role and the paths.
///
/// What went wrong before comes first, because it is what the agent must not repeat; how to report comes last, because it
/// is done last.
enum Prompt {
    /// Of all findings together, the newest kept.
    static let findingsBytesMax = 32_000
    /// Of all messages together, the newest kept.
    static let messagesBytesMax = 32_000
    static let handoffBytesMax = 32_000

    /// Where things lie that the prompt speaks of; all absolute.
    struct Paths: Hashable, Sendable {
        var report: String
        /// The plan, or a copy of it, readable from the worktree.
        var plan: String
    }

    static func text(_ order: LaunchOrder, role: Role, rules: String? = nil, paths: Paths) -> String {
        let rules = rules.map { "# Rules that come before everything else here\n\n\($0)" }
        let parts = order.judges.map { judging($0, order, role, rules, paths) } ?? working(order, role, rules, paths)
        return parts.compactMap(\.self).joined(separator: "\n\n") + "\n"
    }

    private static func working(_ order: LaunchOrder, _ role: Role, _ rules: String?, _ paths: Paths) -> [String?] {
        [
            messages(order.prompt.messages),
            findings(order.prompt.findings),
            session(order),
            "# Your role: \(role.name)\n\n\(role.body)",
            rules,
            task(order.task),
            checks(order.task.checks),
            plan(order, paths),
            handoff(order.prompt.handoff),
            report(order, paths),
        ]
    }

    /// What a validator is told: the task as it stood, what was made of it, and how to say what it thinks of that.
    private static func judging(
        _ work: JudgedWork,
        _ order: LaunchOrder,
        _ role: Role,
        _ rules: String?,
        _ paths: Paths
    ) -> [String?] {
        [
            messages(order.prompt.messages),
            "# Your role: \(role.name)\n\n\(role.body)",
            rules,
            judgement(work),
            task(order.task),
            results(work.checks),
            plan(order, paths),
            verdict(order, paths),
        ]
    }

    private static func judgement(_ work: JudgedWork) -> String {
        let message = Secrets.mask(work.message).harmless.trimmed
        let said =
            message.isEmpty ? "It said nothing about its work." : "It says about its work:\n\n\(quotation(message))"
        return """
            # Judge, do not change

            Another agent has done the task below. Your worktree holds its work as the commit \(work.commit), made from
            \(work.base): `git diff \(work.base) \(work.commit)` shows what it changed. Find out whether the task is done
            as it was asked: read the change, run what proves it. What you write into this worktree goes nowhere, so
            leave mending to others. Nobody can answer while you work.

            \(said)
            """
    }

    /// Somebody else's words, so that none of them can be taken for ours.
    private static func quotation(_ text: String) -> String {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { "> " + $0 }
            .joined(separator: "\n")
    }

    private static func results(_ checks: [CheckResult]) -> String? {
        guard !checks.isEmpty else { return nil }
        let list = checks.map { "- \(Secrets.maskKeys($0.name)): \($0.passed ? "passed" : "failed with \($0.status)")" }
        return "# Checks that were run on it\n\n" + list.joined(separator: "\n")
    }

    /// What the person said meanwhile: they interrupted the agent for it, so nothing comes before it.
    private static func messages(_ messages: [String]) -> String? {
        guard !messages.isEmpty else { return nil }
        return """
            # Before anything else: what the person you work for tells you

            They have looked at this task and want you to know, the newest last:

            \(numbered(messages, bytesMax: messagesBytesMax))
            """
    }

    private static func findings(_ findings: [String]) -> String? {
        guard !findings.isEmpty else { return nil }
        return """
            # First: why earlier attempts at this task did not succeed

            You start again from the current state of the branch. Make sure that none of this happens again:

            \(numbered(findings, bytesMax: findingsBytesMax))
            """
    }

    /// The texts as a list without secrets, as many of the newest as fit.
    private static func numbered(_ texts: [String], bytesMax: Int) -> String {
        var kept: [String] = []
        var bytesLeft = bytesMax
        for text in texts.reversed() where bytesLeft > 0 {
            let text = Secrets.mask(text).trimmed.cut(toBytes: bytesLeft)
            bytesLeft -= text.utf8.count
            kept.insert(text, at: 0)
        }
        let list = kept.enumerated().map { number, text in
            "\(number + 1). "
                + text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).joined(separator: "\n   ")
        }
        return list.joined(separator: "\n")
    }

    /// What has changed around an agent that goes on with its own conversation.
    private static func session(_ order: LaunchOrder) -> String? {
        guard let session = order.resumes else { return nil }
        let work =
            session.work.map {
                "What you wrote before is not in it, but kept as the commit \($0): "
                    + "`git cherry-pick --no-commit \($0)` brings it here."
            } ?? "You had changed nothing so far."
        return """
            # You go on with your own conversation

            You have worked on this task before. Your worktree is a new one, \(order.worktree.path), made from the current
            state of the branch: use no path of the earlier one. \(work)
            """
    }

    private static func task(_ task: PlanTask) -> String {
        let description = Secrets.maskKeys(task.description).trimmed
        let files = task.files.isEmpty ? "" : "\n\nFiles: " + task.files.joined(separator: ", ")
        return "# Task \(task.id): \(task.name)\n\n\(description.isEmpty ? task.name : description)\(files)"
    }

    private static func checks(_ checks: [Check]) -> String? {
        guard !checks.isEmpty else { return nil }
        let list = checks.map { check in
            let command = Secrets.maskKeys(check.command)
            return check.name == check.command ? "- `\(command)`" : "- \(check.name): `\(command)`"
        }
        return """
            # Checks

            When you are done, these commands are run in your worktree, and each must end with exit code 0:

            \(list.joined(separator: "\n"))
            """
    }

    private static func plan(_ order: LaunchOrder, _ paths: Paths) -> String {
        let document = order.prompt.planDocument.map { "\nRead the design document \($0) before you start." } ?? ""
        return """
            # The plan

            The task is part of the plan "\(order.prompt.planName)" in \(paths.plan).\(document)
            Other tasks of it are done by others, at the same time, in worktrees of their own: leave those to them.
            Do not edit the plan, and do not edit HANDOFF.md: your report is how you tell others.
            """
    }

    private static func handoff(_ digest: String) -> String? {
        let text = digest.trimmed
        guard !text.isEmpty else { return nil }
        return "# What earlier tasks left for you\n\n" + Secrets.mask(text).cut(toBytes: handoffBytesMax)
    }

    private static func report(_ order: LaunchOrder, _ paths: Paths) -> String {
        """
        # How to report

        As your last act, write the file \(paths.report) as one JSON object:

        {
          "task_id": \(quoted(order.task.id.text)),
          "status": "completed",
          "message": "what you did, in one or two sentences",
          "decisions": [{"decision": "what you decided", "reason": "why"}],
          "debt": ["what is left undone or should be better"],
          "patterns": ["what others should do in the same way"],
          "questions": ["what a person should decide"]
        }

        `status` is "completed"; "no_change" where the task turned out to need no change; "failed" where you could not do
        it, with the reason as the message; or "suspended" where you cannot go on without an answer to your questions.
        Leave out lists that would be empty. Never put a password or a key into it.
        """
    }

    private static func verdict(_ order: LaunchOrder, _ paths: Paths) -> String {
        """
        # How to report

        As your last act, write the file \(paths.report) as one JSON object:

        {
          "task_id": \(quoted(order.task.id.text)),
          "verdict": "PASS",
          "message": "what you looked at, in one or two sentences",
          "findings": ["what is wrong, where, and how you know"]
        }

        `verdict` is "PASS" where the task is done as it was asked; "WARN" where it may go on, but a person should know your
        findings; or "FAIL" where it must be done again: then the findings are all that the next agent learns from you.
        Never put a password or a key into it.
        """
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\" + String(scalar)
            case _ where scalar.value < 0x20:
                quoted += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
