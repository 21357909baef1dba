/// Bytes as they came, given back as whole lines; a line that grows too long is an error and not a growing buffer.
struct LineBuffer {
    /// Without the line feed.
    private let lineBytesMax: Int
    private var bytes: [UInt8] = []
    /// Where the first line begins that was not taken yet.
    private var start = 0
    /// Up to where no line feed was found.
    private var searched = 0

    init(lineBytesMax: Int) { self.lineBytesMax = lineBytesMax }

    /// Whether nothing is left, not even a part of a line.
    var isEmpty: Bool { start == bytes.count }

    mutating func append(_ more: some Collection<UInt8>) {
        // Moving the rest down costs as much as what was taken before, so it is done no more often than that.
        if start > bytes.count / 2 {
            bytes.removeFirst(start)
            searched -= start
            start = 0
        }
        bytes.append(contentsOf: more)
    }

    /// The next whole line without its line feed; nil when there is none yet.
    /// - Throws: ``ConnectionError/tooLong(bytesMax:)``, also as soon as an unfinished line is too long.
    mutating func next() throws(ConnectionError) -> ArraySlice<UInt8>? {
        let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n"))
        guard (end ?? bytes.count) - start <= lineBytesMax else { throw .tooLong(bytesMax: lineBytesMax) }
        guard let end else {
            searched = bytes.count
            return nil
        }
        defer {
            start = end + 1
            searched = start
        }
        return bytes[start..<end]
    }
}
