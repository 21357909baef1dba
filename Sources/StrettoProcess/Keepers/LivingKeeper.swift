/// A keeper that lives, found by its attempt's directory.
package struct LivingKeeper: Hashable, Sendable {
    /// The attempt's directory, absolute.
    package var directory: String
    package var pid: Int32

    package init(directory: String, pid: Int32) {
        self.directory = directory
        self.pid = pid
    }

    /// The keepers that live below `root`, the directory of one run's attempts, in the order of their directories.
    package static func all(below root: String) -> [LivingKeeper] {
        Files.names(in: root).compactMap { name in
            let directory = root + "/" + name
            guard let record = AttemptDirectory(path: directory).readKeeper(),
                ProcessIdentity(pid: record.pid) == record.identity,
                // A keeper holds its lock to the last; a zombie that nobody reaps does not.
                isLocked(AttemptDirectory(path: directory))
            else { return nil }
            return LivingKeeper(directory: directory, pid: record.pid)
        }
    }

    private static func isLocked(_ directory: AttemptDirectory) -> Bool {
        do throws(ProcessError) {
            guard let lock = try directory.takeLock() else { return true }
            _ = consume lock
            return false
        } catch {
            // What cannot be looked at counts as alive: nobody then clears up behind it.
            return true
        }
    }
}
