/// Lines of a log that follow each other, fed with its text: bounded whatever is written, and numbered from where the window began.
///
/// The file remains the truth; what has left the window at its front is counted by ``droppedCount``. Each line also has its place in the file, an
/// offset, by which it is the same line in every window; see ``LogText``.
package struct LogWindow: Sendable {
    /// What the lines together may cost, in bytes, their bookkeeping included.
    package static let bytesMax = 4 << 20
    /// The most lines.
    package static let linesMax = 20_000
    /// What a line and each of its pieces cost beside their text, in bytes.
    private static let lineCost = 56
    private static let runCost = 48
    /// How much is parsed before the window is trimmed, in bytes.
    private static let sliceBytes = 65_536

    private var parser = SGRParser()
    private var lines: [StyledLine] = []
    /// Where each of `lines` begins in the file.
    private var starts: [Int] = []
    /// Where the line after the last whole one begins.
    private var nextStart = 0
    /// How many at the front of `lines` have left already; the array is packed when they are as many as the rest.
    private var head = 0
    private var cost = 0

    /// How many lines have left the window at its front.
    package private(set) var droppedCount: Int
    /// Where in the file the next text begins.
    package private(set) var end = 0

    /// An empty window.
    package init() { droppedCount = 0 }

    /// How many lines the log has, those that left and the one that has only begun included.
    package var lineCount: Int { droppedCount + lines.count - head + (parser.hasPartialLine ? 1 : 0) }

    /// The number of the first line that has not ended yet.
    package var wholeLineCount: Int { droppedCount + lines.count - head }

    /// The numbers of the lines that can be had.
    package var lineNumbers: Range<Int> { droppedCount..<lineCount }

    /// The numbers of those of them that have ended.
    package var wholeNumbers: Range<Int> { droppedCount..<wholeLineCount }

    /// The line of a number, counted from 0 at the log's start; absent when it left or has not come yet.
    package subscript(number: Int) -> StyledLine? {
        guard lineNumbers.contains(number) else { return nil }
        let index = head + number - droppedCount
        return index < lines.count ? lines[index] : parser.partialLine
    }

    /// Where in the file the first line that can be had begins.
    package var start: Int { head < starts.count ? starts[head] : nextStart }

    /// Where in the file the line after the last whole one begins.
    package var wholeEnd: Int { nextStart }

    /// Where in the file a line that can be had begins.
    package func start(of number: Int) -> Int {
        let index = head + number - droppedCount
        return index < starts.count ? starts[index] : nextStart
    }

    /// The number of the line that holds a place in the file: of those that can be had the last that does not begin after it, else the first.
    package func number(at offset: Int) -> Int {
        var range = lineNumbers
        while range.count > 1 {
            let middle = range.lowerBound + range.count / 2
            range = start(of: middle) <= offset ? middle..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound
    }

    /// Takes the log's next text; where it does not begin where the last one ended, a line that had begun is ended there.
    package mutating func append(_ text: LogText) {
        for (index, part) in text.parts.enumerated() {
            let partEnd = index + 1 < text.parts.count ? text.parts[index + 1].start : text.bytes.count
            // What goes on where the last text ended may belong to a line that has begun, if only with a colour.
            if !text.isVerbatim || part.offset != end, !parser.hasPartialLine { nextStart = part.offset }
            var start = part.start
            while start < partEnd {
                let sliceEnd = min(start + Self.sliceBytes, partEnd)
                let place = text.isVerbatim ? part.offset + start - part.start : nil
                append(text.bytes.span.extracting(start..<sliceEnd), at: place)
                start = sliceEnd
            }
        }
        end = text.end
        if !text.isVerbatim { nextStart = max(nextStart, end) }
    }

    /// `place` is where the bytes begin in the file; without one each line counts for one byte.
    private mutating func append(_ bytes: Span<UInt8>, at place: Int?) {
        let before = lines.count
        parser.parse(bytes, into: &lines)
        for (line, lineEnd) in zip(lines[before...], parser.ends) {
            cost += Self.cost(of: line)
            starts.append(nextStart)
            nextStart = place.map { $0 + lineEnd } ?? nextStart + 1
        }
        trim()
    }

    private mutating func trim() {
        while lines.count - head > Self.linesMax || cost > Self.bytesMax {
            cost -= Self.cost(of: lines[head])
            lines[head] = StyledLine()
            head += 1
            droppedCount += 1
        }
        if head > lines.count / 2 {
            lines.removeFirst(head)
            starts.removeFirst(head)
            head = 0
        }
    }

    private static func cost(of line: StyledLine) -> Int {
        line.runs.reduce(lineCost) { $0 + $1.text.utf8.count + runCost }
    }
}
