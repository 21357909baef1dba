/// Masks keys and tokens of common shapes in what Stretto writes itself.
///
/// A safety net, not a proof: it knows shapes, not secrets. It works on whole texts; masking twice changes nothing.
package enum Secrets {
    /// What stands in the place of a secret's body; the head that names its kind stays.
    package static let mask = "[masked]"

    /// The same text with the bodies of secrets replaced.
    package static func mask(_ text: String) -> String { KnownSecrets.none.mask(text) }

    /// The same with addresses left in it: a task may be about one, and no task needs to be told a key.
    package static func maskKeys(_ text: String) -> String {
        let bytes = Array(text.utf8)
        return replacing(ranges(in: bytes, sparesAddresses: true), in: text, bytes)
    }

    /// Where the bodies of secrets lie, in order and apart from each other; `known` are values that are secret whatever they look like.
    static func ranges(in bytes: [UInt8], known: KnownSecrets = .none, sparesAddresses: Bool = false) -> [Range<Int>] {
        var scanner = SecretScanner(bytes, known, sparesAddresses: sparesAddresses)
        return scanner.ranges()
    }

    /// The text with something else in place of these parts of its bytes.
    static func replacing(_ ranges: [Range<Int>], in text: String, _ bytes: [UInt8]) -> String {
        guard !ranges.isEmpty else { return text }
        var result: [UInt8] = []
        var copied = 0
        for range in ranges {
            result += bytes[copied..<range.lowerBound]
            result += mask.utf8
            copied = range.upperBound
        }
        return String(decoding: result + bytes[copied...], as: UTF8.self)
    }

    /// Whether the name of a variable says that its value is nobody's business.
    package static func isTelling(_ name: String) -> Bool {
        name.lowercased().split(separator: "_").contains { part in
            tellingParts.contains { part.hasSuffix($0) } || tellingWords.contains(String(part))
        }
    }

    private static let tellingParts = ["key", "token", "secret", "password", "passwd", "passphrase", "credential"]
    private static let tellingWords = ["pass", "auth", "credentials", "tokens", "secrets", "pat", "jwt"]
}

