/// Encodes values as one line of JSON: what `JSONEncoder` does, at a fraction of its cost, because it writes as it goes.
///
/// Members stand in the order in which they are encoded. Whole numbers, text, structures, enumerations; for a fraction, dates and data the
/// standard one is there.
package enum LineEncoder {
    /// The value as text without a line feed; `userInfo` is what its own coding may ask for, and what that throws comes out.
    package static func encode(_ value: some Encodable, userInfo: [CodingUserInfoKey: Any] = [:]) throws -> [UInt8] {
        let line = Line(userInfo: userInfo)
        try line.write(value)
        return line.text.bytes
    }
}

/// A value as the text that ``LineEncoder`` makes of it, which puts it into others as it is; no other encoder takes it.
package struct EncodedText: Encodable, Sendable {
    fileprivate let bytes: [UInt8]

    /// Encodes a value, as ``LineEncoder/encode(_:userInfo:)`` does.
    package init(_ value: some Encodable, userInfo: [CodingUserInfoKey: Any] = [:]) throws {
        bytes = try LineEncoder.encode(value, userInfo: userInfo)
    }

    package func encode(to encoder: any Encoder) throws { throw Unwritable() }
}

/// The text as far as it is written, and the objects and arrays that are open at its end, the outermost first.
///
/// One value, because each look at a variable of a class is guarded at run time, which would cost more than the look.
private struct Text {
    struct Bracket {
        var isArray: Bool
        var isEmpty = true
    }

    var bytes: [UInt8] = []
    private var open: [Bracket] = []

    var depth: Int { open.count }

    // MARK: Brackets

    /// Opens a bracket, or goes on within the one that the same value has opened already.
    mutating func begin(_ isArray: Bool, at depth: Int) {
        if self.depth > depth { return close(to: depth + 1) }
        bytes.append(isArray ? UInt8(ascii: "[") : UInt8(ascii: "{"))
        open.append(Bracket(isArray: isArray))
    }

    /// Closes what is open beyond that depth: nobody says that a container is complete, but that the one around it goes on.
    mutating func close(to depth: Int) {
        while self.depth > depth, let last = open.popLast() {
            bytes.append(last.isArray ? UInt8(ascii: "]") : UInt8(ascii: "}"))
        }
    }

    /// Begins the next element of the container at that depth.
    mutating func separate(at depth: Int) {
        close(to: depth)
        if !open[depth - 1].isEmpty { bytes.append(UInt8(ascii: ",")) }
        open[depth - 1].isEmpty = false
    }

    /// Begins the next member of the container at that depth.
    mutating func separate(at depth: Int, key: String) {
        separate(at: depth)
        append(key)
        bytes.append(UInt8(ascii: ":"))
    }

    // MARK: Values

    mutating func append(_ part: EncodedText) { bytes.append(contentsOf: part.bytes) }

