/// Lines of a log that follow each other, fed with its text: bounded whatever is written, and numbered from where the window began.
///
/// The file remains the truth; what has left the window at its front is counted by ``droppedCount``. Each line also has its place in the file, an
/// offset, by which it is the same line in every window; see ``LogText``.
package struct LogWindow: Sendable {
    /// What the lines together may cost, in bytes, their bookkeeping included.
    package static let bytesMax = 4 << 20
    /// The most lines.
    package static let linesMax = 20_000
    /// What a line, each of its pieces and each text cost beside their bytes.
    private static let (lineCost, runCost, chunkCost) = (40, 48, 64)

    /// A line that has ended.
    private enum Line {
        /// Its bytes in the text of a number: nobody has read it yet, and most lines nobody ever does.
        case bytes(chunk: Int, start: Int32, end: Int32)
        /// What it looks like, where the bytes alone do not tell.
        case styled(StyledLine)
    }

    private var parser = SGRParser()
    private var lines: [Line] = []
    /// Where each of `lines` begins in the file.
    private var starts: [Int] = []
    /// The texts whose bytes are needed, in order, and the number of the first of them.
    private var chunks: [[UInt8]] = []
    private var firstChunk = 0
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
        guard index < lines.count else { return parser.partialLine }
        switch lines[index] {
        case .styled(let line): return line
        case .bytes(let chunk, let start, let end):
            let text = chunks[chunk - firstChunk]
            var (reader, read) = (SGRParser(), [StyledLine]())
            reader.parse(text.span.extracting(Int(start)..<Int(end)), into: &read)
            return read.first ?? reader.partialLine
        }
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
        if !text.isEmpty {
            chunks.append(text.bytes)
            cost += Self.chunkCost
        }
        for (index, part) in text.parts.enumerated() {
            let partEnd = index + 1 < text.parts.count ? text.parts[index + 1].start : text.bytes.count
            // What goes on where the last text ended may belong to a line that has begun, if only with a colour.
            if !text.isVerbatim || part.offset != end, !parser.hasPartialLine { nextStart = part.offset }
            append(text.bytes.span, part.start..<partEnd, at: text.isVerbatim ? part.offset - part.start : nil)
        }
        end = text.end
        if !text.isVerbatim { nextStart = max(nextStart, end) }
    }

    /// Takes a part of the newest text, which begins at a place in the file; without one each line counts for one byte.
    private mutating func append(_ text: Span<UInt8>, _ range: Range<Int>, at place: Int?) {
        let chunk = firstChunk + chunks.count - 1
        let bytes = text.extracting(range)
        var start = 0
        while start < bytes.count {
            let isFresh = parser.isFresh
            let plainEnd = isFresh ? PlainBytes.end(in: bytes, from: start) : start
            let lineFeed = PlainBytes.lineFeed(in: bytes, from: plainEnd)
            let end = lineFeed.map { $0 + 1 } ?? bytes.count
            let piece = range.lowerBound + start..<range.lowerBound + end
            if isFresh, lineFeed == plainEnd, end - start <= SGRParser.lineBytesMax {
                add(chunk, piece)
                nextStart = place.map { $0 + piece.upperBound } ?? nextStart + 1
            } else {
                read(text, piece, of: chunk, isFresh: isFresh, at: place)
            }
            start = end
        }
        trim()
    }

    /// Takes bytes that end with a line or before its end, and of which only the parser can tell what they show.
    private mutating func read(
        _ text: Span<UInt8>,
        _ range: Range<Int>,
        of chunk: Int,
        isFresh: Bool,
        at place: Int?
    ) {
        var found: [StyledLine] = []
        parser.parse(text.extracting(range), into: &found)
        let isWhole = isFresh && found.count == 1 && parser.isFresh
        for (line, end) in zip(found, parser.ends) {
            if isWhole { add(chunk, range) } else { add(.styled(line), cost: Self.cost(of: line)) }
            nextStart = place.map { $0 + range.lowerBound + end } ?? nextStart + 1
        }
    }

    private mutating func add(_ chunk: Int, _ range: Range<Int>) {
        let (start, end) = (Int32(range.lowerBound), Int32(range.upperBound))
        add(.bytes(chunk: chunk, start: start, end: end), cost: range.count)
    }

    private mutating func add(_ line: Line, cost more: Int) {
        lines.append(line)
        starts.append(nextStart)
        cost += Self.lineCost + more
    }

    private mutating func trim() {
        while lines.count - head > Self.linesMax || cost > Self.bytesMax, head < lines.count {
            switch lines[head] {
            case .bytes(let chunk, let start, let end):
                cost -= Self.lineCost + Int(end - start)
                forgetChunks(before: chunk)
            case .styled(let line): cost -= Self.lineCost + Self.cost(of: line)
            }
            lines[head] = .styled(StyledLine())
            head += 1
            droppedCount += 1
        }
        if head > lines.count / 2 {
            lines.removeFirst(head)
            starts.removeFirst(head)
            head = 0
        }
    }

    /// Lets go the texts before the one that the first line is in.
    private mutating func forgetChunks(before chunk: Int) {
        let count = chunk - firstChunk
        guard count > 0 else { return }
        chunks.removeFirst(count)
        firstChunk = chunk
        cost -= count * Self.chunkCost
    }

    private static func cost(of line: StyledLine) -> Int {
        line.runs.reduce(0) { $0 + $1.text.utf8.count + runCost }
    }
}
