import FoundationEssentials
import StrettoCore
import StrettoProcess

/// The core's exit status, not the test library's.
typealias ChildStatus = StrettoCore.ExitStatus

/// Returns when no process has this number any more, or only a zombie; the test's time limit ends a wait for one that stays.
func waitUntilOver(_ pid: Int32) async {
    await ProcessIdentity(pid: pid)?.waitUntilOver()
}

/// How many descriptors this process has open.
func openDescriptorCount() -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
}
