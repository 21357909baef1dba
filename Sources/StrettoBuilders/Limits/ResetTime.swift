internal import StrettoCore

/// When a limit is over, as a program's error message words it: a clock time, a date, a span, or seconds since 1970.
///
/// It is read from error channels only. What instant it means depends on the moment and the place in which it was said.
struct ResetTime: Hashable, Sendable {
    private enum Meaning: Hashable, Sendable {
        case span(Duration)
        case instant(Timestamp)
        /// The next such time; zone nil is the machine's.
        case clock(hour: Int, minute: Int, date: Date?, zone: String?)
    }

    private struct Date: Hashable, Sendable {
        var month: Int
        var day: Int
        var year: Int?
    }

    private let meaning: Meaning

    /// Only of what follows the mark of a time, so much is looked at.
    private static let bytesMax = 120
    private static let marks = ["try again at ", "try again in ", "resets at ", "resets in ", "resets ", "reset at "]
    /// A clock time no longer ago than this is today's.
    private static let justOver = Duration.seconds(120)
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// One that is told as an instant.
    init(_ instant: Timestamp) { meaning = .instant(instant) }

    /// The first time that `text` speaks of; nil where there is none.
    init?(in text: String) {
        let text = text.lowercased()
        if let bar = text.firstIndex(of: "|"),
            let seconds = Int64(text[text.index(after: bar)...].prefix { $0.isNumber }),
            (1_000_000_000...253_402_300_799).contains(seconds)
        {
            meaning = .instant(Timestamp(milliseconds: seconds * 1000))
            return
        }
        for mark in Self.marks {
            guard let end = Self.end(of: mark, in: text) else { continue }
            let rest = text[end...].prefix(Self.bytesMax)
            if let meaning = mark.hasSuffix("in ") ? Self.span(rest) : Self.clock(rest) {
                self.meaning = meaning
                return
            }
        }
        return nil
    }

    /// The same where the failure is one that a clock ends.
    init?(in text: String, ifLimit kind: ProviderTrouble.Kind) {
        guard kind == .usageLimit || kind == .rateLimited else { return nil }
        self.init(in: text)
    }

    /// The time of a notice that a limit is reached; nil for any other text, also one that speaks of times.
    init?(limitNoticeIn text: String) {
        let lower = text.lowercased()
        let speaksOfLimit =
            Self.end(of: "hit your", in: lower) != nil && Self.end(of: "limit", in: lower) != nil
            || Self.end(of: "limit reached", in: lower) != nil
        guard speaksOfLimit else { return nil }
        self.init(in: text)
    }

    /// The instant meant by who says it at `now`, on a machine in the zone `local`.
    func instant(at now: Timestamp, local: TimeZoneRules) -> Timestamp? {
        switch meaning {
        case .instant(let instant): return instant
        case .span(let span): return now.advanced(by: span)
        case .clock(let hour, let minute, let date, let zone):
            guard let rules = zone.map({ TimeZoneRules.named($0) }) ?? local else { return nil }
            return Self.next(hour: hour, minute: minute, date: date, rules: rules, after: now)
        }
    }

    private static func next(
        hour: Int,
        minute: Int,
        date: Date?,
        rules: TimeZoneRules,
        after now: Timestamp
    ) -> Timestamp? {
        let today = rules.localDay(of: now)
        let time = Int64(hour * 60 + minute) * 60
        guard let date else {
            // Said without seconds, a reset within this minute reads as the past; tomorrow would be a day lost.
            return ((today - 1)...(today + 1)).lazy.map { rules.instant(day: $0, second: time) }.first {
                $0.advanced(by: justOver) > now
            }
        }
        let thisYear = CalendarDay.date(ofDay: today).year
        let year = date.year.map { Int64($0) } ?? thisYear
        let first = rules.instant(day: CalendarDay.day(year: year, month: date.month, day: date.day), second: time)
        // In December a date in January is next year's; one that is just over is not.
        guard date.year == nil, first.since(now) < .seconds(-86_400 * 30) else { return first }
        return rules.instant(day: CalendarDay.day(year: year + 1, month: date.month, day: date.day), second: time)
    }

