internal import StrettoBoard
internal import StrettoCore
internal import StrettoProcess

/// One log's file, read in stretches of whole lines from anywhere.
final class LogFile {
    /// A stretch of the file.
    struct Stretch {
        var bytes: [UInt8]
        var range: Range<Int>
    }

    /// How much is read at once, in bytes.
    static let stretchBytes = 256 << 10
    /// The longest line of text that is read at once; a longer one is cut.
    private static let textLineBytesMax = 1 << 20
    /// The same for a line that becomes text only as a whole.
    private static let eventLineBytesMax = 16 << 20

    private let source: LogSource
    private let secrets: KnownSecrets
    private let file: Descriptor

    init(_ source: LogSource, _ secrets: KnownSecrets) throws(SystemError) {
        self.source = source
        self.secrets = secrets
        file = try Descriptor.open(source.path, 0)
    }

    /// Whether what is shown is not the file's own text.
    var isDecoded: Bool { source.form == .transcript }

    private var lineBytesMax: Int { source.form == .transcript ? Self.eventLineBytesMax : Self.textLineBytesMax }

    func size() throws(SystemError) -> Int { try file.size() }

    /// The lines from one's beginning on; at the end of the file the last may lack its end.
    func stretch(from start: Int) throws(SystemError) -> Stretch {
        var count = Self.stretchBytes
        while true {
            let bytes = try file.read(count, at: start)
            // Less than was asked for is the end of the file.
            if bytes.count < count || count >= lineBytesMax {
                let end = bytes.count < count ? bytes.count : Self.endOfLines(in: bytes) ?? bytes.count
                return Stretch(bytes: Array(bytes[..<end]), range: start..<start + end)
            }
            if let end = Self.endOfLines(in: bytes) {
                return Stretch(bytes: Array(bytes[..<end]), range: start..<start + end)
            }
            count *= 2
        }
    }

    /// So many bytes, as they are.
    func stretch(from start: Int, count: Int) throws(SystemError) -> Stretch {
        let bytes = try file.read(count, at: start)
        return Stretch(bytes: bytes, range: start..<start + bytes.count)
    }

    /// The lines before the one that begins at `end`; empty at the start of the file.
    func stretch(before end: Int) throws(SystemError) -> Stretch {
        var count = Self.stretchBytes
        while true {
            let start = max(0, end - count)
            let bytes = try file.read(end - start, at: start)
            if start == 0 { return Stretch(bytes: bytes, range: 0..<bytes.count) }
            // The last line ends with the stretch; the first one of it begins behind an end before that.
            if let newline = bytes.dropLast().firstIndex(of: 0x0A) {
                return Stretch(bytes: Array(bytes[(newline + 1)...]), range: start + newline + 1..<start + bytes.count)
            }
            if count >= lineBytesMax { return Stretch(bytes: bytes, range: start..<start + bytes.count) }
            count *= 2
        }
    }

    /// Where the line begins that holds a place.
    func lineStart(at offset: Int) throws(SystemError) -> Int {
        let place = min(offset, try size())
        var count = 4 << 10
        while true {
            let start = max(0, place - count)
            let bytes = try file.read(place - start, at: start)
            if let newline = bytes.lastIndex(of: 0x0A) { return start + newline + 1 }
            if start == 0 || count >= lineBytesMax { return start }
            count *= 8
        }
    }

    /// What a pane shows of a stretch.
    func text(of stretch: Stretch) -> LogText {
        var feed = TranscriptFeed(source, secrets)
        return feed.render(stretch.bytes, at: stretch.range.lowerBound)
    }

    /// The places of the lines of a stretch that match.
    func matches(in stretch: Stretch, by scanner: inout LineScanner) -> [Int] {
        guard source.form == .transcript else {
            return scanner.matches(in: stretch.bytes).map { $0 + stretch.range.lowerBound }
        }
        let text = text(of: stretch)
        var parts = text.parts.makeIterator()
        var part = parts.next()
        var following = parts.next()
        return scanner.matches(in: text.bytes).compactMap { place in
            while let next = following, next.start <= place {
                part = next
                following = parts.next()
            }
            guard let part else { return nil }
            return part.offset + text.bytes[part.start..<place].count { $0 == 0x0A }
        }
    }

    private static func endOfLines(in bytes: [UInt8]) -> Int? { bytes.lastIndex(of: 0x0A).map { $0 + 1 } }
}

extension LogFile {
    /// So many lines are loaded to each side of a place, where they are to be had with a reasonable effort.
    private static let excerptLines = 1_000
    /// How much of the file is read for them to each side, in bytes; events are mostly longer than what is shown of them.
    private static let excerptBytesMax = 512 << 10
    private static let excerptEventBytesMax = 16 << 20
    /// Text is given to the window in pieces, so that it is not filled beyond the place itself.
    private static let pieceBytes = 16 << 10

    /// The lines around a place.
    func excerpt(around offset: Int) throws(SystemError) -> LogWindow {
        let bytesMax = source.form == .transcript ? Self.excerptEventBytesMax : Self.excerptBytesMax
        let middle = try lineStart(at: offset)
        var before: [LogText] = []
        var lineCount = 0
        var start = middle
        while start > 0, lineCount < Self.excerptLines, middle - start < bytesMax {
            let stretch = try stretch(before: start)
            guard !stretch.range.isEmpty else { break }
            start = stretch.range.lowerBound
            let text = text(of: stretch)
            lineCount += text.bytes.count { $0 == 0x0A }
            before.append(text)
        }
        var window = LogWindow()
        for text in before.reversed() { window.append(text) }
        let first = window.wholeLineCount
        var end = middle
        while window.wholeLineCount - first < Self.excerptLines, end - middle < bytesMax {
            let stretch = try stretch(from: end)
            guard !stretch.range.isEmpty else { break }
            end = stretch.range.upperBound
            for piece in text(of: stretch).pieces(ofBytes: Self.pieceBytes)
            where window.wholeLineCount - first < Self.excerptLines { window.append(piece) }
        }
        return window
    }
}
