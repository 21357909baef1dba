import StrettoCore
import StrettoGit
import StrettoJournal

/// What earlier runs of a plan did, for a run that begins anew.
///
/// A `completed` that Stretto wrote counts only where the work is in the commit that the new run starts from. One of which no
/// journal knows is the word of a person, and so is `verified`, which Stretto never writes.
struct EarlierRuns {
    private let place: Workplace
    /// What each task's status goes back to: the newest run that brought the task to an end.
    private let origins: [TaskID: Origin]

    private struct Origin {
        var run: RunRecord
        var deed: TaskDeed
    }

    /// Reads the journals of the plan's runs, newest first, as far as tasks are marked as over.
    init(of plan: Plan, at planPath: String, in place: Workplace) throws {
        self.place = place
        var open = Set(plan.tasks.filter { $0.status == .completed || $0.status == .skipped }.map(\.id))
        var origins: [TaskID: Origin] = [:]
        for run in try place.runs().reversed() where run.planPath == planPath && !open.isEmpty {
            let deeds = TaskDeed.all(in: try Journal.entries(of: run.id, at: place.paths.journal))
            for (task, deed) in deeds where open.remove(task) != nil { origins[task] = Origin(run: run, deed: deed) }
        }
        self.origins = origins
    }

    /// The plan with everything pending again that runs did or skipped; what people marked themselves stays.
    func again(_ plan: Plan) -> Plan { plan.settingStatuses(origins.mapValues { _ in .pending }) }

    /// Throws where a task is marked completed by a run whose work is not in `base`, and tells the ways out.
    func demandWork(of plan: Plan, in base: CommitID) async throws {
        var claims: [RunID: [Claim]] = [:]
        for task in plan.tasks where task.status == .completed {
            guard let origin = origins[task.id], case .merged(let commit) = origin.deed else { continue }
            claims[origin.run.id, default: []].append(Claim(task: task, run: origin.run, commit: commit))
        }
        var sentences: [String] = []
        for run in claims.keys.sorted() {
            let missing = try await missing(claims[run] ?? [], in: base)
            if let record = missing.first?.run {
                sentences.append(try await sentence(about: missing.map(\.task), of: record, base))
            }
        }
        if !sentences.isEmpty { throw Refusal(sentences.joined(separator: "\n")) }
    }

    private struct Claim {
        var task: PlanTask
        var run: RunRecord
        var commit: CommitID
    }

    /// Those claims of one run that `base` does not bear out.
    private func missing(_ claims: [Claim], in base: CommitID) async throws -> [Claim] {
        let repository = try await place.repository
        let contained = try await repository.contained(claims.map(\.commit), in: base)
        var open = claims.filter { !contained.contains($0.commit) }
        guard let run = open.first?.run.id else { return [] }
        // A squash leaves no ancestor behind, but a message that names what it landed.
        if let start = try place.replay(run).spec?.base {
            let line = LandingNote.trailer(of: run)
            let messages = try await repository.messages(with: line, since: start, upTo: base)
            open = open.filter { claim in !messages.contains { LandingNote.names(claim.task, in: $0) } }
        }
        // Another program's squash leaves the same content at least; the others lie before the last on the run's branch.
        var rest: [Claim] = []
        for claim in open.reversed() {
            if rest.isEmpty, try await repository.holds(claim.commit, in: base) { continue }
            rest.append(claim)
        }
        return rest.reversed()
    }

    private static let namesMax = 5

    private func sentence(about tasks: [PlanTask], of run: RunRecord, _ base: CommitID) async throws -> String {
        let names = tasks.prefix(Self.namesMax).map { "'\($0.id)'" }.joined(separator: ", ")
        let more = tasks.count > Self.namesMax ? " and \(tasks.count - Self.namesMax) more" : ""
        let what = tasks.count == 1 ? "task \(names) is" : "tasks \(names)\(more) are"
        let wayOut = try await wayToWork(of: run).map { $0 + ", " } ?? ""
        return "\(what) marked completed by run \(run.id), whose work is not in \(base.short): "
            + "\(wayOut)--again does it again in a new run"
    }

    /// How what a run did can still be had; nil where it has been given up for good.
    private func wayToWork(of run: RunRecord) async throws -> String? {
        let runs = try await place.runsWithBranch()
        if runs.contains(where: { $0.id == run.id }) {
            let isNext = run.outcome != .finished && runs.last?.id == run.id
            return isNext ? "`stretto resume` goes on with it" : "`stretto land \(run.id)` brings it here"
        }
        guard try await place.repository.discardedRuns().contains(run.id) else { return nil }
        return "`stretto discard --undo \(run.id)` gives that run its branch back"
    }
}

/// What the message of a landing says: written by `land`, read again by whoever asks what has been landed.
enum LandingNote {
    static func message(_ run: RunID, _ plan: String, _ done: [TaskSnapshot]) -> String {
        let lines = done.map { line(of: $0.id, $0.name) }
        return (["Land \(plan)", ""] + lines + ["", trailer(of: run)]).joined(separator: "\n") + "\n"
    }

    static func trailer(of run: RunID) -> String { "Stretto-Run: \(run)" }

    static func names(_ task: PlanTask, in message: String) -> Bool {
        message.split(separator: "\n").contains(line(of: task.id, task.name)[...])
    }

    private static func line(of task: TaskID, _ name: String) -> String { "- \(task) \(name)" }
}
