/// HANDOFF.md as a file that the engine and the user share: the engine's part lies between two markers.
enum HandoffFile {
    static let begin = "<!-- stretto:begin -->"
    static let end = "<!-- stretto:end -->"

    /// The file with a new part: between its markers, behind the user's text where it has none, or as a whole new file.
    static func content(_ existing: [UInt8]?, part: String) -> [UInt8] {
        let block = Array("\(begin)\n\(harmless(part).trimmingLineEnd)\n\(end)".utf8)
        guard let existing, !existing.isEmpty else { return block + Array("\n".utf8) }
        if let start = range(of: Array(begin.utf8), in: existing, from: 0),
            let stop = range(of: Array(end.utf8), in: existing, from: start.upperBound)
        {
            return Array(existing[..<start.lowerBound]) + block + Array(existing[stop.upperBound...])
        }
        let gap = existing.last == UInt8(ascii: "\n") ? "\n" : "\n\n"
        return existing + Array(gap.utf8) + block + Array("\n".utf8)
    }

    /// An entry that quotes a marker would end the part too early.
    private static func harmless(_ part: String) -> String {
        part.split(separator: "<!-- stretto:", omittingEmptySubsequences: false).joined(separator: "<!-- stretto ")
    }

    private static func range(of needle: [UInt8], in bytes: [UInt8], from start: Int) -> Range<Int>? {
        guard bytes.count >= needle.count else { return nil }
        var index = start
        while index + needle.count <= bytes.count {
            if bytes[index] == needle[0], bytes[index..<(index + needle.count)].elementsEqual(needle) {
                return index..<(index + needle.count)
            }
            index += 1
        }
        return nil
    }
}
