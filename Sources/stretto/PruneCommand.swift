import FoundationEssentials
import StrettoCommand
import StrettoCore
import StrettoGit
import StrettoJournal

/// `prune`: lets kept trees and logs of runs that are over go for good.
enum PruneCommand {
    static func run(_ options: PruneOptions) async throws -> ExitCode {
        let place = try await Workplace.find(from: ".")
        do {
            let lock = try place.takeLock(for: "stretto prune")
            defer { withExtendedLifetime(lock) {} }
            return try await prune(options, in: place)
        } catch let error as RepositoryLockError {
            Output.error("\(error)")
            return error.exitCode
        }
    }

    /// What goes of one run.
    private struct Going {
        var traces: RunTraces
        var trees: [KeptTree]
        var text: GoingText.Prune
    }

    private static func prune(_ options: PruneOptions, in place: Workplace) async throws -> ExitCode {
        var all: [Going] = []
        for run in try await runs(options, in: place) {
            if let going = try await going(run, options, in: place) { all.append(going) }
        }
        GoingText.lines(all.map(\.text)).forEach(Output.line)
        let taken = all.filter { !$0.text.isEmpty }
        guard !taken.isEmpty else {
            let isLeft = all.contains { $0.text.leftCount > 0 }
            Output.line(
                "nothing can go" + (isLeft && !options.takesAll ? ": --all also takes what is nowhere else" : "")
            )
            return .goalMet
        }
        guard try Question.ask("Let it go for good?", answersYes: options.answersYes) else {
            Output.line("nothing was changed")
            return .goalMet
        }
        for going in taken {
            try await place.repository.prune(
                going.trees,
                of: going.traces,
                forgetsBranch: going.text.forgetsBranch
            )
            // Last, so that logs never go before the trees that they explain.
            if going.text.takesFiles { try FileManager.default.removeItem(atPath: place.paths.run(going.traces.run)) }
        }
        Output.line("pruned " + PlainText.counted(taken.reduce(0) { $0 + $1.trees.count }, "kept tree"))
        return .goalMet
    }

    private static func runs(_ options: PruneOptions, in place: Workplace) async throws -> [RunID] {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: place.paths.directory + "/runs")) ?? []
        let known = Set(try await place.repository.runsWithTraces() + folders.map { RunID($0) })
        for run in options.runs where !known.contains(run) {
            throw Refusal("nothing is left of a run '\(run)': `stretto rescue` lists what is kept")
        }
        return options.runs.isEmpty ? known.sorted() : options.runs
    }

    /// What goes of a run; nil where it is left alone because it could be continued.
    /// - Throws: where that run was asked for by name.
    private static func going(_ run: RunID, _ options: PruneOptions, in place: Workplace) async throws -> Going? {
        let traces = try await place.repository.traces(of: run)
        let record = try place.runs().first { $0.id == run }
        let isDone = traces.branch == nil || record?.outcome == .finished || traces.isLanded
        guard record == nil || (record?.ended != nil && isDone) else {
            guard options.runs.isEmpty else {
                throw Refusal("run \(run) could be continued: land it, or `stretto discard \(run)`, first")
            }
            return nil
        }
        try place.demandNoAgents(of: run)
        let limit = options.olderThanDays.map { now().advanced(by: .seconds(-86_400 * $0)) }
        let trees = traces.trees.filter { tree in
            (limit.map { tree.time < $0 } ?? true) && (options.takesAll || traces.isSafe(tree))
        }
        let isOld = limit.map { (record?.ended ?? now()) < $0 } ?? true
        let worktrees = try await place.repository.leftWorktrees(below: place.paths.worktrees)
        let leavesNothing =
            trees.count == traces.trees.count && isOld && !worktrees.contains { $0.run == run }
        let forgets = traces.discarded != nil && leavesNothing && (traces.isLanded || options.takesAll)
        // The logs tell the story of whatever can still be had back.
        let isGone = leavesNothing && (traces.isLanded || forgets || (traces.branch == nil && traces.discarded == nil))
        let lost = trees.filter { traces.isOnlyHere($0) }
        return Going(
            traces: traces,
            trees: trees,
            text: GoingText.Prune(
                run: run,
                safeCount: trees.count - lost.count,
                lost: lost.map { "\($0.name)  \($0.ref.name)" },
                leftCount: traces.trees.count - trees.count,
                takesFiles: isGone && FileManager.default.fileExists(atPath: place.paths.run(run)),
                forgetsBranch: forgets
            )
        )
    }
}
