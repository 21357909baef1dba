/// Reads one JSON value from bytes: strict in grammar, lenient in encoding, bounded in depth and number of values.
///
/// Broken UTF-8 and lone surrogates become U+FFFD. Nothing here recurses deeper than ``depthMax``.
struct JSONParser {
    static let depthMax = 128
    /// Keeps a line of nothing but brackets from growing a hundredfold in memory.
    static let valueCountMax = 1_000_000

    private let bytes: ArraySlice<UInt8>
    private var place: Int
    private var valueCount = 0

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        place = bytes.startIndex
    }

    /// The value that `bytes` hold, with white space and a byte order mark around it allowed.
    static func parse(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> JSON {
        var parser = JSONParser(bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { parser.place += 3 }
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.place == bytes.endIndex else { throw parser.error(.trailingText) }
        return value
    }

    /// The value that `bytes` hold.
    static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSON { try parse(bytes[...]) }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        skipSpace()
        valueCount += 1
        guard valueCount <= Self.valueCountMax else { throw error(.tooManyValues) }
        guard let byte = peek() else { throw error(.endOfInput) }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: throw error(.expectedValue)
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSON {
        guard depth <= Self.depthMax else { throw error(.tooDeep) }
        place += 1
        var members: [JSON.Member] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard let byte = peek() else { throw error(.endOfInput) }
            guard byte == UInt8(ascii: "\"") else { throw error(.expectedKey) }
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error(peek() == nil ? .endOfInput : .expectedColon) }
            members.append(JSON.Member(key: key, value: try value(depth: depth)))
            if try closes(with: UInt8(ascii: "}")) { return .object(members) }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        guard depth <= Self.depthMax else { throw error(.tooDeep) }
        place += 1
        var elements: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth))
            if try closes(with: UInt8(ascii: "]")) { return .array(elements) }
        }
    }

    /// Whether the bracket comes now; otherwise a comma was there and is passed.
    private mutating func closes(with bracket: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        if take(bracket) { return true }
        guard take(UInt8(ascii: ",")) else { throw error(peek() == nil ? .endOfInput : .expectedSeparator) }
        return false
    }

    private mutating func literal(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let count = word.utf8CodeUnitCount
        let text = bytes[place...].prefix(count)
        guard String(decoding: text, as: UTF8.self) == word.description else { throw error(.badLiteral) }
        place += count
        return value
    }

    private mutating func number() throws(JSONError) -> JSON {
        let start = place
        var isWhole = true
        _ = take(UInt8(ascii: "-"))
        let first = place
        guard skipDigits() > 0 else { throw error(.badNumber) }
        // 01 is no JSON number.
        if bytes[first] == UInt8(ascii: "0"), place > first + 1 { throw error(.badNumber) }
        if take(UInt8(ascii: ".")) {
            isWhole = false
            guard skipDigits() > 0 else { throw error(.badNumber) }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() > 0 else { throw error(.badNumber) }
        }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        if isWhole, let value = Int(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw error(.badNumber) }
        return .number(value)
    }

    private mutating func skipDigits() -> Int {
        let start = place
        while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { place += 1 }
        return place - start
    }

    private mutating func string() throws(JSONError) -> String {
        place += 1
        var plainStart = place
        var decoded: [UInt8] = []
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                let rest = bytes[plainStart..<place]
                place += 1
                if decoded.isEmpty { return String(decoding: rest, as: UTF8.self) }
                decoded += rest
                return String(decoding: decoded, as: UTF8.self)
            case UInt8(ascii: "\\"):
                decoded += bytes[plainStart..<place]
                try escape(into: &decoded)
                plainStart = place
            case 0..<0x20:
                throw error(.controlInString)
            default:
                place += 1
            }
        }
        throw error(.endOfInput)
    }

    private mutating func escape(into decoded: inout [UInt8]) throws(JSONError) {
        place += 1
        guard let byte = peek() else { throw error(.endOfInput) }
        place += 1
        switch byte {
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
        case UInt8(ascii: "u"): decoded += Array(String(try unicodeEscape()).utf8)
        default: throw error(.badEscape)
        }
    }

    /// The scalar after `\u`, a following low surrogate included.
    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let unit = try hexUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let mark = place
        guard unit < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            place = mark
            return "\u{FFFD}"
        }
        let low = try hexUnit()
        guard (0xDC00..<0xE000).contains(low) else {
            place = mark
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func hexUnit() throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek() else { throw error(.endOfInput) }
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw error(.badEscape)
            }
            unit = unit << 4 | UInt32(digit)
            place += 1
        }
        return unit
    }

    private func peek() -> UInt8? { place < bytes.endIndex ? bytes[place] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        place += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
    }

    private func error(_ problem: JSONError.Problem) -> JSONError {
        let before = bytes[bytes.startIndex..<min(place, bytes.endIndex)]
        let line = 1 + before.count(where: { $0 == 0x0A })
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? bytes.startIndex
        return JSONError(problem: problem, line: line, column: 1 + before.endIndex - lineStart)
    }
}
