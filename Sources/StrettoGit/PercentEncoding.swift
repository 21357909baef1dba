/// Text as one component of a ref name and of a path: readable where it is plain, unambiguous where it is not.
enum PercentEncoding {
    /// Longer results are cut and end in a hash, for file systems hold 255 bytes in a name.
    static let bytesMax = 180

    /// A component that git accepts for any text: `1.10` stays, `a..b`, `x.lock`, spaces and the empty text are encoded.
    static func component(_ text: String) -> String {
        guard !text.isEmpty else { return emptyMark }
        let bytes = Array(text.utf8)
        let lockDot = text.hasSuffix(".lock") ? bytes.count - 5 : nil
        var result = ""
        for (index, byte) in bytes.enumerated() {
            let isInnerDot =
                byte == UInt8(ascii: ".") && index != lockDot && index > 0 && index + 1 < bytes.count
                && isPlain(bytes[index - 1]) && isPlain(bytes[index + 1])
            if isPlain(byte) || isInnerDot {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "%" + hexadecimal(byte)
            }
        }
        guard result.utf8.count > bytesMax else { return result }
        return String(decoding: Array(result.utf8.prefix(bytesMax - hashBytes)), as: UTF8.self) + hashMark
            + hash(bytes)
    }

    /// The text again; nil for a component that was cut or is none of ours.
    static func text(ofComponent component: String) -> String? {
        if component == emptyMark { return "" }
        guard !component.contains(hashMark) else { return nil }
        var bytes: [UInt8] = []
        var rest = Array(component.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static let emptyMark = "%"
    private static let hashMark = "%%"
    private static let hashBytes = 18

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16, uppercase: true)
        return byte < 16 ? "0" + text : text
    }

    /// FNV-1a, 64 bits: the same in every process.
    private static func hash(_ bytes: [UInt8]) -> String {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
