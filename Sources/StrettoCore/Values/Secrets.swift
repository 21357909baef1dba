/// Masks keys and tokens of common shapes in what Stretto writes itself.
///
/// A safety net, not a proof: it knows shapes, not secrets. It works on whole texts; masking twice changes nothing.
package enum Secrets {
    /// What stands in the place of a secret's body; the head that names its kind stays.
    package static let mask = "[masked]"

    /// The same text with the bodies of secrets replaced.
    package static func mask(_ text: String) -> String {
        var scanner = SecretScanner(Array(text.utf8))
        guard let masked = scanner.masked() else { return text }
        return String(decoding: masked, as: UTF8.self)
    }
}

/// The shapes, and one pass over a text that looks for them.
private struct SecretScanner {
    /// A token known by its first characters.
    private struct Shape {
        let head: [UInt8]
        /// Shorter bodies are ordinary words.
        let bodyCountMin: Int
        /// Prose has long words with hyphens; keys have digits.
        let needsDigit: Bool

        init(_ head: String, _ bodyCountMin: Int, needsDigit: Bool = false) {
            self.head = Array(head.utf8)
            self.bodyCountMin = bodyCountMin
            self.needsDigit = needsDigit
        }
    }

    private static let shapes: [Shape] = [
        Shape("sk-ant-", 6), Shape("sk-proj-", 16), Shape("sk-", 20, needsDigit: true),
        Shape("github_pat_", 20), Shape("ghp_", 20), Shape("gho_", 20), Shape("ghu_", 20), Shape("ghs_", 20),
        Shape("ghr_", 20), Shape("glpat-", 16), Shape("npm_", 30), Shape("pypi-", 40), Shape("hf_", 30),
        Shape("AKIA", 16), Shape("ASIA", 16), Shape("AIza", 30), Shape("ya29.", 20),
        Shape("xoxb-", 10), Shape("xoxp-", 10), Shape("xoxa-", 10), Shape("xoxe-", 10), Shape("xapp-", 10),
        Shape("sk_live_", 16), Shape("rk_live_", 16), Shape("eyJ", 40, needsDigit: true),
    ]
    private static let heads = Set(shapes.map { $0.head[0] })
    private static let bearer = Array("bearer ".utf8)
    private static let bearerCountMin = 16
    private static let keyBegin = Array("-----BEGIN ".utf8)
    private static let keyKind = Array("PRIVATE KEY".utf8)
    private static let keyEnd = Array("-----END ".utf8)
    private static let dashes = Array("-----".utf8)
    private static let labelCountMax = 40
    private static let mask = Array(Secrets.mask.utf8)

    private let bytes: [UInt8]
    private var result: [UInt8] = []
    private var copied = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The masked text; nil where there was nothing to mask.
    mutating func masked() -> [UInt8]? {
        var place = 0
        while place < bytes.count {
            if let body = secret(at: place) {
                result += bytes[copied..<body.lowerBound]
                result += Self.mask
                copied = body.upperBound
                place = body.upperBound
            } else {
                place += 1
            }
        }
        guard copied > 0 else { return nil }
        return result + bytes[copied...]
    }

    /// The part to hide of a secret that begins here.
    private func secret(at place: Int) -> Range<Int>? {
        let byte = bytes[place]
        if byte == UInt8(ascii: "-") { return privateKey(at: place) }
        guard place == 0 || !Self.isBody(bytes[place - 1]) else { return nil }
        if byte | 0x20 == UInt8(ascii: "b"), let token = bearerToken(at: place) { return token }
        guard Self.heads.contains(byte) else { return nil }
        for shape in Self.shapes where bytes[place...].starts(with: shape.head) {
            let start = place + shape.head.count
            let end = bytes[start...].firstIndex { !Self.isBody($0) } ?? bytes.count
            let body = bytes[start..<end]
            if body.count >= shape.bodyCountMin, !shape.needsDigit || body.contains(where: Self.isDigit) {
                return start..<end
            }
        }
        return nil
    }

    private func bearerToken(at place: Int) -> Range<Int>? {
        let head = bytes[place...].prefix(Self.bearer.count)
        guard head.elementsEqual(Self.bearer, by: { $0 | 0x20 == $1 }) else { return nil }
        let start = place + Self.bearer.count
        let end = bytes[start...].firstIndex { !Self.isBearerBody($0) } ?? bytes.count
        return end - start >= Self.bearerCountMin ? start..<end : nil
    }

    /// What stands between the marks of a private key; to the end of the text where the second one is missing.
    private func privateKey(at place: Int) -> Range<Int>? {
        guard bytes[place...].starts(with: Self.keyBegin) else { return nil }
        let label = bytes[(place + Self.keyBegin.count)...].prefix(Self.labelCountMax).prefix(while: Self.isLabel)
        guard Self.find(Self.keyKind, in: label) != nil, bytes[label.endIndex...].starts(with: Self.dashes) else {
            return nil
        }
        let start = label.endIndex + Self.dashes.count
        let end = Self.find(Self.keyEnd + label + Self.dashes, in: bytes[start...]) ?? bytes.count
        return bytes[start..<end].elementsEqual(Self.mask) ? nil : start..<end
    }

    private static func find(_ word: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
        var place = text.startIndex
        while let start = text[place...].firstIndex(of: word[0]) {
            if text[start...].starts(with: word) { return start }
            place = start + 1
        }
        return nil
    }

    private static func isLabel(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == 0x20
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isBody(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func isBearerBody(_ byte: UInt8) -> Bool {
        isBody(byte)
            || [UInt8(ascii: "."), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "=")].contains(
                byte
            )
    }
}
