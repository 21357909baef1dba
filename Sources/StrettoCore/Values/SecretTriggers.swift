/// The bytes at which a secret may show itself: nearly all of ordinary text is passed over with one look at a table.
struct SecretTriggers: Hashable, Sendable {
    private static let anywhere: UInt8 = 1
    private static let atWordStart: UInt8 = 2
    private static let inWord: UInt8 = 4

    /// What each byte may be.
    private var kinds: [UInt8]

    /// - Parameters:
    ///   - signs: may show a secret wherever they stand.
    ///   - heads: begin one at the start of a word only.
    init(signs: some Sequence<UInt8>, heads: some Sequence<UInt8>) {
        kinds = (0..<256).map { Self.isInWord(UInt8($0)) ? Self.inWord : 0 }
        for byte in signs { kinds[Int(byte)] |= Self.anywhere }
        for byte in heads { kinds[Int(byte)] |= Self.atWordStart }
    }

    /// The same, and these bytes wherever they stand.
    func adding(signs: some Sequence<UInt8>) -> SecretTriggers {
        var more = self
        for byte in signs { more.kinds[Int(byte)] |= Self.anywhere }
        return more
    }

    /// The next place from `start` on at which to look closer.
    func next(in bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            kinds.withUnsafeBufferPointer { kinds in
                var before = start > 0 && start <= bytes.count ? kinds[Int(bytes[start - 1])] : 0
                for place in min(start, bytes.count)..<bytes.count {
                    let kind = kinds[Int(bytes[place])]
                    let isHead = kind & Self.atWordStart != 0 && before & Self.inWord == 0
                    if kind & Self.anywhere != 0 || isHead { return place }
                    before = kind
                }
                return nil
            }
        }
    }

    /// Whether a byte belongs to words and tokens.
    static func isInWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
