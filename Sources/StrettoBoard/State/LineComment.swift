/// What a reviewer wrote about one line of a diff.
struct LineComment: Hashable, Sendable {
    /// A line of a diff by what it says, so that it is found again in a newer diff.
    struct Place: Hashable, Sendable {
        var path: String
        /// In the new file, or in the old one where the line was removed.
        var number: Int
        var isRemoved: Bool
        /// The line's own text.
        var text: String
    }

    var place: Place
    var text: String

    /// The comment as the agent reads it.
    var sentence: String {
        "\(place.path):\(place.number)\(place.isRemoved ? " (removed)" : ""): \(text)\n    \(place.text)"
    }

    /// Comments and a note as one text for the agent; the note comes first.
    static func message(_ note: String, _ comments: [LineComment]) -> String {
        ((note.isEmpty ? [] : [note]) + comments.map(\.sentence)).joined(separator: "\n\n")
    }
}
