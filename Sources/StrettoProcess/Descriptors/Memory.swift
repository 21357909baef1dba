internal import CStrettoProcess

/// What the C library does with bytes at the speed of memory, and Swift cannot name.
package enum Memory {
    /// Where a needle, which is not empty, first lies in some bytes; nil where it does not.
    package static func find(_ needle: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let first = needle.baseAddress, let base = bytes.baseAddress,
            let found = unsafe stretto_find(base, bytes.count, first, needle.count)
        else { return nil }
        return unsafe found - base
    }
}
