/// The last lines of a log, fed with its bytes: bounded whatever is written, and numbered by the line since the log's start.
///
/// The file remains the truth; what has left the window at its front is counted by ``droppedCount``.
package struct LogWindow: Sendable {
    /// What the lines together may cost, in bytes, their bookkeeping included.
    package static let bytesMax = 4 << 20
    /// The most lines.
    package static let linesMax = 20_000
    /// What a line and each of its pieces cost beside their text, in bytes.
    private static let lineCost = 48
    private static let runCost = 48
    /// How much is parsed before the window is trimmed, in bytes.
    private static let sliceBytes = 65_536

    private var parser = SGRParser()
    private var lines: [StyledLine] = []
    /// How many at the front of `lines` have left already; the array is packed when they are as many as the rest.
    private var head = 0
    private var cost = 0

    /// How many lines have left the window at its front.
    package private(set) var droppedCount: Int

    /// An empty window onto a log whose first `firstLine` lines are not going to come.
    package init(firstLine: Int = 0) {
        droppedCount = firstLine
    }

    /// How many lines the log has, those that left and the one that has only begun included.
    package var lineCount: Int { droppedCount + lines.count - head + (parser.hasPartialLine ? 1 : 0) }

    /// The number of the first line that has not ended yet.
    package var wholeLineCount: Int { droppedCount + lines.count - head }

    /// The numbers of the lines that can be had.
    package var lineNumbers: Range<Int> { droppedCount..<lineCount }

    /// The line of a number, counted from 0 at the log's start; absent when it left or has not come yet.
    package subscript(number: Int) -> StyledLine? {
        guard lineNumbers.contains(number) else { return nil }
        let index = head + number - droppedCount
        return index < lines.count ? lines[index] : parser.partialLine
    }

    /// Takes the log's next bytes.
    package mutating func append(_ bytes: Span<UInt8>) {
        var start = 0
        while start < bytes.count {
            let end = min(start + Self.sliceBytes, bytes.count)
            let before = lines.count
            parser.parse(bytes.extracting(start..<end), into: &lines)
            for line in lines[before...] { cost += Self.cost(of: line) }
            trim()
            start = end
        }
    }

    /// Takes the log's next bytes.
    package mutating func append(_ bytes: [UInt8]) { append(bytes.span) }

    private mutating func trim() {
        while lines.count - head > Self.linesMax || cost > Self.bytesMax {
            cost -= Self.cost(of: lines[head])
            lines[head] = StyledLine()
            head += 1
            droppedCount += 1
        }
        if head > lines.count / 2 {
            lines.removeFirst(head)
            head = 0
        }
    }

    private static func cost(of line: StyledLine) -> Int {
        line.runs.reduce(lineCost) { $0 + $1.text.utf8.count + runCost }
    }
}

/// Where somebody reads in a log: at its end, or at a line that stays where it is while others arrive.
package struct LogPosition: Hashable, Sendable {
    /// The number of the line at the top; absent while following.
    package private(set) var anchor: Int?

    /// At the end.
    package init() {}

    /// Whether new lines move the view.
    package var isFollowing: Bool { anchor == nil }

    /// The numbers of the lines that a view of `rows` rows shows.
    package func visible(in log: LogWindow, rows: Int) -> Range<Int> {
        let numbers = log.lineNumbers
        let last = max(numbers.lowerBound, numbers.upperBound - max(rows, 0))
        let top = anchor.map { min(max($0, numbers.lowerBound), last) } ?? last
        return top..<min(top + max(rows, 0), numbers.upperBound)
    }

    /// How many lines lie below the view.
    package func linesBelow(in log: LogWindow, rows: Int) -> Int {
        log.lineNumbers.upperBound - visible(in: log, rows: rows).upperBound
    }

    /// Moves by lines, down when positive: up ends following, and reaching the end by going down resumes it.
    package mutating func scroll(by count: Int, in log: LogWindow, rows: Int) {
        let top = visible(in: log, rows: rows).lowerBound
        let last = max(log.lineNumbers.lowerBound, log.lineNumbers.upperBound - max(rows, 0))
        let (moved, overflow) = top.addingReportingOverflow(count)
        let target = overflow ? (count < 0 ? 0 : last) : moved
        if count > 0, target >= last {
            anchor = nil
        } else if count != 0 {
            anchor = max(log.lineNumbers.lowerBound, min(target, last))
        }
    }

    /// Goes to the first line that can be had.
    package mutating func goToTop(of log: LogWindow) { anchor = log.lineNumbers.lowerBound }

    /// Goes to a line.
    package mutating func go(to line: Int) { anchor = max(line, 0) }

    /// Goes to the end and stays there.
    package mutating func follow() { anchor = nil }

    /// Stops following where the view is now.
    package mutating func hold(in log: LogWindow, rows: Int) {
        anchor = visible(in: log, rows: rows).lowerBound
    }
}
