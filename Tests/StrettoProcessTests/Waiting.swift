import FoundationEssentials
import StrettoCore
import StrettoProcess

/// The core's exit status, not the test library's.
typealias ChildStatus = StrettoCore.ExitStatus

/// Returns when no process has this number any more, or only a zombie; the test's time limit ends a wait for one that stays.
func waitUntilOver(_ pid: Int32) async {
    await ProcessIdentity(pid: pid)?.waitUntilOver()
}

/// How many descriptors of this process lead to something of that name.
func openDescriptors(where isMeant: (String) -> Bool) -> Int {
    let folder = "/proc/self/fd/"
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return numbers.count { number in
        (try? FileManager.default.destinationOfSymbolicLink(atPath: folder + number)).map(isMeant) ?? false
    }
}
