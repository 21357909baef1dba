internal import Glibc

/// A JSON text with the places of all its values: what ``JSON`` is a view of.
final class JSONText: Sendable {
    /// A value, or the key of a member.
    struct Node: Sendable {
        /// Of a string and a key: where the bytes between the quotes lie; of a number or word: all of it; of brackets: nothing.
        var start: UInt32
        var end: UInt32
        /// The node after this one and everything in it.
        var next: UInt32
        var kind: JSON.Kind
        /// Whether the bytes of a string are not its text.
        var hasEscape: Bool
    }

    let bytes: ArraySlice<UInt8>
    /// An object is followed by key, value, key, value; an array by its elements; each with all that is in it.
    let nodes: [Node]

    init(bytes: ArraySlice<UInt8>, nodes: [Node]) {
        self.bytes = bytes
        self.nodes = nodes
    }

    private func content(_ index: Int) -> ArraySlice<UInt8> {
        let node = nodes[index]
        return bytes[(bytes.startIndex + Int(node.start))..<(bytes.startIndex + Int(node.end))]
    }

    /// The first byte of a number or word.
    func first(_ index: Int) -> UInt8 { bytes[bytes.startIndex + Int(nodes[index].start)] }

    /// Whether the string or key is `text`.
    func node(_ index: Int, reads text: String) -> Bool {
        var text = text
        return text.withUTF8 { text in
            bytes.withUnsafeBytes { Self.node(nodes[index], in: $0, reads: UnsafeRawBufferPointer(text)) }
        }
    }

    /// The value of the object's last member of that name; nil where there is none, where it is null, and for what is no object.
    func member(of index: Int, named name: String) -> Int? {
        guard nodes[index].kind == .object else { return nil }
        var name = name
        let found: Int? = name.withUTF8 { name in
            let name = UnsafeRawBufferPointer(name)
            return bytes.withUnsafeBytes { bytes in
                nodes.withUnsafeBufferPointer { nodes in
                    let end = Int(nodes[index].next)
                    var place = index + 1
                    var found: Int?
                    while place < end {
                        if Self.node(nodes[place], in: bytes, reads: name) { found = place + 1 }
                        place = Int(nodes[place + 1].next)
                    }
                    return found
                }
            }
        }
        return found.flatMap { nodes[$0].kind == .null ? nil : $0 }
    }

    private static func node(
        _ node: Node,
        in bytes: UnsafeRawBufferPointer,
        reads text: UnsafeRawBufferPointer
    ) -> Bool {
        let raw = UnsafeRawBufferPointer(rebasing: bytes[Int(node.start)..<Int(node.end)])
        if node.hasEscape { return JSONEscapes.decoded(raw).utf8.elementsEqual(text) }
        guard raw.count == text.count, let start = raw.baseAddress, let other = text.baseAddress else {
            return raw.isEmpty && text.isEmpty
        }
        return memcmp(start, other, raw.count) == 0
    }

    func string(_ index: Int, bytesMax: Int = .max) -> String {
        let node = nodes[index]
        return bytes.withUnsafeBytes { bytes in
            var raw = UnsafeRawBufferPointer(rebasing: bytes[Int(node.start)..<Int(node.end)])
            if raw.count > bytesMax {
                var end = bytesMax
                // Back to where a character begins, and out of an escape.
                while end > 0, raw[end] & 0xC0 == 0x80 { end -= 1 }
                if node.hasEscape, let escape = raw[..<end].suffix(6).lastIndex(of: UInt8(ascii: "\\")) { end = escape }
                raw = UnsafeRawBufferPointer(rebasing: raw[..<end])
            }
            return node.hasEscape ? JSONEscapes.decoded(raw) : String(decoding: raw, as: UTF8.self)
        }
    }

    func integer(_ index: Int) -> Int? {
        var value = 0
        var digits = content(index)
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        for byte in digits {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let digit = Int(byte &- UInt8(ascii: "0"))
            let (sum, overflowToo) =
                isNegative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            if overflow || overflowToo { return nil }
            value = sum
        }
        return value
    }

    func double(_ index: Int) -> Double? { Double(String(decoding: content(index), as: UTF8.self)) }
}

/// Undoes the escapes of a string that ``JSONParser`` has found to be well-formed.
enum JSONEscapes {
    static func decoded(_ raw: UnsafeRawBufferPointer) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(raw.count)
        var place = raw.startIndex
        while let escape = raw[place...].firstIndex(of: UInt8(ascii: "\\")) {
            result += raw[place..<escape]
            place = escape + 2
            // A cut string may end within an escape.
            guard escape + 1 < raw.endIndex else { break }
            switch raw[escape + 1] {
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "u"): scalar(raw, &place, into: &result)
            case let byte: result.append(byte)
            }
        }
        if place < raw.endIndex { result += raw[place...] }
        return String(decoding: result, as: UTF8.self)
    }

    /// The scalar whose four digits begin at `place`, a following low surrogate included.
    private static func scalar(_ raw: UnsafeRawBufferPointer, _ place: inout Int, into result: inout [UInt8]) {
        guard let unit = unit(raw, at: place) else {
            place = raw.endIndex
            return
        }
        place += 4
        var scalar = Unicode.Scalar(unit)
        if scalar == nil, unit < 0xDC00, raw[place...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]),
            let low = Self.unit(raw, at: place + 2), (0xDC00..<0xE000).contains(low)
        {
            place += 6
            scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
        }
        result += Array(String(scalar ?? "\u{FFFD}").utf8)
    }

    private static func unit(_ raw: UnsafeRawBufferPointer, at place: Int) -> UInt32? {
        guard place + 4 <= raw.endIndex else { return nil }
        return raw[place..<(place + 4)].reduce(0) { $0 << 4 | UInt32(digit($1)) }
    }

    private static func digit(_ byte: UInt8) -> UInt8 { byte <= UInt8(ascii: "9") ? byte & 0x0F : (byte & 0x0F) + 9 }
}
