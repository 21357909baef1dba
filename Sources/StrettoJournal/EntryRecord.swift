internal import FoundationEssentials
internal import StrettoCore

/// An entry as its row holds it: the event as JSON with sorted keys, and a checksum over everything.
struct EntryRecord: Hashable {
    let sequence: Int
    let time: Timestamp
    let body: [UInt8]
    let checksum: Int64

    init(sequence: Int, time: Timestamp, body: [UInt8], checksum: Int64) {
        self.sequence = sequence
        self.time = time
        self.body = body
        self.checksum = checksum
    }

    init(_ entry: JournalEntry, run: RunID, encoder: JSONEncoder) throws {
        sequence = entry.sequence
        time = entry.time
        body = [UInt8](try encoder.encode(entry.event))
        checksum = Self.checksum(run: run, sequence: sequence, time: time, body: body)
    }

    /// Whether the row is what was written.
    func isSound(in run: RunID) -> Bool {
        checksum == Self.checksum(run: run, sequence: sequence, time: time, body: body)
    }

    func event() throws -> Event { try TapeDecoder.decode(Event.self, from: body) }

    private static func checksum(run: RunID, sequence: Int, time: Timestamp, body: [UInt8]) -> Int64 {
        var fingerprint = Fingerprint()
        fingerprint.combine(run.text.utf8)
        fingerprint.combine(Int64(sequence))
        fingerprint.combine(time.milliseconds)
        fingerprint.combine(body)
        return Int64(bitPattern: fingerprint.value)
    }
}
