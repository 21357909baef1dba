internal import Glibc
internal import StrettoCore

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
