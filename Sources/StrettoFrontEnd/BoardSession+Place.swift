package import StrettoBoard
package import StrettoCommand
package import StrettoCore
internal import StrettoTerminal

// What a session needs to know when it begins, and what it leaves when it ends.
extension BoardSession {
    /// How the board is to look.
    package struct Look: Sendable {
        package var term: String
        package var themes: ThemeChoices
        package var depth: ColorDepth
        package var glyphs: Glyphs
        /// Whether the terminal shows more than ASCII, which agents may write.
        package var isUTF8: Bool

        package init(term: String, themes: ThemeChoices, depth: ColorDepth, glyphs: Glyphs, isUTF8: Bool) {
            self.term = term
            self.isUTF8 = isUTF8
            self.themes = themes
            self.depth = depth
            self.glyphs = glyphs
        }

        /// Takes the terminal over.
        func screen(_ theme: Theme, environment: [String: String]) throws(TerminalError) -> Screen {
            let isInTmux = environment["TMUX"]?.isEmpty == false
            return try Screen(term: term, isInTmux: isInTmux, isUTF8: isUTF8, theme: theme, depth: depth)
        }
    }

    /// Where a session is: what it has from the user's surroundings beside the look.
    package struct Place: Sendable {
        /// How far local time is ahead of UTC.
        package var zone: Duration
        /// How events look as lines, while the board is left for them.
        package var lines: PlainStyle
        package var environment: [String: String]
        /// What no log may show.
        package var secrets: KnownSecrets
        /// Which key means what.
        package var keys: Keymap
        /// What is to be said at the start about files of the user's that cannot be followed.
        package var complaint: String?

        package init(
            zone: Duration,
            lines: PlainStyle,
            environment: [String: String],
            secrets: KnownSecrets,
            keys: Keymap = .standard,
            complaint: String? = nil
        ) {
            (self.zone, self.lines, self.environment, self.secrets) = (zone, lines, environment, secrets)
            (self.keys, self.complaint) = (keys, complaint)
        }

        /// Where saved logs go in an environment, unless somebody says otherwise; `~` stands for the home directory.
        package static func saveFolder(environment: [String: String]) -> String {
            LogSaver.folder(environment: environment)
        }
    }

    /// How a session ended.
    package enum Ending: Hashable, Sendable {
        /// The engine ended; the snapshot is for the summary.
        case over(Outcome, RunSnapshot?)
        /// The person left and the run goes on.
        case left
        /// The person left and the run ends as they asked: somebody should wait for that, and go on from this snapshot.
        case leftStopping(RunSnapshot?)
    }
}
