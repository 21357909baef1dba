/// Finds where text ends and something that a terminal obeys may begin, eight bytes at a time.
enum PlainBytes {
    /// The place of the first byte from `start` on that is no letter and no part of one; the count where all are.
    ///
    /// C2 may begin a C1 control and is no letter here.
    static func end(in bytes: Span<UInt8>, from start: Int) -> Int {
        bytes.withUnsafeBytes { all in
            var index = start
            while index + 8 <= all.count {
                let block = all.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                guard !mayHaveControl(block) else { break }
                index += 8
            }
            while index < all.count, isPlain(all[index]) { index += 1 }
            return index
        }
    }

    /// The place of the first line feed from `start` on; nil where there is none.
    static func lineFeed(in bytes: Span<UInt8>, from start: Int) -> Int? {
        bytes.withUnsafeBytes { all in
            var index = start
            while index + 8 <= all.count {
                let block = all.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                guard !hasZero(block ^ ones &* 0x0A) else { break }
                index += 8
            }
            while index < all.count, all[index] != 0x0A { index += 1 }
            return index < all.count ? index : nil
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F && byte != 0xC2 }

    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// Whether one of eight bytes is not plain: less than a blank, or one of two values.
    ///
    /// A subtraction from all bytes at once sets the highest bit of those that were less and had it not; its borrow can only reach further
    /// bytes from one of them ("Bit Twiddling Hacks", Stanford University: `hasless`).
    private static func mayHaveControl(_ block: UInt64) -> Bool {
        (block &- ones &* 0x20) & ~block & (ones &* 0x80) != 0 || hasZero(block ^ ones &* 0x7F)
            || hasZero(block ^ ones &* 0xC2)
    }

    private static func hasZero(_ block: UInt64) -> Bool { (block &- ones) & ~block & (ones &* 0x80) != 0 }
}
