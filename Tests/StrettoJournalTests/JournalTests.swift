import FoundationEssentials
import Glibc
import StrettoCore
import TestSupport
import Testing

@testable import StrettoJournal

@Suite struct JournalTests {
    let directory: TemporaryDirectory
    let path: String

    init() throws {
        directory = try TemporaryDirectory(named: "journal ü")
        path = directory.appending("journal.sqlite")
    }

    @Test func `every kind of event comes back as it was appended`() async throws {
        let journal = try await Journal.open(at: path, for: Samples.run)
        for entry in Samples.entries { try await journal.append([entry]) }

        #expect(try await journal.entries() == Samples.entries)
        #expect(try Journal.entries(of: Samples.run, at: path) == Samples.entries)
    }

    @Test func `a plan's variables and keys are not in the file, and come back from the plan file`() async throws {
        let key = "sk-ant-" + "api03-Zx9aBcdEFghijkl"
        var spec = Samples.spec()
        spec.plan.settings.setup = ["login \(key)"]
        spec.plan.sections[0].tasks[0].command = "curl -H 'x-api-key: \(key)' example.org"
        spec.plan.sections[0].tasks[0].description = "Use \(key)."
        spec.plan.sections[0].tasks[0].environment = [EnvironmentVariable(name: "PLAIN", value: "canary-word")]
        let journal = try await Journal.open(at: path, for: Samples.run)
        try await journal.append([JournalEntry(sequence: 1, time: Timestamp(milliseconds: 1), event: .opened(spec))])
        await journal.close()

        let file = try Data(contentsOf: URL(filePath: path))
        for secret in [key, "canary-word"] { #expect(file.firstRange(of: Data(secret.utf8)) == nil) }
        var replay = try Journal.replay(of: Samples.run, at: path)
        let masked = try #require(replay.scheduler.spec?.plan)
        #expect(masked == spec.plan)
        #expect(masked.tasks[0].lacksSecrets && masked.settings.lacksSecrets)
        #expect(masked.tasks[0].environment[0].value != "canary-word")
        replay.takeSecrets(from: spec.plan)
        let whole = try #require(replay.scheduler.spec?.plan)
        #expect(!whole.tasks[0].lacksSecrets && !whole.settings.lacksSecrets)
        #expect(whole.tasks[0].environment[0].value == "canary-word")
        #expect(whole.tasks[0].command == spec.plan.tasks[0].command)
        #expect(whole.settings.setup == spec.plan.settings.setup)

        // An edited value is another one, and does not count before somebody said so.
        var edited = spec.plan
        edited.sections[0].tasks[0].environment[0].value = "another word"
        #expect(masked != edited)
    }

    @Test func `a writer goes on where the last one ended`() async throws {
        let first = try await Journal.open(at: path, for: Samples.run)
        try await first.append(Array(Samples.entries.prefix(5)))
        await first.close()
        let second = try await Journal.open(at: path, for: Samples.run)
        try await second.append(Array(Samples.entries.dropFirst(5)))

        #expect(try await second.entries() == Samples.entries)
        await #expect(throws: JournalError.closed(path: path)) { try await first.append([Samples.small(6)]) }
    }

    @Test func `a run is unfinished from its first entry until it is marked as ended`() async throws {
        let journal = try await Journal.open(at: path, for: Samples.run)
        #expect(try Journal.runs(at: path).isEmpty)

        try await journal.append(Array(Samples.entries.prefix(2)))
        let record = try #require(try Journal.unfinishedRun(at: path))
        #expect(record.id == Samples.run)
        #expect(record.planPath == "plans/demo plan.yaml")
        #expect(record.created == Samples.entries[0].time)

        let ended = Timestamp(milliseconds: 7)
        try await journal.markEnded(Samples.run, outcome: .failed([TaskID("1")]), at: ended)
        #expect(try Journal.unfinishedRun(at: path) == nil)
        #expect(try Journal.runs(at: path).map(\.outcome) == [.failed([TaskID("1")])])
        #expect(try Journal.runs(at: path).map(\.ended) == [ended])
    }

    @Test func `entries after its end make a run unfinished again`() async throws {
        let journal = try await Journal.open(at: path, for: Samples.run)
        try await journal.append([Samples.entries[0]])
        try await journal.markEnded(Samples.run, outcome: .stopped, at: Timestamp(milliseconds: 7))
        try await journal.append([Samples.small(2)])

        #expect(try Journal.unfinishedRun(at: path)?.id == Samples.run)
    }

    @Test func `several runs stand side by side, oldest first`() async throws {
        for name in ["b", "a", "c"] {
            let journal = try await Journal.open(at: path, for: RunID(name))
            try await journal.append(Samples.entries([.opened(Samples.spec(RunID(name))), .recovered]))
            await journal.close()
        }

        #expect(try Journal.runs(at: path).map(\.id.text) == ["b", "a", "c"])
        #expect(try Journal.entries(of: RunID("a"), at: path).count == 2)
        #expect(try Journal.unfinishedRun(at: path)?.id == RunID("c"))
        #expect(throws: JournalError.noSuchRun(path: path, run: RunID("d"))) {
            try Journal.entries(of: RunID("d"), at: path)
        }
    }

