/// The notations for numbers that plans use.
///
/// Nothing here goes through floating point, so `0.1` is a tenth.
enum NumberText {
    /// A whole number: digits, underscores between them, perhaps a sign.
    static func integer(_ text: String) -> Int? {
        let isNegative = text.hasPrefix("-")
        guard let value = whole(isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]) else { return nil }
        return isNegative ? -value : value
    }

    /// A decimal number that is not negative, in millionths; digits past the sixth decimal place are refused.
    static func millionths(_ text: some StringProtocol) -> Int? {
        let placeCount = 6
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2 else { return nil }
        let decimals = parts.count == 2 ? String(parts[1]) : "0"
        guard (1...placeCount).contains(decimals.utf8.count), let units = whole(String(first)[...]),
            decimals.utf8.allSatisfy(isDigit),
            let fraction = Int(decimals + String(repeating: "0", count: placeCount - decimals.utf8.count))
        else { return nil }
        let (product, isTooLarge) = units.multipliedReportingOverflow(by: 1_000_000)
        let (sum, isStillTooLarge) = product.addingReportingOverflow(fraction)
        return isTooLarge || isStillTooLarge ? nil : sum
    }

    private static func whole(_ text: Substring) -> Int? {
        guard let first = text.utf8.first, isDigit(first),
            text.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "_") })
        else { return nil }
        return Int(text.filter { $0 != "_" })
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

/// The notation for durations: `90s`, `15m`, `2h`, `1h30m`, or a plain number of seconds.
package enum DurationText {
    /// What to write instead, for messages.
    package static let example = "write 90s, 15m, 2h or 1h30m; a plain number counts seconds"

    private static let units: [(suffix: String, microseconds: Int)] = [
        ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000),
    ]

    /// The duration that `text` names; nil when it names none, or one longer than ``PlanFile/durationMax``.
    ///
    /// Units are d, h, m, s and ms, the larger ones first and each at most once. Numbers may have decimals.
    package static func duration(_ text: String) -> Duration? {
        if let plain = NumberText.millionths(text) { return limited(Int128(plain)) }
        var rest = text[...]
        var microseconds: Int128 = 0
        var nextUnit = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            let suffix = rest.dropFirst(number.count).prefix { $0.isASCII && $0.isLetter }
            guard let value = NumberText.millionths(number),
                let unit = units.indices.dropFirst(nextUnit).first(where: { units[$0].suffix == suffix })
            else { return nil }
            microseconds += Int128(value) * Int128(units[unit].microseconds) / 1_000_000
            nextUnit = unit + 1
            rest = rest.dropFirst(number.count + suffix.count)
        }
        return limited(microseconds)
    }

    private static func limited(_ microseconds: Int128) -> Duration? {
        guard microseconds <= Int128(PlanFile.durationMax.components.seconds) * 1_000_000 else { return nil }
        return .microseconds(Int64(microseconds))
    }
}
