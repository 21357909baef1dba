internal import Glibc
internal import StrettoBoard

/// The byte of a text that a log has least of: only where that one is, a line can have the text.
///
/// Most lines are then passed over at the speed of `memchr`, whatever is in them.
struct RareByte {
    /// It, and where cases do not matter its capital; else itself again.
    private let forms: (UInt8, UInt8)

    /// Chooses by some of the log's bytes; nil for a text that has no byte which a pane shows as it is in the file.
    init?(of needle: LogNeedle, in sample: [UInt8]) {
        var counts = [Int](repeating: 0, count: 256)
        for byte in sample { counts[Int(byte)] += 1 }
        // Blanks may come of tabs, and letters beyond ASCII of bytes that are none.
        let forms = needle.bytes.filter { (0x21...0x7E).contains($0) }.map { byte in
            let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            return needle.ignoresCase && isLetter ? (byte, byte & ~0x20) : (byte, byte)
        }
        func count(_ forms: (UInt8, UInt8)) -> Int { counts[Int(forms.0)] + counts[Int(forms.1)] }
        guard let rarest = forms.min(by: { count($0) < count($1) }) else { return nil }
        self.forms = rarest
    }

    /// Where it is in some bytes, from their beginning on.
    struct Places {
        private let bytes: UnsafeRawBufferPointer
        private let forms: (UInt8, UInt8)?
        /// The next place of each form; the count where there is none.
        private var next = (-1, -1)

        /// Of no byte: every place is one.
        init(of rare: RareByte?, in bytes: UnsafeRawBufferPointer) {
            self.bytes = bytes
            forms = rare?.forms
        }

        /// The first place from `start` on, which must not be less than before; nil where there is none.
        mutating func first(from start: Int) -> Int? {
            guard let forms else { return start < bytes.count ? start : nil }
            if next.0 < start { next.0 = place(of: forms.0, from: start) }
            if forms.0 == forms.1 { next.1 = next.0 }
            if next.1 < start { next.1 = place(of: forms.1, from: start) }
            let place = min(next.0, next.1)
            return place < bytes.count ? place : nil
        }

        private func place(of byte: UInt8, from start: Int) -> Int {
            guard let base = bytes.baseAddress, start < bytes.count else { return bytes.count }
            return memchr(base + start, Int32(byte), bytes.count - start).map { UnsafeRawPointer($0) - base }
                ?? bytes.count
        }
    }
}
