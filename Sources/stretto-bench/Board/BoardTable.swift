/// What was measured, beside what was asked; docs/performance.md explains the rows.
struct BoardTable: Sendable {
    /// One figure against its bounds; smaller is better unless `isFloor`.
    private struct Row: Sendable {
        var metric: String
        var value: Double?
        var unit: String
        var ship: Double?
        var moonshot: Double?
        var isFloor = false
        /// What else there is to say, or why nothing was measured.
        var note: String

        func holds(_ bound: Double?) -> Bool {
            guard let bound, let value else { return true }
            return isFloor ? value >= bound : value <= bound
        }
    }

    private var rows: [Row] = []

    /// Whether every figure that was measured is good enough to ship.
    var ships: Bool { rows.allSatisfy { $0.holds($0.ship) } }

    /// Adds a figure; without bounds it is there to compare with.
    mutating func add(
        _ metric: String,
        _ value: Double?,
        _ unit: String,
        ship: Double? = nil,
        moonshot: Double? = nil,
        isFloor: Bool = false,
        note: String = ""
    ) {
        rows.append(
            Row(
                metric: metric,
                value: value,
                unit: unit,
                ship: ship,
                moonshot: moonshot,
                isFloor: isFloor,
                note: note
            )
        )
    }

    /// Adds what another table holds.
    mutating func add(_ other: BoardTable) { rows += other.rows }

    /// All of it, in columns.
    var text: String {
        var lines = [Self.line("metric", "measured", "ship", "moonshot", "verdict", "")]
        for row in rows {
            let sign = row.isFloor ? ">= " : "<= "
            let verdict: String =
                switch row {
                case _ where row.value == nil: "not measured"
                case _ where row.ship == nil && row.moonshot == nil: ""
                case _ where !row.holds(row.ship): "MISSED"
                case _ where row.holds(row.moonshot): row.moonshot == nil ? "ship" : "moonshot"
                default: row.ship == nil ? "short of it" : "ship"
                }
            lines.append(
                Self.line(
                    row.metric,
                    row.value.map { Self.figure($0) + " " + row.unit } ?? "",
                    row.ship.map { sign + Self.figure($0) } ?? "",
                    row.moonshot.map { sign + Self.figure($0) } ?? "",
                    verdict,
                    row.note
                )
            )
        }
        return lines.joined(separator: "\n")
    }

    private static func line(_ cells: String...) -> String {
        let widths = [46, 14, 9, 10, 13, 0]
        var text = ""
        for (index, cell) in cells.enumerated() {
            let blanks = String(repeating: " ", count: max(1, widths[index] - cell.count))
            text += index == 1 ? blanks + cell + "  " : cell + blanks
        }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// Two digits behind the point for what is small, none for what is large.
    static func figure(_ value: Double) -> String {
        if value >= 100 || value == value.rounded() { return String(Int(value.rounded())) }
        let hundredths = Int((value * 100).rounded())
        return "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10)"
    }
}

/// Times of one kind, in milliseconds.
struct Sample: Sendable {
    private(set) var values: [Double] = []

    mutating func add(_ duration: Duration?) {
        // What never came counts as a second.
        values.append(duration.map { Double($0.nanoseconds) / 1e6 } ?? 1_000)
    }

    mutating func add(milliseconds: Double) { values.append(milliseconds) }

    var median: Double? { percentile(50) }
    var p99: Double? { percentile(99) }
    var max: Double? { values.max() }

    func percentile(_ percent: Int) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        return sorted[Swift.min(sorted.count - 1, sorted.count * percent / 100)]
    }
}
