/// One file's output and where its reader is in it.
///
/// The end of the file is always at hand, as far as the window reaches. Whoever goes further up reads in an excerpt, which the front end loads
/// around the reader's place: ``nextRequest()`` tells when. Where excerpt and end meet they are one.
struct LogView: Sendable {
    /// A line in sight, or a row of one that is wrapped.
    struct Row: Hashable, Sendable {
        /// Where in the file the line begins.
        var start: Int
        /// The line's first cell in this row.
        var column = 0
        var line: StyledLine
    }

    /// Where the reader wants to go as soon as the lines there have come.
    private struct Goal: Hashable {
        var offset: Int
        /// How many lines are to be seen above it.
        var lead: Int
    }

    /// The excerpt is renewed when fewer lines than this are left on the reader's side of it.
    private static let marginLines = 200

    private(set) var tail = LogWindow()
    private(set) var excerpt: LogWindow?
    /// Where in the file the line at the top begins; nil: at the end, and staying there.
    private var anchor: Int?
    private var goal: Goal?
    /// The place that was asked for last, and whether the answer is still to come.
    private var asked: Int?
    private var isWaiting = false
    /// Earlier lines were asked for in vain.
    private var isUnreadable = false
    /// How many lines there were when the reader stopped following.
    private var lineCountKnown = 0
    /// How many lines came before `tail` began, those not counted that were left out.
    private var lineCountBefore = 0
    /// Since the reader stopped following, lines were left out that nobody has counted.
    private(set) var hasUncounted = false
    /// How many columns of lines that are not wrapped lie left of the view.
    var scrollX = 0
    /// A match was gone to that may lie beside the view.
    private var isShowingMatch = false
    /// What is looked for.
    private(set) var search: LogSearch?
    /// When lines came, as far as that is known.
    private(set) var times = LogTimes()
    /// Where the lines begin that the reader has marked, in order.
    private(set) var marks: [Int] = []
    /// The mark that was gone to last.
    private var visitedMark: Int?

    /// More marks of one file are not kept.
    static let marksMax = 200

    /// A view of a file; what the reader did in an earlier one of it remains.
    init(after old: LogView? = nil) {
        marks = old?.marks ?? []
        times = old?.times ?? LogTimes()
    }

    /// Takes what was written; where that does not begin where the last text ended, what lies between is in the file only.
    mutating func append(_ text: LogText) {
        if text.isVerbatim, text.start > tail.end, !isEmpty { leaveOut() }
        tail.append(text)
    }

    /// Begins the end anew; a reader who is in it keeps it as the excerpt.
    private mutating func leaveOut() {
        if let anchor, anchor >= tail.start { excerpt = tail }
        lineCountBefore += tail.lineCount
        hasUncounted = !isFollowing
        tail = LogWindow()
    }

    var isEmpty: Bool { tail.lineNumbers.isEmpty }
    var isFollowing: Bool { anchor == nil }

    /// Lines that came since the reader stopped following.
    var newCount: Int { isFollowing ? 0 : max(0, lineCount - lineCountKnown) }

    private var lineCount: Int { lineCountBefore + tail.lineCount }

    // MARK: What is at hand

    /// The lines that can be had without a gap around the reader: of the excerpt, of the end, or of both.
    private struct Reach {
        var excerpt: Range<Int>
        var tail: Range<Int>
        var count: Int { excerpt.count + tail.count }
    }

    private var reach: Reach {
        let all = tail.lineNumbers
        let none = all.lowerBound..<all.lowerBound
        guard let excerpt, let anchor, !excerpt.wholeNumbers.isEmpty, excerpt.start < tail.start else {
            return Reach(excerpt: 0..<0, tail: all)
        }
        var numbers = excerpt.wholeNumbers
        if excerpt.wholeEnd >= tail.start {
            // What both have is the end's.
            let last = excerpt.number(at: tail.start - 1)
            numbers = numbers.lowerBound..<min(numbers.upperBound, last + 1)
            return Reach(excerpt: numbers, tail: all)
        }
        return anchor < tail.start ? Reach(excerpt: numbers, tail: none) : Reach(excerpt: 0..<0, tail: all)
    }

    private func start(of index: Int, in reach: Reach) -> Int {
        guard index < reach.excerpt.count, let excerpt else {
            return tail.start(of: reach.tail.lowerBound + index - reach.excerpt.count)
        }
        return excerpt.start(of: reach.excerpt.lowerBound + index)
    }

    private func line(_ index: Int, in reach: Reach) -> StyledLine? {
        guard index < reach.excerpt.count, let excerpt else {
            return tail[reach.tail.lowerBound + index - reach.excerpt.count]
        }
        return excerpt[reach.excerpt.lowerBound + index]
    }

    /// The index of the line that holds a place, or of the nearest one.
    private func index(at offset: Int, in reach: Reach) -> Int {
        if !reach.excerpt.isEmpty, let excerpt, reach.tail.isEmpty || offset < tail.start {
            let number = excerpt.number(at: offset)
            return min(max(number, reach.excerpt.lowerBound), reach.excerpt.upperBound - 1) - reach.excerpt.lowerBound
        }
        guard !reach.tail.isEmpty else { return 0 }
        return reach.excerpt.count + tail.number(at: offset) - reach.tail.lowerBound
    }

