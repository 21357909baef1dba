package import StrettoCore

extension String {
    /// The text without what could steer a terminal: control characters are dropped, tabs become spaces, line feeds stay.
    ///
    /// Also dropped are the characters that reorder text, so that a line shows what it says.
    var harmless: String {
        guard utf8.contains(where: { $0 < 0x20 && $0 != 0x0A || $0 >= 0x7F }) else { return self }
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.value {
            case 0x0A: text.append(scalar)
            case 0x09: text.append(contentsOf: "    ".unicodeScalars)
            case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: continue
            default: text.append(scalar)
            }
        }
        return String(text)
    }

    /// At most so many bytes from the start, cut between characters, with a sign that it was cut.
    func cut(toBytes bytesMax: Int) -> String {
        guard utf8.count > bytesMax else { return self }
        var end = utf8.index(startIndex, offsetBy: Swift.max(0, bytesMax - 3))
        while end > startIndex, end.samePosition(in: self) == nil { end = utf8.index(before: end) }
        return self[..<end] + "…"
    }

    /// The text without white space at both ends.
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

extension Timestamp {
    /// Universal time to the minute: `2026-11-20 20:00 UTC`.
    package var utcText: String {
        let minutes = milliseconds.floored(by: 60_000)
        let days = minutes.floored(by: 1440)
        let minuteOfDay = minutes - days * 1440
        let (year, month, day) = CalendarDay.date(ofDay: days)
        return
            "\(year)-\(Self.two(month))-\(Self.two(day)) \(Self.two(minuteOfDay / 60)):\(Self.two(minuteOfDay % 60)) UTC"
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : String(number) }
}

/// Days of the Gregorian calendar, counted from 1970-01-01.
enum CalendarDay {
    /// The Gregorian date of a day counted from 1970-01-01, by counting from a 1 March so that leap days come last.
    static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = shifted.floored(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let dayOfMonth = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfMonth)
    }

    /// The day of a date; a day or month too large goes into the next ones.
    static func day(year: Int64, month: Int, day: Int) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = shifted.floored(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1)
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension Int64 {
    /// The quotient rounded down, also for negative numbers.
    fileprivate func floored(by divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }
}
