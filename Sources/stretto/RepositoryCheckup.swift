import FoundationEssentials
import StrettoCommand
import StrettoCore
import StrettoGit
import StrettoJournal
import StrettoProcess

/// What `doctor` looks at in one repository; it changes nothing.
struct RepositoryCheckup {
    typealias Finding = DoctorReport.Finding

    let place: Workplace

    func findings() async throws -> [Finding] {
        var findings =
            checkout(try await place.repository) + [
                DoctorReport.room(
                    FreeSpace.bytes(at: place.paths.directory),
                    for: "the repository",
                    at: place.checkout.commonDirectory
                ),
                DoctorReport.room(
                    FreeSpace.bytes(at: place.paths.worktrees),
                    for: "worktrees",
                    at: place.paths.worktrees
                ),
            ]
        findings += engine()
        findings += await journal()
        do {
            findings += try await refs() + leftovers()
        } catch {
            findings.append(Finding(.bad, "\(error)"))
        }
        return findings
    }

    private func checkout(_ repository: Repository) -> [Finding] {
        var findings = [Finding(.good, "repository \(repository.topLevel) at \(repository.head.short)")]
        if repository.changedPathCount > 0 {
            findings.append(
                Finding(
                    .note,
                    "\(Counted.words(repository.changedPathCount, "uncommitted change")), which a run does not see",
                    fix: "commit what tasks should build on"
                )
            )
        }
        return findings
    }

    /// The engine, or what a dead one left.
    private func engine() -> [Finding] {
        guard let holder = RepositoryLock.lastHolder(at: place.paths.lock) else { return agents() }
        let isLive: Bool
        do throws(Refusal) {
            isLive = try place.liveEngine() != nil
        } catch {
            return [Finding(.bad, "\(error)")]
        }
        if isLive {
            let run = holder.run.map(\.text) ?? "?"
            return [
                Finding(
                    .note,
                    "run \(run) is under way, engine process \(holder.pid)",
                    fix: "`stretto attach` shows it"
                )
            ]
        }
        var findings = [
            Finding(
                .note,
                "the engine process \(holder.pid) ended without unlocking; its lock hinders nobody",
                fix: "`stretto resume` goes on with its run, or `stretto doctor --clean` empties the lock"
            )
        ]
        if let socket = holder.socket, FileManager.default.fileExists(atPath: socket) {
            findings.append(
                Finding(.note, "nobody answers at the socket \(socket)", fix: "`stretto doctor --clean` removes it")
            )
        }
        return findings + agents()
    }

    /// Agents that work on although no engine is there to hear of it.
    private func agents() -> [Finding] {
        let root = place.paths.directory + "/runs"
        let runs = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return runs.sorted().flatMap { LivingKeeper.all(below: root + "/" + $0) }.map { keeper in
            Finding(
                .note,
                "keeper process \(keeper.pid) has an agent at work for \(keeper.directory), and no engine is there",
                fix: "`stretto resume` takes it up again; without an engine it ends by itself within 10 minutes"
            )
        }
    }

    private func journal() async -> [Finding] {
        do {
            let runs = try place.runs()
            guard !runs.isEmpty else { return [Finding(.good, "no run has been here yet")] }
            var count = 0
            for run in runs { count += try Journal.entries(of: run.id, at: place.paths.journal).count }
            let good = Finding(
                .good,
                "journal of \(PlainText.counted(runs.count, "run")), all \(count) entries as they were written"
            )
            guard let last = try await place.runsWithBranch().last, last.outcome != .finished else { return [good] }
            if (try? place.liveEngine())?.run == last.id { return [good] }
            return [good, Finding(.note, "run \(last.id) has not finished", fix: "`stretto resume` goes on")]
        } catch {
            return [Finding(.bad, "\(error)")]
        }
    }

    private func refs() async throws -> [Finding] {
        let health = try await place.repository.refHealth()
        guard !health.broken.isEmpty else {
            return [Finding(.good, "\(PlainText.counted(health.count, "ref")) of Stretto's, none broken")]
        }
        return health.broken.map { ref in
            Finding(
                .bad,
                "\(ref.name) cannot be read: \(ref.complaint)",
                fix: "fetch the missing objects from a clone, or 'git update-ref -d \(ref.name)' gives it up"
            )
        }
    }

    /// Worktrees and folders that no run needs any more.
    private func leftovers() async throws -> [Finding] {
        try await Cleaning(place: place).stale().map { left in
            switch left.kind {
            case .attempt(let attempt, nil):
                Finding(.note, "a worktree of \(attempt) is left at \(left.path)", fix: Self.cleanFix)
            case .attempt(let attempt, let reason?):
                Finding(
                    .note,
                    "a worktree of \(attempt) was set aside at \(left.path): \(reason)",
                    fix: "take what you need from it, then 'git worktree remove --force' it"
                )
            case .merge: Finding(.note, "the merge worktree of run \(left.run) is left", fix: Self.cleanFix)
            case .spares:
                Finding(.note, "checkouts that run \(left.run) kept for reuse are left", fix: Self.cleanFix)
            case .folder:
                Finding(
                    .note,
                    "\(left.path) is no worktree that git knows",
                    fix: "take what you need from it, then remove the folder"
                )
            case .registration:
                Finding(.note, "git still knows of a worktree at \(left.path), which is gone", fix: Self.cleanFix)
            }
        }
    }

    private static let cleanFix = "`stretto doctor --clean` removes it once all in it is proved to be kept"
}
