package import StrettoCore

/// A notice as one line of plain output: `18:42:07 review     webhooks: 3 files, checks passed`.
package enum NoticeLine {
    /// The width of the word's column: room for the longest state word and a blank.
    private static let wordColumns = 10

    /// The line, without a line feed; `zone` is how far local time is ahead of UTC.
    package static func text(_ notice: Notice, zone: Duration, style: PlainStyle = .bare) -> String {
        let word = PlainText.visible(notice.word)
        let rest = [notice.task.map { PlainText.visible($0.text) }, PlainText.visible(notice.text)]
            .compactMap { $0?.isEmpty ?? true ? nil : $0 }.joined(separator: ": ")
        let start = clock(notice.time, zone: zone) + " "
        guard !rest.isEmpty else { return start + style.paint(word, notice.level) }
        let blanks = String(repeating: " ", count: max(1, wordColumns - word.count))
        return start + style.paint(word, notice.level) + blanks + rest
    }

    /// The time of day, `HH:MM:SS`.
    package static func clock(_ time: Timestamp, zone: Duration) -> String { time.clock(zone: zone) }
}