/// The shapes, and one pass over a text that looks for them.
struct SecretScanner {
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
        Shape("AKIA", 16), Shape("ASIA", 16), Shape("AIza", 30), Shape("ya29.", 20), Shape("GOCSPX-", 20),
        Shape("xoxb-", 10), Shape("xoxp-", 10), Shape("xoxa-", 10), Shape("xoxe-", 10), Shape("xoxe.", 10),
        Shape("xoxs-", 10), Shape("xoxr-", 10), Shape("xapp-", 10), Shape("hooks.slack.com/services/", 20),
        Shape("sk_live_", 16), Shape("rk_live_", 16), Shape("sk_test_", 16), Shape("whsec_", 20),
        Shape("dckr_pat_", 20), Shape("SG.", 30), Shape("eyJ", 12), Shape("gsk_", 30), Shape("xai-", 40),
        Shape("pplx-", 30), Shape("r8_", 30), Shape("dop_v1_", 40), Shape("lin_api_", 30), Shape("ntn_", 30),
        Shape("shpat_", 24), Shape("ATATT3", 40), Shape("AGE-SECRET-KEY-1", 40), Shape("rubygems_", 40),
        Shape("glrt-", 16), Shape("gldt-", 16), Shape("sntrys_", 30),
    ]
    private static let shapesByFirst: [[Shape]] = (0..<256).map { byte in
        shapes.filter { $0.head[0] == UInt8(byte) }
    }
    /// Names that end so belong to values that are nobody's business; compared without case.
    private static let telling = [
        "api_key", "apikey", "api-key", "access_key", "secret_key", "private_key", "auth_token", "access_token",
        "refresh_token", "secret", "password", "passwd", "_token", "_key_id",
    ].map { Array($0.utf8) }
    private static let tellingCountMin = 8
    /// The last letters of those names.
    private static let tellingEnds = Set(telling.compactMap(\.last))
    /// The places to look at closer.
    static let triggers = SecretTriggers(
        signs: "-@:=".utf8,
        heads: Set(shapes.map { $0.head[0] } + Array("bB".utf8))
    )
    /// Local parts of addresses that name no person.
    private static let impersonal = ["git", "noreply", "no-reply", "hg"].map { Array($0.utf8) }
    private static let bearer = Array("bearer ".utf8)
    private static let bearerCountMin = 16
    private static let keyBegin = Array("-----BEGIN ".utf8)
    private static let keyKind = Array("PRIVATE KEY".utf8)
    private static let keyEnd = Array("-----END ".utf8)
    private static let dashes = Array("-----".utf8)
    private static let labelCountMax = 40
    /// Credentials in an address are looked for in so many bytes.
    private static let lineCountMax = 512
    private static let mask = Array(Secrets.mask.utf8)

    private let bytes: [UInt8]
    private let known: KnownSecrets
    private let sparesAddresses: Bool
    /// Where the last secret ends.
    private var end = 0

    init(_ bytes: [UInt8], _ known: KnownSecrets, sparesAddresses: Bool) {
        self.bytes = bytes
        self.known = known
        self.sparesAddresses = sparesAddresses
    }

    /// All secrets, in order.
    mutating func ranges() -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var place = 0
        while let next = known.triggers.next(in: bytes, from: place) {
            // An address lies on both sides of its sign, so a secret may begin before; never in the last one.
            guard let body = known.value(at: next, in: bytes) ?? secret(at: next), body.lowerBound >= end else {
                place = next + 1
                continue
            }
            ranges.append(body)
            end = body.upperBound
            place = max(body.upperBound, next + 1)
        }
        return ranges
    }

    /// The part to hide of a secret that shows itself here.
    private func secret(at place: Int) -> Range<Int>? {
        let byte = bytes[place]
        switch byte {
        case UInt8(ascii: "-"): return privateKey(at: place)
        case UInt8(ascii: "@"): return sparesAddresses ? nil : localPart(at: place)
        case UInt8(ascii: "="): return assigned(at: place)
        case UInt8(ascii: ":"): return credentials(at: place) ?? assigned(at: place)
        default: break
        }
        guard place == 0 || !SecretTriggers.isInWord(bytes[place - 1]) else { return nil }
        if byte | 0x20 == UInt8(ascii: "b"), let token = bearerToken(at: place) { return token }
        for shape in Self.shapesByFirst[Int(byte)] where bytes[place...].starts(with: shape.head) {
            let start = place + shape.head.count
            let end = end(from: start, of: shape)
            let body = bytes[start..<end]
            if body.count >= shape.bodyCountMin, !shape.needsDigit || body.contains(where: Self.isDigit) {
                return start..<end
            }
        }
        return nil
    }

    /// Where a token's body ends: a web token has three parts with dots between, a hook's address has slashes.
    private func end(from start: Int, of shape: Shape) -> Int {
        let isDotted = shape.head == Array("eyJ".utf8) || shape.head.last == UInt8(ascii: ".")
        let isPath = shape.head.last == UInt8(ascii: "/")
        let end =
            bytes[start...].firstIndex { byte in
                !SecretTriggers.isInWord(byte) && !(isDotted && byte == UInt8(ascii: "."))
                    && !(isPath && byte == UInt8(ascii: "/"))
            } ?? bytes.count
        // A word of base64 alone is no web token.
        if shape.head == Array("eyJ".utf8), bytes[start..<end].count(where: { $0 == UInt8(ascii: ".") }) < 2 {
            return end - start >= 40 && bytes[start..<end].contains(where: Self.isDigit) ? end : start
        }
        return end
    }

    /// The password of `scheme://name:password@host`, or the token of `scheme://token@host`.
    private func credentials(at place: Int) -> Range<Int>? {
        guard bytes[place...].starts(with: Array("://".utf8)) else { return nil }
        let start = place + 3
        let end = bytes[start...].prefix(Self.lineCountMax).firstIndex { byte in
            byte <= 0x20 || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "@")
        }
        // What is masked already holds a bracket, which no address does.
        guard let end, bytes[end] == UInt8(ascii: "@"), !bytes[start..<end].contains(UInt8(ascii: "[")) else {
            return nil
        }
        if let colon = bytes[start..<end].firstIndex(of: UInt8(ascii: ":")) {
            return colon + 1 < end ? (colon + 1)..<end : nil
        }
        return end - start >= Self.bearerCountMin && bytes[start..<end].allSatisfy(Self.isBearerBody)
            ? start..<end : nil
    }

    /// The value after `=` or `:` where the name before it tells that it is secret: `export AWS_SECRET_ACCESS_KEY="..."`.
    private func assigned(at place: Int) -> Range<Int>? {
        var nameEnd = place
        while nameEnd > 0, bytes[nameEnd - 1] == 0x20 || bytes[nameEnd - 1] == UInt8(ascii: "\"") { nameEnd -= 1 }
        guard nameEnd > 0, Self.tellingEnds.contains(bytes[nameEnd - 1] | 0x20) else { return nil }
        let isTelling = Self.telling.contains { name in
            nameEnd >= name.count
                && zip(bytes[(nameEnd - name.count)..<nameEnd], name).allSatisfy { $0 | 0x20 == $1 | 0x20 }
        }
        guard isTelling else { return nil }
        var start = place + 1
        while start < bytes.count, [0x20, UInt8(ascii: "\""), UInt8(ascii: "'")].contains(bytes[start]) { start += 1 }
        let end = bytes[start...].firstIndex { !Self.isBearerBody($0) } ?? bytes.count
        let value = bytes[start..<end]
        // A name, a path or a flag is no secret; a key has digits and no way of being short.
        guard value.count >= Self.tellingCountMin, value.contains(where: Self.isDigit) else { return nil }
        return start..<end
    }

    /// The part before the sign of `name@example.org`.
    private func localPart(at place: Int) -> Range<Int>? {
        var start = place
        while start > end, place - start < Self.labelCountMax * 2, Self.isLocal(bytes[start - 1]) { start -= 1 }
        guard start < place, !Self.impersonal.contains(Array(bytes[start..<place])) else { return nil }
        let host = bytes[(place + 1)...].prefix { SecretTriggers.isInWord($0) || $0 == UInt8(ascii: ".") }
        guard let dot = host.firstIndex(of: UInt8(ascii: ".")), dot > host.startIndex,
            let last = host.split(separator: UInt8(ascii: ".")).last, last.count >= 2,
            last.allSatisfy({ Self.isLetter($0) }), host.contains(UInt8(ascii: "."))
        else { return nil }
        return start..<place
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isLocal(_ byte: UInt8) -> Bool {
        SecretTriggers.isInWord(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+")
            || byte == UInt8(ascii: "%")
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

    private static func isBearerBody(_ byte: UInt8) -> Bool {
        SecretTriggers.isInWord(byte)
            || [UInt8(ascii: "."), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "=")].contains(
                byte
            )
    }
}
