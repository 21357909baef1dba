/// What is known of a search through one whole log.
///
/// The front end looks through the file and answers; the board marks what is in sight and tells how it stands.
struct LogSearch: Hashable, Sendable {
    let needle: LogNeedle
    /// The match that was gone to last.
    private(set) var found: LogMatch?
    /// How far the search has come.
    private(set) var tally = LogTally()

    init(_ needle: LogNeedle) { self.needle = needle }

    mutating func take(_ match: LogMatch) { found = match }

    mutating func take(_ tally: LogTally) { self.tally = tally }

    /// `3 of 17`, how far it has come, or that there is nothing.
    var words: String {
        guard tally.isComplete else {
            let count = tally.count > 0 ? Wording.plural(tally.count, "line") + ", " : ""
            return "\(count)\(tally.percent)%"
        }
        guard tally.count > 0 else { return "not found" }
        return tally.ordinal.map { "\($0) of \(tally.count)" } ?? Wording.plural(tally.count, "line")
    }
}

/// A line of a log that has what is looked for.
package struct LogMatch: Hashable, Sendable {
    /// The match's place in the file; see ``LogText``.
    package let offset: Int
    /// The end of the file at which the search began again to find it.
    package let restart: End?

    /// An end of a file.
    package enum End: String, Hashable, Sendable { case top, bottom }

    package init(offset: Int, restart: End?) {
        self.offset = offset
        self.restart = restart
    }
}

/// How far the search through a log has come.
package struct LogTally: Hashable, Sendable {
    /// How many lines with a match there are in what has been looked through.
    package var count = 0
    /// Which of them was gone to last, counted from 1; nil while that is not known.
    package var ordinal: Int?
    /// How much of the file has been looked through, in percent.
    package var percent = 0
    /// Whether all of the file has been.
    package var isComplete = false

    /// Nothing has been looked through.
    package init() {}
}

/// What the board asks of whoever can read a log's file; the answers are a ``LogAnswer`` each, in their own time.
package enum LogRequest: Hashable, Sendable {
    /// The lines around a place in the file, which the board does not keep.
    case lines(around: Int)
    /// Look through the whole file, in place of what was looked for before, and find the last match before a place.
    case find(LogNeedle, before: Int)
    /// Find the match after or before the one that was found last; where none was, from a place.
    case findNext(isDown: Bool, orFrom: Int)
    /// Look for nothing any more.
    case endSearch
    /// Write the whole log to a new file; a path that the board proposed may get a number, any other one is taken as it is.
    case save(path: String, isProposal: Bool)
}

/// What came of a ``LogRequest``.
package enum LogAnswer: Sendable {
    /// The lines around the place that was asked for; nil where the file cannot be read.
    case lines(LogWindow?)
    case found(LogMatch, LogNeedle)
    case counted(LogTally, LogNeedle)
    /// The whole log is in a file now.
    case saved(path: String, byteCount: Int)
}