    /// Whether the line of a place can be had.
    private func holds(_ offset: Int) -> Bool {
        if offset >= tail.start { return !tail.lineNumbers.isEmpty }
        guard let excerpt, !excerpt.wholeNumbers.isEmpty else { return false }
        return excerpt.start <= offset && offset < excerpt.wholeEnd
    }

    private func top(in reach: Reach, rows: Int) -> Int {
        let last = max(0, reach.count - max(rows, 0))
        return anchor.map { min(index(at: $0, in: reach), last) } ?? last
    }

    // MARK: What is in sight

    /// Lines below the last one shown; nil where nobody has counted them.
    func linesBelow(rows: Int) -> Int? {
        let reach = reach
        guard !reach.tail.isEmpty else { return nil }
        return max(0, reach.count - top(in: reach, rows: rows) - rows)
    }

    /// How much of the file lies above the first line in sight, in percent.
    func percentAbove(rows: Int) -> Int {
        let reach = reach
        guard tail.end > 0, reach.count > 0 else { return 0 }
        return min(100, start(of: top(in: reach, rows: rows), in: reach) * 100 / tail.end)
    }

    /// Whether the reader is at the first line that can be had while the file has earlier ones, which cannot be read.
    func isBelowGap(rows: Int) -> Bool {
        let reach = reach
        guard isUnreadable, !isFollowing, reach.count > 0 else { return false }
        return top(in: reach, rows: rows) == 0 && start(of: 0, in: reach) > 0
    }

    /// The lines in sight, those that have what is looked for marked.
    func visible(rows: Int) -> [Row] {
        let reach = reach
        let top = top(in: reach, rows: rows)
        return (top..<min(top + max(rows, 0), reach.count)).compactMap { index in
            guard let line = line(index, in: reach) else { return nil }
            return Row(start: start(of: index, in: reach), line: search?.needle.marking(line) ?? line)
        }
    }

    /// What is in sight with long lines wrapped: from the line at the top on, or up to the end while following.
    func wrapped(rows: Int, columns: Int) -> [Row] {
        var shown: [Row] = []
        for row in isFollowing ? visible(rows: rows).reversed() : visible(rows: rows) {
            // What is longer than the view needs no more rows than it has.
            var column = 0
            var pieces: [Row] = []
            for piece in row.line.wrapped(columns: columns).prefix(isFollowing ? .max : rows) {
                pieces.append(Row(start: row.start, column: column, line: piece))
                column += piece.width
            }
            shown = isFollowing ? pieces + shown : shown + pieces
            if shown.count >= rows { break }
        }
        return isFollowing ? shown.suffix(rows) : Array(shown.prefix(rows))
    }

    // MARK: Reading what is not at hand

    /// The place around which lines are to be asked for now; each is told once.
    mutating func nextRequest() -> Int? {
        guard !isWaiting, let place = missingPlace, place != asked else { return nil }
        asked = place
        isWaiting = true
        return place
    }

    private var missingPlace: Int? {
        if let goal { return goal.offset }
        guard let anchor else { return nil }
        guard holds(anchor) else { return anchor }
        let reach = reach
        let index = index(at: anchor, in: reach)
        let isNearStart = index < Self.marginLines && start(of: 0, in: reach) > 0
        let isNearEnd = reach.tail.isEmpty && reach.count - index < Self.marginLines * 2
        return isNearStart || isNearEnd ? anchor : nil
    }

    /// Takes the lines that were asked for; nil where they cannot be read.
    mutating func take(_ lines: LogWindow?) {
        isWaiting = false
        isUnreadable = lines == nil
        guard let lines else {
            goal = nil
            return
        }
        excerpt = lines
        if let goal { go(to: goal) }
    }

    private mutating func go(to goal: Goal) {
        stopFollowing()
        guard holds(goal.offset) else {
            self.goal = goal
            asked = nil
            return
        }
        self.goal = nil
        // Told first, for it decides which lines are at hand.
        anchor = goal.offset
        let reach = reach
        anchor = start(of: max(0, index(at: goal.offset, in: reach) - goal.lead), in: reach)
    }

    // MARK: Moving

    mutating func scroll(_ step: Step, rows: Int) {
        // What is in sight as a whole has nothing to scroll: it goes on following.
        if isFollowing, tail.start == 0, tail.lineNumbers.count <= rows { return }
        goal = nil
        switch step {
        case .top: go(to: Goal(offset: 0, lead: 0))
        case .bottom: follow()
        default: scroll(by: step.lines(inRows: rows) ?? 0, rows: rows)
        }
    }

    private mutating func scroll(by count: Int, rows: Int) {
        let reach = reach
        let last = max(0, reach.count - max(rows, 0))
        let target = top(in: reach, rows: rows) + count
        if count > 0, target >= last, !reach.tail.isEmpty { return follow() }
        hold(at: min(max(target, 0), last), in: reach)
    }

