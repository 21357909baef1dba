import StrettoCore
import Testing

@testable import StrettoGit

@Suite(.timeLimit(.minutes(5)))
struct AncestryTests {
    @Test func `commits count as contained by their history, and unknown ones never`() async throws {
        let scratch = try await ScratchRepository()
        let first = CommitID(try await scratch.git("rev-parse", "HEAD"))
        try await scratch.git("commit", "--allow-empty", "-qm", "Second")
        let second = CommitID(try await scratch.git("rev-parse", "HEAD"))
        try await scratch.git("checkout", "-q", "-b", "side", first.text)
        try await scratch.git("commit", "--allow-empty", "-qm", "Side")
        let side = CommitID(try await scratch.git("rev-parse", "HEAD"))
        let unknown = CommitID(String(repeating: "1", count: 40))
        let repository = try await scratch.discover()

        #expect(try await repository.contained([side, first, unknown, second], in: second) == [first, second])
        #expect(try await repository.contained([side, second, unknown], in: first) == [])
        #expect(try await repository.contained([], in: first) == [])
    }

    @Test func `a squash is found by its line, and what anybody squashed by its content`() async throws {
        let scratch = try await ScratchRepository(files: ["a": "1\n"])
        let base = CommitID(try await scratch.git("rev-parse", "HEAD"))
        try await scratch.git("checkout", "-q", "-b", "run")
        try scratch.write("2\n", to: "a")
        try await scratch.git("commit", "-qam", "Work")
        let work = CommitID(try await scratch.git("rev-parse", "HEAD"))
        try await scratch.git("checkout", "-q", "main")
        let repository = try await scratch.discover()
        #expect(try await !repository.holds(work, in: base))
        #expect(try await repository.messages(with: "Stretto-Run: p-1", since: base, upTo: base) == [])

        try await scratch.git("merge", "-q", "--squash", "run")
        try await scratch.git("commit", "-qm", "Land\n\n- a A\n\nStretto-Run: p-10")
        let squash = CommitID(try await scratch.git("rev-parse", "HEAD"))

        #expect(try await repository.contained([work], in: squash) == [])
        #expect(try await repository.holds(work, in: squash))
        #expect(try await repository.messages(with: "Stretto-Run: p-1", since: base, upTo: squash) == [])
        let messages = try await repository.messages(with: "Stretto-Run: p-10", since: base, upTo: squash)
        #expect(messages.count == 1 && messages.allSatisfy { $0.contains("- a A") })
        let gone = CommitID(String(repeating: "1", count: 40))
        #expect(try await repository.messages(with: "Stretto-Run: p-10", since: gone, upTo: squash) == [])
        #expect(try await !repository.holds(gone, in: squash))
    }
}