    mutating func append(_ word: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    mutating func append(_ number: some BinaryInteger) { bytes.append(contentsOf: String(number).utf8) }

    mutating func append(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            if utf8.contains(where: Self.needsEscape) {
                for byte in utf8 { escape(byte) }
            } else {
                bytes.append(contentsOf: utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append(#"\""# as StaticString)
        case UInt8(ascii: "\\"): append(#"\\"# as StaticString)
        case UInt8(ascii: "\n"): append(#"\n"# as StaticString)
        case UInt8(ascii: "\r"): append(#"\r"# as StaticString)
        case UInt8(ascii: "\t"): append(#"\t"# as StaticString)
        case 0..<0x20:
            append(#"\u00"# as StaticString)
            bytes.append(Self.digits[Int(byte >> 4)])
            bytes.append(Self.digits[Int(byte & 0x0F)])
        default: bytes.append(byte)
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)
}

/// The text that all containers of a value write to.
private final class Line {
    let userInfo: [CodingUserInfoKey: Any]
    var text = Text()

    init(userInfo: [CodingUserInfoKey: Any]) { self.userInfo = userInfo }

    /// Writes a value with everything in it.
    func write<Part: Encodable>(_ value: Part) throws {
        if Part.self == String.self, let string = value as? String { return text.append(string) }
        if Part.self == EncodedText.self, let part = value as? EncodedText { return text.append(part) }
        let (start, depth) = (text.bytes.count, text.depth)
        try value.encode(to: Value(line: self, depth: depth))
        text.close(to: depth)
        // Whoever encodes nothing at all is an object without members.
        if text.bytes.count == start { text.append("{}" as StaticString) }
    }
}

/// What a value is encoded to; its own bracket, if it makes one, is the one beyond `depth`.
private struct Value: Encoder {
    let line: Line
    let depth: Int

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { line.userInfo }

    func container<Key>(keyedBy: Key.Type) -> KeyedEncodingContainer<Key> {
        line.text.begin(false, at: depth)
        return KeyedEncodingContainer(Members(line: line, depth: depth + 1))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        line.text.begin(true, at: depth)
        return Elements(line: line, depth: depth + 1)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(line: line) }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let line: Line
    let depth: Int

    var codingPath: [any CodingKey] { [] }

    // One method for all types: it stands for each of the protocol's that has none of its own.
    func encode(_ value: some Encodable, forKey key: Key) throws {
        line.text.separate(at: depth, key: key.stringValue)
        try line.write(value)
    }

    func encode(_ text: String, forKey key: Key) throws {
        line.text.separate(at: depth, key: key.stringValue)
        line.text.append(text)
    }

    func encode(_ number: Int, forKey key: Key) throws {
        line.text.separate(at: depth, key: key.stringValue)
        line.text.append(number)
    }

    func encodeNil(forKey key: Key) throws {
        line.text.separate(at: depth, key: key.stringValue)
        line.text.append("null" as StaticString)
    }

    func nestedContainer<Inner>(keyedBy: Inner.Type, forKey key: Key) -> KeyedEncodingContainer<Inner> {
        nested(key.stringValue).container(keyedBy: Inner.self)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        nested(key.stringValue).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { nested("super") }

    func superEncoder(forKey key: Key) -> any Encoder { nested(key.stringValue) }

    private func nested(_ key: String) -> Value {
        line.text.separate(at: depth, key: key)
        return Value(line: line, depth: depth)
    }
}

private struct Elements: UnkeyedEncodingContainer {
    let line: Line
    let depth: Int
    private(set) var count = 0

    init(line: Line, depth: Int) {
        self.line = line
        self.depth = depth
    }

    var codingPath: [any CodingKey] { [] }

    mutating func encode(_ value: some Encodable) throws {
        _ = next()
        try line.write(value)
    }

    mutating func encodeNil() throws {
        _ = next()
        line.text.append("null" as StaticString)
    }

    mutating func nestedContainer<Inner>(keyedBy: Inner.Type) -> KeyedEncodingContainer<Inner> {
        next().container(keyedBy: Inner.self)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { next().unkeyedContainer() }

    mutating func superEncoder() -> any Encoder { next() }

    private mutating func next() -> Value {
        line.text.separate(at: depth)
        count += 1
        return Value(line: line, depth: depth)
    }
}

private struct Single: SingleValueEncodingContainer {
    let line: Line

    var codingPath: [any CodingKey] { [] }

    func encode(_ value: some Encodable) throws { try line.write(value) }
    func encodeNil() throws { line.text.append("null" as StaticString) }
    func encode(_ string: String) throws { line.text.append(string) }
    func encode(_ flag: Bool) throws { line.text.append(flag ? "true" as StaticString : "false") }
    func encode(_ number: Int) throws { line.text.append(number) }
    func encode(_ number: Int8) throws { line.text.append(number) }
    func encode(_ number: Int16) throws { line.text.append(number) }
    func encode(_ number: Int32) throws { line.text.append(number) }
    func encode(_ number: Int64) throws { line.text.append(number) }
    func encode(_ number: UInt) throws { line.text.append(number) }
    func encode(_ number: UInt8) throws { line.text.append(number) }
    func encode(_ number: UInt16) throws { line.text.append(number) }
    func encode(_ number: UInt32) throws { line.text.append(number) }
    func encode(_ number: UInt64) throws { line.text.append(number) }
    func encode(_ number: Float) throws { throw Unwritable() }
    func encode(_ number: Double) throws { throw Unwritable() }
}

/// A fraction, or what is text already in another encoder.
private struct Unwritable: Error {}
