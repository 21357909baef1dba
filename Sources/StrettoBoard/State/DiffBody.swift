/// A diff ready to be shown: its lines, and where each file begins among them.
struct DiffBody: Hashable, Sendable {
    let lines: [StyledLine]
    /// Indices into `lines`, ascending.
    let files: [Int]

    init(_ text: String) {
        let parts = text.split(separator: "\n", omittingEmptySubsequences: false)
        lines = parts.map { StyledLine(String($0)) }
        files = parts.indices.filter { parts[$0].hasPrefix("diff --git") }
    }
}
