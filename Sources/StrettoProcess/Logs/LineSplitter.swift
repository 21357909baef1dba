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

    /// The next line that ends in the chunk, whose rest is left in it; nil once all of the chunk is taken.
    ///
    /// It copies nothing where the whole line lies in the chunk.
    package mutating func next(from chunk: inout ArraySlice<UInt8>) -> Line? {
        guard let end = Self.newline(in: chunk) else {
            keep(chunk)
            chunk = []
            return nil
        }
        let bytes = chunk[..<end]
        chunk = chunk[(end + 1)...]
        if rest.isEmpty, !isTruncated, bytes.count <= lineBytesMax { return Line(bytes: bytes) }
        keep(bytes)
        return takeLine()
    }

    /// Where the next line ends; by memchr(3), because most bytes of an agent's output lie in lines of many kilobytes.
    private static func newline(in chunk: ArraySlice<UInt8>) -> Int? {
        unsafe chunk.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let found = unsafe memchr(base, Int32(newline), bytes.count) else {
                return nil
            }
            return unsafe chunk.startIndex + (UnsafeRawPointer(found) - base)
        }
    }

    /// The last line where no newline ended it; nil after a newline and for no bytes at all.
    package mutating func finish() -> Line? {
        rest.isEmpty && !isTruncated ? nil : takeLine()
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
