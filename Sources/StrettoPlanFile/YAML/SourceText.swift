/// The bytes of a file with what is needed to speak about places in them, and with the problems that bytes can have.
struct SourceText: Sendable {
    let bytes: [UInt8]
    /// Where the text begins: behind the byte-order mark, if there is one.
    let start: Int
    /// Problems with the bytes and lines themselves: encoding, control characters, conflict markers.
    private(set) var problems: [PlanProblem] = []

    /// The offset of each line's first byte.
    private let lineStarts: [Int]
    /// The offset of each 256th code point; empty for ASCII, where offsets and code points are one.
    private let checkpoints: [Int]

    private static let codePointsPerCheckpoint = 256
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        start = bytes.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0
        lineStarts = Self.lineStarts(of: bytes, from: start)
        checkpoints = Self.checkpoints(of: bytes, from: start)
        findEncodingProblems()
        if !problems.contains(where: { $0.severity == .error }) { findConflictMarkers() }
    }

    /// The number of lines; a last line without a line end counts.
    var lineCount: Int { lineStarts.count }

    /// The place of a byte; an offset inside a character means that character, one past the end the end of the file.
    func position(ofByte offset: Int) -> Position {
        let offset = min(max(offset, start), bytes.count)
        let line = Self.lastIndex(in: lineStarts, notAbove: offset)
        return Position(line: line + 1, column: codePoint(ofByte: offset) - codePoint(ofByte: lineStarts[line]) + 1)
    }

    /// The offset of the byte where a code point begins, counted as libyaml counts: from 0, without a byte-order mark.
    func byteOffset(ofCodePoint index: Int) -> Int {
        guard !checkpoints.isEmpty else { return min(start + index, bytes.count) }
        let checkpoint = index / Self.codePointsPerCheckpoint
        guard checkpoint < checkpoints.count else { return bytes.count }
        var offset = checkpoints[checkpoint]
        for _ in 0..<(index % Self.codePointsPerCheckpoint) where offset < bytes.count {
            offset += 1
            while offset < bytes.count, Self.isContinuation(bytes[offset]) { offset += 1 }
        }
        return offset
    }

    /// The bytes of a line, counted from 0, without its line end.
    func line(_ index: Int) -> ArraySlice<UInt8> {
        let lower = lineStarts[index]
        var upper = index + 1 < lineStarts.count ? lineStarts[index + 1] : bytes.count
        while upper > lower, bytes[upper - 1] == Self.lineFeed || bytes[upper - 1] == Self.carriageReturn { upper -= 1 }
        return bytes[lower..<upper]
    }

    private func codePoint(ofByte offset: Int) -> Int {
        guard !checkpoints.isEmpty else { return offset - start }
        let checkpoint = Self.lastIndex(in: checkpoints, notAbove: offset)
        let lead = bytes[checkpoints[checkpoint]..<offset].count { !Self.isContinuation($0) }
        return checkpoint * Self.codePointsPerCheckpoint + lead
    }

    // MARK: Tables

    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    private static func lineStarts(of bytes: [UInt8], from start: Int) -> [Int] {
        var starts = [start]
        for index in start..<bytes.count {
            let byte = bytes[index]
            guard byte == lineFeed || byte == carriageReturn else { continue }
            // CR LF is one line end: the LF makes it.
            if byte == carriageReturn, index + 1 < bytes.count, bytes[index + 1] == lineFeed { continue }
            if index + 1 < bytes.count { starts.append(index + 1) }
        }
        return starts
    }

    private static func checkpoints(of bytes: [UInt8], from start: Int) -> [Int] {
        guard bytes[start...].contains(where: { $0 >= 0x80 }) else { return [] }
        var offsets: [Int] = []
        var codePoints = 0
        for index in start..<bytes.count where !isContinuation(bytes[index]) {
            if codePoints % codePointsPerCheckpoint == 0 { offsets.append(index) }
            codePoints += 1
        }
        // A broken file may begin with continuation bytes, or hold nothing else; counting begins before them.
        return [start] + offsets.dropFirst()
    }

    /// The index of the last value that is at most `limit`; 0 where there is none.
    ///
    /// `values` ascend.
    private static func lastIndex(in values: [Int], notAbove limit: Int) -> Int {
        var lower = 0
        var upper = values.count
        while upper - lower > 1 {
            let middle = (lower + upper) / 2
            if values[middle] <= limit { lower = middle } else { upper = middle }
        }
        return lower
    }

    // MARK: Encoding

    private mutating func findEncodingProblems() {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            problems.append(PlanProblem(.error, at: .start, "this is UTF-16 text", fix: "save the file as UTF-8"))
            return
        }
        if start > 0 {
            problems.append(
                PlanProblem(
                    .warning,
                    at: .start,
                    "the file begins with a byte-order mark",
                    fix: "save it as plain UTF-8"
                )
            )
        }
        var firstControl: (offset: Int, scalar: UInt32)?
        var controlCount = 0
        var index = start
        while index < bytes.count {
            guard let (scalar, length) = decode(at: index) else {
                let byte = String(bytes[index], radix: 16, uppercase: true)
                let place = position(ofByte: index)
                problems.append(
                    PlanProblem(
                        .error,
                        at: place,
                        "the byte 0x\(byte) is not UTF-8 text",
                        fix: "save the file as UTF-8"
                    )
                )
                return
            }
            if Self.isForbidden(scalar) {
                firstControl = firstControl ?? (index, scalar)
                controlCount += 1
            }
            index += length
        }
        guard let (offset, scalar) = firstControl else { return }
        let digits = String(scalar, radix: 16, uppercase: true)
        let name = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        let more = controlCount == 1 ? "" : ", the first of \(controlCount),"
        let message = "the control character \(name)\(more) may not stand in a plan"
        problems.append(
            PlanProblem(
                .error,
                at: position(ofByte: offset),
                message,
                fix: "delete it, or write it as an escape in double quotes"
            )
        )
    }

    /// Everything that YAML forbids in a file, besides surrogates, which UTF-8 cannot hold.
    private static func isForbidden(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x09, 0x0A, 0x0D, 0x85: false
        case 0..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF: true
        default: false
        }
    }

    /// The scalar that begins at `index` and its length in bytes; nil where no well-formed UTF-8 sequence begins.
    private func decode(at index: Int) -> (scalar: UInt32, length: Int)? {
        let first = bytes[index]
        let (length, second): (Int, ClosedRange<UInt8>)
        switch first {
        case 0x00...0x7F: return (UInt32(first), 1)
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        default: return nil
        }
        guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return nil }
        var scalar = UInt32(first) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            guard Self.isContinuation(bytes[index + offset]) else { return nil }
            scalar = scalar << 6 | UInt32(bytes[index + offset] & 0x3F)
        }
        return (scalar, length)
    }

    // MARK: Conflict markers

    /// One error for each conflict that a merge left in the file.
    ///
    /// Git writes its markers at the very beginning of a line, where no value of a plan can have content of its own.
    private mutating func findConflictMarkers() {
        var opened: Int?
        for index in 0..<lineCount {
            switch Self.marker(in: line(index)) {
            case UInt8(ascii: "<"):
                if let opened { reportConflict(from: opened, to: nil) }
                opened = index
            case UInt8(ascii: ">"):
                reportConflict(from: opened ?? index, to: opened == nil ? nil : index)
                opened = nil
            default:
                continue
            }
        }
        if let opened { reportConflict(from: opened, to: nil) }
    }

    private mutating func reportConflict(from first: Int, to last: Int?) {
        let lines = last.map { "lines \(first + 1) to \($0 + 1)" } ?? "line \(first + 1)"
        problems.append(
            PlanProblem(
                .error,
                at: Position(line: first + 1, column: 1),
                "a merge conflict was left in the file (\(lines))",
                fix: "keep one side and delete the lines that begin with '<<<<<<<', '=======' and '>>>>>>>'"
            )
        )
    }

    /// The character of which a line begins with exactly seven, then a blank or nothing.
    private static func marker(in line: ArraySlice<UInt8>) -> UInt8? {
        let width = 7
        guard let first = line.first, first == UInt8(ascii: "<") || first == UInt8(ascii: ">"),
            line.prefix(width).count == width, line.prefix(width).allSatisfy({ $0 == first })
        else { return nil }
        let rest = line.dropFirst(width)
        return rest.isEmpty || rest.first == UInt8(ascii: " ") ? first : nil
    }
}
