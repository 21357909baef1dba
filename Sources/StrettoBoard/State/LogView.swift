/// One file's output and where its reader is in it.
struct LogView: Sendable {
    private(set) var window = LogWindow()
    private var position = LogPosition()
    /// Whether the first bytes that came were the file's first.
    private let isWhole: Bool
    /// How many lines there were when the reader stopped following.
    private var lineCountKnown = 0

    init(isWhole: Bool = true) { self.isWhole = isWhole }

    mutating func append(_ bytes: [UInt8]) { window.append(bytes) }

    var isEmpty: Bool { window.lineNumbers.isEmpty }
    var isFollowing: Bool { position.isFollowing }

    /// Lines that came since the reader stopped following.
    var newCount: Int { isFollowing ? 0 : max(0, window.lineCount - lineCountKnown) }

    /// Lines below the last one shown.
    func linesBelow(rows: Int) -> Int { position.linesBelow(in: window, rows: rows) }

    /// Whether the reader is at the first line that can be had while the file has earlier ones.
    func isBelowGap(rows: Int) -> Bool {
        guard !isFollowing, !isWhole || window.droppedCount > 0 else { return false }
        return position.visible(in: window, rows: rows).lowerBound == window.lineNumbers.lowerBound
    }

    func visible(rows: Int) -> [StyledLine] {
        position.visible(in: window, rows: rows).compactMap { window[$0] }
    }

    mutating func scroll(_ step: Step, rows: Int) {
        let wasFollowing = isFollowing
        switch step {
        case .top: position.goToTop(of: window)
        case .bottom: position.follow()
        default: position.scroll(by: step.lines(inRows: rows) ?? 0, in: window, rows: rows)
        }
        if wasFollowing, !isFollowing { lineCountKnown = window.lineCount }
    }

    mutating func toggleFollow(rows: Int) {
        if isFollowing {
            position.hold(in: window, rows: rows)
            lineCountKnown = window.lineCount
        } else {
            position.follow()
        }
    }
}
