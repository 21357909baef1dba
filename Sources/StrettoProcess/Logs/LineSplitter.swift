internal import Glibc

/// One line of output, without its newline.
package struct Line: Hashable, Sendable {
    /// Where the whole line lay in one chunk, these are the chunk's own bytes.
    package var bytes: ArraySlice<UInt8>
    /// The line was longer than its splitter allows; `bytes` is its beginning.
    package var isTruncated: Bool

    package init(bytes: ArraySlice<UInt8>, isTruncated: Bool = false) {
        self.bytes = bytes
        self.isTruncated = isTruncated
    }

    /// The line as text; bytes that are not UTF-8 are replaced.
    package var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Turns chunks of bytes into lines, the same ones wherever the chunks are cut.
package struct LineSplitter: Sendable {
    /// The longest line that is kept whole, in bytes.
    package let lineBytesMax: Int
    private var rest: [UInt8] = []
    private var isTruncated = false

    /// 16 MiB: agents write a whole file into one line of JSON.
    package static let lineBytesMaxDefault = 16 << 20

    private static let newline = UInt8(ascii: "\n")

    package init(lineBytesMax: Int = Self.lineBytesMaxDefault) {
        self.lineBytesMax = lineBytesMax
    }

    /// Takes the next bytes and returns the lines that end in them.
    package mutating func append(_ chunk: [UInt8]) -> [Line] {
        var lines: [Line] = []
        var start = 0
        while let end = Self.newline(in: chunk, from: start) {
            lines.append(line(endingWith: chunk[start..<end]))
            start = end + 1
        }
        keep(chunk[start...])
        return lines
    }

    /// Where the next line ends; by memchr(3), because most bytes of an agent's output lie in lines of many kilobytes.
    private static func newline(in chunk: [UInt8], from start: Int) -> Int? {
        unsafe chunk.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress,
                let found = unsafe memchr(base + start, Int32(newline), bytes.count - start)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
    }

    /// The last line where no newline ended it; nil after a newline and for no bytes at all.
    package mutating func finish() -> Line? {
        rest.isEmpty && !isTruncated ? nil : takeLine()
    }

    /// Copies nothing where no part of the line came before.
    private mutating func line(endingWith bytes: ArraySlice<UInt8>) -> Line {
        if rest.isEmpty, !isTruncated, bytes.count <= lineBytesMax { return Line(bytes: bytes) }
        keep(bytes)
        return takeLine()
    }

    private mutating func keep(_ bytes: ArraySlice<UInt8>) {
        let room = lineBytesMax - rest.count
        if bytes.count > room { isTruncated = true }
        rest.append(contentsOf: bytes.prefix(room))
    }

    private mutating func takeLine() -> Line {
        defer {
            rest = []
            isTruncated = false
        }
        return Line(bytes: rest[...], isTruncated: isTruncated)
    }
}