    // MARK: Words

    /// `3 days 4 hours 5 minutes`, `35s`, `1 hour and 5 minutes`, `11.054s`, `500ms`; parts of a unit are rounded up.
    private static func span(_ text: Substring) -> Meaning? {
        var seconds: Int64 = 0
        var isFound = false
        var rest = text
        while true {
            rest = rest.drop { $0 == " " || $0 == "," }
            if rest.hasPrefix("and ") { rest = rest.dropFirst(4) }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int64(digits), digits.count <= 6 else { break }
            rest = rest.dropFirst(digits.count)
            let fraction = rest.first == "." ? rest.dropFirst().prefix { $0.isASCII && $0.isNumber } : ""
            if !fraction.isEmpty { rest = rest.dropFirst(1 + fraction.count) }
            rest = rest.drop { $0 == " " }
            let unit = rest.prefix { $0.isLetter }
            let count = number + (fraction.isEmpty ? 0 : 1)
            if unit == "ms" {
                seconds += (count + 999) / 1000
            } else {
                guard let factor = Self.seconds(ofUnit: unit) else { break }
                seconds += count * factor
            }
            isFound = true
            rest = rest.dropFirst(unit.count)
        }
        return isFound ? .span(.seconds(seconds)) : nil
    }

    private static func seconds(ofUnit unit: Substring) -> Int64? {
        switch unit {
        case "s", "sec", "secs", "second", "seconds": 1
        case "m", "min", "mins", "minute", "minutes": 60
        case "h", "hr", "hrs", "hour", "hours": 3600
        case "d", "day", "days": 86_400
        case "w", "week", "weeks": 604_800
        default: nil
        }
    }

    /// `8pm (utc)`, `7:00 pm.`, `nov 24, 12am (utc)`, `feb 9 at 6pm (america/toronto)`, `nov 24th, 2026 7:00 pm`.
    private static func clock(_ text: Substring) -> Meaning? {
        let zone = text.split(separator: "(", maxSplits: 1).dropFirst().first?.prefix { $0 != ")" }
        let words = text.prefix { $0 != "(" && $0 != "\n" }
            .split { $0 == " " || $0 == "," || $0 == "\u{202F}" || $0 == "\u{A0}" }
            .filter { $0 != "at" }
        var rest = words[...]
        var date: Date?
        if let month = rest.first.flatMap({ word in months.firstIndex { word.hasPrefix($0) } }), rest.count > 1 {
            guard let day = Int(rest[rest.startIndex + 1].prefix { $0.isNumber }), (1...31).contains(day) else {
                return nil
            }
            rest = rest.dropFirst(2)
            var year: Int?
            if let word = rest.first, word.count == 4, let number = Int(word) {
                year = number
                rest = rest.dropFirst()
            }
            date = Date(month: month + 1, day: day, year: year)
        }
        guard let word = rest.first else { return nil }
        let digits = word.prefix { $0.isNumber || $0 == ":" }
        let parts = digits.split(separator: ":")
        guard let first = parts.first, var hour = Int(first), (0...23).contains(hour) else { return nil }
        let minute = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        guard (0...59).contains(minute) else { return nil }
        var half = word.dropFirst(digits.count).filter { $0.isLetter }
        if half.isEmpty { half = (rest.dropFirst().first ?? "").filter { $0.isLetter } }
        if half.hasPrefix("pm") || half.hasPrefix("am") {
            guard (1...12).contains(hour) else { return nil }
            hour = hour % 12 + (half.hasPrefix("pm") ? 12 : 0)
        } else if parts.count < 2 {
            // A bare number is no time.
            return nil
        }
        return .clock(hour: hour, minute: minute, date: date, zone: zone.map(String.init))
    }

    private static func end(of word: String, in text: String) -> String.Index? {
        let bytes = Array(word.utf8)
        var place = text.utf8.startIndex
        while let start = text.utf8[place...].firstIndex(of: bytes[0]) {
            if text.utf8[start...].starts(with: bytes) { return text.utf8.index(start, offsetBy: bytes.count) }
            place = text.utf8.index(after: start)
        }
        return nil
    }
}
