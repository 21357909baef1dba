/// Finds the name that somebody most likely meant when they wrote one that does not exist.
package enum NearestName {
    /// Longer texts, in Unicode scalars, are no names that somebody mistyped; they get no suggestion.
    package static let lengthMax = 64

    /// The candidate closest to `text`, or nil when none is close enough to be worth a question.
    ///
    /// Close means at most one slip in three characters (and never more than three slips): a letter added, left out,
    /// replaced, or two neighbours swapped. Letter case does not count. Of equally close candidates one with the same
    /// letters in another order wins, else the first one, so the order of `candidates` decides and the answer is the
    /// same each time. `text` itself is never suggested.
    package static func suggestion(for text: String, among candidates: [String]) -> String? {
        let wanted = Array(text.lowercased().unicodeScalars)
        guard !wanted.isEmpty, wanted.count <= lengthMax else { return nil }

        let sorted = wanted.sorted()
        var best: (name: String, distance: Int, isShuffled: Bool)?
        for candidate in candidates where candidate != text {
            let letters = Array(candidate.lowercased().unicodeScalars)
            let isShuffled = letters.count == wanted.count && letters.sorted() == sorted
            // Only a swap makes up for not being closer.
            let lead = isShuffled && best?.isShuffled == false ? 0 : 1
            let limit = min(3, max(1, max(wanted.count, letters.count) / 3), (best?.distance ?? .max) - lead)
            guard limit >= 0, abs(letters.count - wanted.count) <= limit else { continue }
            let distance = distance(from: wanted, to: letters)
            // One slip in a text of one letter leaves nothing of it.
            if distance <= limit, distance < max(wanted.count, letters.count) {
                best = (candidate, distance, isShuffled)
            }
        }
        return best?.name
    }

    /// How many slips lie between two texts: insertions, deletions, replacements and swaps of neighbours.
    ///
    /// This is the optimal string alignment form of the Damerau-Levenshtein distance: nothing is edited twice.
    package static func distance(from left: String, to right: String) -> Int {
        distance(from: Array(left.unicodeScalars), to: Array(right.unicodeScalars))
    }

    private static func distance(from left: [Unicode.Scalar], to right: [Unicode.Scalar]) -> Int {
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }

        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        var row = last
        for i in 1...left.count {
            row[0] = i
            for j in 1...right.count {
                let replaced = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)
                row[j] = min(replaced, last[j] + 1, row[j - 1] + 1)
                if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                    row[j] = min(row[j], beforeLast[j - 2] + 1)
                }
            }
            (beforeLast, last, row) = (last, row, beforeLast)
        }
        return last[right.count]
    }
}