    @Test func `no journal is no run and no error`() throws {
        #expect(try Journal.runs(at: path).isEmpty)
        #expect(try Journal.unfinishedRun(at: path) == nil)
        #expect(access(path, F_OK) != 0)
    }

    @Test func `a run begins with its own opening entry`() async throws {
        let journal = try await Journal.open(at: path, for: RunID("other"))

        await #expect(throws: JournalError.noSuchRun(path: path, run: RunID("other"))) {
            try await journal.append([Samples.entries[0]])
        }
        #expect(try Journal.runs(at: path).isEmpty)
    }

    @Test func `a batch with a gap is refused as a whole`() async throws {
        let journal = try await Journal.open(at: path, for: Samples.run)
        try await journal.append([Samples.entries[0]])

        await #expect(throws: JournalError.outOfOrder(path: path, run: Samples.run, expected: 3, found: 4)) {
            try await journal.append([Samples.small(2), Samples.small(4)])
        }
        #expect(try await journal.entries() == [Samples.entries[0]])
    }

    @Test func `a second writer is found out by the first entry that both write`() async throws {
        let one = try await Journal.open(at: path, for: Samples.run)
        try await one.append([Samples.entries[0]])
        let other = try await Journal.open(at: path, for: Samples.run)
        try await one.append([Samples.small(2)])

        await #expect(throws: JournalError.outOfOrder(path: path, run: Samples.run, expected: 3, found: 2)) {
            try await other.append([Samples.small(2)])
        }
        #expect(try await one.entries().count == 2)
    }

    @Test func `a full disk is an error, loses nothing, and work goes on when there is space again`() throws {
        let store = try JournalStore(path: path, run: Samples.run, mode: .writeAheadLog)
        try store.append([Samples.entries[0]])
        try store.limit(pageCount: 8)
        let long = JournalEntry(
            sequence: 2,
            time: Timestamp(milliseconds: 1),
            event: .skipped(TaskID("x"), reason: String(repeating: "x", count: 100_000))
        )

        #expect(throws: JournalError.full(path: path)) { try store.append([long]) }
        #expect(try Journal.entries(of: Samples.run, at: path) == [Samples.entries[0]])

        try store.append([Samples.small(2)])
        try store.limit(pageCount: 1_000_000)
        try store.append([JournalEntry(sequence: 3, time: long.time, event: long.event)])
        #expect(try store.entries().map(\.event) == [Samples.events[0], Samples.small(2).event, long.event])
    }

    @Test func `the journal is its owner's alone`() async throws {
        let journal = try await Journal.open(at: path, for: Samples.run)
        try await journal.append([Samples.entries[0]])

        for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
            var status = stat()
            #expect(stat(directory.appending(name), &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600, "\(name)")
        }
    }

    @Test func `a directory that is not there is named`() async {
        let path = directory.appending("missing/journal.sqlite")

        await #expect(throws: JournalError.unavailable(path: path, detail: "No such file or directory")) {
            _ = try await Journal.open(at: path, for: Samples.run)
        }
    }

    @Test(arguments: [(0xEF53, "WAL"), (0x0102_1994, "WAL"), (0x6969, "DELETE"), (0xFF53_4D42, "DELETE")])
    func `network file systems get no write-ahead log`(magic: Int, mode: String) {
        #expect(CommitMode(fileSystemMagic: magic).name == mode)
    }

    @Test func `a journal moves between the commit modes and keeps its entries`() throws {
        try JournalStore(path: path, run: Samples.run, mode: .writeAheadLog).append([Samples.entries[0]])
        let store = try JournalStore(path: path, run: Samples.run, mode: .rollbackJournal)
        try store.append([Samples.small(2)])

        #expect(access(path + "-wal", F_OK) != 0)
        #expect(try Journal.entries(of: Samples.run, at: path).count == 2)
    }
}
