internal import FoundationEssentials
internal import Glibc
internal import StrettoCore

/// A run's state after an entry, as its row holds it: a shortcut, which counts only where everything about it is right.
struct SnapshotRecord: Hashable {
    let sequence: Int
    let program: Int64
    let body: [UInt8]
    let checksum: Int64

    init(sequence: Int, program: Int64, body: [UInt8], checksum: Int64) {
        self.sequence = sequence
        self.program = program
        self.body = body
        self.checksum = checksum
    }

    init(_ state: Scheduler, after sequence: Int, run: RunID, program: Int64, encoder: JSONEncoder) throws {
        self.sequence = sequence
        self.program = program
        body = [UInt8](try encoder.encode(state))
        checksum = Self.checksum(run: run, sequence: sequence, program: program, body: body)
    }

    /// The state; nil where another program wrote it, or where it is not what was written.
    func replay(of run: RunID, by program: Int64) -> Replay? {
        guard program == self.program,
            checksum == Self.checksum(run: run, sequence: sequence, program: program, body: body),
            let scheduler = try? TapeDecoder.decode(Scheduler.self, from: body)
        else { return nil }
        return Replay(scheduler, sequence: sequence)
    }

    private static func checksum(run: RunID, sequence: Int, program: Int64, body: [UInt8]) -> Int64 {
        var fingerprint = Fingerprint()
        fingerprint.combine(run.text.utf8)
        fingerprint.combine(Int64(sequence))
        fingerprint.combine(program)
        fingerprint.combine(body)
        return Int64(bitPattern: fingerprint.value)
    }
}

/// Tells this program from any other, older and newer builds included.
///
/// A snapshot is a state by the rules of the program that wrote it. Whether an upgrade changed the rules or the shape of
/// the state is nothing that anybody should have to remember: a new file is another program, and replays.
enum ProgramMark {
    /// This process's program file by its place on the disk and its times; nil where the system does not tell.
    static let own: Int64? = {
        var status = stat()
        guard unsafe stat("/proc/self/exe", &status) == 0 else { return nil }
        var fingerprint = Fingerprint()
        fingerprint.combine(Int64(bitPattern: UInt64(status.st_dev)))
        fingerprint.combine(Int64(bitPattern: UInt64(status.st_ino)))
        fingerprint.combine(Int64(status.st_size))
        fingerprint.combine(Int64(status.st_mtim.tv_sec))
        fingerprint.combine(Int64(status.st_mtim.tv_nsec))
        fingerprint.combine(Int64(status.st_ctim.tv_sec))
        fingerprint.combine(Int64(status.st_ctim.tv_nsec))
        return Int64(bitPattern: fingerprint.value)
    }()
}