    private mutating func hold(at index: Int, in reach: Reach) {
        stopFollowing()
        anchor = start(of: index, in: reach)
        // Far from the excerpt it is only memory.
        if reach.excerpt.count > 0, index >= reach.excerpt.count + 2 * Self.marginLines { excerpt = nil }
    }

    /// Remembers how many lines there are, for a reader who followed up to now.
    private mutating func stopFollowing() {
        guard isFollowing else { return }
        lineCountKnown = lineCount
        hasUncounted = false
    }

    private mutating func follow() {
        anchor = nil
        goal = nil
        excerpt = nil
        asked = nil
    }

    mutating func toggleFollow(rows: Int) {
        guard isFollowing else { return follow() }
        let reach = reach
        hold(at: top(in: reach, rows: rows), in: reach)
    }

    // MARK: Marks and parts

    mutating func take(_ notes: [LogTimes.Note]) { times.append(notes) }

    /// The lines that begin from one place on up to another, as far as they can be had without a gap.
    func lines(from first: Int, to last: Int) -> [Row] {
        let reach = reach
        guard reach.count > 0, first <= last, start(of: 0, in: reach) <= first else { return [] }
        return (index(at: first, in: reach)...index(at: last, in: reach)).compactMap { index in
            line(index, in: reach).map { Row(start: start(of: index, in: reach), line: $0) }
        }
    }

    /// Marks a line, or takes its mark away: the match that was gone to, where it is in sight, else the last line while following, else the first.
    /// - Returns: whether there is a mark now; nil where there are too many already.
    mutating func toggleMark(rows: Int) -> Bool? {
        let visible = visible(rows: rows)
        let edge = (isFollowing ? visible.last : visible.first)?.start
        guard let place = foundStart(rows: rows) ?? edge else { return nil }
        if let index = marks.firstIndex(of: place) {
            marks.remove(at: index)
            return false
        }
        guard marks.count < Self.marksMax else { return nil }
        marks.insert(place, at: marks.firstIndex { $0 > place } ?? marks.count)
        visitedMark = place
        return true
    }

    /// Goes to the next or the previous mark, around the end.
    mutating func goToMark(isDown: Bool, rows: Int) {
        let visible = visible(rows: rows)
        let isVisitedInSight = visible.contains { $0.start == visitedMark }
        let edge = isDown ? (visible.first?.start ?? 0) - 1 : (visible.last?.start ?? 0) + 1
        let from = isVisitedInSight ? visitedMark ?? edge : edge
        let near = isDown ? marks.first { $0 > from } : marks.last { $0 < from }
        guard let mark = near ?? (isDown ? marks.first : marks.last) else { return }
        visitedMark = mark
        go(to: Goal(offset: mark, lead: rows / 3))
    }

    // MARK: Searching

    /// Looks for a text from the end of what is in sight upwards, where the newest is; nil ends the search.
    /// - Returns: what the front end has to do for it.
    mutating func find(_ needle: LogNeedle?, rows: Int) -> LogRequest {
        search = needle.map { LogSearch($0) }
        guard let needle else { return .endSearch }
        return .find(needle, before: endOfSight(rows: rows))
    }

    /// The place of the first line below what is in sight.
    private func endOfSight(rows: Int) -> Int {
        let reach = reach
        let below = top(in: reach, rows: rows) + max(rows, 0)
        return below < reach.count ? start(of: below, in: reach) : tail.end
    }

    /// Asks for the next or the previous line with a match: from the one that was found last, or from what is in sight.
    func findNext(isDown: Bool, rows: Int) -> LogRequest {
        let edge = isDown ? (visible(rows: rows).first?.start ?? 0) - 1 : endOfSight(rows: rows)
        return .findNext(isDown: isDown, orFrom: edge)
    }

    /// Where the line of the match that was gone to begins; nil where it is not in sight.
    func foundStart(rows: Int) -> Int? {
        guard let found = search?.found, found.offset < endOfSight(rows: rows) else { return nil }
        return visible(rows: rows).last { $0.start <= found.offset }?.start
    }

    /// Goes to a match, into the upper third of the view.
    mutating func take(_ match: LogMatch, of needle: LogNeedle, rows: Int) {
        guard search?.needle == needle else { return }
        search?.take(match)
        isShowingMatch = true
        go(to: Goal(offset: match.offset, lead: rows / 3))
    }

    /// Moves lines that are not wrapped so that the match that was just gone to is seen, as soon as its line is at hand.
    mutating func showMatch(rows: Int, columns: Int) {
        guard isShowingMatch, goal == nil, let needle = search?.needle, let start = foundStart(rows: rows),
            let line = visible(rows: rows).first(where: { $0.start == start })?.line,
            let match = needle.firstColumns(in: line)
        else { return }
        isShowingMatch = false
        guard match.lowerBound < scrollX || match.upperBound > scrollX + columns else { return }
        scrollX = match.upperBound <= columns ? 0 : max(0, match.lowerBound - columns / 3)
    }

    mutating func take(_ tally: LogTally, of needle: LogNeedle) {
        if search?.needle == needle { search?.take(tally) }
    }
}
