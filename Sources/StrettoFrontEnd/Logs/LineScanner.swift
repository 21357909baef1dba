internal import Glibc
internal import StrettoBoard
internal import StrettoProcess

/// Finds the lines that show a text, at the speed of memory where lines are plain.
///
/// A line counts by what a pane shows of it: colours inside of a word do not hide it, their numbers are not found, and what was overwritten
/// is gone.
struct LineScanner {
    private let needle: LogNeedle
    /// Blanks may come of tabs.
    private let hasBlank: Bool
    /// The lines as they are compared.
    private var shown: [UInt8] = []

    init(_ needle: LogNeedle) {
        self.needle = needle
        hasBlank = needle.bytes.contains(0x20)
    }

    /// Where the first match of each line with one is; in lines with control characters, where the line begins.
    ///
    /// `bytes` are whole lines, of which the last may lack its end.
    mutating func matches(in bytes: [UInt8]) -> [Int] {
        // One owner at a time: the array is changed in place.
        var shown = self.shown
        self.shown = []
        defer { self.shown = shown }
        if shown.count < bytes.count { shown = [UInt8](repeating: 0, count: bytes.count) }
        var found: [Int] = []
        bytes.withUnsafeBytes { all in
            shown.withUnsafeMutableBytes { shown in
                guard let base = all.baseAddress, let shown = shown.baseAddress else { return }
                Self.forEachBlock(of: all) { block in
                    let isPlain = copy(base + block.lowerBound, to: shown, count: block.count)
                    if isPlain {
                        appendMatches(in: shown, count: block.count, at: block.lowerBound, to: &found)
                    } else {
                        appendMatches(in: base, block, shown, to: &found)
                    }
                }
            }
        }
        return found
    }

    /// Lines are looked at together up to so many bytes, as long as their cache holds them.
    private static let blockBytes = 32 << 10

    private static func forEachBlock(of bytes: UnsafeRawBufferPointer, _ body: (Range<Int>) -> Void) {
        guard let base = bytes.baseAddress else { return }
        var start = 0
        while start < bytes.count {
            var end = min(start + blockBytes, bytes.count)
            if end < bytes.count {
                if let newline = bytes[start..<end].lastIndex(of: 0x0A) {
                    end = newline + 1
                } else {
                    let newline = memchr(base + end, 0x0A, bytes.count - end).map { UnsafeRawPointer($0) - base }
                    end = newline.map { $0 + 1 } ?? bytes.count
                }
            }
            body(start..<end)
            start = end
        }
    }

    /// Copies bytes as they are compared.
    /// - Returns: whether a pane shows them as they are.
    private func copy(_ bytes: UnsafeRawPointer, to shown: UnsafeMutableRawPointer, count: Int) -> Bool {
        let from = bytes.assumingMemoryBound(to: UInt8.self)
        let into = shown.assumingMemoryBound(to: UInt8.self)
        let fold: UInt8 = needle.ignoresCase ? 0x20 : 0
        // A pane makes blanks of a tab, which only matters to a text that has some.
        let tab: UInt8 = hasBlank ? 0x0A : 0x09
        var special: UInt8 = 0
        for index in 0..<count {
            let byte = from[index]
            let isCapital = byte &- 0x41 < 26
            into[index] = isCapital ? byte | fold : byte
            let isControl = byte < 0x20 && byte != 0x0A && byte != tab
            special |= isControl || byte == 0x7F || byte == 0xC2 ? 1 : 0
        }
        return special == 0
    }

    private func appendMatches(in shown: UnsafeRawPointer, count: Int, at offset: Int, to found: inout [Int]) {
        var start = 0
        while start < count, let match = find(in: shown + start, count: count - start) {
            found.append(offset + start + match)
            guard let newline = memchr(shown + start + match, 0x0A, count - start - match) else { return }
            start = UnsafeRawPointer(newline) - shown + 1
        }
    }

    private func find(in shown: UnsafeRawPointer, count: Int) -> Int? {
        needle.bytes.withUnsafeBytes { needle in
            Memory.find(needle, in: UnsafeRawBufferPointer(start: shown, count: count))
        }
    }

    // MARK: Lines with control characters

    private func appendMatches(
        in base: UnsafeRawPointer,
        _ block: Range<Int>,
        _ shown: UnsafeMutableRawPointer,
        to found: inout [Int]
    ) {
        var start = block.lowerBound
        while start < block.upperBound {
            let newline = memchr(base + start, 0x0A, block.upperBound - start).map { UnsafeRawPointer($0) - base }
            let end = newline ?? block.upperBound
            let line = UnsafeRawBufferPointer(start: base + start, count: end - start)
            if let count = strip(line, into: shown) {
                if find(in: shown, count: count) != nil { found.append(start) }
            } else if isShown(in: line) {
                found.append(start)
            }
            start = end + 1
        }
    }

    /// Copies what a pane shows of a line, as it is compared.
    /// - Returns: how many bytes that are; nil where only a parser can tell.
    private func strip(_ line: UnsafeRawBufferPointer, into shown: UnsafeMutableRawPointer) -> Int? {
        var count = 0
        var index = 0
        while index < line.count {
            var byte = line[index]
            index += 1
            switch byte {
            case 0x1B:
                guard let end = Self.endOfColour(in: line, from: index) else { return nil }
                index = end
                continue
            case 0x0D:
                // The end of a line of another system; anything else overwrites.
                guard index == line.count else { return nil }
                continue
            case 0x08: return nil
            case 0x09: if hasBlank { return nil }
            case 0x00..<0x20, 0x7F: continue
            case 0xC2: guard index < line.count, (0xA0...0xBF).contains(line[index]) else { return nil }
            case 0x41...0x5A: if needle.ignoresCase { byte |= 0x20 }
            default: break
            }
            shown.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
            count += 1
        }
        return count
    }

    /// Where an escape sequence ends that only colours; nil for any other one.
    private static func endOfColour(in line: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start < line.count, line[start] == UInt8(ascii: "[") else { return nil }
        var index = start + 1
        while index < line.count, (0x20..<0x40).contains(line[index]) { index += 1 }
        return index < line.count && line[index] == UInt8(ascii: "m") ? index + 1 : nil
    }

    private func isShown(in line: UnsafeRawBufferPointer) -> Bool {
        var parser = SGRParser()
        return parser.parse(Array(line) + [0x0A]).contains { needle.isIn($0.text) }
    }
}
