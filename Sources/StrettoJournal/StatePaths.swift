package import StrettoCore

/// Where a repository's engine keeps its state: names only, nothing is made or looked up.
///
/// Everything durable lies in `stretto/` of the repository's common git directory, which no merge, clean or stash can
/// touch. Worktrees lie elsewhere, under the user's state directory, because nested worktrees break tools that search
/// upwards.
package struct StatePaths: Hashable, Sendable {
    /// The longest name of a file that Linux takes, in bytes.
    private static let nameBytesMax = 255

    /// `stretto/` in the common git directory; to be made with mode 0700.
    package let directory: String
    /// Where this repository's worktrees lie, one directory for each run; to be made with mode 0700.
    package let worktrees: String

    /// The paths for one repository.
    /// - Parameters:
    ///   - commonDirectory: what `git rev-parse --git-common-dir` says, absolute and free of symbolic links.
    ///   - environment: read for `XDG_STATE_HOME` (where absolute) and `HOME`.
    /// - Throws: ``StatePathsError/noHome`` where neither tells a place for worktrees.
    package init(commonDirectory: String, environment: [String: String]) throws(StatePathsError) {
        var common = commonDirectory
        while common.count > 1, common.hasSuffix("/") { common.removeLast() }
        directory = common + "/stretto"
        worktrees =
            try Self.stateHome(environment) + "/stretto/worktrees/" + Self.repositoryName(commonDirectory: common)
    }

    /// The journal of all of the repository's runs.
    package var journal: String { directory + "/journal.sqlite" }

    /// The file that a ``RepositoryLock`` locks.
    package var lock: String { directory + "/lock" }

    /// What belongs to all runs, a folder for each.
    package var runs: String { directory + "/runs" }

    /// What belongs to one run: its attempts' directories and its logs.
    package func run(_ run: RunID) -> String { runs + "/" + run.text }

    /// The directory of an attempt's output, prompt, report and exit record; no two attempts share one.
    package func attempt(_ attempt: AttemptID, of run: RunID) -> String {
        self.run(run) + "/" + Self.fileName(attempt.task.text, suffix: ".\(attempt.number)")
    }

    /// Where the worktrees of one run lie.
    package func worktrees(of run: RunID) -> String { worktrees + "/" + run.text }

    private static func stateHome(_ environment: [String: String]) throws(StatePathsError) -> String {
        // The XDG specification has relative paths ignored.
        if let home = environment["XDG_STATE_HOME"], home.hasPrefix("/") { return home }
        guard let home = environment["HOME"], home.hasPrefix("/") else { throw .noHome }
        return home + "/.local/state"
    }

    /// The repository's name for people, with a fingerprint of its place for certainty.
    private static func repositoryName(commonDirectory: String) -> String {
        var fingerprint = Fingerprint()
        fingerprint.combine(commonDirectory.utf8)
        var parts = commonDirectory.split(separator: "/")
        if parts.last == ".git" { parts.removeLast() }
        return fileName(parts.last.map(String.init) ?? "root", suffix: "-" + fingerprint.text)
    }

    /// `text` as a safe part of a file name: what is not a letter of ASCII, a digit, `-`, `_` or an inner `.` becomes `%XX`.
    ///
    /// A name that grows too long is cut and told apart by its fingerprint.
    static func fileName(_ text: String, suffix: String) -> String {
        var name = ""
        for byte in text.utf8 {
            let character = Character(Unicode.Scalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber)
            if isPlain || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                || (byte == UInt8(ascii: ".") && !name.isEmpty)
            {
                name.append(character)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                name += digits.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        guard name.utf8.count + suffix.utf8.count > nameBytesMax else { return name + suffix }
        var fingerprint = Fingerprint()
        fingerprint.combine(text.utf8)
        let mark = "~" + fingerprint.text + suffix
        return String(name.prefix(nameBytesMax - mark.utf8.count)) + mark
    }
}

/// Why the state's place cannot be told.
package enum StatePathsError: Error, Hashable, CustomStringConvertible {
    case noHome

    package var description: String {
        "no place for worktrees: neither XDG_STATE_HOME nor HOME is an absolute path: set one of them"
    }
}
