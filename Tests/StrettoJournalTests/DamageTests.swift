import FoundationEssentials
import Glibc
import StrettoCore
import TestSupport
import Testing

@testable import StrettoJournal

@Suite struct DamageTests {
    let directory: TemporaryDirectory
    let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.appending("journal.sqlite")
    }

    @Test func `a changed byte of an entry is found and named, in its body and beside it`() throws {
        try fill(Samples.entries)
        for change in [
            "body = CAST(replace(body, 'index.lock', 'index.luck') AS BLOB)", "time = time + 1",
            "checksum = checksum + 1",
        ] {
            let copy = directory.appending("copy")
            try Data(contentsOf: URL(filePath: path)).write(to: URL(filePath: copy))
            try SQLiteConnection(copy, access: .write).execute("UPDATE entries SET \(change) WHERE sequence = 5")

            #expect(throws: JournalError.corruptEntry(path: copy, run: Samples.run, sequence: 5), "\(change)") {
                try Journal.entries(of: Samples.run, at: copy)
            }
            try? FileManager.default.removeItem(atPath: copy)
        }
    }

    @Test func `a missing entry is found and named, the last one as well`() throws {
        try fill(Samples.entries)
        for sequence in [Samples.entries.count, 3] {
            try SQLiteConnection(path, access: .write).execute("DELETE FROM entries WHERE sequence = \(sequence)")

            #expect(throws: JournalError.corruptEntry(path: path, run: Samples.run, sequence: sequence)) {
                try Journal.entries(of: Samples.run, at: path)
            }
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `no flipped bit anywhere in the file makes the entries read as something else`(seed: UInt64) throws {
        try fill(Samples.entries)
        var random = SplitMix64(seed: seed)
        let sound = try Data(contentsOf: URL(filePath: path))
        for _ in 0..<100 {
            let position = Int.random(in: sound.indices, using: &random)
            let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &random)
            var damaged = sound
            damaged[position] ^= bit
            try damaged.write(to: URL(filePath: path))

            do {
                let entries = try Journal.entries(of: Samples.run, at: path)
                #expect(entries == Samples.entries, "byte \(position), bit \(bit)")
            } catch {
                #expect(error.description.hasPrefix(path))
            }
        }
    }

    /// What `kill -9` leaves in a commit, before the journal writes ahead and on file systems where it never does.
    @Test func `half a commit of a writer that was killed is undone by whoever reads first`() throws {
        try fill(Samples.entries)
        let writer = try SQLiteConnection(path, access: .write)
        // With so small a cache the changes go into the file before the commit.
        try writer.execute("PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN IMMEDIATE")
        try writer.execute("CREATE TABLE filling AS SELECT randomblob(100000) AS bytes")
        try writer.execute("DELETE FROM entries")
        let copy = directory.appending("copy")
        for end in ["", "-journal"] { try FileManager.default.copyItem(atPath: path + end, toPath: copy + end) }
        writer.rollBack()

        #expect(try Journal.entries(of: Samples.run, at: copy) == Samples.entries)
        #expect(!FileManager.default.fileExists(atPath: copy + "-journal"))
    }

    @Test func `a newer format is refused with a way out, and nothing is changed`() async throws {
        try fill(Samples.entries)
        try SQLiteConnection(path, access: .write).execute("PRAGMA user_version = 2")
        let before = try Data(contentsOf: URL(filePath: path))
        let refusal = JournalError.newerFormat(path: path, found: 2, supported: 1)

        await #expect(throws: refusal) { _ = try await Journal.open(at: path, for: Samples.run) }
        #expect(throws: refusal) { try Journal.runs(at: path) }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        #expect(refusal.description.contains("use the newer one"))
    }

    @Test func `another program's database is refused and not changed`() async throws {
        try Data().write(to: URL(filePath: path))
        try SQLiteConnection(path, access: .write).execute("CREATE TABLE bookmarks (url TEXT)")
        let before = try Data(contentsOf: URL(filePath: path))

        await #expect(throws: JournalError.foreign(path: path)) {
            _ = try await Journal.open(at: path, for: Samples.run)
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }

    @Test func `a file that is no database is refused and not changed`() async throws {
        let before = Data(repeating: 0x41, count: 10_000)
        try before.write(to: URL(filePath: path))
        let refusal = JournalError.corrupt(path: path, detail: "file is not a database")

        await #expect(throws: refusal) { _ = try await Journal.open(at: path, for: Samples.run) }
        #expect(throws: refusal) { try Journal.runs(at: path) }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        #expect(refusal.description.contains("start a new run"))
    }

    @Test func `a file that was only just made when its writer died is a new journal`() async throws {
        try Data().write(to: URL(filePath: path))
        #expect(try Journal.runs(at: path).isEmpty)

        let journal = try await Journal.open(at: path, for: Samples.run)
        try await journal.append(Samples.entries)
        #expect(try await journal.entries() == Samples.entries)
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `a writer that is killed while it commits loses nothing that it had committed`(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let microseconds = UInt32.random(in: 0..<20_000, using: &random)
        let acknowledged = directory.appending("acknowledged")

        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, acknowledged = acknowledged as String, microseconds = microseconds as UInt32] in
            let log = open(acknowledged, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            let store = try JournalStore(path: path, run: Samples.run, mode: .writeAheadLog)
            try store.append([Samples.entries[0]])
            killThisProcess(after: microseconds)
            for sequence in 2... {
                try store.append([Samples.small(sequence)])
                var byte: UInt8 = 1
                Glibc.write(log, &byte, 1)
            }
        }

        let committedCount = 1 + ((try? Data(contentsOf: URL(filePath: acknowledged)).count) ?? 0)
        let entries = try Journal.entries(of: Samples.run, at: path)
        // One more may be on the disk than was acknowledged: it was killed in between.
        #expect(committedCount...committedCount + 1 ~= entries.count)
        let store = try JournalStore(path: path, run: Samples.run, mode: .writeAheadLog)
        try store.append([Samples.small(entries.count + 1)])
        #expect(try store.entries() == entries + [Samples.small(entries.count + 1)])
    }

    /// Closed again when it returns, so that everything is in the one file.
    private func fill(_ entries: [JournalEntry]) throws {
        let store = try JournalStore(path: path, run: Samples.run, mode: .writeAheadLog)
        try store.append(entries)
    }
}

/// Which moment it is does not matter: every one must do.
private func killThisProcess(after microseconds: UInt32) {
    var thread = pthread_t()
    let context = UnsafeMutableRawPointer(bitPattern: Int(microseconds) + 1)
    pthread_create(
        &thread,
        nil,
        { context in
            // Any moment: the promise holds at each of them.
            usleep(UInt32(Int(bitPattern: context) - 1))
            kill(getpid(), SIGKILL)
            return nil
        },
        context
    )
}
