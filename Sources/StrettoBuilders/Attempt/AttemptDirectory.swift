package import StrettoCore

/// Where an attempt's files lie: prompt, output, exit record; one directory for each attempt of a run.
package struct AttemptDirectory: Hashable, Sendable {
    /// Absolute.
    package let path: String

    /// The directory of `attempt` below `root`, which holds all attempts of one run.
    package init(root: String, attempt: AttemptID) {
        path = root + "/" + Self.encoded(attempt.task.text) + "." + String(attempt.number)
    }

    /// The whole prompt as it was when the attempt started; its time of change is the attempt's start.
    package var promptPath: String { path + "/prompt.md" }

    /// Standard output, as it grows.
    package var outputPath: String { path + "/stdout" }

    /// Standard error, as it grows.
    package var errorPath: String { path + "/stderr" }

    /// The value of `STRETTO_ATTEMPT` in the environment of every process of the attempt; no other attempt has it anywhere.
    package var marker: String { path }

    /// A file name holds 255 bytes; this leaves room for the number and the digest.
    private static let encodedBytesMax = 200

    /// A task's id as a file name: letters, digits, `-`, `_` and inner dots stay, every other byte becomes `%` and two digits.
    ///
    /// Two ids never share a name; an id that would be too long is cut and gets a digest of the whole.
    static func encoded(_ id: String) -> String {
        var name = ""
        for (place, byte) in id.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: ".") where place > 0:
                name += "."
            default:
                name += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        guard name.utf8.count > encodedBytesMax else { return name }
        // A percent sign that begins no byte marks the digest.
        return name.prefix(encodedBytesMax - 34) + "%%" + StableDigest.hexadecimal(of: Array(id.utf8))
    }
}

/// A digest that is the same in every process and release: it tells things apart, it protects nothing.
enum StableDigest {
    /// Two FNV-1a passes with different beginnings: 128 bits.
    static func words(of bytes: [UInt8]) -> (UInt64, UInt64) {
        (pass(bytes, 0xCBF2_9CE4_8422_2325), pass(bytes.reversed(), 0x6C62_272E_07BB_0142))
    }

    static func hexadecimal(of bytes: [UInt8]) -> String {
        let (high, low) = words(of: bytes)
        return digits(high) + digits(low)
    }

    /// The digest in the shape of a version 8 UUID.
    static func uuid(of bytes: [UInt8]) -> String {
        let (high, low) = words(of: bytes)
        let text = Array(digits((high & ~0xF000) | 0x8000) + digits((low & ~(0b11 << 62)) | 0b10 << 62))
        let parts = [text[0..<8], text[8..<12], text[12..<16], text[16..<20], text[20..<32]]
        return parts.map { String($0) }.joined(separator: "-")
    }

    private static func pass(_ bytes: some Sequence<UInt8>, _ beginning: UInt64) -> UInt64 {
        var hash = beginning
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        // Spreads the last bytes, which FNV leaves in the low half.
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        return hash ^ (hash >> 33)
    }

    private static func digits(_ word: UInt64) -> String {
        let text = String(word, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
