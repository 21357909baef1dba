/// A text that is looked for in something that is at hand as a whole, and where it is.
struct PageSearch: Hashable, Sendable {
    let needle: LogNeedle
    /// The rows or lines in which a match begins, ascending.
    private(set) var places: [Int]
    /// Which of them was gone to last.
    private var index: Int

    /// Begins with the first match from a place on, and around the end.
    init(_ needle: LogNeedle, in places: [Int], from place: Int) {
        self.needle = needle
        self.places = places
        index = places.firstIndex { $0 >= place } ?? 0
    }

    /// The place that was gone to last.
    var found: Int? { index < places.count ? places[index] : nil }

    /// `3 of 17`, or that there is nothing.
    var words: String { places.isEmpty ? "not found" : "\(index + 1) of \(places.count)" }

    /// Goes to the next or the previous match.
    /// - Returns: the end at which it began again; nil where it did not.
    mutating func goOn(isDown: Bool) -> LogMatch.End? {
        guard !places.isEmpty else { return nil }
        index += isDown ? 1 : -1
        guard !places.indices.contains(index) else { return nil }
        index = isDown ? 0 : places.count - 1
        return isDown ? .top : .bottom
    }

    /// Takes the places in a new form of the same thing; it stays at the same match where there are as many.
    mutating func move(to places: [Int]) {
        self.places = places
        index = min(index, max(0, places.count - 1))
    }
}
