import FoundationEssentials
import StrettoCore
import StrettoGit
import StrettoJournal

/// What a run begins with: its definition, what its journal already holds, and the first events.
struct RunBeginning {
    var spec: RunSpec
    var replay: Replay
    var events: [Event]
    /// What counts from now on: the plan that the run was opened with, or an edited one.
    var plan: Plan
    var leavesPlanFile: Bool

    static func of(_ work: EngineOrder.Work, in place: Workplace) async throws -> RunBeginning {
        switch work {
        case .begin(var spec):
            spec.id = try await freshID(for: spec.plan.name, in: place)
            return RunBeginning(
                spec: spec,
                replay: Replay(),
                events: [.opened(spec)],
                plan: spec.plan,
                leavesPlanFile: spec.leavesPlanFile ?? false
            )
        case .goOn(let run, let changes):
            var replay = try Journal.replay(of: run, at: place.paths.journal)
            if let file = changes.file { replay.takeSecrets(from: file) }
            guard let spec = replay.scheduler.spec else { throw Refusal("the journal of run \(run) has no beginning") }
            // What changes the run counts before it goes on: an old plan must not start tasks, and going on must not end it
            // again at once because nobody was there or its money was spent.
            let attendance = Event.attendanceBegan(holdsOnFailure: changes.holdsOnFailure)
            var revision = changes.plan.map { [Event.planRevised($0)] } ?? []
            let (workers, gates) = (changes.workers, changes.gates)
            let (budget, escalation) = (changes.budget, changes.escalation)
            if workers != nil || gates != nil || budget != nil || escalation != nil {
                revision.append(.adjusted(workers: workers, gates: gates, budget: budget, escalation: escalation))
            }
            let isOver = replay.scheduler.outcome != nil
            let events = [.restarted] + revision + [attendance] + [isOver ? .runResumed : .recovered]
            return RunBeginning(
                spec: spec,
                replay: replay,
                events: events,
                plan: changes.plan ?? spec.plan,
                leavesPlanFile: changes.leavesPlanFile || spec.leavesPlanFile ?? false
            )
        }
    }

    /// The plan's name as a branch can bear it, with the first number that no run has.
    private static func freshID(for name: String, in place: Workplace) async throws -> RunID {
        let letters = name.lowercased().unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                ? Character(scalar) : "-"
        }
        let words = String(letters).split(separator: "-").joined(separator: "-").prefix(40)
        let slug = words.isEmpty ? "run" : String(words)
        // A branch or a folder without a journal entry is what a crash at the very beginning leaves, or a lost journal: an
        // attempt of the new run must not find the traces of an old one.
        let journalled = try place.runs().map(\.id.text)
        let branches = try await place.repository.runs().map(\.run.text)
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: place.paths.directory + "/runs")) ?? []
        let taken = Set(journalled + branches + folders)
        let number = (1...).first { !taken.contains("\(slug)-\($0)") } ?? 1
        return RunID("\(slug)-\(number)")
    }
}
