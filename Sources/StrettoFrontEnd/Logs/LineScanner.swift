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
    /// Chosen by the first bytes that are looked through, and kept: the same bytes have the same matches again.
    private var rare: RareByte?
    private var hasChosen = false
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
        if !hasChosen, !bytes.isEmpty { (rare, hasChosen) = (RareByte(of: needle, in: bytes), true) }
        if shown.count < bytes.count { shown = [UInt8](repeating: 0, count: bytes.count) }
        var found: [Int] = []
        bytes.withUnsafeBytes { all in
            shown.withUnsafeMutableBytes { shown in
                guard let base = all.baseAddress, let shown = shown.baseAddress else { return }
                forEachBlock(of: all) { block in
                    if copy(base + block.lowerBound, to: shown, count: block.count) {
                        appendMatches(in: shown, count: block.count, at: block.lowerBound, to: &found)
                    } else {
                        appendMatches(in: base, block, shown, to: &found)
                    }
                }
            }
        }
        return found
    }

    /// Lines are looked at together from so many bytes, where few of them can match, up to so many, as long as their cache holds them.
    private static let blockBytes = 1 << 10...32 << 10

    /// Goes through all lines that can have the text, and some others.
    private func forEachBlock(of bytes: UnsafeRawBufferPointer, _ body: (Range<Int>) -> Void) {
        guard let base = bytes.baseAddress else { return }
        var places = RareByte.Places(of: rare, in: bytes)
        var size = Self.blockBytes.lowerBound
        var done = 0
        while let place = places.first(from: done) {
            let start = bytes[done..<place].lastIndex(of: 0x0A).map { $0 + 1 } ?? done
            size = start - done < size ? min(2 * size, Self.blockBytes.upperBound) : Self.blockBytes.lowerBound
            var end = min(start + size, bytes.count)
            if end < bytes.count {
                end =
                    bytes[start..<end].lastIndex(of: 0x0A).map { $0 + 1 }
                    ?? memchr(base + end, 0x0A, bytes.count - end).map { UnsafeRawPointer($0) - base + 1 }
                    ?? bytes.count
            }
            body(start..<end)
            done = end
        }
    }

    /// Copies text as it is compared.
    /// - Returns: whether a pane shows it as it is; where not, maybe nothing was copied.
    private func copy(_ text: UnsafeRawPointer, to shown: UnsafeMutableRawPointer, count: Int) -> Bool {
        guard memchr(text, 0x1B, count) == nil else { return false }
        memcpy(shown, text, count)
        return fold(shown, count: count)
    }

    /// Makes text what it is compared as.
    /// - Returns: whether a pane shows it as it is.
    private func fold(_ text: UnsafeMutableRawPointer, count: Int) -> Bool {
        let bytes = text.assumingMemoryBound(to: UInt8.self)
        let fold: UInt8 = needle.ignoresCase ? 0x20 : 0
        // A pane makes blanks of a tab, which only matters to a text that has some.
        let tab: UInt8 = hasBlank ? 0x0A : 0x09
        // Without a branch or a short cut, so that the compiler takes sixteen bytes at a time: eight times as fast.
        var special: UInt8 = 0
        for index in 0..<count {
            let byte = bytes[index]
            bytes[index] = byte | (byte &- 0x41 < 26 ? fold : 0)
            let isControl: UInt8 = byte < 0x20 ? 1 : 0
            let isLineFeed: UInt8 = byte == 0x0A ? 1 : 0
            let isTab: UInt8 = byte == tab ? 1 : 0
            let isDelete: UInt8 = byte == 0x7F ? 1 : 0
            let isLead: UInt8 = byte == 0xC2 ? 1 : 0
            special |= isControl & ~(isLineFeed | isTab) | isDelete | isLead
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
        guard let count = strip(UnsafeRawBufferPointer(start: base + block.lowerBound, count: block.count), into: shown)
        else { return appendMatchesByLine(in: base, block, shown, to: &found) }
        var start = 0
        // Line feeds stay, so line by line what is shown goes with what is there.
        var lineStart = block.lowerBound
        while start < count, let match = find(in: shown + start, count: count - start) {
            let place = start + match
            while let next = Self.nextLine(in: shown, from: start, to: place) {
                start = next
                lineStart = Self.nextLine(in: base, from: lineStart, to: block.upperBound) ?? block.upperBound
            }
            found.append(lineStart)
            guard let next = Self.nextLine(in: shown, from: start, to: count) else { return }
            start = next
            lineStart = Self.nextLine(in: base, from: lineStart, to: block.upperBound) ?? block.upperBound
        }
    }

    /// The same where only a parser can tell what some of the lines show.
    private func appendMatchesByLine(
        in base: UnsafeRawPointer,
        _ block: Range<Int>,
        _ shown: UnsafeMutableRawPointer,
        to found: inout [Int]
    ) {
        var start = block.lowerBound
        while start < block.upperBound {
            let next = Self.nextLine(in: base, from: start, to: block.upperBound)
            let end = next.map { $0 - 1 } ?? block.upperBound
            let line = UnsafeRawBufferPointer(start: base + start, count: end - start)
            if let count = strip(line, into: shown) {
                if find(in: shown, count: count) != nil { found.append(start) }
            } else if isShown(in: line) {
                found.append(start)
            }
            start = end + 1
        }
    }

    /// The place after the next line feed; nil where there is none.
    private static func nextLine(in base: UnsafeRawPointer, from start: Int, to end: Int) -> Int? {
        memchr(base + start, 0x0A, end - start).map { UnsafeRawPointer($0) - base + 1 }
    }

    /// Copies what a pane shows of lines, as it is compared, with their line feeds.
    /// - Returns: how many bytes that are; nil where only a parser can tell.
    private func strip(_ lines: UnsafeRawBufferPointer, into shown: UnsafeMutableRawPointer) -> Int? {
        guard let base = lines.baseAddress else { return 0 }
        var count = 0
        var index = 0
        while let escape = memchr(base + index, 0x1B, lines.count - index).map({ UnsafeRawPointer($0) - base }) {
            memcpy(shown + count, base + index, escape - index)
            count += escape - index
            // The lead of a letter or a control that never ends.
            guard escape == 0 || lines[escape - 1] != 0xC2 else { return nil }
            guard let colourEnd = Self.endOfColour(in: lines, from: escape + 1) else { return nil }
            index = colourEnd
        }
        memcpy(shown + count, base + index, lines.count - index)
        count += lines.count - index
        return fold(shown, count: count) ? count : stripControls(in: shown, count: count)
    }

    /// Takes out what is not shown of text without escape sequences, byte by byte.
    /// - Returns: how many bytes are left; nil where only a parser can tell.
    private func stripControls(in text: UnsafeMutableRawPointer, count: Int) -> Int? {
        let bytes = text.assumingMemoryBound(to: UInt8.self)
        var kept = 0
        for index in 0..<count {
            let isLast = index + 1 == count
            switch bytes[index] {
            case 0x08: return nil
            // The end of a line of another system; anything else overwrites.
            case 0x0D:
                guard isLast || bytes[index + 1] == 0x0A else { return nil }
                continue
            case 0x0A: break
            case 0x09: if hasBlank { return nil }
            case 0x00..<0x20, 0x7F: continue
            // The lead of a letter, or of a control.
            case 0xC2: guard !isLast, (0xA0...0xBF).contains(bytes[index + 1]) else { return nil }
            default: break
            }
            bytes[kept] = bytes[index]
            kept += 1
        }
        return kept
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
