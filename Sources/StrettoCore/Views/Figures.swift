/// How figures are written everywhere: short, of a fixed shape, the same on the board, in plain mode and in summaries.
///
/// None of them uses a locale. Negative input counts as zero: a clock that was set back must not shift a column.
package enum Figures {
    /// A time in work: `0m48`, `3m12`, `59m59`, then `1h05`, `99h59`, then `4d04`.
    ///
    /// Parts of a second, and of a minute from an hour on, are cut off, not rounded, so that a clock never shows what has not passed.
    package static func duration(_ duration: Duration) -> String {
        let seconds = max(0, duration.wholeSeconds)
        let minutes = seconds / 60
        let hours = minutes / 60
        if hours >= 100 { return "\(hours / 24)d" + twoDigits(hours % 24) }
        if hours > 0 { return "\(hours)h" + twoDigits(minutes % 60) }
        return "\(minutes)m" + twoDigits(seconds % 60)
    }

    /// An estimate of money: `~$0.42`, `~$3.42`, `~$1240` from a thousand dollars on; `<~$0.01` for less than a cent; `$?` for nil, a price not known.
    ///
    /// Rounded to the nearest cent (dollar); exactly zero is `~$0.00`.
    package static func money(microdollars: Int?) -> String {
        guard let microdollars else { return "$?" }
        let amount = max(0, microdollars)
        if amount > 0, amount < 10_000 { return "<~$0.01" }
        let cents = rounded(amount, by: 10_000)
        if cents >= 100_000 { return "~$\(rounded(amount, by: 1_000_000))" }
        return "~$\(cents / 100)." + twoDigits(Int64(cents % 100))
    }

    /// What was used, in money: as above, with a `+` where a part had no price or was never reported; nothing used is `~$0.00`.
    package static func money(_ usage: Usage) -> String {
        guard let known = usage.microdollars else { return money(microdollars: usage.tokens > 0 ? nil : 0) }
        return money(microdollars: known, isFloor: usage.isEstimate || usage.unpricedMicrodollars > 0)
    }

    /// An amount, with a `+` where the true one is larger.
    static func money(microdollars: Int, isFloor: Bool) -> String {
        money(microdollars: microdollars) + (isFloor ? "+" : "")
    }

    /// A count of tokens: `999`, `48.2k`, `1.2M`, `3.4G`; rounded to the nearest tenth.
    package static func tokens(_ count: Int) -> String {
        scaled(max(0, count), units: ["", "k", "M", "G"], separator: "")
    }

    /// A size: `512 B`, `48.2 KB`, `1.5 MB`, `2.0 GB`; a kilobyte is 1000 bytes.
    package static func bytes(_ count: Int) -> String {
        scaled(max(0, count), units: ["B", "KB", "MB", "GB"], separator: " ")
    }

    /// The share of `part` in `whole` in whole percent, cut off so that only the whole is `100%`; `0%` of nothing, at most `999%`.
    package static func percent(_ part: Int, of whole: Int) -> String {
        guard whole > 0, part > 0 else { return "0%" }
        let product = part.multipliedFullWidth(by: 100)
        guard product.high < whole else { return "999%" }
        return "\(min(999, whole.dividingFullWidth(product).quotient))%"
    }

    /// The number with one decimal in the first unit in which it rounds to less than 1000.0; whole in the smallest unit.
    private static func scaled(_ count: Int, units: [String], separator: String) -> String {
        if count < 1000 { return "\(count)\(separator)\(units[0])" }
        var divisor = 1000
        var unit = 1
        var tenths = rounded(count, by: divisor / 10)
        while tenths >= 10_000, unit < units.count - 1 {
            divisor *= 1000
            unit += 1
            tenths = rounded(count, by: divisor / 10)
        }
        return "\(tenths / 10).\(tenths % 10)\(separator)\(units[unit])"
    }

    private static func rounded(_ amount: Int, by divisor: Int) -> Int {
        amount / divisor + (amount % divisor * 2 >= divisor ? 1 : 0)
    }

    private static func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
