/// Finds where text ends and something that a terminal obeys may begin, sixteen bytes at a time.
enum PlainBytes {
    private typealias Block = SIMD16<UInt8>

    /// The place of the first byte from `start` on that is no letter and no part of one; the count where all are.
    ///
    /// C2 may begin a C1 control and is no letter here.
    static func end(in bytes: Span<UInt8>, from start: Int) -> Int {
        bytes.withUnsafeBytes { all in
            var index = start
            while index + Block.scalarCount <= all.count {
                let block = all.loadUnaligned(fromByteOffset: index, as: Block.self)
                guard !any((block .< 0x20) .| (block .== 0x7F) .| (block .== 0xC2)) else { break }
                index += Block.scalarCount
            }
            while index < all.count, isPlain(all[index]) { index += 1 }
            return index
        }
    }

    /// The place of the first line feed from `start` on; nil where there is none.
    static func lineFeed(in bytes: Span<UInt8>, from start: Int) -> Int? {
        bytes.withUnsafeBytes { all in
            var index = start
            while index + Block.scalarCount <= all.count {
                let block = all.loadUnaligned(fromByteOffset: index, as: Block.self)
                guard !any(block .== 0x0A) else { break }
                index += Block.scalarCount
            }
            while index < all.count, all[index] != 0x0A { index += 1 }
            return index < all.count ? index : nil
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F && byte != 0xC2 }
}
