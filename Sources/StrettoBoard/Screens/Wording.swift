import StrettoCore

/// Counts, lists and ages in words; figures are ``StrettoCore/Figures``.
enum Wording {
    /// How long ago something was, coarse: `just now`, `2m ago`, `3h ago`.
    static func ago(_ duration: Duration) -> String {
        let seconds = max(0, duration.wholeSeconds)
        if seconds < 60 { return "just now" }
        if seconds < 3600 { return "\(seconds / 60)m ago" }
        if seconds < 86400 { return "\(seconds / 3600)h ago" }
        return "\(seconds / 86400)d ago"
    }

    /// `1 task`, `2 tasks`.
    static func plural(_ count: Int, _ noun: String) -> String { "\(count) \(noun)" + (count == 1 ? "" : "s") }

    /// The names, the first few of them where they are many: `a, b, c and 4 more`.
    static func list(_ names: [String], shown: Int = 3) -> String {
        guard names.count > shown + 1 else { return names.joined(separator: ", ") }
        return names.prefix(shown).joined(separator: ", ") + " and \(names.count - shown) more"
    }

    /// What something cost; nothing used cost nothing, whatever its price is.
    static func money(_ usage: Usage) -> String {
        Figures.money(usage)
    }
}
