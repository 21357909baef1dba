/// Decodes what Stretto's own encoders wrote: what `JSONDecoder` does, at a fifth of its cost.
///
/// Whole numbers, text, structures, enumerations. No user info, no coding paths.
package enum LineDecoder {
    /// The value of one document; throws where it is none of ours, white space between its values included: then `JSONDecoder` may know better.
    package static func decode<Value: Decodable>(_: Value.Type, from document: [UInt8]) throws -> Value {
        try TapeDecoder(tape: JSONTape(document), place: 0).value()
    }
}

/// Decodes a value from its place on a ``JSONTape``.
private struct TapeDecoder: Decoder {
    let tape: JSONTape
    let place: Int

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key>(keyedBy: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard token.kind == .object else { throw JSONTape.Malformed() }
        return KeyedDecodingContainer(Members(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard token.kind == .array else { throw JSONTape.Malformed() }
        return Elements(decoder: self)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(decoder: self) }

    fileprivate var token: JSONTape.Token { tape.tokens[place] }
    fileprivate var isNull: Bool { token.kind == .null }

    fileprivate func text() throws -> String { try tape.text(of: token) }
    fileprivate func integer<Number: FixedWidthInteger>() throws -> Number { try tape.integer(of: token) }
    fileprivate func flag() throws -> Bool { try tape.flag(of: token) }

    fileprivate func at(_ place: Int) -> TapeDecoder { TapeDecoder(tape: tape, place: place) }

    /// The value itself where it is simple, else what its type makes of this decoder.
    fileprivate func value<Value: Decodable>() throws -> Value {
        // A cast that is looked up at run time would take longer than reading the value.
        if Value.self == String.self { return unsafeBitCast(try text(), to: Value.self) }
        if Value.self == Int.self { return unsafeBitCast(try integer() as Int, to: Value.self) }
        return try Value(from: self)
    }
}

/// An object's members.
private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: TapeDecoder

    var codingPath: [any CodingKey] { [] }

    var allKeys: [Key] {
        var keys: [Key] = []
        forEachName { name, _ in
            if let key = (try? decoder.tape.text(of: name)).flatMap(Key.init(stringValue:)) { keys.append(key) }
            return true
        }
        return keys
    }

    func contains(_ key: Key) -> Bool { place(of: key) != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try member(key).isNull }

    // One method for all types: it stands for each of the protocol's that has none of its own.
    func decode<Value: Decodable>(_: Value.Type, forKey key: Key) throws -> Value { try member(key).value() }

    // Those that most fields are have their own, which need not ask at run time what they are.
    func decode(_: String.Type, forKey key: Key) throws -> String { try member(key).text() }
    func decode(_: Int.Type, forKey key: Key) throws -> Int { try member(key).integer() }
    func decode(_: Bool.Type, forKey key: Key) throws -> Bool { try member(key).flag() }

    // The standard ones look for a key three times.
    func decodeIfPresent(_: String.Type, forKey key: Key) throws -> String? { try present(key)?.text() }
    func decodeIfPresent(_: Int.Type, forKey key: Key) throws -> Int? { try present(key)?.integer() }
    func decodeIfPresent(_: Bool.Type, forKey key: Key) throws -> Bool? { try present(key)?.flag() }
    func decodeIfPresent<Value: Decodable>(_: Value.Type, forKey key: Key) throws -> Value? {
        guard let member = present(key) else { return nil }
        // By its own type: else an optional is decoded, which looks at everything twice.
        return try member.value() as Value
    }

    func nestedContainer<Inner>(
        keyedBy: Inner.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Inner> { try member(key).container(keyedBy: Inner.self) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try member(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { decoder }

    func superDecoder(forKey key: Key) throws -> any Decoder { try member(key) }

    private func member(_ key: Key) throws -> TapeDecoder {
        guard let place = place(of: key) else { throw JSONTape.Malformed() }
        return decoder.at(place)
    }

    /// The member, where there is one that is not null.
    private func present(_ key: Key) -> TapeDecoder? {
        guard let place = place(of: key) else { return nil }
        let member = decoder.at(place)
        return member.isNull ? nil : member
    }

    private func place(of key: Key) -> Int? {
        decoder.tape.member(named: key.stringValue, ofObjectAt: decoder.place)
    }

    /// Goes through names and the places of their values while `body` wants more.
    private func forEachName(_ body: (JSONTape.Token, Int) -> Bool) {
        var place = decoder.place + 1
        let end = decoder.token.next
        while place < end, body(decoder.tape.tokens[place], place + 1) {
            place = decoder.tape.tokens[place + 1].next
        }
    }
}

/// An array's elements.
private struct Elements: UnkeyedDecodingContainer {
    let decoder: TapeDecoder
    private var place: Int
    private(set) var currentIndex = 0

    init(decoder: TapeDecoder) {
        self.decoder = decoder
        place = decoder.place + 1
    }

    var codingPath: [any CodingKey] { [] }
    var count: Int? { nil }
    var isAtEnd: Bool { place >= decoder.token.next }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, decoder.at(place).isNull else { return false }
        _ = try next()
        return true
    }

    mutating func decode<Value: Decodable>(_: Value.Type) throws -> Value { try next().value() }

    mutating func nestedContainer<Inner>(keyedBy: Inner.Type) throws -> KeyedDecodingContainer<Inner> {
        try next().container(keyedBy: Inner.self)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }

    mutating func superDecoder() throws -> any Decoder { try next() }

    private mutating func next() throws -> TapeDecoder {
        guard !isAtEnd else { throw JSONTape.Malformed() }
        let element = decoder.at(place)
        place = element.token.next
        currentIndex += 1
        return element
    }
}

/// A value by itself: what numbers, text and flags ask for themselves from.
private struct Single: SingleValueDecodingContainer {
    let decoder: TapeDecoder

    var codingPath: [any CodingKey] { [] }
    func decodeNil() -> Bool { decoder.isNull }
    func decode<Value: Decodable>(_: Value.Type) throws -> Value { try decoder.value() }
    func decode(_: String.Type) throws -> String { try decoder.text() }
    func decode(_: Bool.Type) throws -> Bool { try decoder.flag() }
    func decode(_: Int.Type) throws -> Int { try decoder.integer() }
    func decode(_: Int8.Type) throws -> Int8 { try decoder.integer() }
    func decode(_: Int16.Type) throws -> Int16 { try decoder.integer() }
    func decode(_: Int32.Type) throws -> Int32 { try decoder.integer() }
    func decode(_: Int64.Type) throws -> Int64 { try decoder.integer() }
    func decode(_: UInt.Type) throws -> UInt { try decoder.integer() }
    func decode(_: UInt8.Type) throws -> UInt8 { try decoder.integer() }
    func decode(_: UInt16.Type) throws -> UInt16 { try decoder.integer() }
    func decode(_: UInt32.Type) throws -> UInt32 { try decoder.integer() }
    func decode(_: UInt64.Type) throws -> UInt64 { try decoder.integer() }
    func decode(_: Float.Type) throws -> Float { throw JSONTape.Malformed() }
    func decode(_: Double.Type) throws -> Double { throw JSONTape.Malformed() }
}
