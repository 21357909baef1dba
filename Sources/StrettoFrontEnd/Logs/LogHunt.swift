internal import StrettoBoard
internal import StrettoCore
internal import StrettoProcess

/// A search through one whole file: from the reader's place upwards, then downwards, stretch by stretch.
///
/// Of each stretch only the number of its matching lines is kept; where they are is found anew when somebody goes there.
struct LogHunt {
    /// What was looked through at once.
    private struct Stretch {
        var range: Range<Int>
        var count: Int
        /// It ends within a line, which may grow.
        var isOpen: Bool
    }

    /// A match that is wanted: after or before the one that was found last, or a place.
    private struct Wish {
        var from: Int
        var isDown: Bool
    }

    /// More wishes at once are not kept: somebody leans on the key.
    private static let wishesMax = 64

    let source: LogSource
    let needle: LogNeedle
    private let file: LogFile
    private var scanner: LineScanner
    /// Stretches above the place where it began, nearest first, and those below.
    private var above: [Stretch] = []
    private var below: [Stretch] = []
    private var looked: Range<Int>
    private var size: Int
    private var count = 0
    /// Oldest first.
    private var wishes: [Wish] = []
    /// The match that was granted last.
    private var last: Int?
    /// Where the last match that was granted is: in the stretch that begins there, the how-manieth.
    private var found: (start: Int, index: Int)?
    /// The matches of the stretch that was asked for last.
    private var memory: (range: Range<Int>, matches: [Int])?

    /// Begins above `place`, where the reader is.
    init(_ source: LogSource, _ needle: LogNeedle, before place: Int, _ secrets: KnownSecrets) throws(SystemError) {
        self.source = source
        self.needle = needle
        scanner = LineScanner(needle)
        file = try LogFile(source, secrets)
        size = try file.size()
        let start = try file.lineStart(at: place)
        looked = start..<start
        wishes = [Wish(from: place, isDown: false)]
    }

    /// Whether there is something left to look through.
    var isBusy: Bool { looked != 0..<size }

    var tally: LogTally {
        var tally = LogTally()
        tally.count = count
        tally.isComplete = !isBusy
        tally.percent = size == 0 ? 100 : looked.count * 100 / size
        tally.ordinal = isBusy ? nil : ordinal
        return tally
    }

    /// The file may have grown.
    mutating func grow() throws(SystemError) {
        size = max(size, try file.size())
        guard looked.upperBound < size, let last = below.last, last.isOpen else { return }
        below.removeLast()
        looked = looked.lowerBound..<last.range.lowerBound
        count -= last.count
        memory = nil
    }

    /// Wants the match after or before the one that was found last; where none was, from a place.
    mutating func want(isDown: Bool, orFrom place: Int) {
        if wishes.count < Self.wishesMax { wishes.append(Wish(from: place, isDown: isDown)) }
    }

    /// The oldest wish, from where it counts by now.
    private var wish: Wish? { wishes.first.map { Wish(from: last ?? $0.from, isDown: $0.isDown) } }

    /// Looks through one more stretch.
    mutating func step() throws(SystemError) {
        let isUpFirst = wish.map { !$0.isDown && looked.upperBound >= min($0.from, size) } ?? true
        if looked.lowerBound > 0, isUpFirst || looked.upperBound >= size {
            let stretch = try file.stretch(before: looked.lowerBound)
            above.append(scan(stretch))
            looked = (stretch.range.isEmpty ? 0 : stretch.range.lowerBound)..<looked.upperBound
        } else {
            let stretch = try file.stretch(from: looked.upperBound)
            below.append(scan(stretch))
            looked = looked.lowerBound..<(stretch.range.isEmpty ? size : stretch.range.upperBound)
            size = max(size, looked.upperBound)
        }
    }

    private mutating func scan(_ stretch: LogFile.Stretch) -> Stretch {
        let matches = file.matches(in: stretch, by: &scanner)
        count += matches.count
        return Stretch(range: stretch.range, count: matches.count, isOpen: stretch.bytes.last != 0x0A)
    }

    /// The match that has been wanted longest, as soon as what has been looked through can tell; it is then wanted no more.
    mutating func grant() throws(SystemError) -> LogMatch? {
        guard let wish else { return nil }
        var match: LogMatch?
        if wish.isDown, looked.lowerBound <= wish.from + 1 {
            match = try next(after: wish.from).map { LogMatch(offset: $0, restart: nil) }
        } else if !wish.isDown, looked.upperBound >= min(wish.from, size) {
            match = try previous(before: wish.from).map { LogMatch(offset: $0, restart: nil) }
        }
        if match == nil, !isBusy {
            match =
                wish.isDown
                ? try next(after: -1).map { LogMatch(offset: $0, restart: .top) }
                : try previous(before: .max).map { LogMatch(offset: $0, restart: .bottom) }
        }
        if match != nil || !isBusy { wishes.removeFirst() }
        last = match?.offset ?? last
        if let match, let memory { found = (memory.range.lowerBound, memory.matches.firstIndex(of: match.offset) ?? 0) }
        return match
    }

    private mutating func next(after place: Int) throws(SystemError) -> Int? {
        for stretch in above.reversed() + below where stretch.count > 0 && stretch.range.upperBound > place {
            if let match = try matches(in: stretch).first(where: { $0 > place }) { return match }
        }
        return nil
    }

    private mutating func previous(before place: Int) throws(SystemError) -> Int? {
        for stretch in below.reversed() + above where stretch.count > 0 && stretch.range.lowerBound < place {
            if let match = try matches(in: stretch).last(where: { $0 < place }) { return match }
        }
        return nil
    }

    private mutating func matches(in stretch: Stretch) throws(SystemError) -> [Int] {
        if let memory, memory.range == stretch.range { return memory.matches }
        // The same bytes as before, whatever came behind them.
        let again = try file.stretch(from: stretch.range.lowerBound, count: stretch.range.count)
        let matches = file.matches(in: again, by: &scanner)
        memory = (stretch.range, matches)
        return matches
    }

    private var ordinal: Int? {
        guard let found else { return nil }
        return (above + below).reduce(found.index + 1) { $0 + ($1.range.lowerBound < found.start ? $1.count : 0) }
    }
}
