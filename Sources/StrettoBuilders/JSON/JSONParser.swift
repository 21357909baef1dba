/// Finds the values of a JSON text: strict in grammar, lenient in encoding, bounded in depth, length and number of values.
///
/// It makes nothing but a list of places, one for each key and value, so it goes through a text about as fast as memory
/// gives it: strings, which are nearly all of an agent's output, are passed sixteen bytes at a time.
struct JSONParser {
    static let depthMax = 128
    /// Keeps a line of nothing but brackets from growing a hundredfold in memory.
    static let valueCountMax = 1_000_000
    /// Places are held in 32 bits.
    static let bytesMax = 1 << 30

    private let bytes: UnsafeRawPointer
    private let count: Int
    private var place = 0
    private var nodes: [JSONText.Node] = []

    private init(_ bytes: UnsafeRawPointer, count: Int) {
        self.bytes = bytes
        self.count = count
        // Among short lines a place for every eight bytes is enough, and long ones are mostly text.
        nodes.reserveCapacity(min(count / 8, 1024) + 8)
    }

    /// The value that `bytes` hold, with white space and a byte order mark around it allowed.
    static func parse(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> JSON {
        // The closure cannot throw a type of its own, so it answers.
        let nodes: Result<[JSONText.Node], JSONError> = bytes.withUnsafeBytes { raw in
            guard let start = raw.baseAddress else {
                return .failure(JSONError(problem: .endOfInput, line: 1, column: 1))
            }
            var parser = JSONParser(start, count: raw.count)
            do throws(JSONError) {
                try parser.document()
            } catch {
                return .failure(error)
            }
            return .success(parser.nodes)
        }
        return JSON(JSONText(bytes: bytes, nodes: try nodes.get()))
    }

    /// The value that `bytes` hold.
    static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSON { try parse(bytes[...]) }

    private mutating func document() throws(JSONError) {
        guard count <= Self.bytesMax else { throw error(.tooLong) }
        if count >= 3, byte(0) == 0xEF, byte(1) == 0xBB, byte(2) == 0xBF { place = 3 }
        try value(depth: 0)
        skipSpace()
        guard place == count else { throw error(.trailingText) }
    }

    private mutating func value(depth: Int) throws(JSONError) {
        skipSpace()
        guard nodes.count < Self.valueCountMax else { throw error(.tooManyValues) }
        guard place < count else { throw error(.endOfInput) }
        switch byte(place) {
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "{"): try object(depth: depth + 1)
        case UInt8(ascii: "["): try array(depth: depth + 1)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        case UInt8(ascii: "t"): try literal("true", .bool)
        case UInt8(ascii: "f"): try literal("false", .bool)
        case UInt8(ascii: "n"): try literal("null", .null)
        default: throw error(.expectedValue)
        }
    }

    private mutating func object(depth: Int) throws(JSONError) {
        guard depth <= Self.depthMax else { throw error(.tooDeep) }
        let index = open(.object)
        skipSpace()
        if take(UInt8(ascii: "}")) { return close(index) }
        while true {
            skipSpace()
            guard place < count else { throw error(.endOfInput) }
            guard byte(place) == UInt8(ascii: "\"") else { throw error(.expectedKey) }
            try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error(place < count ? .expectedColon : .endOfInput) }
            try value(depth: depth)
            if try closes(with: UInt8(ascii: "}")) { return close(index) }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) {
        guard depth <= Self.depthMax else { throw error(.tooDeep) }
        let index = open(.array)
        skipSpace()
        if take(UInt8(ascii: "]")) { return close(index) }
        while true {
            try value(depth: depth)
            if try closes(with: UInt8(ascii: "]")) { return close(index) }
        }
    }

    /// Passes an opening bracket.
    private mutating func open(_ kind: JSON.Kind) -> Int {
        place += 1
        append(kind, from: place, to: place)
        return nodes.count - 1
    }

    private mutating func close(_ index: Int) { nodes[index].next = UInt32(truncatingIfNeeded: nodes.count) }

    /// Whether the bracket comes now; otherwise a comma was there and is passed.
    @inline(__always) private mutating func closes(with bracket: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        if take(bracket) { return true }
        guard take(UInt8(ascii: ",")) else { throw error(place < count ? .expectedSeparator : .endOfInput) }
        return false
    }

    private mutating func append(_ kind: JSON.Kind, from start: Int, to end: Int, hasEscape: Bool = false) {
        nodes.append(
            JSONText.Node(
                start: UInt32(truncatingIfNeeded: start),
                end: UInt32(truncatingIfNeeded: end),
                next: UInt32(truncatingIfNeeded: nodes.count + 1),
                kind: kind,
                hasEscape: hasEscape
            )
        )
    }

