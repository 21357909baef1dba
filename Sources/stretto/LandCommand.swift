import StrettoCommand
import StrettoCore
import StrettoGit
import StrettoJournal

/// `land`: brings a run's branch into the branch of the user's checkout, in the user's name.
enum LandCommand {
    static func run(_ mode: LandMode, _ run: RunID?) async throws -> ExitCode {
        let place = try await Workplace.find(from: ".")
        try place.requirePerson(to: "land a run")
        let runs = try place.runs()
        let newest = try await place.runsWithBranch().last
        guard let record = run.map({ id in runs.last { $0.id == id } }) ?? newest else {
            throw Refusal(run.map { "there is no run '\($0)'" } ?? "no run is here to be landed")
        }
        if let holder = try place.liveEngine(), holder.run == record.id {
            throw Refusal("run \(record.id) is still under way: `stretto stop` ends it after the running tasks")
        }
        let snapshot = try place.replay(record.id).snapshot(logPath: "")
        let done = snapshot?.tasks.filter { $0.state == .done } ?? []
        if record.outcome != .finished {
            Output.error(
                "run \(record.id) has not finished: \(done.count) of \(snapshot?.tasks.count ?? 0) tasks are landed"
            )
        }
        let result = try await place.repository.land(
            record.id,
            mode: landingMode(mode),
            message: LandingNote.message(record.id, snapshot?.header.planName ?? "", done)
        )
        let branch = try await place.repository.branch ?? "HEAD"
        switch result {
        case .landed(let commit):
            Output.line(
                "landed \(record.id.branch) on \(branch), which is now at \(commit.short)"
            )
        case .alreadyLanded:
            Output.line("\(branch) has everything of \(record.id.branch) already")
        }
        return .goalMet
    }

    private static func landingMode(_ mode: LandMode) -> LandingMode {
        switch mode {
        case .fastForward: .fastForward
        case .merge: .merge
        case .squash: .squash
        }
    }
}
