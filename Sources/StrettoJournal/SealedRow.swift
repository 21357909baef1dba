internal import FoundationEssentials
internal import StrettoCore
internal import StrettoJSON

/// A row of the journal, an entry or a snapshot: a JSON document, sealed by a checksum over all of the row.
///
/// The keys of an entry are sorted. A snapshot, which is read by the program that wrote it or by none, is written as it goes: it may have
/// megabytes, of which `JSONEncoder` would make a tree first.
struct SealedRow: Hashable {
    /// Of an entry its number; of a snapshot that of the last entry in it.
    let sequence: Int
    /// Of an entry its time in milliseconds; of a snapshot the mark of the program that wrote it.
    let stamp: Int64
    let body: [UInt8]
    let checksum: Int64

    /// Writes an event down and seals it.
    init(_ event: Event, sequence: Int, stamp: Int64, in run: Seal, _ encoder: JSONEncoder) throws {
        self.init(body: [UInt8](try encoder.encode(event)), sequence: sequence, stamp: stamp, in: run)
    }

    /// Writes a state down and seals it.
    init(_ state: Scheduler, sequence: Int, stamp: Int64, in run: Seal) throws {
        let body = try LineEncoder.encode(state, userInfo: [Secrets.areMasked: true])
        self.init(body: body, sequence: sequence, stamp: stamp, in: run)
    }

    private init(body: [UInt8], sequence: Int, stamp: Int64, in run: Seal) {
        self.sequence = sequence
        self.stamp = stamp
        self.body = body
        checksum = run.checksum(sequence, stamp, body)
    }

    /// The row where a statement stands that selects the four columns in the order in which they are here; unchecked.
    init(at rows: borrowing SQLiteStatement) {
        sequence = Int(rows.integer(0))
        stamp = rows.integer(1)
        body = rows.bytes(2)
        checksum = rows.integer(3)
    }

    /// Whether the row is what was written.
    func isSound(in run: Seal) -> Bool { checksum == run.checksum(sequence, stamp, body) }

    /// The event of an entry.
    func event() throws -> Event { try UsageReader.event(in: body) ?? LineDecoder.decode(Event.self, from: body) }

    /// The state of a snapshot.
    func state() throws -> Scheduler { try LineDecoder.decode(Scheduler.self, from: body) }
}

/// Makes the checksums of one run's rows, which begin with the run's name, so that no row counts in another run.
struct Seal {
    private let beginning: Fingerprint

    init(of run: RunID) {
        var fingerprint = Fingerprint()
        fingerprint.combine(run.text.utf8)
        beginning = fingerprint
    }

    func checksum(_ sequence: Int, _ stamp: Int64, _ body: [UInt8]) -> Int64 {
        var fingerprint = beginning
        fingerprint.combine(Int64(sequence))
        fingerprint.combine(stamp)
        fingerprint.combine(body)
        return Int64(bitPattern: fingerprint.value)
    }
}
