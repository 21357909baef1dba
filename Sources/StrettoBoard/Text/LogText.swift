/// A stretch of a log as it is shown, and where in the file each part of it comes from.
///
/// A place in a log is always an offset in its file, so that it stays the same whatever of the file is at hand. Where the text is the file's own,
/// a line's place is that of its first byte. Where one line of the file was turned into several of text, the k-th of them has the place of the
/// file's line plus k, which no other line has: no line of text comes of less than one byte.
package struct LogText: Hashable, Sendable {
    /// A part of the text that comes from one place.
    package struct Part: Hashable, Sendable {
        /// Where it begins in ``LogText/bytes``.
        package let start: Int
        /// Where it begins in the file.
        package let offset: Int
    }

    /// Text with SGR sequences.
    package private(set) var bytes: [UInt8]
    /// In order; the first begins at 0.
    package private(set) var parts: [Part]
    /// Where in the file the next text begins.
    package private(set) var end: Int
    /// Whether the bytes are the file's own.
    package let isVerbatim: Bool

    /// Bytes of a file as they are, from an offset on.
    package init(verbatim bytes: [UInt8], offset: Int) {
        self.bytes = bytes
        parts = [Part(start: 0, offset: offset)]
        end = offset + bytes.count
        isVerbatim = true
    }

    /// No text yet of what was turned into whole lines, for ``append(_:offset:end:)``.
    package init(renderedFrom offset: Int) {
        bytes = []
        parts = []
        end = offset
        isVerbatim = false
    }

    /// Adds the whole lines that the file's line between `offset` and `end` was turned into, maybe none.
    package mutating func append(_ lines: [UInt8], offset: Int, end: Int) {
        self.end = end
        guard !lines.isEmpty else { return }
        parts.append(Part(start: bytes.count, offset: offset))
        bytes += lines
    }

    /// The same text in pieces of about so many bytes, which end with lines where they can.
    package func pieces(ofBytes count: Int) -> [LogText] {
        guard isVerbatim, let offset = parts.first?.offset else { return isEmpty ? [] : [self] }
        var pieces: [LogText] = []
        var start = 0
        while start < bytes.count {
            var end = min(start + count, bytes.count)
            if let newline = bytes[start..<end].lastIndex(of: 0x0A) { end = newline + 1 }
            pieces.append(LogText(verbatim: Array(bytes[start..<end]), offset: offset + start))
            start = end
        }
        return pieces
    }

    /// Where in the file it begins.
    package var start: Int { parts.first?.offset ?? end }

    /// Whether there is nothing to show.
    package var isEmpty: Bool { bytes.isEmpty }
}
