internal import CStrettoProcess

/// What the C library does with memory, and Swift cannot name.
package enum Memory {
    /// Where a needle, which is not empty, first lies in some bytes; nil where it does not.
    package static func find(_ needle: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let first = needle.baseAddress, let base = bytes.baseAddress,
            let found = unsafe stretto_find(base, bytes.count, first, needle.count)
        else { return nil }
        return unsafe found - base
    }

    /// So many heaps serve all threads of a process that lives for days.
    private static let heapsMax: CInt = 2

    /// Keeps the process from holding what it needed once: few heaps, and large blocks are given back at once.
    ///
    /// To be called before other threads begin. An engine of 2,000 tasks held 130 MiB by glibc's own rules (mallopt(3)), 33 of them in use.
    package static func limitHeaps() { stretto_limit_heaps(heapsMax) }
}
