/// A JSON value as agents write them: everything optional, nothing trusted.
enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    /// A number with a fraction, an exponent, or too large for an integer.
    case number(Double)
    case string(String)
    case array([JSON])
    /// In the order written; where a key comes twice, the last one counts.
    case object([Member])

    struct Member: Hashable, Sendable {
        var key: String
        var value: JSON
    }

    /// The member of an object; nil for a missing key, for `null`, and for anything that is no object.
    subscript(key: String) -> JSON? {
        guard case .object(let members) = self, let found = members.last(where: { $0.key == key }) else { return nil }
        return found.value == .null ? nil : found.value
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// A whole number; a fraction is cut off, and what does not fit is nil.
    var integer: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value.rounded(.towardZero))
        default: nil
        }
    }

    var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The elements of an array; empty for anything else.
    var elements: [JSON] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The members of an object; empty for anything else.
    var members: [Member] {
        if case .object(let members) = self { members } else { [] }
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
        case tooManyValues = "too many values"
        case trailingText = "there is more text after the value"
    }

    var problem: Problem
    /// Both counted from 1, in bytes.
    var line: Int
    var column: Int

    var description: String { "\(line):\(column): \(problem.rawValue)" }
}
