internal import StrettoCommand
internal import StrettoCore

/// The run's events as lines on the main screen, each once: what was told while the board was shown comes when it is left.
struct PlainStream {
    /// More events are not kept while nobody looks; the log has them all.
    private static let noticesMax = 2_000

    private let zone: Duration
    private let style: PlainStyle
    private var waiting: [Notice] = []
    private var droppedCount = 0

    init(zone: Duration, style: PlainStyle) {
        self.zone = zone
        self.style = style
    }

    mutating func take(_ notices: [Notice]) {
        waiting += notices
        let excess = waiting.count - Self.noticesMax
        guard excess > 0 else { return }
        waiting.removeFirst(excess)
        droppedCount += excess
    }

    /// The lines that have not been shown; they count as shown now.
    mutating func takeLines() -> [String] {
        var lines = waiting.map { NoticeLine.text($0, zone: zone, style: style) }
        if droppedCount > 0 { lines.insert("\(droppedCount) earlier events are in the log", at: 0) }
        waiting = []
        droppedCount = 0
        return lines
    }
}
