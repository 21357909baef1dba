/// A JSON document as a flat list of its values in the order in which they begin: read once, then walked without searching bytes.
///
/// It takes what Stretto's own encoders make: whole numbers, no white space. Anything else is refused, never guessed.
final class JSONTape {
    enum Kind { case object, array, plainString, escapedString, number, yes, no, null }

    /// One value; of an object the members follow, name and value in turn, of an array its elements.
    ///
    /// In 16 bytes: a long document has more of them than its text takes.
    struct Token {
        var kind: Kind
        private var first: UInt32
        private var behind: UInt32
        private var following: UInt32 = 0

        init(kind: Kind, at place: Int) {
            self.kind = kind
            first = UInt32(truncatingIfNeeded: place)
            behind = first
        }

        /// The first byte, of a string the one after its quotation mark.
        var start: Int { Int(first) }
        /// The byte after the last one, of a string its closing quotation mark.
        var end: Int { Int(behind) }
        /// The token after this value and everything in it.
        var next: Int { Int(following) }

        fileprivate mutating func close(end: Int, next: Int) {
            behind = UInt32(truncatingIfNeeded: end)
            following = UInt32(truncatingIfNeeded: next)
        }
    }

    struct Malformed: Error {}

    // Constants: a variable of a class is guarded at every look, which would cost more than the look.
    let bytes: [UInt8]
    /// The first one is the whole document.
    let tokens: [Token]

    /// Reads a document.
    init(_ document: [UInt8]) throws {
        guard document.count <= UInt32.max else { throw Malformed() }
        var scanner = JSONScanner(document)
        try scanner.readDocument()
        bytes = document
        tokens = scanner.tokens
    }
}

/// Goes through a document once and notes its values.
private struct JSONScanner {
    /// How deep values may lie in each other; nothing of Stretto's comes near.
    private static let depthMax = 64

    private let bytes: [UInt8]
    private(set) var tokens: [JSONTape.Token] = []
    private var position = 0

    init(_ document: [UInt8]) {
        bytes = document
        // About what an event has: one value in eight bytes.
        tokens.reserveCapacity(document.count / 8 + 4)
    }

    mutating func readDocument() throws {
        try readValue(depth: 0)
        guard position == bytes.count else { throw JSONTape.Malformed() }
    }

    private mutating func readValue(depth: Int) throws {
        guard depth < Self.depthMax, let first = peek() else { throw JSONTape.Malformed() }
        switch first {
        case UInt8(ascii: "{"): try readMembers(of: .object, until: UInt8(ascii: "}"), depth: depth)
        case UInt8(ascii: "["): try readMembers(of: .array, until: UInt8(ascii: "]"), depth: depth)
        case UInt8(ascii: "\""): try readString()
        case UInt8(ascii: "t"): try readWord("true", .yes)
        case UInt8(ascii: "f"): try readWord("false", .no)
        case UInt8(ascii: "n"): try readWord("null", .null)
        default: try readNumber()
        }
    }

    private mutating func readMembers(of kind: JSONTape.Kind, until end: UInt8, depth: Int) throws {
        let place = open(kind)
        position += 1
        if peek() == end {
            position += 1
            return close(place, end: position)
        }
        while true {
            if kind == .object {
                guard peek() == UInt8(ascii: "\"") else { throw JSONTape.Malformed() }
                try readString()
                try skip(UInt8(ascii: ":"))
            }
            try readValue(depth: depth + 1)
            if peek() == end { break }
            try skip(UInt8(ascii: ","))
        }
        position += 1
        close(place, end: position)
    }

    private mutating func readString() throws {
        position += 1
        let place = open(.plainString)
        while let byte = peek(), byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\\") {
                tokens[place].kind = .escapedString
                position += 1
            }
            position += 1
        }
        close(place, end: position)
        try skip(UInt8(ascii: "\""))
    }

    private mutating func readNumber() throws {
        let place = open(.number)
        while let byte = peek(), isPartOfNumber(byte) { position += 1 }
        guard position > tokens[place].start else { throw JSONTape.Malformed() }
        close(place, end: position)
    }

    private func isPartOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }

    private mutating func readWord(_ word: StaticString, _ kind: JSONTape.Kind) throws {
        let place = open(kind)
        for byte in word.description.utf8 { try skip(byte) }
        close(place, end: position)
    }

    private mutating func open(_ kind: JSONTape.Kind) -> Int {
        tokens.append(JSONTape.Token(kind: kind, at: position))
        return tokens.count - 1
    }

    private mutating func close(_ place: Int, end: Int) {
        tokens[place].close(end: end, next: tokens.count)
    }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skip(_ byte: UInt8) throws {
        guard peek() == byte else { throw JSONTape.Malformed() }
        position += 1
    }
}

/// What the values of a tape mean.
extension JSONTape {
    func text(of token: Token) throws -> String {
        switch token.kind {
        case .plainString: return String(decoding: bytes[token.start..<token.end], as: UTF8.self)
        case .escapedString: return try unescaped(token)
        default: throw Malformed()
        }
    }

    func flag(of token: Token) throws -> Bool {
        switch token.kind {
        case .yes: return true
        case .no: return false
        default: throw Malformed()
        }
    }

    func integer<Number: FixedWidthInteger>(of token: Token) throws -> Number {
        guard token.kind == .number else { throw Malformed() }
        var position = token.start
        let isNegative = bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        guard position < token.end else { throw Malformed() }
        var number: Number = 0
        while position < token.end {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { throw Malformed() }
            let (shifted, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isOver) =
                isNegative
                ? shifted.subtractingReportingOverflow(Number(digit)) : shifted.addingReportingOverflow(Number(digit))
            guard !isTooLarge, !isOver else { throw Malformed() }
            number = sum
            position += 1
        }
        return number
    }

    /// The place of an object's first member of that name; nil where it has none.
    func member(named name: String, ofObjectAt place: Int) -> Int? {
        let utf8 = name.utf8Span.span
        let (tokens, bytes) = (tokens, bytes)
        let end = tokens[place].next
        var here = place + 1
        while here < end {
            let token = tokens[here]
            if token.kind == .plainString, token.end - token.start == utf8.count {
                var offset = 0
                while offset < utf8.count, utf8[offset] == bytes[token.start + offset] { offset += 1 }
                if offset == utf8.count { return here + 1 }
            } else if token.kind == .escapedString, (try? text(of: token)) == name {
                return here + 1
            }
            here = tokens[here + 1].next
        }
        return nil
    }

    private func unescaped(_ token: Token) throws -> String {
        var units: [UInt8] = []
        units.reserveCapacity(token.end - token.start)
        var position = token.start
        while position < token.end {
            let byte = bytes[position]
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                units.append(byte)
                continue
            }
            guard position < token.end else { throw Malformed() }
            let letter = bytes[position]
            position += 1
            switch letter {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(letter)
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "u"): units += try scalar(at: &position, before: token.end)
            default: throw Malformed()
            }
        }
        return String(decoding: units, as: UTF8.self)
    }

    /// The four digits after `\u`; `JSONEncoder` writes them for control characters only, so a half of a pair is refused.
    private func scalar(at position: inout Int, before end: Int) throws -> [UInt8] {
        guard position + 4 <= end else { throw Malformed() }
        let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
        position += 4
        guard let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) else { throw Malformed() }
        return Array(String(scalar).utf8)
    }
}
