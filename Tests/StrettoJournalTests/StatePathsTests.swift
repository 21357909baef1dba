import StrettoCore
import Testing

@testable import StrettoJournal

@Suite struct StatePathsTests {
    @Test func `state lies in the common git directory and worktrees in the user's state directory`() throws {
        let paths = try StatePaths(commonDirectory: "/home/me/my repo/.git/", environment: ["HOME": "/home/me"])
        let run = RunID("demo-1")

        #expect(paths.journal == "/home/me/my repo/.git/stretto/journal.sqlite")
        #expect(paths.lock == "/home/me/my repo/.git/stretto/lock")
        #expect(paths.run(run) == "/home/me/my repo/.git/stretto/runs/demo-1")
        #expect(paths.worktrees(of: run).hasPrefix("/home/me/.local/state/stretto/worktrees/my%20repo-"))
        #expect(paths.worktrees(of: run).hasSuffix("/demo-1"))
    }

    @Test func `an absolute XDG_STATE_HOME counts, a relative one does not`() throws {
        let environment = ["HOME": "/h", "XDG_STATE_HOME": "/s"]
        #expect(try StatePaths(commonDirectory: "/r/.git", environment: environment).worktrees.hasPrefix("/s/stretto/"))
        let relative = ["HOME": "/h", "XDG_STATE_HOME": "s"]
        #expect(try StatePaths(commonDirectory: "/r/.git", environment: relative).worktrees.hasPrefix("/h/.local/"))
        #expect(throws: StatePathsError.noHome) { try StatePaths(commonDirectory: "/r/.git", environment: [:]) }
    }

    @Test func `repositories of the same name have different worktrees`() throws {
        let one = try StatePaths(commonDirectory: "/a/x/.git", environment: ["HOME": "/h"])
        let other = try StatePaths(commonDirectory: "/b/x/.git", environment: ["HOME": "/h"])

        #expect(one.worktrees != other.worktrees)
    }

    @Test(arguments: [
        ("1.10", "1.10.2"), ("..", "%2E..2"), ("a/b", "a%2Fb.2"), (".git", "%2Egit.2"), ("ü %", "%C3%BC%20%25.2"),
        ("", ".2"), ("\u{7}", "%07.2"),
    ])
    func `a task's name becomes a safe directory name`(task: String, name: String) {
        #expect(StatePaths.fileName(task, suffix: ".2") == name)
    }

    @Test func `long names are cut and stay apart`() {
        let long = String(repeating: "x", count: 400)
        let names = ["a", "b"].map { StatePaths.fileName(long + $0, suffix: ".1") }

        #expect(names[0] != names[1])
        #expect(names.allSatisfy { $0.utf8.count == 255 })
    }

    @Test func `the fingerprint is FNV-1a`() {
        var fingerprint = Fingerprint()
        fingerprint.combine("foobar".utf8)
        #expect(fingerprint.text == "85944171f73967e8")
    }
}
