internal import StrettoCore
internal import StrettoProcess

/// Puts together what is known once an attempt's process tree is over: its story, its keeper's word, its report.
struct AttemptConclusion {
    /// Of standard error, and of a plain program's output, so much may go into a verdict.
    private static let tailBytesMax = 4096

    let order: LaunchOrder
    let attempt: PreparedAttempt
    let story: AttemptStory
    let exit: KeeperExit

    func agentExit() -> AgentExit {
        let finding = ReportFile.read(worktree: order.worktree.path, task: order.task.id, since: attempt.start)
            .masked(by: story.judgement.secrets)
        let end = processEnd()
        let verdict = end.verdict.considering(finding, isValidation: order.judges != nil)
        let report = report(finding, verdict)
        return AgentExit(
            status: exit.status,
            verdict: verdict,
            report: report,
            usage: story.usage ?? report?.usage ?? .zero,
            strayCount: exit.strayCount,
            trouble: end.trouble,
            sessionID: end.trouble?.kind == .sessionLost ? nil : session ?? order.resumes?.id,
            fallbackModel: story.judgement.fallbackModel,
            // A command is told nothing, and its exit code is its word.
            lacksReport: finding == .missing && order.builder != .command ? true : nil
        )
    }

    /// The session that the next attempt may go on with.
    private var session: String? {
        // One that never ran has begun none.
        let isBegun = LocalFiles.modified(attempt.directory.outputPath) != nil
        let builder = order.builder.builder(order.program)
        return builder.session(told: story.judgement.sessionID, chosen: isBegun ? attempt.sessionID : nil)
    }

    private func processEnd() -> (verdict: Verdict, trouble: ProviderTrouble?) {
        let name = order.builder.rawValue
        switch exit.reason {
        case .exited, .lost:
            return story.judgement.end(
                exit.status,
                standardErrorTail: tail(attempt.directory.errorPath),
                outputTail: story.decodesEvents ? "" : tail(attempt.directory.outputPath)
            )
        case .terminated:
            return story.judgement.endOfHopelessness ?? (.interrupted("ended on request"), nil)
        case .engineAway:
            return (.interrupted("ended because no engine came back in time"), nil)
        case .outputLimit:
            return (.failed("it wrote more output than is allowed: have it write to a file, or say less"), nil)
        case .spawnFailed(let error):
            return (.failed("\(name) could not be started in \(order.worktree.path): \(error)"), nil)
        }
    }

    /// The end of what the program said there.
    private func tail(_ path: String) -> String {
        String(decoding: LocalFiles.tail(path, bytesMax: Self.tailBytesMax), as: UTF8.self)
    }

    /// The agent's own report, with what must not be lost although the agent did not say it.
    private func report(_ finding: ReportFile.Finding, _ verdict: Verdict) -> Report? {
        var notes: [String] = []
        var report: Report?
        switch finding {
        case .found(let found): report = found
        case .unreadable(let sentence): notes.append("its report could not be read: " + sentence)
        case .missing, .foreign: break
        }
        let denials = story.judgement.denials.sorted { $0.key < $1.key }
        if !denials.isEmpty {
            let list = denials.map { tool, count in count == 1 ? tool : "\(tool) (\(count) times)" }
            notes.append(
                "denied: \(list.joined(separator: ", ")): list the tool in the role's `tools`, or set `permissions: full`"
            )
        }
        guard !notes.isEmpty else { return report }
        var told = report ?? Report(status: verdict.isCompleted ? .completed : .failed)
        told.message = ([told.message] + notes).filter { !$0.isEmpty }.joined(separator: "\n")
        return told
    }
}

extension Verdict {
    fileprivate var isCompleted: Bool {
        if case .completed = self { true } else { false }
    }
}
