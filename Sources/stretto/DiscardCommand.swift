import StrettoCommand
import StrettoCore
import StrettoGit
import StrettoJournal

/// `discard`: gives a run up in a way that can be undone until it is pruned.
enum DiscardCommand {
    static func run(_ options: DiscardOptions) async throws -> ExitCode {
        let place = try await Workplace.find(from: ".")
        do {
            let lock = try place.takeLock(for: "stretto discard")
            defer { withExtendedLifetime(lock) {} }
            return options.undoes ? try await undo(options, in: place) : try await discard(options, in: place)
        } catch let error as RepositoryLockError {
            Output.error("\(error)")
            return error.exitCode
        }
    }

    private static func discard(_ options: DiscardOptions, in place: Workplace) async throws -> ExitCode {
        let traces = try await traces(options.run, in: place)
        try place.demandNoAgents(of: traces.run)
        if let checkout = traces.checkout {
            throw Refusal("\(traces.run.branch) is checked out in \(checkout): switch that worktree to another branch")
        }
        let left = try await place.repository.leftWorktrees(below: place.paths.worktrees)
            .filter { $0.run == traces.run }
        let going = GoingText.Discard(
            run: traces.run,
            branchHead: traces.branch?.short,
            worktreeCount: left.count { $0.kind != .spares },
            treeCount: traces.trees.count,
            onlyHereCount: traces.trees.count { traces.isOnlyHere($0, withoutRunBranch: true) }
        )
        GoingText.lines(going).forEach(Output.line)
        guard try Question.ask("Give it up?", answersYes: options.answersYes) else {
            Output.line("nothing was changed")
            return .goalMet
        }
        let clearance = try await place.worktrees(of: traces.run).clear(left)
        try await place.repository.discardBranch(traces)
        try await noteEnd(of: traces.run, in: place)
        for entry in clearance.left { Output.line("\(entry.path) stays: \(entry.reason)") }
        Output.line("run \(traces.run) is given up; `stretto discard --undo \(traces.run)` brings its branch back")
        return .goalMet
    }

    /// The run that is meant, with its branch.
    private static func traces(_ run: RunID?, in place: Workplace) async throws -> RunTraces {
        let newest = try await place.runsWithBranch().last?.id
        guard let id = run ?? newest else {
            throw Refusal("there is no run to give up in \(place.checkout.topLevel)")
        }
        let traces = try await place.repository.traces(of: id)
        guard traces.branch != nil else {
            let isDiscarded = traces.discarded != nil
            throw Refusal(
                isDiscarded
                    ? "run \(id) was given up already: `stretto prune \(id) --all` lets it go for good"
                    : "there is no branch \(id.branch): `stretto rescue` lists what is kept"
            )
        }
        return traces
    }

    /// A run without a branch is not to be taken up by the next start.
    private static func noteEnd(of run: RunID, in place: Workplace) async throws {
        guard let record = try place.runs().first(where: { $0.id == run }), !record.isFinished else { return }
        let journal = try await Journal.open(at: place.paths.journal, for: run)
        try await journal.markEnded(run, outcome: .stopped, at: now())
        await journal.close()
    }

    private static func undo(_ options: DiscardOptions, in place: Workplace) async throws -> ExitCode {
        let discarded = try await place.repository.discardedRuns()
        let newest = try place.runs().last { discarded.contains($0.id) }?.id ?? discarded.last
        guard let run = options.run ?? newest else {
            throw Refusal("no run was given up here, so there is none to restore")
        }
        if try await place.repository.traces(of: run).branch != nil {
            throw Refusal("there is a branch \(run.branch) already: rename it with 'git branch -m \(run.branch) OTHER'")
        }
        guard let head = try await place.repository.restoreBranch(of: run) else {
            throw Refusal("run \(run) was not given up, or it was pruned since: `stretto rescue` lists what is kept")
        }
        Output.line("\(run.branch) is back at \(head.short)")
        return .goalMet
    }
}
