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

        /// Whether it is a string or key of just this text, where its own is in `bytes`.
        @inline(__always) func reads(_ text: StaticString, in bytes: UnsafeRawBufferPointer) -> Bool {
            let text = UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
            if hasEscape { return readsEscaped(text, in: bytes) }
            guard Int(end &- start) == text.count, let base = bytes.baseAddress else { return false }
            guard let other = text.baseAddress, text.count > 0 else { return true }
            return Self.areSame(base + Int(start), other, count: text.count)
        }

        /// Whether both hold the same bytes, one at the least: names are short, and a call would cost more than the look.
        @inline(__always) private static func areSame(
            _ one: UnsafeRawPointer,
            _ other: UnsafeRawPointer,
            count: Int
        ) -> Bool {
            @inline(__always) func agree<Word: FixedWidthInteger>(_ type: Word.Type, at place: Int) -> Bool {
                one.loadUnaligned(fromByteOffset: place, as: type)
                    == other.loadUnaligned(fromByteOffset: place, as: type)
            }
            switch count {
            case 8...:
                // The last word may overlap the one before it.
                let last = count - 8
                var place = 0
                while place < last {
                    guard agree(UInt64.self, at: place) else { return false }
                    place += 8
                }
                return agree(UInt64.self, at: last)
            case 4...: return agree(UInt32.self, at: 0) && agree(UInt32.self, at: count - 4)
            case 2...: return agree(UInt16.self, at: 0) && agree(UInt16.self, at: count - 2)
            default: return agree(UInt8.self, at: 0)
            }
        }

        private func readsEscaped(_ text: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer) -> Bool {
            let raw = UnsafeRawBufferPointer(rebasing: bytes[Int(start)..<Int(end)])
            return JSONEscapes.decoded(raw).utf8.elementsEqual(text)
        }
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
    func node(_ index: Int, reads text: StaticString) -> Bool {
        bytes.withUnsafeBytes { nodes[index].reads(text, in: $0) }
    }

    /// What the string or key stands for: the first of these that it reads.
    func choice<Choice>(_ index: Int, among choices: [(text: StaticString, choice: Choice)]) -> Choice? {
        let node = nodes[index]
        return bytes.withUnsafeBytes { bytes in choices.first { node.reads($0.text, in: bytes) }?.choice }
    }

    /// The value of the object's last member of that name; nil where there is none, where it is null, and for what is no object.
    func member(of index: Int, named name: StaticString) -> Int? {
        guard nodes[index].kind == .object else { return nil }
        let found = bytes.withUnsafeBytes { bytes in
            nodes.withUnsafeBufferPointer { nodes in
                let end = Int(nodes[index].next)
                var place = index + 1
                var found = 0
                while place < end {
                    if nodes[place].reads(name, in: bytes) { found = place + 1 }
                    place = Int(nodes[place + 1].next)
                }
                return found
            }
        }
        return found == 0 || nodes[found].kind == .null ? nil : found
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
