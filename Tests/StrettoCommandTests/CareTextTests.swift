import StrettoCore
import Testing

@testable import StrettoCommand

@Suite struct CareTextTests {
    private func tree(_ run: String, _ name: String, files: Int, place: String) -> RescueTable.Tree {
        RescueTable.Tree(
            run: RunID(run),
            name: name,
            date: "2026-03-01 09:30",
            fileCount: files,
            added: files * 7,
            removed: 2,
            place: place
        )
    }

    @Test func `kept trees stand in columns below their runs, set-aside worktrees below all`() {
        let lines = RescueTable.lines(
            [
                tree("alpha-1", "a.1", files: 1, place: "in main"),
                tree("alpha-1", "webhooks.2-late-1", files: 12, place: "nowhere else"),
                tree("beta-1", "a.1", files: 0, place: "in stretto/beta-1"),
            ],
            aside: [RescueTable.Aside(path: "/w/x.1", reason: "git add:\n bad")]
        )

        #expect(
            lines == [
                "run alpha-1",
                "  a.1                2026-03-01 09:30     1 file +7 -2  in main",
                "  webhooks.2-late-1  2026-03-01 09:30  12 files +84 -2  nowhere else",
                "run beta-1",
                "  a.1                2026-03-01 09:30    0 files +0 -2  in stretto/beta-1",
                "worktrees that were set aside, with files that are nowhere else",
                "  /w/x.1",
                "    git add:  bad",
            ]
        )
        #expect(RescueTable.lines([], aside: []) == ["nothing is kept here"])
    }

    @Test func `a name cannot steer the terminal`() {
        let text = RescueTable.lines([tree("r", "\u{1B}[2Ja.1", files: 1, place: "in main")], aside: []).joined()

        #expect(!text.contains("\u{1B}"))
    }

    @Test func `a discard tells what goes and what is kept`() {
        let discard = GoingText.Discard(
            run: RunID("r-1"),
            branchHead: "0123abcd",
            worktreeCount: 1,
            treeCount: 3,
            onlyHereCount: 2
        )

        #expect(
            GoingText.lines(discard) == [
                "giving up run r-1 removes",
                "  the branch stretto/r-1, now at 0123abcd",
                "  1 worktree, as far as all in them is kept",
                "and keeps 3 trees, 2 of them nowhere else, until 'stretto prune'",
            ]
        )
    }

    @Test func `a prune names first what will be gone for good`() {
        let safe = GoingText.Prune(
            run: RunID("r-1"),
            safeCount: 2,
            lost: [],
            leftCount: 1,
            takesFiles: false,
            forgetsBranch: false
        )
        let lost = GoingText.Prune(
            run: RunID("r-2"),
            safeCount: 0,
            lost: ["a.1", "b.1"],
            leftCount: 0,
            takesFiles: true,
            forgetsBranch: true
        )

        #expect(
            GoingText.lines([safe, lost]) == [
                "run r-2: gone for good, for they are nowhere else",
                "  a.1",
                "  b.1",
                "run r-2: its discarded branch cannot be had back any more",
                "run r-1: 2 trees that a branch has anyway",
                "run r-1: 1 tree stays",
                "run r-2: its logs",
            ]
        )
        #expect(!safe.isEmpty)
        let nothing = GoingText.Prune(
            run: RunID("r-3"),
            safeCount: 0,
            lost: [],
            leftCount: 4,
            takesFiles: false,
            forgetsBranch: false
        )
        #expect(nothing.isEmpty)
    }

    @Test func `a finding has its verdict, and its fix below`() {
        let lines = DoctorReport.lines([
            DoctorReport.Finding(.good, "git 2.39"), DoctorReport.Finding(.bad, "x is broken", fix: "mend x"),
        ])

        #expect(lines == ["ok    git 2.39", "bad   x is broken", "      fix: mend x"])
    }

    @Test func `a disk below its limit is bad, at the limit it is not`() {
        let limit = DoctorReport.freeBytesMin

        #expect(DoctorReport.room(limit, for: "worktrees", at: "/w").verdict == .good)
        #expect(DoctorReport.room(limit - 1, for: "worktrees", at: "/w").verdict == .bad)
        #expect(DoctorReport.room(nil, for: "worktrees", at: "/w").verdict == .note)
    }

    @Test(arguments: [("30d", 30), ("4w", 28), ("7", 7), ("0d", 0)])
    func `an age is days or weeks`(text: String, days: Int) throws {
        let given = try Arguments(parsing: ["prune", "--older-than", text])

        #expect(given.invocation == .prune(PruneOptions(olderThanDays: days)))
    }

    @Test(arguments: ["d", "-1d", "1h", "99999999999999999999d", "36501", "1.5d", "٣d"])
    func `what is no age is refused`(text: String) {
        #expect(throws: UsageError.badValue(.olderThan, nearest: nil)) {
            try Arguments(parsing: ["prune", "--older-than=" + text])
        }
    }

    @Test(arguments: ["--to", "--into"])
    func `bringing back needs a tree`(option: String) {
        #expect(throws: UsageError.self) { try Arguments(parsing: ["rescue", option, "x"]) }
        #expect(throws: UsageError.self) { try Arguments(parsing: ["rescue", "a", "--json", option, "x"]) }
    }
}
