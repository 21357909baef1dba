internal import Glibc
package import StrettoCore

/// A plan file that shows how the tasks of a run stand.
///
/// Each write reads the file anew, changes the statuses alone (``StatusEdit``) and replaces the file in one step, so that whoever
/// reads it meets the old one or the new one, and an edit that a person made meanwhile survives. Symbolic links are
/// followed to the file itself. These calls block while they read and write: not for the cooperative pool.
package struct StatusFile: Sendable {
    private let path: String
    private let tasks: [Identity]
    private let scratchDirectory: String?

    /// How often a file that was changed while it was read is read again.
    static let triesMax = 8

    /// What makes a task of the file the one that runs.
    private struct Identity: Hashable {
        let id: TaskID
        let name: String
    }

    /// The plan file of a run; nothing is opened yet.
    /// - Parameters:
    ///   - path: the file, absolute.
    ///   - plan: what runs: the file must have each of its tasks, by id and name, or it is not written.
    ///   - scratchDirectory: where the new file is made before it takes the old one's place, so that a crash leaves nothing
    ///     beside the plan; where that is on another file system, the plan's own directory serves. nil: always the latter.
    package init(path: String, plan: Plan, scratchDirectory: String? = nil) {
        self.path = path
        tasks = plan.tasks.map { Identity(id: $0.id, name: $0.name) }
        self.scratchDirectory = scratchDirectory
    }

    /// The same file, of a run whose plan is another one by now.
    package func expecting(_ plan: Plan) -> StatusFile {
        StatusFile(path: path, plan: plan, scratchDirectory: scratchDirectory)
    }

    /// Writes the statuses that differ from those in the file; a file that shows them all already is not touched.
    ///
    /// What another program writes between our look at the file right before the replacement and that replacement, two system
    /// calls in a row, would be lost; everything before that is seen, and leads to another try.
    /// - Parameters:
    ///   - statuses: how tasks stand; tasks that are not named keep what they have.
    ///   - pause: why the run waits for money or for a limit's reset, which marks the plan as `paused_quota`; nil takes that
    ///     mark away.
    ///   - meanwhile: called before each replacement, for tests.
    /// - Returns: tasks whose status cannot be changed where it is written; see ``StatusEdit/left``.
    /// - Throws: why nothing was written.
    package func write(
        _ statuses: [TaskID: PlanStatus],
        pause: String? = nil,
        meanwhile: () -> Void = {}
    ) throws(StatusWriteError) -> [TaskID] {
        for _ in 0..<Self.triesMax {
            let target = try resolved()
            let old = try contents(of: target)
            let edit = try edit(old.bytes, statuses, pause)
            guard edit.bytes != old.bytes else { return edit.left }
            if try replace(target, old, with: edit.bytes, meanwhile: meanwhile) { return edit.left }
        }
        throw .restless(path: path)
    }

    private func edit(
        _ bytes: [UInt8],
        _ statuses: [TaskID: PlanStatus],
        _ pause: String?
    ) throws(StatusWriteError) -> StatusEdit {
        let (plan, document) = try contents(bytes)
        let there = Set(plan.tasks.map { Identity(id: $0.id, name: $0.name) })
        if let gone = tasks.first(where: { !there.contains($0) }) { throw .otherPlan(path: path, task: gone.id) }
        let marked = PauseEdit.bytes(of: document, reason: pause)
        if marked != bytes, let other = try? contents(marked), other.plan == plan {
            return StatusEdit(writing: statuses, into: plan, other.document)
        }
        return StatusEdit(writing: statuses, into: plan, document)
    }

    private func contents(_ bytes: [UInt8]) throws(StatusWriteError) -> (plan: Plan, document: PlanDocument) {
        let reading = PlanFile.read(bytes, configuration: nil)
        guard let plan = reading.plan, let document = reading.document else {
            let first = reading.problems.first { $0.severity == .error }
            throw .noPlan(path: path, first ?? PlanProblem(.error, at: .start, "there is no plan in the file"))
        }
        return (plan, document)
    }

    // MARK: The file

    /// What tells one state of a file from a later one.
    private struct Seen: Equatable {
        let device: UInt
        let inode: UInt
        let size: Int
        let modified: [Int]
        let mode: mode_t
        let owner: uid_t
        let group: gid_t
        let linkCount: Int

        init(_ status: stat) {
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
            size = Int(status.st_size)
            modified = [
                status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
            ]
            mode = status.st_mode
            owner = status.st_uid
            group = status.st_gid
            linkCount = Int(status.st_nlink)
        }
    }

    /// A file as it was read.
    private struct Old: Equatable {
        let bytes: [UInt8]
        let seen: Seen
    }

    /// The path behind all symbolic links.
    private func resolved() throws(StatusWriteError) -> String {
        guard let target = unsafe realpath(path, nil) else {
            throw errno == ENOENT ? .missing(path: path) : failure()
        }
        defer { unsafe free(target) }
        return unsafe String(cString: target)
    }

    private func contents(of target: String) throws(StatusWriteError) -> Old {
        // Not blocking: what took the file's place may be a pipe.
        let file = unsafe open(target, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw errno == ENOENT ? .missing(path: path) : failure() }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw failure() }
        let seen = Seen(status)
        guard seen.mode & S_IFMT == S_IFREG else { throw .system(path: path, "not a regular file") }
        guard seen.linkCount == 1 else { throw .linked(path: path) }
        guard seen.mode & 0o222 != 0, unsafe access(target, W_OK) == 0 else { throw .readOnly(path: path) }
        guard seen.size <= PlanFile.bytesMax else { throw .system(path: path, "larger than a plan may be") }
        var bytes = [UInt8](repeating: 0, count: seen.size)
        var place = 0
        while place < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe read(file, buffer.baseAddress?.advanced(by: place), buffer.count - place)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure() }
            // Cut short meanwhile: the look before the replacement finds that out.
            guard count > 0 else { break }
            place += count
        }
        return Old(bytes: Array(bytes[..<place]), seen: seen)
    }

    /// Puts a new file in the place of the one that was read.
    /// - Returns: false where that one has changed since.
    private func replace(
        _ target: String,
        _ old: Old,
        with bytes: [UInt8],
        meanwhile: () -> Void
    ) throws(StatusWriteError) -> Bool {
        let parts = target.split(separator: "/", omittingEmptySubsequences: true)
        let name = parts.last.map(String.init) ?? "plan"
        let beside = "/" + parts.dropLast().joined(separator: "/")
        for directory in [scratchDirectory, beside].compactMap({ $0 }) {
            let temporary = "\(directory)/.\(name).stretto"
            let isLast = directory == beside
            guard try make(temporary, bytes, like: old.seen, isRequired: isLast) else { continue }
            meanwhile()
            // The bytes as well: within one tick of the clock two writes have the same time.
            guard (try? contents(of: target)) == old else {
                unsafe unlink(temporary)
                return false
            }
            if unsafe rename(temporary, target) == 0 {
                settle(beside)
                return true
            }
            let code = errno
            unsafe unlink(temporary)
            guard code == EXDEV, !isLast else { throw failure(code) }
        }
        throw .system(path: path, "no place for the new file")
    }

    /// Makes a file with the bytes, owner and mode of another one, on the disk when this returns.
    ///
    /// - Returns: false where it cannot be made and need not be.
    private func make(
        _ temporary: String,
        _ bytes: [UInt8],
        like seen: Seen,
        isRequired: Bool
    ) throws(StatusWriteError) -> Bool {
        // What an engine left that died at this very point; no other one writes for this repository.
        unsafe unlink(temporary)
        let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            if isRequired { throw failure() }
            return false
        }
        defer { close(file) }
        // A group that we are not in cannot be kept; the owner is somebody else only where root works.
        if seen.owner != geteuid() || seen.group != getegid() { _ = fchown(file, seen.owner, seen.group) }
        guard fchmod(file, seen.mode & 0o7777) == 0, write(bytes, to: file), fsync(file) == 0 else {
            let code = errno
            unsafe unlink(temporary)
            throw failure(code)
        }
        return true
    }

    private func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Has the new name on the disk as well.
    private func settle(_ directory: String) {
        let folder = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        defer { close(folder) }
        fsync(folder)
    }

    private func failure(_ code: Int32 = errno) -> StatusWriteError {
        .system(path: path, unsafe String(cString: strerror(code)))
    }
}
