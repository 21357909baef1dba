internal import StrettoCore

/// The answer to `stretto doctor`: findings, each with a verdict and, where it is needed, the way to mend it.
package enum DoctorReport {
    /// What a finding comes to.
    package enum Verdict: String, Hashable, Sendable {
        case good = "ok"
        /// Nothing is broken, but it is worth knowing.
        case note
        case bad
    }

    /// One thing that was looked at.
    package struct Finding: Hashable, Sendable {
        package var verdict: Verdict
        package var text: String
        /// What to do about it.
        package var fix: String?

        package init(_ verdict: Verdict, _ text: String, fix: String? = nil) {
            self.verdict = verdict
            self.text = text
            self.fix = fix
        }
    }

    /// Below this, a disk counts as low, in bytes: some worktrees and a build fill it quickly.
    package static let freeBytesMin = 2 << 30

    /// The lines: one for each finding, and one below it for its fix.
    package static func lines(_ findings: [Finding]) -> [String] {
        findings.flatMap { finding in
            [PlainText.padded(finding.verdict.rawValue, columns: 6) + PlainText.visible(finding.text)]
                + (finding.fix.map { ["      fix: " + PlainText.visible($0)] } ?? [])
        }
    }

    /// What free room at a place comes to; `bytes` is nil where nobody can tell.
    package static func room(_ bytes: Int?, for what: String, at path: String) -> Finding {
        guard let bytes else { return Finding(.note, "nobody can tell how much room is left for \(what) at \(path)") }
        let room = "\(Figures.bytes(bytes)) free for \(what) at \(path)"
        guard bytes < freeBytesMin else { return Finding(.good, room) }
        return Finding(
            .bad,
            "only \(room)",
            fix: "free some, or `stretto prune` what you have; a run pauses when the disk is full"
        )
    }
}
