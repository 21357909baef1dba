/// HANDOFF.md as a file that the engine and the user share: the engine's part lies between two markers.
enum HandoffFile {
    static let begin = "<!-- stretto:begin -->"
    static let end = "<!-- stretto:end -->"

    /// The file with a new part: between its markers, behind the user's text where it has none, or as a whole new file.
    static func content(_ existing: [UInt8]?, part: String) -> [UInt8] {
        let block = Array("\(begin)\n\(harmless(part).trimmingLineEnd)\n\(end)".utf8)
        guard let existing, !existing.isEmpty else { return block + Array("\n".utf8) }
        if let place = place(in: existing) {
            return Array(existing[..<place.lowerBound]) + block + Array(existing[place.upperBound...])
        }
        let gap = existing.last == UInt8(ascii: "\n") ? "\n" : "\n\n"
        return existing + Array(gap.utf8) + block + Array("\n".utf8)
    }

    /// The file of a branch into which a run comes, where git finds a conflict in it: the run's part first, then the earlier run's.
    ///
    /// The run began at `base`, and another one came in meanwhile. The text around the part is the branch's own.
    /// Nil where the run's file has other changes than in its part: those are for a person to judge.
    static func merged(base: [UInt8]?, ours: [UInt8], theirs: [UInt8]) -> [UInt8]? {
        guard let part = part(of: theirs), around(theirs) == around(base ?? []) else { return nil }
        guard let earlier = self.part(of: ours), earlier != base.flatMap({ self.part(of: $0) }), earlier != part else {
            return content(ours, part: part)
        }
        return content(ours, part: part + "\n\n" + earlier)
    }

    /// What lies between the markers; nil where there are none.
    private static func part(of file: [UInt8]) -> String? {
        guard let place = place(in: file) else { return nil }
        return String(decoding: file[place].dropFirst(begin.utf8.count).dropLast(end.utf8.count), as: UTF8.self)
            .trimmingLineEnd.drop { $0.isNewline }.description
    }

    /// The lines before and behind the part, without the empty ones.
    private static func around(_ file: [UInt8]) -> [ArraySlice<UInt8>] {
        let place = place(in: file) ?? file.endIndex..<file.endIndex
        return [file[..<place.lowerBound], file[place.upperBound...]].flatMap {
            $0.split(separator: UInt8(ascii: "\n"))
        }
    }

    /// The part with its markers.
    private static func place(in file: [UInt8]) -> Range<Int>? {
        guard let start = range(of: Array(begin.utf8), in: file, from: 0),
            let stop = range(of: Array(end.utf8), in: file, from: start.upperBound)
        else { return nil }
        return start.lowerBound..<stop.upperBound
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
