import FoundationEssentials
import StrettoCore
import StrettoProcess
import TestSupport
import Testing

@testable import StrettoJournal

extension Scene {
    private var taskIDs: [String] { ["a", "b", "d", "e", "f", "g", "z"] + (kind == .rich ? ["n"] : []) }

    /// What every run of the plan must have left behind, whatever happened on its way.
    ///
    /// A tree that git refused to keep may lie in its worktree instead, where `allowsAside` says so.
    func expectWholeness(allowsAside: Bool = false, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let (run, entries) = try journal()
        var scheduler = Scheduler()
        for entry in entries { _ = scheduler.handle(entry.event, at: entry.time) }
        #expect(run.outcome == .finished, sourceLocation: sourceLocation)
        #expect(scheduler.outcome == .finished, sourceLocation: sourceLocation)

        if kind == .rich { try expectSnapshot(of: run.id, from: entries, sourceLocation) }
        expectStatuses(sourceLocation)
        try await expectContributions(of: run.id, sourceLocation)
        let worktrees = try await git("worktree", "list", "--porcelain").split(separator: "\n")
            .filter { $0.hasPrefix("worktree ") }.map { String($0.dropFirst("worktree ".count)) }
        let left = worktrees.filter { $0 != "\(root)/repo" }
        let story = try story(of: left)
        #expect(allowsAside || left == [], "\(story)", sourceLocation: sourceLocation)
        if kind == .rich { try await expectInnerRepository(of: scheduler, in: run.id, left, sourceLocation) }
        try await expectAttempts(of: run.id, aside: allowsAside ? worktrees : [], sourceLocation)
        let checkouts = try await checkouts()
        #expect(checkouts.before == checkouts.now, sourceLocation: sourceLocation)
        expectNoProcess(sourceLocation: sourceLocation)
    }

    /// What the run's log says of worktrees that are still there.
    private func story(of worktrees: [String]) throws -> String {
        let names = worktrees.map { $0.split(separator: "/").suffix(2).joined(separator: "/") }
        return try runLog().split(separator: "\n")
            .filter { line in line.contains("the worktree stays at") || names.contains { line.contains($0) } }
            .joined(separator: "\n")
    }

    /// Nothing that ever was of this scene lives.
    func expectNoProcess(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(Census(root: root).members == [], sourceLocation: sourceLocation)
    }

    /// Each contribution is in the run's branch, once.
    private func expectContributions(of run: RunID, _ place: SourceLocation) async throws {
        let branch = run.branch
        let merges = try await git("log", "--first-parent", "--format=%s", branch).split(separator: "\n")
        for task in taskIDs {
            let count = merges.count { $0.hasPrefix("Merge task \(task):") }
            #expect(count == 1, "\(task) was merged \(count) times", sourceLocation: place)
        }
        var files = ["base.txt": "base\n", "f.txt": "by f\n"]
        for task in ["a", "b", "g", "z"] {
            files["\(task).txt"] = "by \(task)\n"
            files["new \(task)/ünïcode"] = "more\n"
        }
        if kind == .rich { files["n.txt"] = "by n\n" }
        for (name, text) in files.sorted(by: { $0.key < $1.key }) {
            #expect(try await git("show", "\(branch):\(name)") == text, sourceLocation: place)
        }
        let listing = try await git("ls-tree", "-r", "-z", branch).split(separator: "\0")
        let others = listing.filter { !$0.hasPrefix("100644 blob ") }
        #expect(others == [], sourceLocation: place)
        let names = listing.compactMap { $0.split(separator: "\t").last.map(String.init) }
        let expected = Set(files.keys).union(["list", "plan.yaml"])
        let own = names.filter { !$0.hasPrefix("many/") && $0 != "HANDOFF.md" }
        #expect(Set(own) == expected, sourceLocation: place)
        let lines = try await git("show", "\(branch):list").split(separator: "\n").sorted()
        #expect(lines == ["first", "line of d", "line of e"], sourceLocation: place)
    }

    /// The newest snapshot is the state to which the entries lead, although engines that died and began from it wrote it.
    private func expectSnapshot(of run: RunID, from entries: [JournalEntry], _ place: SourceLocation) throws {
        let reader = try JournalReader.open(root + "/repo/.git/stretto/journal.sqlite")
        let record = reader?.snapshot(of: run)
        let snapshot = try #require(record, sourceLocation: place)
        #expect(snapshot.isSound(in: Seal(of: run)), sourceLocation: place)
        let replay = Replay(of: entries.prefix(snapshot.sequence))
        #expect(try snapshot.state() == replay.scheduler, sourceLocation: place)
    }

    /// What the merged attempt had in its inner repository lies below one ref: its commit, and what was not committed.
    ///
    /// Where git refused to keep it, it is still in its worktree.
    private func expectInnerRepository(
        of scheduler: Scheduler,
        in run: RunID,
        _ worktrees: [String],
        _ place: SourceLocation
    ) async throws {
        let number = scheduler.task(TaskID("n"))?.attempts.count ?? 0
        if let aside = worktrees.first(where: { $0.hasSuffix("/\(run)/n.\(number)") }) {
            for (name, text) in [("deep.txt", "deep\n"), ("left.txt", "left\n")] {
                let bytes = FileManager.default.contents(atPath: "\(aside)/inner/\(name)")
                #expect(bytes == Data(text.utf8), sourceLocation: place)
            }
            return
        }
        let ref = "refs/stretto/\(run)/n/\(number)-nested/inner"
        for (name, text) in [("head:deep.txt", "deep\n"), ("work:deep.txt", "deep\n"), ("work:left.txt", "left\n")] {
            #expect(try await git("show", "\(ref)/\(name)") == text, sourceLocation: place)
        }
    }

    /// The plan file shows how each task stands.
    private func expectStatuses(_ place: SourceLocation) {
        let expected = (["s"] + taskIDs).sorted().map { "\($0) \($0 == "s" ? "skipped" : "completed")" }
        let found = planLines.map { line in
            let id = line.dropFirst("- {id: ".count).prefix { $0 != "," }
            let status = line.split(separator: "status: ").dropFirst().last?.prefix { $0.isLetter } ?? "nothing"
            return "\(id) \(status)"
        }
        #expect(found.sorted() == expected, sourceLocation: place)
    }

    /// No attempt ran twice or beside another one of its task, and the tree of each is kept.
    private func expectAttempts(of run: RunID, aside: [String], _ place: SourceLocation) async throws {
        let marks = marks
        #expect(marks.filter { $0.word == "overlap" } == [], sourceLocation: place)
        let starts = marks.filter { $0.word == "start" }
        #expect(Set(starts).count == starts.count, "an attempt ran twice", sourceLocation: place)
        let kept = try await git("for-each-ref", "--format=%(refname)", "refs/stretto/\(run)").split(separator: "\n")
        for start in starts {
            let ref = "refs/stretto/\(run)/\(start.task)/\(start.number)"
            let isAside = aside.contains { $0.hasSuffix("/\(run)/\(start.task).\(start.number)") }
            #expect(kept.contains(ref[...]) || isAside, "\(ref) is missing", sourceLocation: place)
        }
    }
}
