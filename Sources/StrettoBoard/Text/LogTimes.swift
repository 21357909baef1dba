package import StrettoCore

/// When the lines of a log came, as far as it was noted.
package struct LogTimes: Hashable, Sendable {
    /// What begins at a place in the file came at a time, and what follows not before it.
    package struct Note: Hashable, Sendable {
        package let offset: Int
        package let time: Timestamp

        package init(offset: Int, time: Timestamp) {
            self.offset = offset
            self.time = time
        }
    }

    /// More notes are not kept: of the older half every other one goes.
    package static let notesMax = 32_768

    private var notes: [Note] = []

    /// No times.
    package init() {}

    /// Takes later notes; those that are known already change nothing.
    mutating func append(_ more: [Note]) {
        for note in more {
            if let last = notes.last, note.time <= last.time || note.offset < last.offset { continue }
            notes.append(note)
        }
        guard notes.count > Self.notesMax else { return }
        let half = notes.count / 2
        notes = stride(from: 0, to: half, by: 2).map { notes[$0] } + notes[half...]
    }

    /// When the byte at a place came; nil where nobody noted it.
    func time(at offset: Int) -> Timestamp? {
        var range = 0..<notes.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = notes[middle].offset <= offset ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound > 0 ? notes[range.lowerBound - 1].time : nil
    }
}
