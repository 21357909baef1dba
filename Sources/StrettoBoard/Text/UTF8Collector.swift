/// Puts scalars together from UTF-8 that comes a byte at a time; what is not UTF-8 becomes U+FFFD, one for each broken-off sequence.
struct UTF8Collector: Hashable, Sendable {
    private var value: UInt32 = 0
    private var missing = 0
    /// The range that the next byte must lie in: it refuses overlong forms, surrogates and values past U+10FFFF at the second byte.
    private var low: UInt8 = 0x80
    private var high: UInt8 = 0xBF

    /// Whether a sequence has begun and not ended.
    var isCollecting: Bool { missing > 0 }

    /// Takes one byte.
    /// - Returns: the scalar that the byte completes or breaks off, and whether the byte was used; one that was not starts something else.
    mutating func take(_ byte: UInt8) -> (scalar: Unicode.Scalar?, used: Bool) {
        guard isCollecting else { return (begin(byte), true) }
        guard byte >= low, byte <= high else {
            missing = 0
            return ("\u{FFFD}", false)
        }
        value = value << 6 | UInt32(byte & 0x3F)
        missing -= 1
        (low, high) = (0x80, 0xBF)
        return (missing == 0 ? Unicode.Scalar(value) ?? "\u{FFFD}" : nil, true)
    }

    private mutating func begin(_ byte: UInt8) -> Unicode.Scalar? {
        (low, high) = (0x80, 0xBF)
        switch byte {
        case 0x00..<0x80: return Unicode.Scalar(byte)
        case 0xC2..<0xE0: (value, missing) = (UInt32(byte & 0x1F), 1)
        case 0xE0..<0xF0:
            (value, missing) = (UInt32(byte & 0x0F), 2)
            if byte == 0xE0 { low = 0xA0 }
            if byte == 0xED { high = 0x9F }
        case 0xF0..<0xF5:
            (value, missing) = (UInt32(byte & 0x07), 3)
            if byte == 0xF0 { low = 0x90 }
            if byte == 0xF4 { high = 0x8F }
        default: return "\u{FFFD}"
        }
        return nil
    }
}
