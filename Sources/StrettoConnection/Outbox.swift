/// What a client is still to be sent, in order, and the rule for one that reads too slowly.
///
/// When more than ``backlogBytesMax`` bytes wait, the updates among them are dropped, and so are all that follow, until
/// everything else was sent; then ``needsFreshStart`` asks for a snapshot. Answers are never dropped: somebody waits.
struct Outbox {
    /// How many bytes may wait before updates are dropped.
    static let backlogBytesMax = 8 << 20

    private struct Line {
        let bytes: [UInt8]
        let isState: Bool
    }

    private var lines: [Line] = []
    /// Where the first line is that was not sent whole: moving all others down for each would be slow.
    private var head = 0
    /// How many of the first line's bytes are sent.
    private var sentCount = 0
    /// How many bytes wait.
    private(set) var byteCount = 0
    /// Whether updates were dropped and no snapshot was sent since.
    private(set) var isBehind = false

    var isEmpty: Bool { head == lines.count }

    /// Adds a line that must arrive.
    mutating func append(answer bytes: [UInt8]) { append(Line(bytes: bytes, isState: false)) }

    /// Adds the whole state, which makes up for all updates that were dropped.
    mutating func append(snapshot bytes: [UInt8]) {
        append(Line(bytes: bytes, isState: true))
        isBehind = false
    }

    /// Adds a change of the state, or drops it together with those that wait.
    mutating func append(update bytes: [UInt8]) {
        guard !isBehind else { return }
        append(Line(bytes: bytes, isState: true))
        guard byteCount > Self.backlogBytesMax else { return }
        isBehind = true
        // A line that is partly sent has to be finished.
        let kept = lines[head...].prefix(sentCount > 0 ? 1 : 0)
        lines = kept + lines[head...].dropFirst(kept.count).filter { !$0.isState }
        head = 0
        byteCount = lines.reduce(-sentCount) { $0 + $1.bytes.count }
    }

    /// Whether a snapshot is due: updates were dropped, and all else is sent.
    var needsFreshStart: Bool { isBehind && isEmpty }

    /// What to send next; empty when there is nothing.
    var next: ArraySlice<UInt8> { isEmpty ? [] : lines[head].bytes[sentCount...] }

    /// Notes that so many bytes of ``next`` were sent.
    mutating func advance(by count: Int) {
        sentCount += count
        byteCount -= count
        guard !isEmpty, sentCount == lines[head].bytes.count else { return }
        lines[head] = Line(bytes: [], isState: false)
        head += 1
        sentCount = 0
        guard head > lines.count / 2 else { return }
        lines.removeFirst(head)
        head = 0
    }

    private mutating func append(_ line: Line) {
        lines.append(line)
        byteCount += line.bytes.count
    }
}
