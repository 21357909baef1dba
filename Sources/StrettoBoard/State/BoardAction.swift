package import StrettoCore

/// What the board asks of its front end: the only output of ``BoardState/handle(_:at:)``.
package enum BoardAction: Hashable, Sendable {
    case send(Command)
    /// The diff of the task's last contribution; the answer comes back as ``BoardInput/diff(_:_:)``.
    case requestDiff(TaskID)
    /// What defines the run; the answer comes back as ``BoardInput/plan(_:)``.
    case requestPlan
    /// Give the terminal to the user's editor with the plan file of this run; what came of it comes back as ``BoardInput/planEdited(_:)``.
    case editPlan(RunSpec)
    /// Look something up in the whole file of a log; answers come back as ``BoardInput/logAnswer(_:_:)``.
    case readLog(LogSource, LogRequest)
    /// Give the terminal to the user's editor in this directory, then come back.
    case runEditor(path: String)
    /// Give the terminal to a shell in this directory, then come back.
    case runShell(path: String)
    case suspend
    /// Paint every cell again.
    case redraw
    /// Paint in other colours from now on.
    case useTheme(Theme)
    /// Put a text into the clipboard, by every way there is; the answer comes back as ``BoardInput/copied(_:)``.
    case copy(String)
    /// Leave the screen to the shell's, and tell events there as lines until a key brings the board back.
    case showLines
    /// Let the terminal report the mouse, or give it back to the terminal's own selection.
    case setMouse(Bool)
    /// The board is done; nothing follows. A command that belongs to the choice was sent just before.
    case quit(QuitChoice)
    case setTitle(String)
    case bell
    /// A message of the desktop, where the terminal passes it on.
    case notify(String)

    /// What becomes of the run when its board goes.
    package enum QuitChoice: Hashable, Sendable {
        /// It goes on without a board, or it is over anyway.
        case leave
        /// ``StrettoCore/StopMode/drain`` was sent.
        case drain
        /// ``StrettoCore/StopMode/now`` was sent.
        case stopNow
    }
}
