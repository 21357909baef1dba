/// A file pattern as plans declare it: `*` and `?` stay within a component, `**` crosses them, a plain path means itself and all below.
struct Glob: Hashable, Sendable {
    private let pattern: [UInt8]

    init(_ text: String) {
        var bytes = Array(text.utf8)
        if bytes.starts(with: Array("./".utf8)) { bytes.removeFirst(2) }
        if bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        pattern = bytes
    }

    func matches(_ path: String) -> Bool {
        let bytes = Array(path.utf8)
        if Self.matches(pattern[...], bytes[...]) { return true }
        // A directory's pattern covers what lies in it.
        return bytes.indices.contains { bytes[$0] == Self.slash && Self.matches(pattern[...], bytes[..<$0]) }
    }

    private static let slash = UInt8(ascii: "/")
    private static let star = UInt8(ascii: "*")

    /// Backtracks to the newest star of each sort, so the time is bounded by pattern times text squared.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        var (at, position) = (pattern.startIndex, text.startIndex)
        var single: (pattern: Int, text: Int)?
        var double: (pattern: Int, text: Int)?
        while position < text.endIndex {
            if at < pattern.endIndex, pattern[at] == star {
                if at + 1 < pattern.endIndex, pattern[at + 1] == star {
                    at += 2
                    // `**/` also stands for no component at all.
                    if at < pattern.endIndex, pattern[at] == slash, matches(pattern[(at + 1)...], text[position...]) {
                        return true
                    }
                    double = (at, position)
                    single = nil
                } else {
                    at += 1
                    single = (at, position)
                }
            } else if at < pattern.endIndex, pattern[at] == text[position] || isAny(pattern[at], text[position]) {
                at += 1
                position += 1
            } else if let last = single, text[last.text] != slash {
                single = (last.pattern, last.text + 1)
                (at, position) = (last.pattern, last.text + 1)
            } else if let last = double {
                double = (last.pattern, last.text + 1)
                single = nil
                (at, position) = (last.pattern, last.text + 1)
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == star }
    }

    private static func isAny(_ pattern: UInt8, _ byte: UInt8) -> Bool { pattern == UInt8(ascii: "?") && byte != slash }
}
