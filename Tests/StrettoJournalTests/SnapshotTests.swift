import FoundationEssentials
import StrettoCore
import StrettoJSON
import TestSupport
import Testing

@testable import StrettoJournal

/// A snapshot shortens a replay and changes nothing else.
@Suite struct SnapshotTests {
    private static let program: Int64 = 42

    let directory: TemporaryDirectory
    let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.appending("journal.sqlite")
    }

    /// Entries enough for a snapshot, and a few after it; each with the state that it leads to.
    private var story: [(entry: JournalEntry, state: Scheduler)] {
        var scheduler = Scheduler()
        let events: [Event] =
            [.opened(Samples.spec()), .planApproved]
            + (1...JournalFormat.snapshotEntriesMin + 10).map { count in
                .skipped(Samples.attempt.task, reason: "reason \(count) \u{1F3B5} \"quoted\"\n")
            }
        return Samples.entries(events).map { entry in
            _ = scheduler.handle(entry.event, at: entry.time)
            return (entry, scheduler)
        }
    }

    private func fill(program: Int64? = program) throws {
        let store = try JournalStore(path: path, run: Samples.run, mode: .writeAheadLog, program: program)
        // In batches, as an engine writes them; the snapshot belongs to the end of one.
        let steps = story
        for start in stride(from: 0, to: steps.count, by: 5) {
            let batch = steps[start..<min(start + 5, steps.count)]
            try store.append(batch.map(\.entry), leadingTo: batch.last?.state)
        }
    }

    private func execute(_ sql: String) throws { try SQLiteConnection(path, access: .write).execute(sql) }

    private func replay(by program: Int64? = program) throws -> Replay? {
        try JournalReader.open(path)?.replay(of: Samples.run, by: program)
    }

    private func snapshotSequence() throws -> Int64? {
        try SQLiteConnection(path, access: .read).integer("SELECT sequence FROM snapshots")
    }

    @Test func `a replay from a snapshot gives what a replay of all entries gives`() throws {
        try fill()

        let sequence = try #require(try snapshotSequence())
        #expect(sequence == JournalFormat.snapshotEntriesMin)
        #expect(try replay() == Replay(of: story.map(\.entry)))
        #expect(try replay(by: nil) == Replay(of: story.map(\.entry)))
    }

    @Test func `with a snapshot the entries before it are not read, and damage in them is found by reading all`() throws
    {
        try fill()
        try execute("UPDATE entries SET checksum = checksum + 1 WHERE sequence = 7")

        #expect(try replay()?.sequence == story.count)
        #expect(throws: JournalError.corruptEntry(path: path, run: Samples.run, sequence: 7)) {
            try Journal.entries(of: Samples.run, at: path)
        }
    }

    @Test func `a damaged entry after the snapshot is found and named`() throws {
        try fill()
        let last = story.count
        try execute("UPDATE entries SET time = time + 1 WHERE sequence = \(last)")

        #expect(throws: JournalError.corruptEntry(path: path, run: Samples.run, sequence: last)) { _ = try replay() }
    }

    @Test(arguments: [
        "body = CAST(replace(body, 'demo', 'dema') AS BLOB)", "checksum = checksum + 1", "sequence = sequence - 1",
        "program = program + 1", "body = x'00'", "sequence = 1000000",
    ])
    func `a snapshot that is not what was written is passed over`(change: String) throws {
        try fill()
        try execute("UPDATE snapshots SET \(change)")

        #expect(try replay() == Replay(of: story.map(\.entry)))
    }

    @Test func `a snapshot does not hide that entries are missing`() throws {
        try fill()
        try execute("DELETE FROM entries WHERE sequence > 500; UPDATE runs SET last = 500")

        #expect(try replay()?.sequence == 500)
        try execute("UPDATE runs SET last = 501")
        #expect(throws: JournalError.corruptEntry(path: path, run: Samples.run, sequence: 501)) { _ = try replay() }
    }

    @Test func `another program's snapshot does not count, and is replaced by the next writer's own`() throws {
        try fill(program: 7)
        // What it holds by other rules: if it counted, the run would have another name.
        #expect(try replay(by: 42) == Replay(of: story.map(\.entry)))

        let store = try JournalStore(path: path, run: Samples.run, mode: .writeAheadLog, program: 42)
        var state = Replay(of: story.map(\.entry))
        let next = Samples.small(state.sequence + 1)
        state.take(next)
        try store.append([next], leadingTo: state.scheduler)
        #expect(try SQLiteConnection(path, access: .read).integer("SELECT program FROM snapshots") == 42)
        #expect(try replay(by: 42) == state)
    }

    @Test func `a journal from before there were snapshots gets them`() throws {
        try fill(program: nil)
        try execute("DROP TABLE snapshots")
        #expect(try replay() == Replay(of: story.map(\.entry)))

        _ = try JournalStore(path: path, run: Samples.run, mode: .writeAheadLog)
        #expect(try snapshotSequence() == nil)
    }

    @Test func `the last room on a disk goes to entries, not to a snapshot`() throws {
        let store = try JournalStore(path: path, run: Samples.run, mode: .writeAheadLog, program: Self.program)
        let steps = story
        let count = JournalFormat.snapshotEntriesMin - 1
        try store.append(steps.prefix(count).map(\.entry), leadingTo: nil)
        var state = steps[count].state
        // A state far larger than the entry that leads to it.
        _ = state.handle(
            .retried(Samples.attempt.task, note: String(repeating: "x", count: 1 << 20)),
            at: .init(milliseconds: 1)
        )
        try store.limit(pageCount: 100)

        try store.append([steps[count].entry], leadingTo: state)

        #expect(try snapshotSequence() == nil)
        #expect(try Journal.entries(of: Samples.run, at: path).count == count + 1)
    }

    @Test func `a reader beside a writer sees whole commits`() async throws {
        let store = try JournalStore(path: path, run: Samples.run, mode: .writeAheadLog)
        try store.append([story[0].entry])
        let path = path
        try await withThrowingTaskGroup { group in
            group.addTask {
                var last = 0
                while last < 400 {
                    let count = try Journal.entries(of: Samples.run, at: path).count
                    #expect(count >= last)
                    last = count
                    await Task.yield()
                }
            }
            for number in stride(from: 2, through: 400, by: 3) {
                try store.append((number..<number + 3).map(Samples.small))
                await Task.yield()
            }
            try await group.waitForAll()
        }
    }
}

/// The decoder of entries against what the journal's encoder writes.
@Suite struct EntryDecodingTests {
    @Test func `every event and every state comes back`() throws {
        let encoder = JSONEncoder()
        var scheduler = Scheduler()
        for entry in Samples.entries {
            let event = [UInt8](try encoder.encode(entry.event))
            #expect(try LineDecoder.decode(Event.self, from: event) == entry.event)
            _ = scheduler.handle(entry.event, at: entry.time)
            let state = [UInt8](try encoder.encode(scheduler))
            #expect(try LineDecoder.decode(Scheduler.self, from: state) == scheduler)
        }
    }
}