    private mutating func literal(_ word: StaticString, _ kind: JSON.Kind) throws(JSONError) {
        let start = place
        let isWord = word.withUTF8Buffer { word in
            count - start >= word.count && word.indices.allSatisfy { word[$0] == byte(start + $0) }
        }
        guard isWord else { throw error(.badLiteral) }
        place += word.utf8CodeUnitCount
        append(kind, from: start, to: place)
    }

    private mutating func number() throws(JSONError) {
        let start = place
        _ = take(UInt8(ascii: "-"))
        let first = place
        guard skipDigits() > 0 else { throw error(.badNumber) }
        // 01 is no JSON number.
        if byte(first) == UInt8(ascii: "0"), place > first + 1 { throw error(.badNumber) }
        // Eighteen digits fit into an integer; whether more do is seen later.
        var isWhole = place - first <= 18
        var hasExponent = false
        if !isWhole { isWhole = Int(text(from: start)) != nil }
        if take(UInt8(ascii: ".")) {
            isWhole = false
            guard skipDigits() > 0 else { throw error(.badNumber) }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            hasExponent = true
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() > 0 else { throw error(.badNumber) }
        }
        if hasExponent || place - first > 300 {
            guard Double(text(from: start))?.isFinite == true else { throw error(.badNumber) }
        }
        append(isWhole ? .integer : .number, from: start, to: place)
    }

    private func text(from start: Int) -> String {
        String(decoding: UnsafeRawBufferPointer(start: bytes + start, count: place - start), as: UTF8.self)
    }

    private mutating func skipDigits() -> Int {
        let start = place
        while place < count, byte(place) &- UInt8(ascii: "0") < 10 { place += 1 }
        return place - start
    }

    // MARK: Strings

    /// Passes a string, the opening quote included.
    private mutating func string() throws(JSONError) {
        place += 1
        let start = place
        var hasEscape = false
        while true {
            skipPlain()
            guard place < count else { throw error(.endOfInput) }
            switch byte(place) {
            case UInt8(ascii: "\""):
                append(.string, from: start, to: place, hasEscape: hasEscape)
                place += 1
                return
            case UInt8(ascii: "\\"):
                hasEscape = true
                try skipEscape()
            case 0..<0x20:
                throw error(.controlInString)
            default:
                place += 1
            }
        }
    }

    /// Passes bytes that are neither quote, backslash nor control, sixteen at a time; stops at one of those, or near the end.
    @inline(__always) private mutating func skipPlain() {
        // Two words in one step: most strings end within, and a step more or less is what the processor guesses wrong.
        while place + 16 <= count {
            let (low, high) = (Self.marks(in: word(place)), Self.marks(in: word(place + 8)))
            if low | high != 0 {
                place += (low != 0 ? low.trailingZeroBitCount : 64 + high.trailingZeroBitCount) >> 3
                return
            }
            place += 16
        }
    }

    @inline(__always) private func word(_ place: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }

    /// Has the top bit set of the first byte that is a quote, a backslash or below 0x20; 0 where none is.
    ///
    /// Above that byte some may be set in error, because a borrow went through.
    @inline(__always) private static func marks(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let found =
            ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- ones &* 0x20) & ~word)
        return found & 0x8080_8080_8080_8080
    }

    private mutating func skipEscape() throws(JSONError) {
        place += 1
        guard place < count else { throw error(.endOfInput) }
        place += 1
        switch byte(place - 1) {
        case UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "r"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return
        case UInt8(ascii: "u"):
            for _ in 0..<4 {
                guard place < count else { throw error(.endOfInput) }
                guard Self.isHexadecimal(byte(place)) else { throw error(.badEscape) }
                place += 1
            }
        default:
            throw error(.badEscape)
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 6
    }

    // MARK: Bytes

    /// The byte at a place before ``count``.
    @inline(__always) private func byte(_ place: Int) -> UInt8 {
        assert(place < count)
        return bytes.load(fromByteOffset: place, as: UInt8.self)
    }

    @inline(__always) private mutating func take(_ wanted: UInt8) -> Bool {
        guard place < count, byte(place) == wanted else { return false }
        place += 1
        return true
    }

    @inline(__always) private mutating func skipSpace() {
        while place < count, byte(place) <= 0x20, Self.isSpace(byte(place)) { place += 1 }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    private func error(_ problem: JSONError.Problem) -> JSONError {
        let before = UnsafeRawBufferPointer(start: bytes, count: place)
        let line = 1 + before.count(where: { $0 == 0x0A })
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return JSONError(problem: problem, line: line, column: 1 + before.endIndex - lineStart)
    }
}
