import StrettoCore
import StrettoJSON
import TestSupport
import Testing

@testable import StrettoJournal

/// The reader of one kind of event against the decoder of all.
@Suite struct UsageReaderTests {
    let directory: TemporaryDirectory
    let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.appending("journal.sqlite")
    }

    private static let model = ModelUsage(
        model: "claude-opus-4-5-20251101",
        inputTokens: 1,
        outputTokens: 20,
        cachedTokens: 300,
        cacheWriteTokens: 4000,
        microdollars: 50_000
    )

    private static let usages: [Usage] = [
        .zero,
        Usage(inputTokens: 1, outputTokens: 2),
        Usage(
            inputTokens: 1,
            outputTokens: 20,
            cachedTokens: 300,
            cacheWriteTokens: 4000,
            microdollars: 50_000,
            unpricedMicrodollars: 600_000,
            turns: 7_000_000,
            apiMilliseconds: 80_000_000,
            isEstimate: true,
            models: [model, ModelUsage(model: "größer", inputTokens: -1, outputTokens: 0)]
        ),
        Usage(inputTokens: 999_999_999_999_999_999, outputTokens: -999_999_999_999_999_999, microdollars: 0),
        Usage(inputTokens: 0, outputTokens: 0, models: [model]),
    ]

    private static let attempts = [
        Samples.attempt, AttemptID(task: TaskID(""), number: 1),
        AttemptID(task: TaskID("größer \u{1F3B5}"), number: 1000),
        AttemptID(task: TaskID("a-task-with-a-name-that-is-rather-long"), number: 1),
    ]

    /// The texts of these events as the journal writes them.
    private func bodies(of events: [Event]) throws -> [[UInt8]] {
        let store = try JournalStore(path: path, run: Samples.run, mode: .writeAheadLog)
        try store.append(Samples.entries([.opened(Samples.spec())] + events))
        let connection = try SQLiteConnection(path, access: .read)
        let rows = try connection.prepare("SELECT body FROM entries WHERE sequence > 1 ORDER BY sequence")
        var bodies: [[UInt8]] = []
        while try rows.step() { bodies.append(rows.bytes(0)) }
        return bodies
    }

    @Test func `every report that the journal writes is read, and as the decoder reads it`() throws {
        let events = Self.attempts.flatMap { attempt in Self.usages.map { Event.usageReported(attempt, $0) } }

        for (event, body) in zip(events, try bodies(of: events)) {
            let text = String(decoding: body, as: UTF8.self)
            #expect(UsageReader.event(in: body) == event, "\(text)")
            #expect(try LineDecoder.decode(Event.self, from: body) == event, "\(text)")
        }
    }

    @Test func `of any other event it tells nothing`() throws {
        let events = Samples.events.filter { if case .usageReported = $0 { false } else { true } }

        for (event, body) in zip(events, try bodies(of: events)) {
            #expect(UsageReader.event(in: body) == nil, "\(event.name)")
            #expect(try LineDecoder.decode(Event.self, from: body) == event)
        }
        #expect(events.count == Samples.events.count - 1)
    }

    @Test(arguments: [
        #"{"usageReported":{"_0":{"number":2,"task":"t"},"_1":{"inputTokens":7,"outputTokens":2}}}"#,
        #"{"usageReported":{"_1":{"outputTokens":2,"inputTokens":7},"_0":{"task":"t","number":2}}}"#,
        #"{"usageReported":{"_0":{"number":2,"task":"\u0074"},"_1":{"inputTokens":7,"outputTokens":2,"microdollars":null}}}"#,
    ])
    func `a report in another form is left to the decoder`(text: String) throws {
        let body = Array(text.utf8)

        #expect(UsageReader.event(in: body) == nil)
        let event = Event.usageReported(
            AttemptID(task: TaskID("t"), number: 2),
            Usage(inputTokens: 7, outputTokens: 2)
        )
        #expect(try LineDecoder.decode(Event.self, from: body) == event)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `whatever it makes of a damaged report, the decoder makes the same of it`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let sound = try bodies(of: Self.usages.map { .usageReported(Samples.attempt, $0) })
        let letters = Array("0123456789-\"\\{}[],:aeu\u{1}".utf8) + [0xFF]
        var answerCount = 0
        for round in 0..<1000 {
            var document = sound[round % sound.count]
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                let place = Int.random(in: document.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: document[place] = letters[Int.random(in: letters.indices, using: &random)]
                case 1: document.remove(at: place)
                case 2: document.insert(letters[Int.random(in: letters.indices, using: &random)], at: place)
                default: document.removeSubrange(place...)
                }
                if document.isEmpty { document = [0x7B] }
            }
            guard let event = UsageReader.event(in: document) else { continue }
            answerCount += 1
            #expect(try LineDecoder.decode(Event.self, from: document) == event)
        }
        // A changed digit or letter leaves a report in its form.
        #expect(answerCount > 10)
    }

    @Test func `an entry that an earlier Stretto wrote is read by its checksum and as it was meant`() throws {
        let body = #"{"usageReported":{"_0":{"number":2,"task":"1.10"},"_1":{"inputTokens":7,"outputTokens":2}}}"#
        let first = Samples.entries[0]
        try JournalStore(path: path, run: Samples.run, mode: .writeAheadLog).append([first])
        // The checksum was reckoned by another program: FNV-1a over the run's name, the number, the time and the body.
        try SQLiteConnection(path, access: .write).execute(
            """
            INSERT INTO entries (run, sequence, time, body, checksum)
                VALUES ('demo-1', 2, 1700000000001, CAST('\(body)' AS BLOB), 588599388987886168);
            UPDATE runs SET last = 2;
            """
        )

        let report = Event.usageReported(Samples.attempt, Usage(inputTokens: 7, outputTokens: 2))
        let second = JournalEntry(sequence: 2, time: Timestamp(milliseconds: 1_700_000_000_001), event: report)
        #expect(try Journal.entries(of: Samples.run, at: path) == [first, second])
    }
}
