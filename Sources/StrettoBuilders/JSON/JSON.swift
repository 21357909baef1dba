/// A value of a JSON text as agents write them: everything optional, nothing trusted.
///
/// It is a view of the text's bytes: strings and numbers are made only where somebody asks for them.
struct JSON: Sendable {
    enum Kind: UInt8, Hashable, Sendable {
        case null, bool, integer, number, string, array, object
    }

    private let text: JSONText
    private let index: Int

    fileprivate init(_ text: JSONText, _ index: Int) {
        self.text = text
        self.index = index
    }

    /// The value of a whole text.
    init(_ text: JSONText) { self.init(text, 0) }

    /// What kind of value it is; a whole number too large for an integer is a `number`.
    var kind: Kind { text.nodes[index].kind }

    /// The member of an object; nil for a missing key, for `null`, and for anything that is no object.
    ///
    /// Where a key comes twice, the last one counts.
    subscript(key: StaticString) -> JSON? {
        text.member(of: index, named: key).map { JSON(text, $0) }
    }

    /// The text of a string; broken UTF-8 and lone surrogates are U+FFFD.
    var string: String? { kind == .string ? text.string(index) : nil }

    /// The same, at most about `bytesMax` bytes from its beginning; the rest is not even decoded.
    func string(bytesMax: Int) -> String? { kind == .string ? text.string(index, bytesMax: bytesMax) : nil }

    /// The text of an object's member, as ``subscript(_:)`` and ``string(bytesMax:)`` find it.
    func string(of key: StaticString, bytesMax: Int) -> String? {
        guard let member = text.member(of: index, named: key), text.nodes[member].kind == .string else { return nil }
        return text.string(member, bytesMax: bytesMax)
    }

    /// What an object's member stands for by its text; nil where it is no string, or none of these.
    ///
    /// No string is made for it.
    func choice<Choice>(of key: StaticString, among choices: [(text: StaticString, choice: Choice)]) -> Choice? {
        guard let member = text.member(of: index, named: key), text.nodes[member].kind == .string else { return nil }
        return text.choice(member, among: choices)
    }

    /// Whether it is a string of just these characters; makes no string where that shows without.
    func isString(_ other: StaticString) -> Bool { kind == .string && text.node(index, reads: other) }

    var bool: Bool? { kind == .bool ? text.first(index) == UInt8(ascii: "t") : nil }

    /// A whole number; a fraction is cut off, and what does not fit is nil.
    var integer: Int? {
        switch kind {
        case .integer: text.integer(index)
        case .number: text.double(index).flatMap { Int(exactly: $0.rounded(.towardZero)) }
        default: nil
        }
    }

    var double: Double? {
        switch kind {
        case .integer: text.integer(index).map(Double.init)
        case .number: text.double(index)
        default: nil
        }
    }

    /// The elements of an array; empty for anything else.
    var elements: [JSON] {
        guard kind == .array else { return [] }
        var elements: [JSON] = []
        let end = Int(text.nodes[index].next)
        var place = index + 1
        while place < end {
            elements.append(JSON(text, place))
            place = Int(text.nodes[place].next)
        }
        return elements
    }

    /// The members of an object, in the order written; empty for anything else.
    var members: [(key: String, value: JSON)] {
        guard kind == .object else { return [] }
        var members: [(key: String, value: JSON)] = []
        let end = Int(text.nodes[index].next)
        var place = index + 1
        while place < end {
            members.append((text.string(place), JSON(text, place + 1)))
            place = Int(text.nodes[place + 1].next)
        }
        return members
    }
}

/// Why some bytes are no JSON, and where.
struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    enum Problem: String, Hashable, Sendable {
        case badEscape = "unknown escape in a string"
        case badLiteral = "unknown word: only true, false and null exist"
        case badNumber = "malformed number"
        case controlInString = "line break or control character in a string: write it as an escape"
        case endOfInput = "it ends too early"
        case expectedColon = "a colon is missing after a key"
        case expectedKey = "a key in double quotes is expected"
        case expectedSeparator = "a comma or a closing bracket is missing"
        case expectedValue = "a value is expected"
        case tooDeep = "nested too deeply"
        case tooLong = "too long"
        case tooManyValues = "too many values"
        case trailingText = "there is more text after the value"
    }

    var problem: Problem
    /// Both counted from 1, in bytes.
    var line: Int
    var column: Int

    var description: String { "\(line):\(column): \(problem.rawValue)" }
}
