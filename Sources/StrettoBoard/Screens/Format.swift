import StrettoCore

/// Times, money and counts as the board writes them: short, and of steady width.
enum Format {
    /// A duration in at most five columns: `48s` is `0m48`, then `1h02`, then `4d03`.
    static func short(_ duration: Duration) -> String {
        let seconds = max(0, duration.wholeSeconds)
        if seconds < 3600 { return "\(seconds / 60)m\(twoDigits(seconds % 60))" }
        if seconds < 100 * 3600 { return "\(seconds / 3600)h\(twoDigits(seconds / 60 % 60))" }
        return "\(min(seconds / 86400, 99))d\(twoDigits(seconds / 3600 % 24))"
    }

    /// A duration with its units: `48s`, `18m42s`, `1h02m`, `4d03h`.
    static func long(_ duration: Duration) -> String {
        let seconds = max(0, duration.wholeSeconds)
        if seconds < 60 { return "\(seconds)s" }
        if seconds < 3600 { return short(duration) + "s" }
        return short(duration) + (seconds < 100 * 3600 ? "m" : "h")
    }

    /// How long ago something was, coarse: `now`, `2m ago`, `3h ago`.
    static func ago(_ duration: Duration) -> String {
        let seconds = max(0, duration.wholeSeconds)
        if seconds < 60 { return "just now" }
        if seconds < 3600 { return "\(seconds / 60)m ago" }
        if seconds < 86400 { return "\(seconds / 3600)h ago" }
        return "\(seconds / 86400)d ago"
    }

    /// The most money that is written out: a hundred million dollars.
    private static let microdollarsMax = 100_000_000_000_000

    /// Dollars with two decimals, without a sign: `0.31`.
    static func dollars(_ microdollars: Int) -> String {
        let cents = (min(max(0, microdollars), microdollarsMax) + 5000) / 10000
        return "\(cents / 100).\(twoDigits(Int64(cents % 100)))"
    }

    /// An estimate of money: `~$0.31`, or `no price` where tokens were used and nobody knows what they cost.
    static func money(_ usage: Usage) -> String {
        guard let microdollars = usage.microdollars else { return usage.tokens > 0 ? "no price" : "~$0.00" }
        return "~$" + dollars(microdollars)
    }

    /// Tokens in at most five columns: `412`, `9.7k`, `412k`, `1.0M`.
    static func count(_ number: Int) -> String {
        let number = max(0, number)
        switch number {
        case ..<1000: return "\(number)"
        case ..<99_950: return tenths(number, of: 1000) + "k"
        case ..<999_500: return "\((number + 500) / 1000)k"
        case ..<99_950_000: return tenths(number, of: 1_000_000) + "M"
        default: return "\((min(number, 9_999_000_000) + 500_000) / 1_000_000)M"
        }
    }

    /// `1 task`, `2 tasks`.
    static func plural(_ count: Int, _ noun: String) -> String { "\(count) \(noun)" + (count == 1 ? "" : "s") }

    /// The names, the first few of them where they are many: `a, b, c and 4 more`.
    static func list(_ names: [String], shown: Int = 3) -> String {
        guard names.count > shown + 1 else { return names.joined(separator: ", ") }
        return names.prefix(shown).joined(separator: ", ") + " and \(names.count - shown) more"
    }

    private static func tenths(_ number: Int, of unit: Int) -> String {
        let tenths = (number + unit / 20) / (unit / 10)
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
