package import StrettoCore

/// Everything that can happen to the board: the only input of ``BoardState/handle(_:at:)``.
package enum BoardInput: Sendable {
    case key(Key)
    case resize(Size)
    case snapshot(RunSnapshot)
    case update(RunUpdate)
    /// The terminal shows other characters than was thought.
    case glyphs(Glyphs)
    /// What lies under everything in the terminal itself, as it says.
    case background(RGB)
    /// A follower begins with this file, maybe not for the first time: what is known of it is forgotten.
    case outputBegan(LogSource)
    /// What comes next of a file in ``BoardState/wantedLogs``: text with SGR sequences; other sequences are dropped.
    case output(LogSource, LogText)
    /// When lines of a file came, noted by its keeper: each once, in order.
    case times(LogSource, [LogTimes.Note])
    /// What became of a ``BoardAction/copy(_:)``.
    case copied(CopyReport)
    /// What came of a ``BoardAction/readLog(_:_:)``.
    case logAnswer(LogSource, LogAnswer)
    /// The answer to ``BoardAction/requestDiff(_:)``, as unified text.
    case diff(TaskID, String)
    /// The answer to ``BoardAction/requestPlan``.
    case plan(RunSpec)
    /// The editor that ``BoardAction/editPlan(_:)`` asked for is closed.
    case planEdited(PlanEdit)
    /// What became of a command: nil where the engine has taken it.
    case answered(Command, Refusal?)
    /// Something that was asked for cannot be done, in a sentence.
    case refused(String)
    /// The engine cannot be reached any more, in a sentence.
    case connectionLost(String)
    /// ``BoardState/nextDeadline`` has come.
    case tick
    /// The engine ended.
    case goodbye(Outcome)
}
