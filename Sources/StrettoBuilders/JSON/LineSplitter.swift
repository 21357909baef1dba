/// Cuts a growing stream of bytes into lines, however its chunks fall, and holds at most one line of bounded length.
struct LineSplitter: Sendable {
    /// An agent's answer of 2 MB came as one line that repeats it; nothing honest comes near this.
    static let lineBytesMax = 16 << 20

    enum Line: Hashable, Sendable {
        /// Without its line feed.
        case complete([UInt8])
        /// Longer than allowed and thrown away; its length without the line feed.
        case oversized(byteCount: Int)
    }

    private let bytesMax: Int
    private var held: [UInt8] = []
    /// Bytes of a line that is too long, thrown away so far; 0 while lines are kept.
    private var skippedCount = 0

    init(bytesMax: Int = LineSplitter.lineBytesMax) { self.bytesMax = bytesMax }

    /// The lines that `chunk` completes; empty ones are left out.
    mutating func append(_ chunk: [UInt8]) -> [Line] {
        var lines: [Line] = []
        var rest = chunk[...]
        while let end = rest.firstIndex(of: 0x0A) {
            hold(rest[rest.startIndex..<end])
            if let line = release() { lines.append(line) }
            rest = rest[(end + 1)...]
        }
        hold(rest)
        return lines
    }

    /// The last line where the stream ended without a line feed.
    mutating func finish() -> Line? { release() }

    private mutating func hold(_ bytes: ArraySlice<UInt8>) {
        if skippedCount > 0 {
            skippedCount += bytes.count
        } else if held.count + bytes.count > bytesMax {
            skippedCount = held.count + bytes.count
            held = []
        } else {
            held += bytes
        }
    }

    private mutating func release() -> Line? {
        defer {
            held.removeAll(keepingCapacity: held.capacity <= 1 << 16)
            skippedCount = 0
        }
        if skippedCount > 0 { return .oversized(byteCount: skippedCount) }
        return held.isEmpty ? nil : .complete(held)
    }
}
