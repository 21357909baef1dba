/// Fields that end with a NUL byte, read one after the other from a command's output.
struct NulSeparated {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// The next field without its NUL; nil at the end.
    ///
    /// A last field may lack its NUL.
    mutating func nextBytes() -> ArraySlice<UInt8>? {
        guard !rest.isEmpty else { return nil }
        let end = rest.firstIndex(of: 0) ?? rest.endIndex
        let field = rest[rest.startIndex..<end]
        rest = end == rest.endIndex ? [] : rest[(end + 1)...]
        return field
    }

    /// The next field as text; bytes that are no UTF-8 become replacement characters.
    mutating func next() -> String? {
        nextBytes().map { String(decoding: $0, as: UTF8.self) }
    }

    /// All fields that are left.
    mutating func remaining() -> [String] {
        var fields: [String] = []
        while let field = next() { fields.append(field) }
        return fields
    }
}
